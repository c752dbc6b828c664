"""Inline markup and standoff marks say the same, whatever the letter."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import Direction, EntityKind, KnownIdentifier, Span, normalize_text
from corpus.authoring import parse_mark_file, render_mark_file
from corpus.errors import CorpusError, MarkupError
from corpus.gold import GoldLetter, Group, Mark, letter_from_table
from corpus.markup import parse_markup, render_markup
from corpus.standoff import render_standoff

# Surrogates cannot be written to a UTF-8 file, so no letter has them.
_LETTER_TEXT = st.text(
    st.one_of(st.sampled_from("[]\\:#AB \n\u200b"), st.characters(exclude_categories=["Cs"]))
).map(normalize_text)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[Mark, ...]]:
    """A text and marks in it that keep the corpus rules."""
    text = draw(_LETTER_TEXT)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    marks = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        kind = draw(st.sampled_from(EntityKind))
        number = draw(st.none() | st.integers(1, 99))
        inside = text[start:end]
        if inside == inside.strip():
            entity = None if number is None else f"{kind}-{number}"
            span = Span(start=start, end=end)
            marks.append(Mark(span=span, kind=kind, text=inside, entity=entity))
    return text, tuple(marks)


@given(marked_texts())
def test_markup_rendered_and_parsed_is_the_same(marked: tuple[str, tuple[Mark, ...]]) -> None:
    """Writing the marks into the text and taking them out again loses nothing."""
    text, marks = marked
    parsed = parse_markup(render_markup(text, marks))
    assert (text, marks) == (parsed.text, parsed.marks)


@given(
    marked_texts(),
    st.sampled_from(Direction),
    st.none() | st.text(st.characters(exclude_categories=["Cs"])).map(normalize_text),
)
def test_mark_file_rendered_and_parsed_is_the_same(
    marked: tuple[str, tuple[Mark, ...]], direction: Direction, number: str | None
) -> None:
    """A letter survives the way to a .mark file and back, header and all."""
    text, marks = marked
    letter = GoldLetter(
        name="letter",
        text=text,
        marks=marks,
        title='A "quoted" \\ title',
        direction=direction,
        writer_country="DE",
        reader_country="US",
        voice="plain",
        group=Group.ORDINARY if marks else Group.CLEAN,
        tags=("one", "two"),
        donor_number=number,
        known=(KnownIdentifier(kind=EntityKind.PERSON, value="Daniel\u200b Okafor"),),
    )
    source = render_mark_file(letter)
    # Normalising a whole file may join a letter with an accent across a mark's edge.
    if source == normalize_text(source):
        assert letter == parse_mark_file("letter", source)


def test_markup_marks_carry_offsets_of_the_plain_text() -> None:
    """Offsets count code points of the text without its brackets."""
    marked = parse_markup("Dear [[PERSON#1:Anna]], from [[PLACE:Łódź]]!")
    assert marked.text == "Dear Anna, from Łódź!"
    spans = [(mark.span.start, mark.span.end, mark.entity) for mark in marked.marks]
    assert spans == [(5, 9, "PERSON-1"), (16, 20, None)]


def test_markup_single_brackets_are_text() -> None:
    """A writer's own brackets need no escape."""
    assert parse_markup("a [b] c").text == "a [b] c"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("one\n[[PERSON:Anna", 2),
        ("one\ntwo ]]", 2),
        ("[[PERSON:A\n[[PLACE:B]]]]", 2),
        ("\n\n[[SMELL:x]]", 3),
        ("[[nothing]]", 1),
        ("[[PERSON:]]", 1),
        ("back\\slash", 1),
    ],
)
def test_markup_error_names_its_line(source: str, line: int) -> None:
    """Whoever writes a letter is told which line to look at."""
    with pytest.raises(MarkupError) as caught:
        parse_markup(source)
    assert caught.value.line == line


def test_mark_file_error_counts_lines_of_the_file() -> None:
    """The header counts, so that an editor jumps to the right line."""
    with pytest.raises(CorpusError, match=r"letter: line 5: a mark is never closed"):
        parse_mark_file("letter", '+++\ntitle = "t"\n+++\nDear donor,\n[[PERSON:Anna\n')


def test_markup_repr_shows_no_text() -> None:
    """A traceback that shows a mark does not show the name in it."""
    assert "Anna" not in repr(parse_markup("[[PERSON#1:Anna]]"))


def test_standoff_writes_invisible_characters_as_escapes() -> None:
    """A zero-width space in a name can be seen in a diff."""
    source = (
        '+++\ntitle = "t"\ndirection = "donor_to_patient"\nwriter_country = "GB"\n'
        'reader_country = "US"\nvoice = "v"\ngroup = "adversarial"\n+++\n[[PERSON:An\u200bna]]'
    )
    assert 'text = "An\\u200Bna"' in render_standoff(parse_mark_file("letter", source))


def test_letter_with_an_unknown_key_is_refused() -> None:
    """A mistyped key must not be passed over in silence."""
    with pytest.raises(CorpusError, match=re.escape("letter: unknown keys: titel")):
        letter_from_table("letter", "", (), {"titel": "t"})
