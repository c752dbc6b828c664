"""Databases on both engines, the real pipeline once per session, real server processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymizer.pipeline import Pipeline
from service.actions import Desk
from tests.factories import make_desk
from tests.integration import postgresql
from tests.integration.server import RunningService


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The real pipeline; loading it takes seconds."""
    return Pipeline.load()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server, started when the first test asks."""
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=postgresql.engines())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'letters.db'}"
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the small pipeline on each engine."""
    made = make_desk(tmp_path, url=database_url)
    yield made
    made.database.close()


@pytest.fixture
def real_desk(pipeline: Pipeline, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the real pipeline on embedded SQLite."""
    made = make_desk(tmp_path, pipeline=pipeline)
    yield made
    made.database.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningService]:
    """The service as its own process, on a data folder of its own."""
    service = RunningService(tmp_path / "data")
    yield service
    service.kill()
