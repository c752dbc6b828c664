"""
Connections: SQLite set up to lose nothing, PostgreSQL alike, and the two kinds of transaction.

Contract: `reading` never writes; `writing` commits as a whole or not at all, and on SQLite holds
the write lock from its first statement (an upgrade from reading would fail at once, unretried).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

__all__ = ["Connection", "Database", "Writing"]

_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "busy_timeout": "10000",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """A transaction that changes something. Only functions that take an audit event get one."""

    connection: Connection


class Database:
    """The database of the service; opened once, shared by all threads."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            # the folder holds letters: nobody but the service's own user may look in
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._engine = _engine(parsed.render_as_string(hide_password=False), self.is_sqlite)
        self._write_engine = self._engine.execution_options(letters_writing=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction that changes something: all of it or nothing."""
        with self._write_engine.begin() as connection:
            yield Writing(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _engine(url: str, is_sqlite: bool) -> Engine:  # noqa: FBT001 - private, one caller
    if not is_sqlite:
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # Python's own transaction handling would begin late and deferred: switched off
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma, value in _PRAGMAS.items():
            cursor.execute(f"PRAGMA {pragma}={value}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("letters_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
