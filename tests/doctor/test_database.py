"""The doctor looks at the database: it finds what was done to it, and does nothing to it."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import make_backup
from service.actions.checking import AnchorKind, anchor_audit
from service.actions.sending import pause_sending
from service.doctor.database import look_at_database
from service.doctor.report import Grade
from service.settings import MEBIBYTE, Settings
from service.store.database import Database
from service.store.figures import audit_is_guarded, database_bytes
from service.store.migrate import migrate, revision_of, revisions, unmigrate
from service.store.opening import open_database
from tests.doctor.asking import FAIL, OK, WARN, ask, ask_settings
from tests.factories import bring_in


def test_a_site_with_nothing_wrong_passes(desk: Desk, tmp_path: Path) -> None:
    """Every check of the database, with notes of the trail and a backup of today."""
    make_backup(desk, OPERATOR, folder=tmp_path / "backups", unsealed=True)
    anchor_audit(desk, AnchorKind.COMMAND)
    found = ask(desk, look_at_database, database_limit_mb=100_000)
    assert {one.grade for one in found.values()} == {OK}
    wanted = {"database", "schema", "sealing", "audit trail", "audit triggers", "clock", "backup"}
    wanted |= {"database size"}
    assert wanted <= set(found)


def test_nothing_is_made_that_is_not_there(tmp_path: Path) -> None:
    """Neither a folder, nor a database, nor a key."""
    found = ask_settings(Settings(data=tmp_path / "none"), look_at_database)
    assert found["database"].grade is WARN
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("left_mb", "grade"), [(2500, OK), (1500, WARN), (500, FAIL), (-5, FAIL)])
def test_a_database_that_may_not_grow_is_told(desk: Desk, left_mb: int, grade: Grade) -> None:
    """Before letters are refused, and when they are."""
    with desk.database.reading() as connection:
        size_mb = database_bytes(connection) // MEBIBYTE
    limits = {"database_limit_mb": size_mb + left_mb, "disk_reserve_mb": 1000}
    assert ask(desk, look_at_database, **limits)["database size"].grade is grade


def test_of_another_machine_somebody_has_to_say_how_much_room_there_is(
    desk: Desk, tmp_path: Path
) -> None:
    """An SQLite file lies where the room is looked at; so does a server in a named folder."""
    wanted = OK if desk.database.is_sqlite else WARN
    assert ask(desk, look_at_database)["database size"].grade is wanted
    found = ask(desk, look_at_database, disk_folders=(tmp_path,))
    assert found["database size"].grade is OK


def test_an_empty_database_stays_empty(database_url: str, tmp_path: Path) -> None:
    """It is the next start that makes the tables."""
    database = Database(database_url)
    with database.reading() as connection:
        assert revision_of(connection) is None
    found = ask_settings(Settings(data=tmp_path, database=database_url), look_at_database)
    assert found["schema"].grade is WARN
    with database.reading() as connection:
        assert revision_of(connection) is None
    database.close()


def test_an_older_schema_is_told_and_left(desk: Desk) -> None:
    """With both numbers' remedy: the next start, after a backup."""
    before = revisions()[-2]
    unmigrate(desk.database, target=before)
    found = ask(desk, look_at_database)
    assert found["schema"].grade is FAIL
    assert before in found["schema"].found
    with desk.database.reading() as connection:
        assert revision_of(connection) == before
    migrate(desk.database)


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    """The address may hold one."""
    url = "postgresql://letters:hunter2@127.0.0.1:1/none"
    (found,) = ask_settings(Settings(data=tmp_path, database=url), look_at_database).values()
    assert found.grade is FAIL
    assert "hunter2" not in repr(found)


def test_missing_triggers_of_the_trail_are_found(desk: Desk) -> None:
    """Dropped, or on PostgreSQL only switched off."""
    sqlite = desk.database.is_sqlite
    with desk.database.writing() as tx:
        tx.connection.execute(
            sql(
                "DROP TRIGGER audit_events_no_UPDATE"
                if sqlite
                else "ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only"
            )
        )
    assert ask(desk, look_at_database)["audit triggers"].grade is FAIL
    with desk.database.reading() as connection:
        assert not audit_is_guarded(connection)


def test_a_trail_that_was_changed_is_found(desk: Desk) -> None:
    """And the look goes on with the other checks."""
    bring_in(desk)
    with desk.database.writing() as tx:
        tx.connection.execute(sql("UPDATE audit_head SET seq = seq - 1"))
    found = ask(desk, look_at_database)
    assert found["audit trail"].grade is FAIL
    assert found["audit triggers"].grade is OK


def test_keys_of_another_database_are_found(desk: Desk, tmp_path: Path) -> None:
    """Its letters could not be read."""
    other = Settings(data=tmp_path / "other", database=f"sqlite:///{tmp_path / 'other.db'}")
    open_database(other).close()
    letters, identity = other.key_files
    found = ask(desk, look_at_database, key_file=letters, identity_key_file=identity)
    assert found["sealing"].grade is FAIL
    assert "audit trail" not in found


@pytest.mark.parametrize(("days", "grade"), [(1, OK), (3, WARN)])
def test_the_age_of_the_backup_is_told(
    desk: Desk, tmp_path: Path, days: int, grade: object
) -> None:
    """An old one means that a timer has stopped; none at all is told too."""
    assert ask(desk, look_at_database)["backup"].grade is WARN
    then = datetime.now(tz=UTC) - timedelta(days=days)
    make_backup(
        replace(desk, clock=lambda: then), OPERATOR, folder=tmp_path / "backups", unsealed=True
    )
    assert ask(desk, look_at_database)["backup"].grade is grade


def test_letters_that_wait_for_a_worker_that_there_is_not_are_told(desk: Desk) -> None:
    """Their count, not their ids."""
    letter_id = bring_in(desk)
    found = ask(desk, look_at_database)["workers"]
    assert found.grade is WARN
    assert "1 letters wait" in found.found
    assert letter_id not in repr(found)


def test_stopped_sending_is_told(desk: Desk) -> None:
    """With the reason."""
    pause_sending(desk, OPERATOR)
    found = ask(desk, look_at_database)["sending"]
    assert found.grade is WARN
    assert "asked" in found.found


def test_a_clock_that_went_back_is_found(desk: Desk) -> None:
    """On SQLite by the trail; PostgreSQL is asked for its own time."""
    ahead = datetime.now(tz=UTC) + timedelta(days=3)
    bring_in(replace(desk, clock=lambda: ahead))
    found = ask(desk, look_at_database)["clock"]
    assert found.grade is (WARN if desk.database.is_sqlite else OK)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_of_another_user_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening it would leave files beside it that its owner cannot write."""
    desk.database.close()
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    (found,) = ask(desk, look_at_database).values()
    assert found.grade is FAIL
    assert "another user" in found.found
