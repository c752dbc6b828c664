"""Steps of a proofreader: back and forth, what becomes readable again, and one's own words."""

from dataclasses import replace

import pytest

from anonymizer.model import EntityKind
from service import actions
from service.actions import Desk
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import BadRequest, NotReady, StaleVersion, Uncovers
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import LETTER, claimed, decide_suggestions, state_of, version_of, view

_K = CorrectionKind
#: The passages of the letter: Anna is taken out, "nurse" suggested, the number taken out.
NAME, JOB = "f1", "f2"


def step(
    desk: Desk, person: Person, letter_id: str, *made: Correction, asked: bool = False
) -> None:
    """Make corrections as one step."""
    version = version_of(desk, letter_id)
    actions.correct(
        desk, person, letter_id=letter_id, version=version, corrections=made, asked=asked
    )


def outgoing(desk: Desk, person: Person, letter_id: str) -> str:
    """The letter as it would leave."""
    return view(desk, person, letter_id).outgoing or ""


def back(desk: Desk, person: Person, letter_id: str) -> None:
    """Undo."""
    actions.undo_last(desk, person, letter_id=letter_id, version=version_of(desk, letter_id))


def forth(desk: Desk, person: Person, letter_id: str) -> None:
    """Redo."""
    actions.redo_next(desk, person, letter_id=letter_id, version=version_of(desk, letter_id))


MASK = Correction(kind=_K.MASK, finding_id=JOB)
KEEP = Correction(kind=_K.REMOVE, finding_id=JOB, reason="Many are.")
MARK = Correction(kind=_K.ADD, start=0, end=4, entity_kind=EntityKind.PERSON)
RESET = Correction(kind=_K.UNDO, finding_id=JOB)


def test_steps_go_back_and_forth_without_limit(desk: Desk, anna: Person) -> None:
    """Through forty steps, bulk ones and resets too, every text comes back, and comes again."""
    letter_id = claimed(desk, anna)
    texts = [outgoing(desk, anna, letter_id)]
    for number in range(40):
        made = [(MASK,), (KEEP, MARK), (RESET,)][number % 3]
        step(desk, anna, letter_id, *made)
        texts.append(outgoing(desk, anna, letter_id))
    for text in texts[-2::-1]:
        back(desk, anna, letter_id)
        assert outgoing(desk, anna, letter_id) == text
    assert not view(desk, anna, letter_id).may.undo
    for text in texts[1:]:
        forth(desk, anna, letter_id)
        assert outgoing(desk, anna, letter_id) == text
    assert not view(desk, anna, letter_id).may.redo


def test_a_reset_alone_can_be_undone(desk: Desk, anna: Person) -> None:
    """Taking back all decisions about a passage is a step like any other."""
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, MASK)
    step(desk, anna, letter_id, RESET)
    assert view(desk, anna, letter_id).open_suggestions == 1
    back(desk, anna, letter_id)
    assert "[occupation]" in outgoing(desk, anna, letter_id)


def test_a_new_step_forgets_what_was_undone(desk: Desk, anna: Person) -> None:
    """Also what was undone before an earlier new step: redoing leads back to this way only."""
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, MASK)
    back(desk, anna, letter_id)
    step(desk, anna, letter_id, MARK)
    with pytest.raises(NotReady):
        forth(desk, anna, letter_id)
    marked = outgoing(desk, anna, letter_id)
    back(desk, anna, letter_id)
    forth(desk, anna, letter_id)
    assert outgoing(desk, anna, letter_id) == marked
    with pytest.raises(NotReady):
        forth(desk, anna, letter_id)


def test_stale_steps_go_nowhere(desk: Desk, anna: Person) -> None:
    """An older page undoes and redoes nothing."""
    letter_id = claimed(desk, anna)
    stale = version_of(desk, letter_id)
    step(desk, anna, letter_id, MASK)
    for act in (actions.undo_last, actions.redo_next):
        with pytest.raises(StaleVersion):
            act(desk, anna, letter_id=letter_id, version=stale)
    assert "[occupation]" in outgoing(desk, anna, letter_id)


@pytest.mark.parametrize(
    "uncovering",
    [
        Correction(kind=_K.REMOVE, finding_id=NAME, reason="A public figure."),
        Correction(
            kind=_K.RESIZE,
            finding_id=NAME,
            start=LETTER.index("Anna"),
            end=LETTER.index("Anna") + 2,
        ),
    ],
    ids=["keep", "shrink"],
)
def test_what_the_machine_took_out_comes_back_only_when_asked(
    desk: Desk, anna: Person, uncovering: Correction
) -> None:
    """The refusal names the place and changes nothing; asked once, it is done."""
    letter_id = claimed(desk, anna)
    before = outgoing(desk, anna, letter_id)
    with pytest.raises(Uncovers) as refused:
        step(desk, anna, letter_id, uncovering)
    assert all(LETTER[one.start : one.end] in "Anna" for one in refused.value.spans)
    assert "Anna" not in str(refused.value)
    assert outgoing(desk, anna, letter_id) == before
    step(desk, anna, letter_id, uncovering, asked=True)
    assert outgoing(desk, anna, letter_id) != before


def test_what_a_person_hid_is_given_back_unasked(desk: Desk, anna: Person) -> None:
    """One's own mark, and what the machine only suggested, are one's own to take back."""
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, MARK)
    step(desk, anna, letter_id, MASK)
    step(desk, anna, letter_id, KEEP)
    own = Correction(kind=_K.REMOVE, finding_id="a1", reason="An ordinary word.")
    step(desk, anna, letter_id, own)
    assert outgoing(desk, anna, letter_id).startswith("Dear")


def test_a_wide_mark_over_a_name_does_not_hide_the_question(desk: Desk, anna: Person) -> None:
    """Who marks around the machine's passage and then keeps it is asked about the name."""
    letter_id = claimed(desk, anna)
    start = LETTER.index("name is Anna")
    wide = Correction(kind=_K.ADD, start=start, end=start + 12, entity_kind=EntityKind.PERSON)
    step(desk, anna, letter_id, wide)
    keep = Correction(kind=_K.REMOVE, finding_id="a1", reason="An ordinary word.")
    with pytest.raises(Uncovers) as refused:
        step(desk, anna, letter_id, keep)
    (span,) = refused.value.spans
    assert LETTER[span.start : span.end] == "Anna"


def test_own_words_stand_in_and_leave_with_the_letter(desk: Desk, anna: Person) -> None:
    """What a person wrote is exactly what goes out, until another step takes its place."""
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, Correction(kind=_K.REWRITE, finding_id=JOB, words="helper"))
    assert "I am a helper." in outgoing(desk, anna, letter_id)
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    assert state_of(desk, letter_id) is LetterState.APPROVED


@pytest.mark.parametrize("words", ["I am Anna", "helper of ANNA", "nurse", "Anna"])
def test_own_words_are_detected_again(desk: Desk, anna: Person, words: str) -> None:
    """What the machine finds in them, or took out elsewhere, stops the approval."""
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, Correction(kind=_K.REWRITE, finding_id=JOB, words=words))
    seen = view(desk, anna, letter_id)
    assert [one.source for one in seen.residuals] == ["typed"]
    assert not seen.may.approve
    (found,) = seen.residuals
    shown = (seen.outgoing or "")[found.start : found.end]
    assert shown.casefold() in {"anna", "nurse"}


def test_a_reason_lets_own_words_tell_what_is_only_suggested(desk: Desk, anna: Person) -> None:
    """As with keeping; what the machine takes out by itself stays out, reason or not."""
    letter_id = claimed(desk, anna)
    told = Correction(kind=_K.REWRITE, finding_id=JOB, words="leukaemia")
    step(desk, anna, letter_id, told)
    assert view(desk, anna, letter_id).residuals
    step(desk, anna, letter_id, replace(told, reason="The reader knows it."))
    assert view(desk, anna, letter_id).residuals == ()
    named = Correction(kind=_K.REWRITE, finding_id=JOB, words="Anna", reason="Many are.")
    step(desk, anna, letter_id, named)
    assert view(desk, anna, letter_id).residuals


@pytest.mark.parametrize("words", ["", "  ", "x" * 501, None])
def test_own_words_are_needed_and_bounded(desk: Desk, anna: Person, words: str | None) -> None:
    """Nothing, or a whole other letter, is no passage."""
    letter_id = claimed(desk, anna)
    with pytest.raises(BadRequest):
        step(desk, anna, letter_id, Correction(kind=_K.REWRITE, finding_id=JOB, words=words))
