"""
Two readings of one draft by two people, what they differ in, and how that is settled.

Contract: pure. The second reading begins with the machine's marks, so a mark of both readings has
the same id. Places are code points of the letter. What counts is what the reader gets to see: two
readings agree where they hide the same passage in the same way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anonymizer.model import SecondReading, Span, TreatmentAction
from service.workflow.corrections import Mark
from service.workflow.errors import BadRequest
from service.workflow.records import Proof

_HIDES = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


class Phase(StrEnum):
    """How far the reading of a draft is."""

    FIRST = "first"
    SECOND = "second"
    DIFFERING = "differing"
    SETTLED = "settled"


class Reader(StrEnum):
    """Whose reading holds."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one person made of the draft."""

    person_id: str
    at: datetime
    proof: Proof = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoReadings:
    """The first reading of a draft, and the second one once it is done."""

    reasons: tuple[SecondReading, ...]
    first: Reading
    second: Reading | None
    corrections_until: int
    """The number of the last correction of the first reader."""
    settled: bool

    @property
    def phase(self) -> Phase:
        """How far it is."""
        if self.second is None:
            return Phase.SECOND
        return Phase.SETTLED if self.settled else Phase.DIFFERING


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place that the two readings treat differently, with the marks of both there."""

    number: int
    span: Span
    first: tuple[Mark, ...] = field(repr=False)
    second: tuple[Mark, ...] = field(repr=False)

    def marks_of(self, reader: Reader) -> tuple[Mark, ...]:
        """The marks of one of them."""
        return self.first if reader is Reader.FIRST else self.second


def differences(first: tuple[Mark, ...], second: tuple[Mark, ...]) -> tuple[Difference, ...]:
    """Where the readings differ, in the order of the letter, numbered from 1."""
    differing = [one for one in _places(first, second) if _hidden(one.first) != _hidden(one.second)]
    return tuple(
        Difference(number=number, span=one.span, first=one.first, second=one.second)
        for number, one in enumerate(differing, start=1)
    )


def settled_marks(
    first: tuple[Mark, ...], second: tuple[Mark, ...], choices: Mapping[int, Reader]
) -> tuple[Mark, ...]:
    """
    The marks of both, at each difference those that were chosen; no two of them overlap.

    Raises `BadRequest` unless every difference is settled.
    """
    wanted = {one.number: one for one in differences(first, second)}
    if set(choices) != set(wanted):
        message = "Settle every difference: choose one of the two readings for each."
        raise BadRequest(message)
    chosen = {wanted[number].span: reader for number, reader in choices.items()}
    marks = [
        mark
        for place in _places(first, second)
        for mark in place.marks_of(chosen.get(place.span, Reader.SECOND))
    ]
    return tuple(sorted(marks, key=lambda mark: mark.span))


def _places(first: tuple[Mark, ...], second: tuple[Mark, ...]) -> Iterator[Difference]:
    """The marks of both in groups: those that overlap, directly or through others, are together."""
    both = sorted(
        [(mark.span, Reader.FIRST, mark) for mark in first]
        + [(mark.span, Reader.SECOND, mark) for mark in second],
        key=lambda one: (one[0].start, one[0].end, one[1]),
    )
    group: list[tuple[Span, Reader, Mark]] = []
    end = -1
    for one in both:
        if group and one[0].start >= end:
            yield _place(group, end)
            group = []
            end = -1
        group.append(one)
        end = max(end, one[0].end)
    if group:
        yield _place(group, end)


def _place(group: list[tuple[Span, Reader, Mark]], end: int) -> Difference:
    return Difference(
        number=0,
        span=Span(start=group[0][0].start, end=end),
        first=tuple(mark for _, reader, mark in group if reader is Reader.FIRST),
        second=tuple(mark for _, reader, mark in group if reader is Reader.SECOND),
    )


def _hidden(marks: tuple[Mark, ...]) -> frozenset[tuple[Span, str, str, str]]:
    return frozenset(
        (
            mark.span,
            mark.treatment.finding.kind.value,
            mark.treatment.action.value,
            mark.words or "",
        )
        for mark in marks
        if mark.treatment.action in _HIDES
    )
