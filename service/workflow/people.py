"""
Who may do what: one table of permissions and roles; whatever it does not say is denied.

Contract: `check_may` raises `NotAllowed` with the reason, `may` is the same question as a boolean;
`check_may_x` and `may_x` ask it for one permission. Actions ask before they read or change; the
pages ask the same table for every route (`service.web.permissions`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from service.workflow.errors import BadRequest, NotAllowed


class Role(StrEnum):
    """What somebody is there for. An administrator reads no letters, an auditor only the trail."""

    PROOFREADER = "proofreader"
    COORDINATOR = "coordinator"
    SENIOR = "senior"
    AUDITOR = "auditor"
    ADMIN = "admin"
    REGISTRY_CLIENT = "registry_client"
    OPERATOR = "operator"
    MONITORING = "monitoring"


#: What each role is called in sentences.
ROLE_NAMES: dict[Role, str] = {
    Role.PROOFREADER: "proofreader",
    Role.COORDINATOR: "coordinator",
    Role.SENIOR: "senior proofreader",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "administrator",
    Role.REGISTRY_CLIENT: "registry client",
    Role.OPERATOR: "operator",
    Role.MONITORING: "monitoring",
}

#: Roles that people have. The others are an API key's, the command line's and the monitoring's.
STAFF_ROLES = frozenset(Role) - {Role.REGISTRY_CLIENT, Role.OPERATOR, Role.MONITORING}

#: These are held alone: who gives out roles or looks at the trail reads no letters.
_ALONE = frozenset({Role.ADMIN, Role.AUDITOR})


class Permission(StrEnum):
    """Something one may or may not do. Those of a registry client are the scopes of its keys."""

    READ_LETTERS = "read letters"
    SEE_QUEUE = "see the queue"
    READ_FILES = "read original files"
    REVIEW = "review"
    READ_PASSED_ON = "read passed on"
    WRITE_NOTES = "write notes"
    SET_PRIORITY = "set priority"
    SEE_INSIGHT = "see insight"
    EXPORT_CORRECTIONS = "export corrections"
    ALLOCATE = "allocate"
    RESOLVE_LANGUAGE = "resolve language"
    TRANSCRIBE = "transcribe"
    DECIDE_EXCHANGE = "decide exchange"
    SAVE_CASES = "save cases"
    SHOW_IDENTITIES = "show identities"
    RELEASE_IDENTITIES = "release identities"
    COPY_FOR_SUBJECT = "copy for subject"
    SEE_WAITING = "see waiting"
    KEEP_ENDPOINTS = "keep endpoints"
    STOP_SENDING = "stop sending"
    KEEP_SETTINGS = "keep settings"
    REOPEN = "reopen"
    UPLOAD = "upload"
    TAKE_OVER = "take over"
    SEE_AUDIT = "see audit"
    MANAGE_PEOPLE = "manage people"
    MANAGE_KEYS = "manage keys"
    KEEP_DATA = "keep data"
    SEE_FIGURES = "see figures"
    KEEP_OWN_ACCOUNT = "keep own account"
    WRITE_LETTERS = "letters:write"
    SEE_STATUS = "letters:status"
    COLLECT_NOTICES = "notices"
    TRY_REDACTION = "redactions"


_READERS = frozenset({Role.PROOFREADER, Role.COORDINATOR, Role.SENIOR})
_REVIEWERS = frozenset({Role.PROOFREADER, Role.SENIOR})
_COORDINATORS = frozenset({Role.COORDINATOR, Role.SENIOR})
#: The command line imports cases and asks for them; it opens no letter.
_REGISTER = _COORDINATORS | {Role.OPERATOR}
_MANAGERS = frozenset({Role.ADMIN, Role.OPERATOR})
_CLIENT = frozenset({Role.REGISTRY_CLIENT})

_P = Permission

#: The table: who may. A permission that is missing here is nobody's.
TABLE: dict[Permission, frozenset[Role]] = {
    _P.READ_LETTERS: _READERS,
    _P.SEE_QUEUE: _READERS,
    _P.READ_FILES: frozenset({Role.SENIOR}),
    _P.REVIEW: _REVIEWERS,
    _P.READ_PASSED_ON: frozenset({Role.SENIOR}),
    _P.WRITE_NOTES: _READERS,
    _P.SET_PRIORITY: _READERS,
    _P.SEE_INSIGHT: _COORDINATORS,
    _P.EXPORT_CORRECTIONS: frozenset({Role.OPERATOR}),
    _P.ALLOCATE: _REGISTER,
    _P.RESOLVE_LANGUAGE: _READERS,
    _P.TRANSCRIBE: _READERS,
    _P.DECIDE_EXCHANGE: _COORDINATORS,
    _P.SAVE_CASES: _REGISTER,
    _P.SHOW_IDENTITIES: _COORDINATORS,
    _P.RELEASE_IDENTITIES: _COORDINATORS,
    _P.COPY_FOR_SUBJECT: _COORDINATORS,
    _P.SEE_WAITING: _COORDINATORS,
    _P.KEEP_ENDPOINTS: _COORDINATORS,
    _P.STOP_SENDING: _COORDINATORS | {Role.OPERATOR},
    _P.KEEP_SETTINGS: _COORDINATORS | {Role.ADMIN},
    _P.REOPEN: _READERS,
    _P.UPLOAD: _READERS,
    _P.TAKE_OVER: frozenset({Role.SENIOR}),
    _P.SEE_AUDIT: frozenset({Role.AUDITOR, Role.SENIOR}),
    _P.MANAGE_PEOPLE: _MANAGERS,
    _P.MANAGE_KEYS: _MANAGERS,
    _P.KEEP_DATA: frozenset({Role.OPERATOR}),
    _P.SEE_FIGURES: frozenset({Role.MONITORING}),
    _P.KEEP_OWN_ACCOUNT: STAFF_ROLES,
    _P.WRITE_LETTERS: _CLIENT,
    _P.SEE_STATUS: _CLIENT,
    _P.COLLECT_NOTICES: _CLIENT,
    _P.TRY_REDACTION: _CLIENT,
}

#: What is asked for, as the beginning of the sentence that refuses it.
_WHAT: dict[Permission, str] = {
    _P.READ_LETTERS: "Reading letters",
    _P.SEE_QUEUE: "The queue",
    _P.READ_FILES: "Opening the original file",
    _P.REVIEW: "Proofreading",
    _P.READ_PASSED_ON: "Reading a letter that was passed to a senior",
    _P.WRITE_NOTES: "Writing notes",
    _P.SET_PRIORITY: "Saying which letters are urgent",
    _P.SEE_INSIGHT: "The insight page",
    _P.EXPORT_CORRECTIONS: "Exporting corrections",
    _P.ALLOCATE: "Allocating letters",
    _P.RESOLVE_LANGUAGE: "Deciding about the language",
    _P.TRANSCRIBE: "Transcribing a letter",
    _P.DECIDE_EXCHANGE: "Deciding about the rules of the exchange",
    _P.SAVE_CASES: "Changing the case register",
    _P.SHOW_IDENTITIES: "Looking at who the donor and the patient of a case are",
    _P.RELEASE_IDENTITIES: "Releasing identities",
    _P.COPY_FOR_SUBJECT: "Making the copy of the data of a person",
    _P.SEE_WAITING: "The list of letters that wait too long",
    _P.KEEP_ENDPOINTS: "The directory of recipients",
    _P.STOP_SENDING: "Stopping or resuming the sending of letters",
    _P.KEEP_SETTINGS: "The settings",
    _P.REOPEN: "Reopening a letter",
    _P.UPLOAD: "Bringing in a letter",
    _P.TAKE_OVER: "Taking a letter from a colleague",
    _P.SEE_AUDIT: "The audit trail",
    _P.MANAGE_PEOPLE: "Managing people",
    _P.MANAGE_KEYS: "Managing API keys",
    _P.KEEP_DATA: "Keys, backups and erasure",
    _P.SEE_FIGURES: "The figures for monitoring",
    _P.KEEP_OWN_ACCOUNT: "An account",
    _P.WRITE_LETTERS: "Posting letters",
    _P.SEE_STATUS: "Asking for the status of a letter",
    _P.COLLECT_NOTICES: "Collecting notices",
    _P.TRY_REDACTION: "Asking for a redaction",
}

#: What an API key may be allowed.
SCOPES = tuple(permission for permission, roles in TABLE.items() if roles == _CLIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff, or the service itself (`SYSTEM`), or a registry's client."""

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    active: bool = True


#: The worker. It drafts and dispatches; it has no role, so it can decide nothing.
SYSTEM = Person(person_id="system", name="the service")


def check_roles(roles: frozenset[Role]) -> None:
    """Raise `BadRequest` unless a member of staff may have these roles together."""
    if not roles:
        message = "A person needs at least one role."
        raise BadRequest(message)
    if not roles <= STAFF_ROLES:
        message = "The roles of API keys and of the command line are not for people."
        raise BadRequest(message)
    if roles & _ALONE and len(roles) > 1:
        message = "An administrator or auditor has no other role: neither reads letters."
        raise BadRequest(message)


def check_may(person: Person, permission: Permission) -> None:
    """Raise `NotAllowed` unless the table gives the permission to a role of the person."""
    if not person.active:
        message = "This person is no longer active."
        raise NotAllowed(message)
    allowed = TABLE.get(permission, frozenset())
    if not person.roles & allowed:
        told = sorted(ROLE_NAMES[role] for role in allowed if role is not Role.OPERATOR)
        message = f"{_WHAT[permission]} needs the role {' or '.join(told)}."
        raise NotAllowed(message)


def may(person: Person, permission: Permission) -> bool:
    """True when the table gives the permission to a role of the person."""
    return allows(lambda one: check_may(one, permission), person)


def allows(check: Callable[[Person], None], person: Person) -> bool:
    """The answer of a `check_may_x` as a boolean."""
    try:
        check(person)
    except NotAllowed:
        return False
    return True


def check_may_read_letters(person: Person) -> None:
    """Raise unless the person may read original letters."""
    check_may(person, _P.READ_LETTERS)


def check_may_see_queue(person: Person) -> None:
    """Raise unless the person may see the queue (no letter text in it)."""
    check_may(person, _P.SEE_QUEUE)


def check_may_review(person: Person) -> None:
    """Raise unless the person may claim, correct, approve, return and hold letters."""
    check_may(person, _P.REVIEW)


def check_may_allocate(person: Person) -> None:
    """Raise unless the person may allocate letters and look into the case register."""
    check_may(person, _P.ALLOCATE)


def check_may_resolve_language(person: Person) -> None:
    """Raise unless the person may release or return a letter held for its language."""
    check_may(person, _P.RESOLVE_LANGUAGE)


def check_may_transcribe(person: Person) -> None:
    """Raise unless the person may type a letter from the image of its file."""
    check_may(person, _P.TRANSCRIBE)


def check_may_decide_exchange(person: Person) -> None:
    """Raise unless the person may decide about a letter that the rules of the exchange hold."""
    check_may(person, _P.DECIDE_EXCHANGE)


def check_may_save_cases(person: Person) -> None:
    """Raise unless the person may change the case register."""
    check_may(person, _P.SAVE_CASES)


def check_may_release_identities(person: Person) -> None:
    """Raise unless the person may propose or confirm that both sides learn who the other is."""
    check_may(person, _P.RELEASE_IDENTITIES)


def check_may_see_waiting(person: Person) -> None:
    """Raise unless the person looks after letters that wait too long."""
    check_may(person, _P.SEE_WAITING)


def check_may_reopen(person: Person) -> None:
    """Raise unless the person may put a letter back on its way."""
    check_may(person, _P.REOPEN)


def check_may_upload(person: Person) -> None:
    """Raise unless the person may bring in a letter by hand."""
    check_may(person, _P.UPLOAD)


def check_may_take_over(person: Person) -> None:
    """Raise unless the person may take a letter from a colleague whose lease still runs."""
    check_may(person, _P.TAKE_OVER)


def check_may_see_audit(person: Person) -> None:
    """Raise unless the person may read the audit trail."""
    check_may(person, _P.SEE_AUDIT)


def check_may_manage_people(person: Person) -> None:
    """Raise unless the person may add people, change their roles and make links."""
    check_may(person, _P.MANAGE_PEOPLE)


def check_may_manage_keys(person: Person) -> None:
    """Raise unless the person may make and revoke API keys and see their webhooks."""
    check_may(person, _P.MANAGE_KEYS)


def may_read_letters(person: Person) -> bool:
    """True when the person may read original letters."""
    return may(person, _P.READ_LETTERS)


def may_review(person: Person) -> bool:
    """True when the person may proofread."""
    return may(person, _P.REVIEW)


def may_allocate(person: Person) -> bool:
    """True when the person may allocate letters."""
    return may(person, _P.ALLOCATE)


def may_save_cases(person: Person) -> bool:
    """True when the person may change the case register."""
    return may(person, _P.SAVE_CASES)


def may_see_waiting(person: Person) -> bool:
    """True when the person looks after letters that wait too long."""
    return may(person, _P.SEE_WAITING)


def may_see_audit(person: Person) -> bool:
    """True when the person may read the audit trail."""
    return may(person, _P.SEE_AUDIT)


def may_upload(person: Person) -> bool:
    """True when the person may bring in a letter."""
    return may(person, _P.UPLOAD)


def may_manage_people(person: Person) -> bool:
    """True when the person may manage people."""
    return may(person, _P.MANAGE_PEOPLE)


def may_manage_keys(person: Person) -> bool:
    """True when the person may manage API keys."""
    return may(person, _P.MANAGE_KEYS)
