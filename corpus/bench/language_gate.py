"""
How well the language gate decides, on texts whose language is known.

A letter is right when its language is told and it goes on or waits as an exchange in English asks.
`python -m corpus.bench.language_gate DIR SEED` prints only the digest of all verdicts: two
runs with different hash seeds must print the same.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from anonymizer.language import LanguageGate, foreign_passages, language_hold
from anonymizer.model import LanguageVerdict
from anonymizer.rulebook import load_words
from corpus.bench.language_texts import SHORT, Kind, Sample, samples

HASH_SEEDS = (0, 1, 2, 3, 4)
_REQUIRED = ("en",)
_MODELS = frozenset(_REQUIRED)
#: This much of a passage must be marked, and no more than this much around it.
_COVERED, _AROUND = 0.9, 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A text and what the gate said about it."""

    sample: Sample
    words: int
    code: str | None
    hold: str | None
    pointed_at: bool
    exact: bool
    flags: int

    @property
    def right(self) -> bool:
        """The language is told, and the letter goes on if it is English, else waits."""
        wanted = None if self.sample.language == "en" else "wrong_language"
        return self.code == self.sample.language and self.hold == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    name: str
    of: int
    count: int
    goal: str = ""

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageReport:
    """All figures about the gate."""

    seed: int
    texts: int
    milliseconds: float
    shares: tuple[Share, ...]
    by_language: tuple[Share, ...]
    digest: str
    identical: bool


def measure_language(data: Path, seed: int) -> LanguageReport:
    """Judge every text; then once more in a new process for each hash seed."""
    texts = samples(data, seed)
    gate = _gate()
    begun = process_time()
    verdicts = [gate.judge(one.text, _REQUIRED) for one in texts]
    seconds = process_time() - begun
    judged = [judge(one, verdict) for one, verdict in zip(texts, verdicts, strict=True)]
    digest = digest_of(verdicts)
    return LanguageReport(
        seed=seed,
        texts=len(texts),
        milliseconds=seconds / len(texts) * 1000,
        shares=tuple(shares(judged)),
        by_language=tuple(_by_language(judged)),
        digest=digest,
        identical=all(_digest_under(data, seed, one) == digest for one in HASH_SEEDS),
    )


def digest_of(verdicts: Iterable[LanguageVerdict]) -> str:
    """SHA-256 of everything the verdicts say, in hex."""
    return hashlib.sha256("\n".join(map(repr, verdicts)).encode("utf-8")).hexdigest()


def shares(judged: Sequence[Judged]) -> Iterable[Share]:
    """The figures with their goals."""
    whole = [one for one in judged if one.sample.kind is Kind.WHOLE]
    long = [one for one in whole if one.words >= SHORT]
    short = [one for one in whole if one.words < SHORT]
    foreign = _of(judged, Kind.NON_NATIVE)
    passage = _of(judged, Kind.PASSAGE)
    greeted = _of(judged, Kind.GREETING)
    undecided = _counted(
        "20 to 39 words: held, cannot be told", short, lambda one: one.hold == "undecided"
    )
    right = _counted("20 to 39 words: right", short, lambda one: one.right)
    yield _counted("40 words and more: right", long, lambda one: one.right, ">= 0.995")
    yield _counted("English by non-native writers: held", foreign, _held, "<= 0.005")
    yield _counted("  a passage pointed at", foreign, lambda one: one.flags > 0)
    yield _counted("passage of 2-4 sentences: pointed at", passage, _pointed_at, ">= 0.97")
    yield _counted("  passage exact to the code point", passage, lambda one: one.exact)
    elsewhere = [one for one in whole if one.sample.language not in _REQUIRED]
    yield _counted("wholly in another language: let through", elsewhere, _goes_on)
    yield _counted("half in another language: held", _of(judged, Kind.HALF), _held)
    yield _counted("greeting only: pointed at", greeted, _pointed_at)
    yield _counted("  letter held for its greeting", greeted, _held)
    yield right
    yield undecided
    yield Share(
        name="20 to 39 words: wrong",
        of=len(short),
        count=len(short) - right.count - undecided.count,
    )


def _by_language(judged: Sequence[Judged]) -> Iterable[Share]:
    whole = [one for one in judged if one.sample.kind is Kind.WHOLE and one.words >= SHORT]
    for language in sorted({one.sample.language for one in whole}):
        of_language = [one for one in whole if one.sample.language == language]
        yield _counted(language, of_language, lambda one: one.right)


def judge(sample: Sample, verdict: LanguageVerdict) -> Judged:
    """What a verdict means for a text, in an exchange that asks for English."""
    hold = language_hold(verdict, _MODELS)
    marked = [one.span for one in foreign_passages(verdict)]
    passage = sample.passage
    pointed_at = passage is not None and any(
        _COVERED * len(passage) <= min(one.end, passage.end) - max(one.start, passage.start)
        and len(one) <= _AROUND * len(passage)
        for one in marked
    )
    return Judged(
        sample=sample,
        words=sample.words,
        code=verdict.code,
        hold=None if hold is None else hold.code,
        pointed_at=pointed_at,
        exact=passage in marked,
        flags=len(marked),
    )


def _of(judged: Sequence[Judged], kind: Kind) -> Sequence[Judged]:
    return [one for one in judged if one.sample.kind is kind]


def _counted(
    name: str, judged: Sequence[Judged], test: Callable[[Judged], bool], goal: str = ""
) -> Share:
    return Share(name=name, of=len(judged), count=sum(map(test, judged)), goal=goal)


def _held(judged: Judged) -> bool:
    return judged.hold is not None


def _goes_on(judged: Judged) -> bool:
    return judged.hold is None


def _pointed_at(judged: Judged) -> bool:
    return judged.pointed_at


def _gate() -> LanguageGate:
    return LanguageGate.load(load_words("function_words"))


def _digest_under(data: Path, seed: int, hash_seed: int) -> str:
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "corpus.bench.language_gate", str(data), str(seed)],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def main() -> None:
    """Print the digest for the folder and the seed of the arguments."""
    data, seed = Path(sys.argv[1]), int(sys.argv[2])
    gate = _gate()
    verdicts = (gate.judge(one.text, _REQUIRED) for one in samples(data, seed))
    sys.stdout.write(digest_of(verdicts))


if __name__ == "__main__":
    main()
