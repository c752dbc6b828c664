"""Broken and hostile PDF files and pictures: a reading or a reason, never anything else."""

import pytest

from anonymizer.documents import ReadingLimits, read_document, read_in_child
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import Reading
from tests.documents.hostile_pdf_files import bombs, hostile_files

FILES, BOMBS = hostile_files(), bombs()
#: Whatever OCR makes of noise, it must not take a test's time.
LIMITS = ReadingLimits(seconds=20)


def _outcome(content: bytes) -> Reading | Unreadable:
    try:
        return read_document(content, limits=LIMITS)
    except Unreadable as error:
        return error


def test_there_are_enough_of_them() -> None:
    """The promise is about at least 70 files."""
    assert len(FILES) + len(BOMBS) >= 70


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_gives_a_reading_or_a_reason(name: str) -> None:
    """And a reading without text waits for a person to transcribe it."""
    outcome = _outcome(FILES[name])
    if isinstance(outcome, Reading):
        assert outcome.text.strip() or outcome.needs_transcription
    else:
        assert outcome.code
        assert outcome.sentence.endswith(".")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_within_the_limits_of_its_child(name: str) -> None:
    """The parent gets an answer, whatever happens to the child."""
    try:
        reading = read_in_child(BOMBS[name], limits=LIMITS)
    except Unreadable as error:
        assert error.code  # noqa: PT017 (both ends are allowed)
    else:
        assert reading.text.strip() or reading.needs_transcription


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("10,001 pages", "over_limit_pages"),
        ("page of 2^31 points", "over_limit_page_size"),
        ("picture with a gigapixel", "over_limit_pixels"),
        ("PNG of a gigapixel", "over_limit_pixels"),
        ("JPEG of a gigapixel", "over_limit_pixels"),
        ("TIFF of a gigapixel", "over_limit_pixels"),
        ("PNG with 220 frames", "over_limit_pages"),
        ("TIFF with 220 pages", "over_limit_pages"),
    ],
)
def test_a_file_over_a_limit_is_refused_with_the_limit_named(name: str, code: str) -> None:
    """Before a pixel is decoded or a page is drawn."""
    outcome = _outcome(FILES[name])
    assert isinstance(outcome, OverLimit)
    assert outcome.code == code


@pytest.mark.parametrize("name", ["a password", "a lock nobody knows"])
def test_a_locked_pdf_says_so(name: str) -> None:
    """The proofreader asks the writer for it without a password."""
    outcome = _outcome(FILES[name])
    assert isinstance(outcome, Unreadable)
    assert outcome.code == "password_protected"


@pytest.mark.parametrize("name", ["a white page", "a black page", "one pixel", "see-through"])
def test_a_picture_without_words_is_transcribed_by_a_person(name: str) -> None:
    """It may hold handwriting that no machine reads; it is no empty letter."""
    outcome = _outcome(FILES[name])
    assert isinstance(outcome, Reading)
    assert outcome.needs_transcription
    assert len(outcome.pictures) == 1


def test_a_torn_picture_is_never_read_in_part() -> None:
    """The missing half may be the half that matters."""
    for name in ("PNG cut at 75 %", "JPEG cut at 75 %", "PNG with too little data"):
        outcome = _outcome(FILES[name])
        assert isinstance(outcome, Unreadable)
        assert outcome.code == "damaged"
