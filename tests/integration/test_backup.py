"""A backup is whole, is recognised, and once restored sends nothing by itself."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import Restored, make_backup
from service.actions.checking import AnchorKind, anchor_audit, verify_trail
from service.actions.erasing import erase_letter
from service.actions.sending import resume_sending, sending_pause
from service.cli import app
from service.restoring import Source, restore
from service.settings import Settings
from service.store.database import Database
from service.store.letters import count_by_state, find_content, find_letter
from service.store.opening import open_database
from service.workflow.errors import AuditBroken, BadRequest, CopyFailed, KeyTrouble, NotFound
from service.workflow.states import LetterState
from service.workflow.switches import PauseReason
from tests.factories import LETTER, add, approved, bring_in, clock_of, make_desk, state_of, work_all

MARK = "Quincampoix"


def reopened(desk: Desk, settings: Settings) -> Desk:
    """The same desk on the database of these settings."""
    return Desk(
        database=open_database(settings),
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=settings,
        clock=desk.clock,
    )


def restored(desk: Desk, folder: Path, *, replace: bool = True) -> Restored:
    """Restore over the desk's own database."""
    desk.database.close()
    return restore(
        desk.settings,
        Source(folder=folder),
        replace=replace,
        open_desk=lambda one: reopened(desk, one),
    )


def backed_up(desk: Desk, folder: Path) -> Path:
    """A backup that anybody can open; its folder."""
    return make_backup(desk, OPERATOR, folder=folder, unsealed=True).folder


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Path:
    """A backup with a letter that is about to leave and one that just came in."""
    approved(desk, add(desk, "Anna Proof"), f"{MARK} {LETTER}")
    bring_in(desk)
    return backed_up(desk, tmp_path / "backups")


def test_a_restored_database_sends_nothing_by_itself(desk: Desk, folder: Path) -> None:
    """What was about to leave may have left since: a person asks the recipient first."""
    work_all(desk)
    left = {path.name for path in (desk.settings.outbox_folder / "CL-1").iterdir()}
    assert len(left) == 1
    shutil.rmtree(desk.settings.outbox_folder)
    told = restored(desk, folder)
    assert (told.letters, told.held) == (2, 1)
    with closing(reopened(desk, desk.settings).database) as database:
        again = Desk(
            database=database,
            pipeline=desk.pipeline,
            way_out=desk.way_out,
            settings=desk.settings,
            clock=desk.clock,
        )
        pause = sending_pause(again)
        assert pause is not None
        assert pause.reason is PauseReason.RESTORED
        clock_of(again).forward(days=3)
        work_all(again)
        resume_sending(again, OPERATOR)
        work_all(again)
        assert not desk.settings.outbox_folder.exists()
        with database.reading() as connection:
            states = count_by_state(connection)
        assert states[LetterState.DISPATCH_FAILED] == 1
        assert LetterState.APPROVED not in states


def test_a_restored_database_has_every_letter_and_a_trail_that_goes_on(
    desk: Desk, folder: Path
) -> None:
    """Letters that came after the backup are gone, and the trail says that it was restored."""
    later = bring_in(desk)
    anchor_audit(desk, AnchorKind.COMMAND)
    restored(desk, folder)
    again = reopened(desk, desk.settings)
    found = verify_trail(again)
    assert found.anchors >= 1
    anchor_audit(again, AnchorKind.START)
    with again.database.reading() as connection, pytest.raises(NotFound):
        find_letter(connection, later)
    bring_in(again)
    anchor_audit(again, AnchorKind.INTERVAL)
    assert verify_trail(again).seq > found.seq
    again.database.close()


def test_what_was_erased_stays_erased_after_a_restore(desk: Desk, tmp_path: Path) -> None:
    """Before anybody can see it."""
    letter_id = approved(desk, add(desk, "Anna Proof"), f"{MARK} {LETTER}")
    work_all(desk)
    folder = backed_up(desk, tmp_path / "backups")
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    assert restored(desk, folder).erased_again == 1
    again = reopened(desk, desk.settings)
    assert state_of_row(again, letter_id) == "everything"
    with again.database.reading() as connection, pytest.raises(NotFound):
        find_content(connection, letter_id)
    again.database.close()


def state_of_row(desk: Desk, letter_id: str) -> str | None:
    """How far it was erased."""
    with desk.database.reading() as connection:
        return find_letter(connection, letter_id).erased


def test_an_older_database_put_in_place_by_hand_is_noticed(tmp_path: Path) -> None:
    """The notes outside are newer than its trail: nothing is sent."""
    desk = make_desk(tmp_path)
    with (
        closing(sqlite3.connect(tmp_path / "letters.db")) as source,
        closing(sqlite3.connect(tmp_path / "older.db")) as older,
    ):
        source.backup(older)
    bring_in(desk)
    anchor_audit(desk, AnchorKind.COMMAND)
    desk.database.close()
    for path in tmp_path.glob("letters.db*"):
        path.unlink()
    (tmp_path / "older.db").rename(tmp_path / "letters.db")
    again = reopened(desk, desk.settings)
    with pytest.raises(AuditBroken, match="cut off or replaced"):
        anchor_audit(again, AnchorKind.START)
    pause = sending_pause(again)
    assert pause is not None
    again.database.close()


def test_a_backup_holds_no_plaintext_and_no_key(desk: Desk, folder: Path) -> None:
    """Whoever finds it needs the key files."""
    keys = [path.read_text() for path in desk.settings.key_files]
    secrets = [line.split()[2] for text in keys for line in text.splitlines() if line[0] != "#"]
    for path in folder.iterdir():
        content = path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        assert not [one for one in (MARK, "Anna Schmidt", *secrets) if one.encode() in content]


@pytest.mark.parametrize("damage", ["database", "manifest", "signature", "missing"])
def test_a_backup_that_was_changed_is_refused_before_anything_is_touched(
    desk: Desk, folder: Path, damage: str
) -> None:
    """And the database there is stays as it is."""
    letter_id = bring_in(desk)
    database, manifest = folder / "database", folder / "manifest.json"
    if damage == "database":
        content = bytearray(database.read_bytes())
        content[-1] ^= 1
        database.write_bytes(content)
    elif damage == "manifest":
        manifest.write_text(manifest.read_text().replace('"letters_at_least": 2', '"letters": 2'))
    elif damage == "signature":
        told = json.loads(manifest.read_text())
        manifest.write_text(json.dumps({**told, "signature": "0" * 64}))
    else:
        manifest.unlink()
    with pytest.raises(CopyFailed):
        restored(desk, folder)
    again = reopened(desk, desk.settings)
    assert state_of(again, letter_id) is LetterState.RECEIVED
    assert sending_pause(again) is None
    again.database.close()


def test_a_restore_takes_no_database_s_place_unasked(desk: Desk, folder: Path) -> None:
    """It says how to ask."""
    with pytest.raises(BadRequest, match="--replace"):
        restored(desk, folder, replace=False)


def test_a_restore_without_the_keys_does_not_begin(desk: Desk, folder: Path) -> None:
    """No new keys are made for an old database."""
    desk.settings.key_files[0].unlink()
    with pytest.raises(KeyTrouble):
        restored(desk, folder)
    assert not desk.settings.key_files[0].exists()


def test_a_backup_goes_to_an_empty_place_as_well(tmp_path: Path) -> None:
    """A new machine with the same keys; the former database is set aside where there is one."""
    desk = make_desk(tmp_path / "old")
    letter_id = bring_in(desk)
    folder = backed_up(desk, tmp_path / "backups")
    desk.database.close()
    for path in desk.settings.data_folder.glob("letters.db*"):
        path.unlink()
    assert restored(desk, folder, replace=False).letters == 1
    assert restored(desk, folder, replace=True).letters == 1
    aside = [path.name for path in desk.settings.data_folder.glob("before-*")]
    assert aside
    again = reopened(desk, desk.settings)
    assert state_of(again, letter_id) is LetterState.RECEIVED
    assert actions.verify_audit(again)
    again.database.close()


def test_a_backup_while_letters_come_in_is_of_one_moment(desk: Desk, tmp_path: Path) -> None:
    """It holds at least what its list says, and its trail holds."""
    for _ in range(5):
        bring_in(desk)
    folder = backed_up(desk, tmp_path / "backups")
    listed = json.loads((folder / "manifest.json").read_text())
    assert restored(desk, folder).letters >= listed["letters_at_least"] == 5


def test_a_backup_is_made_and_restored_from_the_command_line(tmp_path: Path) -> None:
    """In two commands; a refusal is a sentence."""
    desk = make_desk(tmp_path / "data")
    bring_in(desk)
    desk.database.close()
    run = CliRunner()
    data = ["--data", str(tmp_path / "data")]
    made = run.invoke(app, ["backup", "--unsealed", str(tmp_path / "backups"), *data])
    assert made.exit_code == 0
    folder = made.stdout.strip()
    assert "1 letters are back" in made.stderr
    refused = run.invoke(app, ["restore", folder, *data])
    assert (refused.exit_code, len(refused.output.splitlines())) == (1, 1)
    tried = run.invoke(app, ["drill", folder, *data])
    assert tried.exit_code == 0
    done = run.invoke(app, ["restore", folder, "--replace", *data])
    assert done.exit_code == 0
    assert "1 letters are back" in done.output
    for command in (["keys", "status"], ["keys", "rotate"], ["purge", "--dry-run"], ["purge"]):
        assert run.invoke(app, [*command, *data]).exit_code == 0
    held = run.invoke(app, ["hold", "set", "C-1", *data])
    assert held.exit_code == 0
    assert run.invoke(app, ["erase", "case", "C-1", *data]).exit_code == 1
    assert run.invoke(app, ["hold", "lift", "C-1", *data]).exit_code == 0
    assert run.invoke(app, ["erase", "case", "C-1", *data]).exit_code == 0
    assert run.invoke(app, ["audit", "anchor", *data]).exit_code == 0
    assert run.invoke(app, ["audit", "verify", *data]).exit_code == 0
    database = Database(Settings(data=tmp_path / "data").database_url)
    with database.reading() as connection:
        assert connection.execute(sql("PRAGMA integrity_check")).scalar_one() == "ok"
    database.close()
