"""
Telling registry clients when the status word of one of their letters changes.

Contract: the word is queued with the change (`store.letters`); here it is sent, by the worker, one
at a time. What does not arrive is tried again after pauses that grow, all words of that client
together, so that a client that is away costs one try per pause. After the last try a word is given
up: it stays visible until somebody sends it again.
"""

from datetime import timedelta

from service.actions.desk import Desk
from service.actions.tokens import event_of
from service.logs import get_logger
from service.store.webhooks import (
    StoredDelivery,
    close_delivery,
    close_unheard,
    is_anything_due,
    is_anything_unheard,
    put_off,
    retry_delivery,
    take_delivery,
    undelivered,
)
from service.webhooks.sending import NotDelivered, StatusWord, send
from service.workflow.audit import AuditAction
from service.workflow.people import Person, check_may_manage_keys

log = get_logger(__name__)

#: Minutes until the next try; after the last one a word is given up, about three days later.
PAUSES_MIN = (0.5, 2, 10, 30, 120, 360, 720, 1440, 1440)
_LEASE = timedelta(minutes=1)


def deliver_next_webhook(desk: Desk) -> bool:
    """Send the next word that is due; False when there is none."""
    if not desk.listeners:
        return False
    now = desk.now()
    with desk.database.reading() as connection:
        if not is_anything_due(connection, desk.listeners, now=now):
            return False
    with desk.database.writing() as tx:
        found = take_delivery(tx, desk.listeners, now=now, lease=_LEASE)
    if found is None:
        return False
    word = StatusWord(delivery_id=found.delivery_id, letter_id=found.letter_id, status=found.status)
    try:
        send(desk.listeners[found.client], word, now=now)
    except NotDelivered as error:
        _put_off(desk, found, error.code)
        return True
    with desk.database.writing() as tx:
        close_delivery(tx, found.delivery_id, now=desk.now())
    return True


def drop_unheard(desk: Desk) -> None:
    """Words for clients that are not told anything are done with."""
    with desk.database.reading() as connection:
        if not is_anything_unheard(connection, desk.listeners):
            return
    with desk.database.writing() as tx:
        close_unheard(tx, desk.listeners, now=desk.now())


def list_undelivered(desk: Desk, person: Person) -> tuple[StoredDelivery, ...]:
    """Words that were given up, then those that wait."""
    check_may_manage_keys(person)
    with desk.database.reading() as connection:
        return undelivered(connection)


def send_again(desk: Desk, person: Person, *, delivery_id: str) -> None:
    """Take up a word that was given up."""
    check_may_manage_keys(person)
    event = event_of(desk, person, AuditAction.WEBHOOK_RETRIED, delivery=delivery_id)
    with desk.database.writing() as tx:
        retry_delivery(tx, delivery_id, event=event)


def _put_off(desk: Desk, found: StoredDelivery, code: str) -> None:
    now = desk.now()
    last = found.attempts >= len(PAUSES_MIN)
    until = None if last else now + timedelta(minutes=PAUSES_MIN[found.attempts])
    with desk.database.writing() as tx:
        put_off(tx, found, until=until, failure=code, now=now)
    log.warning("webhook.not_delivered", attempt=found.attempts + 1)
