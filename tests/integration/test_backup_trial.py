"""Each backup is restored once by itself: whole, in time, without touching what is in use."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import MadeBackup, make_backup
from service.actions.checking import AnchorKind, anchor_audit, anchor_file
from service.restoring import Source, Tried, try_out
from service.settings import Settings
from service.store.copying import is_empty
from service.store.database import Database
from service.store.datakeys import letter_owner
from service.store.opening import open_database
from service.store.schema import data_keys
from service.workflow.errors import CopyFailed
from service.workflow.states import LetterState
from tests.factories import LETTER, add, approved, bring_in, clock_of, state_of, work_all
from tests.integration import postgresql


@pytest.fixture
def trial_desk(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk with letters at several states, and on PostgreSQL a database to try backups in."""
    anna = add(desk, "Anna Proof")
    approved(desk, anna, f"First {LETTER}")
    work_all(desk)
    approved(desk, anna, f"Second {LETTER}")
    bring_in(desk)
    anchor_audit(desk, AnchorKind.COMMAND)
    if desk.database.is_sqlite:
        yield desk
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield changed(desk, drill_database=url)


def changed(desk: Desk, **settings: object) -> Desk:
    """The same desk with other settings."""
    return Desk(
        database=desk.database,
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=desk.settings.model_copy(update=settings),
        clock=desk.clock,
    )


def opening(desk: Desk, settings: Settings) -> Desk:
    """The desk on the database of these settings."""
    return Desk(
        database=open_database(settings),
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=settings,
        clock=desk.clock,
    )


def backed_up(desk: Desk, tmp_path: Path, told: list[Tried]) -> MadeBackup:
    """A backup that was tried out."""

    def tried(copied: Path, keys: Path) -> None:
        source = Source(folder=copied, key_copy=keys)
        told.append(try_out(desk.settings, source, open_desk=lambda one: opening(desk, one)))

    clock_of(desk).forward(minutes=1)
    folder = tmp_path / "backups"
    return make_backup(desk, OPERATOR, folder=folder, unsealed=True, try_out=tried)


def test_a_backup_is_restored_once_before_it_is_kept(trial_desk: Desk, tmp_path: Path) -> None:
    """Letters are counted and opened, time and age are measured."""
    told: list[Tried] = []
    made = backed_up(trial_desk, tmp_path, told)
    (tried,) = told
    assert (tried.letters, tried.opened) == (3, 5)
    assert tried.seconds > 0
    assert timedelta() <= tried.age < timedelta(hours=1)
    again = try_out(
        trial_desk.settings,
        Source(folder=made.folder),
        open_desk=lambda one: opening(trial_desk, one),
    )
    assert again.letters == 3


def test_a_trial_touches_nothing_that_is_in_use(trial_desk: Desk, tmp_path: Path) -> None:
    """Letters still leave, the notes outside are the same, nothing is left behind."""
    notes = anchor_file(trial_desk).read_bytes()
    backed_up(trial_desk, tmp_path, [])
    assert anchor_file(trial_desk).read_bytes() == notes
    assert not list(trial_desk.settings.data_folder.glob("backup-*"))
    drill = trial_desk.settings.drill_database
    if drill is not None:
        with closing(Database(drill)) as database:
            assert is_empty(database)
    work_all(trial_desk)
    letters = trial_desk.settings.outbox_folder.rglob("*.txt")
    assert len([path for path in letters if "slip" not in path.name]) == 2


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("DELETE FROM dispatches", "do not agree"),
        ("UPDATE letters SET state = 'dispatched' WHERE state = 'received'", "do not agree"),
        ("UPDATE cases SET donor_number = clinic_id", None),
    ],
)
def test_a_backup_that_does_not_hold_is_told_and_kept(
    trial_desk: Desk, tmp_path: Path, harm: str, says: str | None
) -> None:
    """It may be all there is; and no older copy of keys goes."""
    first = backed_up(trial_desk, tmp_path, [])
    with trial_desk.database.writing() as tx:
        tx.connection.execute(sql(harm))
    clock_of(trial_desk).forward(days=30)
    with pytest.raises(CopyFailed, match=says or "failed"):
        backed_up(trial_desk, tmp_path, [])
    assert first.key_copy.exists()
    assert len(list((tmp_path / "backups").glob("letters-*/manifest.json"))) == 2


def test_a_trail_that_was_changed_fails_the_trial(trial_desk: Desk, tmp_path: Path) -> None:
    """Against the notes outside: the end that was noted is not in it."""
    made = backed_up(trial_desk, tmp_path, [])
    path = anchor_file(trial_desk)
    path.write_text(path.read_text().replace('"seq": ', '"seq": 1'))
    with pytest.raises(Exception, match="not as it was written"):
        try_out(
            trial_desk.settings,
            Source(folder=made.folder),
            open_desk=lambda one: opening(trial_desk, one),
        )


def test_a_letter_that_has_lost_its_key_fails_the_trial(trial_desk: Desk, tmp_path: Path) -> None:
    """It was never erased; the older copies of keys, where its key still is, stay."""
    letter_id = bring_in(trial_desk)
    first = backed_up(trial_desk, tmp_path, [])
    with trial_desk.database.writing() as tx:
        owner = data_keys.c.owner == letter_owner(letter_id)
        tx.connection.execute(data_keys.update().where(owner).values(wrapped=None))
    clock_of(trial_desk).forward(days=30)
    with pytest.raises(CopyFailed, match="trying it out failed"):
        backed_up(trial_desk, tmp_path, [])
    assert first.key_copy.exists()


def test_a_trial_never_takes_a_database_that_is_in_use(desk: Desk, tmp_path: Path) -> None:
    """PostgreSQL's place for trials has to be named and empty; SQLite has a folder of its own."""
    letter_id = bring_in(desk)
    own = changed(desk, drill_database=desk.settings.database_url)
    if desk.database.is_sqlite:
        assert backed_up(own, tmp_path, []).lost == 0
    else:
        with pytest.raises(CopyFailed, match="LETTERS_DRILL_DATABASE"):
            backed_up(desk, tmp_path, [])
        with pytest.raises(CopyFailed, match="not empty"):
            backed_up(own, tmp_path, [])
    assert state_of(desk, letter_id) is LetterState.RECEIVED
