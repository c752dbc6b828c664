"""
A doubtful name right beside a sure one is part of it: "Elwood Tripp" is one person.

A model is often sure of a first name and not of the rare surname behind it. The surname alone would
be a suggestion, and the draft would read "[name 1] Tripp". So it is with
the initial behind a first name: "Zoe P".
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span

_JOINED = frozenset(
    {EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANIZATION, EntityKind.HOSPITAL}
)
_GAPS = frozenset({" ", "-", ". ", "\n"})
#: "Zoe P came", "Tom C. as well"; a small letter only where the line or the list ends: "anna k xx".
#: "x" is a kiss; "I" and "a" begin clauses more often than they abridge a name.
_INITIAL_BEHIND = expression(
    r"([ ](?:[B-HJ-WYZ]\.?|[AX]\.))(?:[^\pL\pN'’\-]|$)|"
    r"([ ][b-hj-npqr-wyz]\.?)(?:[ ]*(?:$|[\n,;!?()/+&*~–—]|x+o*\b)|[ ](?:and|und|en|et|y|e|i)[ ])"
)
_REACH_BEHIND = 12


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


def with_initials(
    text: str, findings: Iterable[Finding], *, is_masked: Callable[[Finding], bool]
) -> Iterator[Finding]:
    """The findings; a masked name takes in the initial of the surname that follows it."""
    for finding in findings:
        end = finding.span.end
        behind = _INITIAL_BEHIND.match(text[end : end + _REACH_BEHIND])
        if behind is None or finding.kind is not EntityKind.PERSON or not is_masked(finding):
            yield finding
            continue
        yield replace(
            finding,
            span=Span(start=finding.span.start, end=end + len(behind.group(1) or behind.group(2))),
        )


def _touch(text: str, one: Finding, other: Finding) -> bool:
    first, second = sorted((one.span, other.span))
    return text[first.end : second.start] in _GAPS and first.end <= second.start
