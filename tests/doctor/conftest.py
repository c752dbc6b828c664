"""Sites to look at, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.actions import Desk
from service.app import open_desk
from service.settings import Settings
from tests.integration import postgresql
from tests.small_pipeline import SmallPipeline


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server, started when the first test asks."""
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=postgresql.engines())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'letters.db'}"
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A new site with nothing wrong; its clock is the machine's."""
    settings = Settings(data=tmp_path / "data", database=database_url)
    made = open_desk(settings, pipeline=SmallPipeline())
    yield made
    made.database.close()
