"""Measuring scans and outgoing documents: what the figures count."""

import pytest

from corpus.bench.metadata import measure_metadata
from corpus.bench.ocr import Count, carried_over, chosen_letters, wrong_words
from corpus.bench.scans import CONDITIONS, FONTS, scanned
from corpus.gold import Group, Part, gold_folders


def test_held_out_letters_are_never_read() -> None:
    """Whatever number is asked for."""
    letters = chosen_letters("en", 10_000)
    held_out = {
        path.stem for folder in gold_folders("en", Part.HELDOUT) for path in folder.glob("*.txt")
    }
    assert not held_out & {letter.name for letter in letters}
    assert {letter.group for letter in letters} == {Group.ORDINARY}


@pytest.mark.parametrize(
    ("read", "wrong"),
    [("a b c", 0), ("a b", 1), ("a b c d", 1), ("a x c", 1), ("ab c", 2), ("A b c", 1)],
)
def test_words_are_counted_one_by_one(read: str, wrong: int) -> None:
    """Added, lost, changed; white space does not matter."""
    assert wrong_words("a  b\nc", read) == Count(some=wrong, all=3)


def test_a_mark_that_was_not_read_is_left_out() -> None:
    """What is not there cannot leave."""
    (letter,) = chosen_letters("en", 1)
    assert carried_over(letter.marks, letter.text, "") == ()
    assert carried_over(letter.marks, letter.text, letter.text) == letter.marks


def test_the_same_scan_is_the_same_in_every_run() -> None:
    """Noise too."""
    noisy = next(one for one in CONDITIONS if one.noise)
    assert scanned("Dear donor", FONTS[0], noisy) == scanned("Dear donor", FONTS[0], noisy)


def test_exiftool_finds_the_template_and_nothing_else() -> None:
    """The same in every document."""
    report = measure_metadata("en", 12)
    assert report.documents == 12
    assert set(report.differing.values()) == {()}
    assert set(report.beyond_template.values()) == {()}
    assert report.same["pdf"]["XMP:Title"] == "Letter"
    assert report.same["docx"]["XMP:Title"] == "Letter"
