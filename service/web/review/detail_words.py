"""
The words of the pages for the details of what happened: what stands before each, and fixed values.

Contract: stored events are neutral codes; here they get words when a page is shown, never before.
Every detail that the service writes has its words here (a test reads the code); ids, digests and
numbers stay as they are, for they are looked up elsewhere. A code of a later version is told raw.
"""

from collections.abc import Mapping
from typing import Any

from anonymizer.model import Channel, OutgoingFormat, Side
from service.web.language.words import gettext
from service.web.review import file_words, word_forms, words
from service.web.review.cause_words import CAUSES, REMARKS
from service.workflow.corrections import CorrectionKind
from service.workflow.endpoints import ChannelKind
from service.workflow.identities import ViewReason, Words
from service.workflow.people import ROLE_NAMES, SYSTEM
from service.workflow.pictures import PictureSort
from service.workflow.retention import Part
from service.workflow.switches import PauseReason

#: What stands before the value of a detail.
DETAILS: dict[str, str] = {
    "active": "has access",
    "approval": "approval",
    "approved_without_order": "approved letters without an order to send them",
    "attempt": "try",
    "batch": "step",
    "boxes": "boxes drawn",
    "case": "about the case",
    "change": "change of words",
    "channel": "came by",
    "code": "cause",
    "copy": "copy",
    "corrections": "decisions",
    "count": "how many",
    "delivery": "delivery",
    "differences": "differences",
    "digest": "digest",
    "direction": "direction",
    "dispatch": "dispatch",
    "dispatched_without_order": "sent letters without an order to send them",
    "does": "does",
    "endpoint": "entry of the directory",
    "events_without_letter": "events without their letter",
    "failed": "failed",
    "fields": "fields",
    "first": "chosen from the first reading",
    "follows": "the key that follows",
    "form": "format",
    "hidden": "passages that nobody sees",
    "holds": "reasons",
    "identity": "key of the cases",
    "key": "key",
    "kind": "kind",
    "kinds": "notices",
    "language": "language",
    "letters": "key of the letters",
    "letters_in_no_state": "letters in no known state",
    "letters_without_event": "letters without their event",
    "method": "signed in by",
    "notice": "text for the writer",
    "number": "picture",
    "orders_without_approval": "orders to send without an approval",
    "own_words": "words of their own",
    "part": "part",
    "passages": "passages",
    "pictures": "pictures",
    "readers": "readers",
    "reason": "reason",
    "reasons": "reasons",
    "recipient": "recipient",
    "release": "release",
    "roles": "roles",
    "rules": "digest of the rules",
    "saw_hidden": "saw what nobody sees",
    "scopes": "scopes",
    "second": "chosen from the second reading",
    "side": "side",
    "sort": "sort",
    "state": "state",
    "subject": "person",
    "text_version": "version of the text",
    "use": "used as",
    "version": "version",
    "warnings": "remarks",
    "why": "because",
    "words": "version of the site’s words",
    "wrapped": "keys wrapped anew",
}

#: What was decided about a passage; its id follows.
CORRECTIONS: dict[CorrectionKind, str] = {
    CorrectionKind.ADD: "marked",
    CorrectionKind.REMOVE: "kept",
    CorrectionKind.RECLASSIFY: "other kind",
    CorrectionKind.RESIZE: "other edges",
    CorrectionKind.GENERALIZE: "generalised",
    CorrectionKind.MASK: "removed",
    CorrectionKind.REWRITE: "own words",
    CorrectionKind.UNDO: "as the machine proposed",
}

#: Why somebody looked at who a case is about, as the form offers it.
VIEW_REASONS: dict[ViewReason, str] = {
    ViewReason.CORRECT: "To correct or complete what is known",
    ViewReason.COMPARE: "To compare it with a letter or with papers",
    ViewReason.SUBJECT: "Donor or patient asked about their data",
    ViewReason.REGISTRY: "A registry, donor centre or clinic asked",
    ViewReason.OTHER: "Another reason, in my own words",
}

PAUSES: dict[PauseReason, str] = {
    PauseReason.ASKED: "somebody stopped it",
    PauseReason.RESTORED: "the database comes from a backup",
    PauseReason.AUDIT_BROKEN: "the audit trail was changed",
}

#: Columns of the case file, as the form calls them.
FIELDS: dict[str, str] = words.SHARED_FIELDS | {
    "case_id": "Case id",
    "donor_number": "Donor number",
    "donor_country": "Country of the donor",
    "patient_country": "Country of the patient",
    "clinic_id": "Clinic id",
    "clinic_name": "Name of the clinic",
    "patient_reference": "Patient number",
    "donor_registry": "Registry of the donor",
    "patient_registry": "Registry of the patient",
    "donor_language": "Language of the donor",
    "patient_language": "Language of the patient",
    "donor_consents": "Consents of the donor",
    "patient_consents": "Consents of the patient",
    "donor_deliverable": "Can be reached (donor)",
    "patient_deliverable": "Can be reached (patient)",
    "consented_on": "Consent to the donation",
}

CHANNELS: dict[Channel, str] = {
    Channel.FILE: "the folder",
    Channel.API: "the interface of registry systems",
    Channel.UPLOAD: "the pages",
}
WAYS: dict[ChannelKind, str] = {
    ChannelKind.FOLDER: "a folder",
    ChannelKind.SMTP: "mail",
    ChannelKind.SFTP: "SFTP",
}
FORMATS: dict[OutgoingFormat, str] = {
    OutgoingFormat.TXT: "plain text",
    OutgoingFormat.DOCX: "Word",
    OutgoingFormat.PDF: "PDF",
}
PARTS: dict[Part, str] = {
    Part.IDENTITY: "copy of the identities",
    Part.FINDINGS: "drafts and decisions",
    Part.ORIGINAL: "original",
    Part.EVERYTHING: "all text",
}
SORTS: dict[PictureSort, str] = {
    PictureSort.PHOTO: "photograph",
    PictureSort.DRAWING: "drawing",
}
SIDES: dict[Side, str] = {Side.DONOR: "donor", Side.PATIENT: "patient"}
OWN_WORDS: dict[Words, str] = {
    Words.NONE: "none",
    Words.KEPT: "kept with the case",
    Words.LEFT_OUT: "not kept: a name or a number in them",
}
METHODS = {"password": "password and code", "provider": "the identity provider", "link": "a link"}
ENDINGS = {"account": "a password was set", "recovered": "signed in by a new link"}
ANSWERS = {"yes": "yes", "no": "no", "1": "yes", "0": "no"}
DOES = {"add": "puts on the list", "take_off": "takes off the list"}

#: The fixed words that the values of a detail are made of; several stand with commas between.
VALUES: dict[str, tuple[Mapping[Any, str], ...]] = {
    "active": (ANSWERS,),
    "channel": (CHANNELS,),
    "code": (CAUSES,),
    "corrections": (CORRECTIONS,),
    "direction": ({code: word for code, word in words.DIRECTIONS.items() if code},),
    "does": (DOES,),
    "fields": (FIELDS,),
    "form": (FORMATS,),
    "holds": (CAUSES,),
    "kind": (file_words.KINDS, WAYS),
    "kinds": (words.NOTICES,),
    "method": (METHODS,),
    "notice": (words.NOTICES,),
    "own_words": (OWN_WORDS,),
    "part": (PARTS,),
    "passages": (file_words.ORIGINS,),
    "reason": (PAUSES, VIEW_REASONS),
    "reasons": (CAUSES,),
    "roles": (ROLE_NAMES,),
    "saw_hidden": (ANSWERS,),
    "side": (SIDES,),
    "sort": (SORTS,),
    "state": (words.STATES,),
    "use": (word_forms.USES,),
    "warnings": (REMARKS,),
    "why": (ENDINGS,),
}
#: All tables of words, for the catalogue of translations.
EVERY_TABLE = (DETAILS, *(table for tables in VALUES.values() for table in tables))
#: Details whose words come from somewhere else: codes of languages.
LANGUAGES = frozenset({"language"})
_EVERY_LANGUAGE = "all"


def detail_name(key: str) -> str:
    """What stands before the value; the key of a later version is told as it is."""
    return gettext(DETAILS[key]) if key in DETAILS else key.replace("_", " ")


def is_in_words(key: str) -> bool:
    """True where the value is words, and no id, digest or number."""
    return key in VALUES or key in LANGUAGES


def detail_value(value: str | int, key: str) -> str:
    """The value of a detail: fixed words in the person's language, ids and digests as they are."""
    told = str(value)
    if key in LANGUAGES:
        return gettext("all languages") if told == _EVERY_LANGUAGE else words.language_word(told)
    if key not in VALUES or not told:
        return told
    return ", ".join(_worded(part, VALUES[key]) for part in told.split(","))


def actor_name(name: str, actor_id: str) -> str:
    """Who did it: people by their name, the service, operators and clients in words."""
    kind, _, rest = actor_id.partition(":")
    if actor_id == SYSTEM.person_id:
        return gettext("the service")
    if kind == "operator":
        return gettext("operator %(name)s") % {"name": rest} if rest else gettext("the operator")
    if kind == "client":
        return gettext("client %(name)s") % {"name": rest}
    return name


def _worded(part: str, tables: tuple[Mapping[Any, str], ...]) -> str:
    """One code in words; what follows a colon (an id, a count) follows the words."""
    code, _, rest = part.partition(":")
    found = next((table[code] for table in tables if code in table), None)
    if found is None:
        return part.replace("_", " ") if _is_code(part) else part
    return f"{gettext(found)} {rest}".strip()


def _is_code(part: str) -> bool:
    return part.replace("_", "").isalpha()
