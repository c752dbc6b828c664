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
from service.workflow.corrections import MOST_OWN_WORDS, Correction, CorrectionKind
from service.workflow.errors import BadRequest

#: The value of a button, the correction it makes, and the notice that follows.
STEPS: dict[str, tuple[CorrectionKind, str]] = {
    "remove": (CorrectionKind.MASK, "removed"),
    "generalise": (CorrectionKind.GENERALIZE, "generalised"),
    "keep": (CorrectionKind.REMOVE, "kept"),
    "change": (CorrectionKind.RECLASSIFY, "reclassified"),
    "rewrite": (CorrectionKind.REWRITE, "rewritten"),
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
    words: Annotated[str, Form(max_length=MOST_OWN_WORDS)] = ""
    everywhere: Annotated[bool, Form()] = False
    asked: Annotated[bool, Form()] = False
    """True once the person was shown what becomes readable."""

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """The corrections that this decision means in the letter."""
        if self.step not in STEPS:
            raise BadRequest
        chosen = _chosen(view, self.finding)
        meant = _equal(view, chosen) if self.everywhere else (chosen,)
        return tuple(self._correction(one) for one in meant)

    def _correction(self, finding: FindingView) -> Correction:
        kind, _ = STEPS[self.step]
        return Correction(
            kind=kind,
            finding_id=finding.finding_id,
            entity_kind=as_kind(self.kind) if kind is CorrectionKind.RECLASSIFY else None,
            reason=joined(self.reason, self.own_reason) or None,
            words=self.words.strip() if kind is CorrectionKind.REWRITE else None,
        )


@dataclass(frozen=True, kw_only=True)
class Resized:
    """
    A passage with other edges: by position (dragged, or moved by keys) or by its words.

    `words` always says what the passage is to be; with a position both must agree.
    """

    version: Annotated[int, Form()]
    finding: Annotated[str, Form()]
    words: Annotated[str, Form(max_length=2000)]
    start: Annotated[int | None, Form()] = None
    end: Annotated[int | None, Form()] = None
    everywhere: Annotated[bool, Form()] = False
    asked: Annotated[bool, Form()] = False

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """One RESIZE, and one for every equal passage that can be moved in the same way."""
        text, chosen = view.text or "", _chosen(view, self.finding)
        span = selected_span(text, self.words, self.start, self.end) or self._around(text, chosen)
        left, right = span.start - chosen.start, span.end - chosen.end
        return tuple(
            Correction(
                kind=CorrectionKind.RESIZE,
                finding_id=one.finding_id,
                start=one.start + left,
                end=one.end + right,
            )
            for one in (_equal(view, chosen) if self.everywhere else (chosen,))
            if _reads(text, one.start + left, one.end + right, self.words)
        )

    def _around(self, text: str, chosen: FindingView) -> Span:
        """The place of the words that takes in the passage, or a part of it."""
        here = Span(start=chosen.start, end=chosen.end)
        found = [span for span in occurrences(text, self.words) if span.overlaps(here)]
        if not found:
            message = (
                "These words do not stand in the letter where the passage is. Copy them exactly "
                "as they are written."
            )
            raise BadRequest(message)
        return found[0]


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """
    What a person decided about all open suggestions, or those of one kind.

    With a reason they stay readable, except those of `out` and their equals; without one all of
    them are taken out.
    """

    version: Annotated[int, Form()]
    kind: Annotated[str, Form()] = ""
    step: Annotated[str, Form()] = ""
    reason: Annotated[str, Form(max_length=300)] = ""
    own_reason: Annotated[str, Form(max_length=300)] = ""
    out: Annotated[list[str] | None, Form()] = None

    @property
    def said(self) -> str:
        """The code of the notice that follows."""
        return "decided" if self.out and self._step == "keep" else STEPS[self._step][1]

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """One correction for every open suggestion that is meant."""
        if self._step not in {"remove", "keep"}:
            raise BadRequest
        kinds = {as_kind(self.kind)} if self.kind else set(EntityKind)
        reason = joined(self.reason, self.own_reason) or None
        meant = [
            one
            for one in view.findings
            if one.kind in kinds and one.action is TreatmentAction.SUGGEST
        ]
        out = self._taken_out(meant)
        return tuple(
            Correction(
                kind=CorrectionKind.MASK if one in out else CorrectionKind.REMOVE,
                finding_id=one.finding_id,
                reason=None if one in out else reason,
            )
            for one in meant
        )

    @property
    def _step(self) -> str:
        # no button but those with a reason keeps anything
        return self.step or ("keep" if joined(self.reason, self.own_reason) else "remove")

    def _taken_out(self, meant: list[FindingView]) -> list[FindingView]:
        if self._step == "remove":
            return meant
        ticked = {
            (one.kind, same_words(one.text)) for one in meant if one.finding_id in (self.out or ())
        }
        return [one for one in meant if (one.kind, same_words(one.text)) in ticked]


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
    instead: Annotated[str, Form(max_length=MOST_OWN_WORDS)] = ""
    """The person's own words for the outgoing text; empty for the placeholder of the kind."""
    asked: Annotated[bool, Form()] = False

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """One ADD for every passage meant."""
        kind = as_kind(self.kind)
        return tuple(
            Correction(
                kind=CorrectionKind.ADD,
                start=span.start,
                end=span.end,
                entity_kind=kind,
                words=self.instead.strip() or None,
            )
            for span in self._spans(view)
        )

    def _spans(self, view: LetterView) -> tuple[Span, ...]:
        text = view.text or ""
        selected = selected_span(text, self.words, self.start, self.end)
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


def selected_span(text: str, words: str, start: int | None, end: int | None) -> Span | None:
    """The span of a form, which must read like `words`; None where it has no position."""
    if start is None or end is None:
        return None
    if not _reads(text, start, end, words):
        message = "The selected passage could not be found. Select it again."
        raise BadRequest(message)
    return Span(start=start, end=end)


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


def _chosen(view: LetterView, finding_id: str) -> FindingView:
    chosen = next((one for one in view.findings if one.finding_id == finding_id), None)
    if chosen is None:
        message = "This passage is no longer marked. Look at the letter again."
        raise BadRequest(message)
    return chosen


def _equal(view: LetterView, chosen: FindingView) -> tuple[FindingView, ...]:
    wanted = same_words(chosen.text)
    return tuple(one for one in view.findings if same_words(one.text) == wanted)


def _reads(text: str, start: int, end: int, words: str) -> bool:
    """True when the place lies in the letter and reads like `words`."""
    fits = 0 <= start < end <= len(text)
    return fits and same_words(text[start:end]) == same_words(words)


def _is_hidden(view: LetterView, span: Span) -> bool:
    """True when the passage is taken out of the letter already."""
    return any(
        one.start <= span.start
        and span.end <= one.end
        and one.action in {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
        for one in view.findings
    )
