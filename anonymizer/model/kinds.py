"""The closed lists: kinds of identity, actions, stages and the rest that rules and records name."""

from enum import StrEnum


class Direction(StrEnum):
    """Who wrote the letter, seen from the registry."""

    DONOR_TO_PATIENT = "donor_to_patient"
    PATIENT_TO_DONOR = "patient_to_donor"


class Channel(StrEnum):
    """The way a letter came in."""

    FILE = "file"
    API = "api"
    UPLOAD = "upload"


class OutgoingFormat(StrEnum):
    """What a letter leaves as; the value is the end of its file name."""

    TXT = "txt"
    DOCX = "docx"
    PDF = "pdf"


class EntityKind(StrEnum):
    """What a passage tells about a person. The list is closed: rules name these kinds."""

    PERSON = "PERSON"
    INITIALS = "INITIALS"
    PLACE = "PLACE"
    ADDRESS = "ADDRESS"
    COUNTRY = "COUNTRY"
    NATIONALITY = "NATIONALITY"
    HOSPITAL = "HOSPITAL"
    ORGANIZATION = "ORGANIZATION"
    OCCUPATION = "OCCUPATION"
    DATE = "DATE"
    AGE = "AGE"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    URL = "URL"
    HANDLE = "HANDLE"
    DONOR_NUMBER = "DONOR_NUMBER"
    OTHER_ID = "OTHER_ID"
    EVENT = "EVENT"
    PET = "PET"
    FAMILY = "FAMILY"
    DIAGNOSIS = "DIAGNOSIS"
    MEDIA = "MEDIA"
    SINGLING_OUT = "SINGLING_OUT"


class IdentifierClass(StrEnum):
    """How strongly a kind identifies: alone, in combination, or as a special category of data."""

    DIRECT = "DIRECT"
    QUASI = "QUASI"
    SPECIAL = "SPECIAL"
    NONE = "NONE"


class TreatmentAction(StrEnum):
    """What happens to a finding before a person sees the draft."""

    REPLACE = "replace"
    GENERALIZE = "generalize"
    SUGGEST = "suggest"
    KEEP = "keep"


class Stage(StrEnum):
    """The stages that can hold a letter, in the order of the path."""

    INTAKE = "intake"
    ALLOCATION = "allocation"
    EXCHANGE = "exchange"
    LANGUAGE = "language"
    DETECTION = "detection"
    POLICY = "policy"
    REDACTION = "redaction"
    LEAKCHECK = "leakcheck"
    REVIEW = "review"
    RELEASE = "release"


class DraftStatus(StrEnum):
    """Whether the path ran through, or a stage asks a person first."""

    DRAFTED = "drafted"
    HELD = "held"


class ContentFlagKind(StrEnum):
    """What a proofreader should look at apart from anonymity."""

    WISH_TO_MEET = "wish_to_meet"
    DISTRESS = "distress"
    MONEY = "money"
    READER_HEALTH = "reader_health"
    ANGER = "anger"
    ENCLOSURE = "enclosure"
    GIFT = "gift"
    PHOTO = "photo"
    DISGUISE = "disguise"
    PLACEHOLDER = "placeholder"
    FOREIGN_PASSAGE = "foreign_passage"
