"""The repository as a whole: nothing in it knows the machine it was written on."""

import re

import pytest

from tests.contract.source import ROOT, relative, tracked_files

#: Folders that exist on one machine only. Not `/usr`, `/tmp` or `/var`, which are everywhere.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|mnt|opt)/[\w.-]+")
TEXT = [path for path in tracked_files() if path.suffix not in {".onnx", ".woff2", ".png", ".gz"}]


def test_no_file_names_a_folder_of_one_machine() -> None:
    """Everything is found relative to the file or through an option."""
    found = {
        relative(path): sorted(set(MACHINE_PATHS.findall(text)))
        for path in TEXT
        if path.parts[len(ROOT.parts)] not in {"corpus", "rules"}
        if MACHINE_PATHS.search(text := path.read_text("utf-8", errors="replace"))
    }
    assert not found


def test_no_test_is_switched_off() -> None:
    """A test that may fail is fixed or removed."""
    marks = re.compile(r"mark\.(?:skip|xfail)|pytest\.(?:skip|xfail|importorskip)\(")
    tests = [path for path in TEXT if path.suffix == ".py" and "tests" in path.parts]
    switched_off = [
        relative(path)
        for path in tests
        if path.name != "test_repository.py" and marks.search(path.read_text("utf-8"))
    ]
    assert not switched_off


@pytest.mark.parametrize("name", [path.name for path in (ROOT / ".ci").iterdir()])
def test_scripts_can_be_executed_and_stop_at_the_first_error(name: str) -> None:
    """A build that goes on after a failure says that all is well."""
    path = ROOT / ".ci" / name
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text("utf-8")
