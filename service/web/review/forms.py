"""
The forms of the pages as typed values, and corrections made of them.

Contract: a form says what was on the screen (version, digest); nothing here decides whether it
still holds.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from anonymizer.model import EntityKind, Span, TreatmentAction
from service.actions.views import FindingView, LetterView
from service.web.review.equal import occurrences, same_words
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import BadRequest

#: The value of a button, the correction it makes, and the notice that follows.
STEPS: dict[str, tuple[CorrectionKind, str]] = {
    "remove": (CorrectionKind.MASK, "removed"),
    "generalise": (CorrectionKind.GENERALIZE, "generalised"),
    "keep": (CorrectionKind.REMOVE, "kept"),
    "change": (CorrectionKind.RECLASSIFY, "reclassified"),
    "reset": (CorrectionKind.UNDO, "reset"),
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person decided about one passage, and whether it goes for all equal ones."""

    version: Annotated[int, Form()]
    finding: Annotated[str, Form()]
    step: Annotated[str, Form()]
    reason: Annotated[str, Form(max_length=300)] = ""
    own_reason: Annotated[str, Form(max_length=300)] = ""
    kind: Annotated[str, Form()] = ""
    everywhere: Annotated[bool, Form()] = False

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """The corrections that this decision means in the letter."""
        if self.step not in STEPS:
            raise BadRequest
        chosen = next((one for one in view.findings if one.finding_id == self.finding), None)
        if chosen is None:
            message = "This passage is no longer marked. Look at the letter again."
            raise BadRequest(message)
        return tuple(self._correction(one) for one in self._meant(view, chosen))

    def _meant(self, view: LetterView, chosen: FindingView) -> tuple[FindingView, ...]:
        if not self.everywhere:
            return (chosen,)
        wanted = same_words(chosen.text)
        return tuple(one for one in view.findings if same_words(one.text) == wanted)

    def _correction(self, finding: FindingView) -> Correction:
        kind, _ = STEPS[self.step]
        return Correction(
            kind=kind,
            finding_id=finding.finding_id,
            entity_kind=as_kind(self.kind) if kind is CorrectionKind.RECLASSIFY else None,
            reason=joined(self.reason, self.own_reason) or None,
        )


@dataclass(frozen=True, kw_only=True)
class Missed:
    """
    A passage the machine missed, by position (selected with the mouse) or by its words.

    `words` always says what the person saw; with a position both must agree.
    """

    version: Annotated[int, Form()]
    words: Annotated[str, Form(max_length=2000)]
    kind: Annotated[str, Form()]
    start: Annotated[int | None, Form()] = None
    end: Annotated[int | None, Form()] = None
    everywhere: Annotated[bool, Form()] = False

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """One ADD for every passage meant."""
        kind = as_kind(self.kind)
        return tuple(
            Correction(kind=CorrectionKind.ADD, start=span.start, end=span.end, entity_kind=kind)
            for span in self._spans(view)
        )

    def _spans(self, view: LetterView) -> tuple[Span, ...]:
        text = view.text or ""
        selected = self._selected(text)
        found = [
            span
            for span in occurrences(text, self.words)
            if not _is_hidden(view, span) and not (selected and span.overlaps(selected))
        ]
        if selected is not None:
            return (selected, *found) if self.everywhere else (selected,)
        if not found:
            message = (
                "These words do not stand in the letter outside the passages that are taken out "
                "already. Copy them exactly as they are written."
            )
            raise BadRequest(message)
        return tuple(found) if self.everywhere else (found[0],)

    def _selected(self, text: str) -> Span | None:
        if self.start is None or self.end is None:
            return None
        fits = 0 <= self.start < self.end <= len(text)
        if not fits or same_words(text[self.start : self.end]) != same_words(self.words):
            message = "The selected passage could not be found. Select it again."
            raise BadRequest(message)
        return Span(start=self.start, end=self.end)


def accept_all(view: LetterView, kind: EntityKind) -> tuple[Correction, ...]:
    """The corrections that take out every open suggestion of a kind."""
    return tuple(
        Correction(kind=CorrectionKind.MASK, finding_id=one.finding_id)
        for one in view.findings
        if one.kind is kind and one.action is TreatmentAction.SUGGEST
    )


def as_kind(code: str) -> EntityKind:
    """A kind from a form."""
    try:
        return EntityKind(code)
    except ValueError:
        message = "Say what kind of passage this is."
        raise BadRequest(message) from None


def joined(chosen: str, own: str) -> str:
    """A reason from the list and the person's own words, as one sentence each."""
    return ". ".join(part.strip().rstrip(".") for part in (chosen, own) if part.strip())


def _is_hidden(view: LetterView, span: Span) -> bool:
    """True when the passage is taken out of the letter already."""
    return any(
        one.start <= span.start
        and span.end <= one.end
        and one.action in {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
        for one in view.findings
    )
