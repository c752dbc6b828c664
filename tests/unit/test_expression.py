"""Patterns: what is not valid says why, and one pass over a text finds what each alone would."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.expression import ExpressionSet, any_of, check_syntax, expression

PATTERNS = (r"\bmy (?P<id>dog|cat)\b", r"\d{3}", r"^Dear", r"(?i)xo$", r"\pL+ß")
TEXTS = st.text(alphabet="Dear my dogcat 1234 xoXO\nßé🌼", max_size=60)


@given(TEXTS, st.booleans())
def test_a_set_finds_the_patterns_that_match_alone(text: str, case_sensitive: bool) -> None:
    """In any text, with and without regard to case."""
    alone = {
        number
        for number, pattern in enumerate(PATTERNS)
        if expression(pattern, case_sensitive=case_sensitive).search(text)
    }
    assert ExpressionSet(PATTERNS, case_sensitive=case_sensitive).matching(text) == alone


def test_a_set_that_cannot_tell_lets_every_pattern_be_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RE2 out of memory gives no match at all: that must not look like a clean text."""
    patterns = ExpressionSet(PATTERNS, case_sensitive=True)
    monkeypatch.setattr(re2.Set, "Match", lambda *_: None)
    assert patterns.matching("nothing of the kind") == set(range(len(PATTERNS)))


def test_an_empty_set_finds_nothing() -> None:
    """A language without such patterns."""
    assert ExpressionSet((), case_sensitive=False).matching("text") == frozenset()
    assert ExpressionSet(PATTERNS, case_sensitive=True).matching("") == frozenset()


def test_a_set_refuses_what_is_not_valid() -> None:
    """As one pattern would."""
    with pytest.raises(re2.error):
        ExpressionSet(("(",), case_sensitive=True)


def test_a_syntax_error_says_why() -> None:
    """For the person who wrote the rule."""
    check_syntax(r"(?P<id>\d+)")
    with pytest.raises(re2.error, match="missing"):
        check_syntax("(abc")


def test_phrases_are_taken_literally_and_the_longest_wins() -> None:
    """A dot is a dot."""
    found = expression(any_of(["St", "St. Mary"])).findall("St. Mary")
    assert found == ["St. Mary"]
