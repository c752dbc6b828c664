"""
Copies of the database by its own means: SQLite's backup interface, `pg_dump` and `pg_restore`.

Contract: a copy is of one moment and complete but for the data keys, which are copied apart
(`store.key_copies`); copying SQLite's file while it is used is not (what is still in its
write-ahead log would be missing). What is sealed stays sealed in the copy.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.engine import URL, make_url

from service.store.database import Database
from service.store.schema import data_keys
from service.workflow.errors import BadRequest, CopyFailed

_WITHIN_S = 24 * 3600
_LATER = data_keys.c.generation > 1


def copy_out(database: Database, target: Path) -> dict[str, int]:
    """
    Write a copy of the database without its data keys to a file that is not there yet.

    Returns the generation of each key that the copy was sealed with, by its owner, where it is not
    the first one.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if database.is_sqlite:
        with closing(sqlite3.connect(_sqlite_file(database.url))) as source:
            _copy_sqlite(source, target)
        return _take_keys_out(target)
    with database.snapshot() as connection:
        # what is dumped and what is read here are of the same moment
        moment = connection.execute(select(func.pg_export_snapshot())).scalar_one()
        found = connection.execute(select(data_keys.c.owner, data_keys.c.generation).where(_LATER))
        generations = {one.owner: one.generation for one in found}
        _run(
            database.url,
            *("pg_dump", "--format=custom", f"--file={target}", f"--snapshot={moment}"),
            f"--exclude-table-data=*.{data_keys.name}",
        )
    return generations


def copy_in_sqlite(source: Path, target: Path) -> None:
    """Bring a copy to a new SQLite file, and check that it is whole."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as opened:
        _copy_sqlite(opened, target)
    with closing(sqlite3.connect(target)) as restored:
        answer = restored.execute("PRAGMA integrity_check").fetchone()
    if answer != ("ok",):
        message = "The copy is damaged: SQLite's integrity check fails. Take another one."
        raise CopyFailed(message)


def copy_in_postgresql(source: Path, url: str) -> None:
    """Bring a copy to PostgreSQL, in one transaction; what is there is replaced."""
    _run(
        make_url(url),
        *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges"),
        *("--exit-on-error", "--single-transaction"),
        str(source),
    )


def is_empty(database: Database) -> bool:
    """True when there is no table at all."""
    with database.reading() as connection:
        return not inspect(connection).get_table_names()


def drop_everything(database: Database) -> None:
    """Take every table out of a database in which a backup was tried out."""
    with database.writing() as tx:
        there = MetaData()
        there.reflect(tx.connection)
        there.drop_all(tx.connection)


def _copy_sqlite(source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    with target.open("rb") as stream:
        os.fsync(stream.fileno())


def _take_keys_out(target: Path) -> dict[str, int]:
    with closing(sqlite3.connect(target)) as copy:
        # no journal with the rows in it, and zeros where they stood
        copy.execute("PRAGMA journal_mode = MEMORY").fetchall()
        copy.execute("PRAGMA secure_delete = ON").fetchall()
        found = copy.execute("SELECT owner, generation FROM data_keys WHERE generation > 1")
        generations = dict(found.fetchall())
        with copy:
            copy.execute("DELETE FROM data_keys")
    with target.open("rb") as stream:
        os.fsync(stream.fileno())
    return generations


def _sqlite_file(url: URL) -> str:
    if not url.database:
        message = "A database in memory cannot be copied."
        raise BadRequest(message)
    return url.database


def _run(url: URL, tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        message = f"{tool} is not installed. It comes with PostgreSQL's client programs."
        raise CopyFailed(message)
    # the password goes by the environment: arguments can be seen by everybody on the machine
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    target = url.set(drivername="postgresql", password=None).render_as_string()
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            [found, f"--dbname={target}", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_WITHIN_S,
        )
    except (OSError, subprocess.SubprocessError):
        # "from None": what the tool says may quote rows
        message = f"{tool} failed. See the log of the database server; nothing was replaced."
        raise CopyFailed(message) from None
