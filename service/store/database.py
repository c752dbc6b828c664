"""
Connections: SQLite set up to lose nothing, PostgreSQL alike, and the two kinds of transaction.

Contract: `reading` never writes; `writing` commits as a whole or not at all, and on SQLite holds
the write lock from its first statement (an upgrade from reading would fail at once, unretried);
who waits for it waits in a queue (`store.turns`).
The master keys go with every connection, so a function of the store that has one can open what
it reads; without keys it raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from service.store.trouble import told
from service.store.turns import turns_beside
from service.vault.keyring import KeyRing
from service.workflow.errors import DatabaseTrouble, KeysMissing

__all__ = ["Connection", "Database", "Writing", "keys_of", "opened_keys"]

_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "busy_timeout": "10000",
    # what SQLite sorts aside stays in memory
    "temp_store": "MEMORY",
}
_KEYS = "letters_keys"
_OPENED = "letters_opened_keys"


@dataclass(frozen=True, slots=True)
class Writing:
    """A transaction that changes something. Only functions that take an audit event get one."""

    connection: Connection


class Database:
    """The database of the service; opened once, shared by all threads."""

    def __init__(self, url: str, *, keys: KeyRing | None = None) -> None:
        parsed = _checked(url)
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            _make_folder(Path(parsed.database).parent)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._turns = turns_beside(parsed.database) if self.is_sqlite else None
        self._engine = _engine(parsed.render_as_string(hide_password=False), self.is_sqlite)
        self.unlock(keys)

    def unlock(self, keys: KeyRing | None) -> None:
        """From now on connections carry these keys."""
        self.keys = keys
        self._read_engine = self._engine.execution_options(**{_KEYS: keys})
        self._write_engine = self._read_engine.execution_options(letters_writing=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with told(self.url), self._read_engine.begin() as connection:
            # nothing changes here, so what was opened once need not be fetched again
            connection.execution_options(**{_OPENED: {}})
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """As `reading`, and all that is read is of one moment, however long it takes."""
        with self.reading() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction that changes something: all of it or nothing."""
        turn = self._turns.taken() if self._turns else nullcontext()
        with turn, told(self.url), self._write_engine.begin() as connection:
            yield Writing(connection)

    def rewrite(self) -> None:
        """Write every table anew: nothing of earlier rows stays in the database's own files."""
        raw = self._engine.raw_connection()
        try:
            driver = raw.driver_connection
            if self.is_sqlite:
                raw.cursor().execute("VACUUM")
            elif driver is not None:
                driver.autocommit = True
                raw.cursor().execute("VACUUM FULL")
                driver.autocommit = False
        finally:
            raw.close()
        self.empty_log()

    def empty_log(self) -> None:
        """
        Leave nothing of what was overwritten in SQLite's write-ahead log.

        Elsewhere nothing is to be done here: what was erased there was sealed, and its key is gone.
        """
        if self.is_sqlite:
            raw = self._engine.raw_connection()
            try:
                # outside of any transaction, or SQLite refuses
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _checked(url: str) -> URL:
    """The address, or `DatabaseTrouble`; it may hold a password, so it is not repeated."""
    try:
        parsed = make_url(url)
        known = parsed.get_backend_name() in {"sqlite", "postgresql"}
    except SQLAlchemyError:
        known = False
    if not known:
        message = (
            "LETTERS_DATABASE is no address of a database. Write sqlite:////folder/letters.db or "
            "postgresql://user:password@host/name."
        )
        raise DatabaseTrouble(message)
    return parsed


def _make_folder(folder: Path) -> None:
    """The folder holds letters: nobody but the service's own user may look in."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        message = (
            f"{folder}: the data folder cannot be made. Make it yourself for the service's own "
            "user, or name another one with --data or LETTERS_DATA."
        )
        raise DatabaseTrouble(message) from None


def keys_of(connection: Connection) -> KeyRing:
    """The master keys that the connection carries, or `KeysMissing`."""
    keys = connection.get_execution_options().get(_KEYS)
    if not isinstance(keys, KeyRing):
        raise KeysMissing
    return keys


def opened_keys(connection: Connection) -> dict[str, Any] | None:
    """What was opened within this transaction; None where keys may change within it."""
    opened: dict[str, Any] | None = connection.get_execution_options().get(_OPENED)
    return opened


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
