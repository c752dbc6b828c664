"""
How often something was tried within a window of time, counted for all processes together.

Contract: keys are hashes, so that no name and no address is stored; nothing here is an event.
"""

from datetime import datetime

from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from service.store.access_tables import rate_counters
from service.store.database import Writing


def count_up(
    tx: Writing, key_hash: str, *, amount: int, until: datetime, now: datetime
) -> tuple[int, datetime]:
    """Add to a counter, which begins anew when its window is over; its count and its end."""
    engine = tx.connection.dialect.name
    insert = insert_postgresql if engine == "postgresql" else insert_sqlite
    over = rate_counters.c.expires_at <= now
    statement = (
        insert(rate_counters)
        .values(key_hash=key_hash, count=amount, expires_at=until)
        .on_conflict_do_update(
            index_elements=[rate_counters.c.key_hash],
            set_={
                "count": case((over, amount), else_=rate_counters.c.count + amount),
                "expires_at": case((over, until), else_=rate_counters.c.expires_at),
            },
        )
        .returning(rate_counters.c.count, rate_counters.c.expires_at)
    )
    count, expires = tx.connection.execute(statement).one()
    return int(count), expires


def counted(connection: Connection, key_hash: str, *, now: datetime) -> int:
    """The count of a window that is not over."""
    query = select(rate_counters.c.count).where(
        rate_counters.c.key_hash == key_hash, rate_counters.c.expires_at > now
    )
    return int(connection.execute(query).scalar_one_or_none() or 0)


def window_end(connection: Connection, key_hash: str) -> datetime | None:
    """When the window of a counter is over."""
    query = select(rate_counters.c.expires_at).where(rate_counters.c.key_hash == key_hash)
    return connection.execute(query).scalar_one_or_none()


def forget_counter(tx: Writing, key_hash: str) -> None:
    """Begin anew."""
    tx.connection.execute(delete(rate_counters).where(rate_counters.c.key_hash == key_hash))


def sweep_counters(tx: Writing, *, now: datetime) -> None:
    """Remove windows that are over."""
    tx.connection.execute(delete(rate_counters).where(rate_counters.c.expires_at <= now))
