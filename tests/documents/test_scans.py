"""Scans and photographs: upright, straight, read, and doubted where that is due."""

import pytest
from PIL import Image, ImageDraw

from anonymizer.documents import ReadingLimits, read_document, read_in_child
from anonymizer.documents.deskew import skew, straightened
from anonymizer.documents.out import build_letter, load_template
from anonymizer.documents.scan import UNSURE
from anonymizer.model import DocumentKind, OutgoingFormat
from corpus.bench.ocr import carried_over, wrong_words
from corpus.bench.scans import CONDITIONS, FONTS, scanned
from corpus.gold import GOLD_FOLDER, load_letter
from tests.documents.hidden_pdf_places import page_image, saved
from tests.documents.make_pdf import LETTER, Pdf, shown, stream, to_unicode

GOLD = load_letter(GOLD_FOLDER / "en" / "sample", "address-in-the-head-amsterdam")
CLEAN = CONDITIONS[0]


@pytest.mark.parametrize("degrees", [-3.0, -1.2, 0.0, 0.8, 2.5])
def test_a_page_askew_is_put_straight(degrees: float) -> None:
    """To a fifth of a degree."""
    page = page_image().rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert skew(page) == pytest.approx(degrees, abs=0.35)
    assert abs(skew(straightened(page))) <= 0.4


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_page_without_lines_stays_as_it_is(shade: int) -> None:
    """There is nothing to measure."""
    assert skew(Image.new("L", (500, 700), shade)) == 0.0


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_is_read(turn: int) -> None:
    """Scanners do not know which side is up."""
    lines = LETTER * 3
    image = Image.new("L", (1100, 900), 255)
    image.paste(page_image(lines[:4]), (0, 0))
    image.paste(page_image(lines[4:8]), (0, 420))
    reading = read_document(saved(image.rotate(turn, expand=True, fillcolor=255), "PNG"))
    assert "gift of life" in reading.text


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    """The pixels lie on their side, EXIF tells which."""
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(page_image().rotate(90, expand=True), "JPEG", exif=exif, quality=95)
    reading = read_document(content)
    assert "gift of life" in reading.text
    assert reading.pictures[0].width > reading.pictures[0].height


def test_a_tiff_with_two_pages_is_one_letter() -> None:
    """In the order of its pages, each with its image."""
    second = page_image(("And this is the second page of it.",))
    reading = read_document(saved(page_image(), "TIFF", save_all=True, append_images=[second]))
    assert reading.pages == 2
    assert len(reading.pictures) == 2
    assert reading.text.index("gift of life") < reading.text.index("second page")


def test_unsure_words_stand_where_they_say() -> None:
    """The page shows them marked."""
    blurred = page_image().resize((180, 70)).resize((1100, 420))
    reading = read_document(saved(blurred, "PNG"))
    assert reading.needs_transcription
    for word in reading.unsure:
        assert reading.text[word.start : word.end].strip() == reading.text[word.start : word.end]
        assert word.confidence < UNSURE


def test_scribbling_is_transcribed_by_a_person() -> None:
    """No machine pretends to have read it."""
    image = Image.new("L", (900, 600), 255)
    draw = ImageDraw.Draw(image)
    for row in range(80, 560, 60):
        points = [(x, row + (x * 7919 + row) % 37) for x in range(60, 840, 9)]
        draw.line(points, fill=30, width=3)
    reading = read_document(saved(image, "PNG"))
    assert reading.needs_transcription
    assert "poor_scan" in {warning.code for warning in reading.warnings}


def test_without_tesseract_a_person_transcribes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The letter is held with the reason, not refused and not empty."""
    monkeypatch.setattr("anonymizer.documents.ocr._installed", frozenset)
    reading = read_document(saved(page_image(), "PNG"))
    assert reading.needs_transcription
    assert "ocr_not_installed" in {warning.code for warning in reading.warnings}


def test_a_scan_in_a_pdf_is_read_like_a_scan() -> None:
    """A page without text that shows something."""
    image = page_image()
    head = (
        f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    pdf = Pdf(
        content=b"q 500 0 0 190 50 500 cm /Im1 Do Q",
        resources="/XObject << /Im1 6 0 R >>",
        more=[stream(image.tobytes(), head, deflate=True)],
    ).bytes()
    reading = read_document(pdf)
    assert "gift of life" in reading.text
    assert "scan" in {warning.code for warning in reading.warnings}
    assert any(picture.where.startswith("page 1") for picture in reading.pictures)


def test_an_ocr_layer_under_a_scan_is_not_believed() -> None:
    """Text that nobody sees is told; the letter is what the picture shows."""
    image = page_image()
    head = (
        f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    pdf = Pdf(
        content=b"q 500 0 0 190 50 500 cm /Im1 Do Q BT 3 Tr /F1 12 Tf 60 600 Td (Liar) Tj ET",
        resources="/XObject << /Im1 6 0 R >>",
        more=[stream(image.tobytes(), head, deflate=True)],
    ).bytes()
    reading = read_document(pdf)
    assert "Liar" not in reading.text
    assert "Liar" in {passage.text for passage in reading.passages}
    assert "gift of life" in reading.text


def test_the_same_letter_in_every_form_is_the_same_text() -> None:
    """Text, Word, PDF letter by letter; a scan within what OCR may get wrong."""
    text = GOLD.text.strip()
    template = load_template()
    for form in OutgoingFormat:
        content = build_letter(text, form=form, template=template, language="en")
        assert read_document(content).text.split() == text.split()
    read = read_document(scanned(text, FONTS[0], CLEAN), limits=ReadingLimits(seconds=300)).text
    assert wrong_words(text, read).share <= 0.02


def test_a_letter_set_in_lines_is_read_in_paragraphs() -> None:
    """Lines that a page broke are joined, lines that the writer broke are not."""
    content = build_letter(
        GOLD.text.strip(), form=OutgoingFormat.PDF, template=load_template(), language="en"
    )
    assert read_document(content, languages=()).text == GOLD.text.strip()


def test_a_scan_is_read_within_the_limits_of_the_child() -> None:
    """Tesseract has the memory and the time that the child has."""
    reading = read_in_child(saved(page_image(), "PNG"), file_name="scan.png")
    assert reading.kind is DocumentKind.IMAGE
    assert "gift of life" in reading.text


def test_marks_are_carried_over_to_what_was_read() -> None:
    """A name that was read wrong is still that name."""
    read = GOLD.text.replace("e", "c")
    carried = carried_over(GOLD.marks, GOLD.text, read)
    assert [one.text for one in carried] == [one.text.replace("e", "c") for one in GOLD.marks]


def test_a_false_map_on_the_second_page_is_noticed() -> None:
    """Pages are compared with their drawing until every letter of every font is confirmed."""
    letters = "WilhemnaBrdt"
    second = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 9 0 R "
        b"/Resources << /Font << /F2 6 0 R >> >> >>"
    )
    pdf = Pdf(
        fonts="/F2 6 0 R",
        more=[
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>",
            to_unicode(dict(zip(letters, "Sunyqopvcksz", strict=True))),
            second,
            stream(shown(("Wilhelmina Brandt",) * 3, font="F2")),
        ],
        replaced={2: b"<< /Type /Pages /Kids [3 0 R 8 0 R] /Count 2 >>"},
    ).bytes()
    reading = read_document(pdf)
    assert "shows_other_words" in {warning.code for warning in reading.warnings}
    assert "Wilhelmina" in " ".join(passage.text for passage in reading.passages)
