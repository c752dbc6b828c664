"""
The nouns of the pipeline: frozen records that every stage takes and gives.

Offsets are code points of `Letter.text` (not bytes, not UTF-16 units), the end is
exclusive. Every field that can hold letter text is kept out of `repr`, because a
`repr` ends up in logs and tracebacks.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Direction(StrEnum):
    """Who wrote the letter, seen from the registry."""

    DONOR_TO_PATIENT = "donor_to_patient"
    PATIENT_TO_DONOR = "patient_to_donor"


class Channel(StrEnum):
    """The way a letter came in."""

    FILE = "file"
    API = "api"
    UPLOAD = "upload"


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


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A passage of the letter: code points `start` (inclusive) to `end` (exclusive)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            message = f"not a span: {self.start}..{self.end}"
            raise ValueError(message)

    def overlaps(self, other: "Span") -> bool:
        """True when both spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """True when `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    A letter as plain text, the way every stage sees it.

    `text` is NFC with `\\n` line ends; make one with `Letter.from_text`, which does both.
    """

    letter_id: str
    text: str = field(repr=False)
    direction: Direction | None = None
    cover_number: str | None = field(default=None, repr=False)
    channel: Channel = Channel.FILE
    received_at: datetime | None = None

    @classmethod
    def from_text(
        cls,
        letter_id: str,
        text: str,
        *,
        direction: Direction | None = None,
        cover_number: str | None = None,
        channel: Channel = Channel.FILE,
        received_at: datetime | None = None,
    ) -> "Letter":
        """A letter from any text: line ends become `\\n`, the text NFC."""
        return cls(
            letter_id=letter_id,
            text=normalize_text(text),
            direction=direction,
            cover_number=cover_number,
            channel=channel,
            received_at=received_at,
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex: what a decision is bound to."""
        return text_digest(self.text)


def normalize_text(text: str) -> str:
    """The one form of a letter's text: `\\n` line ends and Unicode NFC."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes of `text`, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIdentifier:
    """Something the registry knows about one side and that must not be readable in the letter."""

    kind: EntityKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    A donor and a patient who may write to each other, as the case register knows them.

    Countries are ISO 3166-1 alpha-2 codes.
    """

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


class CaseRegister(Protocol):
    """Where cases are looked up by donor number."""

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this canonical donor number; usually one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What a caller knows about a letter besides its text.

    Countries are ISO 3166-1 alpha-2 codes, `language` an ISO 639-1 code that overrides what the
    exchange would require. What is None is replaced by the strictest assumption.
    """

    writer_country: str | None = None
    reader_country: str | None = None
    language: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """
    Where the letter belongs. The donor number travels here and never in the text.

    Without a case register `case_id` and `clinic_id` are None and the countries are the caller's.
    """

    donor_number: str | None = field(repr=False)
    case_id: str | None = None
    direction: Direction | None = None
    writer_country: str | None = None
    reader_country: str | None = None
    clinic_id: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stage stops and asks a person. `reason` is a sentence for a proofreader, without letter text."""

    stage: Stage
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagePassage:
    """The language of one passage of the letter; `code` is ISO 639-1, or None where undecidable."""

    span: Span
    code: str | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageVerdict:
    """
    Which language the letter is in, and whether that is admitted.

    `required` lists the codes the exchange admits; empty means any language with a model.
    """

    code: str | None
    confidence: float
    required: tuple[str, ...]
    admitted: bool
    passages: tuple[LanguagePassage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    A passage a recogniser points at.

    `score` is between 0 and 1. `entity` groups the findings that name the same person or place
    (an opaque key, "PERSON-1"); `evidence` lists the ids of rules, never text.
    """

    span: Span
    kind: EntityKind
    score: float
    recognizer: str
    entity: str | None = None
    evidence: tuple[str, ...] = ()


class Recognizer(Protocol):
    """Something that finds identity in a letter."""

    @property
    def recognizer_id(self) -> str:
        """A stable name, as it stands in the audit trail."""
        ...

    def find(self, text: str) -> Iterable[Finding]:
        """Every finding in `text`, as spans of it. Raises rather than return a partial answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy says about one kind: class, action, and the words that stand in for it."""

    kind: EntityKind
    identifier_class: IdentifierClass
    action: TreatmentAction
    placeholder: str
    mask_from: float
    suggest_from: float
    reason: str
    generalizer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rulings that hold for one pair of countries; `policy_id` names the rules file."""

    policy_id: str
    rulings: Mapping[EntityKind, Ruling]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A finding together with what happens to it and why. `replacement` is None unless text changes."""

    finding: Finding
    action: TreatmentAction
    identifier_class: IdentifierClass
    reason: str
    rule_id: str
    replacement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One change: `source` in the letter became `target` in the outgoing text."""

    source: Span
    target: Span
    original: str = field(repr=False)
    replacement: str
    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """The outgoing text and the changes that lead to it; undoing them gives the letter back."""

    text: str = field(repr=False)
    replacements: tuple[Replacement, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the outgoing text, in hex: what an approval is bound to."""
        return text_digest(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """An original that is still readable in the outgoing text at `span` (of the outgoing text)."""

    span: Span
    kind: EntityKind
    source: str


class ContentFlagKind(StrEnum):
    """What a proofreader should look at apart from anonymity."""

    WISH_TO_MEET = "wish_to_meet"
    DISTRESS = "distress"
    MONEY = "money"
    READER_HEALTH = "reader_health"
    ENCLOSURE = "enclosure"
    DISGUISE = "disguise"
    FOREIGN_PASSAGE = "foreign_passage"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFlag:
    """A passage that a proofreader should read with care; not about anonymity."""

    kind: ContentFlagKind
    span: Span | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What the machine proposes for one letter. Never a release: a person decides.

    When `holds` is not empty the letter waits for a person; `redaction` may still be there to
    help that person, but nothing may be sent from it.
    """

    letter: Letter
    status: DraftStatus
    routing: Routing | None
    language: LanguageVerdict | None
    treatments: tuple[Treatment, ...]
    redaction: Redaction | None
    residuals: tuple[Residual, ...] = ()
    holds: tuple[Hold, ...] = ()
    flags: tuple[ContentFlag, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
