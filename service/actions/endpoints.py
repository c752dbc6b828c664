"""
The directory of how recipients are reached: proposed by one person, confirmed by another.

Contract: nobody types an address for a letter. A confirmed entry holds after a pause, in which
somebody may notice what is wrong with it, and not before its recipient has told the code that was
sent there (`endpoint_checks`); letters approved for the entry before are then held.
"""

import uuid
from dataclasses import replace
from datetime import timedelta

from anonymizer.cases import DONOR_CENTRE_PREFIX, is_folder_name
from service.actions.desk import Desk
from service.actions.endpoint_checks import is_asked
from service.dispatch.channels import check_endpoint
from service.store.database import Connection
from service.store.endpoints import (
    StoredEndpoint,
    all_endpoints,
    confirm_endpoint,
    find_endpoint,
    insert_endpoint,
    is_clinic,
    latest_version,
    withdraw_endpoint,
)
from service.store.people import people_names
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.endpoints import Endpoint
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed
from service.workflow.people import Permission, Person, check_may


def list_endpoints(desk: Desk, person: Person) -> tuple[StoredEndpoint, ...]:
    """Every entry, by recipient, the newest version first; people by their names."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    with desk.database.reading() as connection:
        names = people_names(connection)
        found = all_endpoints(connection)
    return tuple(
        replace(
            one,
            proposed_by=names.get(one.proposed_by, one.proposed_by),
            confirmed_by=names.get(one.confirmed_by or "", one.confirmed_by),
            withdrawn_by=names.get(one.withdrawn_by or "", one.withdrawn_by),
        )
        for one in found
    )


def propose_endpoint(desk: Desk, person: Person, *, endpoint: Endpoint) -> str:
    """The first of two people; the version is counted here. Returns the id of the entry."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    trimmed = replace(
        endpoint,
        recipient_id=endpoint.recipient_id.strip(),
        address=endpoint.address.strip(),
        pinned=endpoint.pinned.strip(),
    )
    check_endpoint(trimmed, now=desk.now())
    with desk.database.writing() as tx:
        _check_recipient(tx.connection, trimmed.recipient_id)
        if any(
            (one.open or one.waits) and one.endpoint.recipient_id == trimmed.recipient_id
            for one in all_endpoints(tx.connection)
        ):
            message = (
                "Another address of this recipient waits to be confirmed, for its code, or to be "
                "withdrawn."
            )
            raise IllegalTransition(message)
        version = latest_version(tx.connection, trimmed.recipient_id) + 1
        stored = StoredEndpoint(
            endpoint_id=uuid.uuid4().hex,
            endpoint=replace(trimmed, version=version),
            proposed_at=desk.now(),
            proposed_by=person.person_id,
        )
        event = _event(desk, person, AuditAction.ENDPOINT_PROPOSED, stored)
        insert_endpoint(tx, stored, event=event)
    return stored.endpoint_id


def confirm_proposed_endpoint(desk: Desk, person: Person, *, endpoint_id: str) -> None:
    """The second of two people. The entry holds after the pause of the settings."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    with desk.database.writing() as tx:
        stored = find_endpoint(tx.connection, endpoint_id)
        if stored.proposed_by == person.person_id:
            message = "Another person has to confirm what you have proposed."
            raise NotAllowed(message)
        check_endpoint(stored.endpoint, now=desk.now())
        confirm_endpoint(
            tx,
            endpoint_id,
            person_id=person.person_id,
            holds_from=desk.now() + timedelta(hours=desk.settings.endpoint_delay_h),
            ask=is_asked(desk, stored.endpoint),
            event=_event(desk, person, AuditAction.ENDPOINT_CONFIRMED, stored),
        )


def withdraw_proposed_endpoint(desk: Desk, person: Person, *, endpoint_id: str) -> None:
    """A proposal is taken back, or an address whose recipient has not told the code."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    with desk.database.writing() as tx:
        stored = find_endpoint(tx.connection, endpoint_id)
        event = _event(desk, person, AuditAction.ENDPOINT_WITHDRAWN, stored)
        withdraw_endpoint(tx, endpoint_id, person_id=person.person_id, event=event)


def _check_recipient(connection: Connection, recipient_id: str) -> None:
    centre = recipient_id.startswith(DONOR_CENTRE_PREFIX) and is_folder_name(recipient_id)
    if not centre and not is_clinic(connection, recipient_id):
        message = (
            "There is no such recipient. Give the id of a clinic of the case register, or "
            f"{DONOR_CENTRE_PREFIX} and a country for a donor centre."
        )
        raise BadRequest(message)


def _event(desk: Desk, person: Person, action: AuditAction, stored: StoredEndpoint) -> AuditEvent:
    one = stored.endpoint
    # which address it is stands in the directory; the trail proves that it was this one
    details: dict[str, str | int] = {
        "endpoint": stored.endpoint_id,
        "recipient": one.recipient_id,
        "version": one.version,
        "kind": one.kind.value,
        "digest": one.digest,
    }
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
