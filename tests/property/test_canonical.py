"""The detection view, for any text: each span of it leads back to the right characters."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from anonymizer.canonical import detection_view
from anonymizer.model import Span, normalize_text

_TRICKS = (
    "\u200b\u200c\u200d\u2060\ufeff\u202a\u202e\u202c\u2066\u2069\u00ad\u180e\U000e0041\U000e0001"
    "\ufe0f\ufe01\u0301\u0323\u0336\u20dd\uff21\uff42\u0410\u0435\u03bf\u0391`\u2019\u00a0\u2028"
    "-\u2010\n \t\ufb01\u2460\u338f\ufdfa\u2026\u00bd\u1e9b\u0130\u00df\ue000\U0001f600Aabz.@5"
)
characters = st.one_of(st.sampled_from(_TRICKS), st.characters(exclude_categories=["Cs"]))
texts = st.text(characters, max_size=80).map(normalize_text)
#: What stands around a name without changing it: hidden characters.
hidden = st.text(
    st.sampled_from("\u200b\u200d\u2060\ufeff\u202e\u2066\U000e0041\ufe01"), max_size=3
)


@given(texts)
@example("x-\ny")
@example("\u0301")
@example("a\u00ad\n b")
def test_every_character_of_the_view_maps_inside_the_letter_in_order(text: str) -> None:
    """No span is empty, outside the letter, or before the one it follows."""
    view = detection_view(text)
    last = 0
    for place in range(len(view.text)):
        span = view.to_letter(Span(start=place, end=place + 1))
        assert last <= span.start < span.end <= len(text)
        last = span.start


@given(texts)
def test_every_visible_letter_is_in_the_view(text: str) -> None:
    """Only hidden characters, marks and broken lines have no place of their own."""
    view = detection_view(text)
    covered: set[int] = set()
    for place in range(len(view.text)):
        span = view.to_letter(Span(start=place, end=place + 1))
        covered |= set(range(span.start, span.end))
    for place, character in enumerate(text):
        if place not in covered:
            assert not character.isalnum()
            assert unicodedata.category(character) in {"Cf", "Co", "Cn", "Mn", "Me", "Pd"} or (
                character in " \t\n\u115f\u1160\u3164\uffa0\u2800"
                or "\ufe00" <= character <= "\ufe0f"
            )


@given(texts, st.data())
def test_a_span_of_the_view_covers_its_characters_and_no_neighbour(
    text: str, data: st.DataObject
) -> None:
    """The view of what a span covers is, read alone, what the span said."""
    view = detection_view(text)
    if not view.text:
        return
    start = data.draw(st.integers(0, len(view.text) - 1))
    end = data.draw(st.integers(start + 1, len(view.text)))
    span = view.to_letter(Span(start=start, end=end))
    first = view.to_letter(Span(start=start, end=start + 1))
    last = view.to_letter(Span(start=end - 1, end=end))
    assert (span.start, span.end) == (first.start, last.end)


@given(texts, texts, st.lists(hidden, min_size=7, max_size=7))
def test_taking_out_what_the_view_finds_takes_out_the_right_characters(
    before: str, after: str, filling: list[str]
) -> None:
    """A name with anything hidden in it, anywhere in any text, is taken out whole."""
    name = "Zbigniew"
    written = name[0] + "".join(mark + one for mark, one in zip(filling, name[1:], strict=True))
    text = normalize_text(f"{before} {written} {after}")
    view = detection_view(text)
    start = view.text.index(name)
    span = view.to_letter(Span(start=start, end=start + len(name)))
    assert name not in detection_view(text[: span.start] + "|" + text[span.end :]).text or (
        name in detection_view(normalize_text(before)).text
        or name in detection_view(normalize_text(after)).text
    )
    assert [one for one in text[span.start : span.end] if one.isascii() and one.isalpha()] == [
        *name
    ]


@given(texts)
def test_the_view_of_the_view_is_the_view(text: str) -> None:
    """Nothing is left to undo, apart from what compatibility forms bring in themselves."""
    once = detection_view(text).text
    assert not [
        one
        for one in detection_view(once).text
        if unicodedata.category(one) == "Cf" or one in "\u2019\u00a0"
    ]


@given(texts)
def test_disguised_places_are_places_of_the_letter(text: str) -> None:
    """In order, each once, none of them plain ASCII."""
    places = detection_view(text).disguised
    assert list(places) == sorted(set(places))
    assert not [one for one in places if text[one].isascii()]


@given(st.text(st.characters(max_codepoint=127), max_size=80).map(normalize_text))
def test_plain_text_is_seen_as_it_is(text: str) -> None:
    """Up to the back quote and words broken at a line end."""
    view = detection_view(text)
    if "-" not in text:
        assert view.text == text.replace("`", "'")
