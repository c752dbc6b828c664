"""
How fast each language is drafted beside English: medians over stretches of `WORDS` words.

The languages take turns, one stretch each, so that whatever else the machine does slows all of them
alike; processor time is what counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

from anonymizer.model import Letter
from anonymizer.pipeline import Pipeline
from corpus.bench import prose
from corpus.bench.speed import WORDS
from corpus.gold import Group

#: What the others are compared with.
BESIDE = "en"
_STRETCHES = 12
_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSpeed:
    """Median seconds of processor time for `WORDS` words, and how many times those of English."""

    language: str
    stretches: int
    seconds: float
    times_english: float


def measure_by_language(
    pipeline: Pipeline,
    languages: Iterable[str],
    *,
    stretches: int = _STRETCHES,
    rounds: int = _ROUNDS,
) -> tuple[LanguageSpeed, ...]:
    """English first, then the others by code; a language without enough words is left out."""
    others = sorted(set(languages) - {BESIDE})
    texts = {code: stretches_of(code, stretches) for code in (BESIDE, *others)}
    texts = {code: found for code, found in texts.items() if found}
    seconds = _timed(pipeline, texts, rounds)
    english = median(seconds[BESIDE])
    return tuple(
        LanguageSpeed(
            language=code,
            stretches=len(texts[code]),
            seconds=median(seconds[code]),
            times_english=median(seconds[code]) / english,
        )
        for code in texts
    )


def stretches_of(language: str, most: int) -> tuple[str, ...]:
    """The letters that may be read, in stretches of `WORDS` words."""
    text = "\n\n".join(one.text for one in prose.readable_letters(language, *Group))
    return tuple(prose.of_words(text, WORDS))[:most]


def _timed(
    pipeline: Pipeline, texts: Mapping[str, Sequence[str]], rounds: int
) -> dict[str, list[float]]:
    for code, of_language in texts.items():  # models are loaded when they are first asked for
        pipeline.draft(Letter.from_text(f"{code}-warm-up", of_language[0]))
    seconds: dict[str, list[float]] = {code: [] for code in texts}
    for turn in range(rounds * max(map(len, texts.values()))):
        for code, of_language in texts.items():
            letter = Letter.from_text(f"{code}-{turn}", of_language[turn % len(of_language)])
            begun = process_time()
            pipeline.draft(letter)
            seconds[code].append(process_time() - begun)
    return seconds
