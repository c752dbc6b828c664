"""
Restores a backup, with no service running, or tries one out: the order of the steps is the point.

Contract: the keys and the backup are checked before anything is touched. On SQLite the copy is
made safe in a file beside the database and takes its place when it is ready; the former one is set
aside, never deleted. On PostgreSQL the copy comes in with one transaction, and until its data keys
are in as well no service starts on it. A trial touches neither the database nor the notes outside.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.actions.backup import (
    CheckedBackup,
    Restored,
    check_backup,
    settle_restored,
    workshop,
)
from service.actions.checking import verify_trail
from service.actions.desk import Desk
from service.operators import operator
from service.settings import Settings
from service.store.cases import find_case
from service.store.copying import copy_in_postgresql, copy_in_sqlite, drop_everything, is_empty
from service.store.database import Connection, Database
from service.store.key_copies import bring_in_keys
from service.store.letters import find_content
from service.store.opening import read_keys
from service.store.reconciling import find_mismatches, some_cases, some_letters
from service.vault.keyring import KeyRing
from service.workflow.errors import BadRequest, CopyFailed

OpenSettings = Callable[[Settings], Desk]

#: So many letters, and as many cases, are opened when a backup is tried out.
_SAMPLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a backup is, where its data keys are, and the private key when it is sealed."""

    folder: Path
    key_copy: Path | None = None
    identity: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a trial found."""

    letters: int
    opened: int
    """Letters and cases that were opened: a sample."""
    seconds: float
    """From the backup to a database that could be opened (recovery time)."""
    age: timedelta
    """What came in since the backup would be lost (recovery point)."""


def restore(
    settings: Settings, source: Source, *, replace: bool, open_desk: OpenSettings
) -> Restored:
    """Bring a backup to the database of the settings."""
    keys = read_keys(settings)
    with workshop(settings) as shop:
        engine = _engine(settings)
        checked = _checked(keys, source, shop, engine)
        database = Database(settings.database_url)
        try:
            if not replace and not is_empty(database):
                message = (
                    "There is a database already. Stop every service on it, and say --replace if "
                    "the backup shall take its place."
                )
                raise BadRequest(message)
            file = database.url.database or ""
        finally:
            database.close()
        if engine == "sqlite":
            return _restore_file(settings, checked, keys, Path(file), open_desk)
        copy_in_postgresql(checked.database, settings.database_url)
        _bring_in(settings, checked, keys)
        return _settle(settings, open_desk)


def try_out(settings: Settings, source: Source, *, open_desk: OpenSettings) -> Tried:
    """
    Restore a backup to a place of its own and look whether it is whole; `CopyFailed` if not.

    Its trail has to hold and to fit the notes outside, letters, events and dispatches have to
    agree, and a sample of the letters has to open. On PostgreSQL the settings name a database for
    it, which is empty before and afterwards.
    """
    began = time.monotonic()
    keys = read_keys(settings)
    with workshop(settings) as shop:
        checked = _checked(keys, source, shop, _engine(settings))
        there = _trial_settings(settings, shop)
        if there.database is not None:
            _check_empty(there.database)
        try:
            return _tried(there, checked, keys, open_desk, began)
        finally:
            if there.database is not None:
                _empty(there.database)


def _tried(
    settings: Settings,
    checked: CheckedBackup,
    keys: KeyRing,
    open_desk: OpenSettings,
    began: float,
) -> Tried:
    if settings.database is None:
        copy_in_sqlite(checked.database, settings.data_folder / "letters.db")
    else:
        copy_in_postgresql(checked.database, settings.database)
    _bring_in(settings, checked, keys)
    settled = _settle(settings, open_desk)
    desk = open_desk(settings)
    try:
        verify_trail(desk)
        with desk.database.snapshot() as connection:
            wrong = find_mismatches(connection)
            opened = _opened(connection)
    finally:
        desk.database.close()
    if wrong:
        message = f"In the restored database {sum(wrong.values())} rows do not agree: {min(wrong)}."
        raise CopyFailed(message)
    return Tried(
        letters=settled.letters,
        opened=opened,
        seconds=time.monotonic() - began,
        age=datetime.now(tz=UTC) - checked.made_at,
    )


def _opened(connection: Connection) -> int:
    """How many letters and cases were opened; one that does not open raises."""
    letters, cases = some_letters(connection, _SAMPLE), some_cases(connection, _SAMPLE)
    for letter_id in letters:
        find_content(connection, letter_id)
    for case_id in cases:
        find_case(connection, case_id)
    return len(letters) + len(cases)


def _trial_settings(settings: Settings, shop: Path) -> Settings:
    """Settings of a place of its own; the notes outside are copied there."""
    place = shop / "trial"
    place.mkdir(mode=0o700)
    anchors = place / "anchors"
    if settings.anchor_folder_path.is_dir():
        shutil.copytree(settings.anchor_folder_path, anchors)
    letters, identity = settings.key_files
    changes = {
        "data": place,
        "database": None if _engine(settings) == "sqlite" else settings.drill_database,
        "anchor_folder": anchors,
        "outbox": place / "outbox",
        "key_file": letters,
        "identity_key_file": identity,
    }
    if _engine(settings) != "sqlite" and settings.drill_database is None:
        message = (
            "No database is named to try backups out in: set LETTERS_DRILL_DATABASE to an empty "
            "one (docs/operate/backup.md)."
        )
        raise CopyFailed(message)
    return settings.model_copy(update=changes)


def _check_empty(url: str) -> None:
    database = Database(url)
    try:
        if not is_empty(database):
            message = "LETTERS_DRILL_DATABASE is not empty: nothing was tried out in it."
            raise CopyFailed(message)
    finally:
        database.close()


def _empty(url: str) -> None:
    database = Database(url)
    try:
        drop_everything(database)
    finally:
        database.close()


def _engine(settings: Settings) -> str:
    return "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"


def _checked(keys: KeyRing, source: Source, shop: Path, engine: str) -> CheckedBackup:
    return check_backup(
        keys,
        source.folder,
        shop,
        engine=engine,
        key_copy=source.key_copy,
        identity=source.identity,
    )


def _bring_in(settings: Settings, checked: CheckedBackup, keys: KeyRing) -> None:
    """The data keys, before anything opens the database: nothing starts on one without."""
    if checked.keys is None:
        return
    database = Database(settings.database_url, keys=keys)
    try:
        with database.writing() as tx:
            at = datetime.now(tz=UTC)
            bring_in_keys(tx, checked.keys, checked.generations, at)
    except ValueError:
        message = "The copy of the data keys cannot be read."
        raise CopyFailed(message) from None
    finally:
        database.close()


def _restore_file(
    settings: Settings, checked: CheckedBackup, keys: KeyRing, file: Path, open_desk: OpenSettings
) -> Restored:
    beside = file.with_name(f"{file.name}.restoring")
    for left in _files(beside):
        left.unlink(missing_ok=True)
    copy_in_sqlite(checked.database, beside)
    there = settings.model_copy(update={"database": f"sqlite:///{beside}"})
    _bring_in(there, checked, keys)
    settled = _settle(there, open_desk)
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    for found in _files(file):
        if found.exists():
            found.rename(found.with_name(f"before-{stamp}-{found.name}"))
    beside.rename(file)
    return settled


def _settle(settings: Settings, open_desk: OpenSettings) -> Restored:
    desk = open_desk(settings)
    try:
        settled = settle_restored(desk, operator(settings))
        desk.database.empty_log()
    finally:
        desk.database.close()
    return settled


def _files(database: Path) -> tuple[Path, ...]:
    """The file of a database and what SQLite keeps beside it."""
    return tuple(database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm"))
