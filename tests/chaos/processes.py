"""The processes of a run: started from the nursery, killed, started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_SINGLE = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


class Nursery:
    """The process that forks services."""

    def __init__(self, log: Path, *, cores: Collection[int] = ()) -> None:
        """With `cores`, all that it starts runs on these."""
        self._log = log
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            cwd=ROOT,
            env={**os.environ, **_SINGLE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if cores:
            os.sched_setaffinity(self._process.pid, cores)
        assert self._answer() == "ready"

    def start(self, kind: str, settings: Mapping[str, Any], fail: str = "", nth: int = 0) -> int:
        """A new service; its process id."""
        order = {
            "kind": kind,
            "settings": dict(settings),
            "fail": fail,
            "nth": nth,
            "log": str(self._log),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def close(self) -> None:
        """It and all that it has started end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            message = "the nursery has ended"
            raise RuntimeError(message)
        return line


@dataclass(slots=True, kw_only=True)
class Place:
    """A service that is started again whenever it is gone."""

    kind: str
    pid: int = 0
    armed: str = ""
    since: float = field(default_factory=time.monotonic)

    @property
    def lives(self) -> bool:
        """False once its process is gone."""
        return self.pid != 0 and Path(f"/proc/{self.pid}").exists()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.lives:
            os.kill(self.pid, signal.SIGKILL)
        while self.lives:
            time.sleep(0.002)


def pin(count: int) -> tuple[list[int], list[int]]:
    """From now on this process and all that it starts share so many cores; these, and the rest."""
    every = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, every[:count])
    return every[:count], every[count:]


def move_to(cores: Collection[int]) -> None:
    """From now on this process runs on these, where there are any; what it has started stays."""
    if cores:
        for task in Path("/proc/self/task").iterdir():
            os.sched_setaffinity(int(task.name), cores)


def processor_s(pid: int) -> float:
    """How many seconds of a core a process has used; 0 for one that is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # user and system time, fields 14 and 15 of proc(5)
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """How much memory a process has (resident), in MB; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
