"""What is kept of a file, and how its page tells it."""

from dataclasses import replace

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


def picture(
    where: str,
    media_type: str = "image/png",
    content: bytes = PNG,
    *,
    drawn: bool = True,
    is_page: bool = False,
) -> Picture:
    """A picture of a file."""
    return Picture(
        where=where,
        media_type=media_type,
        width=3,
        height=2,
        content=content,
        drawn=drawn,
        is_page=is_page,
    )


@pytest.mark.parametrize(
    ("one", "is_kept"),
    [
        (picture("page 1", is_page=True), True),
        (picture("word/media/image1.png"), True),
        (picture("word/media/image1.png", drawn=False), False),
        (picture("page 1", content=b"<svg onload=x>"), False),
        (picture("page 1", "image/svg+xml", b"<svg>"), False),
        (picture("page 1", "image/jpeg", PNG), False),
    ],
    ids=["a page", "a photo", "not drawn by us", "no PNG", "SVG", "no JPEG"],
)
def test_only_pictures_that_we_have_drawn_are_kept_as_images(
    one: Picture, *, is_kept: bool
) -> None:
    """Everything else is listed without its bytes."""
    filed, images = kept(Reading(kind=DocumentKind.PDF, text="x", pictures=(one,)))
    assert [image.number for image in images] == ([1] if is_kept else [])
    (listed,) = filed.pictures
    expected = (one.where, 1 if is_kept else 0, one.is_page)
    assert (listed.where, listed.page_image, listed.is_page) == expected


@pytest.mark.parametrize(
    ("origin", "visible", "counts"),
    [
        (Origin.HIDDEN_TEXT, False, True),
        (Origin.DELETED, False, True),
        (Origin.COVERED, False, True),
        (Origin.PROPERTY, False, False),
        (Origin.MAIL_HEADER, False, False),
        (Origin.QUOTED, True, False),
    ],
)
def test_what_a_file_hides_must_be_seen_and_what_every_file_has_need_not(
    origin: Origin, *, visible: bool, counts: bool
) -> None:
    """A warning must be seen in any case."""
    passage = Passage(text="x", origin=origin, visible=visible, where="page 1")
    reading = Reading(kind=DocumentKind.PDF, text="x", passages=(passage,))
    assert kept(reading)[0].must_be_seen is counts
    warning = ReadingWarning(code="form", sentence="It is a form.")
    assert kept(replace(reading, warnings=(warning,)))[0].must_be_seen


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
