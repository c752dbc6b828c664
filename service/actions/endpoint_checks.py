"""
The check of a new address: its recipient gets a code there, and tells it to us on another way.

Contract: an address that two people confirmed holds only once somebody who did not propose it has
typed the code. The code is made from the entry with a key, and stands in no table; it is the same
at every try, and another one for another entry. Nothing of a letter is sent with it.
"""

import base64
import hmac
from datetime import timedelta

from service.actions.desk import Desk
from service.actions.leasing import pause_after
from service.actions.limiting import check_rate
from service.store.endpoints import (
    StoredEndpoint,
    answer_endpoint,
    ask_once_more,
    asked_endpoint,
    begin_asking,
    find_endpoint,
    next_to_ask,
)
from service.store.switches import is_dispatch_paused
from service.vault.keyring import Purpose
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import (
    BadRequest,
    DispatchFailed,
    DispatchRefused,
    DispatchUncertain,
    KeysMissing,
    NotAllowed,
)
from service.workflow.people import SYSTEM, Permission, Person, check_may

_TRIES_RATE = "10/hour"
#: While one worker sends the code, the others leave it alone.
_IN_HAND = timedelta(minutes=10)
_LONGEST = 300


def is_asked(desk: Desk, endpoint: Endpoint) -> bool:
    """True for an address at which the recipient has to answer; a folder on this site has none."""
    return endpoint.kind is not ChannelKind.FOLDER and desk.settings.endpoint_check


def ask_next_endpoint(desk: Desk) -> bool:
    """Send the code to the next address that waits for one; False when none does."""
    now = desk.now()
    with desk.database.reading() as connection:
        most = desk.settings.max_attempts
        stored = next_to_ask(connection, now=now, most_tries=most)
        if stored is None or is_dispatch_paused(connection):
            return False
    with desk.database.writing() as tx:
        if not begin_asking(tx, stored, again_at=now + _IN_HAND):
            return False
    failure = _send(desk, stored)
    action = AuditAction.ENDPOINT_ASKED if failure is None else AuditAction.ENDPOINT_NOT_ASKED
    with desk.database.writing() as tx:
        event = _event(desk, SYSTEM, action, stored)
        again = now + pause_after(desk, stored.ask_tries + 1)
        asked_endpoint(tx, stored.endpoint_id, failure=failure, again_at=again, event=event)
    return True


def ask_endpoint_again(desk: Desk, person: Person, *, endpoint_id: str) -> None:
    """Send the same code once more: the recipient did not get it."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    with desk.database.writing() as tx:
        stored = find_endpoint(tx.connection, endpoint_id)
        event = _event(desk, person, AuditAction.ENDPOINT_ASKED_AGAIN, stored)
        ask_once_more(tx, endpoint_id, event=event)


def answer_endpoint_check(desk: Desk, person: Person, *, endpoint_id: str, code: str) -> None:
    """The recipient told this code: from now on, and after its pause, the address holds."""
    check_may(person, Permission.KEEP_ENDPOINTS)
    with desk.database.reading() as connection:
        stored = find_endpoint(connection, endpoint_id)
    if stored.proposed_by == person.person_id:
        message = "Another person has to enter the code: you have proposed this address."
        raise NotAllowed(message)
    check_rate(desk, _TRIES_RATE, "endpoint", endpoint_id)
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    if not hmac.compare_digest(given.encode(), _plain(desk, stored).encode()):
        message = (
            "This is not the code that was sent to the address. Ask the recipient to read it out "
            "once more; if they have none, the address is not theirs: withdraw it."
        )
        raise BadRequest(message)
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.ENDPOINT_ANSWERED, stored)
        answer_endpoint(tx, endpoint_id, event=event)


def code_of(desk: Desk, stored: StoredEndpoint) -> str:
    """The code for an entry: sixteen letters and digits in groups of four."""
    plain = _plain(desk, stored)
    return "-".join(plain[start : start + 4] for start in range(0, 16, 4))


def _plain(desk: Desk, stored: StoredEndpoint) -> str:
    keys = desk.database.keys
    if keys is None:
        raise KeysMissing
    parts = f"{stored.endpoint_id}/{stored.endpoint.digest}"
    return base64.b32encode(
        bytes.fromhex(keys.code(Purpose.AUDIT, "endpoint check", parts))[:10]
    ).decode("ascii")


def _send(desk: Desk, stored: StoredEndpoint) -> str | None:
    """None when the code is on its way, else the sentence about what is wrong."""
    try:
        desk.way_out.ask(
            stored.endpoint_id, stored.endpoint, code_of(desk, stored), on=desk.today()
        )
    except DispatchUncertain:
        # it is no letter: once more under the same id does no harm
        return "The connection broke at the end. The code is sent again."
    except (DispatchRefused, DispatchFailed) as error:
        return error.reason[:_LONGEST]
    return None


def _event(desk: Desk, person: Person, action: AuditAction, stored: StoredEndpoint) -> AuditEvent:
    details: dict[str, str | int] = {
        "endpoint": stored.endpoint_id,
        "recipient": stored.endpoint.recipient_id,
        "version": stored.endpoint.version,
        "digest": stored.endpoint.digest,
    }
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
