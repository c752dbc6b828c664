"""
After the anonymity period: both sides may learn who the other is, when two people say so.

Contract: the first person proposes with a reason, another one confirms. The rules are asked both
times, of the case as it was seen; while a reason speaks against it nothing is recorded. The record
names both people, both moments and the digest of the rules. Nothing is sent.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields

from anonymizer.exchange import Outcome, Verdict, direct_contact
from anonymizer.exchange.fields import Need
from anonymizer.model import RegisteredCase, Side
from service.actions.correspondence_views import ContactView, ReleaseView
from service.actions.deciding import checked_reason
from service.actions.desk import Desk
from service.actions.may_do import May
from service.store.cases import check_seen, find_stored_case, passed_on, stored_cases
from service.store.contact_releases import (
    StoredRelease,
    confirm_release,
    insert_release,
    releases_of,
    withdraw_release,
)
from service.store.database import Connection, Writing
from service.store.people import people_names
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import (
    IllegalTransition,
    NotAllowed,
    NotFound,
    NotReady,
    ServiceError,
)
from service.workflow.people import Person, check_may_allocate, check_may_release_identities


def open_contact(desk: Desk, person: Person, *, case_id: str) -> ContactView:
    """Whether both sides may learn who the other is today, and what was decided about it."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        case = find_stored_case(connection, case_id).case
        verdict = _verdict(desk, connection, case)
        releases = releases_of(connection, case_id)
        names = people_names(connection)
    exchange = case.exchange()
    rule = desk.exchange_rules.rule_for(exchange)
    return ContactView(
        permitted=verdict.permitted,
        never=verdict.outcome is Outcome.REFUSED,
        reasons=tuple(reason.sentence for reason in verdict.reasons),
        signed=tuple(
            (
                side.value,
                exchange.consents(side).release_signed_on,
                exchange.consents(side).counselled_on,
            )
            for side in Side
        ),
        needs_counselling=Need.COUNSELLING in rule.direct_contact_needs.value,
        releases=tuple(_view(one, names) for one in releases),
        may_propose=_may(lambda: _check_propose(person, verdict, releases)),
        may_confirm=_may(lambda: _check_confirm(person, verdict, releases)),
        may_withdraw=_may(lambda: _check_withdraw(person, releases)),
    )


def propose_release(desk: Desk, person: Person, *, case_id: str, version: int, reason: str) -> None:
    """The first of two people."""
    reason = checked_reason(reason)
    with desk.database.writing() as tx:
        verdict, releases = _as_seen(desk, tx, case_id, version)
        _check_propose(person, verdict, releases)
        release = StoredRelease(
            release_id=uuid.uuid4().hex,
            case_id=case_id,
            reason=reason,
            proposed_at=desk.now(),
            proposed_by=person.person_id,
        )
        event = _event(desk, person, AuditAction.RELEASE_PROPOSED, release)
        insert_release(tx, release, event=event)


def confirm_proposed_release(desk: Desk, person: Person, *, case_id: str, version: int) -> None:
    """The second of two people; the rules are asked once more."""
    with desk.database.writing() as tx:
        verdict, releases = _as_seen(desk, tx, case_id, version)
        release = _check_confirm(person, verdict, releases)
        digest = desk.exchange_rules.digest
        event = _event(desk, person, AuditAction.RELEASE_CONFIRMED, release, rules=digest)
        confirm_release(
            tx,
            release.release_id,
            person_id=person.person_id,
            rules_digest=digest,
            event=event,
        )


def withdraw_proposed_release(desk: Desk, person: Person, *, case_id: str) -> None:
    """A proposal is taken back, by whoever made it or by a second person who says no."""
    with desk.database.writing() as tx:
        release = _check_withdraw(person, releases_of(tx.connection, case_id))
        event = _event(desk, person, AuditAction.RELEASE_WITHDRAWN, release)
        withdraw_release(tx, release.release_id, person_id=person.person_id, event=event)


def _as_seen(
    desk: Desk, tx: Writing, case_id: str, version: int
) -> tuple[Verdict, tuple[StoredRelease, ...]]:
    """The verdict on the case that was seen, which stays as it is until the transaction ends."""
    # locked: two people who propose at once do so one after the other
    stored = stored_cases(tx.connection, [case_id]).get(case_id)
    if stored is None:
        message = "There is no case with this id."
        raise NotFound(message)
    check_seen(stored, version)
    return _verdict(desk, tx.connection, stored.case), releases_of(tx.connection, case_id)


def _verdict(desk: Desk, connection: Connection, case: RegisteredCase) -> Verdict:
    exchange = case.exchange(*passed_on(connection, case.case_id, desk.settings.zone))
    return direct_contact(exchange, desk.today(), desk.exchange_rules.rule_for(exchange))


def _check_propose(person: Person, verdict: Verdict, releases: tuple[StoredRelease, ...]) -> None:
    check_may_release_identities(person)
    if any(one.confirmed_at is not None for one in releases):
        message = "The identities of this case were released already."
        raise IllegalTransition(message)
    if any(one.open for one in releases):
        message = "A release was proposed already; a second person confirms it."
        raise IllegalTransition(message)
    _check_rules(verdict)


def _check_confirm(
    person: Person, verdict: Verdict, releases: tuple[StoredRelease, ...]
) -> StoredRelease:
    check_may_release_identities(person)
    release = _open(releases)
    if release.proposed_by == person.person_id:
        message = "You proposed this release. Another person has to confirm it."
        raise NotAllowed(message)
    _check_rules(verdict)
    return release


def _check_withdraw(person: Person, releases: tuple[StoredRelease, ...]) -> StoredRelease:
    check_may_release_identities(person)
    return _open(releases)


def _open(releases: tuple[StoredRelease, ...]) -> StoredRelease:
    release = next((one for one in releases if one.open), None)
    if release is None:
        message = "No release is proposed."
        raise IllegalTransition(message)
    return release


def _check_rules(verdict: Verdict) -> None:
    if not verdict.permitted:
        raise NotReady(" ".join(reason.sentence for reason in verdict.reasons))


def _may(check: Callable[[], object]) -> May:
    try:
        check()
    except ServiceError as refused:
        return May(allowed=False, reason=refused.reason)
    return May(allowed=True)


def _view(release: StoredRelease, names: Mapping[str, str]) -> ReleaseView:
    values = {one.name: getattr(release, one.name) for one in fields(StoredRelease)}
    del values["case_id"]
    for name in ("proposed_by", "confirmed_by", "withdrawn_by"):
        values[name] = names.get(values[name], values[name])
    return ReleaseView(**values)


def _event(
    desk: Desk, person: Person, action: AuditAction, release: StoredRelease, **details: str
) -> AuditEvent:
    told = {"case": release.case_id, "release": release.release_id, **details}
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=told)
