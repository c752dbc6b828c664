"""Approvals and dispatches: what a person decided, and what left because of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from anonymizer.model import Direction
from service.store.database import Writing
from service.store.letters import StoredLetter, change_letter
from service.store.schema import approvals, dispatches
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound
from service.workflow.records import Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One letter on its way to one recipient; the id stays the same over every attempt."""

    dispatch_id: str
    letter_id: str
    approval: Approval
    made_at: datetime
    done_at: datetime | None


def save_approval(
    tx: Writing,
    seen: StoredLetter,
    approval: Approval,
    dispatch_id: str,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """The decision, the state and the order to dispatch: one transaction."""
    version = change_letter(tx, seen, changes, event=event)
    tx.connection.execute(
        insert(approvals).values(
            approval_id=approval.approval_id,
            letter_id=approval.letter_id,
            digest=approval.digest,
            text=approval.text,
            case_id=approval.case_id,
            donor_number=approval.donor_number,
            recipient_id=approval.recipient_id,
            direction=approval.direction.value,
            person_id=approval.person_id,
            approved_at=event.at,
        )
    )
    tx.connection.execute(
        insert(dispatches).values(
            dispatch_id=dispatch_id,
            letter_id=approval.letter_id,
            approval_id=approval.approval_id,
            made_at=event.at,
        )
    )
    return version


def finish_dispatch(
    tx: Writing,
    seen: StoredLetter,
    dispatch_id: str,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """The letter is with its recipient."""
    version = change_letter(tx, seen, changes, event=event)
    tx.connection.execute(
        update(dispatches).where(dispatches.c.dispatch_id == dispatch_id).values(done_at=event.at)
    )
    return version


def find_dispatch(connection: Connection, letter_id: str) -> Dispatch:
    """The newest dispatch of a letter with its approval, or `NotFound`."""
    query = (
        select(dispatches, approvals)
        .join(approvals, approvals.c.approval_id == dispatches.c.approval_id)
        .where(dispatches.c.letter_id == letter_id)
        .order_by(approvals.c.approved_at.desc())
        .limit(1)
        .with_only_columns(
            dispatches.c.dispatch_id,
            dispatches.c.made_at,
            dispatches.c.done_at,
            *approvals.c,
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        message = "This letter was not approved."
        raise NotFound(message)
    approval = Approval(
        approval_id=row.approval_id,
        letter_id=row.letter_id,
        digest=row.digest,
        text=row.text,
        case_id=row.case_id,
        donor_number=row.donor_number,
        recipient_id=row.recipient_id,
        direction=Direction(row.direction),
        person_id=row.person_id,
    )
    return Dispatch(
        dispatch_id=row.dispatch_id,
        letter_id=row.letter_id,
        approval=approval,
        made_at=row.made_at,
        done_at=row.done_at,
    )
