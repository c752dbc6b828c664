"""Waiting is computed from the clock of the desk, to the second, for every state."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from anonymizer.model import Hold, Stage
from service import actions
from service.actions import Desk
from service.settings import Settings
from service.store.codec import holds_codec
from service.store.schema import letters
from service.workflow.people import Person
from service.workflow.states import LetterState
from service.workflow.waiting import KEPT_FOR, cutoffs, longest_stay
from tests.factories import START, SetClock, bring_in

SECOND = timedelta(seconds=1)
WAITING = sorted(set(LetterState) - {LetterState.RETURNED})
#: What the guide says, in hours.
HOURS = {
    LetterState.RECEIVED: 1,
    LetterState.DRAFTING: 1,
    LetterState.READY: 7 * 24,
    LetterState.SECOND_READING: 7 * 24,
    LetterState.IN_REVIEW: 3 * 24,
    LetterState.APPROVED: 24,
    LetterState.DISPATCH_FAILED: 24,
    LetterState.DISPATCHED: 30 * 24,
}
KEPT = Hold(stage=Stage.EXCHANGE, code=KEPT_FOR.value, reason="No letters wanted.")
OTHER = Hold(stage=Stage.EXCHANGE, code="undeliverable", reason="Nobody is there.")


def put(
    desk: Desk, state: LetterState, *, changed_at: datetime = START, holds: tuple[Hold, ...] = ()
) -> str:
    """A letter that has been in this state since then; its id."""
    letter_id = bring_in(desk, "Dear friend.")
    values = {"state": state.value, "changed_at": changed_at, "holds": holds_codec.dump(holds)}
    with desk.database.writing() as tx:
        tx.connection.execute(
            update(letters).where(letters.c.letter_id == letter_id).values(**values)
        )
    return letter_id


def late(desk: Desk, person: Person, now: datetime) -> list[str]:
    """The ids on the list when the clock shows `now`; the number in the navigation agrees."""
    there = replace(desk, clock=SetClock(now))
    found = [one.letter_id for one in actions.list_waiting_too_long(there, person)]
    assert actions.count_waiting_too_long(there, person) == len(found)
    return found


@pytest.mark.parametrize("state", WAITING)
def test_a_letter_is_late_a_second_after_its_time_and_not_before(
    desk: Desk, cora: Person, state: LetterState
) -> None:
    """In every state; a clock that was put back makes nothing late."""
    letter_id = put(desk, state)
    stay = timedelta(hours=HOURS.get(state, 14 * 24))
    assert longest_stay(desk.settings)[state] == stay
    assert late(desk, cora, START + stay - SECOND) == []
    assert late(desk, cora, START + stay) == []
    assert late(desk, cora, START + stay + SECOND) == [letter_id]
    assert late(desk, cora, START - stay) == []


def test_a_returned_letter_is_never_late(desk: Desk, cora: Person) -> None:
    """Its writer has it."""
    put(desk, LetterState.RETURNED)
    assert late(desk, cora, START + timedelta(days=40_000)) == []


@pytest.mark.parametrize(
    ("state", "holds", "is_late"),
    [
        (LetterState.HELD_EXCHANGE, (KEPT,), False),
        (LetterState.HELD_EXCHANGE, (OTHER, KEPT), False),
        (LetterState.HELD_EXCHANGE, (OTHER,), True),
        (LetterState.HELD_EXCHANGE, (), True),
        (LetterState.ON_HOLD, (KEPT,), True),
        (LetterState.HELD_LANGUAGE, (KEPT,), True),
    ],
)
def test_what_is_kept_for_its_reader_is_apart(
    desk: Desk, cora: Person, state: LetterState, holds: tuple[Hold, ...], is_late: bool
) -> None:
    """Only at the desk where it is kept: elsewhere a person still has to do something."""
    letter_id = put(desk, state, holds=holds)
    assert late(desk, cora, START + timedelta(days=400)) == ([letter_id] if is_late else [])
    kept = [one.letter_id for one in actions.list_kept(desk, cora)]
    assert kept == ([] if is_late else [letter_id])


def test_the_oldest_stands_first_on_both_lists(desk: Desk, cora: Person) -> None:
    """Whatever order they came in."""
    moments = [START + timedelta(days=day) for day in (3, 1, 2)]
    waits = [put(desk, LetterState.READY, changed_at=moment) for moment in moments]
    kept = [
        put(desk, LetterState.HELD_EXCHANGE, changed_at=moment, holds=(KEPT,)) for moment in moments
    ]
    assert late(desk, cora, START + timedelta(days=99)) == [waits[1], waits[2], waits[0]]
    found = [one.letter_id for one in actions.list_kept(desk, cora)]
    assert found == [kept[1], kept[2], kept[0]]


@given(
    now=st.datetimes(datetime(2001, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - made aware below
    later=st.timedeltas(timedelta(0), timedelta(days=4000)),
    held=st.floats(0.01, 4000),
)
def test_what_is_late_stays_late(now: datetime, later: timedelta, held: float) -> None:
    """The moments move with the clock and by nothing else."""
    settings = Settings(remind_held_days=held)
    now = now.replace(tzinfo=START.tzinfo)
    before, after = cutoffs(settings, now), cutoffs(settings, now + later)
    assert set(before) == set(after) == set(WAITING)
    assert all(after[state] - before[state] == later for state in before)
    assert all(before[state] == now - stay for state, stay in longest_stay(settings).items())
