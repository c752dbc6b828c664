"""Who holds which letter: beats instead of clocks, and what becomes of a dead worker's letters."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.dispatching import dispatch_next
from service.actions.drafting import make_draft, store_draft, take_letter
from service.actions.leasing import (
    beat,
    enter,
    leave,
    pause_after,
    take_from_everybody,
    take_from_the_dead,
)
from service.actions.sending import pause_sending, resume_sending
from service.store.letters import find_letter
from service.worker import Hand, Worker
from service.workflow.errors import StaleVersion, WorkerGone
from service.workflow.liveness import Watch
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import (
    PLAIN_LETTER,
    START,
    approved,
    bring_in,
    clock_of,
    state_of,
    view,
    work_all,
)


def watcher(desk: Desk, *, looks: int = 2) -> Worker:
    """A worker that looks after others and has taken nothing itself."""
    settings = desk.settings.model_copy(update={"heartbeat_s": 1.0, "worker_gone_s": float(looks)})
    return Worker(replace(desk, settings=settings))


def look(worker: Worker, times: int) -> None:
    """Its heartbeat comes so often."""
    for _ in range(times):
        worker.look_after_others()


def test_another_worker_takes_up_what_a_dead_one_held(desk: Desk) -> None:
    """Nobody restarts it: its beat stands still while the other looks on."""
    letter_id = bring_in(desk)
    take_letter(desk, enter(desk))
    other = watcher(desk)
    look(other, 2)
    assert state_of(desk, letter_id) is LetterState.DRAFTING
    look(other, 1)
    assert state_of(desk, letter_id) is LetterState.RECEIVED
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


def test_a_living_worker_keeps_its_letter_however_long(desk: Desk) -> None:
    """Its beat goes up between the looks of the other."""
    letter_id, worker_id = bring_in(desk), enter(desk)
    take_letter(desk, worker_id)
    other = watcher(desk)
    for _ in range(20):
        beat(desk, [worker_id])
        look(other, 1)
    assert state_of(desk, letter_id) is LetterState.DRAFTING


@pytest.mark.parametrize("jump", [timedelta(days=3), -timedelta(days=3)], ids=["on", "back"])
def test_a_clock_that_jumps_steals_no_letter_and_keeps_none(desk: Desk, jump: timedelta) -> None:
    """Three days forward or back, in the worker or in whoever looks: beats alone count."""
    letter_id, worker_id = bring_in(desk), enter(desk)
    take_letter(desk, worker_id)
    other = watcher(desk)
    clock_of(desk).now += jump
    for _ in range(8):
        beat(desk, [worker_id])
        look(other, 1)
    assert state_of(desk, letter_id) is LetterState.DRAFTING
    look(other, 4)
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_a_pause_counted_by_a_wrong_clock_holds_nothing_up(desk: Desk) -> None:
    """A worker three days ahead put the letter back; here it is due at once."""
    letter_id = bring_in(desk)
    ahead = replace(
        desk,
        clock=lambda: START + timedelta(days=3),
        settings=desk.settings.model_copy(update={"retry_pause_s": 2.0}),
    )
    take_letter(ahead, enter(ahead))
    take_from_everybody(ahead)
    assert take_letter(desk, enter(desk)) is not None
    assert state_of(desk, letter_id) is LetterState.DRAFTING


def test_a_worker_that_slept_stores_nothing_and_takes_nothing(desk: Desk) -> None:
    """It was struck off; under its old name every door is shut."""
    bring_in(desk)
    worker_id = enter(desk)
    work = take_letter(desk, worker_id)
    assert work is not None
    draft = make_draft(desk, work)
    take_from_the_dead(desk, {worker_id: 0})
    with pytest.raises(StaleVersion):
        store_draft(desk, work, draft)
    with pytest.raises(WorkerGone):
        take_letter(desk, worker_id)
    with pytest.raises(WorkerGone):
        dispatch_next(desk, worker_id)


def test_a_worker_whose_beat_went_up_is_not_struck_off(desk: Desk) -> None:
    """It lived on between the look and the stroke."""
    letter_id, worker_id = bring_in(desk), enter(desk)
    take_letter(desk, worker_id)
    beat(desk, [worker_id])
    assert take_from_the_dead(desk, {worker_id: 0}) == 0
    assert state_of(desk, letter_id) is LetterState.DRAFTING


def test_letters_of_no_worker_at_all_are_put_back(desk: Desk) -> None:
    """Whatever led to it, they are found without anybody's hand."""
    letter_id, worker_id = bring_in(desk), enter(desk)
    take_letter(desk, worker_id)
    leave(replace(desk, database=desk.database), worker_id)
    with pytest.raises(WorkerGone):
        take_letter(desk, worker_id)
    assert take_from_the_dead(desk, {}) == 0
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_a_letter_that_kills_its_senders_ends_with_a_person(desk: Desk, anna: Person) -> None:
    """After five tries; it says that the letter may have arrived. Others go on meanwhile."""
    letter_id = approved(desk, anna, PLAIN_LETTER)
    for _ in range(desk.settings.max_attempts):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("service.actions.dispatching.dispatch_letter", lambda *_a, **_k: None)
            assert dispatch_next(desk, enter(desk)) == letter_id
        take_from_everybody(desk)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "may have arrived" in seen.holds[0].reason
    version = seen.version
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="Not there")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED


def test_an_approval_that_was_tampered_with_stops_no_other_letter(desk: Desk, anna: Person) -> None:
    """It is sent to nobody and waits for a person; the one behind it goes."""
    pause_sending(desk, OPERATOR)
    first = approved(desk, anna, PLAIN_LETTER)
    second = approved(desk, anna, f"{PLAIN_LETTER} 2")
    resume_sending(desk, OPERATOR)
    with desk.database.writing() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE approvals SET text = (SELECT text FROM approvals WHERE letter_id = ?)"
            " WHERE letter_id = ?",
            (second, first),
        )
    work_all(desk)
    assert state_of(desk, first) is LetterState.DISPATCH_FAILED
    assert state_of(desk, second) is LetterState.DISPATCHED


def test_a_stored_letter_that_was_tampered_with_stops_no_other(desk: Desk) -> None:
    """It is held; the one behind it is drafted."""
    first, second = bring_in(desk), bring_in(desk, f"{PLAIN_LETTER} 2")
    with desk.database.writing() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE letters SET content = (SELECT content FROM letters WHERE letter_id = ?)"
            " WHERE letter_id = ?",
            (second, first),
        )
    for _ in range(2):
        work_all(desk)
    with desk.database.reading() as connection:
        states = [find_letter(connection, one).state for one in (first, second)]
    assert states == [LetterState.HELD_FAULT, LetterState.READY]


def test_a_worker_that_ends_gives_back_what_it_has(desk: Desk) -> None:
    """Stopping is no crash: others need not wait for its beat."""
    letter_id = bring_in(desk)
    worker = watcher(desk)
    hand = worker._hands[0]
    hand.worker_id = enter(desk)
    take_letter(desk, hand.worker_id)
    worker.stop()
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_a_thread_that_hangs_is_no_sign_of_life(desk: Desk) -> None:
    """Its process lives, but the piece of work takes longer than allowed: others try."""
    letter_id = bring_in(desk)
    worker = watcher(desk)
    hand = worker._hands[0]
    hand.worker_id = enter(desk)
    take_letter(desk, hand.worker_id)
    hand.busy_since = -1e9
    look(worker, 4)
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_a_thread_at_work_is_a_sign_of_life(desk: Desk) -> None:
    """A hand that is idle or busy for a moment beats."""
    worker = watcher(desk)
    assert not worker._lives(Hand())
    assert worker._lives(Hand(worker_id="w"))


def test_each_pause_is_longer_and_none_is_like_another(desk: Desk) -> None:
    """Letters that failed together do not come back together."""
    settings = desk.settings.model_copy(update={"retry_pause_s": 2.0})
    pauses = [pause_after(replace(desk, settings=settings), tries) for tries in (1, 1, 2, 3)]
    assert timedelta(seconds=2) <= pauses[0] <= timedelta(seconds=3)
    assert pauses[0] != pauses[1]
    assert pauses[1] < pauses[2] < pauses[3] <= timedelta(seconds=12)


@given(
    moves=st.lists(st.dictionaries(st.sampled_from("abc"), st.booleans(), max_size=3)),
    looks=st.integers(1, 5),
)
def test_only_a_beat_that_stands_still_makes_dead(moves: list[dict[str, bool]], looks: int) -> None:
    """Dead is who was there with one and the same beat in the last `looks + 1` looks."""
    watch, beats = Watch(looks=looks), dict.fromkeys("abc", 0)
    history: list[dict[str, int]] = []
    for move in moves:
        for worker_id, moved in move.items():
            beats[worker_id] += moved
        history.append({worker_id: beats[worker_id] for worker_id in move})
        recent = history[-looks - 1 :]
        expected = {
            worker_id
            for worker_id, beat in history[-1].items()
            if len(recent) > looks and all(one.get(worker_id) == beat for one in recent)
        }
        assert set(watch.look(history[-1])) == expected
