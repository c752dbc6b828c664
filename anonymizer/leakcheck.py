"""
Leak check: is anything that was taken out, or that the registry knows, still readable?

Looks over the outgoing text with its own eyes: not with the recognisers that made it. Passages that
a person decides about (suggestions) or decided to keep are not residuals.
"""

from collections.abc import Callable, Iterable

from anonymizer.canonical import detection_view
from anonymizer.expression import expression
from anonymizer.model import (
    EntityKind,
    Finding,
    IdentifierClass,
    Redaction,
    Residual,
    Span,
    Treatment,
    TreatmentAction,
)

_WORD = expression(r"[\pL\pN]+")
_MIN_LETTERS = 3

#: Finds known identifiers in a text; the pipeline passes the recogniser of the letter's case.
KnownSearch = Callable[[str], Iterable[Finding]]


def find_residuals(
    redaction: Redaction, treatments: Iterable[Treatment], search_known: KnownSearch | None = None
) -> tuple[Residual, ...]:
    """Every original that is still readable in the outgoing text, in its order."""
    treated = tuple(treatments)
    view = detection_view(redaction.text)
    open_to_a_person = _kept_in_outgoing(redaction, treated)
    found: list[Residual] = []
    for change, words in _direct_originals(redaction, treated):
        for start in _occurrences(words, view.text):
            span = view.to_letter(Span(start=start, end=start + len(words)))
            found.append(Residual(span=span, kind=change, source="original"))
    if search_known is not None:
        found += [
            Residual(span=view.to_letter(finding.span), kind=finding.kind, source="known")
            for finding in search_known(view.text)
        ]
    placed = tuple(one.target for one in redaction.replacements)
    return tuple(
        one
        for one in sorted(set(found), key=lambda one: (one.span, one.kind))
        if not any(span.contains(one.span) for span in (*open_to_a_person, *placed))
    )


def _direct_originals(
    redaction: Redaction, treated: Iterable[Treatment]
) -> Iterable[tuple[EntityKind, str]]:
    direct = {one.finding.span for one in treated if one.identifier_class is IdentifierClass.DIRECT}
    seen: set[str] = set()
    for change in redaction.replacements:
        words = change.original
        letters = sum(one.isalnum() for one in words)
        if change.source in direct and letters >= _MIN_LETTERS and words not in seen:
            seen.add(words)
            yield change.kind, words


def _occurrences(words: str, text: str) -> Iterable[int]:
    """Where `words` stand as whole words, in the same case: "hope" is no residual of "Hope"."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if not before.isalnum() and not after.isalnum():
            yield start
        start = text.find(words, start + 1)


def _kept_in_outgoing(redaction: Redaction, treated: Iterable[Treatment]) -> tuple[Span, ...]:
    """The spans, in the outgoing text, of passages that stay and that a person sees marked."""
    staying = [
        one.finding.span
        for one in treated
        if one.action in (TreatmentAction.SUGGEST, TreatmentAction.KEEP)
    ]
    moved = (_moved(span, redaction) for span in staying)
    return tuple(span for span in moved if span is not None)


def _moved(span: Span, redaction: Redaction) -> Span | None:
    """Where a passage that stays is; None where nothing of it is sent."""
    shift = sum(
        len(one.target) - len(one.source)
        for one in redaction.replacements
        if one.source.end <= span.start
    )
    lost = [one.source for one in redaction.unsent if not one.sent]
    start = span.start + shift - sum(place < span.start for place in lost)
    end = span.end + shift - sum(place < span.end for place in lost)
    return Span(start=start, end=end) if start < end else None
