"""The page about detection does what it says: its blocks are run as a new user would run them."""

import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from anonymizer.outcome import ExitCode

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/guide/detection.md").read_text("utf-8")
#: Language and content of each block, in the order of the page.
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _run(block: str, programs: Path) -> int:
    """A block of the shell, in the current folder; a letter that is held is no failure."""
    done = subprocess.run(
        ["/bin/bash", "-e", "-u", "-c", block],
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
    )
    return done.returncode


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command of this tree, as an installation would put it on the path."""
    folder = tmp_path_factory.mktemp("programs")
    command = folder / "anonymizer"
    held = int(ExitCode.SOME_HELD)
    command.write_text(
        f'#!/bin/bash\n"{sys.executable}" -m anonymizer.cli "$@" || [ $? -eq {held} ]\n', "utf-8"
    )
    command.chmod(0o755)
    return folder


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_about_detection_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Path
) -> None:
    """Files are written, Python and commands run, and what is printed stands on the page."""
    monkeypatch.chdir(tmp_path)
    Path("letter.txt").write_text("Dear donor,\nI was at the Lindenhof.\n", "utf-8")
    names: dict[str, object] = {"__name__": "__page__"}
    printed = ""
    for language, content in BLOCKS:
        match language:
            case "toml":
                path = Path(content.splitlines()[0].removeprefix("# "))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, "utf-8")
            case "python":
                with redirect_stdout(StringIO()) as output:
                    exec(compile(content, "detection.md", "exec"), names)  # noqa: S102
                printed = output.getvalue()
            case "sh":
                assert _run(content, programs) == 0, content
            case "text":
                assert printed == content
            case _:
                pytest.fail(f"a block in {language} that nobody runs")
