"""Equal passages: what a decision for all of them reaches, and what it must not touch."""

import pytest

from service.web.review.equal import occurrences, same_words


@pytest.mark.parametrize(
    ("text", "passage", "places"),
    [
        ("Ann, my Ann, and Annual", "Ann", ["Ann", "Ann"]),
        ("ANNA and anna", "Anna", ["ANNA", "anna"]),
        ("Anna\nMaria, Anna  Maria", "Anna Maria", ["Anna\nMaria", "Anna  Maria"]),
        ("K. V. and K.V.", "K. V.", ["K. V."]),
        ("a.b@c.de or axb@c.de", "a.b@c.de", ["a.b@c.de"]),
        ("😀Anna😀", "Anna", ["Anna"]),
        ("nothing here", "  ", []),
    ],
)
def test_occurrences_are_whole_words(text: str, passage: str, places: list[str]) -> None:
    """Case and white space do not matter, half words do."""
    assert [text[span.start : span.end] for span in occurrences(text, passage)] == places


def test_same_words_ignores_case_and_line_breaks() -> None:
    """Two passages that read alike are the same, however they are set."""
    assert same_words("Anna\n  MARIA ") == same_words("anna maria")
