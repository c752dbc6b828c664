"""From received to a draft or a hold: nothing is lost, nothing passes by mistake."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

import pytest

from anonymizer.model import CaseRegister, Circumstances, Direction, Draft, Letter
from anonymizer.notices import NoticeKind
from service import actions
from service.actions import Desk
from service.actions.drafting import make_draft, store_draft, take_letter
from service.actions.leasing import enter, leave, take_from_everybody
from service.worker import Worker
from service.workflow.errors import BadRequest, NotAllowed, NotReady, StaleVersion
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    NUMBER,
    OTHER_NUMBER,
    PLAIN_LETTER,
    bring_in,
    donor_number,
    drafted,
    send_back,
    state_of,
    version_of,
    view,
    work_all,
)
from tests.small_pipeline import SmallPipeline

NO_NUMBER = "Dear friend, thank you."
UNKNOWN = donor_number(77)


def spaced(number: str) -> str:
    """The number as people write it on a cover."""
    return f"{number[:4]} {number[4:8]}-{number[8:].lower()}"


@dataclass(slots=True)
class ActingPipeline(SmallPipeline):
    """A small pipeline that does something else first."""

    act: Callable[[], object] = lambda: None

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """Act, then draft."""
        self.act()
        return SmallPipeline.draft(self, letter, circumstances, register)


@pytest.mark.parametrize(
    ("text", "cover"),
    [
        (NO_NUMBER, None),
        (f"{NO_NUMBER} Donor number {NUMBER} or {OTHER_NUMBER}", None),
        (f"{NO_NUMBER} Donor number {donor_number(77)}", None),
        (PLAIN_LETTER, OTHER_NUMBER),
        (NO_NUMBER, "4970000000000000199"),
    ],
    ids=["missing", "doubled", "unknown", "contradicts the cover", "wrong check digits"],
)
def test_a_letter_without_a_clear_number_waits_for_a_coordinator(
    desk: Desk, cora: Person, text: str, cover: str | None
) -> None:
    """It stands in the allocation list with the reason."""
    letter_id = drafted(desk, text, cover_number=cover)
    (item,) = actions.list_allocation(desk, cora)
    assert item.letter_id == letter_id
    assert item.hold_reasons


def test_allocating_by_hand_drafts_the_letter_with_that_case(
    desk: Desk, cora: Person, anna: Person
) -> None:
    """The case stands over what the numbers say; reason and author are kept."""
    letter_id = drafted(desk, f"My name is Anna. {NO_NUMBER}")
    version = version_of(desk, letter_id)
    actions.allocate_letter(
        desk, cora, letter_id=letter_id, version=version, case_id="C-2", reason="By telephone"
    )
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert (seen.state, seen.routing.case_id) == (LetterState.READY, "C-2")
    assert seen.routing.recipient is not None
    assert (seen.routing.recipient.name, seen.routing.reader_country) == ("Second Clinic", "GB")
    assert seen.routing.allocation_reason == "By telephone"
    assert "letter.allocated" in [one.action for one in seen.history]


@pytest.mark.parametrize(
    ("text", "cover", "seen"),
    [
        (NO_NUMBER, UNKNOWN, [(UNKNOWN, True, False)]),
        (NO_NUMBER, spaced(NUMBER), [(spaced(NUMBER), True, False)]),
        (f"{NO_NUMBER} Donor number {UNKNOWN}", None, [(UNKNOWN, False, False)]),
        (
            f"{NO_NUMBER} Donor number {UNKNOWN}",
            spaced(OTHER_NUMBER),
            [(spaced(OTHER_NUMBER), True, True), (UNKNOWN, False, False)],
        ),
        (NO_NUMBER, "pat-77 a", [("pat-77 a", True, True)]),
        (NO_NUMBER, None, []),
    ],
    ids=["unknown", "of another case", "in the letter", "both", "of the patient", "none"],
)
def test_numbers_that_came_with_a_letter_are_compared_with_the_case_named_by_hand(
    desk: Desk, cora: Person, text: str, cover: str | None, seen: list[tuple[str, bool, bool]]
) -> None:
    """Right after the allocation and after the draft; a letter found by its number has none."""
    version = actions.open_case(desk, cora, case_id="C-2").version
    changes = {"patient_reference": "PAT77A"}
    actions.change_case_cells(desk, cora, case_id="C-2", version=version, cells=changes)
    letter_id = drafted(desk, text, cover_number=cover, direction=None)
    assert state_of(desk, letter_id) is LetterState.HELD_ALLOCATION
    assert view(desk, cora, letter_id).routing.seen == ()
    actions.allocate_letter(
        desk,
        cora,
        letter_id=letter_id,
        version=version_of(desk, letter_id),
        case_id="C-2",
        reason="By telephone",
        direction=Direction.DONOR_TO_PATIENT,
    )
    for _ in ("before the draft", "after it"):
        routing = view(desk, cora, letter_id).routing
        assert routing.donor_number == OTHER_NUMBER
        assert [(one.number, one.on_cover, one.of_case) for one in routing.seen] == seen
        work_all(desk)
    assert all(one.number not in repr(routing) for one in routing.seen)


@pytest.mark.parametrize(
    ("cover", "right"), [(NUMBER, True), (spaced(NUMBER), True), (f"{NUMBER[:-1]}x", False)]
)
def test_a_number_is_checked_before_the_letter_is_drafted(
    desk: Desk,
    anna: Person,
    cover: str,
    right: bool,
) -> None:
    """The check digits are in the number: no draft is needed to see that they are right."""
    routing = view(desk, anna, bring_in(desk, NO_NUMBER, cover_number=cover)).routing
    assert (routing.donor_number, routing.donor_number_is_grid) == (cover, right)


def test_an_unknown_case_is_a_mistake_of_the_form(desk: Desk, cora: Person) -> None:
    """The letter is there: it is the id that has to be mended."""
    letter_id = drafted(desk, NO_NUMBER)
    with pytest.raises(BadRequest, match="No case has the id"):
        actions.allocate_letter(
            desk,
            cora,
            letter_id=letter_id,
            version=version_of(desk, letter_id),
            case_id="C-404",
            reason="By telephone",
        )
    assert state_of(desk, letter_id) is LetterState.HELD_ALLOCATION


def test_a_proofreader_does_not_allocate(desk: Desk, anna: Person) -> None:
    """The case register is for coordinators."""
    letter_id = drafted(desk, NO_NUMBER)
    version = version_of(desk, letter_id)
    with pytest.raises(NotAllowed):
        actions.allocate_letter(
            desk, anna, letter_id=letter_id, version=version, case_id="C-1", reason="x"
        )


def test_allocation_needs_to_know_who_wrote(desk: Desk, cora: Person) -> None:
    """Otherwise the letter could go back to its own writer."""
    letter_id = drafted(desk, NO_NUMBER, direction=None)
    version = version_of(desk, letter_id)
    with pytest.raises(BadRequest):
        actions.allocate_letter(
            desk, cora, letter_id=letter_id, version=version, case_id="C-1", reason="x"
        )
    actions.allocate_letter(
        desk,
        cora,
        letter_id=letter_id,
        version=version,
        case_id="C-1",
        reason="x",
        direction=Direction.PATIENT_TO_DONOR,
    )
    work_all(desk)
    assert view(desk, cora, letter_id).routing.writer_country == "US"


def test_a_letter_with_a_case_waits_until_it_is_known_who_wrote_it(
    desk: Desk, cora: Person
) -> None:
    """A guess could send a patient's letter back to the patient's own clinic."""
    letter_id = drafted(desk, direction=None)
    seen = view(desk, cora, letter_id)
    assert (seen.state, seen.routing.recipient) == (LetterState.HELD_ALLOCATION, None)
    assert [hold.code for hold in seen.holds] == ["no_direction"]


def test_nearly_right_numbers_are_proposed_and_never_corrected(desk: Desk, cora: Person) -> None:
    """One wrong digit: the case is a candidate, the letter still waits."""
    wrong = NUMBER[:10] + ("1" if NUMBER[10] == "0" else "0") + NUMBER[11:]
    letter_id = drafted(desk, NO_NUMBER, cover_number=wrong)
    (item,) = actions.list_allocation(desk, cora)
    assert "C-1" in [candidate.case_id for candidate in item.candidates]
    assert state_of(desk, letter_id) is LetterState.HELD_ALLOCATION


def test_a_letter_in_the_wrong_language_waits(desk: Desk, anna: Person) -> None:
    """Released with a reason, it goes to review; returned, to its writer."""
    released = drafted(desk, f"GERMAN {PLAIN_LETTER}")
    returned = drafted(desk, f"GERMAN {LETTER}")
    assert state_of(desk, released) is LetterState.HELD_LANGUAGE
    actions.resolve_language_hold(
        desk, anna, letter_id=released, version=version_of(desk, released), reason="I read it"
    )
    send_back(desk, anna, returned, kind=NoticeKind.RETURNED_LANGUAGE)
    assert state_of(desk, released) is LetterState.READY
    assert state_of(desk, returned) is LetterState.RETURNED


def test_a_failed_recogniser_holds_the_letter(desk: Desk, anna: Person) -> None:
    """It is never 'nothing found'; a person may try again."""
    letter_id = drafted(desk, f"FAULT {PLAIN_LETTER}")
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.HELD_FAULT
    assert [hold.reason for hold in seen.holds] == ["A recogniser failed."]
    assert not seen.may.claim
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=seen.version, reason="Try again")
    assert state_of(desk, letter_id) is LetterState.RECEIVED


def test_a_bug_is_tried_five_times_and_then_held(desk: Desk, anna: Person) -> None:
    """Others go on meanwhile."""
    broken, fine = bring_in(desk, f"BUG {PLAIN_LETTER}"), bring_in(desk)
    worker = Worker(desk)
    for _ in range(8):
        worker.work_once()
    assert state_of(desk, broken) is LetterState.HELD_FAULT
    assert state_of(desk, fine) is LetterState.READY
    tries = [one for one in view(desk, anna, broken).history if one.action == "letter.draft_failed"]
    assert len(tries) == 5


def test_a_letter_that_takes_too_long_is_held(desk: Desk, anna: Person) -> None:
    """The worker goes on with the next one."""
    hang = Event()
    slow = replace(
        desk,
        pipeline=ActingPipeline(act=hang.wait),
        settings=desk.settings.model_copy(update={"draft_timeout_s": 0.05}),
    )
    letter_id = bring_in(slow)
    Worker(slow).work_once()
    seen = view(desk, anna, letter_id)
    hang.set()
    assert seen.state is LetterState.HELD_FAULT
    assert [hold.code for hold in seen.holds] == ["timeout"]


def test_work_of_a_dead_worker_is_taken_up_again(desk: Desk) -> None:
    """By whoever sees its beat stand still, or at once when it says that it ends."""
    letter_id = bring_in(desk)
    worker_id = enter(desk)
    take_letter(desk, worker_id)
    assert take_letter(desk, enter(desk)) is None
    assert leave(desk, worker_id) == 1
    take_letter(desk, enter(desk))
    assert take_from_everybody(desk) == 1
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


def test_a_worker_that_lost_its_lease_stores_nothing(desk: Desk) -> None:
    """Its fencing number is old; the other worker's draft counts."""
    bring_in(desk)
    late = take_letter(desk, enter(desk))
    assert late is not None
    draft = make_draft(desk, late)
    take_from_everybody(desk)
    on_time = take_letter(desk, enter(desk))
    assert on_time is not None
    store_draft(desk, on_time, make_draft(desk, on_time))
    with pytest.raises(StaleVersion):
        store_draft(desk, late, draft)


def test_a_crash_loop_ends_in_a_hold(desk: Desk) -> None:
    """Tries count when they begin, so a letter that kills the worker stops doing so."""
    letter_id = bring_in(desk)
    for _ in range(desk.settings.max_attempts):
        assert take_letter(desk, enter(desk)) is not None
        take_from_everybody(desk)
    assert state_of(desk, letter_id) is LetterState.HELD_FAULT


def test_a_residual_goes_to_review_and_blocks_approval_there(desk: Desk, anna: Person) -> None:
    """A person can mark it; sending it is impossible until then."""
    letter_id = drafted(desk, f"LEAK {PLAIN_LETTER}")
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.READY
    assert len(seen.residuals) == 1


def test_an_unreadable_file_cannot_be_reopened_into_the_queue(desk: Desk, anna: Person) -> None:
    """There is no text to draft; it can be returned."""
    letter_id = drafted(desk, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.HELD_FAULT
    with pytest.raises(NotReady):
        actions.reopen_letter(desk, anna, letter_id=letter_id, version=seen.version, reason="again")
    send_back(desk, anna, letter_id, kind=NoticeKind.RETURNED_UNREADABLE)


def test_a_letter_that_was_sent_in_twice_says_so(desk: Desk, anna: Person) -> None:
    """Both are kept; the proofreader sees which one came first."""
    first, second = bring_in(desk), bring_in(desk)
    assert view(desk, anna, first).duplicate_of is None
    assert view(desk, anna, second).duplicate_of == first
