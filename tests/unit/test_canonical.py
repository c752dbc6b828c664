"""The detection view: what a reader sees, and the way back to the letter."""

import unicodedata

import pytest

from anonymizer.canonical import detection_view
from anonymizer.model import Span, normalize_text


def bold(text: str) -> str:
    """Mathematical bold letters, as chat programs offer them."""
    small, capital = 0x1D41A - ord("a"), 0x1D400 - ord("A")
    return "".join(
        chr(ord(one) + (small if one.islower() else capital)) if one.isalpha() else one
        for one in text
    )


DISGUISES = {
    "plain": "Anna",
    "cyrillic look-alikes": "\u0410nn\u0430",
    "greek look-alike": "\u0391nna",
    "combining mark": "An\u0336na\u0336",
    "soft hyphen": "An\u00adna",
    "zero-width space": "An\u200bna",
    "zero-width joiner": "An\u200dna",
    "word joiner": "An\u2060na",
    "byte order mark": "An\ufeffna",
    "tag character": "An\U000e0061na",
    "right-to-left override": "A\u202enna",
    "isolate": "A\u2066nn\u2069a",
    "variation selector": "A\ufe01nna",
    "full-width": "\uff21\uff4e\uff4e\uff41",
    "mathematical bold": bold("Anna"),
    "circled": "\u24b6\u24dd\u24dd\u24d0",
    "private use": "An\ue000na",
    "line-break hyphen": "An-\nna",
    "soft hyphen at a line end": "An\u00ad\nna",
    "unicode hyphen at a line end": "An\u2010\n  na",
}


@pytest.mark.parametrize("written", DISGUISES.values(), ids=DISGUISES.keys())
def test_the_view_undoes_a_disguise(written: str) -> None:
    """Recognisers read the name that a reader sees."""
    assert detection_view(normalize_text(f"I am {written}!")).text == "I am Anna!"


@pytest.mark.parametrize("written", DISGUISES.values(), ids=DISGUISES.keys())
def test_the_span_of_a_disguised_name_covers_all_of_it(written: str) -> None:
    """What is taken out takes its hidden characters along."""
    text = normalize_text(f"I am {written}!")
    span = detection_view(text).to_letter(Span(start=5, end=9))
    left = text[: span.start] + text[span.end :]
    assert not [one for one in left if one.isalpha() and one not in "Iam"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u2018it\u2019s\u2019", "'it's'"),
        ("a\u00a0b\u202fc", "a b c"),
        ("a\u2028b", "a\nb"),
        ("\u201cquoted\u201e", '"quoted"'),
        ("O`Brien", "O'Brien"),
        ("\ufb01nn", "finn"),
        ("\u2460", "1"),
    ],
)
def test_punctuation_has_one_form(text: str, seen: str) -> None:
    """Patterns need to know one apostrophe only."""
    assert detection_view(text).text == seen


@pytest.mark.parametrize("gap", ["-\n", "- \n", "-\t\n", "-\n  ", "\u2010\n", "\u00ad\n"])
@pytest.mark.parametrize("rest", ["", " \u00e9"], ids=["ascii", "other letters"])
def test_a_word_broken_at_a_line_end_is_joined(gap: str, rest: str) -> None:
    """Whether or not the letter has other characters than ASCII."""
    assert detection_view(f"Kowal{gap}ska{rest}").text == f"Kowalska{rest}"


@pytest.mark.parametrize(
    "text",
    [
        "Rhine-\nMain",
        "a list:\n-\nof",
        "5-\n7",
        "well -\nthought",
        "end-\n",
        "-\nstart",
        "word-\n\nx",
    ],
)
def test_a_hyphen_that_breaks_no_word_stays(text: str) -> None:
    """Only a small letter in the next line goes on with the word."""
    assert detection_view(text).text == text


@pytest.mark.parametrize(
    "word",
    [
        "\u041c\u043e\u0441\u043a\u0432\u0430",
        "\u0391\u03b8\u03ae\u03bd\u03b1",
        "Z\u00fcrich",
        "\u0141\u00f3d\u017a",
        "\u5317\u4eac",
    ],
)
def test_words_of_other_scripts_stay_what_they_are(word: str) -> None:
    """A Russian word is no disguise."""
    view = detection_view(word)
    assert view.text == word
    assert view.disguised == ()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("An\u200bna", (2,)),
        ("\u0410nna", (0,)),
        ("\uff21nna", (0,)),
        ("\u202eAnna\u202c", (0, 5)),
        ("An\u00adna and caf\u00e9, it\u2019s\u00a0fine", ()),
        ("plain", ()),
    ],
)
def test_the_view_tells_where_somebody_hides_something(text: str, places: tuple[int, ...]) -> None:
    """Word processors set soft hyphens and no-break spaces; the rest is worth a look."""
    assert detection_view(text).disguised == places


def test_an_ordinary_letter_is_its_own_view() -> None:
    """No map is kept where none is needed."""
    view = detection_view("Dear friend, caf\u00e9!")
    assert (view.starts, view.ends) == (None, None)
    assert view.to_letter(Span(start=2, end=5)) == Span(start=2, end=5)


def test_one_character_that_becomes_several_maps_to_itself() -> None:
    """Compatibility forms grow: each grown character leads back to the one it came from."""
    text = "\ufb03x"
    assert unicodedata.normalize("NFKC", text) == "ffix"
    view = detection_view(text)
    assert view.to_letter(Span(start=1, end=2)) == Span(start=0, end=1)
    assert view.to_letter(Span(start=3, end=4)) == Span(start=1, end=2)
