"""
API keys of registry clients: made, shown once, checked, rotated, revoked.

Contract: a key names its client and opens only what its scopes say, from where its addresses say,
until it expires, within a year. Rotating makes a second valid key for the same client; the former
one ends by itself after a while. Revoking counts from the next look, which for a letter is taken
in the transaction that stores it.
"""

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import timedelta

from service.actions.desk import Desk
from service.actions.tokens import event_of, hash_of, new_secret
from service.store.clients import (
    StoredKey,
    find_key,
    hold_key,
    insert_key,
    list_keys,
    replace_key,
    revoke_key,
    touch_key,
)
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotFound
from service.workflow.people import (
    SCOPES,
    Permission,
    Person,
    Role,
    check_may_manage_keys,
)

LONGEST_LIFE_DAYS = 365
#: How long a rotated key still works, unless it expires earlier.
OVERLAP_DAYS = 14
_NOTED_WITHIN = timedelta(minutes=1)


def add_key(
    desk: Desk,
    person: Person,
    *,
    client: str,
    scopes: Iterable[Permission] = SCOPES,
    days: int = LONGEST_LIFE_DAYS,
    addresses: Iterable[str] = (),
) -> str:
    """A new API key for a registry client; the answer is the only time it is seen."""
    check_may_manage_keys(person)
    client = client.strip()
    if not 0 < len(client) <= 60 or not client.isascii() or not client.isprintable():
        message = "A client's name has 1 to 60 plain characters."
        raise BadRequest(message)
    key, shown = _new_key(
        desk, client, _checked_scopes(scopes), _checked_days(days), _checked_networks(addresses)
    )
    event = event_of(
        desk, person, AuditAction.KEY_ADDED, key=key.key_id, scopes=_listed(key.scopes)
    )
    with desk.database.writing() as tx:
        insert_key(tx, key, event=event)
    return shown


def rotate_key(
    desk: Desk,
    person: Person,
    *,
    key_id: str,
    days: int = LONGEST_LIFE_DAYS,
    overlap_days: int = OVERLAP_DAYS,
) -> str:
    """A key that follows this one, with the same scopes; both work for `overlap_days`."""
    check_may_manage_keys(person)
    if not 0 <= overlap_days <= LONGEST_LIFE_DAYS:
        message = f"The former key works on for 0 to {LONGEST_LIFE_DAYS} days."
        raise BadRequest(message)
    days, now = _checked_days(days), desk.now()
    with desk.database.writing() as tx:
        old = find_key(tx.connection, key_id)
        if old is None or not old.is_valid(now):
            message = "There is no valid key with this id. Add a new one."
            raise NotFound(message)
        new, shown = _new_key(desk, old.client, old.scopes, days, old.addresses)
        until = min(old.expires_at, now + timedelta(days=overlap_days))
        event = event_of(desk, person, AuditAction.KEY_ROTATED, key=old.key_id, follows=new.key_id)
        if not replace_key(tx, old, new, until=until, event=event):
            message = "This key is followed by another one already. Revoke one of the two first."
            raise BadRequest(message)
    return shown


def end_key(desk: Desk, person: Person, *, key_id: str) -> None:
    """The key opens nothing from now on, also for a letter that is just being sent."""
    check_may_manage_keys(person)
    event = event_of(desk, person, AuditAction.KEY_REVOKED, key=key_id)
    with desk.database.writing() as tx:
        revoke_key(tx, key_id, event=event)


def all_keys(desk: Desk, person: Person) -> tuple[StoredKey, ...]:
    """Every key, without its secret's hash being of use to anybody."""
    check_may_manage_keys(person)
    with desk.database.reading() as connection:
        return list_keys(connection)


def key_of(desk: Desk, key: str, *, address: str | None = None) -> StoredKey | None:
    """The valid key behind these words, or None; the comparison takes the same time for all."""
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != "lk" or len(key_id) != 16 or not secret or not key.isascii():
        return None
    now = desk.now()
    with desk.database.reading() as connection:
        stored = find_key(connection, key_id)
    if stored is None or not hmac.compare_digest(stored.secret_hash, hash_of(secret)):
        return None
    if not stored.is_valid(now) or not _may_come_from(stored, address):
        return None
    if stored.last_used_at is None or now - stored.last_used_at > _NOTED_WITHIN:
        with desk.database.writing() as tx:
            touch_key(tx, key_id, now=now, within=_NOTED_WITHIN)
    return stored


def client_of_key(desk: Desk, key: str) -> str | None:
    """The client this API key belongs to, or None."""
    stored = key_of(desk, key)
    return stored.client if stored else None


def check_key_holds(desk: Desk, key_id: str) -> None:
    """Raise `KeyRefused` when the key was revoked or expired while its request was under way."""
    with desk.database.writing() as tx:
        hold_key(tx, key_id, now=desk.now())


def person_of_key(key: StoredKey) -> Person:
    """The registry client as the permission table sees it."""
    return Person(
        person_id=f"client:{key.client}",
        name=key.client,
        roles=frozenset({Role.REGISTRY_CLIENT}),
    )


def _new_key(
    desk: Desk,
    client: str,
    scopes: frozenset[Permission],
    days: int,
    addresses: tuple[str, ...],
) -> tuple[StoredKey, str]:
    key_id, secret, now = secrets.token_hex(8), new_secret(), desk.now()
    key = StoredKey(
        key_id=key_id,
        client=client,
        secret_hash=hash_of(secret),
        made_at=now,
        expires_at=now + timedelta(days=days),
        scopes=scopes,
        addresses=addresses,
    )
    return key, f"lk_{key_id}_{secret}"


def _checked_scopes(scopes: Iterable[Permission]) -> frozenset[Permission]:
    wanted = frozenset(scopes)
    if not wanted or not wanted <= set(SCOPES):
        message = f"A key has scopes of these: {_listed(SCOPES)}."
        raise BadRequest(message)
    return wanted


def _checked_days(days: int) -> int:
    if not 1 <= days <= LONGEST_LIFE_DAYS:
        message = f"A key lives for 1 to {LONGEST_LIFE_DAYS} days."
        raise BadRequest(message)
    return days


def _checked_networks(addresses: Iterable[str]) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(one.strip(), strict=False)) for one in addresses)
    except ValueError:
        message = "An address of a key is one such as 192.0.2.7 or a network such as 192.0.2.0/24."
        raise BadRequest(message) from None


def _may_come_from(key: StoredKey, address: str | None) -> bool:
    if not key.addresses:
        return True
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(one) for one in key.addresses)


def _listed(scopes: Iterable[Permission]) -> str:
    return ",".join(sorted(scope.value for scope in scopes))
