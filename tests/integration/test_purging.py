"""The daily purge by the workers: one of all, again after a death, never by a wrong clock."""

from pathlib import Path

import pytest
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.erasing import hold_case
from service.actions.leasing import beat, enter, leave, take_from_the_dead
from service.actions.purging import is_due, last_purge, purge_if_due, purge_now
from service.store.chores import ChoreName, take_chore
from service.store.letters import find_letter
from service.worker import Worker
from service.workflow.errors import NotAllowed, WorkerGone
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import LETTER, add, approved, bring_in, clock_of, make_desk, state_of, work_all

AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))


def sent(desk: Desk, count: int = 1) -> list[str]:
    """Letters that have left."""
    anna = add(desk, "Anna Proof")
    ids = [approved(desk, anna, f"{number} {LETTER}") for number in range(count)]
    work_all(desk)
    return ids


def erased(desk: Desk, letter_id: str) -> str | None:
    """How far the letter was erased."""
    with desk.database.reading() as connection:
        return find_letter(connection, letter_id).erased


def always() -> bool:
    """Nobody told the worker to stop."""
    return True


def purged_events(desk: Desk) -> list[dict[str, str | int]]:
    """What the trail says about purges, the first one first."""
    found = actions.list_audit(desk, AUDITOR)
    return [dict(one.details) for one in reversed(found) if one.action == "data.purged"]


def test_a_worker_erases_what_is_due_once_a_day(desk: Desk) -> None:
    """More letters than one portion, each in its time, and the trail says how many."""
    ids = sent(desk, 25)
    clock_of(desk).forward(days=31)
    worker_id = enter(desk)
    purged = purge_if_due(desk, worker_id, go_on=always)
    assert purged is not None
    assert (purged.count, purged.failed) == (25, frozenset())
    assert {erased(desk, one) for one in ids} == {"findings"}
    assert purge_if_due(desk, worker_id, go_on=always) is None
    assert last_purge(desk).done_at == desk.now()
    clock_of(desk).forward(days=1)
    assert is_due(desk)
    assert purge_if_due(desk, worker_id, go_on=always) is not None
    assert purged_events(desk) == [
        {"count": "25", "failed": "0"},
        {"count": "0", "failed": "0"},
    ]
    assert actions.verify_audit(desk)


def test_what_was_not_sent_or_is_kept_stays(desk: Desk) -> None:
    """However old it is: the worker knows no way around."""
    (kept,) = sent(desk)
    hold_case(desk, OPERATOR, case_id="C-1")
    waiting = bring_in(desk)
    clock_of(desk).forward(days=5000)
    purged = purge_if_due(desk, enter(desk), go_on=always)
    assert purged is not None
    assert purged.count == 0
    assert erased(desk, kept) is None
    assert state_of(desk, waiting) is LetterState.RECEIVED


def test_only_one_worker_of_all_does_it(desk: Desk) -> None:
    """The second one finds it in hand, whatever the clocks say."""
    sent(desk)
    clock_of(desk).forward(days=40)
    first, second = enter(desk), enter(desk)
    asked: list[object] = []

    def go_on() -> bool:
        clock_of(desk).forward(days=3 * (-1) ** len(asked))
        asked.append(purge_if_due(desk, second, go_on=always))
        return True

    assert purge_if_due(desk, first, go_on=go_on) is not None
    assert asked[0] is None
    assert len(purged_events(desk)) == 1


def test_what_a_dead_worker_began_is_finished_by_another(desk: Desk) -> None:
    """After its beat stood still; the dead one is refused when it comes back."""
    ids = sent(desk, 3)
    clock_of(desk).forward(days=40)
    dead, other = enter(desk), enter(desk)
    with desk.database.writing() as tx:
        every = clock_of(desk).now - clock_of(desk).now.replace(hour=0)
        assert take_chore(tx, ChoreName.PURGE, dead, every=every, now=desk.now())
    assert purge_if_due(desk, other, go_on=always) is None
    beats = beat(desk, ())
    take_from_the_dead(desk, {dead: beats[dead]})
    with pytest.raises(WorkerGone):
        purge_if_due(desk, dead, go_on=always)
    purged = purge_if_due(desk, other, go_on=always)
    assert purged is not None
    assert purged.count == 3
    assert {erased(desk, one) for one in ids} == {"findings"}


def test_a_worker_that_is_told_to_stop_leaves_the_rest(desk: Desk) -> None:
    """What was erased stays erased; the next worker goes on the same day."""
    sent(desk, 25)
    clock_of(desk).forward(days=40)
    first = enter(desk)
    answers = iter([True, False])
    assert purge_if_due(desk, first, go_on=lambda: next(answers)) is None
    assert last_purge(desk).done_at is None
    leave(desk, first)
    purged = purge_if_due(desk, enter(desk), go_on=always)
    assert purged is not None
    assert purged.count == 5


def test_a_letter_that_cannot_be_erased_keeps_no_other_from_it(desk: Desk) -> None:
    """It is counted in the trail and named in the log."""
    damaged, whole = sent(desk, 2)
    clock_of(desk).forward(days=100)
    with desk.database.writing() as tx:
        tx.connection.execute(
            sql("UPDATE letters SET summary = 'AAAA' WHERE letter_id = :id"), {"id": damaged}
        )
    purged = purge_if_due(desk, enter(desk), go_on=always)
    assert purged is not None
    assert (purged.count, purged.failed) == (1, frozenset({damaged}))
    assert erased(desk, whole) == "original"
    assert purged_events(desk) == [{"count": "1", "failed": "1"}]


def test_a_purge_by_hand_counts_for_the_day(desk: Desk) -> None:
    """It is an operator's; nobody else may."""
    sent(desk)
    clock_of(desk).forward(days=40)
    with pytest.raises(NotAllowed):
        purge_now(desk, AUDITOR)
    assert purge_now(desk, OPERATOR).count == 1
    assert not is_due(desk)


@pytest.mark.parametrize("days", [3, 400])
def test_a_clock_that_jumps_ahead_erases_nothing(tmp_path: Path, days: int) -> None:
    """Until it is right again; one that is set back puts the purge off by a day at most."""
    desk = make_desk(tmp_path)
    (letter_id,) = sent(desk)
    worker = Worker(desk)
    clock_of(desk).forward(days=days)
    worker.keep_house()
    assert (erased(desk, letter_id), last_purge(desk).done_at) == (None, None)
    clock_of(desk).forward(days=-days, seconds=1)
    worker.keep_house()
    assert erased(desk, letter_id) == "identity"
    clock_of(desk).forward(days=-3)
    assert is_due(desk)
    worker.stop(seconds=0)
    desk.database.close()


def test_a_site_may_purge_by_hand_alone(tmp_path: Path) -> None:
    """Then no worker ever does."""
    desk = make_desk(tmp_path, purge_every_h=0)
    sent(desk)
    clock_of(desk).forward(days=500)
    assert not is_due(desk)
    desk.database.close()
