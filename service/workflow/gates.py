"""
Step 9: what may be done with a letter, by whom, now.

Contract: every `check_x` takes the person and the same `Standing` and raises the reason; `may_do`
asks them all, so what the page offers is what the actions allow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.workflow.errors import IllegalTransition, NotAllowed, NotReady, ServiceError
from service.workflow.people import (
    Permission,
    Person,
    check_may,
    check_may_allocate,
    check_may_decide_exchange,
    check_may_reopen,
    check_may_resolve_language,
    check_may_review,
    check_may_take_over,
    check_may_transcribe,
)
from service.workflow.readings import Phase
from service.workflow.states import STATE_PHRASES, LetterState

_S = LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything about a letter that decides what may be done with it."""

    state: LetterState
    claimed_by: str | None
    lease_until: datetime | None
    now: datetime
    open_suggestions: int = 0
    residuals: int = 0
    corrections: int = 0
    can_undo: bool = False
    """True when there is a step to take back; taking back decisions about a passage is one."""
    can_redo: bool = False
    has_proof: bool = True
    has_direction: bool = True
    has_case: bool = True
    barrier: str | None = None
    """Why the rules of the exchange do not let the letter go now, in sentences."""
    refusal: str | None = None
    """The part of it that nobody can release."""
    is_scan: bool = False
    """True when its text was read from images, so that a person may have to correct it."""
    kept_for_the_other_side: bool = False
    """True while the letter is kept because of its reader."""
    phase: Phase = Phase.FIRST
    """Which reading of the letter it is; the second one is another person's."""
    first_reader: str | None = None
    """Who has read it first, once that is done."""
    for_senior: bool = False
    """True while it waits for a senior proofreader."""
    new_words: bool = False
    """True when the words of the site changed since the draft."""

    @property
    def lease_runs(self) -> bool:
        """True while the claim holds."""
        return (
            self.state is _S.IN_REVIEW
            and self.lease_until is not None
            and self.lease_until > self.now
        )


Gate = Callable[[Person, Standing], None]

#: Besides from review, a letter goes back to its writer from here.
_RETURNABLE = frozenset(
    {
        _S.ON_HOLD,
        _S.HELD_ALLOCATION,
        _S.HELD_EXCHANGE,
        _S.HELD_LANGUAGE,
        _S.HELD_TRANSCRIPTION,
        _S.HELD_FAULT,
    }
)


def check_claim(person: Person, standing: Standing) -> None:
    """Raise unless the person may take this letter for review now."""
    check_may_review(person)
    _check_another_person(person, standing)
    if standing.for_senior:
        check_may(person, Permission.READ_PASSED_ON)
    if standing.state in {_S.READY, _S.SECOND_READING}:
        return
    if standing.state is not _S.IN_REVIEW:
        _wrong_state(standing, "claimed")
    if standing.claimed_by == person.person_id:
        if standing.lease_runs:
            message = "This letter is yours already."
            raise IllegalTransition(message)
        return
    if standing.lease_runs:
        check_may_take_over(person)


def check_release(person: Person, standing: Standing) -> None:
    """Raise unless the person may put the letter back into the queue."""
    check_may_review(person)
    _own(person, standing, "released")


def check_correct(person: Person, standing: Standing) -> None:
    """Raise unless the person may correct the letter."""
    check_may_review(person)
    _own(person, standing, "corrected")
    if standing.phase in {Phase.DIFFERING, Phase.SETTLED}:
        message = "Both readings are done. Settle what differs, or take your reading up again."
        raise NotReady(message)
    if not standing.has_proof:
        message = "There is no draft to correct."
        raise NotReady(message)


def check_undo(person: Person, standing: Standing) -> None:
    """Raise unless there is a correction the person may take back."""
    check_correct(person, standing)
    if not standing.can_undo:
        message = "There is no correction to take back."
        raise NotReady(message)


def check_redo(person: Person, standing: Standing) -> None:
    """Raise unless there is a step that was taken back and can be made again."""
    check_correct(person, standing)
    if not standing.can_redo:
        message = "Nothing was taken back that could be made again."
        raise NotReady(message)


def check_approve(person: Person, standing: Standing) -> None:
    """Raise unless nothing stands between this letter and its approval."""
    check_may_review(person)
    _own(person, standing, "approved")
    if standing.phase is Phase.DIFFERING:
        message = "The two readings differ. Settle every difference first."
        raise NotReady(message)
    if not standing.has_proof:
        message = "There is no outgoing text to approve."
        raise NotReady(message)
    if standing.open_suggestions:
        message = f"{_passages(standing.open_suggestions)} must be decided first."
        raise NotReady(message)
    if standing.residuals:
        message = (
            f"{_passages(standing.residuals)} that should be gone can still be read "
            "in the outgoing text."
        )
        raise NotReady(message)
    if not (standing.has_case and standing.has_direction):
        message = "It is not settled where this letter goes."
        raise NotReady(message)
    if standing.barrier is not None:
        raise NotReady(standing.barrier)


def check_return(person: Person, standing: Standing) -> None:
    """Raise unless the person may send the letter back to its writer."""
    if standing.state is _S.IN_REVIEW:
        check_may_review(person)
        _own(person, standing, "returned")
    else:
        check_may_reopen(person)
        if standing.state not in _RETURNABLE:
            _wrong_state(standing, "returned")
    if standing.kept_for_the_other_side:
        message = (
            "This letter is kept because of the other side. Returning it would tell its writer so; "
            "it waits, and goes on when the reason is gone."
        )
        raise NotReady(message)


def check_hold(person: Person, standing: Standing) -> None:
    """Raise unless the person may put the letter aside."""
    check_may_review(person)
    _own(person, standing, "put on hold")


def check_pass_to_senior(person: Person, standing: Standing) -> None:
    """Raise unless the person may hand the letter to a senior proofreader."""
    check_may_review(person)
    _own(person, standing, "passed on")
    if refusal(_is_senior, person, standing) is None:
        message = "You are a senior proofreader yourself. Put the letter on hold to ask somebody."
        raise NotReady(message)


def check_settle(person: Person, standing: Standing) -> None:
    """Raise unless the person may settle what the two readings differ in."""
    check_may_review(person)
    _own(person, standing, "settled")
    if standing.phase not in {Phase.DIFFERING, Phase.SETTLED}:
        message = "There are no two readings to settle."
        raise NotReady(message)


def check_note(person: Person, standing: Standing) -> None:
    """Raise unless the person may write a note for colleagues."""
    del standing
    check_may(person, Permission.WRITE_NOTES)


def check_set_urgent(person: Person, standing: Standing) -> None:
    """Raise unless the person may say that a letter goes before others, or no longer."""
    check_may(person, Permission.SET_PRIORITY)
    if standing.state in {_S.DRAFTING, _S.APPROVED, _S.DISPATCHED, _S.RETURNED}:
        _wrong_state(standing, "made urgent")


def check_reopen(person: Person, standing: Standing) -> None:
    """Raise unless the person may put the letter back on its way."""
    check_may_reopen(person)
    if standing.state not in {_S.ON_HOLD, _S.RETURNED, _S.HELD_FAULT, _S.DISPATCH_FAILED}:
        _wrong_state(standing, "reopened")
    if standing.state is _S.DISPATCH_FAILED:
        check_may_review(person)


def check_allocate(person: Person, standing: Standing) -> None:
    """Raise unless the person may say which case the letter belongs to."""
    check_may_allocate(person)
    if standing.state is not _S.HELD_ALLOCATION:
        _wrong_state(standing, "allocated")


def check_resolve_language(person: Person, standing: Standing) -> None:
    """Raise unless the person may release a letter held for its language."""
    check_may_resolve_language(person)
    if standing.state is not _S.HELD_LANGUAGE:
        _wrong_state(standing, "released from its language hold")


def check_translate(person: Person, standing: Standing) -> None:
    """Raise unless the person may put a translation in the place of the letter."""
    check_may_resolve_language(person)
    if standing.state is not _S.HELD_LANGUAGE:
        _wrong_state(standing, "translated")


def check_transcribe(person: Person, standing: Standing) -> None:
    """Raise unless the person may type the letter from the image of its file."""
    check_may_transcribe(person)
    if not standing.is_scan:
        message = "There is no scan of this letter to transcribe."
        raise NotReady(message)
    if standing.state is _S.IN_REVIEW:
        _own(person, standing, "transcribed")
    elif standing.state not in {_S.READY, _S.HELD_TRANSCRIPTION}:
        _wrong_state(standing, "transcribed")


def check_draft_again(person: Person, standing: Standing) -> None:
    """Raise unless a new draft, with the words of the site as they are now, loses nobody's work."""
    check_may_review(person)
    if standing.state is _S.IN_REVIEW:
        _own(person, standing, "drafted again")
    elif standing.state is not _S.READY:
        _wrong_state(standing, "drafted again")
    if not standing.new_words:
        message = "The words of the site did not change since the draft."
        raise NotReady(message)
    if standing.corrections or standing.phase is not Phase.FIRST:
        message = (
            "People have decided about passages of this draft, and a new one would lose that. "
            "Read it with the new words in mind."
        )
        raise NotReady(message)


def check_choose_picture(person: Person, standing: Standing) -> None:
    """Raise unless the person may decide which pictures of the file go with the letter."""
    check_may_review(person)
    _own(person, standing, "given a picture")


def check_recheck_exchange(person: Person, standing: Standing) -> None:
    """Raise unless the person may ask the rules of the exchange about the letter again."""
    check_may_decide_exchange(person)
    if standing.state is not _S.HELD_EXCHANGE:
        _wrong_state(standing, "checked again")


def check_release_exchange(person: Person, standing: Standing) -> None:
    """Raise unless the person may let the letter go on although the rules hold it."""
    check_may_decide_exchange(person)
    if standing.state is not _S.HELD_EXCHANGE:
        _wrong_state(standing, "released from the rules")
    if standing.refusal is not None:
        raise NotReady(standing.refusal)
    if not (standing.has_case and standing.has_direction):
        message = "It is not settled where this letter goes."
        raise NotReady(message)


def check_give_to_exchange_desk(person: Person, standing: Standing) -> None:
    """Raise unless the person may hand a letter that the rules hold to the coordinators."""
    check_may_review(person)
    _own(person, standing, "given to the coordinators")
    if standing.barrier is None:
        message = "The rules of the exchange have nothing against this letter."
        raise NotReady(message)


def refusal(gate: Gate, person: Person, standing: Standing) -> str | None:
    """Why the person may not, or None when they may."""
    try:
        gate(person, standing)
    except ServiceError as error:
        return error.reason
    return None


def _is_senior(person: Person, standing: Standing) -> None:
    del standing
    check_may(person, Permission.READ_PASSED_ON)


def _check_another_person(person: Person, standing: Standing) -> None:
    """Nobody reads a letter twice."""
    if standing.first_reader == person.person_id:
        message = "You were the first reader of this letter. The second one is another person."
        raise NotAllowed(message)


def _own(person: Person, standing: Standing, what: str) -> None:
    if standing.state is not _S.IN_REVIEW:
        _wrong_state(standing, what)
    _check_another_person(person, standing)
    if standing.claimed_by != person.person_id:
        message = "A colleague works on this letter."
        raise NotAllowed(message)
    if not standing.lease_runs:
        message = "Your claim has lapsed. Claim the letter again."
        raise NotAllowed(message)


def _wrong_state(standing: Standing, what: str) -> None:
    message = f"A letter that {STATE_PHRASES[standing.state]} cannot be {what}."
    raise IllegalTransition(message)


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"
