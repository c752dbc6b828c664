"""`anonymizer redact` on real letters, as a user runs it: another process, killed, run again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.gold import GOLD_FOLDER, load_letters
from tests.conftest import RunCli

ROOT = Path(__file__).parents[2]
LETTERS = load_letters(GOLD_FOLDER / "en" / "dev")[:12]
COUNTRIES = ("--writer-country", "US", "--reader-country", "DE")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some letters as files."""
    for letter in LETTERS:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{letter.name}.txt").write_text(letter.text, encoding="utf-8")
    return tmp_path / "in"


def _requests() -> bytes:
    return b"".join(
        json.dumps(
            {
                "id": letter.name,
                "text": letter.text,
                "donor_number": letter.donor_number or "4970537838306400308",
                "writer_country": letter.writer_country,
                "reader_country": letter.reader_country,
            }
        ).encode()
        + b"\n"
        for letter in LETTERS
    )


def _report(out: Path) -> dict[str, dict[str, object]]:
    lines = (out / "report.jsonl").read_text("utf-8").splitlines()
    return {entry["path"]: entry for entry in map(json.loads, lines)}


def test_a_folder_becomes_a_folder_of_drafts(run_cli: RunCli, folder: Path) -> None:
    """Every letter is in the report; its draft lies where the report says."""
    out = folder.parent / "out"
    done = run_cli("redact", folder, "--out", out, *COUNTRIES)
    assert done.returncode in {0, 3}
    report = _report(out)
    assert set(report) == {path.name for path in folder.iterdir()}
    for entry in report.values():
        assert (out / str(entry["output"])).is_file()
        assert str(entry["output"]).startswith("held/") is (entry["status"] == "held")
    assert f"{len(report)} letters" in done.stdout.decode()


def test_a_number_on_the_cover_lets_a_letter_pass(run_cli: RunCli, tmp_path: Path) -> None:
    """Without any number a person has to allocate the letter."""
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text("Dear donor,\n\nthank you for everything!\n", "utf-8")
    (tmp_path / "n.csv").write_text("path,donor_number\na.txt,4970537838306400308\n", "utf-8")
    numbers = ("--cover-numbers", tmp_path / "n.csv")
    done = run_cli("redact", tmp_path / "in", "--out", tmp_path / "out", *COUNTRIES, *numbers)
    report = _report(tmp_path / "out")
    assert done.returncode == 3
    assert report["a.txt"]["status"] == "drafted"
    assert report["b.txt"]["output"] == "held/b.txt"


def test_a_letter_full_of_disguises_is_put_with_the_held_ones(
    run_cli: RunCli, tmp_path: Path
) -> None:
    """The report says why, and the command ends with the status for held letters."""
    (tmp_path / "in").mkdir()
    hidden = "Dear donor,\n\n" + "thank yo\u2060u for what yo\u2060u did for me! " * 15
    (tmp_path / "in" / "a.txt").write_text(hidden, "utf-8")
    (tmp_path / "n.csv").write_text("path,donor_number\na.txt,4970537838306400308\n", "utf-8")
    numbers = ("--cover-numbers", tmp_path / "n.csv")
    done = run_cli("redact", tmp_path / "in", "--out", tmp_path / "out", *COUNTRIES, *numbers)
    assert done.returncode == 3
    entry = _report(tmp_path / "out")["a.txt"]
    assert (entry["status"], entry["output"]) == ("held", "held/a.txt")
    assert '"disguised"' in json.dumps(entry["holds"])
    assert (tmp_path / "out" / "held" / "a.txt").is_file()


def test_neither_report_nor_terminal_repeats_a_name(run_cli: RunCli, folder: Path) -> None:
    """Except where the letter's own number routes it."""
    out = folder.parent / "out"
    done = run_cli("redact", folder, "--out", out, *COUNTRIES, "--jobs", "2")
    told = done.stdout + done.stderr + (out / "report.jsonl").read_bytes()
    names = {mark.text for letter in LETTERS for mark in letter.marks if mark.kind == "PERSON"}
    shown = {name for name in names if name.encode() in told.replace(str(folder).encode(), b"")}
    file_names = " ".join(path.name for path in folder.iterdir())
    assert not {name for name in shown if name not in file_names}


def test_a_run_that_is_killed_goes_on(run_cli: RunCli, folder: Path) -> None:
    """What was drafted before the kill stays; the second run does the rest."""
    out = folder.parent / "out"
    arguments = [sys.executable, "-m", "anonymizer.cli", "redact", str(folder), "--out", str(out)]
    for number in range(30):
        shutil.copy(next(folder.iterdir()), folder / f"more-{number}.txt")
    running = subprocess.Popen(
        [*arguments, "--jobs", "2"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while len(list(out.rglob("*.txt"))) < 3:
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.txt")}
    done = run_cli("redact", folder, "--out", out)
    assert done.returncode in {0, 3}
    assert len(_report(out)) == len(list(folder.iterdir()))
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert not [path for path in out.rglob("*") if path.name.startswith(".writing")]


def test_a_killed_run_leaves_no_process_behind(folder: Path) -> None:
    """Worker processes notice that nobody waits for them."""
    out = folder.parent / "out"
    mark = f"anonymizer-test-{os.getpid()}"
    running = subprocess.Popen(
        [sys.executable, "-m", "anonymizer.cli", "redact", folder, "--out", out, "--jobs", "2"],
        cwd=ROOT,
        env={**os.environ, "ANONYMIZER_TEST": mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(_processes(mark)) < 3 and running.poll() is None:
        time.sleep(0.01)
    running.kill()
    running.wait()
    deadline = time.monotonic() + 60
    while _processes(mark):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _processes(mark: str) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if mark.encode() in (process / "environ").read_bytes():
                    found.append(process.name)
            except OSError:
                continue
    return found


def test_ctrl_c_ends_with_130_in_one_line(folder: Path) -> None:
    """And the same command goes on."""
    out = folder.parent / "out"
    running = _start_two_workers(folder, out)
    while not list(out.rglob("*.txt")) and running.poll() is None:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=120)
    assert running.returncode == 130
    assert b"Traceback" not in told
    assert told.splitlines()[-1].startswith(b"anonymizer: stopped")


def test_a_worker_is_deaf_to_ctrl_c_from_its_start(folder: Path) -> None:
    """One that still loads has no handler yet: it would tell its traceback to the terminal."""
    out = folder.parent / "out"
    mark = f"anonymizer-test-{os.getpid()}"
    running = _start_two_workers(folder, out, ANONYMIZER_TEST=mark)
    looks = []
    while not list(out.rglob("*.txt")) and running.poll() is None:
        looks += [
            _is_deaf_to_ctrl_c(process) for process in _processes(mark) if _is_worker(process)
        ]
    running.kill()
    running.communicate(timeout=120)
    assert looks
    assert all(looks)


def _start_two_workers(folder: Path, out: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "anonymizer.cli", "redact", folder, "--out", out, "--jobs", "2"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _is_worker(process: str) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _is_deaf_to_ctrl_c(process: str) -> bool:
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
    masks = dict(line.split(":\t", 1) for line in told.splitlines() if line.startswith("Sig"))
    deaf = int(masks["SigBlk"], 16) | int(masks["SigIgn"], 16)
    return bool(deaf & 1 << signal.SIGINT - 1)


def test_json_lines_do_not_depend_on_processes_or_hashing(run_cli: RunCli) -> None:
    """Same letters, same rules, same bytes."""
    first = run_cli("redact", "--jsonl", stdin=_requests(), PYTHONHASHSEED="1")
    second = run_cli("redact", "--jsonl", "--jobs", "3", stdin=_requests(), PYTHONHASHSEED="2")
    assert first.returncode == second.returncode
    assert first.stdout == second.stdout
    assert first.stdout.count(b"\n") == len(LETTERS)


def test_json_lines_are_answered_line_by_line(run_cli: RunCli) -> None:
    """In order, whether the line is a letter or not."""
    lines = _requests().splitlines()[:2]
    stdin = b"\n".join([lines[0], b"no json", b'{"id": "x", "text": "\\ud800"}', lines[1]])
    done = run_cli("redact", "--jsonl", stdin=stdin)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [LETTERS[0].name, None, "x", LETTERS[1].name]
    assert [answer["holds"][0]["stage"] for answer in answers[1:3]] == ["intake", "intake"]
    assert len({tuple(answer) for answer in answers}) == 1
    assert done.returncode == 10
    assert done.stderr == b""


def test_a_companion_process_answers_before_the_next_line(run_cli: RunCli) -> None:
    """Write a line, read a line."""
    del run_cli
    line = _requests().splitlines()[0] + b"\n"
    for jobs in ("1", "2"):
        companion = subprocess.Popen(
            [sys.executable, "-m", "anonymizer.cli", "redact", "--jsonl", "--jobs", jobs],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert companion.stdin is not None
        assert companion.stdout is not None
        for _ in range(2):
            companion.stdin.write(line)
            companion.stdin.flush()
            assert json.loads(companion.stdout.readline())["id"] == LETTERS[0].name
        companion.communicate()
        assert companion.returncode in {0, 3}


def test_a_reader_that_goes_away_ends_the_run_quietly() -> None:
    """As `head` does."""
    endless = subprocess.Popen(
        [sys.executable, "-m", "anonymizer.cli", "redact", "--jsonl"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert endless.stdin is not None
    assert endless.stdout is not None
    assert endless.stderr is not None
    endless.stdout.close()
    endless.stdin.write(_requests())
    endless.stdin.close()
    assert endless.stderr.read() == b""
    endless.stderr.close()
    assert endless.wait(120) == 74


def test_explain_shows_findings_and_hides_them_on_request(run_cli: RunCli, folder: Path) -> None:
    """With --no-text, nothing of the letter is shown."""
    (folder / "one.txt").write_text("Dear donor,\n\nwrite to ines@post.example!\n", "utf-8")
    shown = run_cli("explain", folder / "one.txt", *COUNTRIES)
    hidden = run_cli("explain", folder / "one.txt", *COUNTRIES, "--no-text")
    assert shown.returncode == hidden.returncode
    assert b"ines@post.example" in shown.stdout
    assert b"post.example" not in hidden.stdout
    assert b"EMAIL" in hidden.stdout


def test_explain_lets_no_control_character_reach_the_terminal(
    run_cli: RunCli, folder: Path
) -> None:
    """A letter must not be able to write into the title bar or hide a line."""
    (folder / "one.txt").write_text("Dear donor,\n\n\x1b]0;title\x07 I am Ines.\n", "utf-8")
    assert b"\x1b" not in run_cli("explain", folder / "one.txt", *COUNTRIES).stdout


def test_check_tells_the_language(run_cli: RunCli, tmp_path: Path) -> None:
    """For the letter and its passages, as a sentence or as JSON."""
    german = "Lieber Spender,\n\nich danke Ihnen von Herzen und wünsche Ihnen ein schönes Jahr.\n"
    (tmp_path / "german.txt").write_text(german, encoding="utf-8")
    done = run_cli("check", tmp_path / "german.txt", *COUNTRIES, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["code"], told["admitted"]) == (3, "de", False)
    assert b"Language: German" in run_cli("check", tmp_path / "german.txt", *COUNTRIES).stdout
