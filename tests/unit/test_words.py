"""The words of a text with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Anna and Tom", ["Anna", "and", "Tom"]),
        ("I don't know Anne-Marie's cat.", ["I", "don't", "know", "Anne-Marie's", "cat"]),
        ("'quoted' -dashed- (in brackets)", ["quoted", "dashed", "in", "brackets"]),
        ("Anna/Tom…Lisa—Jo", ["Anna", "Tom", "Lisa", "Jo"]),
        ("- ' -", []),
        ("Łódź Çağrı Müller", ["Łódź", "Çağrı", "Müller"]),
    ],
)
def test_words_are_runs_without_blanks_and_signs(text: str, words: list[str]) -> None:
    """Apostrophes and hyphens stay inside a word and fall off its edges."""
    assert [word for _, word in words_of(text)] == words


@given(st.text(max_size=60))
def test_each_word_stands_where_it_is_said_to(text: str) -> None:
    """Whatever the text: the place and the word agree, and places rise."""
    found = words_of(text)
    assert all(text[start : start + len(word)] == word for start, word in found)
    assert [start for start, _ in found] == sorted({start for start, _ in found})


@given(st.text(alphabet="ab '-.,\n", max_size=40))
def test_no_letter_is_lost(text: str) -> None:
    """Every letter of the text is in one of the words."""
    letters = [one for one in text if one.isalpha()]
    assert [one for _, word in words_of(text) for one in word if one.isalpha()] == letters
