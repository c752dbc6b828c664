"""
Step 8: a person's corrections of the machine's draft, applied purely.

Contract: `apply_corrections` starts from the machine's marks and plays every correction again,
so undoing is leaving one out. It never lets two marks overlap, and a new or resized mark takes
in what it touches: a correction can widen what is hidden by accident, never uncover it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from anonymizer.model import EntityKind, Finding, Span, Treatment, TreatmentAction
from service.workflow.errors import BadRequest, NotFound

#: Makes the treatment of a finding a person hides: the pipeline's `replacement_for`.
Treat = Callable[[Finding, TreatmentAction], Treatment]

#: The recogniser id of what a person marked.
BY_HAND = "person"


class CorrectionKind(StrEnum):
    """What a person can do to a mark."""

    ADD = "add"
    REMOVE = "remove"
    RECLASSIFY = "reclassify"
    RESIZE = "resize"
    GENERALIZE = "generalize"
    MASK = "mask"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """
    One correction. ADD needs start, end and entity_kind; the others a finding_id.

    REMOVE leaves the passage readable and needs a reason; RECLASSIFY needs entity_kind, RESIZE
    start and end. UNDO takes back every correction of this one mark.
    """

    kind: CorrectionKind
    finding_id: str | None = None
    start: int | None = None
    end: int | None = None
    entity_kind: EntityKind | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCorrection:
    """A correction with its number in the letter, its author, and the call it came with."""

    number: int
    batch: int
    author: str
    at: datetime
    correction: Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A treatment with an id that stays the same, and the person who last decided about it."""

    finding_id: str
    treatment: Treatment
    author: str | None = None

    @property
    def span(self) -> Span:
        """Where in the letter the mark is."""
        return self.treatment.finding.span

    @property
    def is_open_suggestion(self) -> bool:
        """True while a person has to decide whether this passage stays."""
        return self.treatment.action is TreatmentAction.SUGGEST


def machine_marks(treatments: tuple[Treatment, ...]) -> tuple[Mark, ...]:
    """The machine's proposal as marks; ids follow the order in the letter."""
    ordered = sorted(treatments, key=lambda treatment: treatment.finding.span)
    return tuple(
        Mark(finding_id=f"f{number}", treatment=treatment)
        for number, treatment in enumerate(ordered, start=1)
    )


def effective(made: tuple[MadeCorrection, ...]) -> tuple[MadeCorrection, ...]:
    """The corrections that still count: an UNDO removes itself and those of its mark before it."""
    kept: list[MadeCorrection] = []
    for one in made:
        if one.correction.kind is CorrectionKind.UNDO:
            target = one.correction.finding_id
            kept = [other for other in kept if _mark_of(other) != target]
        else:
            kept.append(one)
    return tuple(kept)


def apply_corrections(
    marks: tuple[Mark, ...], made: tuple[MadeCorrection, ...], *, treat: Treat, length: int
) -> tuple[Mark, ...]:
    """The marks after the corrections, in the order of the letter; `length` is the letter's."""
    current = {mark.finding_id: mark for mark in marks}
    for one in effective(made):
        _apply(current, one, treat=treat, length=length)
    return tuple(sorted(current.values(), key=lambda mark: mark.span))


def open_suggestions(marks: tuple[Mark, ...]) -> int:
    """How many passages a person still has to decide about."""
    return sum(1 for mark in marks if mark.is_open_suggestion)


def _mark_of(made: MadeCorrection) -> str:
    if made.correction.kind is CorrectionKind.ADD:
        return f"a{made.number}"
    return made.correction.finding_id or ""


def _apply(current: dict[str, Mark], made: MadeCorrection, *, treat: Treat, length: int) -> None:
    correction = made.correction
    if correction.kind is CorrectionKind.ADD:
        _add(current, made, treat=treat, length=length)
        return
    mark = current.get(correction.finding_id or "")
    if mark is None:
        message = "This passage is no longer marked."
        raise NotFound(message)
    treatment = _changed(mark, correction, treat=treat, length=length)
    _place(current, replace(mark, treatment=treatment, author=made.author), treat=treat)


def _changed(mark: Mark, correction: Correction, *, treat: Treat, length: int) -> Treatment:
    finding = mark.treatment.finding
    match correction.kind:
        case CorrectionKind.REMOVE:
            reason = (correction.reason or "").strip()
            if not reason:
                message = "Leaving a marked passage readable needs a reason."
                raise BadRequest(message)
            return replace(
                mark.treatment, action=TreatmentAction.KEEP, replacement=None, reason=reason
            )
        case CorrectionKind.RECLASSIFY:
            kind = _required_kind(correction)
            return treat(replace(finding, kind=kind, entity=None), TreatmentAction.REPLACE)
        case CorrectionKind.RESIZE:
            span = _required_span(correction, length)
            # a longer or shorter passage names something else, so it takes a placeholder anew
            return treat(replace(finding, span=span, entity=None), _hiding(mark.treatment.action))
        case CorrectionKind.GENERALIZE:
            made = treat(finding, TreatmentAction.GENERALIZE)
            return replace(made, reason=correction.reason) if correction.reason else made
        case _:
            return treat(finding, TreatmentAction.REPLACE)


def _add(current: dict[str, Mark], made: MadeCorrection, *, treat: Treat, length: int) -> None:
    finding = Finding(
        span=_required_span(made.correction, length),
        kind=_required_kind(made.correction),
        score=1.0,
        recognizer=BY_HAND,
    )
    treatment = treat(finding, TreatmentAction.REPLACE)
    mark = Mark(finding_id=_mark_of(made), treatment=treatment, author=made.author)
    _place(current, mark, treat=treat)


def _place(current: dict[str, Mark], mark: Mark, *, treat: Treat) -> None:
    """Put the mark in; what it touches becomes part of it, until nothing overlaps."""
    span = mark.span
    while touched := [
        other
        for other in current.values()
        if other.finding_id != mark.finding_id and other.span.overlaps(span)
    ]:
        for other in touched:
            span = Span(start=min(span.start, other.span.start), end=max(span.end, other.span.end))
            del current[other.finding_id]
    if span != mark.span:
        widened = replace(mark.treatment.finding, span=span, entity=None)
        mark = replace(mark, treatment=treat(widened, _hiding(mark.treatment.action)))
    current[mark.finding_id] = mark


def _hiding(action: TreatmentAction) -> TreatmentAction:
    if action is TreatmentAction.GENERALIZE:
        return TreatmentAction.GENERALIZE
    return TreatmentAction.REPLACE


def _required_kind(correction: Correction) -> EntityKind:
    if correction.entity_kind is None:
        message = "Say what kind of passage this is."
        raise BadRequest(message)
    return correction.entity_kind


def _required_span(correction: Correction, length: int) -> Span:
    start, end = correction.start, correction.end
    if start is None or end is None or not 0 <= start < end <= length:
        message = "Say which passage of the letter is meant."
        raise BadRequest(message)
    return Span(start=start, end=end)
