"""
Signing in through the identity provider: the way there, and the way back.

Contract: a visit is bound to the browser that began it, works once and for ten minutes. Whom the
provider names is the person linked to that issuer and subject; a stranger becomes a person without
roles, who signs in once an administrator gave them one, unless a claim of the provider gives roles.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from service.actions.access import NewSession, new_session
from service.actions.desk import Desk
from service.actions.limiting import address_group, check_rate
from service.actions.tokens import event_of, hash_of, new_secret
from service.identity.provider import Claimed, Provider
from service.store.accounts import (
    StoredVisit,
    begin_visit,
    end_visit,
    find_identity,
    link_identity,
)
from service.store.database import Writing
from service.store.people import (
    change_person,
    find_named,
    find_person,
    find_person_by_name,
    insert_person,
    open_session,
)
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, ProviderFailed
from service.workflow.people import (
    SYSTEM,
    Person,
    Role,
    check_may_manage_people,
    check_roles,
)

_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where to send the browser, and what it must bring back in a cookie."""

    address: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What comes back from the provider; each may be missing or made up."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str | None = None
    browser: str | None = field(default=None, repr=False)
    former: str | None = field(default=None, repr=False)


def depart(desk: Desk, *, address: str, again: bool = False) -> Departure:
    """Begin a visit to the provider; `again` lets a person who is signed in there sign in anew."""
    provider = _provider(desk)
    check_rate(desk, desk.settings.sign_in_address_rate, "address", address_group(address))
    visit, browser = provider.begin(now=desk.now(), again=again), new_secret()
    kept = StoredVisit(
        state_hash=hash_of(visit.state),
        browser_hash=hash_of(browser),
        nonce=visit.nonce,
        verifier=visit.verifier,
        made_at=desk.now(),
    )
    with desk.database.writing() as tx:
        begin_visit(tx, kept, life=_LIFE)
    return Departure(address=visit.address, browser=browser)


def come_back(desk: Desk, back: Return) -> NewSession:
    """Open a session for whom the provider names; `ProviderFailed` or `NotAllowed` otherwise."""
    provider = _provider(desk)
    with desk.database.writing() as tx:
        visit = end_visit(tx, hash_of(back.state))
    mine = visit is not None and visit.browser_hash == hash_of(back.browser or "")
    if visit is None or not mine or desk.now() - visit.made_at > _LIFE:
        message = "This sign-in was not begun in this browser, or too long ago. Begin again."
        raise ProviderFailed(message)
    if back.issuer not in {None, provider.settings.issuer}:
        raise ProviderFailed
    claimed = provider.finish(back.code, nonce=visit.nonce, verifier=visit.verifier, now=desk.now())
    with desk.database.writing() as tx:
        person = _person(desk, tx, claimed)
    # a stranger is kept for the administrator to see, so this is a transaction of its own
    if not person.active or not person.roles:
        message = "You are known here now. Ask your administrator for a role."
        raise NotAllowed(message)
    # a provider that lets people in without asking does not show that it is them
    proved_at = min(claimed.proved_at, desk.now()) if claimed.proved_at else None
    given, kept = new_session(desk, person, method="provider", proved_at=proved_at)
    event = event_of(desk, person, AuditAction.PERSON_SIGNED_IN, method="provider")
    with desk.database.writing() as tx:
        open_session(tx, kept, former=hash_of(back.former or ""), event=event)
    return given


def link_person(desk: Desk, person: Person, *, name: str, subject: str) -> None:
    """Say by hand as whom the provider knows somebody."""
    check_may_manage_people(person)
    issuer = _provider(desk).settings.issuer
    if not 0 < len(subject) <= 255:
        message = "A subject has 1 to 255 characters."
        raise BadRequest(message)
    with desk.database.writing() as tx:
        owner = find_person_by_name(tx.connection, name)
        event = event_of(desk, person, AuditAction.IDENTITY_LINKED, subject=owner.person_id)
        link_identity(tx, issuer, subject, owner.person_id, event=event)


def roles_of_groups(desk: Desk, groups: frozenset[str]) -> frozenset[Role]:
    """The roles that the groups of a person mean here; none for roles that do not go together."""
    roles = frozenset(
        Role(role) for group, role in desk.settings.oidc_roles.items() if group in groups
    )
    try:
        check_roles(roles)
    except BadRequest:
        return frozenset()
    return roles


def _person(desk: Desk, tx: Writing, claimed: Claimed) -> Person:
    person_id = find_identity(tx.connection, claimed.issuer, claimed.subject)
    person = find_person(tx.connection, person_id) if person_id else None
    if person is None:
        person = _stranger(desk, tx, claimed)
    if claimed.groups is None:
        return person
    roles = roles_of_groups(desk, claimed.groups)
    if roles != person.roles:
        event = event_of(
            desk,
            SYSTEM,
            AuditAction.PERSON_CHANGED,
            subject=person.person_id,
            roles=",".join(sorted(role.value for role in roles)),
        )
        change_person(tx, person.person_id, roles=roles, active=person.active, event=event)
    return Person(person_id=person.person_id, name=person.name, roles=roles, active=person.active)


def _stranger(desk: Desk, tx: Writing, claimed: Claimed) -> Person:
    name = "".join(sign for sign in claimed.name if sign.isprintable()).strip()[:80]
    name = name or f"Person {uuid4().hex[:8]}"
    if find_named(tx.connection, name) is not None:
        # never joined by name: whoever can choose a name there would be somebody else here
        name = f"{name} ({uuid4().hex[:6]})"
    person = Person(person_id=uuid4().hex, name=name)
    added = event_of(desk, SYSTEM, AuditAction.PERSON_ADDED, subject=person.person_id, roles="")
    insert_person(tx, person, event=added)
    linked = event_of(desk, SYSTEM, AuditAction.IDENTITY_LINKED, subject=person.person_id)
    link_identity(tx, claimed.issuer, claimed.subject, person.person_id, event=linked)
    return person


def _provider(desk: Desk) -> Provider:
    if desk.provider is None:
        message = "There is no identity provider here."
        raise NotAllowed(message)
    return desk.provider
