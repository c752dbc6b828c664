"""How fast: letters of 200 words through the pipeline, and the command line from a cold start."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from anonymizer.model import Letter
from anonymizer.pipeline import Pipeline
from corpus.bench import prose
from corpus.gold import Group

WORDS = 200
_RUNS = 5
_LETTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished program: seconds on the wall, seconds of processor, most memory in MiB."""

    wall: float
    processor: float
    peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Letters of `WORDS` words per second, medians of cold starts, memory of one process."""

    letters: int
    per_second: float
    per_second_wall: float
    help_start: Run
    letter_start: Run
    many_letters: Run


def measure_speed(pipeline: Pipeline, language: str) -> Speed:
    """Everything about speed; takes about a minute."""
    letters = prose.readable_letters(language, Group.ORDINARY)
    texts = list(prose.of_words("\n\n".join(one.text for one in letters), WORDS))[:_LETTERS]
    per_second, per_second_wall = _throughput(pipeline, texts)
    with tempfile.TemporaryDirectory() as folder:
        return Speed(
            letters=len(texts),
            per_second=per_second,
            per_second_wall=per_second_wall,
            help_start=_cold(["--help"]),
            letter_start=_cold(["explain", "--no-text", str(_letter(Path(folder), texts[0]))]),
            many_letters=_started(["redact", "--jsonl"], _requests(Path(folder), texts)),
        )


def _throughput(pipeline: Pipeline, texts: Sequence[str]) -> tuple[float, float]:
    """Letters per second of processor time, and by the clock on the wall."""
    pipeline.draft(Letter.from_text("warm-up", texts[0]))
    begun, begun_wall = process_time(), perf_counter()
    for number, text in enumerate(texts):
        pipeline.draft(Letter.from_text(str(number), text))
    return len(texts) / (process_time() - begun), len(texts) / (perf_counter() - begun_wall)


def _letter(folder: Path, text: str) -> Path:
    path = folder / "letter.txt"
    path.write_bytes(text.encode("utf-8"))
    return path


def _requests(folder: Path, texts: Sequence[str]) -> Path:
    path = folder / "requests.jsonl"
    lines = (json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _cold(arguments: Sequence[str]) -> Run:
    """Medians of several starts; the files are in the system's cache after the first."""
    runs = [_started(arguments) for _ in range(_RUNS)]
    return Run(
        wall=median(run.wall for run in runs),
        processor=median(run.processor for run in runs),
        peak=median(run.peak for run in runs),
    )


def _started(arguments: Sequence[str], stdin: Path | None = None) -> Run:
    """`anonymizer` as a program of its own, in whatever folder this one was started."""
    launcher = [sys.executable, "-m", "corpus.bench.launch"]
    program = [sys.executable, "-m", "anonymizer.cli", *arguments]
    with Path(stdin or os.devnull).open("rb") as source:
        done = subprocess.run(  # noqa: S603  # our own command line
            [*launcher, *program], stdin=source, capture_output=True, check=True
        )
    return Run(**json.loads(done.stdout))
