"""
How often people corrected the machine in approved letters: counts by week, language and kind.

Contract: counted in the transaction of the approval, after its event was written, so that two
approvals never count at once. The table names no letter and stays when letters are erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from service.store.database import Writing
from service.store.reading_tables import findings_found
from service.store.schema import approvals, dispatches, letters
from service.workflow.findings import Found, FoundKey
from service.workflow.states import LetterState

_T = findings_found.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long a letter took: from its receipt to the approval, and until it had left."""

    received_at: datetime
    approved_at: datetime
    sent_at: datetime | None


def count_found(tx: Writing, counts: Mapping[FoundKey, int], *, event: object) -> None:
    """Add these counts. `event` is the approval that they belong to, which is written already."""
    del event
    for key, count in counts.items():
        same = (
            _T.week == key.week,
            _T.language == key.language,
            _T.kind == key.kind,
            _T.outcome == key.outcome.value,
        )
        done = tx.connection.execute(
            update(findings_found).where(*same).values(count=_T.count + count)
        )
        if done.rowcount == 0:
            tx.connection.execute(
                insert(findings_found).values(
                    week=key.week,
                    language=key.language,
                    kind=key.kind,
                    outcome=key.outcome.value,
                    count=count,
                )
            )


def find_found(connection: Connection, *, since: date) -> Mapping[FoundKey, int]:
    """The counts of the weeks from this one on."""
    query = (
        select(findings_found)
        .where(_T.week >= since.isoformat())
        .order_by(_T.week, _T.language, _T.kind, _T.outcome)
    )
    return {
        FoundKey(
            week=row.week, language=row.language, kind=row.kind, outcome=Found(row.outcome)
        ): int(row._mapping["count"])  # noqa: SLF001 - see letters.py
        for row in connection.execute(query)
    }


def find_waited(connection: Connection, *, since: datetime) -> tuple[Waited, ...]:
    """Every letter that was approved since then."""
    query = (
        select(letters.c.received_at, approvals.c.approved_at, dispatches.c.done_at)
        .join(approvals, approvals.c.letter_id == letters.c.letter_id)
        .join(dispatches, dispatches.c.approval_id == approvals.c.approval_id)
        .where(approvals.c.approved_at >= since)
        .order_by(approvals.c.approved_at)
    )
    return tuple(
        Waited(received_at=row.received_at, approved_at=row.approved_at, sent_at=row.done_at)
        for row in connection.execute(query)
    )


def count_by_age(
    connection: Connection, *, moments: tuple[datetime, ...]
) -> dict[LetterState, tuple[int, ...]]:
    """
    Letters of each state by their age: how many came in between each moment and the one before.

    `moments` fall; the first count is of letters received after the first of them, the last one of
    those received before them all.
    """
    found: dict[LetterState, list[int]] = {}
    bounds = [(first, last) for first, last in zip((*moments, None), (None, *moments), strict=True)]
    for place, (after, before) in enumerate(bounds):
        query = select(letters.c.state, func.count()).group_by(letters.c.state)
        if after is not None:
            query = query.where(letters.c.received_at > after)
        if before is not None:
            query = query.where(letters.c.received_at <= before)
        for state, count in connection.execute(query):
            found.setdefault(LetterState(state), [0] * len(bounds))[place] = count
    return {state: tuple(counts) for state, counts in found.items()}
