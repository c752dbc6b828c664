"""
Local accounts: a person sets a password and codes, and signs in with them.

Contract: name, password and code are asked together and answered together: one sentence, and as
much time, whichever of them is wrong. Tries are counted before they are looked at: per person and
address, per address, and per person for all browsers together that never signed them in. A browser
that did has tries of its own, so strangers cannot lock a person out of it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from service.actions.access import NewSession, SignedIn, new_session
from service.actions.desk import Desk
from service.actions.limiting import address_group, check_rate, forget_tries
from service.actions.tokens import event_of, hash_of, new_secret
from service.identity.codes import address_of, is_seed, new_seed, step_of
from service.identity.passwords import check_password, hash_password, is_password
from service.store.accounts import (
    StoredAccount,
    find_account,
    is_known_browser,
    remember_browser,
    set_account,
    spend_code,
)
from service.store.audit import append_event
from service.store.people import end_sessions, find_named, open_session
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, TooOften
from service.workflow.people import Permission, check_may

#: A link that was used so lately shows who somebody is, when they set a password.
_FRESH = timedelta(minutes=30)
_TRY_LATER = "Too many tries. Wait a little and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try to sign in, and where it comes from."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    browser: str | None = field(default=None, repr=False)
    """The token of a browser that was signed in before."""
    former: str | None = field(default=None, repr=False)
    """The session that the browser has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSession:
    """The session, and the token by which the browser is known from now on."""

    session: NewSession
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a person needs to set up codes; `must_prove` asks for the former password and code."""

    seed: str = field(repr=False)
    address: str = field(repr=False)
    has_account: bool
    must_prove: bool
    may_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a person typed to set their account."""

    seed: str = field(repr=False)
    code: str = field(repr=False)
    password: str = field(repr=False)
    again: str = field(repr=False)
    former_password: str = field(default="", repr=False)
    former_code: str = field(default="", repr=False)


def sign_in(desk: Desk, attempt: Attempt) -> LocalSession:
    """Open a session for the person, or `NotAllowed`, or `TooOften` with the time to wait."""
    if not desk.settings.local_accounts:
        message = "Signing in with a password is switched off here."
        raise NotAllowed(message)
    _count(desk, attempt)
    with desk.database.reading() as connection:
        person = find_named(connection, attempt.name.strip())
        account = find_account(connection, person.person_id) if person else None
    right = is_password(account.password_hash if account else None, attempt.password)
    seed = account.code_seed if account else new_seed()
    step = step_of(seed, attempt.code, now=desk.now())
    if not right or step is None or person is None or not person.active:
        raise _wrong()
    given, kept = new_session(desk, person, method="password", proved_at=desk.now())
    browser = new_secret()
    event = event_of(desk, person, AuditAction.PERSON_SIGNED_IN, method="password")
    with desk.database.writing() as tx:
        if not spend_code(tx, person.person_id, step):
            raise _wrong()
        remember_browser(tx, hash_of(browser), person.person_id, now=desk.now())
        open_session(tx, kept, former=hash_of(attempt.former or ""), event=event)
    forget_tries(desk, desk.settings.sign_in_rate, *_bucket(desk, attempt))
    return LocalSession(session=given, browser=browser)


def prepare_account(desk: Desk, signed_in: SignedIn, *, seed: str = "") -> Enrolment:
    """
    A fresh seed for the page on which a person sets their account.

    After a refusal the `seed` of the form: it is in the person's app already.
    """
    check_may(signed_in.person, Permission.KEEP_OWN_ACCOUNT)
    with desk.database.reading() as connection:
        account = find_account(connection, signed_in.person.person_id)
    seed, fresh = seed if is_seed(seed) else new_seed(), _came_by_link(desk, signed_in)
    return Enrolment(
        seed=seed,
        address=address_of(seed, signed_in.person.name),
        has_account=account is not None,
        must_prove=account is not None and not fresh,
        may_set=desk.settings.local_accounts and (fresh or account is not None),
    )


def save_account(desk: Desk, signed_in: SignedIn, new: NewAccount) -> None:
    """Set password and codes; every other session of the person ends."""
    person = signed_in.person
    check_may(person, Permission.KEEP_OWN_ACCOUNT)
    if not desk.settings.local_accounts:
        message = "Passwords are switched off here."
        raise NotAllowed(message)
    check_rate(desk, desk.settings.sign_in_rate, "account", person.person_id, message=_TRY_LATER)
    _check_who(desk, signed_in, new)
    if new.password != new.again:
        message = "The two passwords are not the same."
        raise BadRequest(message)
    check_password(new.password, name=person.name)
    step = step_of(new.seed, new.code, now=desk.now()) if is_seed(new.seed) else None
    if step is None:
        message = "The code does not fit. Check the clock of your phone and type the newest code."
        raise BadRequest(message)
    account = StoredAccount(
        person_id=person.person_id,
        password_hash=hash_password(new.password),
        code_seed=new.seed,
        last_code=step,
        set_at=desk.now(),
    )
    ended = event_of(desk, person, AuditAction.SESSION_ENDED, why="account")
    with desk.database.writing() as tx:
        set_account(tx, account, event=event_of(desk, person, AuditAction.ACCOUNT_SET))
        end_sessions(tx, person.person_id, but=hash_of(signed_in.session_id), event=ended)


def _check_who(desk: Desk, signed_in: SignedIn, new: NewAccount) -> None:
    """A session alone is not enough: somebody may have left their desk."""
    if _came_by_link(desk, signed_in):
        return
    person = signed_in.person
    with desk.database.reading() as connection:
        account = find_account(connection, person.person_id)
    right = is_password(account.password_hash if account else None, new.former_password)
    step = step_of(account.code_seed, new.former_code, now=desk.now()) if account else None
    if not right or step is None:
        message = "Your present password or code is not right. Or ask for a new sign-in link."
        raise NotAllowed(message)
    with desk.database.writing() as tx:
        if not spend_code(tx, person.person_id, step):
            message = "This code was used already. Wait for the next one."
            raise NotAllowed(message)


def _came_by_link(desk: Desk, signed_in: SignedIn) -> bool:
    since = signed_in.since
    return signed_in.method == "link" and since is not None and desk.now() - since <= _FRESH


def _count(desk: Desk, attempt: Attempt) -> None:
    settings, group = desk.settings, address_group(attempt.address)
    bucket = _bucket(desk, attempt)
    check_rate(desk, settings.sign_in_address_rate, "address", group, message=_TRY_LATER)
    try:
        check_rate(desk, settings.sign_in_rate, *bucket, message=_TRY_LATER)
    except TooOften:
        _note_refusal(desk, attempt)
        raise
    if bucket[0] != "browser":
        rate = settings.sign_in_account_rate
        check_rate(desk, rate, "person", attempt.name.strip(), message=_TRY_LATER)


def _bucket(desk: Desk, attempt: Attempt) -> tuple[str, ...]:
    """Whose tries these are: those of a known browser, or of a name at an address."""
    name = attempt.name.strip()
    if attempt.browser is not None:
        with desk.database.reading() as connection:
            if is_known_browser(connection, hash_of(attempt.browser), name):
                return ("browser", hash_of(attempt.browser))
    return ("pair", name, address_group(attempt.address))


def _note_refusal(desk: Desk, attempt: Attempt) -> None:
    """Once an hour per person in the trail: that somebody tries is worth knowing."""
    with desk.database.reading() as connection:
        person = find_named(connection, attempt.name.strip())
    if person is None:
        return
    try:
        check_rate(desk, "1/hour", "noted", person.person_id)
    except TooOften:
        return
    event = event_of(desk, person, AuditAction.SIGN_IN_REFUSED)
    with desk.database.writing() as tx:
        append_event(tx, event=event)


def _wrong() -> NotAllowed:
    return NotAllowed("Name, password or code is not right. Each code works once.")
