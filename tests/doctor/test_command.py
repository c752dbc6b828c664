"""`anonymizer-service doctor`: a table, JSON, an exit status, and no secrets in any of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.doctor.command import LOOKS, examine
from service.doctor.report import Finding, Grade, as_json, failed
from service.doctor.site import Site
from service.settings import Settings

run = CliRunner()


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """The data folder of a site with one person."""
    data = tmp_path / "data"
    done = run.invoke(app, ["user", "add", "Anna", "--role", "admin", "--data", str(data)])
    assert done.exit_code == 0
    return data


def test_a_new_site_has_warnings_and_nothing_that_fails(started: Path) -> None:
    """Status 0; every look stands in the table."""
    done = run.invoke(app, ["doctor", "--data", str(started)])
    assert done.exit_code == 0
    for check in ("settings", "data folder", "keys", "schema", "audit trail", "canary", "scans"):
        assert check in done.output
    assert "0 fail" in done.output


def test_json_says_the_same(started: Path) -> None:
    """For a program, with one entry for each check."""
    done = run.invoke(app, ["doctor", "--json", "--data", str(started)])
    told = json.loads(done.output)
    assert told["ok"] is True
    assert {"check", "grade", "found", "remedy"} == set(told["checks"][0])
    assert all(one["remedy"] for one in told["checks"] if one["grade"] != "ok")


def test_what_fails_makes_status_one_and_tells_a_remedy(started: Path) -> None:
    """Here: keys that others can read."""
    (started / "keys" / "letters.keys").chmod(0o644)
    done = run.invoke(app, ["doctor", "--json", "--data", str(started)])
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert told["ok"] is False
    (keys,) = (one for one in told["checks"] if one["check"] == "keys")
    assert keys["grade"] == "fail"
    assert "chmod 600" in keys["found"]


def test_no_secret_and_no_person_is_printed(started: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys, nor passwords of the settings, nor names."""
    monkeypatch.setenv("LETTERS_KEY_COMMAND", "printf hunter2")
    monkeypatch.setenv("LETTERS_DATABASE", "postgresql://letters:hunter2@127.0.0.1:1/none")
    done = run.invoke(app, ["doctor", "--data", str(started)])
    assert done.exit_code == 1
    keys = "".join(path.read_text("utf-8") for path in (started / "keys").iterdir())
    for secret in ("hunter2", "Anna", *(word for word in keys.split() if len(word) > 40)):
        assert secret not in done.output


def test_a_look_that_breaks_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    """Its message could hold anything, so class and place are told."""

    def broken(_site: Site) -> Iterator[Finding]:
        message = "hunter2"
        raise ValueError(message)

    site = Site(settings=Settings(data=tmp_path))
    found = tuple(examine(site, (("first", broken), LOOKS[0])))
    assert found[0].grade is Grade.FAIL
    assert "ValueError" in found[0].found
    assert "hunter2" not in as_json(found)
    assert len(found) > 1
    assert failed(found)
