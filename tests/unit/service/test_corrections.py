"""Applying corrections is pure: nothing overlaps, nothing hidden comes to light by accident."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import (
    EntityKind,
    Finding,
    IdentifierClass,
    Span,
    Treatment,
    TreatmentAction,
)
from service.workflow.corrections import (
    Correction,
    CorrectionKind,
    MadeCorrection,
    Mark,
    apply_corrections,
    effective,
    machine_marks,
    uncovered,
)
from service.workflow.errors import NotFound
from tests.factories import START

LENGTH = 60
HIDING = {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}


def treat(finding: Finding, action: TreatmentAction) -> Treatment:
    """A treatment as the pipeline would give it."""
    return Treatment(
        finding=finding,
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="r",
        rule_id="t",
        replacement="[x]" if action in HIDING else None,
    )


def finding(start: int, end: int) -> Finding:
    """A finding of the machine."""
    return Finding(
        span=Span(start=start, end=end), kind=EntityKind.PERSON, score=0.9, recognizer="m"
    )


MACHINE = (
    treat(finding(5, 9), TreatmentAction.REPLACE),
    treat(finding(20, 24), TreatmentAction.SUGGEST),
    treat(finding(30, 40), TreatmentAction.GENERALIZE),
)

spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 12)).map(
    lambda pair: (pair[0], min(LENGTH, pair[0] + pair[1]))
)
ids = st.sampled_from(["f1", "f2", "f3", "a1", "a2", "a3"])


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """Any correction, sensible or not."""
    kind = draw(st.sampled_from(CorrectionKind))
    start, end = draw(spans)
    return Correction(
        kind=kind,
        finding_id=draw(ids),
        start=start,
        end=end,
        entity_kind=draw(st.sampled_from([EntityKind.PLACE, EntityKind.PERSON])),
        reason="because",
        words="some words" if kind is CorrectionKind.REWRITE else None,
    )


def made(*all_of_them: Correction) -> tuple[MadeCorrection, ...]:
    """The corrections as the store numbers them, each its own call."""
    return tuple(
        MadeCorrection(number=number, batch=number, author="p", at=START, correction=one)
        for number, one in enumerate(all_of_them, start=1)
    )


def possible(all_of_them: list[Correction]) -> tuple[MadeCorrection, ...]:
    """Those that the service would have taken, one after the other."""
    taken: list[Correction] = []
    for one in all_of_them:
        try:
            marks_after(*taken, one)
        except NotFound:
            continue
        taken.append(one)
    return made(*taken)


def marks_after(*all_of_them: Correction) -> tuple[Mark, ...]:
    """The marks after these corrections."""
    return apply_corrections(machine_marks(MACHINE), made(*all_of_them), treat=treat, length=LENGTH)


def hidden(marks: tuple[Mark, ...]) -> set[int]:
    """Every code point that cannot be read."""
    return {
        point
        for mark in marks
        if mark.treatment.action in HIDING
        for point in range(mark.span.start, mark.span.end)
    }


@given(st.lists(corrections(), max_size=8))
def test_marks_never_overlap(wanted: list[Correction]) -> None:
    """Whatever a person does, in whatever order."""
    marks = apply_corrections(machine_marks(MACHINE), possible(wanted), treat=treat, length=LENGTH)
    for before, after in pairwise(marks):
        assert before.span.end <= after.span.start


@given(st.lists(spans, max_size=8))
def test_adding_never_uncovers_anything(wanted: list[tuple[int, int]]) -> None:
    """What was hidden stays hidden, whatever is marked over it."""
    adds = [
        Correction(kind=CorrectionKind.ADD, start=a, end=b, entity_kind=EntityKind.PLACE)
        for a, b in wanted
    ]
    covered = hidden(machine_marks(MACHINE))
    for number in range(len(adds) + 1):
        now = hidden(marks_after(*adds[:number]))
        assert covered <= now
        covered = now


@given(st.lists(corrections(), max_size=6), ids)
def test_undo_leaves_no_trace_of_a_mark(wanted: list[Correction], finding_id: str) -> None:
    """After UNDO no correction of that mark counts any more."""
    undo = Correction(kind=CorrectionKind.UNDO, finding_id=finding_id)
    left = effective((*made(*wanted), *made(undo)))
    assert not [
        one
        for one in left
        if one.correction.kind is not CorrectionKind.ADD and one.correction.finding_id == finding_id
    ]


def test_undoing_an_added_mark_brings_back_what_it_took_in() -> None:
    """The machine's marks are not lost."""
    add = Correction(kind=CorrectionKind.ADD, start=0, end=45, entity_kind=EntityKind.PLACE)
    undo = Correction(kind=CorrectionKind.UNDO, finding_id="a1")
    assert len(marks_after(add)) == 1
    assert marks_after(add, undo) == machine_marks(MACHINE)


def test_a_mark_takes_in_what_it_touches() -> None:
    """Marking half a name hides the whole name."""
    add = Correction(kind=CorrectionKind.ADD, start=7, end=12, entity_kind=EntityKind.PLACE)
    first = marks_after(add)[0]
    assert first.span == Span(start=5, end=12)
    assert first.finding_id == "a1"


def test_ids_stay_the_same_over_corrections() -> None:
    """The page can point at a passage again."""
    keep = Correction(kind=CorrectionKind.REMOVE, finding_id="f2", reason="Harmless.")
    add = Correction(kind=CorrectionKind.ADD, start=0, end=2, entity_kind=EntityKind.PLACE)
    assert [mark.finding_id for mark in marks_after(keep, add)] == ["a2", "f1", "f2", "f3"]


@given(before=st.lists(corrections(), max_size=5), more=st.lists(corrections(), max_size=5))
def test_whatever_the_machine_hid_and_comes_to_light_is_told(
    before: list[Correction], more: list[Correction]
) -> None:
    """Each place that is hidden by the machine and by the page, and then no longer, is told."""
    try:
        then = apply_corrections(machine_marks(MACHINE), made(*before), treat=treat, length=LENGTH)
        now = apply_corrections(
            machine_marks(MACHINE), made(*before, *more), treat=treat, length=LENGTH
        )
    except NotFound:
        return
    told = _places(uncovered(MACHINE, then, now, "x" * LENGTH))
    by_machine, hidden, stays = (
        _places(mark.span for mark in marks if mark.treatment.action in HIDING)
        for marks in (machine_marks(MACHINE), then, now)
    )
    assert told == by_machine & hidden - stays


def test_what_no_one_can_read_is_not_told() -> None:
    """Blank space and punctuation at the edge of a passage are nothing to ask about."""
    then = machine_marks((treat(finding(0, 6), TreatmentAction.REPLACE),))
    now = machine_marks((treat(finding(0, 4), TreatmentAction.REPLACE),))
    machine = (then[0].treatment,)
    assert uncovered(machine, then, now, "Anna, and") == ()
    assert uncovered(machine, then, now, "Annabe") == (Span(start=4, end=6),)


def _places(spans: Iterable[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}
