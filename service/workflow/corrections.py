"""
Step 8: a person's corrections of the machine's draft, applied purely.

Contract: `apply_corrections` starts from the machine's marks and plays every correction again,
so undoing is leaving one out and redoing is playing it again. It never lets two marks overlap, and
a new or resized mark takes in what it touches: a correction can widen what is hidden by accident;
what it uncovers of the machine's work is told by `uncovered`, and a person is asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from anonymizer.model import EntityKind, Finding, Span, Treatment, TreatmentAction
from anonymizer.signs import sent
from service.workflow.errors import BadRequest, NotFound

#: Makes the treatment of a finding a person hides: the pipeline's `replacement_for`.
Treat = Callable[[Finding, TreatmentAction], Treatment]

#: The recogniser id of what a person marked.
BY_HAND = "person"
#: Why a passage reads as it does when a person wrote it and gave no reason.
OWN_WORDS = "A person wrote these words."
MOST_OWN_WORDS = 500
HIDES = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


class CorrectionKind(StrEnum):
    """What a person can do to a mark."""

    ADD = "add"
    REMOVE = "remove"
    RECLASSIFY = "reclassify"
    RESIZE = "resize"
    GENERALIZE = "generalize"
    MASK = "mask"
    REWRITE = "rewrite"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """
    One correction. ADD needs start, end and entity_kind; the others a finding_id.

    REMOVE leaves the passage readable and needs a reason; RECLASSIFY needs entity_kind, RESIZE
    start and end. REWRITE, and an ADD that has them, put a person's own `words` in the place of the
    passage. UNDO takes back every correction of this one mark.
    """

    kind: CorrectionKind
    finding_id: str | None = None
    start: int | None = None
    end: int | None = None
    entity_kind: EntityKind | None = None
    reason: str | None = None
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCorrection:
    """A correction with its number in the letter, its author, and the call it came with."""

    number: int
    batch: int
    author: str
    at: datetime
    correction: Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The steps of a draft: those that count, and those undone last, which can be made again."""

    made: tuple[MadeCorrection, ...] = ()
    undone: tuple[MadeCorrection, ...] = ()

    @property
    def last(self) -> int | None:
        """The batch that undoing takes back."""
        return self.made[-1].batch if self.made else None

    @property
    def next(self) -> int | None:
        """The batch that redoing makes again."""
        return self.undone[0].batch if self.undone else None

    def without_last(self) -> tuple[MadeCorrection, ...]:
        """The steps that count after undoing."""
        return tuple(one for one in self.made if one.batch != self.last)

    def with_next(self) -> tuple[MadeCorrection, ...]:
        """The steps that count after redoing."""
        return (*self.made, *(one for one in self.undone if one.batch == self.next))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A treatment with an id that stays the same, and the person who last decided about it."""

    finding_id: str
    treatment: Treatment
    author: str | None = None
    words: str | None = field(default=None, repr=False)
    """What a person wrote to stand in for the passage; None for the words of the rules."""
    argued: bool = False
    """True when that person gave a reason for what the words tell."""

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


def uncovered(
    machine: tuple[Treatment, ...], before: tuple[Mark, ...], after: tuple[Mark, ...], text: str
) -> tuple[Span, ...]:
    """What the machine had taken out, is hidden now and would be readable, in its order."""
    by_machine = _places(one.finding.span for one in machine if one.action in HIDES)
    hidden = _places(mark.span for mark in before if mark.treatment.action in HIDES)
    stays = _places(mark.span for mark in after if mark.treatment.action in HIDES)
    spans: list[Span] = []
    for place in sorted(by_machine & hidden - stays):
        if spans and spans[-1].end == place:
            spans[-1] = replace(spans[-1], end=place + 1)
        else:
            spans.append(Span(start=place, end=place + 1))
    return tuple(
        span for span in spans if any(sign.isalnum() for sign in text[span.start : span.end])
    )


def check_own_words(correction: Correction) -> None:
    """Raise unless there are words to stand in for a passage."""
    words = correction.words or ""
    if not sent(words).strip() or len(words) > MOST_OWN_WORDS:
        message = f"Write what stands there instead, in at most {MOST_OWN_WORDS} characters."
        raise BadRequest(message)


def open_suggestions(marks: tuple[Mark, ...]) -> int:
    """How many passages a person still has to decide about."""
    return sum(1 for mark in marks if mark.is_open_suggestion)


def _places(spans: Iterable[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


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
    changed = Mark(
        finding_id=mark.finding_id,
        treatment=treatment,
        author=made.author,
        words=correction.words,
        argued=bool(correction.words and correction.reason),
    )
    _place(current, changed, treat=treat)


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
        case CorrectionKind.REWRITE:
            check_own_words(correction)
            made = treat(finding, TreatmentAction.REPLACE)
            return replace(made, reason=correction.reason or OWN_WORDS)
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
    words, reason = made.correction.words, made.correction.reason
    if words is not None:
        check_own_words(made.correction)
        treatment = replace(treatment, reason=reason or OWN_WORDS)
    mark = Mark(
        finding_id=_mark_of(made),
        treatment=treatment,
        author=made.author,
        words=words,
        argued=bool(words and reason),
    )
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
