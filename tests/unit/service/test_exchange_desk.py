"""The desk of the rules: what is released, by whom, for which reasons, and what never is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anonymizer.notices import NoticeKind
from service import actions
from service.actions import Desk
from service.actions.dispatching import dispatch_next
from service.actions.exchange_desk import look_at_all_again, recheck_next
from service.actions.leasing import enter
from service.actions.views import LetterView
from service.workflow.audit import AuditAction
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    NUMBER,
    PLAIN_LETTER,
    approved,
    claimed,
    clock_of,
    decide_suggestions,
    donor_number,
    drafted,
    send_back,
    state_of,
    view,
    work_all,
)

DECLINED = "refused 2026-02-01"
HELD = LetterState.HELD_EXCHANGE


def set_case(desk: Desk, cora: Person, **cells: str) -> None:
    """Change columns of the first case."""
    version = actions.open_case(desk, cora, case_id="C-1").version
    actions.change_case_cells(desk, cora, case_id="C-1", version=version, cells=cells)


def held(desk: Desk, cora: Person, text: str = LETTER) -> LetterView:
    """A letter that waits because the patient cannot be reached."""
    set_case(desk, cora, patient_deliverable="no")
    seen = view(desk, cora, drafted(desk, text))
    assert seen.state is HELD
    return seen


def release(desk: Desk, person: Person, seen: LetterView, reason: str = "The clinic asked.") -> int:
    """Release a letter from the reasons that were seen."""
    assert seen.exchange is not None
    return actions.release_exchange(
        desk,
        person,
        letter_id=seen.letter_id,
        version=seen.version,
        seal=seen.exchange.seal,
        reason=reason,
    )


def codes(seen: LetterView) -> list[str]:
    """The codes of what holds a letter."""
    return [hold.code for hold in seen.holds]


def actions_of(seen: LetterView) -> list[str]:
    """What happened to a letter."""
    return [event.action for event in seen.history]


def test_the_rules_come_before_the_language(desk: Desk, cora: Person) -> None:
    """A release leads to the next desk, and the draft stays."""
    seen = held(desk, cora, f"GERMAN {LETTER}")
    assert codes(seen) == ["undeliverable", "wrong"]
    release(desk, cora, seen)
    after = view(desk, cora, seen.letter_id)
    assert (after.state, codes(after)) == (LetterState.HELD_LANGUAGE, ["wrong"])
    assert after.outgoing == seen.outgoing


def test_allocation_comes_before_the_rules(desk: Desk, cora: Person) -> None:
    """Without a case there is nothing to ask the rules about."""
    set_case(desk, cora, patient_deliverable="no")
    seen = view(desk, cora, drafted(desk, "Dear friend, thank you."))
    assert (seen.state, seen.exchange) == (LetterState.HELD_ALLOCATION, None)


def test_a_release_is_in_the_trail_with_its_reasons(desk: Desk, cora: Person) -> None:
    """Codes, the digest of the reasons and that of the rules; the person's words stay inside."""
    seen = held(desk, cora)
    release(desk, cora, seen, "Carla Beispiel asked for it.")
    after = view(desk, cora, seen.letter_id)
    event = next(
        one for one in after.history if one.action == AuditAction.LETTER_EXCHANGE_RELEASED.value
    )
    assert event.actor == "Cora Coordinator"
    assert event.details["holds"] == "undeliverable"
    assert event.details["rules"] == desk.exchange_rules.digest
    assert "Carla" not in str(event.details)
    assert after.state_reason == "Carla Beispiel asked for it."


def test_a_release_covers_what_was_shown_and_no_more(
    desk: Desk, cora: Person, anna: Person
) -> None:
    """A new reason holds the letter again, at approval as well."""
    seen = held(desk, cora)
    release(desk, cora, seen)
    actions.claim_letter(
        desk, anna, letter_id=seen.letter_id, version=view(desk, anna, seen.letter_id).version
    )
    decide_suggestions(desk, anna, seen.letter_id)
    assert view(desk, anna, seen.letter_id).may.approve
    set_case(desk, cora, patient_consents=DECLINED)
    now = view(desk, anna, seen.letter_id)
    assert (
        now.may.approve.reason
        == "The patient does not want letters; this one is kept and not sent."
    )
    assert now.exchange is not None
    assert [one.released for one in now.exchange.reasons] == [False, True]


def test_a_release_of_other_reasons_than_those_on_the_screen_is_refused(
    desk: Desk, cora: Person
) -> None:
    """The page was open while the case changed."""
    seen = held(desk, cora)
    set_case(desk, cora, patient_consents=DECLINED)
    with pytest.raises(StaleVersion, match="reasons have changed"):
        release(desk, cora, seen)
    assert state_of(desk, seen.letter_id) is HELD


def test_a_release_holds_over_a_second_draft(desk: Desk, cora: Person, anna: Person) -> None:
    """The same reasons, drafted again, hold no more."""
    seen = held(desk, cora)
    release(desk, cora, seen)
    letter_id = seen.letter_id
    version = view(desk, anna, letter_id).version
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version)
    send_back(desk, anna, letter_id)
    version = view(desk, anna, letter_id).version
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="A mistake.")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


def test_who_may_release(desk: Desk, cora: Person, anna: Person) -> None:
    """A coordinator with a reason, nobody else, and only here."""
    seen = held(desk, cora)
    with pytest.raises(NotAllowed):
        release(desk, anna, seen)
    with pytest.raises(BadRequest, match="reason"):
        release(desk, cora, seen, "  ")
    assert not view(desk, anna, seen.letter_id).may.release_exchange
    release(desk, cora, seen)
    with pytest.raises(StaleVersion):
        release(desk, cora, seen)
    with pytest.raises(IllegalTransition):
        release(desk, cora, replace(seen, version=view(desk, cora, seen.letter_id).version))


def test_what_is_refused_nobody_releases(desk: Desk, cora: Person, sena: Person) -> None:
    """Letters are not allowed to Finland: the button is absent, and the action says why."""
    set_case(desk, cora, patient_country="FI")
    seen = view(desk, sena, drafted(desk))
    assert seen.state is HELD
    assert not seen.may.release_exchange
    with pytest.raises(NotReady, match="Letters are not allowed between these two sides"):
        release(desk, sena, seen)
    version = send_back(desk, sena, seen.letter_id, kind=NoticeKind.RETURNED_NOT_ALLOWED)
    assert version > seen.version


#: Cells of a case, and what is then said of a letter of 2 March 2026.
TOO_EARLY = {
    "before_donation": {"donation_dates": "2026-03-20", "transplant_dates": "2026-03-21"},
    "before_transplant": {
        "donation_dates": "2026-03-01",
        "transplant_dates": "2026-03-05",
    },
}


@pytest.mark.parametrize("code", TOO_EARLY)
def test_nobody_releases_a_letter_before_its_day(
    desk: Desk, cora: Person, sena: Person, code: str
) -> None:
    """The action and the page say that the dates are corrected; then it goes on by itself."""
    set_case(desk, cora, **TOO_EARLY[code])
    seen = view(desk, sena, drafted(desk))
    assert (seen.state, codes(seen)) == (HELD, [code])
    for person in (cora, sena):
        with pytest.raises(NotReady, match=r"before that day\..*correct the dates of the case"):
            release(desk, person, seen)
    assert "correct the dates of the case" in (seen.may.release_exchange.reason or "")
    assert seen.exchange is not None
    assert [one.until_the_day for one in seen.exchange.reasons] == [True]
    assert view(desk, sena, seen.letter_id).version == seen.version
    set_case(desk, cora, donation_dates="2026-03-01", transplant_dates="2026-03-02")
    work_all(desk)
    assert state_of(desk, seen.letter_id) is LetterState.READY


def test_another_reason_beside_the_day_is_not_released_either(desk: Desk, cora: Person) -> None:
    """A release covers all that is shown or nothing; when the day has come, the rest can be."""
    set_case(desk, cora, donation_dates="2026-03-03", transplant_dates="2026-03-03")
    seen = held(desk, cora)
    assert codes(seen) == ["before_donation", "undeliverable"]
    with pytest.raises(NotReady, match="Nobody can release"):
        release(desk, cora, seen)
    clock_of(desk).forward(days=1)
    work_all(desk)
    seen = view(desk, cora, seen.letter_id)
    assert codes(seen) == ["undeliverable"]
    release(desk, cora, seen)
    assert state_of(desk, seen.letter_id) is LetterState.READY


def test_a_donation_that_is_put_off_stops_a_letter_in_review(
    desk: Desk, cora: Person, anna: Person
) -> None:
    """At approval and at the coordinators' desk, and there is no way round."""
    letter_id = claimed(desk, anna)
    decide_suggestions(desk, anna, letter_id)
    set_case(desk, cora, donation_dates="2026-03-20", transplant_dates="")
    seen = view(desk, anna, letter_id)
    with pytest.raises(NotReady, match="no letter goes before that day"):
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
        )
    actions.give_to_exchange_desk(desk, anna, letter_id=letter_id, version=seen.version)
    with pytest.raises(NotReady, match="correct the dates of the case"):
        release(desk, cora, view(desk, cora, letter_id))


def test_a_letter_goes_on_when_the_case_lets_it(desk: Desk, cora: Person) -> None:
    """By itself; while nothing changes, neither does the letter."""
    seen = held(desk, cora)
    clock_of(desk).forward(hours=5)
    work_all(desk)
    assert view(desk, cora, seen.letter_id).version == seen.version
    set_case(desk, cora, patient_deliverable="yes")
    work_all(desk)
    after = view(desk, cora, seen.letter_id)
    assert after.state is LetterState.READY
    assert AuditAction.LETTER_EXCHANGE_CHECKED.value in actions_of(after)


def test_an_import_lets_letters_go_on_too(desk: Desk, cora: Person) -> None:
    """Whatever way the register changes."""
    seen = held(desk, cora)
    content = (
        "donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,known_donor,"
        f"known_patient,patient_deliverable\n{NUMBER},C-1,DE,US,CL-1,First Clinic,,,yes\n"
    )
    actions.import_cases(desk, cora, content=content.encode(), file_name="list.csv")
    work_all(desk)
    assert state_of(desk, seen.letter_id) is LetterState.READY


def test_a_release_is_not_widened_by_the_worker(desk: Desk, cora: Person) -> None:
    """One reason more, one reason less: what is left still holds."""
    seen = held(desk, cora)
    set_case(desk, cora, patient_consents=DECLINED)
    work_all(desk)
    after = view(desk, cora, seen.letter_id)
    assert (after.state, codes(after)) == (HELD, ["recipient_declined", "undeliverable"])
    set_case(desk, cora, patient_deliverable="yes")
    work_all(desk)
    assert codes(view(desk, cora, seen.letter_id)) == ["recipient_declined"]


def test_a_letter_has_its_turn_once_and_then_waits(desk: Desk, cora: Person) -> None:
    """At midnight where the registry is, or after an hour; and after every start."""
    clock_of(desk).now = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    seen = held(desk, cora)
    assert recheck_next(desk) is None
    clock_of(desk).now = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert recheck_next(desk) == seen.letter_id
    assert recheck_next(desk) is None
    clock_of(desk).forward(minutes=10)
    look_at_all_again(desk)
    assert recheck_next(desk) == seen.letter_id


def test_checking_again_drafts_again(desk: Desk, cora: Person, anna: Person) -> None:
    """With the case of today; a proofreader may not ask for it."""
    seen = held(desk, cora)
    version = {"letter_id": seen.letter_id, "version": seen.version}
    with pytest.raises(NotAllowed):
        actions.recheck_exchange(desk, anna, **version)  # type: ignore[arg-type]
    actions.recheck_exchange(desk, cora, letter_id=seen.letter_id, version=seen.version)
    assert state_of(desk, seen.letter_id) is LetterState.RECEIVED
    work_all(desk)
    assert state_of(desk, seen.letter_id) is HELD


def test_a_proofreader_hands_a_barred_letter_over(desk: Desk, cora: Person, anna: Person) -> None:
    """Draft and decisions stay; after the release the letter is free as it was."""
    letter_id = claimed(desk, anna, LETTER)
    decide_suggestions(desk, anna, letter_id)
    before = view(desk, anna, letter_id)
    with pytest.raises(NotReady, match="nothing against"):
        actions.give_to_exchange_desk(desk, anna, letter_id=letter_id, version=before.version)
    set_case(desk, cora, patient_deliverable="no")
    assert view(desk, anna, letter_id).may.give_to_exchange_desk
    actions.give_to_exchange_desk(desk, anna, letter_id=letter_id, version=before.version)
    seen = view(desk, cora, letter_id)
    assert (seen.state, codes(seen), seen.claimed_by) == (HELD, ["undeliverable"], None)
    release(desk, cora, seen)
    after = view(desk, cora, letter_id)
    assert (after.state, after.digest) == (LetterState.READY, before.digest)


def test_a_letter_on_hold_comes_back_to_the_rules(desk: Desk, cora: Person, anna: Person) -> None:
    """Put back on its way, it waits where the reason is settled."""
    letter_id = claimed(desk, anna)
    version = view(desk, anna, letter_id).version
    actions.hold_letter(desk, anna, letter_id=letter_id, version=version, reason="A question.")
    set_case(desk, cora, patient_deliverable="no")
    version = view(desk, anna, letter_id).version
    actions.reopen_letter(desk, cora, letter_id=letter_id, version=version, reason="Answered.")
    assert codes(view(desk, cora, letter_id)) == ["undeliverable"]
    assert state_of(desk, letter_id) is HELD


def test_dispatch_asks_the_rules_again(desk: Desk, cora: Person, anna: Person) -> None:
    """Nothing is written; the letter waits with the reason, in the trail by its code."""
    letter_id = approved(desk, anna, PLAIN_LETTER)
    set_case(desk, cora, patient_deliverable="no")
    assert dispatch_next(desk, enter(desk)) == letter_id
    seen = view(desk, cora, letter_id)
    assert (seen.state, codes(seen)) == (HELD, ["undeliverable"])
    assert not list(desk.settings.outbox_folder.glob("*/*"))
    event = next(one for one in seen.history if one.action == AuditAction.DISPATCH_REFUSED.value)
    assert event.details["holds"] == "undeliverable"


def test_letters_that_leave_at_once_are_counted(desk: Desk, cora: Person, anna: Person) -> None:
    """Two for Japan were passed on or are just leaving: a third stays, whoever is quicker."""
    set_case(desk, cora, patient_country="JP")
    letters = [claimed(desk, anna, f"{PLAIN_LETTER}\nNumber {number}") for number in range(3)]
    for letter_id in letters:
        seen = view(desk, anna, letter_id)
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
        )
    started: list[str | None] = []
    for _ in range(3):
        # a worker that died after it took the letter: the lease still runs
        with pytest.MonkeyPatch.context() as patch:
            if len(started) < 2:
                patch.setattr("service.actions.dispatching.dispatch_letter", lambda *_a, **_k: None)
            started.append(dispatch_next(desk, enter(desk)))
    first, second, third = (str(one) for one in started)
    assert [state_of(desk, one) for one in (first, second)] == [LetterState.APPROVED] * 2
    assert state_of(desk, third) is HELD
    assert codes(view(desk, cora, third)) == ["too_many_letters"]


def test_a_release_does_not_count_for_another_case(desk: Desk, cora: Person) -> None:
    """A letter that a coordinator gives its case is asked about anew."""
    seen = held(desk, cora)
    release(desk, cora, seen)
    set_case(desk, cora, donor_number=donor_number(3))
    letter_id = drafted(desk)
    actions.allocate_letter(
        desk,
        cora,
        letter_id=letter_id,
        version=view(desk, cora, letter_id).version,
        case_id="C-1",
        reason="The registry confirmed the case.",
    )
    work_all(desk)
    assert codes(view(desk, cora, letter_id)) == ["undeliverable"]
