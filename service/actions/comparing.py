"""
Two readings side by side: what each makes of the places in which they differ.

Contract: only for the person who has the letter in hand and only when both readings are done;
opening it is a visit of the letter like any other.
"""

from dataclasses import dataclass, field

from anonymizer.model import EntityKind, Span, TreatmentAction
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, read_letter
from service.actions.reading import open_letter
from service.actions.views import LetterView
from service.store.people import people_names
from service.workflow.corrections import Mark
from service.workflow.errors import NotAllowed, NotReady
from service.workflow.gates import check_settle
from service.workflow.people import Person, check_may_review
from service.workflow.readings import Difference, differences

#: So many code points around a difference are shown.
_AROUND = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedView:
    """A passage as one reader left it."""

    kind: EntityKind
    action: TreatmentAction
    reason: str | None = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One reading of a place; `readable` when it leaves something that the other one hides."""

    key: str
    name: str
    becomes: str = field(repr=False)
    marks: tuple[MarkedView, ...] = field(repr=False)
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """A place that both readings treat differently, with what stands around it."""

    number: int
    before: str = field(repr=False)
    text: str = field(repr=False)
    after: str = field(repr=False)
    first: SideView
    second: SideView


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedView:
    """Both readings of a letter."""

    view: LetterView = field(repr=False)
    first: str
    """The name of the first reader."""
    second: str
    differences: tuple[DifferenceView, ...] = field(repr=False)


def compare_readings(desk: Desk, person: Person, *, letter_id: str) -> ComparedView:
    """Where the readings differ, for the person who settles it."""
    with desk.database.reading() as connection:
        opened = read_letter(connection, letter_id)
        _check_at_hand(desk, person, opened)
        names = people_names(connection)
    readings, text = opened.readings, opened.content.text or ""
    if readings is None or readings.second is None:
        raise NotReady
    first = names.get(readings.first.person_id, "The first reader")
    second = names.get(readings.second.person_id, "The second reader")
    found = differences(readings.first.proof.marks, readings.second.proof.marks)
    return ComparedView(
        view=open_letter(desk, person, letter_id=letter_id),
        first=first,
        second=second,
        differences=tuple(_difference(one, text, first, second) for one in found),
    )


def _check_at_hand(desk: Desk, person: Person, opened: OpenedLetter) -> None:
    """Raise unless the person settles it; whoever proofreads is told what is missing."""
    check_may_review(person)
    try:
        check_settle(person, opened.standing(desk))
    except NotAllowed as refused:
        raise NotReady(refused.reason) from None


def _difference(one: Difference, text: str, first: str, second: str) -> DifferenceView:
    span = one.span
    return DifferenceView(
        number=one.number,
        before=text[max(0, span.start - _AROUND) : span.start],
        text=text[span.start : span.end],
        after=text[span.end : span.end + _AROUND],
        first=_side("first", first, one.first, one.second, span=span, text=text),
        second=_side("second", second, one.second, one.first, span=span, text=text),
    )


def _side(
    key: str,
    name: str,
    marks: tuple[Mark, ...],
    others: tuple[Mark, ...],
    *,
    span: Span,
    text: str,
) -> SideView:
    return SideView(
        key=key,
        name=name,
        becomes=_becomes(marks, span, text),
        marks=tuple(_marked(mark, text) for mark in marks),
        readable=bool(_hidden(others, text) - _hidden(marks, text)),
    )


def _becomes(marks: tuple[Mark, ...], span: Span, text: str) -> str:
    made, place = "", span.start
    for mark in sorted(marks, key=lambda mark: mark.span):
        stands_in = mark.treatment.replacement
        if stands_in is None:
            continue
        made += text[place : mark.span.start] + stands_in
        place = mark.span.end
    return made + text[place : span.end]


def _hidden(marks: tuple[Mark, ...], text: str) -> set[int]:
    return {
        place
        for mark in marks
        if mark.treatment.replacement is not None
        for place in range(mark.span.start, mark.span.end)
        if not text[place].isspace()
    }


def _marked(mark: Mark, text: str) -> MarkedView:
    kept = mark.treatment.action is TreatmentAction.KEEP
    return MarkedView(
        kind=mark.treatment.finding.kind,
        action=mark.treatment.action,
        reason=mark.treatment.reason if kept and mark.author else None,
        text=text[mark.span.start : mark.span.end],
    )
