"""The built wheel, installed elsewhere, has everything: code, rules, model, letters, pages."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.contract.source import PACKAGES, ROOT, tracked_files

#: Made or read while developing only.
LEFT_OUT: set[str] = set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    """Rules, word lists, model, gold letters, templates and static files, as in the repository."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    wanted = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    wanted = {name for name in wanted if name.split("/")[0] in PACKAGES} - LEFT_OUT
    assert not wanted - packed
    assert any(name.endswith("licenses/LICENSE") for name in packed)


def test_the_installed_wheel_reads_its_rules_and_a_letter(wheel: Path, tmp_path: Path) -> None:
    """In an environment that does not see the repository."""
    venv.create(tmp_path / "venv", with_pip=False, system_site_packages=False)
    python = tmp_path / "venv/bin/python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The libraries of the test environment, after the wheel's own packages; paths only, so that
    # an editable installation of this repository is not followed.
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([site, *libraries])}
    code = """
import json, anonymizer
from anonymizer.rulebook import load_rulebook
from corpus.gold import GOLD_FOLDER, load_letters
letters = load_letters(GOLD_FOLDER / "en" / "dev")
print(json.dumps([anonymizer.__file__, len(load_rulebook().patterns), len(letters)]))
"""
    told = subprocess.run(
        [python, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    where, patterns, letters = json.loads(told)
    assert Path(where).is_relative_to(tmp_path)
    assert patterns > 0
    assert letters > 0
