"""The command line of the service: one line per refusal, every step audited."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.settings_trouble import unknown_variables
from tests.factories import CASES

run = CliRunner()


def call(data: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and everything that was printed."""
    result = run.invoke(app, [*arguments, "--data", str(data)])
    return result.exit_code, result.output


def test_a_person_is_added_with_a_link(tmp_path: Path) -> None:
    """A second link can be asked for; both differ."""
    status, first = call(tmp_path, "user", "add", "Anna", "--role", "proofreader")
    assert status == 0
    assert first.startswith("http://127.0.0.1:8765/sign-in/")
    status, second = call(tmp_path, "user", "link", "Anna")
    assert status == 0
    assert first != second


def test_a_link_leads_to_the_port_that_is_named(tmp_path: Path) -> None:
    """The service may listen elsewhere than the defaults say."""
    call(tmp_path, "user", "add", "Anna", "--role", "proofreader")
    status, link = call(tmp_path, "user", "link", "Anna", "--port", "9001")
    assert status == 0
    assert link.startswith("http://127.0.0.1:9001/sign-in/")


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt folder of rules would otherwise go unnoticed; a value is never repeated."""
    monkeypatch.setenv("LETTERS_RULES", "hunter2")
    monkeypatch.setenv("LETTERS_RULES_FOLDER", "our-rules")
    assert unknown_variables() == ("LETTERS_RULES",)


def test_a_key_is_shown_once(tmp_path: Path) -> None:
    """It is not in the database."""
    status, key = call(tmp_path, "key", "add", "registry")
    assert status == 0
    assert key.startswith("lk_")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("letters.db*"))
    # the secret itself may hold underscores
    secret = key.strip().split("_", 2)[2]
    assert len(secret) > 20
    assert secret.encode() not in stored


def test_cases_are_imported_or_their_mistakes_told(tmp_path: Path) -> None:
    """File, row, remedy."""
    good, bad = tmp_path / "cases.csv", tmp_path / "bad.csv"
    good.write_bytes(CASES)
    bad.write_bytes(CASES.replace(b",DE,US,", b",DE,,"))
    assert call(tmp_path, "cases", "import", str(good)) == (0, "2 cases imported.\n")
    status, told = call(tmp_path, "cases", "import", str(bad))
    assert status == 1
    assert "Nothing was imported.\nbad.csv, row 2: patient_country is empty" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "link", "Nobody"),
        ("cases", "import", "no-such-file.csv"),
        ("audit", "verify", "--expect", "1:abc"),
        ("key", "add", "ä"),
    ],
)
def test_a_refusal_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Never a traceback."""
    status, told = call(tmp_path, *arguments)
    assert status == 1
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1


def test_a_bad_setting_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its value may be a password, so it is not repeated."""
    monkeypatch.setenv("LETTERS_PORT", "hunter2")
    status, told = call(tmp_path, "audit", "verify")
    assert status == 1
    assert "hunter2" not in told


def test_what_the_operator_does_is_in_the_trail(tmp_path: Path) -> None:
    """The trail is checked, and its end can be noted elsewhere."""
    call(tmp_path, "user", "add", "Anna", "--role", "senior")
    status, end = call(tmp_path, "audit", "verify")
    assert status == 0
    assert "no end of the trail was ever noted" in end
    end = end.splitlines()[-1]
    assert end.startswith("2:")
    status, told = call(tmp_path, "audit", "verify", "--expect", end)
    assert (status, told.splitlines()[-1]) == (0, end)


def test_the_template_and_the_list_of_cases_are_printed(tmp_path: Path) -> None:
    """The template imports as it is; the list names nobody."""
    template = run.invoke(app, ["cases", "template"])
    assert template.exit_code == 0
    file = tmp_path / "template.csv"
    file.write_text(template.output, "utf-8")
    assert call(tmp_path, "cases", "import", str(file)) == (0, "1 case imported.\n")
    status, listed = call(tmp_path, "cases", "list")
    assert status == 0
    assert "EXAMPLE-1" in listed
    assert "2025-03-11" in listed
    assert "Beispiel" not in listed
