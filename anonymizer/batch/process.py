"""
Inside one worker process: load the pipeline once, then work on one item after the other.

Nothing that happens here reaches the terminal: a bug comes back as a `Crash`, an error that
ends the run as a `Refusal`.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TypeVar

from anonymizer.batch.bench import Bench, BenchOrder
from anonymizer.crash import Crash
from anonymizer.errors import AnonymizerError
from anonymizer.quiet import keep_quiet

Item = TypeVar("Item")
Result = TypeVar("Result")
#: Travels to another process by name, so it has to be a function of a module.
Work = Callable[[Bench, Item], Result]

_order: BenchOrder | None = None
_bench: Bench | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that ends the run (rules, model), on its way to the main process."""

    error: AnonymizerError


def start_process(order: BenchOrder) -> None:
    """The first thing a worker process does; the pipeline is loaded with the first item."""
    global _order  # noqa: PLW0603 (a worker process has no other place to keep it)
    _order = order
    keep_quiet()
    # Ctrl-C reaches the whole group: the main process alone decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed main process closes no queue that its workers share, so they watch it themselves."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def work_in_process(work: Work[Item, Result], item: Item) -> Result | Crash | Refusal:
    """Do `work` on `item` with this process's own pipeline."""
    global _bench  # noqa: PLW0603 (as above)
    if _bench is None:
        assert _order is not None  # noqa: S101 (start_process set it)
        try:
            _bench = _order.set_up()
        except AnonymizerError as error:
            return Refusal(error)
        except Exception as error:  # noqa: BLE001 (its message must not reach the terminal)
            return Crash.of(error)
    return attempt(_bench, work, item)


def attempt(bench: Bench, work: Work[Item, Result], item: Item) -> Result | Crash:
    """Do `work` on `item`; a bug in one letter must not cost the others."""
    try:
        return work(bench, item)
    except Exception as error:  # noqa: BLE001 (the reason is the docstring)
        return Crash.of(error)


def read_versions(bench: Bench, _: None) -> dict[str, str]:
    """The versions that stand in every answer."""
    return dict(bench.versions)
