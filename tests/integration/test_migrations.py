"""
Every step of the schema, up and down, with rows present, on both engines.

The steps are found, not listed: a new migration is tested by being there.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, inspect
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key, make_sign_in_link, use_sign_in_link
from service.actions.sending import pause_sending
from service.store.database import Database
from service.store.letters import find_content
from service.store.migrate import is_current, migrate, revision_of, revisions, unmigrate
from service.store.schema import metadata
from service.workflow.people import Role
from service.workflow.states import LetterState
from tests.factories import (
    DATED_CASES,
    LETTER,
    add,
    approved,
    bring_in,
    claimed,
    drafted,
    send_back,
    state_of,
    version_of,
    work_all,
)

FIRST, LAST = revisions()[0], revisions()[-1]
#: Older than these nothing is; what came later may go when its step is taken back.
KEPT = ("letters", "drafts", "approvals", "dispatches", "cases", "people", "audit_events")


@pytest.fixture
def letters(desk: Desk) -> Mapping[str, str]:
    """Letters at several states, and rows in most tables; the text of each by its id."""
    anna, cora = add(desk, "Anna"), add(desk, "Cora", Role.COORDINATOR)
    sent = approved(desk, anna, f"Sent {LETTER}")
    work_all(desk)
    returned = claimed(desk, anna, f"Returned {LETTER}")
    send_back(desk, anna, returned)
    german = drafted(desk, f"GERMAN {LETTER}")
    waiting = drafted(desk, f"Waits {LETTER}")
    held = drafted(desk, "FAULT it is held")
    new = bring_in(desk, f"New {LETTER}")
    allocated = drafted(desk, "Without a number")
    version = version_of(desk, allocated)
    actions.allocate_letter(
        desk, cora, letter_id=allocated, version=version, case_id="C-2", reason="Known"
    )
    add_key(desk, OPERATOR, client="registry")
    use_sign_in_link(desk, make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2])
    pause_sending(desk, OPERATOR)
    return texts(desk.database, (sent, returned, german, waiting, held, new, allocated))


def texts(database: Database, ids: tuple[str, ...]) -> dict[str, str]:
    """What each letter says, opened with the keys; bytes where nobody has read them yet."""
    with database.reading() as connection:
        found = {one: find_content(connection, one) for one in ids}
    return {one: content.text or content.content.decode() for one, content in found.items()}


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has that was there from the beginning."""
    return {
        name: int(connection.execute(sql(f"SELECT COUNT(*) FROM {name}")).scalar_one())  # noqa: S608 - a name of ours
        for name in KEPT
    }


def check_rows(database: Database, wanted: Mapping[str, int], at: str) -> None:
    """No row of what matters was lost on the way to this schema."""
    with database.reading() as connection:
        assert revision_of(connection) == at
        assert counts(connection) == wanted, at


def test_steps_follow_each_other_without_a_gap() -> None:
    """One line of them; two that follow the same one would stop every start."""
    assert list(revisions()) == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


def test_every_step_goes_down_and_up_again_with_rows_present(
    desk: Desk, letters: Mapping[str, str]
) -> None:
    """One step back, forward, back; down to the first schema and up to the last."""
    database = desk.database
    with database.reading() as connection:
        wanted = counts(connection)
    assert all(wanted.values())
    steps = revisions()
    for before, after in reversed(list(pairwise(steps))):
        unmigrate(database, target=before)
        check_rows(database, wanted, before)
        migrate(database, target=after)
        check_rows(database, wanted, after)
        unmigrate(database, target=before)
    check_rows(database, wanted, FIRST)
    for after in steps[1:]:
        migrate(database, target=after)
        check_rows(database, wanted, after)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert texts(database, tuple(letters)) == letters
    actions.verify_audit(desk)


def test_after_the_way_back_and_forth_the_service_goes_on(
    desk: Desk, letters: Mapping[str, str]
) -> None:
    """Letters that came before are drafted, approved and sent."""
    unmigrate(desk.database, target=FIRST)
    migrate(desk.database)
    assert is_current(desk.database)
    work_all(desk)
    assert LetterState.RECEIVED not in {state_of(desk, one) for one in letters}
    # days of transplants are younger than the first schema: without them the rules hold letters
    assert state_of(desk, drafted(desk)) is LetterState.HELD_EXCHANGE
    actions.import_cases(desk, OPERATOR, content=DATED_CASES, file_name="cases.csv")
    letter_id = approved(desk, add(desk, "Dora"))
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    actions.verify_audit(desk)


@pytest.fixture
def broken_at_the_end(desk: Desk) -> Iterator[None]:
    """The very last statement of the last step fails, as when the disk is full."""

    def fail(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE alembic_version") and f"num='{LAST}' WHERE" in statement:
            message = "no room"
            raise OSError(message)

    engine = desk.database._engine
    event.listen(engine, "before_cursor_execute", fail)
    yield
    event.remove(engine, "before_cursor_execute", fail)


def test_a_step_that_breaks_leaves_the_schema_it_began_with(
    desk: Desk, letters: Mapping[str, str], broken_at_the_end: None
) -> None:
    """All steps of an upgrade count together or not at all, on SQLite too."""
    unmigrate(desk.database, target=revisions()[-3])
    with desk.database.reading() as connection:
        wanted, tables = counts(connection), set(inspect(connection).get_table_names())
    with pytest.raises(OSError, match="no room"):
        migrate(desk.database)
    check_rows(desk.database, wanted, revisions()[-3])
    with desk.database.reading() as connection:
        assert set(inspect(connection).get_table_names()) == tables
    del letters, broken_at_the_end


def test_a_database_of_a_later_version_is_not_opened(desk: Desk) -> None:
    """An older program would write what the newer one cannot read."""
    with desk.database.writing() as tx:
        tx.connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Exception, match="9999"):
        migrate(desk.database)
    assert not is_current(desk.database)
