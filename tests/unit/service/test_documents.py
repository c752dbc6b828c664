"""What is kept of a file, and how its page tells it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import (
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    UnsureWord,
)
from service.store.codec import reading_codec
from service.web.review import file_words
from service.workflow.documents import FileReading, kept

PNG = b"\x89PNG\r\n\x1a\n..."


def picture(where: str, media_type: str = "image/png", content: bytes = PNG) -> Picture:
    """A picture of a file."""
    return Picture(where=where, media_type=media_type, width=3, height=2, content=content)


@pytest.mark.parametrize(
    ("kind", "one", "is_page"),
    [
        (DocumentKind.IMAGE, picture("page 1"), True),
        (DocumentKind.PDF, picture("page 1, as drawn"), True),
        (DocumentKind.PDF, picture("page 1"), False),
        (DocumentKind.DOCX, picture("word/media/image1.png"), False),
        (DocumentKind.IMAGE, picture("page 1", content=b"<svg onload=x>"), False),
        (DocumentKind.IMAGE, picture("page 1", "image/svg+xml", b"<svg>"), False),
        (DocumentKind.IMAGE, picture("page 1", "image/jpeg", PNG), False),
    ],
    ids=["scan", "drawn page", "photo in a PDF", "photo in Word", "no PNG", "SVG", "no JPEG"],
)
def test_only_pages_that_we_have_drawn_are_kept_as_images(
    kind: DocumentKind, one: Picture, *, is_page: bool
) -> None:
    """Everything else is listed without its bytes."""
    filed, images = kept(Reading(kind=kind, text="x", pictures=(one,)))
    assert [image.number for image in images] == ([1] if is_page else [])
    (listed,) = filed.pictures
    assert (listed.where, listed.page_image) == (one.where, 1 if is_page else 0)


def test_nothing_of_a_reading_but_pixels_is_lost() -> None:
    """In the store and back; control characters of a passage too."""
    reading = Reading(
        kind=DocumentKind.PDF,
        text="Dear donor",
        passages=(Passage(text="a\x00b", origin=Origin.COVERED, visible=False, where="page 1"),),
        pictures=(picture("page 1, as drawn"),),
        warnings=(ReadingWarning(code="scan", sentence="It is a scan."),),
        unsure=(UnsureWord(start=0, end=4, confidence=0.4),),
        needs_transcription=True,
        pages=2,
    )
    filed, _ = kept(reading)
    assert reading_codec.load(reading_codec.dump(filed)) == filed
    assert "\x00" not in reading_codec.dump(filed)
    assert (filed.hidden, filed.is_scan) == (1, True)
    assert "Dear" not in repr(filed)
    assert "a\x00b" not in repr(filed)


def test_every_kind_and_origin_has_a_word() -> None:
    """No page stumbles over a file."""
    assert set(file_words.KINDS) == set(DocumentKind)
    assert set(file_words.ORIGINS) == set(Origin)


def test_passages_stand_by_what_a_person_sees_and_by_origin() -> None:
    """Each one exactly once."""
    passages = tuple(
        Passage(text=str(number), origin=origin, visible=number % 2 == 0, where="x")
        for number, origin in enumerate([*Origin, *Origin])
    )
    file = FileReading(kind=DocumentKind.DOCX, text="", passages=passages)
    shown = [
        one
        for visible in (True, False)
        for _, group in file_words.passages_by_origin(file, visible=visible)
        for one in group
    ]
    assert sorted(one.text for one in shown) == sorted(one.text for one in passages)


@given(
    text=st.text(max_size=40),
    places=st.lists(st.tuples(st.integers(0, 39), st.integers(1, 8)), max_size=6),
)
def test_the_pieces_of_a_reading_are_its_text(text: str, places: list[tuple[int, int]]) -> None:
    """Whatever words are unsure, also when they overlap."""
    unsure = tuple(
        UnsureWord(start=start, end=min(start + size, len(text)), confidence=0.1)
        for start, size in places
        if start < len(text)
    )
    file = FileReading(kind=DocumentKind.IMAGE, text=text, unsure=unsure)
    pieces = file_words.pieces_of(file)
    assert "".join(piece for piece, _ in pieces) == text
    assert any(marked for _, marked in pieces) == bool(unsure)
