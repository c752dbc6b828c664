"""
Step 8: a person's own words in the outgoing text are searched like any letter.

Contract: pure; spans are code points of the outgoing text. Whatever the machine would take out of
the words a person wrote is still readable there and stops the approval, as does what was taken out
elsewhere. What the machine would only point at passes when the person gave a reason.
"""

from collections.abc import Iterable, Iterator

from anonymizer.model import (
    IdentifierClass,
    Redaction,
    Residual,
    Span,
    Treatment,
    TreatmentAction,
)
from service.workflow.corrections import HIDES, Mark

#: Why such a passage is readable.
TYPED = "typed"
_LEAST_SIGNS = 3


def has_own_words(marks: Iterable[Mark]) -> bool:
    """True when a person wrote anything of the outgoing text."""
    return any(mark.words is not None for mark in marks)


def readable_in_own_words(
    redaction: Redaction,
    marks: tuple[Mark, ...],
    found: Iterable[Treatment],
    letter: str,
) -> tuple[Residual, ...]:
    """What is readable in a person's words; `found` is what detection finds in the outgoing."""
    written = {mark.span: mark for mark in marks if mark.words is not None}
    places = [
        (one.target, written[one.source]) for one in redaction.replacements if one.source in written
    ]
    kept = {
        letter[mark.span.start : mark.span.end].casefold()
        for mark in marks
        if mark.treatment.action is TreatmentAction.KEEP
    }
    typed = {
        Residual(span=one.finding.span, kind=one.finding.kind, source=TYPED)
        for one in found
        for target, mark in places
        if one.finding.span.overlaps(target)
        and _counts(one, mark)
        and redaction.text[one.finding.span.start : one.finding.span.end].casefold() not in kept
    }
    typed |= set(_repeated(redaction.text, marks, [target for target, _ in places], letter))
    return tuple(sorted(typed, key=lambda one: (one.span, one.kind)))


def _counts(found: Treatment, mark: Mark) -> bool:
    if found.action is TreatmentAction.SUGGEST:
        return not mark.argued
    return found.action in HIDES


def _repeated(
    outgoing: str, marks: Iterable[Mark], targets: Iterable[Span], letter: str
) -> Iterator[Residual]:
    """What identifies alone and was taken out, written again by the person, whatever its case."""
    taken = {
        letter[mark.span.start : mark.span.end].casefold(): mark.treatment.finding.kind
        for mark in marks
        if mark.treatment.action in HIDES
        and mark.treatment.identifier_class is IdentifierClass.DIRECT
    }
    for target in targets:
        # casefolding may change the length of a text, so places are looked up sign by sign
        signs = [sign.casefold() for sign in outgoing[target.start : target.end]]
        for original, kind in taken.items():
            if sum(sign.isalnum() for sign in original) < _LEAST_SIGNS:
                continue
            for start in range(len(signs)):
                end = _end_of(signs, start, original)
                if end is not None:
                    span = Span(start=target.start + start, end=target.start + end)
                    yield Residual(span=span, kind=kind, source=TYPED)


def _end_of(signs: list[str], start: int, words: str) -> int | None:
    """Where `words` end that begin at `start` as whole words; None where they do not stand."""
    if start > 0 and signs[start - 1].isalnum() and signs[start].isalnum():
        return None
    made = ""
    for end in range(start, len(signs)):
        made += signs[end]
        if made == words:
            torn = end + 1 < len(signs) and signs[end + 1].isalnum() and signs[end].isalnum()
            return None if torn else end + 1
        if not words.startswith(made):
            return None
    return None
