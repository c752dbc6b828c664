"""
How well a draft keeps a gold letter's secrets, and how little else it takes away. Pure.

A mention is one mark. It is masked when every letter and digit of it lies in masked findings,
and found when it lies in masked or suggested ones. Spaces and punctuation do not count, so that
two reasonable ideas of where a name ends score the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from anonymizer.model import (
    Draft,
    DraftStatus,
    EntityKind,
    IdentifierClass,
    Span,
    Treatment,
    TreatmentAction,
)
from corpus.gold import GoldLetter, Group, Mark, class_of

_MASKING = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


class Outcome(StrEnum):
    """What happened to one mention."""

    MASKED = "masked"
    SUGGESTED = "suggested"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A mark and what the draft made of it."""

    mark: Mark
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseMask:
    """A masked finding that no mark stands behind."""

    span: Span
    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScore:
    """What a draft made of one marked text; `plain` counts letters and digits outside all marks."""

    mentions: tuple[Mention, ...]
    false_masks: tuple[FalseMask, ...]
    plain: int
    plain_masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterScore:
    """The score of one gold letter. `detected` is False when detection never ran on it."""

    name: str
    part: str
    group: Group
    text: str = field(repr=False)
    score: TextScore
    detected: bool
    seconds: float

    @property
    def is_whole(self) -> bool:
        """True when nothing in the outgoing letter identifies a person directly."""
        return self.detected and not any(
            class_of(mention.mark.kind) is IdentifierClass.DIRECT
            and mention.outcome is not Outcome.MASKED
            for mention in self.score.mentions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How many mentions there are, and how many were masked, or masked or suggested (`found`)."""

    mentions: int
    masked: int
    found: int

    @property
    def masked_share(self) -> float:
        """Share of mentions taken out; 1 when there are none."""
        return _share(self.masked, self.mentions)

    @property
    def found_share(self) -> float:
        """Share of mentions taken out or pointed at; 1 when there are none."""
        return _share(self.found, self.mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of a set of letters."""

    letters: int
    overall: Recall
    by_class: Mapping[IdentifierClass, Recall]
    by_kind: Mapping[EntityKind, Recall]
    whole_letters: int
    false_masks: Mapping[EntityKind, int]
    letters_without_false_mask: int
    plain: int
    plain_masked: int
    seconds: float
    undetected: tuple[str, ...]

    def figures(self) -> dict[str, float]:
        """Every figure by name. All are shares except `letters_per_second`; higher is better."""
        figures = {
            "masked": self.overall.masked_share,
            "found": self.overall.found_share,
            "whole_letters": _share(self.whole_letters, self.letters),
            "without_false_mask": _share(self.letters_without_false_mask, self.letters),
            "readable": 1 - _share(self.plain_masked, self.plain, of_nothing=0.0),
            "letters_per_second": self.letters / self.seconds if self.seconds else 0.0,
        }
        recalls: dict[str, Recall] = {
            **{str(name): recall for name, recall in self.by_class.items()},
            **{str(name): recall for name, recall in self.by_kind.items()},
        }
        for name, recall in recalls.items():
            figures[f"masked.{name}"] = recall.masked_share
            figures[f"found.{name}"] = recall.found_share
        return figures


def score_text(text: str, marks: Sequence[Mark], treatments: Iterable[Treatment]) -> TextScore:
    """Compare what is marked in a text with what is treated in it."""
    treatments = tuple(treatments)
    masking = [treatment for treatment in treatments if treatment.action in _MASKING]
    pointing = [t for t in treatments if t.action is TreatmentAction.SUGGEST]
    masked = _solid(text, (treatment.finding.span for treatment in masking))
    pointed = masked | _solid(text, (treatment.finding.span for treatment in pointing))
    marked = _solid(text, (mark.span for mark in marks))
    plain = _solid(text, [Span(start=0, end=len(text))] if text else []) - marked
    return TextScore(
        mentions=tuple(
            Mention(mark=mark, outcome=_outcome(_solid(text, [mark.span]), masked, pointed))
            for mark in marks
        ),
        false_masks=tuple(
            FalseMask(span=treatment.finding.span, kind=treatment.finding.kind)
            for treatment in masking
            if not _solid(text, [treatment.finding.span]) & marked
        ),
        plain=len(plain),
        plain_masked=len(plain & masked),
    )


def score_letter(letter: GoldLetter, draft: Draft, *, part: str, seconds: float) -> LetterScore:
    """The score of one letter; a letter that was held after detection counts like any other."""
    stopped_early = (
        draft.status is DraftStatus.HELD and not draft.treatments and draft.redaction is None
    )
    return LetterScore(
        name=letter.name,
        part=part,
        group=letter.group,
        text=letter.text,
        score=score_text(letter.text, letter.marks, draft.treatments),
        detected=not stopped_early,
        seconds=seconds,
    )


def summarize_sets(letters: Sequence[LetterScore], *, language: str) -> dict[str, Summary]:
    """A summary per part and group that has letters, named `en.dev.ordinary`, `en.dev.all`."""
    summaries: dict[str, Summary] = {}
    for part in dict.fromkeys(letter.part for letter in letters):
        of_part = [letter for letter in letters if letter.part == part]
        for group in Group:
            if of_group := [letter for letter in of_part if letter.group is group]:
                summaries[f"{language}.{part}.{group}"] = summarize(of_group)
        summaries[f"{language}.{part}.all"] = summarize(of_part)
    return summaries


def summarize(letters: Iterable[LetterScore]) -> Summary:
    """The figures of these letters together."""
    letters = tuple(letters)
    mentions = [mention for letter in letters for mention in letter.score.mentions]
    classes = sorted({class_of(mention.mark.kind) for mention in mentions})
    kinds = sorted({mention.mark.kind for mention in mentions})
    false_masks = Counter(mask.kind for letter in letters for mask in letter.score.false_masks)
    return Summary(
        letters=len(letters),
        overall=_recall(mentions),
        by_class={
            name: _recall(m for m in mentions if class_of(m.mark.kind) is name) for name in classes
        },
        by_kind={kind: _recall(m for m in mentions if m.mark.kind is kind) for kind in kinds},
        whole_letters=sum(letter.is_whole for letter in letters),
        false_masks=dict(sorted(false_masks.items())),
        letters_without_false_mask=sum(not letter.score.false_masks for letter in letters),
        plain=sum(letter.score.plain for letter in letters),
        plain_masked=sum(letter.score.plain_masked for letter in letters),
        seconds=sum(letter.seconds for letter in letters),
        undetected=tuple(letter.name for letter in letters if not letter.detected),
    )


def _solid(text: str, spans: Iterable[Span]) -> frozenset[int]:
    """The offsets of the letters and digits in these spans."""
    return frozenset(
        offset for span in spans for offset in range(span.start, span.end) if text[offset].isalnum()
    )


def _outcome(mention: frozenset[int], masked: frozenset[int], pointed: frozenset[int]) -> Outcome:
    if mention <= masked:
        return Outcome.MASKED
    return Outcome.SUGGESTED if mention <= pointed else Outcome.MISSED


def _recall(mentions: Iterable[Mention]) -> Recall:
    outcomes = Counter(mention.outcome for mention in mentions)
    masked = outcomes[Outcome.MASKED]
    return Recall(
        mentions=outcomes.total(), masked=masked, found=masked + outcomes[Outcome.SUGGESTED]
    )


def _share(part: int, whole: int, *, of_nothing: float = 1.0) -> float:
    return part / whole if whole else of_nothing
