"""Whether a database takes what is written to it is asked of the database itself."""

import pytest
from sqlalchemy import text as sql

from service.actions import Desk
from service.store.figures import is_writable


def test_a_database_that_can_be_written_says_so(desk: Desk) -> None:
    """On both engines, within the transaction that asks."""
    with desk.database.reading() as connection:
        assert is_writable(connection)


def test_a_database_that_can_only_be_read_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PostgreSQL that follows another one, a file that belongs to somebody else."""
    # root of a test may write every file
    monkeypatch.setattr("service.store.figures.os.access", lambda *_: False)
    with desk.database.reading() as connection:
        if not desk.database.is_sqlite:
            connection.execute(sql("SET TRANSACTION READ ONLY"))
        assert not is_writable(connection)
