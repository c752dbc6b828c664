"""The trail can only grow; whoever changes it with every right on the database is found out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from service import actions
from service.actions import Desk
from service.actions.checking import AnchorKind, anchor_audit, anchor_file, verify_trail
from service.actions.sending import sending_pause
from service.anchoring import anchored
from service.store.audit import events_after
from service.workflow.audit import GENESIS, AuditAction, AuditEvent, ChainedEvent, event_hash
from service.workflow.errors import AuditBroken
from service.workflow.switches import PauseReason
from tests.factories import add, bring_in, clock_of


@dataclass(frozen=True, slots=True)
class Forger:
    """Somebody with every right on the database, and without the key of the anchors."""

    desk: Desk

    def events(self) -> list[ChainedEvent]:
        """What stands there."""
        with self.desk.database.reading() as connection:
            return list(events_after(connection))

    def write(self, events: list[AuditEvent], *, head: bool = True) -> None:
        """Put these events in the place of all, with a chain that holds."""
        with self.desk.database.writing() as tx:
            self._unguard(tx.connection)
            tx.connection.execute(sql("DELETE FROM audit_events"))
            before = GENESIS
            for seq, event in enumerate(events, start=1):
                digest = event_hash(seq, event, before)
                values = {
                    "seq": seq,
                    "at": event.at.replace(tzinfo=None)
                    if self.desk.database.is_sqlite
                    else event.at,
                    "actor": event.actor,
                    "action": event.action.value,
                    "letter_id": event.letter_id,
                    "details": json.dumps(dict(event.details), sort_keys=True),
                    "previous": before,
                    "hash": digest,
                }
                columns = "seq, at, actor, action, letter_id, details, previous_hash, hash"
                tx.connection.execute(
                    sql(
                        f"INSERT INTO audit_events ({columns}) VALUES (:seq, :at, :actor, :action, "  # noqa: S608
                        ":letter_id, :details, :previous, :hash)"
                    ),
                    {**values, "at": str(values["at"])},
                )
                before = digest
            if head:
                tx.connection.execute(
                    sql("UPDATE audit_head SET seq = :seq, hash = :hash"),
                    {"seq": len(events), "hash": before},
                )

    def statement(self, statement: str) -> None:
        """Any statement, past the triggers."""
        with self.desk.database.writing() as tx:
            self._unguard(tx.connection)
            tx.connection.execute(sql(statement))

    def _unguard(self, connection: object) -> None:
        if self.desk.database.is_sqlite:
            for name in ("no_update", "no_delete", "no_replace"):
                connection.execute(sql(f"DROP TRIGGER IF EXISTS audit_events_{name}"))  # type: ignore[attr-defined]
            connection.execute(sql("DROP TRIGGER IF EXISTS audit_head_no_delete"))  # type: ignore[attr-defined]
        else:
            connection.execute(sql("ALTER TABLE audit_events DISABLE TRIGGER USER"))  # type: ignore[attr-defined]
            connection.execute(sql("ALTER TABLE audit_head DISABLE TRIGGER USER"))  # type: ignore[attr-defined]


def edit(forger: Forger) -> None:
    """Another person did it."""
    events = [one.event for one in forger.events()]
    events[2] = AuditEvent(at=events[2].at, actor="somebody", action=events[2].action)
    forger.write(events)


def insertion(forger: Forger) -> None:
    """Something that never happened."""
    events = [one.event for one in forger.events()]
    more = AuditEvent(at=events[1].at, actor="p", action=AuditAction.LETTER_APPROVED)
    forger.write([*events[:2], more, *events[2:]])


def reordering(forger: Forger) -> None:
    """In another order."""
    events = [one.event for one in forger.events()]
    forger.write([events[1], events[0], *events[2:]])


def truncation(forger: Forger) -> None:
    """The end is gone."""
    forger.write([one.event for one in forger.events()][:-2])


def deletion(forger: Forger) -> None:
    """Everything is gone."""
    forger.write([])


def replacement(forger: Forger) -> None:
    """Another trail of the same length, with an entry removed and one put in."""
    events = [one.event for one in forger.events()]
    more = AuditEvent(at=events[-1].at, actor="p", action=AuditAction.LETTER_OPENED)
    forger.write([*events[1:], more])


FORGERIES = [edit, insertion, reordering, truncation, deletion, replacement]
named = pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.__name__)


def lived_in(desk: Desk) -> Forger:
    """A trail with some events, whose end was noted."""
    for _ in range(3):
        bring_in(desk)
    anchor_audit(desk, AnchorKind.COMMAND)
    return Forger(desk)


@named
def test_a_trail_that_was_written_anew_is_found(
    desk: Desk, forgery: Callable[[Forger], None]
) -> None:
    """With a chain that holds in itself and a head that fits: only the note outside tells."""
    forger = lived_in(desk)
    assert verify_trail(desk).anchors == 1
    forgery(forger)
    with pytest.raises(AuditBroken):
        verify_trail(desk)


@named
def test_a_forged_trail_stops_all_sending(desk: Desk, forgery: Callable[[Forger], None]) -> None:
    """At the next note at the latest, and nothing is noted over it."""
    forger = lived_in(desk)
    before = anchor_file(desk).read_bytes()
    forgery(forger)
    with pytest.raises(AuditBroken):
        anchor_audit(desk, AnchorKind.INTERVAL)
    pause = sending_pause(desk)
    assert pause is not None
    assert pause.reason is PauseReason.AUDIT_BROKEN
    assert anchor_file(desk).read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'x' WHERE seq = 2",
        "UPDATE audit_events SET at = '2001-01-01 00:00:00' WHERE seq = 2",
        "UPDATE audit_events SET letter_id = 'x' WHERE seq = 3",
        "UPDATE audit_events SET details = '{}' WHERE seq = 1",
        "DELETE FROM audit_events WHERE seq = 2",
        "DELETE FROM audit_events WHERE seq > 2",
        "UPDATE audit_events SET seq = 100 WHERE seq = 2",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET seq = seq - 1",
    ],
)
def test_a_clumsy_change_is_found_without_any_note(desk: Desk, statement: str) -> None:
    """The chain itself tells."""
    for _ in range(3):
        bring_in(desk)
    Forger(desk).statement(statement)
    with pytest.raises(AuditBroken):
        verify_trail(desk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "DELETE FROM audit_head",
        "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1",
        "TRUNCATE audit_events",
        "TRUNCATE audit_head",
    ],
)
def test_the_database_refuses_to_change_the_trail(desk: Desk, statement: str) -> None:
    """By triggers, whatever asks; REPLACE too, which asks no DELETE trigger."""
    only = {"INSERT OR": True, "TRUNCATE": False}
    for start, sqlite in only.items():
        if statement.startswith(start) and sqlite is not desk.database.is_sqlite:
            return
    with pytest.raises(DBAPIError, match="append-only"), desk.database.writing() as tx:
        tx.connection.execute(sql(statement))
    verify_trail(desk)


def test_the_end_is_noted_at_start_and_stop_and_when_something_was_added(desk: Desk) -> None:
    """Not again and again while nothing happens."""
    with anchored(desk):
        add(desk, "Anna Proof")
        assert anchor_audit(desk, AnchorKind.INTERVAL)
        assert not anchor_audit(desk, AnchorKind.INTERVAL)
        add(desk, "Bert Proof")
    kinds = [json.loads(line)["kind"] for line in anchor_file(desk).read_text().splitlines()]
    assert kinds == ["start", "interval", "stop"]
    assert verify_trail(desk).anchors == 3


def test_a_service_on_a_forged_trail_says_so_and_sends_nothing(desk: Desk) -> None:
    """It starts, because people have to look."""
    truncation(lived_in(desk))
    told: list[str] = []
    with anchored(desk, told.append):
        assert "cut off or replaced" in told[0]
        assert sending_pause(desk) is not None


def test_notes_that_were_changed_are_found(desk: Desk) -> None:
    """Who forges the trail and its notes needs the key as well."""
    lived_in(desk)
    path = anchor_file(desk)
    path.write_text(path.read_text().replace('"seq": 4', '"seq": 3'))
    with pytest.raises(AuditBroken, match="line 1 is not as it was written"):
        verify_trail(desk)


def test_the_trail_still_holds_after_the_clock_was_wrong(desk: Desk) -> None:
    """Order is by number, not by time."""
    lived_in(desk)
    clock_of(desk).now -= timedelta(days=3)
    bring_in(desk)
    anchor_audit(desk, AnchorKind.INTERVAL)
    assert actions.verify_audit(desk)[0] == 5


def test_notes_are_kept_where_the_settings_say(desk: Desk, tmp_path: Path) -> None:
    """On another disk than the database."""
    elsewhere = tmp_path / "elsewhere"
    settings = desk.settings.model_copy(update={"anchor_folder": elsewhere})
    moved = Desk(
        database=desk.database, pipeline=desk.pipeline, way_out=desk.way_out, settings=settings
    )
    anchor_audit(moved, AnchorKind.COMMAND)
    assert [path.name for path in elsewhere.iterdir()] == ["audit-anchors.jsonl"]
