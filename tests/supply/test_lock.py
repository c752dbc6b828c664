"""What is installed is what was tested: one list of exact versions, each with its hashes."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as normalized

from tests.supply.bill import ROOT, needed

FOLDER = ROOT / "requirements"
LISTS = ("build", "service", "tests")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
#: Where something is installed without anybody looking.
INSTALLS = (
    ROOT / "Makefile",
    ROOT / "docs/operate/deploy/Containerfile",
    *(ROOT / ".ci").iterdir(),
)
#: Installs the others; it comes with Python.
INSTALLERS = {"pip", "setuptools"}
#: Tools that nobody installs unasked.
BY_HAND = ("'.[bench]'", "'uv>=")


def entries(name: str) -> dict[str, tuple[str, Marker | None, tuple[str, ...]]]:
    """Version, marker and hashes of each library in a list."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    found: dict[str, tuple[str, Marker | None, tuple[str, ...]]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            said, *hashes = (one.strip() for one in line.split(" --hash="))
            one = Requirement(said)
            pinned = re.fullmatch(r"==([^,*]+)", str(one.specifier))
            assert pinned, line
            found[normalized(one.name)] = (pinned[1], one.marker, tuple(hashes))
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_library_has_one_version_and_hashes_of_sha_256(name: str) -> None:
    """Nothing from an address, a branch, a folder or a range."""
    found = entries(name)
    assert found
    for _, _, hashes in found.values():
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)
    assert "://" not in (FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("service", [*PROJECT["dependencies"], *EXTRAS["postgresql"]]),
        ("tests", [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["dev"]]),
    ],
)
def test_what_the_project_asks_for_is_on_the_list(name: str, wanted: list[str]) -> None:
    """In a version that it allows; `make lock` was not forgotten."""
    found = entries(name)
    for one in map(Requirement, wanted):
        if normalized(one.name) != normalized(PROJECT["name"]):
            assert one.specifier.contains(found[normalized(one.name)][0]), one


def test_the_lists_agree() -> None:
    """The service runs with the versions that its tests ran with."""
    tests = entries("tests")
    for name in ("build", "service"):
        assert {key: tests[key] for key in entries(name)} == entries(name)


def test_whatever_the_service_needs_here_is_on_its_list() -> None:
    """However far away it is needed."""
    assert set(needed()) <= set(entries("service"))


def test_these_tests_run_with_the_versions_of_the_list() -> None:
    """In an environment that was made with it."""
    others = {}
    for name, (wanted, marker, _) in entries("tests").items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        applies = marker is None or marker.evaluate()
        if applies and found != wanted and name not in INSTALLERS:
            others[name] = (wanted, found)
    assert not others


@pytest.mark.parametrize("path", INSTALLS, ids=lambda path: str(path.name))
def test_nothing_is_installed_without_a_hash(path: Path) -> None:
    """But this package itself, which is here; and tools that nobody installs unasked."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    lines = [one for one in text.splitlines() if re.search(r"pip\b.* install|PIP\).* install", one)]
    calls = [call for one in lines for call in one.split("&&") if " install" in call]
    named = [one for one in calls if not any(tool in one for tool in BY_HAND)]
    kept = [one for one in named if "install --quiet)" not in one]
    assert not [one for one in kept if not re.search("--require-hashes|--no-deps --no-index", one)]
