"""
Letters as lists show them: filtered by codes, urgent ones first, page by page.

Contract: what a page shows and what its count says come from the same conditions.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from service.store.codec import holds_codec
from service.store.letters import StoredLetter, letter_columns, stored_letters
from service.store.reading_tables import second_readings
from service.store.schema import letters
from service.workflow.queue import QueueFilter, QueueScope

#: So many different lists of holds are looked at for the codes to choose from.
_DIFFERENT_HOLDS = 1000


def find_queue(
    connection: Connection,
    scope: QueueScope,
    wanted: QueueFilter,
    *,
    now: datetime,
    latest_first: bool = False,
    offset: int = 0,
    limit: int,
) -> tuple[StoredLetter, ...]:
    """The letters of one page: urgent ones first, then the oldest; or those that changed last."""
    order = (
        (letters.c.changed_at.desc(), letters.c.letter_id)
        if latest_first
        else (letters.c.urgent.desc(), letters.c.received_at, letters.c.letter_id)
    )
    # the ids first: sorting whole rows with what is sealed in them takes far longer
    ids = connection.execute(
        select(letters.c.letter_id)
        .where(*_conditions(scope, wanted, now))
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    return letters_in_order(connection, list(ids.scalars()))


def letters_in_order(connection: Connection, ids: list[str]) -> tuple[StoredLetter, ...]:
    """The letters with these ids that there are, in the order of the ids."""
    query = select(*letter_columns()).where(letters.c.letter_id.in_(ids))
    found = {one.letter_id: one for one in stored_letters(connection, query)}
    return tuple(found[letter_id] for letter_id in ids if letter_id in found)


def count_queue(
    connection: Connection, scope: QueueScope, wanted: QueueFilter, *, now: datetime
) -> int:
    """How many letters `find_queue` has on all its pages."""
    query = select(func.count()).select_from(letters).where(*_conditions(scope, wanted, now))
    return int(connection.execute(query).scalar_one())


def codes_in_queue(connection: Connection, scope: QueueScope) -> dict[str, tuple[str, ...]]:
    """The codes that letters of this part have: countries, languages, reasons of holds."""
    where = letters.c.state.in_([state.value for state in scope.states])
    found: dict[str, tuple[str, ...]] = {}
    for name in ("writer_country", "reader_country", "language"):
        query = select(letters.c[name]).distinct().where(where, letters.c[name].is_not(None))
        found[name] = tuple(sorted(connection.execute(query).scalars()))
    holds = select(letters.c.holds).distinct().where(where).limit(_DIFFERENT_HOLDS)
    codes = {
        hold.code for held in connection.execute(holds).scalars() for hold in holds_codec.load(held)
    }
    found["hold"] = tuple(sorted(codes))
    return found


def unallocated_letters(connection: Connection, states: list[str]) -> tuple[StoredLetter, ...]:
    """Letters in these states without a case, whose numbers stand only on their covers."""
    query = select(*letter_columns()).where(
        letters.c.state.in_(states),
        letters.c.case_id.is_(None),
        letters.c.cover_number.is_not(None),
    )
    return stored_letters(connection, query)


def _conditions(scope: QueueScope, wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        letters.c.state.in_([state.value for state in scope.states])
    ]
    if scope.claimed_by is not None:
        where.append(letters.c.claimed_by == scope.claimed_by)
    if not scope.with_senior:
        where.append(letters.c.for_senior.is_(False))
    if scope.passed_on:
        where.append(letters.c.for_senior.is_(True))
    if scope.reader is not None:
        same = letters.alias("same")
        # looked up once, and not anew for every letter that waits
        read_by = (
            select(second_readings.c.letter_id)
            .join(same, same.c.letter_id == second_readings.c.letter_id)
            .where(
                second_readings.c.draft_number == same.c.draft_number,
                second_readings.c.first_by == scope.reader,
            )
        )
        where.append(letters.c.letter_id.not_in(read_by))
    return where + _wanted(wanted, now)


def _wanted(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.direction is not None:
        where.append(letters.c.direction == wanted.direction.value)
    for name in ("writer_country", "reader_country", "language"):
        code = getattr(wanted, name)
        if code is not None:
            where.append(letters.c[name] == code)
    if wanted.hold is not None:
        # inside a sentence a quotation mark is escaped: only a code can look like this
        written = f'"code":"{wanted.hold}"'
        where.append(letters.c.holds.contains(written, autoescape=True))
    before = wanted.received_before(now)
    if before is not None:
        where.append(letters.c.received_at <= before)
    return where
