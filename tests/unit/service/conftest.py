"""A desk on embedded SQLite, and people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.actions import Desk
from service.workflow.people import Person, Role
from tests.factories import add, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a small pipeline and a clock that stands still."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


@pytest.fixture
def ben(desk: Desk) -> Person:
    """Another proofreader."""
    return add(desk, "Ben Proof")


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


@pytest.fixture
def sena(desk: Desk) -> Person:
    """A senior."""
    return add(desk, "Sena Senior", Role.SENIOR)
