"""Intake: a letter without text or beyond the limit is held at once, any other goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.intake import intake_hold
from anonymizer.model import MAX_CHARACTERS, Stage
from tests.unit.parts import letter


@pytest.mark.parametrize("text", ["", " ", "\n\t \n", "\u00a0"])
def test_a_letter_without_text_is_held(text: str) -> None:
    """However many spaces there are."""
    hold = intake_hold(letter(text))
    assert hold is not None
    assert (hold.stage, hold.code) == (Stage.INTAKE, "empty")


def test_a_letter_is_held_from_one_character_beyond_the_limit() -> None:
    """The reason names the limit, never the text."""
    assert intake_hold(letter("a" * MAX_CHARACTERS)) is None
    hold = intake_hold(letter("a" * (MAX_CHARACTERS + 1)))
    assert hold is not None
    assert hold.code == "too_long"
    assert "200,000" in hold.reason


@given(st.text(min_size=1).filter(str.strip))
def test_any_other_text_goes_on(text: str) -> None:
    """Whatever it is written in."""
    assert intake_hold(letter(text)) is None
