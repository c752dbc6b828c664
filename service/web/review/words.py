"""
The words of the pages for the codes of the service: one place, British English.

Contract: every code of an enum has a word here (a test walks the enums), and no word is made of
letter text.
"""

from anonymizer.language_names import language_name
from anonymizer.model import (
    ContentFlagKind,
    Direction,
    EntityKind,
    IdentifierClass,
    Stage,
    TreatmentAction,
)
from anonymizer.notices import NoticeKind
from service.web.language.words import gettext
from service.web.review.event_words import EVENTS
from service.workflow.pathway import Step, StepState
from service.workflow.states import LetterState
from service.workflow.writer_status import WriterStatus

#: Kind: the short label that stands beside a passage.
KINDS: dict[EntityKind, str] = {
    EntityKind.PERSON: "name",
    EntityKind.INITIALS: "initials",
    EntityKind.PET: "pet",
    EntityKind.FAMILY: "family",
    EntityKind.PLACE: "place",
    EntityKind.ADDRESS: "address",
    EntityKind.COUNTRY: "country",
    EntityKind.NATIONALITY: "nationality",
    EntityKind.HOSPITAL: "hospital",
    EntityKind.ORGANIZATION: "organisation",
    EntityKind.OCCUPATION: "job",
    EntityKind.EVENT: "event",
    EntityKind.MEDIA: "media",
    EntityKind.DATE: "date",
    EntityKind.AGE: "age",
    EntityKind.EMAIL: "e-mail",
    EntityKind.PHONE: "phone",
    EntityKind.URL: "web address",
    EntityKind.HANDLE: "handle",
    EntityKind.DONOR_NUMBER: "donor number",
    EntityKind.OTHER_ID: "other number",
    EntityKind.DIAGNOSIS: "diagnosis",
    EntityKind.SINGLING_OUT: "singles out",
}

#: Kinds that are alike share a hue; the label tells them apart.
FAMILIES: dict[str, tuple[EntityKind, ...]] = {
    "people": (EntityKind.PERSON, EntityKind.INITIALS, EntityKind.PET, EntityKind.FAMILY),
    "places": (
        EntityKind.PLACE,
        EntityKind.ADDRESS,
        EntityKind.COUNTRY,
        EntityKind.NATIONALITY,
    ),
    "bodies": (
        EntityKind.HOSPITAL,
        EntityKind.ORGANIZATION,
        EntityKind.OCCUPATION,
        EntityKind.EVENT,
        EntityKind.MEDIA,
    ),
    "times": (EntityKind.DATE, EntityKind.AGE),
    "contacts": (
        EntityKind.EMAIL,
        EntityKind.PHONE,
        EntityKind.URL,
        EntityKind.HANDLE,
        EntityKind.DONOR_NUMBER,
        EntityKind.OTHER_ID,
    ),
    "delicate": (EntityKind.DIAGNOSIS, EntityKind.SINGLING_OUT),
}

FAMILY_NAMES: dict[str, str] = {
    "people": "People",
    "places": "Places",
    "bodies": "Institutions and work",
    "times": "Time",
    "contacts": "Contact and numbers",
    "delicate": "Delicate",
}

FAMILY_OF: dict[EntityKind, str] = {
    kind: family for family, kinds in FAMILIES.items() for kind in kinds
}

#: What happened to a passage, as the page says it.
OUTCOMES: dict[TreatmentAction, str] = {
    TreatmentAction.REPLACE: "removed",
    TreatmentAction.GENERALIZE: "generalised",
    TreatmentAction.SUGGEST: "to decide",
    TreatmentAction.KEEP: "kept",
}

CLASSES: dict[IdentifierClass, str] = {
    IdentifierClass.DIRECT: "identifies alone",
    IdentifierClass.QUASI: "identifies in combination",
    IdentifierClass.SPECIAL: "special category",
    IdentifierClass.NONE: "does not identify",
}

DIRECTIONS: dict[Direction | None, str] = {
    Direction.DONOR_TO_PATIENT: "Donor → patient",
    Direction.PATIENT_TO_DONOR: "Patient → donor",
    None: "Direction unknown",
}

STATES: dict[LetterState, str] = {
    LetterState.RECEIVED: "Received",
    LetterState.DRAFTING: "Being drafted",
    LetterState.HELD_ALLOCATION: "Waits for allocation",
    LetterState.HELD_EXCHANGE: "Held by the rules",
    LetterState.HELD_LANGUAGE: "Waits for a language decision",
    LetterState.HELD_TRANSCRIPTION: "To be transcribed",
    LetterState.HELD_FAULT: "Stopped by a fault",
    LetterState.READY: "Free",
    LetterState.IN_REVIEW: "In review",
    LetterState.SECOND_READING: "Waits for a second reader",
    LetterState.ON_HOLD: "On hold",
    LetterState.RETURNED: "Returned to the writer",
    LetterState.APPROVED: "Approved, waiting for dispatch",
    LetterState.DISPATCHED: "Sent",
    LetterState.DISPATCH_FAILED: "Dispatch failed",
}

#: How urgent a state looks: a class of the pill in parts.css.
STATE_TONES: dict[LetterState, str] = {
    LetterState.HELD_ALLOCATION: "care",
    LetterState.HELD_EXCHANGE: "care",
    LetterState.HELD_LANGUAGE: "care",
    LetterState.HELD_TRANSCRIPTION: "care",
    LetterState.HELD_FAULT: "stop",
    LetterState.IN_REVIEW: "mine",
    LetterState.ON_HOLD: "care",
    LetterState.APPROVED: "good",
    LetterState.DISPATCHED: "good",
    LetterState.DISPATCH_FAILED: "stop",
}

#: Who finds passages, by the part of a recogniser's id before the colon.
FINDERS: dict[str, str] = {
    "person": "a person",
    "ner": "the language model",
    "names": "the wording around a name",
    "letter": "the same words elsewhere in the letter",
    "list": "a word list",
    "number": "the form of donor numbers",
    "pattern": "a pattern",
    "presidio": "a general pattern",
    "known": "what the registry knows",
    "site": "a word of this site",
}

STAGES: dict[Stage, str] = {
    Stage.INTAKE: "Intake",
    Stage.ALLOCATION: "Allocation",
    Stage.EXCHANGE: "Rules",
    Stage.LANGUAGE: "Language",
    Stage.DETECTION: "Detection",
    Stage.POLICY: "Policy",
    Stage.REDACTION: "Redaction",
    Stage.LEAKCHECK: "Leak check",
    Stage.REVIEW: "Review",
    Stage.RELEASE: "Release",
}

FLAGS: dict[ContentFlagKind, str] = {
    ContentFlagKind.WISH_TO_MEET: "Wish to meet",
    ContentFlagKind.DISTRESS: "Distress",
    ContentFlagKind.MONEY: "Money",
    ContentFlagKind.READER_HEALTH: "Health of the reader",
    ContentFlagKind.ANGER: "Anger",
    ContentFlagKind.ENCLOSURE: "Something is enclosed",
    ContentFlagKind.GIFT: "A gift",
    ContentFlagKind.PHOTO: "A photo",
    ContentFlagKind.DISGUISE: "Disguised text",
    ContentFlagKind.PLACEHOLDER: "Looks like a placeholder",
    ContentFlagKind.FOREIGN_PASSAGE: "Passage in another language",
}

#: The steps of a donation pathway, as headings.
STEPS: dict[Step, str] = {
    Step.ASKED: "Asked",
    Step.CONSENT: "Consent",
    Step.CHECKS: "Extra checks",
    Step.MEDICAL: "Medical examination",
    Step.INJECTIONS: "Injections",
    Step.DONATION: "Donation",
    Step.TRANSPLANT: "Transplant",
    Step.WEEK: "Follow-up after one week",
    Step.MONTH: "Follow-up after one month",
    Step.YEAR: "Follow-up after one year",
    Step.FIVE_YEARS: "Follow-up after five years",
}

#: What the day means on which a step is due; steps without one have no such day.
STEP_DUE: dict[Step, str] = {
    Step.MEDICAL: "at the latest on",
    Step.INJECTIONS: "two a day, five days long, from",
    Step.DONATION: "on",
    Step.TRANSPLANT: "on",
    Step.WEEK: "from",
    Step.MONTH: "from",
    Step.YEAR: "from",
    Step.FIVE_YEARS: "from",
}

STEP_STATES: dict[StepState, str] = {
    StepState.DONE: "done",
    StepState.DUE: "due now",
    StepState.OVERDUE: "overdue",
    StepState.PLANNED: "planned",
    StepState.UNKNOWN: "not recorded",
}

#: The pill of a step's state, and the sign on the line, so that neither needs the other's colour.
STEP_TONES: dict[StepState, str] = {
    StepState.DONE: "good",
    StepState.DUE: "mine",
    StepState.OVERDUE: "stop",
    StepState.PLANNED: "",
    StepState.UNKNOWN: "",
}
STEP_SIGNS: dict[StepState, str] = {
    StepState.DONE: "✓",
    StepState.DUE: "●",
    StepState.OVERDUE: "!",
    StepState.PLANNED: "○",
    StepState.UNKNOWN: "?",
}

#: Reasons a proofreader picks from, so that a tired person need not invent one.
KEEP_REASONS: tuple[str, ...] = (
    "An ordinary word, it identifies nobody",
    "A public figure, a brand or a saying",
    "Already general enough",
    "Both registries agreed to tell this",
)

HOLD_REASONS: tuple[str, ...] = (
    "A colleague should read it as well",
    "The writer may need help: distress in the letter",
    "A question to the registry is open",
    "The clinic asked to wait",
)

SENIOR_REASONS: tuple[str, ...] = (
    "I am not sure that nobody can be recognised",
    "The rules of the house do not say what to do",
    "The letter is hard to read or to bear",
)

#: Why a case may be the one of a letter without one, as `actions.allocation_list` says it.
NEAR_CASES: tuple[str, ...] = (
    "its donor number stands on the cover",
    "its donor number stands in the letter",
    "its donor number is nearly the one on the cover",
    "its donor number is nearly the one in the letter",
    "its patient number stands on the cover",
    "its patient number stands in the letter",
    "its patient number is nearly the one on the cover",
    "its patient number is nearly the one in the letter",
)

#: What the writer of a letter is told, as the staff sees it.
NOTICES: dict[NoticeKind, str] = {
    NoticeKind.RECEIVED: "Acknowledgement",
    NoticeKind.PASSED_ON: "Passed on",
    NoticeKind.RETURNED_LANGUAGE: "Not in the language that the reader's side requires",
    NoticeKind.RETURNED_BEFORE_DONATION: "Before the day of the donation",
    NoticeKind.RETURNED_NOT_ALLOWED: "Letters are not allowed between these two sides",
    NoticeKind.RETURNED_TOO_MANY: "No further letter may go this way",
    NoticeKind.RETURNED_WINDOW_OVER: "The time for letters is over",
    NoticeKind.RETURNED_UNREADABLE: "Cannot be read in full",
    NoticeKind.RETURNED_NO_NUMBER: "No donor number",
    NoticeKind.RETURNED_CONTENT: "Something in it may not be passed on",
}

WRITER_STATUSES: dict[WriterStatus, str] = {
    WriterStatus.RECEIVED: "received",
    WriterStatus.BEING_READ: "being read",
    WriterStatus.PASSED_ON: "passed on",
    WriterStatus.RETURNED_TO_YOU: "returned to you",
}

#: Columns of the case file that are called the same in a sentence and by themselves.
SHARED_FIELDS: dict[str, str] = {
    "known_donor": "What is known about the donor",
    "known_patient": "What is known about the patient",
    "cord_blood": "Cord blood",
    "donation_dates": "Donation",
    "transplant_dates": "Transplant",
    "infusion_dates": "Infusion of lymphocytes",
    "asked_on": "Asked",
    "checked_on": "Extra checks",
    "medical_on": "Medical examination",
    "injections_from": "First injection",
    "week_on": "Follow-up after one week",
    "month_on": "Follow-up after one month",
    "year_on": "Follow-up after one year",
    "five_years_on": "Follow-up after five years",
}
#: Columns of the case file, as a sentence calls them.
_CASE_FIELDS = SHARED_FIELDS | {
    "case_id": "The case id",
    "donor_number": "The donor number",
    "donor_country": "The country of the donor",
    "patient_country": "The country of the patient",
    "clinic_id": "The clinic id",
    "clinic_name": "The name of the clinic",
    "patient_reference": "The patient number",
    "donor_registry": "The registry of the donor",
    "patient_registry": "The registry of the patient",
    "donor_language": "The language of the donor",
    "patient_language": "The language of the patient",
    "donor_consents": "What the donor agreed to",
    "patient_consents": "What the patient agreed to",
    "donor_deliverable": "Whether the donor can be reached",
    "patient_deliverable": "Whether the patient can be reached",
    "consented_on": "Consent",
}


def case_words(reason: str) -> str:
    """A refusal that names columns of the file, in the words of the form."""
    for column, field in _CASE_FIELDS.items():
        reason = reason.replace(column, field)
    return reason


def kind_label(code: str) -> str:
    """The word for the code of a kind, for templates."""
    return gettext(KINDS[EntityKind(code)])


def finder_name(recognizer: str) -> str:
    """Who or what found a passage; a pattern with the name that the rules give it."""
    group, _, name = recognizer.partition(":")
    finder = gettext(FINDERS.get(group, group))
    return f"{finder} ({name})" if group == "pattern" else finder


def event_name(action: str) -> str:
    """What an audit action means; a newer one is shown as its code."""
    return gettext(EVENTS.get(action, action))


def language_word(code: str | None) -> str:
    """The name of a language, for templates."""
    return gettext("undecided" if code is None else language_name(code))
