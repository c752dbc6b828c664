"""Many writers at one SQLite file: whoever asks gets their turn, and nobody is told to go away."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.store import database as module
from service.store.database import Database
from service.store.turns import Turns, turns_beside
from service.workflow.errors import DatabaseTrouble

_WRITERS, _TIMES = 6, 15


def _make(url: str) -> None:
    made = Database(url)
    with made.writing() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE counted (by TEXT, n INTEGER)")
    made.close()


def _write(url: str) -> None:
    """Several threads that hold the lock for a while, again and again."""
    shared = Database(url)

    def work(number: int) -> None:
        for n in range(_TIMES):
            with shared.writing() as tx:
                row = (f"{os.getpid()}-{number}", n)
                tx.connection.exec_driver_sql("INSERT INTO counted VALUES (?, ?)", row)
                time.sleep(0.003)

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(work, range(_WRITERS)))
    shared.close()


def _counted(url: str) -> int:
    shared = Database(url)
    with shared.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM counted").scalar_one()
    shared.close()
    return int(count)


def test_threads_and_processes_wait_for_each_other_without_a_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself would give up after a millisecond here: it is never asked to wait."""
    url = f"sqlite:///{tmp_path / 'letters.db'}"
    _make(url)
    monkeypatch.setitem(module._PRAGMAS, "busy_timeout", "1")
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=_write, args=(url,))
    child.start()
    _write(url)
    child.join(60)
    assert child.exitcode == 0
    assert _counted(url) == 2 * _WRITERS * _TIMES


def test_without_turns_they_would_be_turned_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the turns are for."""
    url = f"sqlite:///{tmp_path / 'letters.db'}"
    _make(url)
    monkeypatch.setitem(module._PRAGMAS, "busy_timeout", "1")
    monkeypatch.setattr(module, "turns_beside", lambda _database: None)
    with pytest.raises(DatabaseTrouble):
        _write(url)


def test_a_killed_process_leaves_its_turn_to_the_next(tmp_path: Path) -> None:
    """The system frees what a process held."""
    path = tmp_path / "turn"
    fork = multiprocessing.get_context("fork")

    def take_and_die() -> None:
        with Turns(path).taken():
            os.kill(os.getpid(), signal.SIGKILL)

    child = fork.Process(target=take_and_die)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with Turns(path).taken():
        assert path.stat().st_mode & 0o777 == 0o600


def test_whoever_waits_for_a_writer_that_hangs_is_told(tmp_path: Path) -> None:
    """An error that a client may answer to, and no page that loads for ever."""
    turns = Turns(tmp_path / "turn", longest_wait_s=0.05)
    caught: list[Exception] = []

    def ask() -> None:
        try:
            with turns.taken():
                pass
        except DatabaseTrouble as error:
            caught.append(error)

    with turns.taken():
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(60)
    assert len(caught) == 1
    assert "hangs" in str(caught[0])
    with turns.taken():
        pass


@pytest.mark.parametrize("database", [None, "", ":memory:", "file:letters?mode=memory"])
def test_a_database_without_a_file_has_no_turns(database: str | None) -> None:
    """Only this process can have it open."""
    assert turns_beside(database) is None


def test_a_folder_that_takes_no_file_is_left_to_sqlite_to_complain_about(tmp_path: Path) -> None:
    """It says why it cannot write; the turn is no second reason."""
    with Turns(tmp_path / "nowhere" / "turn").taken():
        pass
