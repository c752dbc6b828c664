"""Disguises: what has no use in a letter is counted, and what ordinary letters hold is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.disguises import DISGUISED, count_disguises, disguise_hold
from anonymizer.model import MOST_DISGUISES, Stage, normalize_text
from corpus.gold import GOLD_FOLDER, load_letters
from tests.unit.parts import PROSE

ORDINARY = {
    "plain": PROSE,
    "accents": "Żółć, Çağla, Đặng, Æsa, ñandú and l\u2019été \u2013 \u201cquoted\u201d \u2026",
    "a word processor": "Lieb\u00ader\u00a0Spen\u00adder, 5\u202f%, auf\u00ad\nhören, e\u2011mail",
    "emoji": "\u2764\ufe0f \U0001f469\U0001f3fd\u200d\U0001f680 \u2764\ufe0f\u200d\U0001f525 "
    "1\ufe0f\u20e3 \u2139\ufe0f \u2122\ufe0f \U0001f642\u200d\u2194\ufe0f \u2600\ufe0e",
    "an emoji of tomorrow": "\U0001fadf\U0001faea\u200d\U0001fadf",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "flags": "\U0001f1e9\U0001f1ea \U0001f3f3\ufe0f\u200d\U0001f308 "
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0647\u0627\u200c",
    "Hindi": "\u0915\u094d\u200d\u0937 \u0930\u094d\u200d",
    "Mongolian": "\u182e\u1823\u1829\u182d\u1823\u180e\u182f\u200d",
    "Thai": "\u0e01\u0e32\u200b\u0e23\u200b\u0e14\u0e35",
    "Khmer": "\u1781\u17d2\u1789\u17bb\u17c6\u200b\u179f\u17bc\u1798",
    "Hebrew with marks": "\u200f\u202b\u05e9\u05dc\u05d5\u05dd\u202c \u2067(\u05d0)\u2069\u200f, "
    "\u202a+49 171\u202c\u200e",
    "Arabic": "\u061c\u0627\u0644\u0633\u0644\u0627\u0645 \u06dd\u0661",
    "Japanese name": "\u845b\U000e0100\u98fe\U000e0101\u3055\u3093 A\u3055\u3093",
    "Russian": "\u0421\u043f\u0430\u0441\u0438\u0431\u043e \u0437\u0430 "
    "\u0432\u0441\u0451, \u0410\u043d\u043d\u0430",
    "Greek": "\u03b2-thalassaemia, 5 \u00b5g, \u0394x, \u03a9",
    "a mark at the edge of a word": "\u200eAnna\u200f said:\u200b \ufeffyes\u2060.",
    "bullets of a symbol font": "\uf0b7 one\n\uf0b7 two\n so glad \uf04a!",
    "two alphabets beside each other": "Anna \u0410\u043d\u043d\u0430, IT-\u0448\u043d\u0438\u043a",
}  # fmt: skip

USELESS = {
    "zero-width space": ("An\u200bna", 1),
    "zero-width non-joiner": ("An\u200cna", 1),
    "zero-width joiner": ("An\u200dna", 1),
    "word joiner": ("An\u2060na", 1),
    "byte order mark": ("An\ufeffna", 1),
    "mark of direction in a word": ("A\u200en\u200fn\u061ca", 3),
    "mark in a Latin word on a line from the right": ("\u05d0 A\u200fn\u200fna", 2),
    "override": ("A\u202enn\u202ca", 2),
    "override on a line from the right": ("\u05d0 \u202enn\u202d \u05d0", 2),
    "isolates": ("A\u2066nn\u2069a", 2),
    "tags": ("An\U000e0061\U000e0062na", 2),
    "tags behind a flag that is none": ("\U0001f3f4" + "\U000e0061" * 12, 5),
    "private use": ("An\ue000na", 1),
    "a word of private use": ("\uf041\uf06e\uf06e\uf061", 4),
    "selector": ("A\ufe01nn\ufe0fa", 2),
    "bytes behind an emoji": ("\U0001f600" + "\U000e0130" * 9, 8),
    "selector of letters": ("A\U000e0100nna", 1),
    "blank letter": ("An\u3164n\u2800a", 2),
    "grapheme joiner": ("An\u034fna", 1),
    "not assigned": ("An\U000e0fffna", 1),
    "annotation": ("An\ufff9na", 1),
    "invisible operator": ("An\u2062na", 1),
    "a run of blanks of no width": ("so \u200b\u200b\u200b\u200b it is", 4),
    "a joiner with nothing to join": ("so \u200d it is", 1),
    "Cyrillic in a Latin word": ("\u0410nna and K\u0430thrin", 2),
    "Greek in a Latin word": ("\u0391nna", 1),
    "mixed through a hidden sign": ("\u0410\u200bn\u00adna", 2),
}


@pytest.mark.parametrize("written", ORDINARY.values(), ids=ORDINARY.keys())
def test_what_letters_need_does_not_count(written: str) -> None:
    """However often it stands there."""
    assert count_disguises(normalize_text(written)) == 0
    assert count_disguises(normalize_text(f"{written}\n" * 50)) == 0


@pytest.mark.parametrize(("written", "count"), USELESS.values(), ids=USELESS.keys())
def test_what_no_letter_needs_counts(written: str, count: int) -> None:
    """Each sign that nobody sees, and each word of two alphabets."""
    assert count_disguises(written) == count


@pytest.mark.parametrize(("written", "count"), USELESS.values(), ids=USELESS.keys())
def test_enough_of_it_holds_the_letter(written: str, count: int) -> None:
    """Of every sort of disguise; the sentence names no word of the letter."""
    hold = disguise_hold(f"{written} \n" * (MOST_DISGUISES // count + 1), MOST_DISGUISES)
    assert hold is not None
    assert (hold.stage, hold.code) == (Stage.LANGUAGE, DISGUISED)
    assert "release it" in hold.reason
    assert "nna" not in hold.reason


def test_the_limit_itself_holds_nothing() -> None:
    """More than so many do."""
    assert disguise_hold("a\u200bb " * 3, 3) is None
    hold = disguise_hold("a\u200bb " * 4, 3)
    assert hold is not None
    assert hold.reason.startswith("This letter has 4 signs")
    assert disguise_hold("a\u200bb", 0) is not None


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "nl", "pl"])
def test_no_gold_letter_comes_near_the_limit(language: str) -> None:
    """Those that were written to deceive included."""
    for letter in load_letters(GOLD_FOLDER / language / "dev"):
        assert count_disguises(normalize_text(letter.text)) <= MOST_DISGUISES // 2, letter.name


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["C"])))
def test_a_text_of_european_letters_has_none(text: str) -> None:
    """Whatever stands in it."""
    assert count_disguises(text) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_lines_are_counted_one_by_one(first: str, second: str) -> None:
    """What stands on another line changes nothing, and any text can be counted."""
    apart = count_disguises(first) + count_disguises(second)
    assert count_disguises(f"{first}\n{second}") == apart
