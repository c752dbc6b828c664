"""Whoever works on the command line stands in the trail by the name of their account."""

import os
import pwd
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner

from service.cli import app
from service.operators import operator
from service.settings import Settings
from service.store.database import Database
from service.workflow.people import Role
from tests.factories import CASES

run = CliRunner()


def actors(data: Path) -> list[str]:
    """Who did what is in the trail, one after the other."""
    database = Database(Settings(data=data).database_url)
    with database.reading() as connection:
        query = sql("SELECT actor FROM audit_events ORDER BY seq")
        found = list(connection.execute(query).scalars())
    database.close()
    return found


def test_two_operators_are_two_in_the_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both work under the service's own account, and say who they are."""
    data = ["--data", str(tmp_path / "data")]
    cases = tmp_path / "cases.csv"
    cases.write_bytes(CASES)
    for name, command in (
        ("ada", ["user", "add", "Anna", "--role", "proofreader"]),
        ("bert", ["cases", "import", str(cases)]),
        ("ada", ["key", "add", "registry"]),
        ("bert", ["dispatch", "pause"]),
        ("ada", ["hold", "set", "C-1"]),
        ("bert", ["keys", "rotate"]),
        ("ada", ["backup", "--unsealed", "--no-trial", str(tmp_path / "backups")]),
    ):
        monkeypatch.setenv("LETTERS_OPERATOR", name)
        before = len(actors(tmp_path / "data")) if (tmp_path / "data").exists() else 0
        done = run.invoke(app, [*command, *data])
        assert done.exit_code == 0, (command, done.output)
        new = actors(tmp_path / "data")[before:]
        assert new
        assert set(new) == {f"operator:{name}"}, command


def test_without_a_name_it_is_the_account_that_was_signed_in_to(tmp_path: Path) -> None:
    """Which `sudo` does not change; where nobody signed in, the account of the process."""
    settings = Settings(data=tmp_path)
    login = tmp_path / "loginuid"
    here = pwd.getpwuid(os.getuid()).pw_name
    for content, wanted in (
        (str(os.getuid()), here),
        (str((1 << 32) - 1), here),
        ("not a number", here),
        ("0", "root"),
        ("4000123", "uid-4000123"),
    ):
        login.write_text(content)
        assert operator(settings, login=login).person_id == f"operator:{wanted}"
    assert operator(settings, login=tmp_path / "absent").person_id == f"operator:{here}"


def test_an_operator_has_the_one_role_and_no_more() -> None:
    """The table of permissions holds on the command line as on the pages."""
    assert operator(Settings()).roles == frozenset({Role.OPERATOR})


@pytest.mark.parametrize("name", ["", "Ada Lovelace", "a" * 21, "ada;drop", "-ada", "Ädä"])
def test_a_name_that_is_no_account_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """In one sentence that does not repeat it; nothing is done."""
    monkeypatch.setenv("LETTERS_OPERATOR", name)
    done = run.invoke(
        app, ["user", "add", "Anna", "--role", "proofreader", "--data", str(tmp_path)]
    )
    assert done.exit_code == 1
    assert "LETTERS_OPERATOR" in done.output
    assert not name or name not in done.output
    assert not (tmp_path / "letters.db").exists()
