"""Names written letter by letter, or from right to left."""

import pytest

from anonymizer.detection.spelled import SpelledRecognizer
from tests.unit.parts import found_in, shipped_rules

RECOGNIZER = SpelledRecognizer(shipped_rules())


@pytest.mark.parametrize(
    "written",
    [
        "A-N-N-A",
        "A - N - N - A",
        "a-n-n-a",
        "A*n*n*a",
        "J.o.h.n",
        "A/n/n/a",
        "A_n_n_a",
        "\u0141-u-c-j-a",
        "K a t e",
        "annA",
        "nergeB",
    ],
)
@pytest.mark.parametrize("after", ["", ".", ", yes", "! And"])
def test_a_spelled_name_is_found_whole(written: str, after: str) -> None:
    """With any one sign between its letters, or blanks, or mirrored."""
    assert found_in(RECOGNIZER, f"I am {written}{after}") == [written]


@pytest.mark.parametrize("text", ["I am K a t e and I am well", "it is B e a at home"])
def test_a_spaced_name_ends_before_the_next_word(text: str) -> None:
    """The first letter of the next word does not belong to it, and does not hide it."""
    (found,) = found_in(RECOGNIZER, text)
    assert found.replace(" ", "") in {"Kate", "Bea"}


@pytest.mark.parametrize(
    "text",
    [
        "D.K.M.S and D-K-M-S",
        "X O X O",
        "x x x",
        "o-o-o and a-a-a-a",
        "e.g. this, i.e. that",
        "so-so, ha ha ha",
        "p.s. more",
        "A. B. C.",
        "on eBay",
        "my iPhone",
        "I am A student",
        "",
    ],
)
def test_running_text_is_not_spelled(text: str) -> None:
    """Abbreviations, kisses and laughter stay."""
    assert found_in(RECOGNIZER, text) == []
