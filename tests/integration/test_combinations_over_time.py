"""What earlier letters of a case told is remembered when the next one is read, on both engines."""

import pytest

from anonymizer.model import Direction, EntityKind, TreatmentAction
from service import actions
from service.actions import Desk
from service.actions.views import CombinationView, LetterView
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import NotAllowed
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    OTHER_NUMBER,
    add,
    approved,
    claimed,
    clock_of,
    decide_suggestions,
    drafted,
    send_back,
    state_of,
    view,
    work_all,
)


def job(number: str = NUMBER) -> str:
    """A letter that tells an occupation."""
    return f"Dear friend, I am a nurse.\nDonor number {number}"


def illness(number: str = NUMBER) -> str:
    """A letter that tells an illness; together with an occupation that is a combination."""
    return f"Dear friend, it was leukaemia.\nDonor number {number}"


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


def approved_as_written(
    desk: Desk, person: Person, text: str, *, direction: Direction = Direction.DONOR_TO_PATIENT
) -> str:
    """A letter whose suggestions the person keeps readable, and which they approve."""
    letter_id = claimed(desk, person, text, direction=direction)
    keep_everything(desk, person, letter_id)
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    return letter_id


def keep_everything(desk: Desk, person: Person, letter_id: str) -> None:
    """Decide that every suggestion stays readable."""
    seen = view(desk, person, letter_id)
    corrections = tuple(
        Correction(kind=CorrectionKind.REMOVE, finding_id=one.finding_id, reason="Common.")
        for one in seen.findings
        if one.action is TreatmentAction.SUGGEST
    )
    actions.correct(
        desk, person, letter_id=letter_id, version=seen.version, corrections=corrections
    )


def rules(found: tuple[CombinationView, ...]) -> list[str]:
    """The rules that were met."""
    return [one.rule_id for one in found]


def told(seen: LetterView) -> list[tuple[str, bool, EntityKind, str]]:
    """Letter, whether it is this one, kind and words of the only warning over time."""
    (warning,) = seen.combinations_over_time
    return [
        (letter.letter_id, letter.here, one.kind, one.words)
        for letter in warning.letters
        for one in letter.passages
    ]


def test_a_letter_is_read_together_with_what_was_approved_before(desk: Desk, anna: Person) -> None:
    """The notice names the letter by its date, and the words of both."""
    first = approved_as_written(desk, anna, job())
    received = view(desk, anna, first).received_at
    clock_of(desk).forward(days=40)
    second = drafted(desk, illness())
    seen = view(desk, anna, second)
    assert rules(seen.combinations_over_time) == ["illness-job"]
    assert seen.combinations == ()
    assert told(seen) == [
        (first, False, EntityKind.OCCUPATION, "nurse"),
        (second, True, EntityKind.DIAGNOSIS, "leukaemia"),
    ]
    assert seen.combinations_over_time[0].letters[0].received_at == received


def test_dispatch_does_not_end_the_memory(desk: Desk, anna: Person) -> None:
    """The reader has the letter then, more than ever."""
    first = approved_as_written(desk, anna, job())
    work_all(desk)
    assert state_of(desk, first) is LetterState.DISPATCHED
    assert rules(view(desk, anna, drafted(desk, illness())).combinations_over_time) == [
        "illness-job"
    ]


def test_what_a_person_took_out_was_not_told(desk: Desk, anna: Person) -> None:
    """An earlier letter counts by the text that was approved, not by the one that came in."""
    approved(desk, anna, job())
    assert view(desk, anna, drafted(desk, illness())).combinations_over_time == ()


def test_a_letter_that_nobody_approved_was_not_told(desk: Desk, anna: Person) -> None:
    """Drafted, claimed or returned, it never reached the reader."""
    drafted(desk, job())
    returned = claimed(desk, anna, job())
    send_back(desk, anna, returned)
    assert view(desk, anna, drafted(desk, illness())).combinations_over_time == ()


@pytest.mark.parametrize(
    ("number", "direction"),
    [(OTHER_NUMBER, Direction.DONOR_TO_PATIENT), (NUMBER, Direction.PATIENT_TO_DONOR)],
)
def test_other_cases_and_the_other_direction_are_apart(
    desk: Desk, anna: Person, number: str, direction: Direction
) -> None:
    """Another pair, or the other writer of the same pair, tells nothing about this writer."""
    approved_as_written(desk, anna, job(number), direction=direction)
    assert view(desk, anna, drafted(desk, illness())).combinations_over_time == ()


def test_taking_the_passage_out_ends_the_warning(desk: Desk, anna: Person) -> None:
    """It follows the corrections, and comes back with them."""
    approved_as_written(desk, anna, job())
    second = claimed(desk, anna, illness())
    decide_suggestions(desk, anna, second)
    seen = view(desk, anna, second)
    assert seen.combinations_over_time == ()
    actions.undo_last(desk, anna, letter_id=second, version=seen.version)
    assert rules(view(desk, anna, second).combinations_over_time) == ["illness-job"]


def test_one_letter_that_tells_both_has_a_combination_of_its_own(desk: Desk, anna: Person) -> None:
    """Each word once, and no further warning over time."""
    text = f"I am a nurse, a nurse with leukaemia.\nDonor number {NUMBER}"
    approved_as_written(desk, anna, job())
    seen = view(desk, anna, drafted(desk, text))
    (found,) = seen.combinations
    (letter,) = found.letters
    assert letter.here
    assert [(one.words, one.start) for one in letter.passages] == [
        ("nurse", text.index("nurse")),
        ("leukaemia", text.index("leukaemia")),
    ]
    assert seen.combinations_over_time == ()


def test_an_approved_letter_looks_back_only(desk: Desk, anna: Person) -> None:
    """What was approved after it was not known then."""
    first = approved_as_written(desk, anna, job())
    clock_of(desk).forward(days=1)
    second = approved_as_written(desk, anna, illness())
    assert view(desk, anna, first).combinations_over_time == ()
    assert rules(view(desk, anna, second).combinations_over_time) == ["illness-job"]


def test_who_may_not_read_letters_sees_nothing_of_earlier_ones(desk: Desk, anna: Person) -> None:
    """The letter is refused as a whole."""
    approved_as_written(desk, anna, job())
    second = drafted(desk, illness())
    outsider = Person(person_id="x", name="X", roles=frozenset({Role.ADMIN}))
    with pytest.raises(NotAllowed):
        actions.open_letter(desk, outsider, letter_id=second)


def test_a_letter_without_a_case_has_no_history(desk: Desk, anna: Person) -> None:
    """It waits for its case first."""
    approved_as_written(desk, anna, job())
    second = drafted(desk, "Dear friend, it was leukaemia.")
    assert view(desk, anna, second).combinations_over_time == ()
