"""
A PostgreSQL for tests: the one `LETTERS_TEST_POSTGRES` names, or a throw-away one started here.

Contract: `available()` says before collection whether there is one, so that no test is skipped.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

_VARIABLE = "LETTERS_TEST_POSTGRES"


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_user() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings its own user."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def available() -> bool:
    """True when tests can have a PostgreSQL."""
    if os.environ.get(_VARIABLE):
        return True
    if _binaries() is None:
        return False
    if os.geteuid() != 0:
        return True
    return shutil.which("runuser") is not None and "postgres" in {
        entry.pw_name for entry in pwd.getpwall()
    }


def engines() -> tuple[str, ...]:
    """The databases that a test of both runs on."""
    return ("sqlite", "postgresql") if available() else ("sqlite",)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server for this test session."""
    given = os.environ.get(_VARIABLE)
    if given:
        yield given
        return
    with restartable() as (url, _):
        yield url


def can_restart() -> bool:
    """True when a server can be started here, and so be restarted."""
    return not os.environ.get(_VARIABLE) and available()


@contextmanager
def restartable() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a server of one's own, and what makes it crash and start again."""
    binaries = _binaries()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="letters-pg-"))
    if _as_user():
        shutil.chown(folder, "postgres")
    data, port = folder / "data", _free_port()
    run: list[str | Path] = [*_as_user()]
    _quiet([*run, binaries / "initdb", "-D", data, "-U", "letters", "-A", "trust", "-E", "UTF8"])
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    start = [*run, binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "start"]
    stop = [*run, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"]

    def restart() -> None:
        _quiet(stop)
        _quiet(start)

    _quiet(start)
    try:
        yield f"postgresql+psycopg://letters@127.0.0.1:{port}/postgres", restart
    finally:
        _quiet(stop)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The URL of a fresh database on the server, dropped afterwards."""
    name = f"letters_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        url = make_url(server_url).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def _quiet(command: list[str | Path]) -> None:
    # the server keeps its streams open, so they must not be pipes that we wait for
    subprocess.run(
        command,
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
