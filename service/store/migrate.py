"""Brings a database to the current schema; the service does it at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from service.store.database import Connection, Database
from service.workflow.errors import DatabaseTrouble

_FOLDER = Path(__file__).parent / "migrations"
#: The number under which PostgreSQL keeps our lock.
_MIGRATING = 5_374_921


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def migrate(database: Database, *, target: str = "head") -> None:
    """Upgrade to `target`; nothing happens when the database is there already."""
    config = _config()
    with database.writing() as tx:
        if not database.is_sqlite:
            # several processes may start at once; SQLite lets one write at a time anyway
            tx.connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        found = revision_of(tx.connection)
        if found is not None and found not in revisions():
            message = (
                f"The database has the schema {found}, which this version does not know: a newer "
                "one has written it. Start that version again, or restore the backup that was made "
                "before the upgrade. Nothing was changed."
            )
            raise DatabaseTrouble(message)
        config.attributes["connection"] = tx.connection
        command.upgrade(config, target)


def unmigrate(database: Database, *, target: str = "base") -> None:
    """Take migrations back down to `target`."""
    config = _config()
    with database.writing() as tx:
        config.attributes["connection"] = tx.connection
        command.downgrade(config, target)


def is_current(database: Database) -> bool:
    """True when the database has the schema of this code."""
    with database.reading() as connection:
        return revision_of(connection) == revisions()[-1]


def revision_of(connection: Connection) -> str | None:
    """The schema that a database has; None for one without any."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> tuple[str, ...]:
    """Every schema there ever was, the first one first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(reversed([one.revision for one in script.walk_revisions()]))
