"""
What a proofreader who knows the gold marks has to do with a draft. Pure.

Contract: a passage is wanted out when a letter or digit of it stands in a gold mark; a mark is
missed while a letter or digit of it lies in no marked passage. Both as in `corpus.score`, so that
two ideas of where a name ends are no work. Offsets are code points, the end exclusive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from anonymizer.model import Span
from corpus.gold import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A marked passage as the page shows it."""

    span: Span
    kind: str
    hidden: bool
    open: bool
    """True while a person has to decide about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is left to do."""

    out: tuple[Passage, ...]
    """Suggestions that have to be taken out."""
    stay: tuple[Passage, ...]
    """Suggestions that identify nobody."""
    unmask: tuple[tuple[Passage, ...], ...]
    """False masks, those with the same words together."""
    misses: tuple[Mark, ...] = field(repr=False)
    """Marks that nothing on the page takes in; one for each different wording."""


def plan(text: str, passages: Sequence[Passage], marks: Sequence[Mark]) -> Plan:
    """What has to be done with these passages of a text with these gold marks."""
    marked = _solid(text, (mark.span for mark in marks))
    told = _solid(text, (one.span for one in passages))
    wanted = [one for one in passages if _solid(text, [one.span]) & marked]
    false = [one for one in passages if one.hidden and one not in wanted]
    missed = {
        _words(text, mark.span): mark
        for mark in reversed(marks)
        if not _solid(text, [mark.span]) <= told
    }
    return Plan(
        out=tuple(one for one in passages if one.open and one in wanted),
        stay=tuple(one for one in passages if one.open and one not in wanted),
        unmask=_equal(text, false),
        misses=tuple(sorted(missed.values(), key=lambda mark: mark.span)),
    )


def _equal(text: str, passages: Iterable[Passage]) -> tuple[tuple[Passage, ...], ...]:
    groups: dict[str, tuple[Passage, ...]] = {}
    for one in passages:
        words = _words(text, one.span)
        groups[words] = (*groups.get(words, ()), one)
    return tuple(groups.values())


def _words(text: str, span: Span) -> str:
    return " ".join(text[span.start : span.end].split()).casefold()


def _solid(text: str, spans: Iterable[Span]) -> frozenset[int]:
    """The places of the letters and digits in these spans."""
    return frozenset(
        place for span in spans for place in range(span.start, span.end) if text[place].isalnum()
    )
