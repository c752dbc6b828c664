"""The thread of a case: order, what is still to be done, how many letters are left."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from anonymizer.model import Direction, Hold, Stage
from anonymizer.notices import NoticeKind
from service import actions
from service.actions import Desk
from service.actions.correspondence_views import SideLetters, ThreadLetter, ThreadView
from service.store.codec import holds_codec
from service.store.schema import letters
from service.workflow.people import Person
from service.workflow.states import LetterState
from service.workflow.writer_status import WriterStatus
from tests.factories import (
    LETTER,
    NUMBER,
    OTHER_NUMBER,
    PLAIN_LETTER,
    START,
    approved,
    bring_in,
    claimed,
    clock_of,
    drafted,
    send_back,
    work_all,
)

ENDS = {LetterState.DISPATCHED, LetterState.RETURNED}
TO_DONOR, TO_PATIENT = Direction.PATIENT_TO_DONOR, Direction.DONOR_TO_PATIENT


def thread(desk: Desk, person: Person, case_id: str = "C-1") -> ThreadView:
    """The thread of a case."""
    return actions.open_thread(desk, person, case_id=case_id)


def set_row(desk: Desk, letter_id: str, **values: object) -> None:
    """Put something into the row of a letter that no action would."""
    with desk.database.writing() as tx:
        tx.connection.execute(
            update(letters).where(letters.c.letter_id == letter_id).values(**values)
        )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_letters_stand_in_the_order_in_which_they_came(
    desk: Desk, cora: Person, order: tuple[int, ...]
) -> None:
    """Not in that in which they were drafted, changed or given an id; both sides in one row."""
    sides = (TO_PATIENT, TO_DONOR, TO_PATIENT)
    ids = [drafted(desk, PLAIN_LETTER, direction=side) for side in sides]
    for place, number in enumerate(order):
        set_row(desk, ids[number], received_at=START + timedelta(days=place))
    seen = thread(desk, cora)
    assert [one.letter_id for one in seen.letters] == [ids[number] for number in order]
    assert [one.direction for one in seen.letters] == [sides[number] for number in order]


def test_letters_of_one_moment_have_an_order_all_the_same(desk: Desk, cora: Person) -> None:
    """It does not change from one look to the next."""
    ids = sorted(drafted(desk, PLAIN_LETTER) for _ in range(5))
    for _ in range(2):
        assert [one.letter_id for one in thread(desk, cora).letters] == ids


def test_a_letter_moves_to_the_case_that_a_person_names(desk: Desk, cora: Person) -> None:
    """What a person says counts before the number in the letter, and it is in one thread only."""
    letter_id = drafted(desk, PLAIN_LETTER)
    other = drafted(desk, PLAIN_LETTER.replace(NUMBER, OTHER_NUMBER))
    set_row(desk, letter_id, case_id="C-2")
    assert thread(desk, cora).letters == ()
    assert {one.letter_id for one in thread(desk, cora, "C-2").letters} == {letter_id, other}


@pytest.mark.parametrize("state", LetterState)
def test_a_letter_waits_until_it_has_left_or_gone_back(state: LetterState) -> None:
    """In every state there is."""
    letter = ThreadLetter(
        letter_id="a",
        direction=None,
        state=state,
        received_at=START,
        changed_at=START,
        hold_reasons=(),
        writer_status=WriterStatus.BEING_READ,
        notices=(),
        receipt_at=None,
    )
    assert letter.waits is (state not in ENDS)


def test_reasons_are_told_once_each(desk: Desk, cora: Person) -> None:
    """Two stages may say the same."""
    letter_id = drafted(desk, PLAIN_LETTER)
    holds = tuple(
        Hold(stage=stage, code=code, reason=reason)
        for stage, code, reason in [
            (Stage.EXCHANGE, "a", "First."),
            (Stage.LANGUAGE, "b", "Second."),
            (Stage.EXCHANGE, "c", "First."),
        ]
    )
    set_row(desk, letter_id, holds=holds_codec.dump(holds), state="held_exchange")
    (seen,) = thread(desk, cora).letters
    assert seen.hold_reasons == ("First.", "Second.")


def test_every_letter_has_its_own_notices_and_receipt(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """What was told about one letter does not stand beside another."""
    first = claimed(desk, anna)
    send_back(desk, anna, first)
    second = approved(desk, anna)
    work_all(desk)
    actions.make_notices(desk, anna, letter_id=second)
    clock_of(desk).forward(days=1)
    actions.record_receipt(desk, cora, letter_id=second)
    third = drafted(desk, PLAIN_LETTER)
    seen = {one.letter_id: one for one in thread(desk, cora).letters}
    told = {key: [notice.kind for notice in one.notices] for key, one in seen.items()}
    assert told == {
        first: [NoticeKind.RETURNED_CONTENT],
        second: [NoticeKind.PASSED_ON],
        third: [],
    }
    assert {key: one.receipt_at for key, one in seen.items()} == {
        first: None,
        second: desk.now(),
        third: None,
    }
    assert {key: one.writer_status for key, one in seen.items()} == {
        first: WriterStatus.RETURNED_TO_YOU,
        second: WriterStatus.PASSED_ON,
        third: WriterStatus.BEING_READ,
    }


def test_only_letters_that_left_use_up_the_limit(desk: Desk, anna: Person, cora: Person) -> None:
    """Two may go each way to Japan: what came back or waits counts for nobody."""
    version = actions.open_case(desk, cora, case_id="C-1").version
    cells = {"patient_country": "JP"}
    actions.change_case_cells(desk, cora, case_id="C-1", version=version, cells=cells)
    left = [(2, 2)]
    for text, direction in ((LETTER, TO_PATIENT), (LETTER, TO_DONOR), (PLAIN_LETTER, TO_PATIENT)):
        drafted(desk, PLAIN_LETTER, direction=direction)
        send_back(desk, anna, claimed(desk, anna, direction=direction))
        approved(desk, anna, text, direction=direction)
        work_all(desk)
        seen = thread(desk, cora)
        left.append((seen.donor.left or 0, seen.patient.left or 0))
    assert left == [(2, 2), (1, 2), (1, 1), (0, 1)]


def test_a_letter_that_was_just_received_is_in_no_thread_yet(desk: Desk, cora: Person) -> None:
    """It belongs to a case when it has been drafted; then it is there."""
    letter_id = bring_in(desk, PLAIN_LETTER)
    assert thread(desk, cora).letters == ()
    work_all(desk)
    assert [one.letter_id for one in thread(desk, cora).letters] == [letter_id]


@given(st.integers(0, 50), st.none() | st.integers(0, 10))
def test_letters_left_are_never_fewer_than_none(passed_on: int, limit: int | None) -> None:
    """A stricter rule may come after letters have left."""
    side = SideLetters(passed_on=passed_on, limit=limit, unlimited=False)
    if limit is None:
        assert side.left is None
    else:
        assert side.left == max(0, limit - passed_on)
        assert 0 <= (side.left or 0) <= limit
