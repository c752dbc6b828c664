"""Nouns for unit tests, built in a line, and the shipped pipeline, loaded once per process."""

from collections.abc import Iterable
from functools import cache

from anonymizer.canonical import detection_view
from anonymizer.model import (
    Case,
    Circumstances,
    Draft,
    EntityKind,
    Finding,
    IdentifierClass,
    KnownIdentifier,
    Letter,
    Recognizer,
    Span,
    Treatment,
    TreatmentAction,
)
from anonymizer.pipeline import Pipeline
from anonymizer.rulebook import Rulebook, load_rulebook

#: The examples that ICCBBA publishes, with their check digits.
GRID = "6939XYZ000123456731"
OTHER_GRID = "6939DKM001392612726"
#: English enough for the language gate, without anything that identifies.
PROSE = (
    "Dear donor,\nthank you so much for what you did for me and my whole family. We think of you "
    "every day and we hope that you are well and that you know how grateful we are.\n"
)


@cache
def shipped_pipeline() -> Pipeline:
    """The pipeline as it is shipped; loading the model takes seconds."""
    return Pipeline.load()


@cache
def shipped_rules() -> Rulebook:
    """The packaged rules."""
    return load_rulebook()


def letter(text: str, *, cover: str | None = GRID) -> Letter:
    """A letter with a valid number on its cover."""
    return Letter.from_text("letter-1", text, cover_number=cover)


def drafted(pipeline: Pipeline, text: str, *known: KnownIdentifier) -> Draft:
    """The draft of a letter that goes abroad."""
    return pipeline.draft(letter(text), Circumstances(known_identifiers=known))


def outgoing(draft: Draft) -> str:
    """The redacted text; a draft without one fails the test."""
    assert draft.redaction is not None
    return draft.redaction.text


def finding(
    start: int, end: int, kind: EntityKind = EntityKind.PERSON, score: float = 0.9
) -> Finding:
    """A finding of a recogniser called `test`."""
    return Finding(span=Span(start=start, end=end), kind=kind, score=score, recognizer="test")


def finding_of(text: str, words: str, kind: EntityKind = EntityKind.PERSON) -> Finding:
    """A finding at the first place of `words` in `text`."""
    start = text.index(words)
    return finding(start, start + len(words), kind)


def treatment(
    found: Finding,
    replacement: str | None = "[name 1]",
    action: TreatmentAction = TreatmentAction.REPLACE,
) -> Treatment:
    """A treatment of a finding that identifies directly."""
    return Treatment(
        finding=found,
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="test",
        rule_id="test",
        replacement=replacement,
    )


def known(kind: EntityKind, value: str) -> KnownIdentifier:
    """Something the registry knows."""
    return KnownIdentifier(kind=kind, value=value)


def case(number: str = GRID, case_id: str = "C-1") -> Case:
    """A case of a German donor and an American patient."""
    return Case(
        case_id=case_id,
        donor_number=number,
        donor_country="DE",
        patient_country="US",
        clinic_id="CL-1",
        known_identifiers=(known(EntityKind.PERSON, "Wilhelmina"),),
    )


def found_in(recognizer: Recognizer, text: str) -> list[str]:
    """The passages of the letter that a recogniser finds through the detection view."""
    view = detection_view(text)
    spans = (view.to_letter(one.span) for one in recognizer.find(view.text))
    return [text[span.start : span.end] for span in spans]


def passages(text: str, findings: Iterable[Finding]) -> list[str]:
    """The passages that findings point at."""
    return [text[one.span.start : one.span.end] for one in findings]
