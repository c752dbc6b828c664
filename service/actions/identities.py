"""
Who the donor and the patient of a case are, for those who say why they have to know.

Contract: a permission of its own. The event and its reason stand in the trail, and a row with the
case, before anything is shown; each look is an event. Own words are kept with the case, sealed, and
never in the trail; they are left out where they name somebody, which is no refusal: a refusal would
tell what the register knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from anonymizer.model import KnownIdentifier, RegisteredCase
from service.actions.desk import Desk
from service.actions.register import case_page
from service.actions.tokens import event_of
from service.actions.views import CasePage
from service.store.cases import find_stored_case
from service.store.identity_views import IdentityView, insert_view, latest_views
from service.store.people import people_names
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest
from service.workflow.identities import LONGEST_WORDS, ViewReason, Words, may_be_kept
from service.workflow.people import Permission, Person, check_may, may

#: So many are told on the page of a case; the trail has all.
_LATEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIdentities:
    """A case with its identities, and what became of the words of who asked for them."""

    page: CasePage = field(repr=False)
    donor: tuple[KnownIdentifier, ...] = field(repr=False)
    patient: tuple[KnownIdentifier, ...] = field(repr=False)
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody, by name, looked at who a case is about."""

    at: datetime
    who: str
    reason: ViewReason
    words: str | None = field(repr=False)


def may_show_identities(person: Person) -> bool:
    """True when the person may ask."""
    return may(person, Permission.SHOW_IDENTITIES)


def show_identities(
    desk: Desk, person: Person, *, case_id: str, reason: ViewReason | None, words: str = ""
) -> ShownIdentities:
    """The page of a case with its identities; `BadRequest` without a reason."""
    check_may(person, Permission.SHOW_IDENTITIES)
    words = " ".join(words.split())
    if reason is None:
        message = "Choose why you have to see who they are."
        raise BadRequest(message)
    if reason is ViewReason.OTHER and not words:
        message = "Say in your own words why you have to see who they are; name nobody."
        raise BadRequest(message)
    if len(words) > LONGEST_WORDS:
        message = f"The reason is longer than {LONGEST_WORDS} characters."
        raise BadRequest(message)
    with desk.database.writing() as tx:
        stored = find_stored_case(tx.connection, case_id)
        told = _told(words, stored.case)
        event = event_of(
            desk,
            person,
            AuditAction.CASE_IDENTITIES_SHOWN,
            case=case_id,
            reason=reason.value,
            own_words=told.value,
        )
        view = IdentityView(
            case_id=case_id,
            person_id=person.person_id,
            at=desk.now(),
            reason=reason,
            words=words if told is Words.KEPT else None,
        )
        insert_view(tx, view, event=event)
        page = case_page(desk, tx.connection, stored, identities=True)
    known = stored.case.known_donor, stored.case.known_patient
    return ShownIdentities(page=page, donor=known[0], patient=known[1], words=told)


def list_looks(desk: Desk, person: Person, *, case_id: str) -> tuple[Look, ...]:
    """Who looked lately and why, for those who may look themselves; else nothing."""
    if not may_show_identities(person):
        return ()
    with desk.database.reading() as connection:
        names = people_names(connection)
        found = latest_views(connection, case_id, limit=_LATEST)
    return tuple(
        Look(
            at=one.at,
            who=names.get(one.person_id, one.person_id),
            reason=one.reason,
            words=one.words,
        )
        for one in found
    )


def _told(words: str, case: RegisteredCase) -> Words:
    if not words:
        return Words.NONE
    return Words.KEPT if may_be_kept(words, _known(case)) else Words.LEFT_OUT


def _known(case: RegisteredCase) -> Iterator[str]:
    yield from (one.value for one in (*case.known_donor, *case.known_patient))
    yield case.donor_number
    yield case.patient_reference or ""
