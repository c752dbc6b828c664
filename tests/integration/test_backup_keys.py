"""A backup has no data keys: what was erased since stays unreadable, restored or not."""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy import update as sql_update

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import MadeBackup, Restored, make_backup
from service.actions.checking import verify_trail
from service.actions.erasing import (
    erase_case,
    erase_due,
    erase_letter,
    erased_file,
    hold_case,
    stop_holding_case,
)
from service.actions.master_keys import rotate_master_keys
from service.restoring import Source, restore
from service.store.cases import find_case
from service.store.database import Database
from service.store.key_copies import lost
from service.store.letters import find_content, find_letter, find_letters
from service.store.opening import open_database, read_keys
from service.store.schema import data_keys
from service.vault.keyring import Purpose
from service.workflow.errors import CopyFailed, Erased, KeysMissing, NotFound
from service.workflow.states import LetterState
from tests.factories import LETTER, add, approved, bring_in, clock_of, make_desk, work_all

MARK = "Quincampoix"


def backed_up(desk: Desk, tmp_path: Path) -> MadeBackup:
    """A backup a minute later, with the copy of its keys."""
    clock_of(desk).forward(minutes=1)
    return make_backup(desk, OPERATOR, folder=tmp_path / "backups", unsealed=True)


def sent(desk: Desk, name: str = "Anna Proof") -> str:
    """A letter that was sent; its id."""
    letter_id = approved(desk, add(desk, name), f"{MARK} {LETTER}")
    work_all(desk)
    return letter_id


def restored(desk: Desk, backup: MadeBackup, *, key_copy: Path | None = None) -> Restored:
    """Restore over the desk's own database."""
    desk.database.close()
    return restore(
        desk.settings,
        Source(folder=backup.folder, key_copy=key_copy),
        replace=True,
        open_desk=lambda one: Desk(
            database=open_database(one),
            pipeline=desk.pipeline,
            way_out=desk.way_out,
            settings=one,
            clock=desk.clock,
        ),
    )


@contextmanager
def opened(desk: Desk) -> Iterator[Database]:
    """The database as it is now."""
    with closing(open_database(desk.settings)) as database:
        yield database


def wrapped_keys(desk: Desk) -> list[bytes]:
    """Every wrapped key in the database."""
    with desk.database.reading() as connection:
        found = connection.execute(select(data_keys.c.wrapped)).scalars()
        return [one.data for one in found if one is not None]


def test_a_letter_erased_since_a_backup_cannot_be_read_out_of_it(
    desk: Desk, tmp_path: Path
) -> None:
    """A week later, with all master keys, and without the note that it was erased."""
    kept, letter_id = sent(desk), sent(desk, "Bea Proof")
    old = backed_up(desk, tmp_path)
    clock_of(desk).forward(days=7)
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    backed_up(desk, tmp_path)
    erased_file(desk).unlink()
    assert restored(desk, old).erased_again == 1
    with opened(desk) as database, database.reading() as connection:
        assert find_letter(connection, letter_id).erased == "everything"
        with pytest.raises(Erased):
            find_content(connection, letter_id)
        assert MARK in (find_content(connection, kept).text or "")


def test_with_the_copy_of_keys_from_its_own_time_everything_is_back(
    desk: Desk, tmp_path: Path
) -> None:
    """Which is why those copies go after some days; the note outside still erases it again."""
    letter_id = sent(desk)
    old = backed_up(desk, tmp_path)
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    erased_file(desk).unlink()
    assert restored(desk, old, key_copy=old.key_copy).erased_again == 0
    with opened(desk) as database, database.reading() as connection:
        assert MARK in (find_content(connection, letter_id).text or "")


def test_a_letter_whose_original_was_erased_since_is_erased_as_a_whole(
    desk: Desk, tmp_path: Path
) -> None:
    """Its key was replaced: the younger one opens nothing in the older copy, and lists go on."""
    letter_id = sent(desk)
    old = backed_up(desk, tmp_path)
    clock_of(desk).forward(days=91)
    assert erase_due(desk).count == 1
    with desk.database.reading() as connection:
        assert find_content(connection, letter_id).content == b""
    backed_up(desk, tmp_path)
    assert restored(desk, old).erased_again >= 1
    with opened(desk) as database, database.reading() as connection:
        (listed,) = find_letters(connection, states=frozenset({LetterState.DISPATCHED}))
        assert (listed.letter_id, listed.erased) == (letter_id, "everything")
        assert not lost(connection).letters


@pytest.mark.parametrize("held", [False, True])
def test_a_case_erased_since_is_out_of_the_register(
    desk: Desk, tmp_path: Path, *, held: bool
) -> None:
    """Also when it was held at the time of the backup and the hold was lifted later."""
    sent(desk)
    if held:
        hold_case(desk, OPERATOR, case_id="C-1")
    old = backed_up(desk, tmp_path)
    if held:
        stop_holding_case(desk, OPERATOR, case_id="C-1")
    erase_case(desk, OPERATOR, case_id="C-1")
    backed_up(desk, tmp_path)
    restored(desk, old)
    with opened(desk) as database, database.reading() as connection:
        with pytest.raises(NotFound):
            find_case(connection, "C-1")
        assert find_case(connection, "C-2").case_id == "C-2"


def test_letters_that_came_after_a_backup_leave_no_key_behind(desk: Desk, tmp_path: Path) -> None:
    """Nobody would ever erase it."""
    first = bring_in(desk)
    old = backed_up(desk, tmp_path)
    later = bring_in(desk)
    backed_up(desk, tmp_path)
    restored(desk, old)
    with opened(desk) as database, database.reading() as connection:
        owners = set(connection.execute(select(data_keys.c.owner)).scalars())
        assert find_content(connection, first).text
    assert f"letter/{first}" in owners
    assert f"letter/{later}" not in owners


def test_the_copy_of_the_database_holds_no_data_key(desk: Desk, tmp_path: Path) -> None:
    """Not in its rows, and not in the bytes where rows stood."""
    for _ in range(40):
        bring_in(desk)
    keys = wrapped_keys(desk)
    backup = backed_up(desk, tmp_path)
    content = (backup.folder / "database").read_bytes()
    assert len(keys) > 40
    assert not [one for one in keys if one in content or one.hex().encode() in content]
    copied = backup.key_copy.read_text()
    assert all(base64.b64encode(one).decode() in copied for one in keys)
    assert not list(desk.settings.data_folder.glob("backup-*"))


def test_a_copy_without_its_keys_is_refused_at_the_start(desk: Desk, tmp_path: Path) -> None:
    """Put in place by hand, or left by a restore that was cut off: no new keys for old cases."""
    bring_in(desk)
    with desk.database.writing() as tx:
        tx.connection.execute(data_keys.delete())
    with pytest.raises(KeysMissing, match="restore"):
        open_database(desk.settings)


def test_a_copy_of_keys_that_is_older_than_the_backup_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    """Letters that came in between would be lost."""
    first = backed_up(desk, tmp_path)
    letter_id = bring_in(desk)
    second = backed_up(desk, tmp_path)
    with pytest.raises(CopyFailed, match="older than the backup"):
        restored(desk, second, key_copy=first.key_copy)
    with opened(desk) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


@pytest.mark.parametrize("damage", ["a key", "signature", "not JSON", "missing"])
def test_a_copy_of_keys_that_was_changed_is_refused(
    desk: Desk, tmp_path: Path, damage: str
) -> None:
    """Before anything is touched."""
    letter_id = bring_in(desk)
    backup = backed_up(desk, tmp_path)
    told = json.loads(backup.key_copy.read_text())
    if damage == "a key":
        told["keys"][0]["generation"] += 1
    told["signature"] = "0" * 64 if damage == "signature" else told["signature"]
    backup.key_copy.write_text("?" if damage == "not JSON" else json.dumps(told))
    if damage == "missing":
        backup.key_copy.unlink()
    with pytest.raises(CopyFailed):
        restored(desk, backup)
    with opened(desk) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


def test_old_copies_of_keys_go_and_the_newest_stays(desk: Desk, tmp_path: Path) -> None:
    """However old it is; other files are left alone."""
    first = backed_up(desk, tmp_path)
    other = first.key_copy.with_name("keys-of-the-house.json")
    other.write_text("not ours")
    clock_of(desk).forward(days=6)
    second = backed_up(desk, tmp_path)
    assert first.key_copy.exists()
    clock_of(desk).forward(days=2)
    third = backed_up(desk, tmp_path)
    assert not first.key_copy.exists()
    clock_of(desk).forward(days=100)
    fourth = backed_up(desk, tmp_path)
    there = {path.name for path in fourth.key_copy.parent.iterdir()}
    assert there == {fourth.key_copy.name, other.name}
    assert not second.key_copy.exists()
    assert not third.key_copy.exists()
    assert all(one.folder.exists() for one in (first, second, third, fourth))


def test_no_copy_of_keys_goes_while_a_key_is_lost(desk: Desk, tmp_path: Path) -> None:
    """An older copy may be the only place where it is."""
    letter_id = bring_in(desk)
    first = backed_up(desk, tmp_path)
    with desk.database.writing() as tx:
        owner = data_keys.c.owner == f"letter/{letter_id}"
        tx.connection.execute(sql_update(data_keys).where(owner).values(wrapped=None))
    clock_of(desk).forward(days=30)
    second = backed_up(desk, tmp_path)
    assert second.lost == 1
    assert first.key_copy.exists()


def test_master_keys_changed_since_open_an_older_backup(desk: Desk, tmp_path: Path) -> None:
    """The copy of the keys is wrapped as it was; the old master key has to be in its file."""
    letter_id = bring_in(desk)
    old = backed_up(desk, tmp_path)
    rotate_master_keys(desk, OPERATOR)
    backed_up(desk, tmp_path)
    restored(desk, old)
    with opened(desk) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


def test_a_workshop_that_a_kill_left_behind_is_cleared_a_day_later(
    desk: Desk, tmp_path: Path
) -> None:
    """It holds keys of what may have to be erased."""
    left = desk.settings.data_folder / "backup-left"
    left.mkdir()
    (left / "keys-x.json").write_text("{}")
    backed_up(desk, tmp_path)
    assert left.exists()
    day_ago = left.stat().st_mtime - timedelta(days=2).total_seconds()
    os.utime(left, (day_ago, day_ago))
    backed_up(desk, tmp_path)
    assert not left.exists()


def test_a_backup_of_an_earlier_version_is_restored_as_before(tmp_path: Path) -> None:
    """Its copy of the database has the keys; whoever upgrades loses no backup."""
    desk = make_desk(tmp_path / "data")
    letter_id = bring_in(desk)
    backup = backed_up(desk, tmp_path)
    copy, listed = backup.folder / "database", backup.folder / "manifest.json"
    copy.unlink()
    with (
        closing(sqlite3.connect(desk.settings.data_folder / "letters.db")) as source,
        closing(sqlite3.connect(copy)) as whole,
    ):
        source.backup(whole)
    manifest = json.loads(listed.read_text())
    manifest = {k: v for k, v in manifest.items() if k not in {"signature", "keys_apart"}}
    manifest["sha256"] = hashlib.sha256(copy.read_bytes()).hexdigest()
    key = read_keys(desk.settings).newest(Purpose.AUDIT)
    signature = key.sign("backup", json.dumps(manifest, sort_keys=True))
    listed.write_text(json.dumps({**manifest, "signature": signature}))
    shutil.rmtree(backup.key_copy.parent)
    assert restored(desk, backup).letters == 1
    with opened(desk) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


def test_the_trail_holds_after_what_could_not_be_opened_was_erased(
    desk: Desk, tmp_path: Path
) -> None:
    """And says so for each letter."""
    letter_id = sent(desk)
    old = backed_up(desk, tmp_path)
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    backed_up(desk, tmp_path)
    restored(desk, old)
    with opened(desk) as database:
        verify_trail(
            Desk(
                database=database,
                pipeline=desk.pipeline,
                way_out=desk.way_out,
                settings=desk.settings,
                clock=desk.clock,
            )
        )
