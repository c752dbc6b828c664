"""The service as a real process, started, asked, killed; and an application over real HTTP."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

ROOT = Path(__file__).parents[2]
_STARTS_WITHIN_S = 120


class RunningService:
    """`anonymizer-service serve` on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.output = data.parent / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        """A command of the operator on the same data folder."""
        return subprocess.run(
            [sys.executable, "-m", "service", *map(str, arguments), "--data", str(self.data)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=_STARTS_WITHIN_S,
        )

    def add_key(self) -> str:
        """An API key for a client."""
        return self.run("key", "add", "registry").stdout.strip()

    def start(self, *options: str, until: str = "/health/ready", **environment: str) -> None:
        """Start it and wait until it answers well there."""
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "service", "serve"),
                    *("--data", str(self.data), "--port", str(self.port), *options),
                ],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            )
        latest = time.monotonic() + _STARTS_WITHIN_S
        while time.monotonic() < latest:
            assert self._process.poll() is None, self.output.read_text()
            try:
                if httpx.get(f"{self.url}{until}").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        message = "the service did not start"
        raise TimeoutError(message)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def crash(self, number: int) -> None:
        """A signal that ends it in the middle of things."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=60)
            self._process = None

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.terminate()
        status = self._process.wait(timeout=60)
        self._process = None
        return status


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a port of its own, over real HTTP, in a thread; its address."""
    port = free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + _STARTS_WITHIN_S
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_STARTS_WITHIN_S)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
