"""The copy of the data of a person: two people make it, and it tells nothing of the other side."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from anonymizer.model import Direction, Side
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.erasing import erase_letter
from service.actions.subject_access import (
    confirm_proposed_copy,
    fetch_copy,
    propose_copy,
    withdraw_proposed_copy,
)
from service.app import create_app
from service.workflow.errors import IllegalTransition, NotAllowed, NotFound
from service.workflow.people import Person, Role
from tests.factories import LETTER, NUMBER, add, approved, clock_of, make_desk, work_all
from tests.web.actors import Actor, browser, signed_in_actor

MARK = "Quincampoix"
AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a letter of each side that has left."""
    made = make_desk(tmp_path)
    anna = add(made, "Anna Proof")
    approved(made, anna, f"{MARK} {LETTER}")
    approved(
        made,
        anna,
        f"Dear donor, I think of you. Donor number {NUMBER}",
        direction=Direction.PATIENT_TO_DONOR,
    )
    work_all(made)
    yield made
    made.database.close()


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Dinator", Role.COORDINATOR)


@pytest.fixture
def cole(desk: Desk) -> Person:
    """Another one."""
    return add(desk, "Cole League", Role.COORDINATOR)


def copied(desk: Desk, cora: Person, cole: Person, side: Side) -> dict[str, Any]:
    """The copy that both agreed on."""
    copy_id = propose_copy(desk, cora, case_id="C-1", side=side)
    confirm_proposed_copy(desk, cole, case_id="C-1", copy_id=copy_id)
    return dict(json.loads(fetch_copy(desk, cora, case_id="C-1", copy_id=copy_id)))


#: What tells who the patient is, or where.
OF_PATIENT = ("Bob Miller", "CL-1", "First Clinic", "US")


def test_the_donor_gets_their_own_and_nothing_of_the_patient(
    desk: Desk, cora: Person, cole: Person
) -> None:
    """Their letter as they wrote it; the patient's as it was passed on, if it was."""
    told = copied(desk, cora, cole, Side.DONOR)
    plain = json.dumps(told, ensure_ascii=False)
    assert MARK in plain
    assert "Anna Schmidt" in plain
    assert NUMBER in plain
    for words in OF_PATIENT:
        assert words not in plain
    (written,) = told["letters_you_wrote"]
    assert written["text"].startswith(MARK)
    assert "Anna" not in written["passed_on_as"]


def test_the_patient_gets_their_own_and_nothing_of_the_donor(
    desk: Desk, cora: Person, cole: Person
) -> None:
    """Neither who wrote, nor the words that were taken out."""
    told = copied(desk, cora, cole, Side.PATIENT)
    plain = json.dumps(told, ensure_ascii=False)
    assert "Bob Miller" in plain
    assert "First Clinic" in plain
    for words in ("Anna", NUMBER, '"DE"'):
        about = {name: value for name, value in told.items() if name != "letters_you_wrote"}
        assert words not in json.dumps(about, ensure_ascii=False), words
    (got,) = told["letters_you_got"]
    assert "Dear friend" in got["text"]


def test_it_takes_two_people(desk: Desk, cora: Person, cole: Person) -> None:
    """And these two alone may fetch it."""
    copy_id = propose_copy(desk, cora, case_id="C-1", side=Side.DONOR)
    with pytest.raises(IllegalTransition, match="confirm this copy first"):
        fetch_copy(desk, cora, case_id="C-1", copy_id=copy_id)
    with pytest.raises(NotAllowed, match="Another person"):
        confirm_proposed_copy(desk, cora, case_id="C-1", copy_id=copy_id)
    with pytest.raises(IllegalTransition, match="already"):
        propose_copy(desk, cole, case_id="C-1", side=Side.DONOR)
    confirm_proposed_copy(desk, cole, case_id="C-1", copy_id=copy_id)
    third = add(desk, "Third One", Role.SENIOR)
    with pytest.raises(NotAllowed, match="one of the two"):
        fetch_copy(desk, third, case_id="C-1", copy_id=copy_id)
    assert fetch_copy(desk, cole, case_id="C-1", copy_id=copy_id)
    done = [one.action for one in reversed(actions.list_audit(desk, AUDITOR))]
    assert [one for one in done if one.startswith("copy.")] == [
        "copy.proposed",
        "copy.confirmed",
        "copy.fetched",
    ]


def test_a_copy_is_there_for_a_week(desk: Desk, cora: Person, cole: Person) -> None:
    """Then it is asked for anew; one that was withdrawn is never made."""
    copy_id = propose_copy(desk, cora, case_id="C-1", side=Side.DONOR)
    confirm_proposed_copy(desk, cole, case_id="C-1", copy_id=copy_id)
    clock_of(desk).forward(days=8)
    with pytest.raises(IllegalTransition, match="more than a week"):
        fetch_copy(desk, cora, case_id="C-1", copy_id=copy_id)
    again = propose_copy(desk, cora, case_id="C-1", side=Side.DONOR)
    withdraw_proposed_copy(desk, cora, case_id="C-1", copy_id=again)
    with pytest.raises(IllegalTransition):
        confirm_proposed_copy(desk, cole, case_id="C-1", copy_id=again)


def test_what_was_erased_is_said_to_be_erased(desk: Desk, cora: Person, cole: Person) -> None:
    """Instead of failing, or of telling half of it."""
    (letter,) = copied(desk, cora, cole, Side.DONOR)["letters_you_wrote"]
    erase_letter(desk, OPERATOR, letter_id=letter["letter"])
    (after,) = copied(desk, cora, cole, Side.DONOR)["letters_you_wrote"]
    assert (after["text"], after["passed_on_as"], after["erased"]) == (None, None, "everything")


def test_nobody_else_makes_copies(desk: Desk) -> None:
    """Not even the operator, and not of a case that there is not."""
    for person in (OPERATOR, AUDITOR, add(desk, "Ben Proof")):
        with pytest.raises(NotAllowed):
            propose_copy(desk, person, case_id="C-1", side=Side.DONOR)
    lead = add(desk, "Lea Der", Role.SENIOR)
    with pytest.raises(NotFound):
        propose_copy(desk, lead, case_id="C-77", side=Side.DONOR)


def press(web: httpx.Client, who: Actor, path: str, **form: str) -> httpx.Response:
    """Send a form as this person and see the page that follows."""
    web.cookies.set("session", who.cookies["session"])
    return web.post(path, data={"csrf_token": who.csrf, **form}, follow_redirects=True)


def test_on_the_pages(desk: Desk) -> None:
    """Asked for, confirmed by the other, fetched as a file whose name tells nothing."""
    first, second = (signed_in_actor(desk, role) for role in (Role.COORDINATOR, Role.SENIOR))
    here = "/review/cases/C-1/copies"
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        page = press(web, first, here, side="patient")
        copy_id = page.text.partition(f'action="{here}/')[2].partition("/")[0]
        assert press(web, first, f"{here}/{copy_id}/confirm").status_code == 409
        assert press(web, second, f"{here}/{copy_id}/confirm").status_code == 200
        answer = press(web, first, f"{here}/{copy_id}/fetch")
        assert "choose whose copy" in press(web, first, here, side="both").text.lower()
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="copy-{copy_id[:12]}.json"'
    )
    assert "no-store" in answer.headers["cache-control"]
    assert answer.json()["side"] == "patient"
