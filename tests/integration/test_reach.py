"""Whom a letter has reached, for the report of a breach: everybody who knows it and nobody else."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.reach import Reached, find_reached
from service.cli import app
from service.workflow.errors import NotAllowed
from service.workflow.people import Role
from tests.factories import LETTER, add, approved, clock_of, drafted, view, work_all


def reached(desk: Desk, **only: str) -> list[tuple[str, str, str | None]]:
    """Who got to know what how, until now."""
    until = desk.now() + timedelta(seconds=1)
    found: tuple[Reached, ...] = find_reached(
        desk,
        OPERATOR,
        since=until - timedelta(days=30),
        until=until,
        letter_id=only.get("letter"),
        case_id=only.get("case"),
    )
    return [(one.how, one.who, one.letter_id) for one in found]


def test_readers_and_recipients_of_a_letter_are_named(desk: Desk) -> None:
    """Of this letter, of its case, and not those of another one."""
    anna, ben = add(desk, "Anna Proof"), add(desk, "Ben Proof")
    sent = approved(desk, anna)
    work_all(desk)
    other = drafted(desk, f"other {LETTER}")
    view(desk, ben, other)
    told = reached(desk, letter=sent)
    assert ("letter.dispatched", "CL-1", sent) in told
    assert ("letter.opened", "Anna Proof", sent) in told
    assert not [one for one in told if one[1] == "Ben Proof"]
    assert {one[2] for one in reached(desk, case="C-1")} == {sent, other}
    assert reached(desk, case="C-2") == []
    assert actions.verify_audit(desk)


def test_only_the_time_that_was_asked_for_counts(desk: Desk) -> None:
    """What came before is another breach, or none."""
    approved(desk, add(desk, "Anna Proof"))
    work_all(desk)
    clock_of(desk).forward(days=31)
    assert reached(desk) == []


def test_only_the_operator_asks(desk: Desk) -> None:
    """And the asking is on record."""
    with pytest.raises(NotAllowed):
        find_reached(desk, add(desk, "Lea", Role.SENIOR), since=desk.now(), until=desk.now())


def test_the_command_prints_a_list_and_the_last_moment(tmp_path: Path) -> None:
    """Seventy-two hours from now."""
    result = CliRunner().invoke(app, ["dispatch", "reached", "--data", str(tmp_path)])
    assert result.exit_code == 0
    assert "report it until" in result.stderr
    assert result.stdout.splitlines() == ["at,how,who,letter_id,case_id,sha256"]
