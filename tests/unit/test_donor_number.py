"""Donor numbers: the checksum of GRIDs, the ways people write them, and the words before them."""

import string

import pytest

from anonymizer.detection.numbers import DonorNumberRecognizer
from anonymizer.donor_number import (
    DonorNumberForm,
    canonical_donor_number,
    grid_check_digits,
    has_grid_shape,
    is_grid,
)
from tests.unit.parts import GRID, OTHER_GRID, found_in

FORM = DonorNumberForm()
SITE = DonorNumberForm(formats=("[0-9]{8}", "[A-Z]{2}[0-9]{6}"))
CHARACTERS = string.digits + string.ascii_uppercase


@pytest.mark.parametrize(
    ("first_17", "check"),
    [("6939XYZ0001234567", "31"), ("6939DKM0013926127", "26")],
)
def test_the_published_examples_are_valid(first_17: str, check: str) -> None:
    """ICCBBA prints these two with their check digits."""
    assert grid_check_digits(first_17) == check
    assert is_grid(first_17 + check)


@pytest.mark.parametrize("number", [GRID, OTHER_GRID])
def test_every_wrong_character_is_noticed(number: str) -> None:
    """The checksum finds each single typing error, at each place."""
    wrong = [
        number[:place] + other + number[place + 1 :]
        for place in range(len(number))
        for other in CHARACTERS
        if other != number[place]
    ]
    assert len(wrong) == 19 * 35
    assert not [one for one in wrong if is_grid(one)]


@pytest.mark.parametrize("number", [GRID, OTHER_GRID])
def test_every_transposition_is_noticed(number: str) -> None:
    """The checksum finds each pair of neighbours that changed places."""
    swapped = [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(len(number) - 1)
        if number[place] != number[place + 1]
    ]
    assert not [one for one in swapped if is_grid(one)]


@pytest.mark.parametrize(
    "text", ["", GRID[:-1], GRID + "1", GRID.lower(), " " + GRID, "A" + GRID[1:], GRID[:17] + "AB"]
)
def test_what_has_another_shape_is_no_grid(text: str) -> None:
    """Nineteen capitals and digits, the first four and the last two digits."""
    assert not has_grid_shape(text)
    assert not is_grid(text)


WRITTEN = {
    "plain": GRID,
    "spaced in groups": "6939 XYZ0 0012 3456 731",
    "spaced before the check digits": "6939XYZ0001234567 31",
    "hyphenated": "6939-XYZ0-0012-3456-731",
    "dotted": "6939.XYZ0001234567.31",
    "slashed": "6939/XYZ0001234567/31",
    "en dashes": "6939\u2013XYZ0001234567\u201331",
    "no-break spaces": "6939\u00a0XYZ0001234567\u00a031",
    "lower case": GRID.lower(),
    "spaced out": " ".join(GRID),
    "over a line end": "6939XYZ000\n123456731",
    "zero-width inside": "6939XYZ\u200b000123456731",
    "full-width": "\uff16\uff19\uff13\uff19XYZ000123456731",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_grid_is_found_however_it_is_written(written: str) -> None:
    """Recognised whole, so that no piece of it stays in the letter."""
    text = f"My code is {written}, I think."
    assert found_in(DonorNumberRecognizer(FORM), text) == [written]


@pytest.mark.parametrize("written", list(WRITTEN.values())[:7], ids=list(WRITTEN)[:7])
def test_a_number_has_one_canonical_form(written: str) -> None:
    """Two spellings of one number lead to one case."""
    assert canonical_donor_number(written) == GRID
    assert canonical_donor_number(f" {written} ") == GRID


CUED = [
    ("my donor number is 12345678.", "12345678"),
    ("Donor no. AB-1234 and more", "AB-1234"),
    ("donor ID: 4711 4711, yours", "4711 4711"),
    ("my donor-ID=5206", "5206"),
    ("Spendernummer 12345678", "12345678"),
    ("donor number (DE12345)", "DE12345"),
    ("my donor number is 1234567", "1234567"),
    ("donor number 12 34 56 78 today", "12 34 56 78"),
    ("stem cell donor number 48151 thanks", "48151"),
    ("GRID: 6939 XYZ0 0012 3456 731 and I", "6939 XYZ0 0012 3456 731"),
    ("donor number: 6939XYZ000123456731 in Ulm", GRID),
]


@pytest.mark.parametrize(("text", "number"), CUED)
def test_what_is_called_a_donor_number_is_found_whole(text: str, number: str) -> None:
    """Exactly the code: no word after it, and no character of it left behind."""
    assert found_in(DonorNumberRecognizer(FORM), text) == [number]
    assert [one.number for one in FORM.find(text)] == [canonical_donor_number(number)]


@pytest.mark.parametrize(
    "text",
    [
        "the donor number was not told",
        "my donor number",
        "donor number 123",
        "I am donor and 34 years old",
        "On 14 March 2021, 6939 people came and 12345678901234 left",
        "In 2023, Donor friends of ours ran 31 miles",
        "",
    ],
)
def test_ordinary_sentences_have_no_donor_number(text: str) -> None:
    """A letter is not held for a number that is none."""
    assert FORM.find(text) == ()


@pytest.mark.parametrize("number", [GRID[:-1] + "2", "6939XYZOOO123456731"])
def test_a_damaged_grid_is_found_and_marked_as_damaged(number: str) -> None:
    """It may not stay in the text, and it may not lead to a case."""
    (found,) = FORM.find(f"number {number}")
    assert (found.number, found.valid) == (number, False)


def test_two_numbers_are_both_found_in_order() -> None:
    """Allocation then asks a person."""
    text = f"{OTHER_GRID} and later {GRID}"
    assert [one.number for one in FORM.find(text)] == [OTHER_GRID, GRID]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("12345678", True),
        ("DE123456", True),
        (GRID, True),
        ("1234567", False),
        ("123456789", False),
        ("DE12345", False),
        (GRID[:-1] + "2", False),
    ],
)
def test_a_site_names_its_own_formats(number: str, valid: bool) -> None:
    """Besides GRIDs, which are valid everywhere; the whole number has to fit."""
    assert SITE.is_valid(number) is valid
    assert [one.valid for one in SITE.find(f"donor number {number}.")] == [valid]
