"""
Whatever goes wrong in a stage holds the letter: no text, no echo, no exception.

Each stage is replaced in turn by one that raises, or that returns something that is no result.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from anonymizer import flags
from anonymizer import pipeline as path
from anonymizer.errors import AnonymizerError, RecognizerFailed
from anonymizer.model import (
    Draft,
    DraftStatus,
    EntityKind,
    Finding,
    KnownIdentifier,
    Recognizer,
    Span,
    Stage,
)
from anonymizer.pipeline import Pipeline
from tests.unit.parts import PROSE, drafted, letter

SECRET = "Wilhelmina"
TEXT = f"{PROSE}My name is {SECRET} and I am well."

#: Where each stage is called from the pipeline.
STAGES = {
    Stage.ALLOCATION: "allocate",
    Stage.LANGUAGE: "required_languages",
    Stage.POLICY: "treat",
    Stage.LEAKCHECK: "find_residuals",
}


def assert_held(draft: Draft, stage: Stage) -> None:
    """Held at `stage`, with nothing that could be sent and nothing of the letter in the reason."""
    assert draft.status is DraftStatus.HELD
    (hold,) = draft.holds
    assert (hold.stage, hold.code) == (stage, "failed")
    assert SECRET not in hold.reason
    assert "grateful" not in hold.reason
    assert draft.redaction is None
    assert draft.treatments == ()


def raising(error: Exception) -> Callable[..., Any]:
    """A stage that raises."""

    def stage(*_args: object, **_named: object) -> object:
        raise error

    return stage


ERRORS = [
    ValueError(TEXT),
    KeyError(SECRET),
    RecursionError(SECRET),
    MemoryError(SECRET),
    UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET),
    TimeoutError(SECRET),
]


@pytest.mark.parametrize("stage", [Stage.ALLOCATION, Stage.LANGUAGE, Stage.POLICY])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_stage_that_raises_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, stage: Stage, error: Exception
) -> None:
    """The reason names stage and class of the error; its message may quote the letter."""
    monkeypatch.setattr(path, STAGES[stage], raising(error))
    draft = drafted(pipeline, TEXT)
    assert_held(draft, stage)
    assert type(error).__name__ in draft.holds[0].reason


@pytest.mark.parametrize("stage", [Stage.ALLOCATION, Stage.LANGUAGE, Stage.POLICY])
@pytest.mark.parametrize("garbage", [None, 7, "text", ({},), object()], ids=type)
def test_a_stage_that_returns_garbage_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, stage: Stage, garbage: object
) -> None:
    """A result of the wrong type never becomes a draft that looks clean."""
    monkeypatch.setattr(path, STAGES[stage], lambda *_args, **_named: garbage)
    draft = drafted(pipeline, TEXT)
    assert draft.status is DraftStatus.HELD
    assert SECRET not in repr(draft.holds)


@pytest.mark.parametrize("garbage", [None, 7, object()], ids=type)
def test_a_leak_check_that_fails_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, garbage: object
) -> None:
    """An unchecked text is not shown as checked, and `draft` does not raise."""
    monkeypatch.setattr(path, "find_residuals", lambda *_args, **_named: garbage)
    draft = drafted(pipeline, TEXT)
    assert draft.status is DraftStatus.HELD


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_leak_check_that_raises_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """As any other stage."""
    monkeypatch.setattr(path, "find_residuals", raising(error))
    draft = drafted(pipeline, TEXT)
    assert draft.status is DraftStatus.HELD
    assert draft.redaction is None
    assert SECRET not in draft.holds[0].reason


@pytest.mark.parametrize("name", ["detection_view", "foreign_passages", "language_hold"])
def test_a_step_between_the_stages_that_raises_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also what prepares or sums up must not break out of `draft`."""
    monkeypatch.setattr(path, name, raising(ValueError(TEXT)))
    draft = drafted(pipeline, TEXT)
    assert draft.status is DraftStatus.HELD
    assert SECRET not in repr(draft.holds)


def test_a_failed_flag_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wish to meet must not go unread because its list is broken."""
    monkeypatch.setattr(flags, "content_flags", raising(ValueError(TEXT)))
    draft = drafted(pipeline, TEXT)
    assert draft.status is DraftStatus.HELD
    assert SECRET not in repr(draft.holds)


def test_an_error_of_ours_says_what_happened(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own messages are free of letter text, so that a person may read them."""
    monkeypatch.setattr(path, "treat", raising(AnonymizerError("the rules are gone")))
    assert "the rules are gone" in drafted(pipeline, TEXT).holds[0].reason


class Recogniser:
    """A recogniser that does what it is given to do."""

    recognizer_id = "test:broken"

    def __init__(self, act: Callable[[str], Any]) -> None:
        self._act = act

    def find(self, text: str) -> Iterable[Finding]:
        """Whatever the test wants."""
        return self._act(text)  # type: ignore[no-any-return]


def with_recognizer(pipeline: Pipeline, recognizer: Recognizer, seconds: float = 30.0) -> Pipeline:
    """The shipped pipeline with one recogniser more."""
    detector = replace(
        pipeline.detector,
        recognizers=(*pipeline.recognizers, recognizer),
        seconds_per_letter=seconds,
    )
    return pipeline.having(detector)


def outside(text: str) -> list[Finding]:
    """A finding one character past the end of the text."""
    span = Span(start=0, end=len(text) + 1)
    return [Finding(span=span, kind=EntityKind.PERSON, score=1.0, recognizer="test:broken")]


def half_way(text: str) -> Iterable[Finding]:
    """One finding, and then an error."""
    yield Finding(
        span=Span(start=0, end=4), kind=EntityKind.PERSON, score=1.0, recognizer="test:broken"
    )
    raise ValueError(text)


BROKEN: dict[str, Callable[[str], Any]] = {
    "raises": raising(ValueError(TEXT)),
    "raises ours": raising(RecognizerFailed()),
    "ends the thread": raising(SystemExit(0)),  # type: ignore[arg-type]
    "raises half way": half_way,
    "returns None": lambda _text: None,
    "returns a number": lambda _text: 7,
    "returns texts": lambda text: [text],
    "returns pairs": lambda _text: [(0, 4)],
    "returns None among findings": lambda _text: [None],
    "points outside the text": outside,
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("act", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_recogniser_holds_the_letter(
    pipeline: Pipeline, act: Callable[[str], Any]
) -> None:
    """It is never the same as having found nothing."""
    draft = drafted(with_recognizer(pipeline, Recogniser(act)), TEXT)
    assert_held(draft, Stage.DETECTION)
    assert "test:broken" in draft.holds[0].reason


def test_a_recogniser_that_hangs_holds_the_letter(pipeline: Pipeline) -> None:
    """Its thread is given up; what the others found is not shown as complete."""
    release = threading.Event()

    def hang(_text: str) -> list[Finding]:
        release.wait(60)
        return []

    try:
        draft = drafted(with_recognizer(pipeline, Recogniser(hang), seconds=1.5), TEXT)
        assert_held(draft, Stage.DETECTION)
        assert "test:broken did not finish" in draft.holds[0].reason
    finally:
        release.set()


@pytest.mark.parametrize(
    "finding",
    [
        Finding(span=Span(start=0, end=4), kind=EntityKind.PERSON, score=score, recognizer="x")
        for score in (float("nan"), float("inf"), -1.0, 2.0)
    ],
    ids=["nan", "inf", "negative", "two"],
)
def test_a_score_that_is_none_does_not_lose_a_finding(pipeline: Pipeline, finding: Finding) -> None:
    """Held, or taken out, or shown: never dropped without a word."""
    broken = with_recognizer(pipeline, Recogniser(lambda _text: [finding]))
    draft = drafted(broken, PROSE)
    treated = [one for one in draft.treatments if one.finding.span.start == 0]
    assert draft.status is DraftStatus.HELD or treated


def test_a_redactor_that_forgets_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's text is compared with what the treatments make."""
    monkeypatch.setattr(type(pipeline.redactor), "_by_presidio", lambda _self, text, _changes: text)
    assert_held(drafted(pipeline, TEXT), Stage.REDACTION)


class BadRegister:
    """A case register that cannot be asked."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.find_cases = answer
        self.find_cases_of_patient = answer


@pytest.mark.parametrize(
    "register",
    [BadRegister(raising(OSError(SECRET))), BadRegister(lambda _number: None)],
    ids=["raises", "returns None"],
)
def test_a_register_that_cannot_be_asked_holds_the_letter(
    pipeline: Pipeline, register: BadRegister
) -> None:
    """It is not the same as an unknown number."""
    draft = pipeline.draft(letter(TEXT), register=register)
    assert_held(draft, Stage.ALLOCATION)


@pytest.mark.parametrize(
    "value", ["", " ", "-", "\u200b", "'", "a", "\U0001f600" * 3, "((((", "\\"]
)
@pytest.mark.parametrize("kind", list(EntityKind))
def test_an_odd_known_identifier_breaks_nothing(
    pipeline: Pipeline, kind: EntityKind, value: str
) -> None:
    """The register's data is as it is; a useless entry must not mask or hold everything."""
    identifier = KnownIdentifier(kind=kind, value=value)
    redrafted = pipeline.redraft(letter(PROSE), (), (identifier,))
    assert redrafted.redaction.text == PROSE
    assert redrafted.residuals == ()
