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


def _run(line: str) -> int:
    """A line that begins with `anonymizer`, in the current folder."""
    program, *arguments = line.split()
    assert program == "anonymizer"
    done = subprocess.run(
        [sys.executable, "-m", "anonymizer.cli", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.returncode


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_about_detection_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
                codes = {_run(line) for line in content.splitlines()}
                assert codes <= {ExitCode.ALL_DRAFTED, ExitCode.SOME_HELD}
            case "text":
                assert printed == content
            case _:
                pytest.fail(f"a block in {language} that nobody runs")
