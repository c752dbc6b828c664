"""
Who had shown whom a case is about: kept with the case, words of their own sealed with its key.

Contract: a row is never changed or deleted; once the case is erased, its words cannot be read.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import case_owner, envelopes, made_envelope
from service.store.identity_tables import identity_views
from service.workflow.audit import AuditEvent
from service.workflow.identities import ViewReason


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """Somebody had the identities of a case shown; `words` are theirs, where some were kept."""

    case_id: str
    person_id: str
    at: datetime
    reason: ViewReason
    words: str | None = field(default=None, repr=False)


def insert_view(tx: Writing, view: IdentityView, *, event: AuditEvent) -> None:
    """Keep that somebody looked, before they do."""
    view_id, sealed = uuid.uuid4().hex, None
    if view.words is not None:
        envelope = made_envelope(tx.connection, case_owner(view.case_id))
        sealed = envelope.seal(identity_views.c.words, view_id, view.words)
    tx.connection.execute(
        insert(identity_views).values(
            view_id=view_id,
            case_id=view.case_id,
            person_id=view.person_id,
            at=view.at,
            reason=view.reason.value,
            words=sealed,
        )
    )
    append_event(tx, event=event)


def latest_views(connection: Connection, case_id: str, *, limit: int) -> tuple[IdentityView, ...]:
    """Who looked at a case that there is, the latest first."""
    query = (
        select(identity_views)
        .where(identity_views.c.case_id == case_id)
        .order_by(identity_views.c.at.desc(), identity_views.c.view_id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    envelope = envelopes(connection, [case_owner(case_id)]).get(case_owner(case_id))
    return tuple(
        IdentityView(
            case_id=row.case_id,
            person_id=row.person_id,
            at=row.at,
            reason=ViewReason(row.reason),
            words=envelope.open(identity_views.c.words, row.view_id, row.words)
            if envelope is not None and row.words is not None
            else None,
        )
        for row in rows
    )
