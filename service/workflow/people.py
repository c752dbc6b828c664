"""
Who may do what: roles, and permissions in pairs.

Contract: `check_may_x` raises `NotAllowed` with the reason, `may_x` is the same question as a
boolean. One source of truth: the page shows the very sentence that the action would raise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from service.workflow.errors import NotAllowed


class Role(StrEnum):
    """What a member of staff is there for. An administrator reads no letters."""

    PROOFREADER = "proofreader"
    COORDINATOR = "coordinator"
    SENIOR = "senior"
    AUDITOR = "auditor"
    ADMIN = "admin"


#: What each role is called in sentences.
ROLE_NAMES: dict[Role, str] = {
    Role.PROOFREADER: "proofreader",
    Role.COORDINATOR: "coordinator",
    Role.SENIOR: "senior proofreader",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "administrator",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff, or the service itself (`SYSTEM`), or a registry's client."""

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    active: bool = True


#: The worker. It drafts and dispatches; it has no role, so it can decide nothing.
SYSTEM = Person(person_id="system", name="the service")

_READERS = frozenset({Role.PROOFREADER, Role.COORDINATOR, Role.SENIOR})
_REVIEWERS = frozenset({Role.PROOFREADER, Role.SENIOR})
_COORDINATORS = frozenset({Role.COORDINATOR, Role.SENIOR})


def _check(person: Person, roles: frozenset[Role], what: str) -> None:
    if not person.active:
        message = "This person is no longer active."
        raise NotAllowed(message)
    if not person.roles & roles:
        wanted = " or ".join(sorted(ROLE_NAMES[role] for role in roles))
        message = f"{what} needs the role {wanted}."
        raise NotAllowed(message)


def check_may_read_letters(person: Person) -> None:
    """Raise unless the person may read original letters."""
    _check(person, _READERS, "Reading letters")


def check_may_see_queue(person: Person) -> None:
    """Raise unless the person may see the queue (no letter text in it)."""
    _check(person, _READERS, "The queue")


def check_may_review(person: Person) -> None:
    """Raise unless the person may claim, correct, approve, return and hold letters."""
    _check(person, _REVIEWERS, "Proofreading")


def check_may_allocate(person: Person) -> None:
    """Raise unless the person may allocate letters and look into the case register."""
    _check(person, _COORDINATORS, "Allocating letters")


def check_may_resolve_language(person: Person) -> None:
    """Raise unless the person may release or return a letter held for its language."""
    _check(person, _READERS, "Deciding about the language")


def check_may_transcribe(person: Person) -> None:
    """Raise unless the person may type a letter from the image of its file."""
    _check(person, _READERS, "Transcribing a letter")


def check_may_decide_exchange(person: Person) -> None:
    """Raise unless the person may decide about a letter that the rules of the exchange hold."""
    _check(person, _COORDINATORS, "Deciding about the rules of the exchange")


def check_may_save_cases(person: Person) -> None:
    """Raise unless the person may change the case register."""
    _check(person, _COORDINATORS, "Changing the case register")


def check_may_release_identities(person: Person) -> None:
    """Raise unless the person may propose or confirm that both sides learn who the other is."""
    _check(person, _COORDINATORS, "Releasing identities")


def check_may_see_waiting(person: Person) -> None:
    """Raise unless the person looks after letters that wait too long."""
    _check(person, _COORDINATORS, "The list of letters that wait too long")


def check_may_reopen(person: Person) -> None:
    """Raise unless the person may put a letter back on its way."""
    _check(person, _READERS, "Reopening a letter")


def check_may_upload(person: Person) -> None:
    """Raise unless the person may bring in a letter by hand."""
    _check(person, _READERS, "Bringing in a letter")


def check_may_take_over(person: Person) -> None:
    """Raise unless the person may take a letter from a colleague whose lease still runs."""
    _check(person, frozenset({Role.SENIOR}), "Taking a letter from a colleague")


def check_may_see_audit(person: Person) -> None:
    """Raise unless the person may read the audit trail."""
    _check(person, frozenset({Role.AUDITOR, Role.SENIOR}), "The audit trail")


def check_may_manage_people(person: Person) -> None:
    """Raise unless the person may add people and keys."""
    _check(person, frozenset({Role.ADMIN}), "Managing people")


def allows(check: Callable[[Person], None], person: Person) -> bool:
    """The answer of a `check_may_x` as a boolean."""
    try:
        check(person)
    except NotAllowed:
        return False
    return True


def may_read_letters(person: Person) -> bool:
    """True when the person may read original letters."""
    return allows(check_may_read_letters, person)


def may_review(person: Person) -> bool:
    """True when the person may proofread."""
    return allows(check_may_review, person)


def may_allocate(person: Person) -> bool:
    """True when the person may allocate letters."""
    return allows(check_may_allocate, person)


def may_save_cases(person: Person) -> bool:
    """True when the person may change the case register."""
    return allows(check_may_save_cases, person)


def may_see_waiting(person: Person) -> bool:
    """True when the person looks after letters that wait too long."""
    return allows(check_may_see_waiting, person)


def may_see_audit(person: Person) -> bool:
    """True when the person may read the audit trail."""
    return allows(check_may_see_audit, person)


def may_upload(person: Person) -> bool:
    """True when the person may bring in a letter."""
    return allows(check_may_upload, person)


def may_manage_people(person: Person) -> bool:
    """True when the person may add people and keys."""
    return allows(check_may_manage_people, person)
