"""What people found in approved letters: misses and false masks, counted and nothing more."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import EntityKind, Finding, IdentifierClass, Span, Treatment, TreatmentAction
from service import actions
from service.actions import Desk
from service.actions.insight import insight, insight_csv
from service.store.findings_found import find_found
from service.workflow.corrections import Correction, CorrectionKind, Mark, machine_marks
from service.workflow.errors import BadRequest, NotAllowed
from service.workflow.findings import Found, found_in, monday
from service.workflow.people import Person
from service.workflow.readings import Reader, differences, settled_marks
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    START,
    claimed,
    clock_of,
    drafted,
    version_of,
    view,
    work_all,
)

HIDES = {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
LETTER = f"Dear friend, Anna from Ebeltoft says thank you.\nDonor number {NUMBER}"


def treatment(
    start: int,
    end: int,
    action: TreatmentAction = TreatmentAction.REPLACE,
    kind: EntityKind = EntityKind.PERSON,
) -> Treatment:
    """A treatment of these places."""
    span = Span(start=start, end=end)
    return Treatment(
        finding=Finding(span=span, kind=kind, score=1.0, recognizer="test"),
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="It tells who somebody is.",
        rule_id="test",
        replacement="[x]" if action in HIDES else None,
    )


def counts(treatments: tuple[Treatment, ...], marks: tuple[Mark, ...]) -> dict[Found, int]:
    """The counts of one letter, whatever their kinds."""
    told: dict[Found, int] = {}
    found = found_in(treatments, marks, on=date(2026, 3, 4), language="en", corrections=0)
    for key, count in found.items():
        assert (key.week, key.language) == ("2026-03-02", "en")
        told[key.outcome] = told.get(key.outcome, 0) + count
    return told


@pytest.mark.parametrize(
    ("machine", "person", "expected"),
    [
        ((treatment(0, 4),), (treatment(0, 4),), {Found.HIDDEN: 1}),
        ((treatment(0, 4),), (treatment(0, 4, TreatmentAction.KEEP),), {Found.FALSE_MASK: 1}),
        ((), (treatment(0, 4),), {Found.MISS: 1}),
        # what was asked about is neither missed nor hidden without need
        ((treatment(0, 4, TreatmentAction.SUGGEST),), (treatment(0, 4),), {}),
        ((treatment(0, 4, TreatmentAction.SUGGEST),), (treatment(0, 4, TreatmentAction.KEEP),), {}),
        # a wider mark is no miss: the machine was there
        ((treatment(0, 4),), (treatment(0, 9),), {Found.HIDDEN: 1}),
        # what the rules keep and a person hides was missed
        ((treatment(0, 4, TreatmentAction.KEEP),), (treatment(0, 4),), {Found.MISS: 1}),
    ],
)
def test_what_counts_as_missed_and_as_hidden_without_need(
    machine: tuple[Treatment, ...], person: tuple[Treatment, ...], expected: dict[Found, int]
) -> None:
    """By what the reader gets to see."""
    told = counts(machine, machine_marks(person))
    assert told == {**expected, Found.LETTER: 1}


def test_a_week_begins_on_monday() -> None:
    """Also where the year changes."""
    assert monday(date(2027, 1, 1)) == date(2026, 12, 28)
    assert monday(date(2026, 12, 28)) == date(2026, 12, 28)


def approved(desk: Desk, person: Person) -> str:
    """A letter in which the town was missed and the name was hidden without need."""
    letter_id = claimed(desk, person, LETTER)
    seen = view(desk, person, letter_id)
    name = next(one for one in seen.findings if one.kind is EntityKind.PERSON)
    town = LETTER.index("Ebeltoft")
    corrections = (
        Correction(kind=CorrectionKind.ADD, start=town, end=town + 8, entity_kind=EntityKind.PLACE),
        Correction(kind=CorrectionKind.REMOVE, finding_id=name.finding_id, reason="A saint."),
    )
    actions.correct(
        desk,
        person,
        letter_id=letter_id,
        version=seen.version,
        corrections=corrections,
        asked=True,
    )
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    return letter_id


def test_an_approval_counts_what_was_found(desk: Desk, anna: Person, cora: Person) -> None:
    """By kind and language, and the page adds it up."""
    approved(desk, anna)
    approved(desk, anna)
    told = insight(desk, cora)
    by_kind = {one.kind: one for one in told.kinds}
    assert (by_kind["PLACE"].misses, by_kind["PLACE"].miss_rate) == (2, 1.0)
    assert by_kind["PERSON"].false_masks == 2
    assert {one.language for one in told.kinds} == {"en"}
    assert (told.weeks[-1].letters, told.weeks[-1].corrections_per_letter) == (2, 2.0)
    assert "misses,2026-03-02,,,en,PLACE,2" in insight_csv(desk, cora)
    assert "Ebeltoft" not in insight_csv(desk, cora)


def test_a_letter_is_counted_once_however_often_it_is_approved(desk: Desk, anna: Person) -> None:
    """Nor twice because two people pressed the button."""
    letter_id = approved(desk, anna)
    with pytest.raises(Exception, match=r"approved|sent|cannot"):
        actions.approve_letter(
            desk,
            anna,
            letter_id=letter_id,
            version=version_of(desk, letter_id),
            digest=view(desk, anna, letter_id).digest or "",
        )
    with desk.database.reading() as connection:
        found = find_found(connection, since=date(2026, 1, 1))
    assert sum(count for key, count in found.items() if key.outcome is Found.LETTER) == 1


def test_letters_are_shown_by_state_and_age(desk: Desk, cora: Person) -> None:
    """Every letter in exactly one group."""
    drafted(desk, LETTER)
    clock_of(desk).forward(days=2)
    drafted(desk, LETTER)
    clock_of(desk).forward(days=40)
    drafted(desk, LETTER)
    assert insight(desk, cora).by_state == {LetterState.READY: (1, 0, 0, 0, 2)}


def test_turnaround_is_from_the_receipt_to_the_approval(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """In hours."""
    letter_id = drafted(desk, f"Dear friend.\nDonor number {NUMBER}")
    clock_of(desk).forward(hours=6)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    work_all(desk)
    week = insight(desk, cora).weeks[-1]
    assert (week.hours_median, week.hours_p90) == (6.0, 6.0)
    assert START.date() == date(2026, 3, 2)


def test_figures_are_for_those_who_lead(desk: Desk, anna: Person) -> None:
    """A proofreader is not measured by colleagues."""
    with pytest.raises(NotAllowed):
        insight(desk, anna)


# Two readings, whatever they are

_ACTIONS = st.sampled_from(
    [TreatmentAction.REPLACE, TreatmentAction.GENERALIZE, TreatmentAction.KEEP]
)
_KINDS = st.sampled_from([EntityKind.PERSON, EntityKind.PLACE])


@st.composite
def readings(draw: st.DrawFn) -> tuple[Mark, ...]:
    """Marks that do not overlap, as one reader leaves them."""
    made, place = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = place + draw(st.integers(0, 4))
        place = start + draw(st.integers(1, 6))
        made.append(treatment(start, place, draw(_ACTIONS), draw(_KINDS)))
    return machine_marks(tuple(made))


def hidden(marks: tuple[Mark, ...]) -> set[int]:
    """The places that nobody gets to see."""
    return {
        place
        for mark in marks
        if mark.treatment.action in HIDES
        for place in range(mark.span.start, mark.span.end)
    }


@given(first=readings(), second=readings(), data=st.data())
def test_settled_marks_never_overlap_and_hide_what_was_chosen(
    first: tuple[Mark, ...], second: tuple[Mark, ...], data: st.DataObject
) -> None:
    """At each difference the chosen reading, elsewhere what both hide."""
    found = differences(first, second)
    choices = {one.number: data.draw(st.sampled_from(Reader)) for one in found}
    marks = settled_marks(first, second, choices)
    for before, after in pairwise(marks):
        assert before.span.end <= after.span.start
    agreed = hidden(first) & hidden(second)
    differing = {place for one in found for place in range(one.span.start, one.span.end)}
    assert agreed - differing <= hidden(marks)
    for one in found:
        chosen = hidden(one.marks_of(choices[one.number]))
        assert chosen <= hidden(marks)
    assert hidden(marks) <= hidden(first) | hidden(second)


@given(first=readings(), second=readings())
def test_the_same_reading_differs_in_nothing(
    first: tuple[Mark, ...], second: tuple[Mark, ...]
) -> None:
    """And without a difference both let the same out."""
    assert differences(first, first) == ()
    if not differences(first, second):
        assert hidden(first) == hidden(second)
        assert hidden(settled_marks(first, second, {})) == hidden(first)


@given(first=readings(), second=readings())
def test_nothing_is_settled_by_leaving_it_out(
    first: tuple[Mark, ...], second: tuple[Mark, ...]
) -> None:
    """One choice too few or too many is refused."""
    count = len(differences(first, second))
    for numbers in (range(2, count + 1), range(1, count + 2)):
        choices = dict.fromkeys(numbers, Reader.FIRST)
        if len(choices) != count:
            with pytest.raises(BadRequest):
                settled_marks(first, second, choices)
