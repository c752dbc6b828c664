"""
A doubtful name right beside a sure one is part of it: "Elwood Tripp" is one person.

A model is often sure of a first name and not of the rare surname behind it. The surname alone would
be a suggestion, and the draft would read "[name 1] Tripp".
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from anonymizer.model import EntityKind, Finding

_JOINED = frozenset(
    {EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANIZATION, EntityKind.HOSPITAL}
)
_GAPS = frozenset({" ", "-", ". ", "\n"})


def join_neighbours(
    text: str, findings: Iterable[Finding], *, is_masked: Callable[[Finding], bool]
) -> Iterator[Finding]:
    """The findings; a capitalised suggestion beside a masked one of its kind takes its score."""
    ordered = sorted(findings, key=lambda one: (one.span.start, one.span.end))
    for index, finding in enumerate(ordered):
        if (
            finding.kind not in _JOINED
            or is_masked(finding)
            or not text[finding.span.start].isupper()
        ):
            yield finding
            continue
        beside = (*ordered[max(0, index - 2) : index], *ordered[index + 1 : index + 3])
        sure = [
            one.score
            for one in beside
            if one.kind is finding.kind and is_masked(one) and _touch(text, one, finding)
        ]
        yield replace(finding, score=max(sure)) if sure else finding


def _touch(text: str, one: Finding, other: Finding) -> bool:
    first, second = sorted((one.span, other.span))
    return text[first.end : second.start] in _GAPS and first.end <= second.start
