"""
Counts for those who watch over the service: how much there is, how old it is, whose turn it is.

Contract: numbers by codes of the program; nothing here is about one letter, case or person, and
nothing sealed is opened.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, case, func, inspect, select, text

from anonymizer.model import Stage
from service.store.access_tables import webhook_deliveries
from service.store.codec import holds_codec
from service.store.schema import audit_events, letters
from service.workflow.audit import AuditAction
from service.workflow.states import LetterState

#: So many different lists of holds are looked at; a busy registry has some dozens.
_MOST_HOLDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Work of one kind: whose turn it is, what waits for a later try, what a worker has in hand."""

    due: int
    later: int
    taken: int


def oldest_by_state(connection: Connection) -> dict[LetterState, datetime]:
    """Since when the letter that has been longest in each state is there."""
    query = select(letters.c.state, func.min(letters.c.changed_at)).group_by(letters.c.state)
    return {LetterState(state): since for state, since in connection.execute(query)}


def count_waiting(connection: Connection, state: LetterState, *, now: datetime) -> Waiting:
    """The letters of a state that workers take from."""
    taken = letters.c.worker_id.is_not(None)
    due = and_(~taken, letters.c.next_try_at <= now)
    query = select(_sum(due), _sum(and_(~taken, ~due)), _sum(taken)).where(
        letters.c.state == state.value
    )
    return _waiting(*connection.execute(query).one())


def count_deliveries(connection: Connection, *, now: datetime) -> tuple[Waiting, int]:
    """Status words on their way to registry clients, and how many were given up."""
    rows = webhook_deliveries.c
    given_up = rows.dead_at.is_not(None)
    taken = and_(~given_up, rows.lease_until.is_not(None), rows.lease_until > now)
    due = and_(~given_up, ~func.coalesce(rows.lease_until > now, False), rows.next_try_at <= now)
    later = and_(~given_up, ~func.coalesce(rows.lease_until > now, False), rows.next_try_at > now)
    query = select(_sum(due), _sum(later), _sum(taken), _sum(given_up)).where(
        rows.done_at.is_(None)
    )
    *counts, dead = connection.execute(query).one()
    return _waiting(*counts), int(dead or 0)


def count_holds(connection: Connection) -> Mapping[Stage, int]:
    """How many letters each stage holds; one that several stages hold counts at each."""
    query = (
        select(letters.c.holds, func.count())
        .where(letters.c.holds != "[]", letters.c.state.like("held_%"))
        .group_by(letters.c.holds)
        .limit(_MOST_HOLDS)
    )
    found: Counter[Stage] = Counter()
    for held, count in connection.execute(query):
        for stage in {hold.stage for hold in holds_codec.load(held)}:
            found[stage] += count
    return found


def count_events(connection: Connection, *, after: int, until: int) -> Mapping[AuditAction, int]:
    """How often each thing happened: in the events after the one, up to the other."""
    query = (
        select(audit_events.c.action, func.count())
        .where(audit_events.c.seq > after, audit_events.c.seq <= until)
        .group_by(audit_events.c.action)
    )
    return {AuditAction(action): count for action, count in connection.execute(query)}


def last_event_at(connection: Connection, action: AuditAction | None = None) -> datetime | None:
    """When this happened last, or anything at all; None for never."""
    query = select(audit_events.c.at).order_by(audit_events.c.seq.desc()).limit(1)
    if action is not None:
        query = query.where(audit_events.c.action == action.value)
    return connection.execute(query).scalar_one_or_none()


def database_time(connection: Connection) -> datetime | None:
    """What the clock of the database shows; None for SQLite, which has none of its own."""
    if connection.dialect.name != "postgresql":
        return None
    found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return found


def database_bytes(connection: Connection) -> int:
    """
    How large the database is: SQLite's files with their log, PostgreSQL's as it says itself.

    What the server keeps beside the database (its log, other databases) is not counted.
    """
    if connection.dialect.name == "postgresql":
        size = func.pg_database_size(func.current_database())
        return int(connection.execute(select(size)).scalar_one())
    files = connection.execute(text("PRAGMA database_list")).all()
    return sum(file_bytes(f"{one.file}{end}") for one in files if one.file for end in ("", "-wal"))


def file_bytes(name: str) -> int:
    """How large a file is; 0 for one that is not there."""
    try:
        return Path(name).stat().st_size
    except OSError:
        return 0


def is_writable(connection: Connection) -> bool:
    """False for a database that can only be read, such as a copy that follows another one."""
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(text("SHOW transaction_read_only")).scalar_one() == "off")
    files = connection.execute(text("PRAGMA database_list")).all()
    return all(os.access(one.file, os.W_OK) for one in files if one.file)


def audit_is_guarded(connection: Connection) -> bool:
    """True when the database itself refuses to change or remove events of the trail."""
    if not inspect(connection).has_table(audit_events.name):
        return False
    if connection.dialect.name == "postgresql":
        return _has(
            connection,
            # "O" and "A": fires for everybody who writes; any other letter: switched off
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_events_append_only' "
            "AND tgrelid = to_regclass('audit_events') AND tgenabled IN ('O', 'A')",
            1,
        )
    return _has(
        connection,
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events' "
        "AND name IN ('audit_events_no_UPDATE', 'audit_events_no_DELETE')",
        2,
    )


def _has(connection: Connection, query: str, wanted: int) -> bool:
    return int(connection.execute(text(query)).scalar_one()) == wanted


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _waiting(due: int | None, later: int | None, taken: int | None) -> Waiting:
    return Waiting(due=int(due or 0), later=int(later or 0), taken=int(taken or 0))
