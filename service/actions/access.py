"""
People, sign-in links, sessions and API keys.

Contract: secrets are 256 random bits, given out once and stored as SHA-256 only; a link works
once and for a day; a session ends when idle, when old, or when its person is no longer active.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from service.actions.desk import Desk
from service.store.clients import StoredKey, find_key, insert_key
from service.store.people import (
    StoredSession,
    count_people,
    delete_session,
    find_person,
    find_person_by_name,
    find_session,
    has_signed_in,
    insert_link,
    insert_person,
    link_owner,
    people_names,
    touch_session,
    use_link,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import BadRequest, NotAllowed
from service.workflow.people import Person, Role, check_may_manage_people

#: The name on the command line: whoever may start the service may do this, and it is audited.
OPERATOR = Person(
    person_id="operator", name="the operator", roles=frozenset({Role.ADMIN, Role.COORDINATOR})
)

#: What the first person of a new installation may do: somebody has to add the others.
FIRST_ROLES = frozenset({Role.ADMIN, Role.COORDINATOR, Role.SENIOR, Role.PROOFREADER})

FIRST_PERSON = "Administrator"

_KEY_LIFE = timedelta(days=365)
_TOUCH_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session just opened; `cookie_value` exists here and in the browser only."""

    cookie_value: str = field(repr=False)
    csrf_token: str = field(repr=False)
    person: Person
    secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is asking, and the token that their forms must carry."""

    person: Person
    csrf_token: str = field(repr=False)
    session_id: str = field(repr=False)


def add_person(desk: Desk, person: Person, *, name: str, roles: frozenset[Role]) -> Person:
    """Add a member of staff."""
    check_may_manage_people(person)
    name = name.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        message = "A name has 1 to 100 printable characters."
        raise BadRequest(message)
    if not roles:
        message = "A person needs at least one role."
        raise BadRequest(message)
    new = Person(person_id=uuid.uuid4().hex, name=name, roles=roles)
    event = _event(
        desk,
        person,
        AuditAction.PERSON_ADDED,
        subject=new.person_id,
        roles=",".join(sorted(role.value for role in roles)),
    )
    with desk.database.writing() as tx:
        insert_person(tx, new, event=event)
    return new


def first_sign_in_link(desk: Desk) -> str | None:
    """On a new installation a link for its first person; None once anybody has signed in."""
    with desk.database.reading() as connection:
        if has_signed_in(connection):
            return None
        somebody = count_people(connection) > 0
        names = people_names(connection).values()
    if somebody and FIRST_PERSON not in names:
        # people were added on the command line: their links are made there as well
        return None
    if not somebody:
        add_person(desk, OPERATOR, name=FIRST_PERSON, roles=FIRST_ROLES)
    return make_sign_in_link(desk, OPERATOR, name=FIRST_PERSON)


def make_sign_in_link(desk: Desk, person: Person, *, name: str) -> str:
    """A link that signs this person in, once; an earlier one that was not used stops working."""
    check_may_manage_people(person)
    token = secrets.token_urlsafe(32)
    with desk.database.writing() as tx:
        owner = find_person_by_name(tx.connection, name)
        expires = desk.now() + timedelta(seconds=desk.settings.sign_in_link_s)
        event = _event(desk, person, AuditAction.LINK_MADE, subject=owner.person_id)
        insert_link(tx, _hash(token), owner.person_id, expires, event=event)
    return f"{desk.settings.base_url}/sign-in/{token}"


def link_is_usable(desk: Desk, token: str) -> bool:
    """True while the link works; asking does not use it up."""
    with desk.database.reading() as connection:
        return link_owner(connection, _hash(token), now=desk.now()) is not None


def use_sign_in_link(desk: Desk, token: str) -> NewSession:
    """Spend the link and open a session, or `NotAllowed`."""
    now = desk.now()
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with desk.database.writing() as tx:
        owner_id = link_owner(tx.connection, _hash(token), now=now)
        owner = find_person(tx.connection, owner_id) if owner_id else None
        if owner is None or not owner.active:
            raise _spent()
        session = StoredSession(
            id_hash=_hash(cookie),
            person_id=owner.person_id,
            csrf_token=csrf,
            started_at=now,
            seen_at=now,
        )
        event = _event(desk, owner, AuditAction.PERSON_SIGNED_IN)
        if not use_link(tx, _hash(token), session, event=event):
            raise _spent()
    return NewSession(
        cookie_value=cookie,
        csrf_token=csrf,
        person=owner,
        secure=desk.settings.secure_cookies,
    )


def person_of_session(desk: Desk, cookie_value: str) -> SignedIn | None:
    """Who this session belongs to, while it lasts."""
    now, id_hash = desk.now(), _hash(cookie_value)
    with desk.database.reading() as connection:
        session = find_session(connection, id_hash)
        person = find_person(connection, session.person_id) if session else None
    if session is None or person is None or not person.active:
        return None
    idle = timedelta(seconds=desk.settings.session_idle_s)
    longest = timedelta(seconds=desk.settings.session_absolute_s)
    if now - session.seen_at > idle or now - session.started_at > longest:
        return None
    if now - session.seen_at > _TOUCH_AFTER:
        with desk.database.writing() as tx:
            touch_session(tx, id_hash, now=now)
    return SignedIn(person=person, csrf_token=session.csrf_token, session_id=cookie_value)


def sign_out(desk: Desk, signed_in: SignedIn) -> None:
    """End the session at once."""
    event = _event(desk, signed_in.person, AuditAction.PERSON_SIGNED_OUT)
    with desk.database.writing() as tx:
        delete_session(tx, _hash(signed_in.session_id), event=event)


def add_key(desk: Desk, person: Person, *, client: str) -> str:
    """A new API key for a registry client; the answer is the only time it is seen."""
    check_may_manage_people(person)
    client = client.strip()
    if not 0 < len(client) <= 60 or not client.isascii() or not client.isprintable():
        message = "A client's name has 1 to 60 plain characters."
        raise BadRequest(message)
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    now = desk.now()
    key = StoredKey(
        key_id=key_id,
        client=client,
        secret_hash=_hash(secret),
        made_at=now,
        expires_at=now + _KEY_LIFE,
    )
    event = _event(desk, person, AuditAction.KEY_ADDED, key=key_id)
    with desk.database.writing() as tx:
        insert_key(tx, key, event=event)
    return f"lk_{key_id}_{secret}"


def client_of_key(desk: Desk, key: str) -> str | None:
    """The client this API key belongs to, or None; the comparison takes the same time for all."""
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != "lk" or len(key_id) != 16 or not secret:
        return None
    with desk.database.reading() as connection:
        stored = find_key(connection, key_id)
    if stored is None or not hmac.compare_digest(stored.secret_hash, _hash(secret)):
        return None
    if stored.revoked_at is not None or stored.expires_at <= desk.now():
        return None
    return stored.client


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _spent() -> NotAllowed:
    return NotAllowed("This sign-in link was used already or is too old. Ask for a new one.")


def _event(desk: Desk, person: Person, action: AuditAction, **details: str | int) -> AuditEvent:
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
