"""The pure rules: states, permissions, audit events; and what no code may forget."""

import inspect
from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import pytest

import service.store.audit
import service.store.cases
import service.store.clients
import service.store.drafts
import service.store.letters
import service.store.people
import service.store.releases
from service.store.database import Writing
from service.workflow import people
from service.workflow.audit import (
    GENESIS,
    AuditAction,
    AuditEvent,
    ChainedEvent,
    event_hash,
    first_break,
)
from service.workflow.errors import IllegalTransition, NotAllowed, ServiceError
from service.workflow.gates import Standing, check_correct, refusal
from service.workflow.people import ROLE_NAMES, Person, Role
from service.workflow.states import STATE_PHRASES, TRANSITIONS, LetterState, check_transition
from tests.factories import START

STORE = (
    service.store.audit,
    service.store.cases,
    service.store.clients,
    service.store.drafts,
    service.store.letters,
    service.store.people,
    service.store.releases,
)
#: A session that is used changes nothing for anybody; an event per click would bury the others. Nor
#: does a letter change by having its turn earlier or later.
#: They note that something was used, or are part of a change that has its event.
UNAUDITED = {
    "touch_session",
    "take_up_now",
    "leave_until",
    "touch_key",
    "hold_key",
    "queue_status",
}


def test_every_state_can_be_reached_and_left() -> None:
    """No letter gets stuck; one that was sent comes back only when it could not be delivered."""
    assert set(TRANSITIONS) == set(LetterState)
    assert all(TRANSITIONS.values())
    assert TRANSITIONS[LetterState.DISPATCHED] == {LetterState.DISPATCH_FAILED}
    reached = {LetterState.RECEIVED}
    while more := {after for state in reached for after in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(LetterState)


def test_only_review_leads_to_approval() -> None:
    """Nothing is approved that nobody had on the table."""
    before = {state for state, after in TRANSITIONS.items() if LetterState.APPROVED in after}
    assert before == {LetterState.IN_REVIEW, LetterState.DISPATCH_FAILED}
    before = {state for state, after in TRANSITIONS.items() if LetterState.DISPATCHED in after}
    assert before == {LetterState.APPROVED}


def test_a_move_that_is_not_listed_is_refused() -> None:
    """In words."""
    with pytest.raises(IllegalTransition, match="was just received cannot be moved on"):
        check_transition(LetterState.RECEIVED, LetterState.APPROVED)


@pytest.mark.parametrize("module", STORE, ids=lambda module: module.__name__)
def test_every_change_of_the_store_takes_an_audit_event(module: ModuleType) -> None:
    """It cannot be forgotten: there is no way to write without one."""
    silent = [
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and name not in UNAUDITED
        and any(
            parameter.annotation is Writing
            for parameter in inspect.signature(function).parameters.values()
        )
        and "event" not in inspect.signature(function).parameters
    ]
    assert not silent


@pytest.mark.parametrize(
    "check",
    [value for name, value in vars(people).items() if name.startswith("check_may_")],
    ids=lambda check: check.__name__,
)
def test_whoever_has_no_role_may_nothing(check: Callable[[Person], None]) -> None:
    """Nor may somebody who has left, whatever their roles."""
    for person in (
        Person(person_id="1", name="N"),
        Person(person_id="2", name="L", roles=frozenset(Role), active=False),
        people.SYSTEM,
    ):
        with pytest.raises(NotAllowed):
            check(person)
        assert not people.allows(check, person)


@pytest.mark.parametrize("value", ["Dear Anna Schmidt", "a b", "ä", "line\nbreak", "x" * 513])
def test_audit_details_take_no_sentences(value: str) -> None:
    """Ids, codes, digests: what a letter says does not fit in."""
    with pytest.raises(ValueError, match="ids, codes and digests only"):
        AuditEvent(at=START, actor="p", action=AuditAction.LETTER_OPENED, details={"what": value})


def test_audit_events_need_an_aware_time() -> None:
    """A time without a zone is no evidence."""
    with pytest.raises(ValueError, match="aware"):
        AuditEvent(
            at=datetime(2026, 1, 1),  # noqa: DTZ001 - the mistake under test
            actor="p",
            action=AuditAction.LETTER_OPENED,
        )


def chain(count: int) -> tuple[ChainedEvent, ...]:
    """A chain that holds."""
    events, before = [], GENESIS
    for seq in range(1, count + 1):
        event = AuditEvent(
            at=START, actor="p", action=AuditAction.LETTER_OPENED, letter_id=str(seq)
        )
        own = event_hash(seq, event, before)
        events.append(ChainedEvent(seq=seq, event=event, previous_hash=before, hash=own))
        before = own
    return tuple(events)


def test_a_chain_that_was_left_alone_holds() -> None:
    """Also when it is checked in parts."""
    whole = chain(6)
    assert first_break(whole) == 0
    assert first_break(whole[3:], after=whole[2].hash, seq=3) == 0


def test_every_kind_of_tampering_is_found() -> None:
    """Changed, removed, reordered, inserted."""
    a, b, c, d = chain(4)
    forged = AuditEvent(at=START, actor="q", action=b.event.action, letter_id="2")
    changed = ChainedEvent(seq=2, event=forged, previous_hash=a.hash, hash=b.hash)
    assert first_break((a, changed, c, d)) == 2
    assert first_break((a, c, d)) == 2
    assert first_break((b, c, d)) == 1
    assert first_break((a, c, b, d)) == 2
    assert first_break((a, b, b, c, d)) == 3


def test_every_refusal_has_a_sentence_for_people() -> None:
    """The class docstring is the default message."""

    def below(kind: type[ServiceError]) -> set[type[ServiceError]]:
        return {kind, *(one for sub in kind.__subclasses__() for one in below(sub))}

    for kind in below(ServiceError):
        assert (kind.__doc__ or "").strip().endswith("."), kind


def test_every_state_and_every_role_has_words() -> None:
    """No refusal shows a code to a person."""
    assert set(STATE_PHRASES) == set(LetterState)
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize("state", LetterState)
def test_a_refusal_names_the_state_in_words(state: LetterState) -> None:
    """Whatever state the letter is in."""
    standing = Standing(state=state, claimed_by=None, lease_until=None, now=START)
    reader = Person(person_id="p", name="P", roles=frozenset({Role.PROOFREADER}))
    told = refusal(check_correct, reader, standing)
    assert told is not None
    assert "_" not in told
    assert "held language" not in told
