"""
Findings that overlap become one: the result is a union, never a loss.

Everything that any recogniser masks stays masked; where masked findings overlap, the span widens to
cover them all and the strongest gives the kind. A suggestion gives way to what is masked and keeps
the rest of its span. The order is total, so the result does not depend on the order of recognisers
or on hashing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from anonymizer.model import EntityKind, Finding, Span

_ORDER = {kind: rank for rank, kind in enumerate(EntityKind)}
#: A wider thing that contains others gives its kind, whatever the scores.
_CONTAINERS = frozenset(
    {
        EntityKind.DONOR_NUMBER,
        EntityKind.EMAIL,
        EntityKind.URL,
        EntityKind.ADDRESS,
        EntityKind.HOSPITAL,
        EntityKind.ORGANIZATION,
        EntityKind.EVENT,
        EntityKind.HANDLE,
    }
)


def resolve(
    text: str, findings: Iterable[Finding], *, is_masked: Callable[[Finding], bool]
) -> tuple[Finding, ...]:
    """
    Findings that do not overlap, in the order of the text.

    `is_masked` says which findings the machine takes out by itself; the others are suggestions.
    """
    ordered = sorted(findings, key=_total_order)
    masked = _united([one for one in ordered if is_masked(one)])
    suggested = _united([one for one in ordered if not is_masked(one)])
    rest = [piece for one in suggested for piece in _without(text, one, masked)]
    return tuple(sorted([*masked, *rest], key=lambda one: one.span.start))


def with_kept(
    text: str, findings: tuple[Finding, ...], kept: Iterable[Finding]
) -> tuple[Finding, ...]:
    """
    The resolved `findings` and, beside them, what the policy keeps.

    Nobody is asked about what is kept, so it gives way to everything that somebody acts on.
    """
    united = _united(sorted(kept, key=_total_order))
    rest = [piece for one in united for piece in _without(text, one, list(findings))]
    return tuple(sorted([*findings, *rest], key=lambda one: one.span.start))


def _total_order(finding: Finding) -> tuple[int, int, int, float, str]:
    span = finding.span
    return span.start, -span.end, _ORDER[finding.kind], -finding.score, finding.recognizer


def _united(findings: list[Finding]) -> list[Finding]:
    """Chains of overlapping findings, each as one."""
    united: list[list[Finding]] = []
    end = -1
    for finding in findings:
        if united and finding.span.start < end:
            united[-1].append(finding)
        else:
            united.append([finding])
        end = max(end, finding.span.end)
    return [_one_of(chain) for chain in united]


def _one_of(chain: list[Finding]) -> Finding:
    span = Span(start=chain[0].span.start, end=max(one.span.end for one in chain))
    best = min(chain, key=_strength)
    evidence = tuple(dict.fromkeys(rule for one in chain for rule in one.evidence))
    score = max(one.score for one in chain if one.kind is best.kind)
    return replace(best, span=span, evidence=evidence, score=score)


def _strength(finding: Finding) -> tuple[bool, int, float, int, str]:
    contains = finding.kind in _CONTAINERS
    return (
        not contains,
        -len(finding.span),
        -finding.score,
        _ORDER[finding.kind],
        finding.recognizer,
    )


def _without(text: str, finding: Finding, stronger: list[Finding]) -> Iterable[Finding]:
    """The pieces of a finding that no stronger one covers, if they still say something."""
    start = finding.span.start
    for other in stronger:
        if other.span.end <= start or other.span.start >= finding.span.end:
            continue
        yield from _piece(text, finding, start, other.span.start)
        start = other.span.end
    yield from _piece(text, finding, start, finding.span.end)


def _piece(text: str, finding: Finding, start: int, end: int) -> Iterable[Finding]:
    whole = (start, end) == (finding.span.start, finding.span.end)
    if whole:
        yield finding
        return
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    if sum(one.isalpha() for one in text[start:end]) >= 3:
        yield replace(finding, span=Span(start=start, end=end))
