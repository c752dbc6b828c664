"""
Who works: one row per working thread, whose beat goes up while it lives.

Contract: no clock is asked. A worker is struck off only with the beat that its watcher saw stand
still; whoever was struck off finds no row of theirs and can take nothing any more.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, or_, select, update

from service.store.database import Writing
from service.store.letters import StoredLetter, letter_columns, stored_letters
from service.store.schema import letters, workers
from service.workflow.errors import WorkerGone
from service.workflow.states import LetterState


def enter_worker(tx: Writing, worker_id: str) -> None:
    """A worker begins."""
    tx.connection.execute(insert(workers).values(worker_id=worker_id, beat=0))


def beat_workers(tx: Writing, worker_ids: Iterable[str]) -> None:
    """These workers live. Those that were struck off meanwhile stay struck off."""
    for worker_id in sorted(worker_ids):
        tx.connection.execute(
            update(workers).where(workers.c.worker_id == worker_id).values(beat=workers.c.beat + 1)
        )


def find_beats(connection: Connection) -> dict[str, int]:
    """The beat of every worker."""
    return {row.worker_id: row.beat for row in connection.execute(select(workers))}


def check_entered(connection: Connection, worker_id: str) -> None:
    """Raise `WorkerGone` for a worker that was struck off; while a transaction lasts it is not."""
    query = select(workers.c.worker_id).where(workers.c.worker_id == worker_id)
    # shared: several threads ask at once, only striking off has to wait
    if connection.execute(query.with_for_update(read=True)).one_or_none() is None:
        raise WorkerGone


def strike_worker(tx: Writing, worker_id: str, *, beat: int | None = None) -> bool:
    """Strike a worker off, if its beat is still this one; True when this call did it."""
    query = delete(workers).where(workers.c.worker_id == worker_id)
    if beat is not None:
        query = query.where(workers.c.beat == beat)
    return tx.connection.execute(query).rowcount == 1


def letters_of_worker(connection: Connection, worker_id: str) -> tuple[StoredLetter, ...]:
    """The letters that a worker has taken."""
    return _found(connection, letters.c.worker_id == worker_id)


def letters_of_nobody(connection: Connection) -> tuple[StoredLetter, ...]:
    """The letters that are taken, but by no worker that there is."""
    known = select(workers.c.worker_id)
    taken_by_unknown = letters.c.worker_id.is_not(None) & letters.c.worker_id.not_in(known)
    drafted_by_nobody = (letters.c.state == LetterState.DRAFTING.value) & letters.c.worker_id.is_(
        None
    )
    return _found(connection, or_(taken_by_unknown, drafted_by_nobody))


def _found(connection: Connection, which: object) -> tuple[StoredLetter, ...]:
    query = select(*letter_columns()).where(which).order_by(letters.c.letter_id)  # type: ignore[arg-type]  # a condition
    return stored_letters(connection, query)
