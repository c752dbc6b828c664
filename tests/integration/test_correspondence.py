"""The thread of a case, and letters that wait too long, on both engines."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from anonymizer.model import Direction, Hold, Stage
from service import actions
from service.actions import Desk
from service.actions.correspondence_views import ThreadView
from service.store.codec import holds_codec
from service.store.correspondence import case_of_letter
from service.store.letters import find_letter
from service.store.migrate import migrate, unmigrate
from service.store.schema import drafts, letters
from service.workflow.errors import IllegalTransition, NotAllowed, NotFound
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from service.workflow.writer_status import WriterStatus
from tests.factories import (
    LETTER,
    NUMBER,
    OTHER_NUMBER,
    PLAIN_LETTER,
    add,
    approved,
    bring_in,
    claimed,
    clock_of,
    drafted,
    send_back,
    state_of,
    version_of,
    work_all,
)


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


def thread(desk: Desk, person: Person, case_id: str = "C-1") -> ThreadView:
    """The correspondence of a case."""
    return actions.open_thread(desk, person, case_id=case_id)


def change(desk: Desk, person: Person, case_id: str = "C-1", **cells: str) -> None:
    """Change cells of a case."""
    version = actions.open_case(desk, person, case_id=case_id).version
    actions.change_case_cells(desk, person, case_id=case_id, version=version, cells=cells)


def test_letters_of_both_sides_stand_in_order(desk: Desk, anna: Person, cora: Person) -> None:
    """Each with its state, since when it waits, and what its writer is told."""
    first = approved(desk, anna)
    work_all(desk)
    clock_of(desk).forward(days=3)
    reply = drafted(desk, PLAIN_LETTER, direction=Direction.PATIENT_TO_DONOR)
    other = drafted(desk, PLAIN_LETTER.replace(NUMBER, OTHER_NUMBER))
    seen = thread(desk, cora)
    assert [(one.letter_id, one.direction, one.state) for one in seen.letters] == [
        (first, Direction.DONOR_TO_PATIENT, LetterState.DISPATCHED),
        (reply, Direction.PATIENT_TO_DONOR, LetterState.READY),
    ]
    assert [one.writer_status for one in seen.letters] == [
        WriterStatus.PASSED_ON,
        WriterStatus.BEING_READ,
    ]
    assert [one.waits for one in seen.letters] == [False, True]
    assert seen.letters[1].changed_at == desk.now()
    assert [one.letter_id for one in thread(desk, cora, "C-2").letters] == [other]
    assert seen.may_read


def test_a_letter_given_to_a_case_by_hand_is_in_its_thread(desk: Desk, cora: Person) -> None:
    """From the moment a person said so, before it is drafted again."""
    letter_id = drafted(desk, "Dear friend, thank you.")
    assert thread(desk, cora).letters == ()
    actions.allocate_letter(
        desk,
        cora,
        letter_id=letter_id,
        version=version_of(desk, letter_id),
        case_id="C-2",
        reason="The registry said so.",
    )
    assert [one.letter_id for one in thread(desk, cora, "C-2").letters] == [letter_id]
    work_all(desk)
    assert [one.letter_id for one in thread(desk, cora, "C-2").letters] == [letter_id]


def test_letters_left_follow_the_rule_of_the_pair(desk: Desk, anna: Person, cora: Person) -> None:
    """A number where there is one, no limit where there is none, unknown where nobody told."""
    seen = thread(desk, cora)
    assert (seen.donor.left, seen.donor.unlimited) == (None, True)
    approved(desk, anna)
    work_all(desk)
    change(desk, cora, patient_country="JP")
    seen = thread(desk, cora)
    assert (seen.donor.passed_on, seen.donor.limit, seen.donor.left) == (1, 2, 1)
    assert (seen.patient.passed_on, seen.patient.left) == (0, 2)
    change(desk, cora, patient_country="FR")
    seen = thread(desk, cora)
    assert (seen.donor.left, seen.donor.unlimited) == (None, False)


def test_no_letter_text_is_in_the_thread(desk: Desk, cora: Person) -> None:
    """Neither shown nor carried."""
    drafted(desk, LETTER)
    assert "nurse" not in repr(thread(desk, cora))


def test_the_thread_is_for_those_who_look_after_cases(desk: Desk, anna: Person) -> None:
    """And of a case that there is."""
    with pytest.raises(NotAllowed):
        thread(desk, anna)
    with pytest.raises(NotFound):
        thread(desk, add(desk, "Sena", Role.SENIOR), "C-99")


def test_a_recipient_who_wants_no_contact_gets_none_and_the_writer_does_not_learn_it(
    desk: Desk, cora: Person
) -> None:
    """The letter is kept; when the recipient agrees later, it goes on without anybody's doing."""
    change(desk, cora, patient_consents="refused 2026-02-01")
    kept = drafted(desk)
    assert state_of(desk, kept) is LetterState.HELD_EXCHANGE
    (seen,) = thread(desk, cora).letters
    assert "does not want letters" in " ".join(seen.hold_reasons)
    assert seen.writer_status is WriterStatus.BEING_READ
    work_all(desk)
    assert state_of(desk, kept) is LetterState.HELD_EXCHANGE
    change(desk, cora, patient_consents="granted 2026-03-02")
    work_all(desk)
    assert state_of(desk, kept) is LetterState.READY
    assert thread(desk, cora).letters[0].writer_status is WriterStatus.BEING_READ


def test_drafts_from_before_name_their_case_after_the_migration(desk: Desk, cora: Person) -> None:
    """The thread of a running service is complete at once."""
    letter_id = drafted(desk)
    waiting = drafted(desk, "Dear friend, thank you.")
    with desk.database.writing() as tx:
        tx.connection.execute(update(drafts).values(case_id=None))
    assert thread(desk, cora).letters == ()
    unmigrate(desk.database, target="0005")
    migrate(desk.database)
    assert [one.letter_id for one in thread(desk, cora).letters] == [letter_id]
    with desk.database.reading() as connection:
        assert case_of_letter(connection, waiting) is None


@pytest.mark.parametrize(("days", "late"), [(0.9, False), (6.9, False), (7.1, True), (400, True)])
def test_a_letter_that_nobody_claims_waits_too_long_after_a_week(
    desk: Desk, cora: Person, days: float, late: bool
) -> None:
    """Counted from its last change, whenever somebody asks."""
    letter_id = drafted(desk)
    clock_of(desk).forward(days=days)
    found = [one.letter_id for one in actions.list_waiting_too_long(desk, cora)]
    assert found == ([letter_id] if late else [])
    assert actions.count_waiting_too_long(desk, cora) == len(found)


def test_each_state_has_its_own_time(desk: Desk, anna: Person, cora: Person) -> None:
    """And a site sets them."""
    fresh = bring_in(desk)
    clock_of(desk).forward(hours=1.1)
    assert [one.state for one in actions.list_waiting_too_long(desk, cora)] == [
        LetterState.RECEIVED
    ]
    patient = desk.settings.model_copy(update={"remind_received_h": 2.0})
    assert not actions.list_waiting_too_long(replace(desk, settings=patient), cora)
    work_all(desk)
    sent = approved(desk, anna)
    clock_of(desk).forward(days=1.1)
    assert [one.letter_id for one in actions.list_waiting_too_long(desk, cora)] == [sent]
    work_all(desk)
    held = drafted(desk, "Dear friend.")
    clock_of(desk).forward(days=14.1)
    assert {one.letter_id for one in actions.list_waiting_too_long(desk, cora)} == {fresh, held}


def test_the_oldest_stands_first_with_its_case(desk: Desk, cora: Person) -> None:
    """Whatever state it is in."""
    clock = clock_of(desk)
    first = drafted(desk, "Dear friend.")
    clock.forward(days=1)
    second = drafted(desk)
    clock.forward(days=20)
    found = actions.list_waiting_too_long(desk, cora)
    assert [(one.letter_id, one.case_id) for one in found] == [(first, None), (second, "C-1")]


def test_a_sent_letter_waits_for_its_receipt(desk: Desk, anna: Person, cora: Person) -> None:
    """Once noted it is no longer on the list, and the thread says when."""
    letter_id = approved(desk, anna)
    work_all(desk)
    clock_of(desk).forward(days=31)
    assert [one.state for one in actions.list_waiting_too_long(desk, cora)] == [
        LetterState.DISPATCHED
    ]
    with pytest.raises(NotAllowed):
        actions.record_receipt(desk, anna, letter_id=letter_id)
    actions.record_receipt(desk, cora, letter_id=letter_id)
    assert actions.list_waiting_too_long(desk, cora) == ()
    assert thread(desk, cora).letters[0].receipt_at == desk.now()
    with pytest.raises(IllegalTransition):
        actions.record_receipt(desk, cora, letter_id=letter_id)
    with pytest.raises(IllegalTransition):
        actions.record_receipt(desk, cora, letter_id=drafted(desk, PLAIN_LETTER))
    actions.verify_audit(desk)


def test_a_returned_letter_waits_for_nobody(desk: Desk, anna: Person, cora: Person) -> None:
    """Its writer may send it again, or not."""
    letter_id = claimed(desk, anna)
    send_back(desk, anna, letter_id)
    clock_of(desk).forward(days=4000)
    assert actions.list_waiting_too_long(desk, cora) == ()


def test_a_letter_kept_for_its_reader_is_no_reminder(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """Nobody can do anything about it; it stands in a list of its own until the reader agrees."""
    other = drafted(desk, PLAIN_LETTER.replace(NUMBER, OTHER_NUMBER))
    change(desk, cora, patient_consents="refused 2026-02-01")
    kept = drafted(desk)
    clock_of(desk).forward(days=4000)
    work_all(desk)
    found = actions.list_waiting_too_long(desk, cora)
    assert [one.letter_id for one in found] == [other]
    assert actions.count_waiting_too_long(desk, cora) == 1
    (item,) = actions.list_kept(desk, cora)
    assert (item.letter_id, item.case_id, item.state) == (kept, "C-1", LetterState.HELD_EXCHANGE)
    with pytest.raises(NotAllowed):
        actions.list_kept(desk, anna)
    change(desk, cora, patient_consents="granted 2026-03-01")
    work_all(desk)
    assert actions.list_kept(desk, cora) == ()
    assert state_of(desk, kept) is LetterState.READY
    clock_of(desk).forward(days=8)
    assert kept in [one.letter_id for one in actions.list_waiting_too_long(desk, cora)]


@pytest.mark.parametrize(
    "cells", [{"patient_deliverable": "no"}, {"donor_consents": "refused 2026-02-01"}]
)
def test_other_holds_of_the_rules_are_reminded_of(
    desk: Desk, cora: Person, cells: dict[str, str]
) -> None:
    """An address can be asked for, and so can a writer."""
    change(desk, cora, **cells)
    letter_id = drafted(desk)
    clock_of(desk).forward(days=15)
    assert [one.letter_id for one in actions.list_waiting_too_long(desk, cora)] == [letter_id]
    assert actions.list_kept(desk, cora) == ()


def test_a_letter_in_review_is_reminded_of_though_its_reader_declined(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """A person still has to put it where it is kept."""
    letter_id = claimed(desk, anna)
    change(desk, cora, patient_consents="refused 2026-02-01")
    clock_of(desk).forward(days=4)
    assert [one.letter_id for one in actions.list_waiting_too_long(desk, cora)] == [letter_id]
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version)
    version = version_of(desk, letter_id)
    actions.give_to_exchange_desk(desk, anna, letter_id=letter_id, version=version)
    clock_of(desk).forward(days=40)
    assert actions.list_waiting_too_long(desk, cora) == ()
    assert [one.letter_id for one in actions.list_kept(desk, cora)] == [letter_id]


def test_a_sentence_that_speaks_of_the_code_is_no_reason(desk: Desk, cora: Person) -> None:
    """Only the code of a hold counts, not the words of one."""
    hold = Hold(stage=Stage.EXCHANGE, code="other", reason='It says "code":"recipient_declined".')
    letter_id = drafted(desk, "Dear friend.")
    with desk.database.writing() as tx:
        values = {"state": LetterState.HELD_EXCHANGE.value, "holds": holds_codec.dump((hold,))}
        tx.connection.execute(update(letters).values(**values))
    assert actions.list_kept(desk, cora) == ()
    clock_of(desk).forward(days=15)
    assert [one.letter_id for one in actions.list_waiting_too_long(desk, cora)] == [letter_id]


def test_the_list_is_for_those_who_look_after_letters(desk: Desk, anna: Person) -> None:
    """A proofreader has no badge; a senior and a coordinator have."""
    drafted(desk)
    clock_of(desk).forward(days=30)
    with pytest.raises(NotAllowed):
        actions.list_waiting_too_long(desk, anna)
    assert actions.count_waiting_too_long(desk, anna) == 0
    assert actions.count_waiting_too_long(desk, add(desk, "Sena", Role.SENIOR)) == 1


def test_the_row_of_a_letter_is_untouched_by_looking(desk: Desk, cora: Person) -> None:
    """Lists change nothing."""
    letter_id = drafted(desk)
    with desk.database.reading() as connection:
        before = find_letter(connection, letter_id)
    thread(desk, cora)
    actions.list_waiting_too_long(desk, cora)
    with desk.database.reading() as connection:
        assert find_letter(connection, letter_id) == before
