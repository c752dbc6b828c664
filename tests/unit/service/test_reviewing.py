"""Claiming, correcting, deciding: what a proofreader can do, and why not."""

from datetime import timedelta

import pytest

from anonymizer.model import EntityKind, TreatmentAction
from service import actions
from service.actions import Desk
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotFound,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    add,
    approved,
    claimed,
    clock_of,
    decide_suggestions,
    drafted,
    send_back,
    state_of,
    version_of,
    view,
    work_all,
)


def test_a_letter_walks_from_post_to_the_clinics_folder(desk: Desk, anna: Person) -> None:
    """Received, drafted, claimed, approved, dispatched as letter and routing slip."""
    letter_id = approved(desk, anna)
    outgoing = view(desk, anna, letter_id).outgoing
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    (folder,) = (desk.settings.outbox_folder / "CL-1").iterdir()
    assert (folder / "letter.txt").read_text() == outgoing
    slip = (folder / "routing-slip.txt").read_text()
    assert "C-1" in slip
    assert "Anna" not in slip + str(outgoing)


def test_a_claimed_letter_is_no_longer_free(desk: Desk, anna: Person, ben: Person) -> None:
    """A colleague is told so, and may not correct it."""
    letter_id = claimed(desk, anna)
    version = version_of(desk, letter_id)
    with pytest.raises(NotAllowed):
        actions.claim_letter(desk, ben, letter_id=letter_id, version=version)
    with pytest.raises(NotAllowed):
        actions.release_claim(desk, ben, letter_id=letter_id, version=version)
    assert view(desk, ben, letter_id).may.correct.reason == "A colleague works on this letter."


def test_a_claim_lapses_after_fifteen_idle_minutes(desk: Desk, anna: Person, ben: Person) -> None:
    """Then a colleague may take the letter, and the first one must claim it again."""
    letter_id = claimed(desk, anna)
    clock_of(desk).forward(minutes=16)
    version = version_of(desk, letter_id)
    assert not view(desk, anna, letter_id).may.correct
    actions.claim_letter(desk, ben, letter_id=letter_id, version=version)
    assert view(desk, ben, letter_id).claimed_by == "Ben Proof"
    assert "letter.taken_over" in [one.action for one in view(desk, ben, letter_id).history]


def test_activity_renews_the_claim(desk: Desk, anna: Person, ben: Person) -> None:
    """Opening and correcting count; a colleague's look does not."""
    letter_id = claimed(desk, anna)
    clock_of(desk).forward(minutes=10)
    until = view(desk, anna, letter_id).lease_until
    assert until == clock_of(desk).now + timedelta(minutes=15)
    clock_of(desk).forward(minutes=10)
    assert view(desk, ben, letter_id).lease_until == until
    decide_suggestions(desk, anna, letter_id)
    clock_of(desk).forward(minutes=10)
    assert view(desk, anna, letter_id).may.approve


def test_a_senior_may_take_over_at_once(desk: Desk, anna: Person, sena: Person) -> None:
    """Letters of colleagues who fell ill do not wait."""
    letter_id = claimed(desk, anna)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, sena, letter_id=letter_id, version=version)
    assert view(desk, sena, letter_id).claimed_by_me


def test_approval_needs_every_suggestion_decided(desk: Desk, anna: Person) -> None:
    """The button is off with the very sentence that the action raises."""
    letter_id = claimed(desk, anna)
    seen = view(desk, anna, letter_id)
    assert seen.may.approve.reason == "1 passage must be decided first."
    with pytest.raises(NotReady, match="1 passage must be decided first"):
        _approve(desk, anna, letter_id)


def test_approval_needs_no_residual(desk: Desk, anna: Person) -> None:
    """Something still readable blocks until it is marked."""
    letter_id = claimed(desk, anna, LETTER.replace("nurse", "LEAK"))
    with pytest.raises(NotReady):
        _approve(desk, anna, letter_id)
    start = LETTER.index("nurse")
    _correct(
        desk,
        anna,
        letter_id,
        Correction(
            kind=CorrectionKind.ADD, start=start, end=start + 4, entity_kind=EntityKind.PERSON
        ),
    )
    _approve(desk, anna, letter_id)
    assert state_of(desk, letter_id) is LetterState.APPROVED


def test_approval_is_bound_to_the_text_that_was_seen(desk: Desk, anna: Person) -> None:
    """Another digest, or a version from before, approves nothing."""
    letter_id = claimed(desk, anna)
    before = view(desk, anna, letter_id)
    decide_suggestions(desk, anna, letter_id)
    now = view(desk, anna, letter_id)
    with pytest.raises(StaleVersion):
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=now.version, digest=before.digest or ""
        )
    with pytest.raises(StaleVersion):
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=before.version, digest=now.digest or ""
        )
    assert state_of(desk, letter_id) is LetterState.IN_REVIEW


def test_a_second_approval_does_nothing(desk: Desk, anna: Person) -> None:
    """A double click sends one letter."""
    letter_id = approved(desk, anna)
    with pytest.raises((IllegalTransition, StaleVersion)):
        _approve(desk, anna, letter_id)
    work_all(desk)
    assert len(list((desk.settings.outbox_folder / "CL-1").iterdir())) == 1


def test_a_correction_changes_the_outgoing_text(desk: Desk, anna: Person) -> None:
    """Kept with a reason, masked, generalised, renamed, undone."""
    letter_id = claimed(desk, anna)
    nurse = _finding(desk, anna, letter_id, EntityKind.OCCUPATION)
    _correct(desk, anna, letter_id, Correction(kind=CorrectionKind.MASK, finding_id=nurse))
    assert "[occupation]" in _outgoing(desk, anna, letter_id)
    _correct(desk, anna, letter_id, Correction(kind=CorrectionKind.GENERALIZE, finding_id=nurse))
    assert "[some occupation]" in _outgoing(desk, anna, letter_id)
    keep = Correction(kind=CorrectionKind.REMOVE, finding_id=nurse, reason="Many are.")
    _correct(desk, anna, letter_id, keep)
    assert "a nurse." in _outgoing(desk, anna, letter_id)
    finding = view(desk, anna, letter_id).findings[1]
    assert (finding.action, finding.reason) == (TreatmentAction.KEEP, "Many are.")
    assert finding.correction_author == "Anna Proof"
    _correct(desk, anna, letter_id, Correction(kind=CorrectionKind.UNDO, finding_id=nurse))
    assert view(desk, anna, letter_id).open_suggestions == 1


def test_keeping_a_passage_needs_a_reason(desk: Desk, anna: Person) -> None:
    """Nothing becomes readable by a slip."""
    letter_id = claimed(desk, anna)
    for reason in (None, "", "  "):
        keep = Correction(kind=CorrectionKind.REMOVE, finding_id="f1", reason=reason)
        with pytest.raises(BadRequest):
            _correct(desk, anna, letter_id, keep)


def test_undoing_takes_back_one_call_as_a_whole(desk: Desk, anna: Person) -> None:
    """Also when it marked all equal passages at once."""
    letter_id = claimed(desk, anna)
    before = _outgoing(desk, anna, letter_id)
    _correct(
        desk,
        anna,
        letter_id,
        Correction(kind=CorrectionKind.ADD, start=0, end=4, entity_kind=EntityKind.PERSON),
        Correction(kind=CorrectionKind.MASK, finding_id="f2"),
    )
    assert _outgoing(desk, anna, letter_id) != before
    version = view(desk, anna, letter_id).version
    actions.undo_last(desk, anna, letter_id=letter_id, version=version)
    assert _outgoing(desk, anna, letter_id) == before
    assert not view(desk, anna, letter_id).may.undo


def test_one_impossible_correction_changes_nothing(desk: Desk, anna: Person) -> None:
    """All of a call or none of it."""
    letter_id = claimed(desk, anna)
    before = view(desk, anna, letter_id)
    with pytest.raises(NotFound):
        _correct(
            desk,
            anna,
            letter_id,
            Correction(kind=CorrectionKind.MASK, finding_id="f2"),
            Correction(kind=CorrectionKind.MASK, finding_id="f99"),
        )
    assert view(desk, anna, letter_id).version == before.version


def test_corrections_survive_a_release_and_another_proofreader(
    desk: Desk, anna: Person, ben: Person
) -> None:
    """The work of the first one is not lost."""
    letter_id = claimed(desk, anna)
    decide_suggestions(desk, anna, letter_id)
    version = version_of(desk, letter_id)
    actions.release_claim(desk, anna, letter_id=letter_id, version=version)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, ben, letter_id=letter_id, version=version)
    assert view(desk, ben, letter_id).findings[1].correction_author == "Anna Proof"
    _approve(desk, ben, letter_id)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_holding_needs_a_reason(desk: Desk, anna: Person, reason: str) -> None:
    """Whoever finds the letter later must know why."""
    letter_id = claimed(desk, anna)
    version = version_of(desk, letter_id)
    with pytest.raises(BadRequest):
        actions.hold_letter(desk, anna, letter_id=letter_id, version=version, reason=reason)


def test_a_held_letter_goes_back_to_the_queue(desk: Desk, anna: Person) -> None:
    """With its corrections and the reason it was held for."""
    letter_id = claimed(desk, anna)
    decide_suggestions(desk, anna, letter_id)
    version = version_of(desk, letter_id)
    actions.hold_letter(desk, anna, letter_id=letter_id, version=version, reason="Ask the clinic")
    assert view(desk, anna, letter_id).state_reason == "Ask the clinic"
    version = version_of(desk, letter_id)
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="Answered")
    assert state_of(desk, letter_id) is LetterState.READY
    assert view(desk, anna, letter_id).open_suggestions == 0


def test_a_returned_letter_is_kept_and_can_walk_again(desk: Desk, anna: Person) -> None:
    """It is drafted anew, with the machine's own proposal."""
    letter_id = claimed(desk, anna)
    send_back(desk, anna, letter_id)
    version = version_of(desk, letter_id)
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="Explained")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_runs_the_service_reads_no_letters(desk: Desk, role: Role) -> None:
    """Administrators and auditors are refused, and no text comes along."""
    letter_id = drafted(desk)
    person = add(desk, "Nosy", role)
    for ask in (actions.list_queue, actions.list_allocation, actions.count_letters):
        with pytest.raises(NotAllowed):
            ask(desk, person)
    with pytest.raises(NotAllowed):
        actions.open_letter(desk, person, letter_id=letter_id)
    with pytest.raises(NotAllowed):
        actions.original_file(desk, person, letter_id=letter_id)


def test_each_visit_is_in_the_history_once(desk: Desk, anna: Person, ben: Person) -> None:
    """Who read which letter, and when, can be answered; loading the page again adds nothing."""
    letter_id = drafted(desk)
    for _ in range(3):
        view(desk, anna, letter_id)
        clock_of(desk).forward(minutes=9)
    view(desk, ben, letter_id)
    clock_of(desk).forward(minutes=4)
    history = view(desk, anna, letter_id).history
    opened = [one.actor for one in history if one.action == "letter.opened"]
    assert opened == ["Anna Proof", "Ben Proof", "Anna Proof"]


def test_every_look_at_the_original_file_is_in_the_history(desk: Desk, sena: Person) -> None:
    """It is rare, and the file may say more than the text."""
    letter_id = drafted(desk)
    for _ in range(2):
        actions.original_file(desk, sena, letter_id=letter_id)
    history = view(desk, sena, letter_id).history
    assert [one.action for one in history].count("letter.file_opened") == 2


def test_the_queue_carries_no_letter_text_and_no_whole_number(desk: Desk, anna: Person) -> None:
    """Lists stay on screens that others can see."""
    drafted(desk)
    (item,) = actions.list_queue(desk, anna)
    shown = repr(item)
    assert "friend" not in shown
    assert "4970" not in shown
    assert item.donor_number_masked is not None


def test_what_is_over_is_listed_with_the_latest_first(desk: Desk, anna: Person) -> None:
    """However many letters there are, the last dispatch is on the page."""
    earlier = drafted(desk)
    clock_of(desk).forward(minutes=1)
    later = drafted(desk)
    for limit in (1, 2):
        oldest = actions.list_queue(desk, anna, limit=limit)
        assert [one.letter_id for one in oldest] == [earlier, later][:limit]
        latest = actions.list_queue(desk, anna, limit=limit, latest_first=True)
        assert [one.letter_id for one in latest] == [later, earlier][:limit]


def _approve(desk: Desk, person: Person, letter_id: str) -> None:
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )


def _correct(desk: Desk, person: Person, letter_id: str, *corrections: Correction) -> None:
    version = version_of(desk, letter_id)
    actions.correct(desk, person, letter_id=letter_id, version=version, corrections=corrections)


def _outgoing(desk: Desk, person: Person, letter_id: str) -> str:
    return view(desk, person, letter_id).outgoing or ""


def _finding(desk: Desk, person: Person, letter_id: str, kind: EntityKind) -> str:
    findings = view(desk, person, letter_id).findings
    return next(one.finding_id for one in findings if one.kind is kind)
