"""The writer of a letter learns one of four words, and nothing about the other side from them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.exchange import ReasonCode
from anonymizer.model import Hold, Stage
from service.actions.reading import client_status
from service.settings import Settings
from service.workflow.gates import Standing, check_return, refusal
from service.workflow.people import Person, Role
from service.workflow.states import TRANSITIONS, LetterState
from service.workflow.waiting import longest_stay
from service.workflow.writer_status import ABOUT_THE_OTHER_SIDE, WriterStatus, writer_status
from tests.factories import START
from tests.stored import stored_letter

WORDS = {"received", "being_read", "passed_on", "returned_to_you"}
#: A letter is in these while nobody has decided that it goes on or back.
KEPT = frozenset(LetterState) - {LetterState.DISPATCHED, LetterState.RETURNED}

holds = st.lists(
    st.builds(
        Hold,
        stage=st.sampled_from(Stage),
        code=st.sampled_from([*ReasonCode, "failed", "not_admitted"]).map(str),
        reason=st.text(max_size=20),
    ),
    max_size=3,
).map(tuple)


@pytest.mark.parametrize("state", LetterState)
@pytest.mark.parametrize("drafts", [0, 1, 5])
def test_there_are_four_words(state: LetterState, drafts: int) -> None:
    """In every state."""
    assert writer_status(state, drafts=drafts).value in WORDS
    assert {one.value for one in WriterStatus} == WORDS


@given(state=st.sampled_from(LetterState), drafts=st.integers(0, 3), one=holds, other=holds)
def test_the_reason_of_a_hold_changes_nothing(
    state: LetterState, drafts: int, one: tuple[Hold, ...], other: tuple[Hold, ...]
) -> None:
    """Whatever holds a letter: the client's answer is the same, byte for byte."""
    seen = [
        client_status(stored_letter(state=state, draft_number=drafts, holds=reasons))
        for reasons in (one, other)
    ]
    assert seen[0] == seen[1]
    assert seen[0].status.value in WORDS


@given(code=st.sampled_from(sorted(ABOUT_THE_OTHER_SIDE)), drafts=st.integers(1, 4))
def test_a_letter_kept_because_of_the_other_side_is_being_read(
    code: ReasonCode, drafts: int
) -> None:
    """As it is while a proofreader has it, and while it waits for anything else."""
    hold = Hold(stage=Stage.EXCHANGE, code=code.value, reason="Told to staff only.")
    for state in KEPT:
        row = stored_letter(state=state, draft_number=drafts, holds=(hold,))
        assert client_status(row).status is WriterStatus.BEING_READ


@given(
    state=st.sampled_from(LetterState),
    roles=st.sets(st.sampled_from(Role)),
    mine=st.booleans(),
    runs=st.booleans(),
)
def test_a_letter_kept_because_of_the_other_side_is_returned_by_nobody(
    state: LetterState, roles: set[Role], mine: bool, runs: bool
) -> None:
    """From no state and by no role; without that reason it is as it was."""
    person = Person(person_id="p", name="P", roles=frozenset(roles))
    standing = Standing(
        state=state,
        claimed_by="p" if mine else "q",
        lease_until=START + timedelta(minutes=10 if runs else -10),
        now=START,
    )
    free = refusal(check_return, person, standing)
    kept = refusal(check_return, person, replace(standing, kept_for_the_other_side=True))
    assert kept is not None
    if free is None:
        assert "because of the other side" in kept
    else:
        assert kept == free


def test_the_moment_of_the_last_change_is_not_told() -> None:
    """It would tell when the other side has agreed."""
    early = stored_letter(state=LetterState.HELD_EXCHANGE, draft_number=1)
    late = stored_letter(state=LetterState.READY, draft_number=2, changed_at=START.replace(day=9))
    assert client_status(early) == client_status(late)


@pytest.mark.parametrize(
    ("before", "after"),
    [(state, after) for state in sorted(KEPT) for after in sorted(TRANSITIONS[state])],
)
def test_no_move_after_the_first_draft_shows_before_the_end(
    before: LetterState, after: LetterState
) -> None:
    """A letter that is drafted again because somebody agreed does not look new."""
    if after in KEPT:
        told = {writer_status(state, drafts=2) for state in (before, after)}
        assert told == {WriterStatus.BEING_READ}


@given(st.floats(0.1, 1000), st.floats(0.1, 1000))
def test_every_state_but_the_end_can_wait_too_long(received: float, held: float) -> None:
    """A state that is added later counts as held."""
    settings = Settings(remind_received_h=received, remind_held_days=held)
    stays = longest_stay(settings)
    assert set(stays) == set(LetterState) - {LetterState.RETURNED}
    assert stays[LetterState.RECEIVED].total_seconds() == pytest.approx(received * 3600)
    for state in LetterState:
        if state.value.startswith("held_"):
            assert stays[state].total_seconds() == pytest.approx(held * 86_400)
