"""What several kinds of tests need: generated examples that repeat, and the real command line."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# The same examples each time, so that a red test stays red; `HYPOTHESIS_PROFILE=search` looks
# for new ones.
settings.register_profile(
    "repeat", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

RunCli = Callable[..., "subprocess.CompletedProcess[bytes]"]

#: The folders whose files take longest; a long file that starts last keeps one core busy alone.
#: Documents come before all: they measure the memory of children, and a browser is a large child.
_LONGEST_FIRST = ("documents", "e2e", "chaos", "integration", "dispatch", "web")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first; the tests of one file stay in their order."""
    rank = {folder: place for place, folder in enumerate(_LONGEST_FIRST)}
    tests = Path(__file__).parent
    items.sort(key=lambda item: rank.get(item.path.relative_to(tests).parts[0], len(rank)))


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """A command that ran in this process has silenced logging for good; the next test listens."""
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def run_cli() -> RunCli:
    """Runs `anonymizer` with arguments as a user would: another process, no terminal."""

    def run(
        *arguments: str | Path, stdin: bytes = b"", **environment: str
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [sys.executable, "-m", "anonymizer.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, **environment},
            timeout=300,
        )

    return run
