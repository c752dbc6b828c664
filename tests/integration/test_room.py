"""How large the database is: asked of both engines, and not for every letter."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

import pytest
from sqlalchemy import Engine, event
from sqlalchemy import text as sql

from service.actions import Desk
from service.actions.figures import MONITORING, Outcomes, figures
from service.actions.receiving import check_room
from service.settings import MEBIBYTE, Settings
from service.store.database import Database
from service.store.figures import database_bytes
from service.store.size import KnownSize, left_of_limit
from service.workflow.errors import DiskFull
from tests.factories import make_desk


@dataclass
class Seconds:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def fill(database: Database) -> None:
    """Another three megabytes or so."""
    with database.writing() as tx:
        kind = "BLOB" if database.is_sqlite else "BYTEA"
        tx.connection.execute(sql(f"CREATE TABLE filler (content {kind})"))
        # nothing that a database could make smaller
        random_ = random.Random(1)  # noqa: S311 - a test
        rows = [{"content": random_.randbytes(30_000)} for _ in range(100)]
        tx.connection.execute(sql("INSERT INTO filler VALUES (:content)"), rows)


def test_the_size_grows_with_what_is_stored(desk: Desk) -> None:
    """Of SQLite with its write-ahead log, of PostgreSQL as it says itself."""
    with desk.database.reading() as connection:
        before = database_bytes(connection)
    fill(desk.database)
    with desk.database.reading() as connection:
        after = database_bytes(connection)
    assert before > 0
    assert after - before > MEBIBYTE


def test_letters_are_refused_once_the_reserve_is_reached(desk: Desk) -> None:
    """And taken in again once there is room."""
    clock = Seconds()
    with desk.database.reading() as connection:
        size_mb = database_bytes(connection) // MEBIBYTE
    limits = {"database_limit_mb": size_mb + 3, "disk_reserve_mb": 1}
    near = replace(
        desk,
        settings=desk.settings.model_copy(update=limits),
        size=KnownSize(clock=clock),
    )
    check_room(near)
    fill(desk.database)
    # known for some seconds
    check_room(near)
    clock.now += 6
    with pytest.raises(DiskFull, match="The database has too little room"):
        check_room(near)
    more = near.settings.model_copy(update={"database_limit_mb": size_mb + 300})
    check_room(replace(near, settings=more))


def test_without_a_limit_the_database_is_not_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disks of this machine are all that counts then."""

    def refuse() -> None:
        message = "the database was asked"
        raise AssertionError(message)

    monkeypatch.setattr(desk.database, "reading", refuse)
    check_room(desk)


def test_of_many_who_come_at_once_one_asks(desk: Desk) -> None:
    """The others go by what is known; nobody waits behind a database that is slow to say."""
    clock = Seconds()
    size = KnownSize(clock=clock)
    first = size.of(desk.database)
    clock.now += 6
    asked, go_on = Event(), Event()
    statements: list[str] = []

    def slowly(*args: object) -> None:
        statements.append(str(args[2]))
        asked.set()
        assert go_on.wait(30)

    event.listen(Engine, "before_cursor_execute", slowly)
    try:
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(size.of, desk.database)
            assert asked.wait(30)
            assert [size.of(desk.database) for _ in range(5)] == [first] * 5
            go_on.set()
            assert slow.result(30) > 0
    finally:
        go_on.set()
        event.remove(Engine, "before_cursor_execute", slowly)
    count = len(statements)
    size.of(desk.database)
    assert len(statements) == count


def test_another_database_is_asked_anew(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is known of one says nothing of another one."""
    size = KnownSize(clock=Seconds())
    size.of(desk.database)
    other = make_desk(tmp_path_factory.mktemp("other"))
    fill(other.database)
    with other.database.reading() as connection:
        assert size.of(other.database) == database_bytes(connection)
    other.database.close()


def test_the_figures_say_what_is_left(desk: Desk) -> None:
    """Nothing where nobody has said how large it may grow."""
    found = figures(desk, MONITORING, Outcomes())
    assert found.database_bytes > 0
    assert found.database_free is None
    settings = desk.settings.model_copy(update={"database_limit_mb": 5000})
    limited = figures(replace(desk, settings=settings), MONITORING, Outcomes())
    assert limited.database_free == 5000 * MEBIBYTE - limited.database_bytes
    settings = desk.settings.model_copy(update={"database_limit_mb": 0})
    assert figures(replace(desk, settings=settings), MONITORING, Outcomes()).database_free == 0


def test_a_limit_within_the_reserve_is_refused() -> None:
    """No letter would ever be taken in."""
    with pytest.raises(ValueError, match="LETTERS_DATABASE_LIMIT_MB must be more than"):
        Settings(database_limit_mb=2000)
    limited = Settings(database_limit_mb=2001)
    assert left_of_limit(limited, MEBIBYTE) == 2000 * MEBIBYTE
    assert left_of_limit(limited, 3000 * MEBIBYTE) == 0
