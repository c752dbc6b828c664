"""
Clients that never finish: they dribble a header, a body, a handshake, or read a byte at a time.

Contract: each holds one connection from a loopback address of its own group and opens another one
as soon as it is cut off, so that there are always about as many as asked for. They live in a
process of their own, so that what others are timed at is not the crowd's own work.

    python -m tests.chaos.dribble < order > report

The order is a line of JSON; when standard input ends they stop, and the report is a line of JSON.
"""

import asyncio
import itertools
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

#: So many share an address: the proxy lets one address hold 40.
_PER_ADDRESS = 10
_PAUSE_S = 1.0
_RECEIVE_BUFFER = 2048
_PIPELINED = 400
_ENDS_WITHIN_S = 60


class Sort(StrEnum):
    """What a client is slow at."""

    HEADER = "header"
    BODY = "body"
    HANDSHAKE = "handshake"
    READING = "reading"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where they connect to, and what they need to get as far as they do."""

    port: int
    host: str
    api_host: str
    key: str = field(repr=False)
    certificate: str = ""
    """Who signed that of the other side; empty: it speaks no TLS."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """How to speak to it."""
        return ssl.create_default_context(cafile=self.certificate) if self.certificate else None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a crowd lived through; counts by sort."""

    samples: tuple[int, ...]
    """How many connections were open, once a second."""
    cut: dict[str, int]
    refused: dict[str, int]


@contextmanager
def crowd(target: Target, count: int) -> Iterator[Callable[[], Report]]:
    """So many clients at work; the call ends them and tells."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.dribble"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def end() -> Report:
        told, _ = process.communicate(timeout=_ENDS_WITHIN_S)
        report = json.loads(told)
        return Report(**{**report, "samples": tuple(report["samples"])})

    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps({**asdict(target), "count": count}) + "\n")
        process.stdin.flush()
        yield end
    finally:
        process.kill()
        process.wait()


class _Crowd:
    """The clients, in the process of their own."""

    def __init__(self, target: Target, count: int, stop: threading.Event) -> None:
        self._target, self._count = target, count
        self._tls, self._stop = target.tls, stop
        self._numbers = itertools.count()
        self.open: Counter[Sort] = Counter()
        self.cut: Counter[Sort] = Counter()
        self.refused: Counter[Sort] = Counter()
        self.samples: list[int] = []

    @property
    def report(self) -> Report:
        """What happened so far."""
        return Report(
            samples=tuple(self.samples), cut=_by_name(self.cut), refused=_by_name(self.refused)
        )

    async def run(self) -> None:
        """Dribble until told to stop."""
        tasks = [asyncio.create_task(self._again(number)) for number in range(self._count)]
        while not self._stop.is_set():
            await asyncio.sleep(_PAUSE_S)
            self.samples.append(sum(self.open.values()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, number: int) -> None:
        sort = list(Sort)[number % len(Sort)]
        # not all in the same moment
        await asyncio.sleep(number / self._count)
        while True:
            try:
                reader, writer = await self._connect(sort, number)
            except OSError:
                self.refused[sort] += 1
                await asyncio.sleep(_PAUSE_S)
                continue
            self.open[sort] += 1
            try:
                await _WAYS[sort](self._target, reader, writer, next(self._numbers))
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                self.open[sort] -= 1
                self.cut[sort] += 1
                writer.transport.abort()

    async def _connect(
        self, sort: Sort, number: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raw = socket.socket()
        raw.setblocking(False)
        if sort is Sort.READING:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        try:
            raw.bind((f"127.0.1.{1 + number // _PER_ADDRESS}", 0))
            loop = asyncio.get_running_loop()
            await loop.sock_connect(raw, ("127.0.0.1", self._target.port))
            tls = None if sort is Sort.HANDSHAKE else self._tls
            return await asyncio.open_connection(
                sock=raw,
                ssl=tls,
                server_hostname=self._target.host if tls else None,
                limit=_RECEIVE_BUFFER,
            )
        except BaseException:
            raw.close()
            raise


def _by_name(counts: Counter[Sort]) -> dict[str, int]:
    return {sort.value: count for sort, count in counts.items()}


Streams = Callable[
    [Target, asyncio.StreamReader, asyncio.StreamWriter, int],
    Awaitable[None],
]


async def _header(
    target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
) -> None:
    writer.write(f"GET /sign-in HTTP/1.1\r\nHost: {target.host}\r\nX-Slow: ".encode())
    await _dribble(reader, writer, b"a")


async def _body(
    target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
) -> None:
    head = (
        f"POST /v1/letters HTTP/1.1\r\nHost: {target.api_host}\r\n"
        f"Authorization: Bearer {target.key}\r\nIdempotency-Key: slow-{number}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    )
    writer.write(head.encode())
    await _dribble(reader, writer, b" ")


async def _handshake(
    _target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
) -> None:
    # a record of 512 bytes begins, and goes on with a byte a second
    writer.write(b"\x16\x03\x01\x02\x00\x01")
    await _dribble(reader, writer, b"\x00")


async def _reading(
    target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
) -> None:
    request = f"GET /static/base.css HTTP/1.1\r\nHost: {target.host}\r\n\r\n".encode()
    writer.write(request * _PIPELINED)
    while True:
        if not await reader.read(1):
            return
        await asyncio.sleep(_PAUSE_S)


async def _dribble(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, piece: bytes
) -> None:
    """A byte a second until the other side has had enough."""
    ended = asyncio.ensure_future(reader.read(1))
    try:
        while not ended.done():
            writer.write(piece)
            await writer.drain()
            await asyncio.wait((ended,), timeout=_PAUSE_S)
    finally:
        ended.cancel()


_WAYS: dict[Sort, Streams] = {
    Sort.HEADER: _header,
    Sort.BODY: _body,
    Sort.HANDSHAKE: _handshake,
    Sort.READING: _reading,
}


def main() -> None:
    """Be the crowd that the order asks for."""
    order = json.loads(sys.stdin.readline())
    count = order.pop("count")
    stop = threading.Event()
    here = _Crowd(Target(**order), count, stop)
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    asyncio.run(here.run())
    print(json.dumps(asdict(here.report)))


def _wait_for_end(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
