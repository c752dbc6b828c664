"""
Opens the database with its keys: the one way in for the service and for every command.

Contract: keys are made for a database that holds nothing sealed yet, and never again: later a
missing, open or wrong key refuses the start with the remedy. Nothing falls back to plaintext.
"""

from datetime import UTC, datetime

from sqlalchemy import func, inspect, select

from service.settings import Settings
from service.store.copying import is_empty
from service.store.database import Database
from service.store.datakeys import check_master_keys, note_master_keys
from service.store.key_copies import check_keys_are_there
from service.store.migrate import migrate
from service.store.schema import master_keys
from service.vault.keyfile import keys_of_command, make_key_file, read_key_file
from service.vault.keyring import IDENTITY_PURPOSES, LETTER_PURPOSES, KeyRing, MasterKey


def open_database(settings: Settings) -> Database:
    """The database of the settings, with its keys and the current schema."""
    database = Database(settings.database_url)
    try:
        was_plain = unlock(database, settings) and not is_empty(database)
        migrate(database)
        if was_plain:
            # what was sealed just now still stands readable in freed pages
            database.rewrite()
        with database.writing() as tx:
            note_master_keys(tx, datetime.now(tz=UTC))
    except BaseException:
        database.close()
        raise
    return database


def unlock(database: Database, settings: Settings) -> bool:
    """
    Give the database its keys and check that they are the right ones; `KeyTrouble` if not.

    Returns True when it is the first time that this database gets any.
    """
    used_before = _holds_keys(database)
    if not used_before and settings.key_command is None:
        _make_missing(settings)
    database.unlock(read_keys(settings))
    if used_before:
        with database.reading() as connection:
            check_master_keys(connection)
            check_keys_are_there(connection)
    return not used_before


def read_keys(settings: Settings) -> KeyRing:
    """The keys of the settings, as they are there now; none is made. `KeyTrouble` if not."""
    return KeyRing(_read(settings), again=lambda: _read(settings))


def _read(settings: Settings) -> tuple[MasterKey, ...]:
    if settings.key_command is not None:
        return keys_of_command(settings.key_command)
    letters, identity = settings.key_files
    return read_key_file(letters) + (read_key_file(identity) if identity != letters else ())


def _make_missing(settings: Settings) -> None:
    """Keys for a database without any. A file that is there already is used as it is."""
    today = datetime.now(tz=UTC).date()
    letters, identity = settings.key_files
    wanted = {letters: LETTER_PURPOSES, identity: IDENTITY_PURPOSES}
    if letters == identity:
        wanted = {letters: LETTER_PURPOSES + IDENTITY_PURPOSES}
    for path, purposes in wanted.items():
        try:
            make_key_file(path, purposes, today=today)
        except FileExistsError:
            # it is there already, or another process was faster
            continue


def _holds_keys(database: Database) -> bool:
    """True once a database was written with keys."""
    with database.reading() as connection:
        if not inspect(connection).has_table(master_keys.name):
            return False
        return bool(connection.execute(select(func.count()).select_from(master_keys)).scalar_one())
