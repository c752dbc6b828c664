"""
People, sign-in links and sessions.

Contract: secrets are 256 random bits, given out once and stored as SHA-256 only; a link works
once and for a day; a session ends when idle, when old, or when its person is no longer active.
Signing in always opens a new session and ends the one that the browser had. A link of somebody
with a local account recovers it: password, codes and other sessions end, so that they notice.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.actions.desk import Desk
from service.actions.keys import add_key, client_of_key
from service.actions.tokens import event_of, hash_of, new_secret
from service.store.accounts import clear_account, find_account, people_with_account
from service.store.people import (
    StoredSession,
    change_person,
    count_people,
    delete_session,
    end_sessions,
    find_person,
    find_person_by_name,
    find_session,
    has_signed_in,
    insert_link,
    insert_person,
    last_seen,
    link_owner,
    list_people,
    people_names,
    sessions_of,
    touch_session,
    use_link,
)
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, NotFound
from service.workflow.people import Person, Role, check_may_manage_people, check_roles

__all__ = [
    "FIRST_PERSON",
    "OPERATOR",
    "NewSession",
    "OwnSession",
    "PersonView",
    "SignedIn",
    "add_key",
    "add_person",
    "all_people",
    "change_access",
    "client_of_key",
    "end_own_sessions",
    "first_sign_in_link",
    "link_is_usable",
    "make_sign_in_link",
    "own_sessions",
    "person_of_session",
    "sign_out",
    "use_sign_in_link",
]

#: The name on the command line: whoever may start the service may do this, and it is audited.
OPERATOR = Person(person_id="operator", name="the operator", roles=frozenset({Role.OPERATOR}))

#: What the first person of an installation that is only tried out may do: everything there is.
_TRYING = frozenset({Role.ADMIN, Role.COORDINATOR, Role.SENIOR, Role.PROOFREADER})

FIRST_PERSON = "Administrator"

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
    method: str = "link"
    since: datetime | None = None
    proved_at: datetime | None = None
    """When the person last showed who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """One of my sessions; `session_hash` names it in forms and opens nothing."""

    session_hash: str
    method: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person as those who manage people see them."""

    person: Person
    has_account: bool
    seen_at: datetime | None


def add_person(desk: Desk, person: Person, *, name: str, roles: frozenset[Role]) -> Person:
    """Add a member of staff."""
    check_may_manage_people(person)
    name = name.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        message = "A name has 1 to 100 printable characters."
        raise BadRequest(message)
    check_roles(roles)
    return _add(desk, person, name=name, roles=roles)


def _add(desk: Desk, person: Person, *, name: str, roles: frozenset[Role]) -> Person:
    new = Person(person_id=uuid.uuid4().hex, name=name, roles=roles)
    event = event_of(
        desk,
        person,
        AuditAction.PERSON_ADDED,
        subject=new.person_id,
        roles=",".join(sorted(role.value for role in roles)),
    )
    with desk.database.writing() as tx:
        insert_person(tx, new, event=event)
    return new


def all_people(desk: Desk, person: Person) -> tuple[PersonView, ...]:
    """Everybody, with whether they set a password and when they were here."""
    check_may_manage_people(person)
    with desk.database.reading() as connection:
        accounts, seen = people_with_account(connection), last_seen(connection)
        everybody = list_people(connection)
    return tuple(
        PersonView(
            person=one,
            has_account=one.person_id in accounts,
            seen_at=seen.get(one.person_id),
        )
        for one in everybody
    )


def change_access(
    desk: Desk, person: Person, *, person_id: str, roles: frozenset[Role], active: bool
) -> None:
    """Give somebody else these roles, or take their access: their sessions end at once."""
    check_may_manage_people(person)
    check_roles(roles)
    if person_id == person.person_id:
        message = "Nobody changes their own roles. Ask another administrator."
        raise NotAllowed(message)
    event = event_of(
        desk,
        person,
        AuditAction.PERSON_CHANGED,
        subject=person_id,
        roles=",".join(sorted(role.value for role in roles)),
        active="yes" if active else "no",
    )
    with desk.database.writing() as tx:
        if find_person(tx.connection, person_id) is None:
            message = "There is no such person."
            raise NotFound(message)
        change_person(tx, person_id, roles=roles, active=active, event=event)


def first_sign_in_link(desk: Desk, *, trying: bool = False) -> str | None:
    """
    On a new installation a link for its first person; None once anybody has signed in.

    The first person adds the others and reads no letters, unless the service is only tried out.
    """
    with desk.database.reading() as connection:
        if has_signed_in(connection):
            return None
        somebody = count_people(connection) > 0
        names = people_names(connection).values()
    if somebody and FIRST_PERSON not in names:
        # people were added on the command line: their links are made there as well
        return None
    if not somebody:
        roles = _TRYING if trying else frozenset({Role.ADMIN})
        _add(desk, OPERATOR, name=FIRST_PERSON, roles=roles)
    return make_sign_in_link(desk, OPERATOR, name=FIRST_PERSON)


def make_sign_in_link(desk: Desk, person: Person, *, name: str) -> str:
    """A link that signs this person in, once; an earlier one that was not used stops working."""
    check_may_manage_people(person)
    token = new_secret()
    with desk.database.writing() as tx:
        owner = find_person_by_name(tx.connection, name)
        expires = desk.now() + timedelta(seconds=desk.settings.sign_in_link_s)
        event = event_of(desk, person, AuditAction.LINK_MADE, subject=owner.person_id)
        insert_link(tx, hash_of(token), owner.person_id, expires, event=event)
    return f"{desk.settings.base_url}/sign-in/{token}"


def link_is_usable(desk: Desk, token: str) -> bool:
    """True while the link works; asking does not use it up."""
    with desk.database.reading() as connection:
        return link_owner(connection, hash_of(token), now=desk.now()) is not None


def use_sign_in_link(desk: Desk, token: str, *, former: str | None = None) -> NewSession:
    """Spend the link and open a session, or `NotAllowed`; `former` is the browser's old cookie."""
    now = desk.now()
    with desk.database.writing() as tx:
        owner_id = link_owner(tx.connection, hash_of(token), now=now)
        owner = find_person(tx.connection, owner_id) if owner_id else None
        if owner is None or not owner.active:
            raise _spent()
        if find_account(tx.connection, owner.person_id) is not None:
            cleared = event_of(desk, owner, AuditAction.ACCOUNT_CLEARED)
            clear_account(tx, owner.person_id, event=cleared)
            ended = event_of(desk, owner, AuditAction.SESSION_ENDED, why="recovered")
            end_sessions(tx, owner.person_id, event=ended)
        new, session = new_session(desk, owner, method="link", proved_at=now)
        event = event_of(desk, owner, AuditAction.PERSON_SIGNED_IN)
        if not use_link(tx, hash_of(token), session, former=hash_of(former or ""), event=event):
            raise _spent()
    return new


def new_session(
    desk: Desk, owner: Person, *, method: str, proved_at: datetime | None
) -> tuple[NewSession, StoredSession]:
    """A session for this person, who showed then who they are: for the browser, and the store."""
    now, cookie, csrf = desk.now(), new_secret(), new_secret()
    kept = StoredSession(
        id_hash=hash_of(cookie),
        person_id=owner.person_id,
        csrf_token=csrf,
        started_at=now,
        seen_at=now,
        method=method,
        proved_at=proved_at,
    )
    given = NewSession(
        cookie_value=cookie,
        csrf_token=csrf,
        person=owner,
        secure=desk.settings.secure_cookies,
    )
    return given, kept


def person_of_session(desk: Desk, cookie_value: str) -> SignedIn | None:
    """Who this session belongs to, while it lasts."""
    now, id_hash = desk.now(), hash_of(cookie_value)
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
    return SignedIn(
        person=person,
        csrf_token=session.csrf_token,
        session_id=cookie_value,
        method=session.method,
        since=session.started_at,
        proved_at=session.proved_at,
    )


def sign_out(desk: Desk, signed_in: SignedIn) -> None:
    """End the session at once."""
    event = event_of(desk, signed_in.person, AuditAction.PERSON_SIGNED_OUT)
    with desk.database.writing() as tx:
        delete_session(tx, hash_of(signed_in.session_id), event=event)


def own_sessions(desk: Desk, signed_in: SignedIn) -> tuple[OwnSession, ...]:
    """The sessions of whoever asks that have not run out, the latest first."""
    oldest = desk.now() - timedelta(seconds=desk.settings.session_absolute_s)
    idle = desk.now() - timedelta(seconds=desk.settings.session_idle_s)
    mine = hash_of(signed_in.session_id)
    with desk.database.reading() as connection:
        found = sessions_of(connection, signed_in.person.person_id)
    return tuple(
        OwnSession(
            session_hash=one.id_hash,
            method=one.method,
            started_at=one.started_at,
            seen_at=one.seen_at,
            is_this=one.id_hash == mine,
        )
        for one in found
        if one.started_at >= oldest and one.seen_at >= idle
    )


def end_own_sessions(desk: Desk, signed_in: SignedIn, *, session_hash: str | None) -> int:
    """End one of my sessions, or all but this one; somebody else's is as good as none."""
    event = event_of(desk, signed_in.person, AuditAction.SESSION_ENDED)
    with desk.database.writing() as tx:
        ended = end_sessions(
            tx,
            signed_in.person.person_id,
            only=session_hash,
            but=None if session_hash else hash_of(signed_in.session_id),
            event=event,
        )
    if session_hash and not ended:
        message = "There is no such session of yours."
        raise NotFound(message)
    return ended


def _spent() -> NotAllowed:
    return NotAllowed("This sign-in link was used already or is too old. Ask for a new one.")
