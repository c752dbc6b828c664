"""A short run under fire on each database, and a worker that is killed and never comes back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymizer.model import Channel
from anonymizer.pipeline import Pipeline
from service.actions import IncomingLetter, receive_letter
from service.actions.access import OPERATOR
from service.app import open_desk
from service.settings import Settings
from service.workflow.people import Person, Role
from tests.chaos.failpoints import _AROUND, API_POINTS, WORKER_POINTS
from tests.chaos.letters import MOST, case_list, letter_of, words_of
from tests.chaos.processes import Nursery, Place
from tests.chaos.run import Plan, run
from tests.chaos.store_states import states
from tests.integration import postgresql

#: Workers are taken for dead sooner than in the field: nobody wants to wait in a test.
QUICK = {"heartbeat_s": 0.4, "worker_gone_s": 2.0, "worker_pause_s": 0.05}
_WITHIN_S = 60.0


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server, started when the first test asks."""
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=postgresql.engines())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir(mode=0o700)
        yield f"sqlite:///{tmp_path / 'data' / 'letters.db'}"
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.mark.slow
def test_a_short_run_under_fire_keeps_every_promise(database_url: str, tmp_path: Path) -> None:
    """The long one is `make chaos`."""
    plan = Plan(url=database_url, letters=60, kills=8, seed=7, workers=2, cases=10, settings=QUICK)
    outcome = run(plan, tmp_path)
    assert outcome.verdict.accepted == 60
    assert outcome.kills >= 8
    assert outcome.holds, outcome


@pytest.mark.slow
def test_the_work_of_a_worker_that_never_comes_back_is_done_by_another(
    database_url: str, tmp_path: Path
) -> None:
    """It is killed with a letter in hand; nobody starts it again, and nobody lends a hand."""
    settings = {"data": str(tmp_path / "data"), "database": database_url, **QUICK}
    desk = open_desk(Settings(**settings), pipeline=Pipeline.load())  # type: ignore[arg-type]  # checked by pydantic
    nursery = Nursery(tmp_path / "log")
    try:
        person = Person(person_id="r", name="R", roles=frozenset({Role.COORDINATOR}))
        content = letter_of(1, cases=1).text.encode()
        receive_letter(
            desk, person, incoming=IncomingLetter(content=content, channel=Channel.UPLOAD)
        )
        first = Place(kind="worker", pid=nursery.start("worker", settings, "after_take", 1))
        _until(lambda: not first.lives)
        assert states(database_url) == {"drafting": 1}
        nursery.start("worker", settings)
        _until(
            lambda: (
                "drafting" not in states(database_url) and "received" not in states(database_url)
            )
        )
        assert OPERATOR.name
    finally:
        nursery.close()
        desk.database.close()


def test_every_letter_of_a_run_can_be_told_from_the_others() -> None:
    """By its four words."""
    assert len({words_of(number) for number in range(MOST)}) == MOST
    assert len({letter_of(number, cases=7).text for number in range(500)}) == 500
    assert case_list(3).count(b"\n") == 4


def test_every_point_is_a_function_of_the_service() -> None:
    """A function that was renamed would silently never be killed in."""
    for module, function in _AROUND.values():
        imported = __import__(module, fromlist=[function])
        assert callable(getattr(imported, function))
    assert len({*WORKER_POINTS, *API_POINTS}) >= 2 * len(_AROUND)


def _until(condition: object) -> None:
    until = time.monotonic() + _WITHIN_S
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]  # a condition
            return
        time.sleep(0.02)
    message = "it did not come to it in time"
    raise TimeoutError(message)
