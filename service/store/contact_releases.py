"""
Releases of identities: who proposed, who confirmed, under which rules.

Contract: a record is never deleted; what was confirmed or withdrawn once stays as it is.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import Envelope, case_owner, envelopes, made_envelope
from service.store.schema import contact_releases
from service.workflow.audit import AuditEvent
from service.workflow.errors import IllegalTransition


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRelease:
    """One release: proposed, then confirmed by another person or withdrawn."""

    release_id: str
    case_id: str
    reason: str = field(repr=False)
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    rules_digest: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    @property
    def open(self) -> bool:
        """True while a second person has neither confirmed nor withdrawn it."""
        return self.confirmed_at is None and self.withdrawn_at is None


def insert_release(tx: Writing, release: StoredRelease, *, event: AuditEvent) -> None:
    """Keep a proposal."""
    values = {name: getattr(release, name) for name in StoredRelease.__slots__}
    envelope = made_envelope(tx.connection, case_owner(release.case_id))
    column = contact_releases.c.reason
    values["reason"] = envelope.seal(column, release.release_id, release.reason)
    tx.connection.execute(insert(contact_releases).values(**values))
    append_event(tx, event=event)


def confirm_release(
    tx: Writing, release_id: str, *, person_id: str, rules_digest: str, event: AuditEvent
) -> None:
    """The second person's yes, or `IllegalTransition` when the proposal is no longer open."""
    values = {
        "confirmed_at": event.at,
        "confirmed_by": person_id,
        "rules_digest": rules_digest,
    }
    _close(tx, release_id, values, event=event)


def withdraw_release(tx: Writing, release_id: str, *, person_id: str, event: AuditEvent) -> None:
    """A no, or `IllegalTransition` when the proposal is no longer open."""
    values = {"withdrawn_at": event.at, "withdrawn_by": person_id}
    _close(tx, release_id, values, event=event)


def releases_of(connection: Connection, case_id: str) -> tuple[StoredRelease, ...]:
    """Every release of a case, the newest first; none of an erased case of the same id."""
    query = (
        select(contact_releases)
        .where(contact_releases.c.case_id == case_id)
        .order_by(contact_releases.c.proposed_at.desc(), contact_releases.c.release_id)
    )
    rows = connection.execute(query).all()
    envelope = envelopes(connection, [case_owner(case_id)]).get(case_owner(case_id))
    # what was erased with a case of this id is empty
    return tuple(_release(row, envelope) for row in rows if row.reason.data)


def _release(row: Row[Any], envelope: Envelope | None) -> StoredRelease:
    values = dict(row._mapping)  # noqa: SLF001 - see letters.py
    column = contact_releases.c.reason
    values["reason"] = envelope.open(column, row.release_id, row.reason) if envelope else ""
    return StoredRelease(**values)


def _close(tx: Writing, release_id: str, values: dict[str, Any], *, event: AuditEvent) -> None:
    done = tx.connection.execute(
        update(contact_releases)
        .where(
            contact_releases.c.release_id == release_id,
            contact_releases.c.confirmed_at.is_(None),
            contact_releases.c.withdrawn_at.is_(None),
        )
        .values(**values)
    )
    if done.rowcount != 1:
        message = "This release was confirmed or withdrawn already."
        raise IllegalTransition(message)
    append_event(tx, event=event)
