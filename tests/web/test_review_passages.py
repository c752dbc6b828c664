"""The letter cut into pieces: nothing is lost, nothing is hidden, nothing is invented."""

from hypothesis import given
from hypothesis import strategies as st

from service.web.review.passages import (
    Mark,
    Paragraph,
    Shift,
    paragraph_breaks,
    paragraphs,
)


def joined(cut: tuple[Paragraph, ...]) -> str:
    """The text of all runs, one after the other."""
    return "".join(
        run.text for paragraph in cut for piece in paragraph.pieces for run in piece.runs
    )


def marks_in(text: str) -> st.SearchStrategy[list[Mark]]:
    """Any marks inside a text, overlapping ones included."""
    edge = st.integers(min_value=0, max_value=len(text))
    return st.lists(
        st.tuples(edge, edge)
        .filter(lambda pair: pair[0] < pair[1])
        .map(lambda pair: Mark(start=pair[0], end=pair[1], name=f"f{pair[0]}-{pair[1]}")),
        max_size=6,
    )


@st.composite
def letters(draw: st.DrawFn) -> tuple[str, list[Mark], list[Mark]]:
    """A text with marks in both layers."""
    text = draw(
        st.text(alphabet=st.sampled_from("ab é\n\u200b\u202e😀\u200d\ufe0f\t\u00ad"), min_size=1)
    )
    return text, draw(marks_in(text)), draw(marks_in(text))


@given(letters())
def test_the_pieces_joined_are_the_letter(letter: tuple[str, list[Mark], list[Mark]]) -> None:
    """Whatever is marked, joining the pieces gives back every code point in order."""
    text, marks, under = letter
    cut = paragraphs(text, marks=marks, under=under, breaks=paragraph_breaks(text, marks))
    assert joined(cut) == text


@given(letters())
def test_a_piece_says_where_it_starts(letter: tuple[str, list[Mark], list[Mark]]) -> None:
    """The start of each piece is its place in the letter."""
    text, marks, under = letter
    for paragraph in paragraphs(text, marks=marks, under=under):
        for piece in paragraph.pieces:
            words = "".join(run.text for run in piece.runs)
            assert text.startswith(words, piece.start)


def test_a_marked_passage_is_one_piece() -> None:
    """A name between plain words becomes a piece of its own with the name of its mark."""
    (paragraph,) = paragraphs("I am Anna today", marks=[Mark(start=5, end=9, name="f1")])
    assert [(piece.name, piece.runs[0].text) for piece in paragraph.pieces] == [
        (None, "I am "),
        ("f1", "Anna"),
        (None, " today"),
    ]


def test_hidden_characters_have_a_name() -> None:
    """Zero-width and bidirectional controls become runs of their own that say what they are."""
    (paragraph,) = paragraphs("a\u200bb\u202ec\0d", marks=[])
    controls = [run.control for run in paragraph.pieces[0].runs if run.control]
    assert controls == ["zero-width space", "right-to-left override", "U+0000"]


def test_a_nul_is_shown_as_its_picture() -> None:
    """HTML drops NUL, which would shift every offset after it."""
    (paragraph,) = paragraphs("a\0b", marks=[])
    assert [run.text for run in paragraph.pieces[0].runs] == ["a", "\u2400", "b"]


def test_an_emoji_family_stays_whole() -> None:
    """Joiners inside an emoji are no disguise and are not cut out of it."""
    family = "👩\u200d👧\ufe0f"
    (paragraph,) = paragraphs(family, marks=[])
    assert [run.text for run in paragraph.pieces[0].runs] == [family]


def test_paragraphs_end_after_a_blank_line() -> None:
    """The blank line belongs to the paragraph before it."""
    text = "one\n\ntwo\nstill two\n \nthree\n"
    cut = paragraphs(text, marks=[], breaks=paragraph_breaks(text, []))
    assert [joined((paragraph,)) for paragraph in cut] == [
        "one\n\n",
        "two\nstill two\n \n",
        "three\n",
    ]


def test_a_passage_over_a_blank_line_is_not_cut() -> None:
    """A marked passage is never torn between two paragraphs."""
    text = "Anna\n\nMaria is here"
    assert paragraph_breaks(text, [Mark(start=0, end=11, name="f1")]) == ()


def test_positions_follow_the_changes() -> None:
    """A readable passage is found again in the outgoing text, before and after changes."""
    # "Anna met Bo" -> "[name 1] met [name 2]"
    shift = Shift(sources=((0, 4), (9, 11)), targets=((0, 8), (13, 21)))
    assert [shift.position(offset) for offset in (0, 5, 9, 11)] == [0, 9, 13, 21]
