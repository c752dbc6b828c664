"""
Scores systems on gold letters with the rules of `corpus.score`, and times them.

Time is processor time: on a machine that others use, the clock on the wall says more about them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import process_time

from anonymizer.model import (
    EntityKind,
    Finding,
    IdentifierClass,
    Span,
    Treatment,
    TreatmentAction,
)
from corpus.bench.systems import Find, Missing, Passage, System
from corpus.gold import GoldLetter
from corpus.score import LetterScore, Recall, Summary, score_text, summarize

_WARM_UP = 5
_NONE = Recall(mentions=0, masked=0, found=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one system did on one part of the letters."""

    system: str
    part: str
    summary: Summary

    @property
    def direct(self) -> Recall:
        """Mentions that identify a person directly."""
        return self.summary.by_class.get(IdentifierClass.DIRECT, _NONE)

    def kind(self, kind: EntityKind) -> Recall:
        """Mentions of one kind."""
        return self.summary.by_kind.get(kind, _NONE)

    @property
    def whole(self) -> float:
        """Share of letters that no direct identifier is left in."""
        return self.summary.figures()["whole_letters"]

    @property
    def false_masks(self) -> float:
        """Masks per letter that no mark stands behind."""
        return sum(self.summary.false_masks.values()) / self.summary.letters

    @property
    def without_false_mask(self) -> float:
        """Share of letters without one."""
        return self.summary.figures()["without_false_mask"]

    @property
    def over_redacted(self) -> float:
        """Share of the harmless letters and digits that were masked."""
        return 1 - self.summary.figures()["readable"]

    @property
    def speed(self) -> float:
        """Letters per second of one processor core."""
        return self.summary.figures()["letters_per_second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Median milliseconds per letter of a system and of a part of it, measured in turns."""

    whole: float
    part: float

    @property
    def factor(self) -> float:
        """How many times as long the whole takes."""
        return self.whole / self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The table: a row per system and part, who is missing, and what the rules cost on top."""

    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    ratio: Ratio | None = None

    def with_ratio(self, ratio: Ratio) -> "Comparison":
        """The same with what the rules cost."""
        return replace(self, ratio=ratio)


def compare(
    lineup: Iterable[System | Missing], letters: Mapping[str, Sequence[GoldLetter]]
) -> Comparison:
    """Every system on the letters of every part."""
    rows: list[Row] = []
    missing: list[Missing] = []
    for one in lineup:
        if isinstance(one, Missing):
            missing.append(one)
            continue
        for part, of_part in letters.items():
            summary = summarize(score_system(one, of_part, part))
            rows.append(Row(system=one.name, part=part, summary=summary))
    return Comparison(rows=tuple(rows), missing=tuple(missing))


def score_system(system: System, letters: Sequence[GoldLetter], part: str) -> Iterator[LetterScore]:
    """The score of each letter; a letter that the system fails on counts as not looked at."""
    for letter in letters[:_WARM_UP]:  # what is loaded at the first use is not timed
        _found(system, letter)
    for letter in letters:
        begun = process_time()
        passages = _found(system, letter)
        seconds = process_time() - begun
        yield LetterScore(
            name=letter.name,
            part=part,
            group=letter.group,
            text=letter.text,
            score=score_text(letter.text, letter.marks, as_treatments(passages or ())),
            detected=passages is not None,
            seconds=seconds,
        )


def _found(system: System, letter: GoldLetter) -> list[Passage] | None:
    """None when the system fails: whatever another tool raises, the table goes on."""
    try:
        return list(system.find(letter.text))
    except Exception:  # noqa: BLE001
        return None


def as_treatments(passages: Iterable[Passage]) -> Iterator[Treatment]:
    """Passages as masks; those that overlap are one, so that no false mask counts twice."""
    for start, end, kind in _united(passages):
        yield Treatment(
            finding=Finding(
                span=Span(start=start, end=end),
                kind=kind or EntityKind.OTHER_ID,
                score=1.0,
                recognizer="bench",
            ),
            action=TreatmentAction.REPLACE,
            identifier_class=IdentifierClass.DIRECT,
            reason="bench",
            rule_id="bench",
            replacement="[x]",
        )


def _united(passages: Iterable[Passage]) -> list[Passage]:
    ordered = sorted((one for one in passages if one[0] < one[1]), key=lambda one: one[:2])
    united: list[Passage] = []
    for start, end, kind in ordered:
        if united and start < united[-1][1]:
            first, last, named = united[-1]
            united[-1] = (first, max(end, last), named or kind)
        else:
            united.append((start, end, kind))
    return united


def measure_ratio(whole: Find, part: Find, texts: Sequence[str], *, rounds: int = 2) -> Ratio:
    """
    How long both take per text, in turns, so that a busy moment of the machine hits both.

    Of several rounds the shortest time of each text counts.
    """
    times: dict[Find, list[float]] = {whole: [], part: []}
    for text in texts:
        shortest = dict.fromkeys(times, float("inf"))
        for _ in range(rounds):
            for find in times:
                begun = process_time()
                list(find(text))
                shortest[find] = min(shortest[find], process_time() - begun)
        for find, seconds in shortest.items():
            times[find].append(seconds * 1000)
    return Ratio(whole=median(times[whole]), part=median(times[part]))
