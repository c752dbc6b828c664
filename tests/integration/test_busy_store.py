"""What a full store is asked: by its indices, and without a lock where nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.drafting import make_draft, take_letter
from service.actions.leasing import enter, leave, take_from_the_dead
from service.actions.queueing import ALL, SCOPE_PASSED_ON, scope_of_next
from service.store.audit import events_after
from service.store.drafts import NewDraft, save_draft
from service.store.letters import find_letter, has_next_letter
from service.store.order_of_drafts import next_to_draft
from service.store.queue import codes_in_queue, count_queue, find_queue
from service.store.trail import actors_of_trail, count_events, find_events
from service.store.webhooks import is_anything_due, is_anything_unheard
from service.worker import Worker
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import StaleVersion
from service.workflow.queue import QueueScope
from service.workflow.records import MachineDraft, Proof
from service.workflow.states import LetterState
from service.workflow.trail import TrailFilter
from tests.factories import START, add, bring_in, claimed, clock_of, drafted, state_of, view

FREE = QueueScope(states=frozenset({LetterState.READY}))
EVERY = QueueScope(states=frozenset(LetterState))


@contextmanager
def plans(connection: Connection) -> Iterator[list[str]]:
    """How SQLite goes about every SELECT that is made meanwhile."""
    asked: list[tuple[str, Any]] = []
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    for statement, values in asked:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        found.extend(str(row[3]) for row in rows)


@contextmanager
def writing_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody may take the lock meanwhile."""

    def refuse() -> None:
        message = "a lock was taken although there was nothing to write"
        raise AssertionError(message)

    with monkeypatch.context() as patch:
        patch.setattr(desk.database, "writing", refuse)
        yield


def test_the_queue_is_counted_and_sorted_by_its_index_alone(desk: Desk) -> None:
    """Past the sealed texts of ten thousand rows nobody reads to find out which are urgent."""
    if not desk.database.is_sqlite:
        return
    with desk.database.reading() as connection:
        with plans(connection) as found:
            find_queue(connection, FREE, ALL, now=desk.now(), limit=50)
        assert found[0].startswith("SEARCH letters USING COVERING INDEX ix_letters_queue")
        assert not any("TEMP B-TREE" in one for one in found)
        with plans(connection) as found:
            count_queue(connection, FREE, ALL, now=desk.now())
            find_queue(connection, EVERY, ALL, now=desk.now(), limit=50)
            # asked for every page of a senior
            count_queue(connection, SCOPE_PASSED_ON, ALL, now=desk.now())
        assert found[-1].startswith("SEARCH letters USING COVERING INDEX ix_letters_queue")
        assert not any(one.startswith("SCAN letters") and "COVERING" not in one for one in found)


def test_who_has_read_a_letter_is_not_looked_up_letter_by_letter(desk: Desk) -> None:
    """Once for the whole queue."""
    if not desk.database.is_sqlite:
        return
    anna = add(desk, "Anna Proof")
    with desk.database.reading() as connection, plans(connection) as found:
        count_queue(connection, scope_of_next(anna), ALL, now=desk.now())
    assert not any("CORRELATED" in one for one in found)


def test_looking_for_work_reads_no_table_from_end_to_end(desk: Desk) -> None:
    """A worker looks several times a second."""
    if not desk.database.is_sqlite:
        return
    with desk.database.reading() as connection, plans(connection) as found:
        has_next_letter(connection, LetterState.APPROVED, now=desk.now())
        is_anything_due(connection, ["registry"], now=desk.now())
        is_anything_unheard(connection, ["registry"])
        codes_in_queue(connection, FREE)
    assert found
    assert not any(one.startswith("SCAN letters") for one in found)
    assert not any(one == "SCAN webhook_deliveries" for one in found)


def test_the_next_letter_to_draft_is_found_by_indices_alone(desk: Desk) -> None:
    """However many wait, and however long the trail is."""
    if not desk.database.is_sqlite:
        return
    bring_in(desk)
    with desk.database.reading() as connection, plans(connection) as found:
        assert next_to_draft(connection, now=desk.now()) is not None
    assert any("ix_letters_client" in one for one in found)
    assert not any(one.startswith(("SCAN letters", "SCAN audit_events")) for one in found)
    assert not any("TEMP B-TREE" in one for one in found)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (TrailFilter(actor="system"), "actor"),
        (TrailFilter(action=AuditAction.LETTER_OPENED), "action"),
        (TrailFilter(actor="system", action=AuditAction.LETTER_OPENED), "action"),
        (TrailFilter(since=START, until=START), "at"),
    ],
)
def test_the_trail_is_filtered_by_its_indices(desk: Desk, wanted: TrailFilter, index: str) -> None:
    """A count reads no event, and nothing is sorted that stands in order."""
    if not desk.database.is_sqlite:
        return
    with desk.database.reading() as connection, plans(connection) as found:
        count_events(connection, wanted)
        find_events(connection, wanted, limit=100)
        actors_of_trail(connection)
    assert found[0].startswith(f"SEARCH audit_events USING COVERING INDEX ix_audit_events_{index} ")
    assert found[1].startswith(f"SEARCH audit_events USING INDEX ix_audit_events_{index} ")
    assert ("TEMP B-TREE" in found[2]) is (index == "at")
    assert not any(one.startswith("SCAN audit_events") for one in found)


def test_everybody_on_the_trail_is_named_once(desk: Desk) -> None:
    """As often as they did something."""
    people = {add(desk, f"P{number}").person_id for number in range(3)}
    claimed(desk, add(desk, "Anna Proof"))
    with desk.database.reading() as connection:
        found = actors_of_trail(connection)
        seen = {one.event.actor for one in events_after(connection)}
    assert found == tuple(sorted(seen))
    assert "system" in found
    assert not people & set(found)


def test_a_worker_without_work_takes_no_lock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes meanwhile does not wait for one that finds nothing."""
    drafted(desk)
    worker = Worker(desk)
    worker.work_once()
    with writing_refused(desk, monkeypatch):
        assert not worker.work_once()


def test_looking_at_a_letter_again_takes_no_lock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look of a visit is on the trail; a claimed letter's lease is renewed each time."""
    letter_id, anna = drafted(desk), add(desk, "Anna Proof")
    first = view(desk, anna, letter_id)
    assert any(one.action == AuditAction.LETTER_OPENED.value for one in first.history)
    with writing_refused(desk, monkeypatch):
        assert view(desk, anna, letter_id) == first
    clock_of(desk).now += timedelta(minutes=31)
    again = view(desk, anna, letter_id)
    assert len(again.history) == len(first.history) + 1
    mine = claimed(desk, anna)
    clock_of(desk).now += timedelta(minutes=1)
    assert view(desk, anna, mine).lease_until == desk.now() + desk.settings.claim_lease


def test_no_text_is_read_before_the_visit_is_on_the_trail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the trail cannot be written, nothing is shown."""
    letter_id, anna = drafted(desk), add(desk, "Anna Proof")
    with writing_refused(desk, monkeypatch), pytest.raises(AssertionError, match="lock"):
        view(desk, anna, letter_id)


def test_the_letter_of_a_dead_worker_waits_no_longer_than_its_death(desk: Desk) -> None:
    """That it is dead was waited out; a worker that gave it back may have failed at it."""
    slow = desk.settings.model_copy(update={"retry_pause_s": 600.0})
    object.__setattr__(desk, "settings", slow)
    letter_id, dead = bring_in(desk), enter(desk)
    assert take_letter(desk, dead) is not None
    take_from_the_dead(desk, {dead: 0})
    alive = enter(desk)
    assert take_letter(desk, alive) is not None
    leave(desk, alive)
    assert take_letter(desk, enter(desk)) is None
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_of_two_drafts_under_one_number_the_second_is_refused(desk: Desk) -> None:
    """A lease that was lost is a stale version, not a fault of the store."""
    letter_id = bring_in(desk)
    work = take_letter(desk, enter(desk))
    assert work is not None
    draft = make_draft(desk, work)
    new = NewDraft(draft=MachineDraft.of(draft), proof=Proof.of_draft(draft))
    made = AuditEvent(
        at=desk.now(), actor="system", action=AuditAction.LETTER_DRAFTED, letter_id=letter_id
    )
    changes = {"state": LetterState.READY}
    with desk.database.writing() as tx:
        save_draft(tx, work.row, new, changes, event=made)
    with desk.database.reading() as connection:
        after = find_letter(connection, letter_id)
    with pytest.raises(StaleVersion), desk.database.writing() as tx:
        save_draft(tx, work.row, new, changes, event=made)
    with desk.database.reading() as connection:
        assert find_letter(connection, letter_id) == after
    actions.verify_audit(desk)
    assert OPERATOR.name
