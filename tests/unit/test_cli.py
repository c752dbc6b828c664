"""The command line itself: quick help, one-line errors, codes, and no word of a letter."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunCli

ROOT = Path(__file__).parents[2]
HEAVY = "spacy presidio_analyzer presidio_anonymizer onnxruntime re2 rich langdetect numpy asyncio"


def test_help_imports_nothing_heavy() -> None:
    """So that it answers at once; whoever asks for help has not decided anything yet."""
    code = (
        "import sys\n"
        "sys.argv = ['anonymizer', '--help']\n"
        "from anonymizer.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(*(set('{HEAVY}'.split()) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stderr.strip() == ""
    assert "anonymizer redact letters/ --out drafts/" in done.stdout


def test_the_version_is_told(run_cli: RunCli) -> None:
    """For support requests."""
    done = run_cli("--version")
    assert done.returncode == 0
    assert done.stdout.startswith(b"anonymizer 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("redact",),
        ("redact", "letters"),
        ("redact", "--jsonl", "letters"),
        ("redact", "--jsonl", "--force"),
        ("redact", "no-such-folder", "--out", "drafts"),
        ("redact", "--jsonl", "--writer-country", "Germany"),
        ("redact", "--jsonl", "--language", "english"),
        ("redact", "--jsonl", "--jobs", "0"),
        ("redact", "--jsonl", "--number-format", "["),
        ("explain",),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_ends_with_2(run_cli: RunCli, arguments: tuple[str, ...]) -> None:
    """Nothing is done, and something is said."""
    done = run_cli(*arguments)
    assert done.returncode == 2
    assert done.stderr + done.stdout
    assert b"Traceback" not in done.stderr
    assert not (ROOT / "drafts").exists()


@pytest.mark.parametrize("command", ["explain", "check"])
def test_a_letter_that_cannot_be_opened_ends_with_10(run_cli: RunCli, command: str) -> None:
    """In one line, without the name of the file."""
    done = run_cli(command, "Anna Schmidt.txt")
    assert done.returncode == 10
    assert done.stderr.count(b"\n") == 1
    assert b"Anna" not in done.stderr


def test_bad_rules_end_with_11(run_cli: RunCli, tmp_path: Path) -> None:
    """The line says which file and what is wrong with it."""
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy/strict.toml").write_text("[kinds.NAME]\n", encoding="utf-8")
    done = run_cli("rules", "check", "--rules", tmp_path)
    assert done.returncode == 11
    assert done.stderr.startswith(b"anonymizer: rules/policy/strict.toml: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_missing_model_ends_with_12(run_cli: RunCli, tmp_path: Path, jobs: str) -> None:
    """In one line, whichever process misses it; nothing is answered without a model."""
    done = run_cli("redact", "--jsonl", "--jobs", jobs, "--models", tmp_path, stdin=b"{}\n")
    assert done.returncode == 12, done.stderr
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


def test_the_packaged_rules_are_in_order(run_cli: RunCli) -> None:
    """Every pattern does what its own examples say."""
    done = run_cli("rules", "check")
    assert done.returncode == 0, done.stdout.decode()
    assert done.stdout.rstrip().endswith(b"0 problems.")


def test_a_pattern_that_fails_its_example_ends_with_11(run_cli: RunCli, tmp_path: Path) -> None:
    """Each problem stands in a line of its own."""
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns/numbers.toml").write_text(
        '[[pattern]]\nid = "x"\nkind = "OTHER_ID"\nscore = 0.9\nregex = "LC-[0-9]+"\n'
        'match = ["LC-x"]\nmiss = ["LC-1"]\n',
        encoding="utf-8",
    )
    done = run_cli("rules", "check", "--rules", tmp_path)
    assert done.returncode == 11
    assert done.stdout.count(b"pattern 'x'") == 2


def test_a_bug_is_one_line_without_a_message(tmp_path: Path) -> None:
    """Class and place are enough to find it; a traceback could quote a letter."""
    (tmp_path / "sitecustomize.py").write_text(
        "import anonymizer.cases\n"
        "def read_cases(data, file_name): raise LookupError('Anna Schmidt')\n"
        "anonymizer.cases.read_cases = read_cases\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "anonymizer.cli", "redact", "--jsonl", "--cases", "Makefile"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 70
    assert done.stderr.startswith(b"anonymizer: bug: LookupError at anonymizer/commands.py:")
    assert done.stderr.count(b"\n") == 1
    assert b"Anna" not in done.stderr
