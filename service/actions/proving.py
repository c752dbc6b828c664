"""
Showing again who one is, before a step that cannot be taken back easily (step-up).

Contract: a session alone is not enough for the steps that `service.web.permissions` names: its
person must have shown within `LETTERS_PROOF_S` who they are, by password and code, a new sign-in
at the identity provider, or a new link. Tries are counted together with those of the account page.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from service.actions.access import SignedIn
from service.actions.desk import Desk
from service.actions.limiting import check_rate
from service.actions.tokens import event_of, hash_of
from service.identity.codes import step_of
from service.identity.passwords import is_password
from service.store.accounts import find_account, spend_code
from service.store.people import prove_session
from service.workflow.audit import AuditAction
from service.workflow.errors import ProofNeeded

_TRY_LATER = "Too many tries. Wait a little and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How this person can show who they are."""

    by_password: bool
    by_provider: bool


def is_proved(desk: Desk, signed_in: SignedIn) -> bool:
    """True when the person showed so lately who they are that they need not again."""
    at = signed_in.proved_at
    return at is not None and timedelta() <= desk.now() - at <= _life(desk)


def ways_to_prove(desk: Desk, signed_in: SignedIn) -> Ways:
    """What can be asked of this person."""
    with desk.database.reading() as connection:
        account = find_account(connection, signed_in.person.person_id)
    return Ways(
        by_password=account is not None and desk.settings.local_accounts,
        by_provider=desk.provider is not None,
    )


def prove(desk: Desk, signed_in: SignedIn, *, password: str, code: str) -> None:
    """The person shows by password and code who they are, or `ProofNeeded`, or `TooOften`."""
    person, settings = signed_in.person, desk.settings
    check_rate(desk, settings.sign_in_rate, "account", person.person_id, message=_TRY_LATER)
    with desk.database.reading() as connection:
        account = find_account(connection, person.person_id)
    right = is_password(account.password_hash if account else None, password)
    step = step_of(account.code_seed, code, now=desk.now()) if account else None
    if not right or step is None or not settings.local_accounts:
        raise _wrong()
    event = event_of(desk, person, AuditAction.PERSON_PROVED)
    with desk.database.writing() as tx:
        if not spend_code(tx, person.person_id, step):
            raise _wrong()
        prove_session(tx, hash_of(signed_in.session_id), event=event)


def _life(desk: Desk) -> timedelta:
    return timedelta(seconds=desk.settings.proof_s)


def _wrong() -> ProofNeeded:
    return ProofNeeded("Password or code is not right. Each code works once: wait for the next.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form that waits for the proof: where it goes, and what was typed into it."""

    action: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
