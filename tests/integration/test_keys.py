"""The keys of a database: made once, asked for ever after, changed while it is used."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.master_keys import master_key_states, rotate_master_keys
from service.settings import Settings
from service.store.database import Database
from service.store.datakeys import destroy_keys, envelopes, letter_owner, rewrap_some
from service.store.letters import find_content, find_letters
from service.store.migrate import migrate, unmigrate
from service.store.opening import open_database
from service.store.schema import metadata
from service.vault.keyring import Purpose
from service.workflow.errors import KeysMissing, KeyTrouble, NotAllowed, SealBroken
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.conftest import ROOT
from tests.factories import (
    LETTER,
    NUMBER,
    add,
    approved,
    bring_in,
    drafted,
    make_desk,
    view,
    work_all,
)
from tests.keys import RING

MARK = "Quincampoix"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an empty database."""
    return Settings(data=tmp_path, database=database_url)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, closed afterwards."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def test_keys_are_made_at_the_very_first_start(settings: Settings) -> None:
    """For their owner only; the second start uses them."""
    for _ in range(2):
        with opened(settings):
            files = [path.read_bytes() for path in settings.key_files]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in settings.key_files)
    assert [path.read_bytes() for path in settings.key_files] == files
    assert settings.keys_beside_data


@pytest.mark.parametrize("index", [0, 1], ids=["letters", "identity"])
def test_a_database_whose_keys_are_missing_does_not_open(settings: Settings, index: int) -> None:
    """No new key is made, and nothing is taken for empty."""
    with opened(settings):
        pass
    path = settings.key_files[index]
    path.unlink()
    with pytest.raises(KeysMissing, match="Put it back from your copy"):
        open_database(settings)
    assert not path.exists()


def test_a_database_whose_key_file_is_open_to_others_does_not_open(settings: Settings) -> None:
    """With the remedy."""
    with opened(settings):
        pass
    settings.key_files[0].chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        open_database(settings)


def test_another_database_s_keys_are_refused(settings: Settings, tmp_path: Path) -> None:
    """Whether they have other ids or the same ones."""
    with opened(settings):
        pass
    other = Settings(data=tmp_path / "other")
    with opened(other):
        pass
    ours = [path.read_text() for path in settings.key_files]
    for mine, theirs in zip(settings.key_files, other.key_files, strict=True):
        shutil.copy(theirs, mine)
    with pytest.raises(KeyTrouble):
        open_database(settings)
    for path, content in zip(settings.key_files, ours, strict=True):
        lines = content.splitlines()
        # the same ids, other secrets
        shuffled = [f"{' '.join(line.split()[:2])} {'A' * 43}=" for line in lines if line[0] != "#"]
        path.write_text("\n".join(shuffled))
    with pytest.raises(KeyTrouble, match="another one than this database was written with"):
        open_database(settings)


def test_a_command_may_give_the_keys(settings: Settings) -> None:
    """Then no file is made or read; a command that fails opens nothing."""
    with opened(settings):
        pass
    letters, identity = settings.key_files
    kept = settings.data_folder / "elsewhere"
    kept.write_text(letters.read_text() + identity.read_text())
    shutil.rmtree(letters.parent)
    with opened(settings.model_copy(update={"key_command": f"cat {kept}"})):
        assert not letters.exists()
    with pytest.raises(KeysMissing, match="LETTERS_KEY_COMMAND"):
        open_database(settings.model_copy(update={"key_command": "false"}))


def test_swapped_rows_are_refused_and_never_shown(desk: Desk) -> None:
    """One letter's text in the row of another would be a letter to the wrong person."""
    one, other = bring_in(desk, f"{LETTER} one"), bring_in(desk, f"{LETTER} other")
    with desk.database.writing() as tx:
        taken = tx.connection.execute(
            sql("SELECT text FROM letters WHERE letter_id = :id"), {"id": one}
        ).scalar_one()
        tx.connection.execute(
            sql("UPDATE letters SET text = :text WHERE letter_id = :id"),
            {"text": taken, "id": other},
        )
    with desk.database.reading() as connection:
        assert "one" in (find_content(connection, one).text or "")
        with pytest.raises(SealBroken):
            find_content(connection, other)


def test_a_key_is_fetched_once_while_nothing_can_change(desk: Desk) -> None:
    """Within one reading; the next one asks again, and a destroyed key is gone."""
    letter_id = drafted(desk)
    owner = letter_owner(letter_id)
    with desk.database.reading() as connection:
        first = envelopes(connection, [owner, "letter/none"])
        assert list(first) == [owner]
        assert first[owner] is not None
        assert envelopes(connection, [owner])[owner] is first[owner]
    with desk.database.writing() as tx:
        assert envelopes(tx.connection, [owner])[owner] is not None
        assert destroy_keys(tx, [owner], desk.now()) == 1
        assert envelopes(tx.connection, [owner])[owner] is None
    with desk.database.reading() as connection:
        assert envelopes(connection, [owner])[owner] is None


def test_a_column_for_letters_takes_no_plaintext(desk: Desk) -> None:
    """Forgetting to seal is an error, and the error does not quote the letter."""
    letter_id = bring_in(desk)
    letters = metadata.tables["letters"]
    with (
        pytest.raises(Exception, match="sealed values only") as refused,
        desk.database.writing() as tx,
    ):
        tx.connection.execute(
            letters.update().where(letters.c.letter_id == letter_id).values(text=MARK)
        )
    assert MARK not in str(refused.value)


def test_a_list_opens_no_text(desk: Desk) -> None:
    """Two hundred letters on the queue page, and the text of none of them."""
    ids = {bring_in(desk, f"{MARK} {number} {LETTER}") for number in range(3)}
    with desk.database.writing() as tx:
        # a text that would not open shows that nobody tried
        tx.connection.execute(sql("UPDATE letters SET text = 'AAAA'"))
    with desk.database.reading() as connection:
        found = find_letters(connection, states=frozenset({LetterState.RECEIVED}))
    assert {one.letter_id for one in found} == ids


def test_keys_are_changed_while_letters_are_read(desk: Desk) -> None:
    """Everything is readable before, between and after; the old keys may go then."""
    anna = add(desk, "Anna")
    ids = [drafted(desk, f"{LETTER} {number}") for number in range(3)]
    assert rotate_master_keys(desk, OPERATOR) >= 3
    states = master_key_states(desk, OPERATOR)
    assert {one.purpose for one in states if one.may_go} == {Purpose.LETTERS, Purpose.IDENTITY}
    assert all("Dear" in (view(desk, anna, letter_id).text or "") for letter_id in ids)
    for path in desk.settings.key_files:
        lines = path.read_text().splitlines()
        gone = {one.key_id for one in states if one.may_go}
        path.write_text("\n".join(line for line in lines if line.split()[1] not in gone))
    with opened(desk.settings) as database, database.reading() as connection:
        assert find_content(connection, ids[0]).text
    assert actions.verify_audit(desk)


def test_a_service_that_runs_reads_what_another_process_wrapped_anew(desk: Desk) -> None:
    """It asks the files again when it meets a key that it does not know."""
    letter_id = bring_in(desk)
    with opened(desk.settings) as database:
        rotate_master_keys(
            make_same(desk, database),
            OPERATOR,
        )
    with desk.database.reading() as connection:
        assert find_content(connection, letter_id).text == LETTER


def test_a_change_of_keys_that_was_cut_off_goes_on(desk: Desk) -> None:
    """Without another new key, from where it stopped."""
    for number in range(5):
        bring_in(desk, f"{LETTER} {number}")
    rotate_master_keys(desk, OPERATOR)
    bring_in(desk)
    before = len(master_key_states(desk, OPERATOR))
    old = next(one.key_id for one in master_key_states(desk, OPERATOR) if one.may_go)
    _wrap_back(desk, old, most=3)
    assert {one.wraps for one in master_key_states(desk, OPERATOR) if one.key_id == old} == {3}
    rotate_master_keys(desk, OPERATOR)
    states = master_key_states(desk, OPERATOR)
    assert len(states) == before
    assert sum(one.wraps for one in states if not one.newest) == 0


def _wrap_back(desk: Desk, old: str, *, most: int) -> None:
    """As if the run had ended after all but `most` letters."""
    ring = desk.database.keys
    assert ring is not None
    keys = ring.keys
    first = next(key for key in keys if key.key_id == old)
    ring.keys = (*(key for key in keys if key != first), first)
    with desk.database.writing() as tx:
        assert rewrap_some(tx, first.purpose, limit=most) == most
    ring.keys = keys


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from service.actions import master_keys
from service.actions.access import OPERATOR
from service.settings import Settings
from service.store.opening import open_database
master_keys._AT_ONCE = 1
settings = Settings(data=Path(sys.argv[1]))
database = open_database(settings)
desk = SimpleNamespace(settings=settings, database=database, now=lambda: datetime.now(UTC))
print("ready", flush=True)
while True:
    master_keys.rotate_master_keys(desk, OPERATOR)
"""


@pytest.mark.slow
def test_a_killed_change_of_keys_loses_nothing(tmp_path: Path) -> None:
    """Killed twenty times in the middle; every letter is readable and the next run finishes."""
    desk = make_desk(tmp_path)
    ids = [bring_in(desk, f"{LETTER} {number}") for number in range(20)]
    for number in range(20):
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.005 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    with opened(desk.settings) as database, database.reading() as connection:
        for number, letter_id in enumerate(ids):
            assert find_content(connection, letter_id).text == f"{LETTER} {number}"
    desk.database.close()


def test_only_the_operator_changes_keys(desk: Desk) -> None:
    """Nobody who signs in on a page."""
    for role in Role:
        if role is not Role.OPERATOR:
            person = Person(person_id="p", name="P", roles=frozenset({role}))
            with pytest.raises(NotAllowed):
                rotate_master_keys(desk, person)


def make_same(desk: Desk, database: Database) -> Desk:
    """Another process's desk on the same data."""
    return Desk(
        database=database,
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=desk.settings,
        clock=desk.clock,
    )


_OLD = (
    "INSERT INTO clinics VALUES ('CL-1', 'First Clinic')",
    """
    INSERT INTO cases (case_id, donor_number, donor_country, patient_country, clinic_id,
                       known_donor, known_patient, patient_reference)
    VALUES ('C-1', :number, 'DE', 'US', 'CL-1', '[{"kind":"PERSON","value":"Quincampoix"}]', '[]',
            'US4711082')
    """,
    """
    INSERT INTO letters (letter_id, state, version, received_at, changed_at, channel, content,
                         text, digest, text_digest, cover_number, circumstances,
                         language_released, holds, summary, lease_token, attempts, next_try_at,
                         draft_number)
    VALUES ('a1', 'ready', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'api', :content,
            :text, 'd', 't', :number, '{}', false, '[]', '{}', 0, 0, '2026-01-01 00:00:00', 1)
    """,
    """
    INSERT INTO drafts (letter_id, number, made_at, content)
    VALUES ('a1', 1, '2026-01-01 00:00:00', :draft)
    """,
)
_DRAFT = (
    '{"routing":{"donor_number":"Quincampoix"},"language":null,"treatments":[],"holds":[],'
    '"flags":[],"versions":{}}'
)


def test_a_database_from_before_there_were_keys_is_sealed(settings: Settings) -> None:
    """At the first start of this version; nothing readable stays, and the way back is there."""
    database = Database(settings.database_url)
    migrate(database, target="0008")
    values = {
        "number": NUMBER,
        "content": MARK.encode(),
        "text": f"{MARK} wrote",
        "draft": _DRAFT,
    }
    with database.writing() as tx:
        for statement in _OLD:
            wanted = {name: value for name, value in values.items() if f":{name}" in statement}
            tx.connection.execute(sql(statement), wanted)
    database.close()
    with opened(settings) as database:
        assert _rows(database, {MARK, NUMBER}) == []
        with database.reading() as connection:
            assert find_content(connection, "a1").text == f"{MARK} wrote"
            assert find_content(connection, "a1").content == MARK.encode()
            (letter,) = find_letters(connection, states=frozenset({LetterState.READY}))
            assert letter.cover_number == NUMBER
        if database.is_sqlite:
            for path in settings.data_folder.glob("letters.db*"):
                assert MARK.encode() not in path.read_bytes()
        unmigrate(database, target="0008")
        assert {table for table, _ in _rows(database, {MARK})} == {"cases", "letters", "drafts"}
        assert {table for table, _ in _rows(database, {NUMBER})} == {"cases", "letters"}


def test_a_database_from_before_there_were_keys_is_not_sealed_without_any(
    settings: Settings,
) -> None:
    """The migration stops before it has changed anything."""
    database = Database(settings.database_url)
    migrate(database, target="0008")
    with database.writing() as tx:
        tx.connection.execute(sql(_OLD[0]))
        tx.connection.execute(sql(_OLD[1]), {"number": NUMBER})
    with pytest.raises(KeysMissing):
        migrate(database)
    assert {table for table, _ in _rows(database, {NUMBER})} == {"cases"}
    database.unlock(RING)
    migrate(database)
    assert _rows(database, {NUMBER}) == []
    database.close()


def test_no_row_of_a_walked_path_can_be_read_without_the_keys(desk: Desk) -> None:
    """Neither letters nor donor numbers nor known identifiers, in any table."""
    approved(desk, add(desk, "Anna Proof"), f"{MARK} {LETTER}")
    work_all(desk)
    assert _rows(desk.database, {MARK, NUMBER, "Anna Schmidt", "Bob Miller", "2026-03-01"}) == []


def _rows(database: Database, marks: set[str]) -> list[tuple[str, str]]:
    """Table and column of every value that holds one of these in the clear."""
    found = []
    with database.reading() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(sql(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
                found += [(table, name) for name, value in row.items() if _holds(value, marks)]
    return found


def _holds(value: object, marks: set[str]) -> bool:
    written = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return any(mark.encode() in written for mark in marks)
