"""
The words of the site, as the changes that people proposed, confirmed and withdrew.

Contract: a row is never deleted and its word never changes; what was confirmed or withdrawn once
stays as it is. Versions count up without a gap, and no two changes have the same one. The words
are sealed under a key of their own.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from anonymizer.model import SiteWord, WordUse
from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import Envelope, envelopes, made_envelope
from service.store.word_tables import site_word_changes
from service.workflow.audit import AuditEvent
from service.workflow.errors import IllegalTransition, NotFound, SealBroken
from service.workflow.site_words import WordChange

_OWNER = "site/words"


def insert_change(tx: Writing, change: WordChange, *, event: AuditEvent) -> None:
    """Keep a proposal."""
    envelope = made_envelope(tx.connection, _OWNER)
    tx.connection.execute(
        insert(site_word_changes).values(
            change_id=change.change_id,
            adds=change.adds,
            use=change.word.use.value,
            language=change.word.language,
            words=envelope.seal(site_word_changes.c.words, change.change_id, change.word.words),
            proposed_at=change.proposed_at,
            proposed_by=change.proposed_by,
        )
    )
    append_event(tx, event=event)


def confirm_change(tx: Writing, change_id: str, version: int, *, event: AuditEvent) -> None:
    """The second person's yes makes this version; `IllegalTransition` when it is not open."""
    values = {"version": version, "confirmed_at": event.at, "confirmed_by": event.actor}
    try:
        _close(tx, change_id, values, event=event)
    except IntegrityError:
        message = "A colleague has just confirmed another change. Look at the words again."
        raise IllegalTransition(message) from None


def withdraw_change(tx: Writing, change_id: str, *, event: AuditEvent) -> None:
    """A no, or `IllegalTransition` when the proposal is no longer open."""
    _close(tx, change_id, {"withdrawn_at": event.at, "withdrawn_by": event.actor}, event=event)


def words_version(connection: Connection) -> int:
    """The version of the words in force; 0 while nothing was ever confirmed."""
    return int(connection.execute(select(func.max(site_word_changes.c.version))).scalar() or 0)


def find_change(connection: Connection, change_id: str) -> WordChange:
    """The change with this id, or `NotFound`."""
    query = select(site_word_changes).where(site_word_changes.c.change_id == change_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _change(_envelope(connection), row)


def all_changes(connection: Connection) -> tuple[WordChange, ...]:
    """Every change there ever was, the latest proposal first. Raises `SealBroken`."""
    query = select(site_word_changes).order_by(
        site_word_changes.c.proposed_at.desc(), site_word_changes.c.change_id
    )
    rows = connection.execute(query).all()
    if not rows:
        return ()
    envelope = _envelope(connection)
    return tuple(_change(envelope, row) for row in rows)


def _close(tx: Writing, change_id: str, values: dict[str, Any], *, event: AuditEvent) -> None:
    done = tx.connection.execute(
        update(site_word_changes)
        .where(
            site_word_changes.c.change_id == change_id,
            site_word_changes.c.confirmed_at.is_(None),
            site_word_changes.c.withdrawn_at.is_(None),
        )
        .values(**values)
    )
    if done.rowcount != 1:
        message = "This proposal was confirmed or withdrawn already."
        raise IllegalTransition(message)
    append_event(tx, event=event)


def _envelope(connection: Connection) -> Envelope:
    envelope = envelopes(connection, [_OWNER]).get(_OWNER)
    if envelope is None:
        raise SealBroken
    return envelope


def _change(envelope: Envelope, row: Row[Any]) -> WordChange:
    try:
        use = WordUse(row.use)
    except ValueError:
        # written by a newer version, or by hand
        raise SealBroken from None
    words = envelope.open(site_word_changes.c.words, row.change_id, row.words)
    return WordChange(
        change_id=row.change_id,
        adds=row.adds,
        word=SiteWord(words=words, use=use, language=row.language),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        version=row.version,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )
