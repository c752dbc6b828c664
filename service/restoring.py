"""
Restores a backup, with no service running: the order of the steps is the point.

Contract: the keys and the backup are checked before anything is touched. On SQLite the copy is
made safe in a file beside the database and takes its place when it is ready; the former one is set
aside, never deleted. On PostgreSQL the copy comes in with one transaction.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service.actions.access import OPERATOR
from service.actions.backup import Restored, check_backup, settle_restored
from service.actions.desk import Desk
from service.settings import Settings
from service.store.copying import copy_in_postgresql, copy_in_sqlite, is_empty
from service.store.database import Database
from service.store.opening import read_keys
from service.workflow.errors import BadRequest

OpenSettings = Callable[[Settings], Desk]


def restore(
    settings: Settings, folder: Path, *, replace: bool, open_desk: OpenSettings
) -> Restored:
    """Bring the backup in this folder to the database of the settings."""
    keys = read_keys(settings)
    database = Database(settings.database_url)
    try:
        engine = "sqlite" if database.is_sqlite else "postgresql"
        source = check_backup(keys, folder, engine=engine)
        if not replace and not is_empty(database):
            message = (
                "There is a database already. Stop every service on it, and say --replace if the "
                "backup shall take its place."
            )
            raise BadRequest(message)
        file = database.url.database or ""
    finally:
        database.close()
    if engine == "sqlite":
        return _restore_file(settings, source, Path(file), open_desk)
    copy_in_postgresql(source, settings.database_url)
    return _settle(settings, open_desk)


def _restore_file(
    settings: Settings, source: Path, file: Path, open_desk: OpenSettings
) -> Restored:
    beside = file.with_name(f"{file.name}.restoring")
    for left in _files(beside):
        left.unlink(missing_ok=True)
    copy_in_sqlite(source, beside)
    settled = _settle(settings.model_copy(update={"database": f"sqlite:///{beside}"}), open_desk)
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    for there in _files(file):
        if there.exists():
            there.rename(there.with_name(f"before-{stamp}-{there.name}"))
    beside.rename(file)
    return settled


def _settle(settings: Settings, open_desk: OpenSettings) -> Restored:
    desk = open_desk(settings)
    try:
        settled = settle_restored(desk, OPERATOR)
        desk.database.empty_log()
    finally:
        desk.database.close()
    return settled


def _files(database: Path) -> tuple[Path, ...]:
    """The file of a database and what SQLite keeps beside it."""
    return tuple(database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm"))
