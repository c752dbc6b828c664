"""Outgoing documents: the approved text and the template, nothing else, in the same bytes."""

import base64
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from anonymizer.documents import read_document
from anonymizer.documents.out import (
    build_letter,
    build_slip,
    check_outgoing,
    load_template,
    why_not_shown,
)
from anonymizer.documents.out.printable import NotPrintable
from anonymizer.errors import RulesError
from anonymizer.model import EntityKind, KnownIdentifier, OutgoingFormat

TEMPLATE = load_template()
NAME = "Wilhelmina Brandt"
KNOWN = (KnownIdentifier(kind=EntityKind.PERSON, value=NAME),)
LETTER = """Dear donor,

thank you for the gift of life. Every morning I walk along the river with my two dogs and think \
of you, and every evening I light a candle. My children say hello & send < 3 > kisses.

With love and hope
[name 1]"""
SCRIPTS = (
    "Zażółć gęślą jaźń.",
    "Şükran günü, ığdır.",
    "Đặng Thị Hoa cảm ơn.",
    "Γειά σου κόσμε.",
    "Привет, мир.",
    "Größe, façade, señor, Åse, œuvre, ½ €.",
)
FORMS = list(OutgoingFormat)


def _built(text: str, form: OutgoingFormat) -> bytes:
    return build_letter(text, form=form, template=TEMPLATE, language="en")


def _problems(
    content: bytes, text: str, form: OutgoingFormat, known: tuple[KnownIdentifier, ...] = KNOWN
) -> set[str]:
    found = check_outgoing(content, text, known, form=form, template=TEMPLATE, language="en")
    return {problem.code for problem in found}


@pytest.mark.parametrize("form", FORMS)
def test_an_outgoing_letter_passes_its_gate(form: OutgoingFormat) -> None:
    """Nothing is wrong with what we build ourselves."""
    assert _problems(_built(LETTER, form), LETTER, form) == set()


@pytest.mark.parametrize("form", FORMS)
def test_the_same_letter_gives_the_same_bytes(form: OutgoingFormat) -> None:
    """Whenever and wherever it is built."""
    assert _built(LETTER, form) == _built(LETTER, form)


@pytest.mark.parametrize("form", FORMS)
def test_an_outgoing_letter_is_read_as_its_text(form: OutgoingFormat) -> None:
    """Paragraphs and empty lines too, although a page breaks its lines."""
    assert read_document(_built(LETTER, form), languages=()).text == LETTER


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("form", FORMS)
def test_letters_of_europe_can_be_written(form: OutgoingFormat, script: str) -> None:
    """Latin with all its marks, Greek, Cyrillic."""
    text = f"Dear donor,\n{script}"
    assert _problems(_built(text, form), text, form) == set()


@settings(max_examples=25, deadline=None)
@given(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=("Cc", "Cf")),
        min_size=1,
        max_size=300,
    ).filter(lambda text: any(map(str.isalnum, text)))
)
def test_any_latin_text_survives_a_word_file(text: str) -> None:
    """Whatever stands in it, mark-up included."""
    problems = _problems(_built(text, OutgoingFormat.DOCX), text, OutgoingFormat.DOCX, known=())
    assert problems == set()


@pytest.mark.parametrize("form", [OutgoingFormat.DOCX, OutgoingFormat.PDF])
def test_two_letters_tell_the_same_about_themselves(form: OutgoingFormat) -> None:
    """Properties are the template's, not the letter's."""
    letters = (LETTER, "Dear patient,\nI am well.\n")
    told = [read_document(_built(text, form), languages=()).passages for text in letters]
    assert told[0] == told[1]
    assert all(TEMPLATE.title in passage.text for passage in told[0])


def test_a_pdf_is_pdf_a_with_its_font_and_its_language() -> None:
    """Readable in fifty years and by a screen reader."""
    reader = PdfReader(BytesIO(_built(LETTER, OutgoingFormat.PDF)))
    catalog: Any = reader.root_object
    xmp = catalog["/Metadata"].get_object().get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in xmp
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert catalog["/OutputIntents"]
    assert catalog["/Lang"] == "en"
    assert not any(one.strip("\x00") for one in _trailer(reader)["/ID"])
    page: Any = reader.pages[0]
    for font in page["/Resources"]["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in descendant["/FontDescriptor"].get_object()


def _trailer(reader: PdfReader) -> Any:
    return reader.trailer


def test_a_long_letter_goes_over_pages() -> None:
    """And is still read as one text."""
    text = "\n\n".join([LETTER] * 12)
    content = _built(text, OutgoingFormat.PDF)
    assert len(pdfium.PdfDocument(content)) > 2
    assert _problems(content, text, OutgoingFormat.PDF) == set()


@pytest.mark.parametrize("form", FORMS)
def test_a_known_identifier_stops_a_letter(form: OutgoingFormat) -> None:
    """In any case and spacing, in the text as it is read again."""
    for written in (NAME, NAME.upper(), NAME.replace(" ", "\n")):
        text = f"{LETTER}\n{written}"
        assert "known_identifier" in _problems(_built(text, form), text, form)


@pytest.mark.parametrize("form", FORMS)
def test_another_text_stops_a_letter(form: OutgoingFormat) -> None:
    """One letter is enough."""
    content = _built(LETTER, form)
    assert "text_differs" in _problems(content, LETTER.replace("dogs", "cats"), form)


@pytest.mark.parametrize(
    "coded",
    [
        NAME.encode(),
        NAME.lower().encode(),
        NAME.encode("utf-16-le"),
        NAME.encode("utf-16-be"),
        base64.b64encode(NAME.encode()),
        base64.b64encode(b"x" + NAME.encode()),
        base64.b64encode(b"xy" + NAME.encode()),
        NAME.encode().hex().encode(),
    ],
)
def test_a_known_identifier_in_the_bytes_stops_a_letter(coded: bytes) -> None:
    """As it is, in UTF-16, in base64 wherever it begins, in hexadecimal."""
    pdf = _built(LETTER, OutgoingFormat.PDF)
    spoilt = pdf.replace(b"\nstartxref", b"\n%" + coded + b"\nstartxref")
    assert "known_identifier_in_bytes" in _problems(spoilt, LETTER, OutgoingFormat.PDF)


def test_a_packed_known_identifier_stops_a_letter() -> None:
    """What is packed is unpacked before it is searched."""
    file = BytesIO(_built(LETTER, OutgoingFormat.DOCX))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/more.xml", f"<a>{NAME}</a>" * 5)
    problems = _problems(file.getvalue(), LETTER, OutgoingFormat.DOCX)
    assert "known_identifier_in_bytes" in problems


def test_a_name_that_every_pdf_holds_stops_no_letter() -> None:
    """Page and Font are words of the format; the text is searched for them all the same."""
    known = (KnownIdentifier(kind=EntityKind.PERSON, value="Page"),)
    content = _built(LETTER, OutgoingFormat.PDF)
    assert _problems(content, LETTER, OutgoingFormat.PDF, known) == set()
    text = LETTER + "\nMarion Page"
    content = _built(text, OutgoingFormat.PDF)
    assert _problems(content, text, OutgoingFormat.PDF, known) == {"known_identifier"}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"PK\x03\x04", bytes(500)])
@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_cannot_be_read_again_stays_here(content: bytes, form: OutgoingFormat) -> None:
    """Whatever it is."""
    assert _problems(content, LETTER, form)


def test_an_author_stops_a_letter() -> None:
    """Nothing but the template may stand in the properties."""
    content = _built(LETTER, OutgoingFormat.DOCX)
    spoilt = content.replace(b"<dc:title>Letter<", b"<dc:title>Lettre<")
    assert _problems(spoilt, LETTER, OutgoingFormat.DOCX)


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\ue000b", "a\x1bb"])
@pytest.mark.parametrize("form", FORMS)
def test_characters_that_nobody_sees_are_refused(form: OutgoingFormat, text: str) -> None:
    """Nothing is dropped on the way out: a person takes them out."""
    with pytest.raises(NotPrintable, match="1 characters"):
        _built(text, form)


def test_signs_without_a_glyph_are_refused_for_pdf_only() -> None:
    """An empty box in a letter would be a lost word."""
    text = "Dear donor \U0001f9d1"
    with pytest.raises(NotPrintable, match="Choose DOCX"):
        _built(text, OutgoingFormat.PDF)
    assert _problems(_built(text, OutgoingFormat.DOCX), text, OutgoingFormat.DOCX) == set()


@pytest.mark.parametrize(
    "text",
    [
        "The \ufb01rst of\ufb01ce and \ufb02ower, e\ufb03cient.",
        "Dear donor,\u2028thank you.\u2029Bye",
        "Dear\u00a0donor, 100\u202f000 times\u2003thanks, a\u2011b",
        "I walked on -\nand on-\nand so.",
        "aaaa- " * 60,
        "co\u2010operate\u2010\nd",
        "nin\u0303o",
        "Donau\u00addampf\u00adschiff " * 20,
    ],
    ids=["joined", "separators", "spaces", "hyphens", "many hyphens", "hyphen", "marks", "soft"],
)
@pytest.mark.parametrize("form", FORMS)
def test_what_a_page_breaks_or_joins_is_the_same_text(form: OutgoingFormat, text: str) -> None:
    """Readers of PDF files join lines at hyphens and take joined letters apart."""
    assert _problems(_built(text, form), text, form) == set()
    assert "text_differs" in _problems(_built(text, form), f"{text} too", form)


@pytest.mark.parametrize("words", ["\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"])
def test_scripts_from_right_to_left_leave_in_other_formats(words: str) -> None:
    """The reason says in which; a Word file tells the direction of the paragraph."""
    text = f"{words}\nThank you."
    with pytest.raises(NotPrintable, match=r"right to left.* Choose DOCX or plain text"):
        _built(text, OutgoingFormat.PDF)
    assert "right to left" in (why_not_shown(text, OutgoingFormat.PDF) or "")
    for form in (OutgoingFormat.DOCX, OutgoingFormat.TXT):
        assert why_not_shown(text, form) is None
        assert _problems(_built(text, form), text, form) == set()
    assert _built(text, OutgoingFormat.DOCX).count(b"<w:bidi/>") == 1


def test_a_slip_is_a_document_of_its_own() -> None:
    """The donor number travels there."""
    rows = (("Donor number", "4970537838306400308"), ("Clinic", "C-12"))
    for form in FORMS:
        slip = build_slip(rows, form=form, template=TEMPLATE, language="en")
        text = read_document(slip, languages=()).text
        assert "Donor number: 4970537838306400308" in text
        assert text.startswith(TEMPLATE.slip_title)


def test_a_registry_has_a_template_of_its_own(tmp_path: Path) -> None:
    """A site's folder goes before ours, a registry's file before the default."""
    folder = tmp_path / "templates" / "letters"
    folder.mkdir(parents=True)
    rows = {
        "title": '"Brief"', "slip_title": '"Laufzettel"', "producer": '"registry"',
        "date": "2001-02-03", "font_size": "14", "line_height": "1.5", "margin": "30",
    }  # fmt: skip
    toml = "\n".join(f"{key} = {value}" for key, value in rows.items())
    (folder / "our-registry.toml").write_text(toml, "utf-8")
    template = load_template("our-registry", folder=tmp_path)
    assert (template.title, template.date) == ("Brief", date(2001, 2, 3))
    assert load_template("another", folder=tmp_path) == TEMPLATE
    content = build_letter(LETTER, form=OutgoingFormat.PDF, template=template, language="de")
    told = " ".join(one.text for one in read_document(content, languages=()).passages)
    assert "Brief" in told
    assert replace(template, title="Letter").title not in told


@pytest.mark.parametrize(
    ("old", "new"),
    [("font_size = 12", "font_size = 1"), ("title", "titel"), ("date = 2000", "date = 'x' # ")],
)
def test_a_template_with_a_mistake_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """With the name of the file, and nothing half loaded."""
    packaged = Path("rules/templates/letters/default.toml").read_text("utf-8")
    folder = tmp_path / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "default.toml").write_text(packaged.replace(old, new), "utf-8")
    with pytest.raises(RulesError, match=r"default\.toml"):
        load_template(folder=tmp_path)
