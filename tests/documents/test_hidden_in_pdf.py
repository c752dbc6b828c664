"""Hidden places: what a machine can read and nobody sees is told, and never leaves."""

import pytest

from anonymizer.documents import read_document
from anonymizer.documents.out import build_letter, check_outgoing, load_template
from anonymizer.model import EntityKind, KnownIdentifier, Origin, OutgoingFormat, Reading
from tests.documents.hidden_pdf_places import NAME, pdf_places, picture_places
from tests.documents.make_pdf import LETTER, Pdf

PDFS, PICTURES = pdf_places(), picture_places()
#: Held by a warning that sends the proofreader to the original; what stands there is only drawn.
FRAMES = {"PNG second frame"}
#: PDFium takes what a PDF says in place of its glyphs for what it shows.
REPLACED = "replacement text"
KNOWN = KnownIdentifier(kind=EntityKind.PERSON, value=NAME)
TEMPLATE = load_template()


def _told(reading: Reading) -> str:
    passages = " ".join(passage.text for passage in reading.passages)
    return " ".join(passages.split())


@pytest.mark.parametrize("place", PDFS)
def test_a_hidden_name_in_a_pdf_is_told(place: str) -> None:
    """Every place by itself, the letter around it unharmed."""
    reading = read_document(PDFS[place])
    assert NAME in _told(reading)
    assert reading.text.startswith(LETTER[0].split(",")[0])


@pytest.mark.parametrize("place", sorted(set(PDFS) - {REPLACED}))
def test_a_hidden_name_in_a_pdf_is_no_part_of_the_letter(place: str) -> None:
    """Nor is it in any byte of any outgoing document."""
    _assert_nothing_leaves(read_document(PDFS[place]))


@pytest.mark.parametrize("place", sorted(set(PICTURES) - FRAMES))
def test_a_hidden_name_in_a_picture_is_told(place: str) -> None:
    """Properties, comments, appended bytes."""
    reading = read_document(PICTURES[place])
    assert NAME in _told(reading)
    assert "gift of life" in reading.text
    _assert_nothing_leaves(reading)


def test_a_second_frame_is_read_as_a_page_and_warned_of() -> None:
    """It cannot hide behind the first."""
    reading = read_document(PICTURES["PNG second frame"])
    assert "Brandt" in reading.text
    assert "animated" in {warning.code for warning in reading.warnings}


def test_text_in_place_of_what_is_shown_is_warned_of() -> None:
    """It is read as the letter, so detection sees it and the gate knows it; a person compares."""
    reading = read_document(PDFS[REPLACED])
    assert "extractors_differ" in {warning.code for warning in reading.warnings}
    content = build_letter(reading.text, form=OutgoingFormat.PDF, template=TEMPLATE, language="en")
    problems = check_outgoing(
        content,
        reading.text,
        (KNOWN,),
        form=OutgoingFormat.PDF,
        template=TEMPLATE,
        language="en",
    )
    assert "known_identifier" in {problem.code for problem in problems}


def _assert_nothing_leaves(reading: Reading) -> None:
    assert NAME not in " ".join(reading.text.split())
    for form in OutgoingFormat:
        content = build_letter(reading.text, form=form, template=TEMPLATE, language="en")
        problems = check_outgoing(
            content, reading.text, (KNOWN,), form=form, template=TEMPLATE, language="en"
        )
        assert problems == ()


@pytest.mark.parametrize("place", PICTURES)
def test_the_picture_that_a_person_looks_at_tells_nothing_of_its_camera(place: str) -> None:
    """Its pixels are written anew."""
    for picture in read_document(PICTURES[place]).pictures:
        assert NAME.encode() not in picture.content
        assert b"Exif" not in picture.content


@pytest.mark.parametrize(
    ("place", "origin"),
    [
        ("under a black box", Origin.COVERED),
        ("white text", Origin.WHITE_TEXT),
        ("render mode 3", Origin.INVISIBLE),
        ("off the page", Origin.OFF_PAGE),
        ("half a point high", Origin.TINY_TEXT),
        ("a layer that is off", Origin.HIDDEN_TEXT),
        ("a note", Origin.ANNOTATION),
        ("a form field", Origin.FORM_FIELD),
        ("an attachment", Origin.ATTACHMENT),
        ("the properties", Origin.PROPERTY),
        ("the structure", Origin.ALT_TEXT),
        ("a link", Origin.LINK_TARGET),
        ("an earlier version", Origin.DELETED),
        ("after the end", Origin.EMBEDDED),
    ],
)
def test_a_place_is_called_by_its_name(place: str, origin: Origin) -> None:
    """So that a proofreader knows where to look."""
    reading = read_document(PDFS[place])
    assert origin in {one.origin for one in reading.passages if NAME in one.text}


def test_an_ordinary_pdf_has_nothing_to_tell() -> None:
    """A warning about everything would be read by nobody."""
    reading = read_document(Pdf().bytes())
    assert (reading.passages, reading.warnings) == ((), ())
    assert reading.text.split() == " ".join(LETTER).split()
