"""
What people found in an approved letter that the machine had not: the measured leak rate.

Contract: pure. A miss is a passage that a person hid and the machine had neither hidden nor asked
about; a false mask is one that the machine hid and that went out readable.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from anonymizer.model import Span, Treatment, TreatmentAction
from service.workflow.corrections import Mark

_HIDES = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})
#: The language of letters whose language nobody knows.
UNKNOWN = "-"
#: What is counted once per letter has no kind.
NO_KIND = "-"


class Found(StrEnum):
    """What is counted."""

    LETTER = "letter"
    CORRECTION = "correction"
    HIDDEN = "hidden"
    """Hidden by the machine and rightly so."""
    MISS = "miss"
    FALSE_MASK = "false_mask"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundKey:
    """Of which week (its Monday), language and kind."""

    week: str
    language: str
    kind: str
    outcome: Found


def found_in(
    treatments: tuple[Treatment, ...],
    marks: tuple[Mark, ...],
    *,
    on: date,
    language: str | None,
    corrections: int,
) -> Mapping[FoundKey, int]:
    """The counts of one approved letter."""
    counts = Counter(_outcomes(treatments, marks))
    counts[(NO_KIND, Found.LETTER)] = 1
    counts[(NO_KIND, Found.CORRECTION)] = corrections
    week, code = monday(on).isoformat(), language or UNKNOWN
    return {
        FoundKey(week=week, language=code, kind=kind, outcome=outcome): count
        for (kind, outcome), count in counts.items()
        if count
    }


def misses(treatments: tuple[Treatment, ...], marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """What a person hid and the machine had not marked in any way."""
    seen = [one.finding.span for one in treatments if one.action is not TreatmentAction.KEEP]
    return tuple(
        mark for mark in marks if mark.treatment.action in _HIDES and not _touches(mark.span, seen)
    )


def false_masks(
    treatments: tuple[Treatment, ...], marks: tuple[Mark, ...]
) -> tuple[Treatment, ...]:
    """What the machine hid and the reader gets to see."""
    hidden = [mark.span for mark in marks if mark.treatment.action in _HIDES]
    return tuple(
        one for one in treatments if one.action in _HIDES and not _touches(one.finding.span, hidden)
    )


def monday(on: date) -> date:
    """The first day of the week."""
    return on - timedelta(days=on.weekday())


def _outcomes(
    treatments: tuple[Treatment, ...], marks: tuple[Mark, ...]
) -> Iterator[tuple[str, Found]]:
    wrong = false_masks(treatments, marks)
    for mark in misses(treatments, marks):
        yield mark.treatment.finding.kind.value, Found.MISS
    for one in wrong:
        yield one.finding.kind.value, Found.FALSE_MASK
    for one in treatments:
        if one.action in _HIDES and one not in wrong:
            yield one.finding.kind.value, Found.HIDDEN


def _touches(span: Span, others: list[Span]) -> bool:
    return any(span.overlaps(other) for other in others)
