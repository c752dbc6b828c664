"""
Step 8-9: what the pages see: frozen, typed views, filled by `actions.reading` and nothing else.

Offsets of findings, flags and of `ReplacementView.source_*` are code points of `LetterView.text`;
those of `ReplacementView.target_*` and residuals are code points of `LetterView.outgoing`.
Views of lists carry no letter text and only masked donor numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from anonymizer.model import (
    ContentFlagKind,
    Direction,
    EntityKind,
    IdentifierClass,
    OutgoingFormat,
    Stage,
    TreatmentAction,
)
from service.actions.may_do import MayDo
from service.actions.rule_views import ClockView, ExchangeView
from service.workflow.documents import FileReading
from service.workflow.pathway import Pathway
from service.workflow.pictures import OutgoingPicture
from service.workflow.readings import Phase
from service.workflow.recipients import Recipient
from service.workflow.states import LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One row of the queue: enough to choose a letter, nothing that tells who wrote it."""

    letter_id: str
    state: LetterState
    version: int
    received_at: datetime
    changed_at: datetime
    direction: Direction | None
    writer_country: str | None
    reader_country: str | None
    language: str | None
    words: int
    findings: int
    open_suggestions: int
    residuals: int
    flags: tuple[ContentFlagKind, ...]
    hold_reasons: tuple[str, ...]
    claimed_by: str | None
    """The name of the member of staff who works on it, while the lease lasts."""
    claimed_by_me: bool
    lease_until: datetime | None
    donor_number_masked: str | None
    duplicate_of: str | None
    """The id of an earlier letter with the very same text, or None."""
    urgent: bool = False
    for_senior: bool = False
    """It waits for a senior proofreader."""
    due_at: datetime | None = None
    """When somebody should have moved it on; None while it waits for nobody here."""
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What a colleague wrote about the letter."""

    written_at: datetime
    written_by: str
    mine: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsView:
    """Why a letter is read twice, and how far that is; `reasons` are sentences."""

    reasons: tuple[str, ...]
    phase: Phase
    first_reader: str | None = None
    """The name of the first reader, once they are done."""
    hidden_notes: int = 0
    """Notes of the first reader that are shown after the second reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One marked passage of the letter; `finding_id` stays the same over corrections."""

    finding_id: str
    start: int
    end: int
    kind: EntityKind
    identifier_class: IdentifierClass
    action: TreatmentAction
    reason: str
    rule_id: str
    recognizer: str
    score: float
    replacement: str | None
    entity: str | None
    correction_author: str | None
    """The name of the person who last decided about this passage; None: the machine's proposal."""
    corrected: bool
    can_generalize: bool
    """True when the policy knows a wider word for this kind ("a city in the north")."""
    rule: str | None = None
    """What the rule of the exchange says when it wants more hidden than a person might leave."""
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementView:
    """One change: letter code points source_start..source_end became target_start..target_end."""

    finding_id: str | None
    source_start: int
    source_end: int
    target_start: int
    target_end: int
    kind: EntityKind
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentView:
    """A sign at `source` that nobody sees: of it stands target_start..target_end, or nothing."""

    source: int
    target_start: int
    target_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualView:
    """Something that should be gone and is still readable in the outgoing text."""

    start: int
    end: int
    kind: EntityKind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """Why the letter waits for a person: a sentence without letter text."""

    stage: Stage
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """A passage to read with care; `start` and `end` are None for the letter as a whole."""

    kind: ContentFlagKind
    reason: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """A passage that tells the reader something, in the words that the reader gets."""

    start: int
    kind: EntityKind
    as_written: bool
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingLetter:
    """A letter and what it tells; `here` is True for the one that is shown."""

    letter_id: str
    received_at: datetime
    here: bool
    passages: tuple[ToldView, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationView:
    """What identifies only together; earlier letters come first, the oldest before the others."""

    rule_id: str
    sentence: str
    letters: tuple[TellingLetter, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenNumber:
    """A number that came with a letter, on its cover or in its text."""

    number: str = field(repr=False)
    on_cover: bool
    of_case: bool
    """True when it is the donor number or the patient number of the case of the letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingView:
    """The strip over the letter: where it belongs. Shown only to those who may read the letter."""

    direction: Direction | None
    donor_number: str | None = field(repr=False)
    donor_number_is_grid: bool
    """True when it has the form of a GRID and its check digits are right."""
    case_id: str | None
    writer_country: str | None
    reader_country: str | None
    recipient: Recipient | None
    """Who gets the letter; None while the case or the direction is open."""
    allocated_by_hand: bool
    allocation_reason: str | None = field(repr=False)
    seen: tuple[SeenNumber, ...] = field(default=(), repr=False)
    """What came with a letter that a person has allocated: the case has its own number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageView:
    """The language of the letter, as ISO 639-1 codes; `required` is empty when any is admitted."""

    code: str | None
    confidence: float
    required: tuple[str, ...]
    admitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTextView:
    """What the letter said before a translation took its place; number 1 is as it came in."""

    number: int
    replaced_at: datetime
    replaced_by: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """One audit event, for reading: who did what and when; details are ids, codes and digests."""

    seq: int
    at: datetime
    actor: str
    action: str
    letter_id: str | None
    details: Mapping[str, str | int]
    actor_id: str = ""
    about: str | None = None
    """The name of the person whom it is about, where `details` name their id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatView:
    """A format that the letter may leave in; `objection` says why it cannot."""

    form: OutgoingFormat
    objection: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """
    One letter as its page shows it; `text` and `outgoing` are None when it was not read or drafted.

    `version` and `digest` go back with every action: they say which state the person saw.
    """

    letter_id: str
    state: LetterState
    version: int
    received_at: datetime
    changed_at: datetime
    text: str | None = field(repr=False)
    findings: tuple[FindingView, ...] = field(repr=False)
    outgoing: str | None = field(repr=False)
    replacements: tuple[ReplacementView, ...] = field(repr=False)
    residuals: tuple[ResidualView, ...]
    digest: str | None
    suggestions: int
    """How many passages the machine left to the person, decided or not."""
    open_suggestions: int
    corrections: int
    holds: tuple[HoldView, ...]
    flags: tuple[FlagView, ...]
    combinations: tuple[CombinationView, ...] = ()
    """What identifies together in this letter as it would go out now."""
    combinations_over_time: tuple[CombinationView, ...] = ()
    """What identifies only together with earlier letters that were approved."""
    routing: RoutingView
    exchange: ExchangeView | None = None
    """None while the case is open, and once the letter has left."""
    unsent: tuple[UnsentView, ...] = ()
    """The signs of `text` that nobody sees and that are not in `outgoing`."""
    earlier: tuple[EarlierTextView, ...] = ()
    """What the letter said before it was translated, the first text first."""
    file: FileReading | None = field(default=None, repr=False)
    """What was found in the letter's file beside its text; None for plain text."""
    pictures: tuple[OutgoingPicture, ...] = field(default=(), repr=False)
    """The pictures of the file that go with the letter, or may."""
    formats: tuple[FormatView, ...] = ()
    """What the letter may leave in, the format of the site first."""
    language: LanguageView | None
    state_reason: str | None = field(repr=False)
    """What a person wrote when the letter was put on hold, returned or reopened."""
    claimed_by: str | None
    claimed_by_me: bool
    lease_until: datetime | None
    duplicate_of: str | None
    may: MayDo
    history: tuple[HistoryEvent, ...]
    readings: ReadingsView | None = None
    """None for a letter that one person reads."""
    notes: tuple[NoteView, ...] = field(default=(), repr=False)
    urgent: bool = False
    new_words: bool = False
    """True when the words of the site changed since the draft, and it has not left yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCase:
    """A case the letter may belong to; `why` is a sentence ("the number on the cover")."""

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    clinic_name: str
    why: str
    patient_reference: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationItem:
    """A letter that waits for a coordinator to say which case it belongs to."""

    letter_id: str
    version: int
    received_at: datetime
    direction: Direction | None
    """None: the coordinator must say who wrote it (`allocate_letter(direction=…)`)."""
    hold_reasons: tuple[str, ...]
    cover_number: str | None = field(repr=False)
    numbers_in_text: tuple[str, ...] = field(repr=False)
    references_in_text: tuple[str, ...] = field(repr=False)
    """What the letter calls the patient's number."""
    candidates: tuple[CandidateCase, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case of the register, for lists and forms; identities where somebody asked for them."""

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    clinic_name: str
    known_donor: str | None = field(repr=False)
    """`KIND=value;KIND=value`, as in the CSV file; None where it is masked, and stays as it is."""
    known_patient: str | None = field(repr=False)
    version: int = 0
    """Goes back with every change; 0 for a case that is not in the register yet."""
    course: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Cells of the columns that a case list may leave out, as in the CSV file."""
    donor_kinds: tuple[EntityKind, ...] = ()
    """What is known of the donor, without the words."""
    patient_kinds: tuple[EntityKind, ...] = ()
    reference_masked: str | None = None
    """The end of the patient's number, where `course` leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case with its pathway and its clock on one day, and how many letters were passed on."""

    case: CaseView
    pathway: Pathway
    clock: ClockView
    donor_letters: int
    patient_letters: int
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many letters are in each state; states with none are left out."""

    by_state: Mapping[LetterState, int]
