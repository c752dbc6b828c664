"""Letters, events and dispatches that do not agree are told, and left as they are."""

import pytest
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.reconciling import reconcile
from service.worker import Worker
from service.workflow.people import Person, Role
from tests.factories import LETTER, add, approved, bring_in, claimed, send_back, work_all

AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))


def walked(desk: Desk) -> str:
    """Letters in many states; the id of one that has left."""
    anna = add(desk, "Anna Proof")
    sent = approved(desk, anna, f"sent {LETTER}")
    work_all(desk)
    send_back(desk, anna, claimed(desk, anna, f"back {LETTER}"))
    claimed(desk, anna, f"claimed {LETTER}")
    approved(desk, anna, f"waits {LETTER}")
    bring_in(desk, f"new {LETTER}")
    return sent


def test_what_the_service_does_agrees(desk: Desk) -> None:
    """In every state of its letters."""
    walked(desk)
    assert reconcile(desk) == {}


#: Each as somebody with every right on the database could do it.
HARM = {
    "approved_without_order": (
        "DELETE FROM dispatches WHERE letter_id IN "
        "(SELECT letter_id FROM letters WHERE state = 'approved')"
    ),
    "dispatched_without_order": "UPDATE dispatches SET done_at = NULL WHERE letter_id = :id",
    "letters_in_no_state": "UPDATE letters SET state = 'gone' WHERE letter_id = :id",
}


@pytest.mark.parametrize(("code", "statement"), HARM.items(), ids=HARM.keys())
def test_what_does_not_agree_is_told_once(desk: Desk, code: str, statement: str) -> None:
    """By a code and a number, in the trail; nothing is mended behind anybody's back."""
    sent = walked(desk)
    with desk.database.writing() as tx:
        values = {"id": sent} if ":id" in statement else {}
        tx.connection.execute(sql(statement), values)
    found = reconcile(desk)
    assert found == {code: 1}
    assert reconcile(desk, before=found) == found
    told = [
        dict(one.details)
        for one in actions.list_audit(desk, AUDITOR)
        if one.action == "data.mismatch"
    ]
    assert told == [{code: 1}]


def test_a_letter_that_vanished_is_missed(desk: Desk) -> None:
    """Its event stays: the trail cannot be changed."""
    lost = bring_in(desk)
    with desk.database.writing() as tx:
        tx.connection.execute(sql("DELETE FROM letters WHERE letter_id = :id"), {"id": lost})
    assert reconcile(desk) == {"events_without_letter": 1}


def test_a_worker_looks_by_itself(desk: Desk) -> None:
    """Right at its start, and not again for a while."""
    lost = bring_in(desk)
    with desk.database.writing() as tx:
        tx.connection.execute(sql("DELETE FROM letters WHERE letter_id = :id"), {"id": lost})
    worker = Worker(desk)
    worker.keep_house()
    worker.keep_house()
    told = [one for one in actions.list_audit(desk, AUDITOR) if one.action == "data.mismatch"]
    assert len(told) == 1
    worker.stop(seconds=0)
