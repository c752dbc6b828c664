"""How far a run is, on stderr: a bar on a terminal, a line now and then in a log file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from anonymizer.batch.folders import Progress as Told

_LINES_PER_RUN = 10


@contextmanager
def shown_progress() -> Iterator[Told]:
    """A function that shows the progress it is told."""
    if sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task("letters", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield _tell_in_lines


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _tell_in_lines(done: int, total: int) -> None:
    step = max(1, total // _LINES_PER_RUN)
    if total > _LINES_PER_RUN and done % step == 0:
        print(f"{done} of {total} letters", file=sys.stderr)
