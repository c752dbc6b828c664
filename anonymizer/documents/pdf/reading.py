"""
One PDF to one reading.

The letter is the text that a person sees on the pages, in the order of the pages; a page without
text that shows something is a scan and goes to OCR. Everything else is told and not forwarded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from anonymizer.documents.archive import damaged
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.kinds import password_protected
from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.documents.lines import Line, PageLines, Word, running_text
from anonymizer.documents.ocr import OcrUnavailable, words_on
from anonymizer.documents.pdf.inventory import Inventory, take_inventory
from anonymizer.documents.pdf.opinions import (
    compare_extractors,
    compare_with_drawing,
    second_text,
    tell,
)
from anonymizer.documents.pdf.seen import SeenPage, draw, see_page
from anonymizer.documents.raster import as_picture, check_pixels, words_of
from anonymizer.documents.refusals import MAX_PAGE_POINTS, page_too_large, too_many_pages
from anonymizer.documents.scan import Clock, read_page, scanned_text
from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind, Origin, Picture, Reading

#: Reads a document within the document, with what is left of the limits.
ReadNested = Callable[[bytes], Reading]

#: A page with fewer visible letters that shows something is a scan.
_LETTERS_OF_A_PAGE = 15
_SCAN_PIXELS, _SCAN_DPI = 12_000_000, 300
_DRAWN_PIXELS, _DRAWN_DPI = 6_000_000, 200
#: Shares of the time for OCR that comparing may use.
_SHARE_FOR_DOUBT = 0.5
_MAX_PICTURES = 100
_MIN_PICTURE_SIDE = 8
_MAX_EARLIER = 5
_MAX_APPENDED = 64
_END = b"%%EOF"


def read_pdf(
    content: bytes,
    limits: ReadingLimits,
    *,
    languages: tuple[str, ...] = ("en",),
    read_nested: ReadNested | None = None,
) -> Reading:
    """
    The letter in a PDF, with all that is hidden in it or beside it.

    Raises `Unreadable` (`password_protected`, `damaged`) and `OverLimit`.
    """
    check_size(content, limits)
    gathered = Gathered()
    document = _opened(content)
    try:
        if len(document) > limits.pages:
            raise too_many_pages(limits)
        inventory = take_inventory(content, limits, gathered)
        pages = _Pages(
            document=document,
            inventory=inventory,
            languages=languages,
            limits=limits,
            gathered=gathered,
            clock=Clock(limits),
        )
        for number in range(len(document)):
            pages.read(number)
        _earlier_versions(content, pages.everything, limits, gathered)
    finally:
        document.close()
    _attachments(inventory, gathered, read_nested)
    _around(content, gathered)
    return pages.reading()


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in {
            pdfium_c.FPDF_ERR_PASSWORD,
            pdfium_c.FPDF_ERR_SECURITY,
        }:
            raise password_protected() from None
        raise damaged() from None
    document.init_forms()
    return document


@dataclass(slots=True, kw_only=True)
class _Pages:
    """The pages of one document, as far as they are read."""

    document: pdfium.PdfDocument
    inventory: Inventory
    languages: tuple[str, ...]
    limits: ReadingLimits
    gathered: Gathered
    clock: Clock
    lines: list[PageLines | None] = field(default_factory=list)
    scans: set[int] = field(default_factory=set)
    everything: list[str] = field(default_factory=list, repr=False)
    #: Characters of fonts that OCR has confirmed.
    confirmed: set[tuple[int, str]] = field(default_factory=set, repr=False)
    pictures_left: int = _MAX_PICTURES

    def read(self, number: int) -> None:
        """Read page `number`, from 0."""
        try:
            page = self.document[number]
        except pdfium.PdfiumError:
            raise damaged() from None
        width, height = page.get_size()
        if not 0 < width <= MAX_PAGE_POINTS or not 0 < height <= MAX_PAGE_POINTS:
            raise page_too_large()
        where = f"page {number + 1}"
        self._pictures(page, where)
        seen = see_page(page, has_layers_off=self.inventory.has_layers_off)
        self.everything.append(seen.everything)
        for origin, text in seen.hidden:
            self.gathered.put(text, origin, where)
        if seen.hidden:
            sentence = "The PDF holds text that nobody sees. It is listed and not forwarded."
            self.gathered.warn("hidden_text", sentence)
        agreed = self._second_opinion(seen, number)
        page.close()
        if seen.letters < _LETTERS_OF_A_PAGE and seen.shows_more:
            self._scan(number, where)
            return
        self.lines.append(seen.lines)
        unseen = seen.used - self.confirmed
        if unseen or not agreed or seen.shows_more:
            self._look(seen, number)

    def _second_opinion(self, seen: SeenPage, number: int) -> bool:
        text = second_text(self.inventory.reader, number, self.limits, self.gathered)
        if text is None:
            return False
        self.everything.append(text)
        return compare_extractors(seen.everything, text, number, self.gathered)

    def _scan(self, number: int, where: str) -> None:
        image = self._drawn(number, _SCAN_PIXELS, _SCAN_DPI)
        self.gathered.pictures.append(as_picture(image, f"{where}, as drawn", is_page=True))
        self.scans.add(number)
        self.lines.append(read_page(image, self.languages, self.clock))

    def _look(self, seen: SeenPage, number: int) -> None:
        """Compare the text with OCR of the page as it is drawn, while there is time."""
        if self.clock.seconds_left < self.clock.limits.seconds * (1 - _SHARE_FOR_DOUBT) * 0.5:
            sentence = "Not all pages were compared with what they show. Compare them yourself."
            self.gathered.warn("not_compared", sentence)
            return
        image = self._drawn(number, _DRAWN_PIXELS, _DRAWN_DPI).convert("L")
        try:
            drawn = words_on(image, self.languages, seconds=self.clock.seconds_left)
        except OcrUnavailable:
            sentence = "The text was not compared with what the pages show: there is no OCR here."
            self.gathered.warn("no_ocr", sentence)
            return
        looked = compare_with_drawing(seen.lines.lines, _scaled(drawn, seen.width / image.width))
        tell(looked, number, self.gathered)
        if not looked.otherwise:
            self.confirmed |= seen.used

    def _drawn(self, number: int, pixels: int, dots_per_inch: int) -> Image.Image:
        page = self.document[number]
        drawn = draw(page, pixels=pixels, dots_per_inch=dots_per_inch)
        page.close()
        return Image.fromarray(drawn[:, :, ::-1])

    def _pictures(self, page: pdfium.PdfPage, where: str) -> None:
        for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=12):
            width, height = one.get_px_size()
            if min(width, height) < _MIN_PICTURE_SIDE:
                continue
            check_pixels((width, height), self.limits)
            if self.pictures_left == 0:
                sentence = (
                    f"The PDF holds more than {_MAX_PICTURES} pictures; the rest is not listed."
                )
                self.gathered.warn("many_pictures", sentence)
                return
            self.pictures_left -= 1
            self.gathered.pictures.append(_picture(one, where, width, height))

    def reading(self) -> Reading:
        """All pages together."""
        if not self.scans:
            text, _ = running_text([page for page in self.lines if page is not None])
            return replace(self.gathered.reading(DocumentKind.PDF, text), pages=len(self.lines))
        scanned = scanned_text(self.lines, self.languages, self.gathered, scans=self.scans)
        return replace(
            self.gathered.reading(DocumentKind.PDF, scanned.text),
            unsure=scanned.unsure,
            needs_transcription=scanned.needs_transcription,
            pages=len(self.lines),
        )


def _picture(one: pdfium.PdfImage, where: str, width: int, height: int) -> Picture:
    try:
        bitmap = one.get_bitmap(render=False)
        image = bitmap.to_pil()
        return as_picture(image, where)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (a picture that cannot be shown is listed all the same)
        return Picture(
            where=where, media_type="image/x-unknown", width=width, height=height, content=b""
        )


def _scaled(lines: tuple[Line, ...], factor: float) -> tuple[Line, ...]:
    return tuple(
        Line(words=tuple(_scaled_word(word, factor) for word in line.words)) for line in lines
    )


def _scaled_word(word: Word, factor: float) -> Word:
    return replace(
        word,
        left=word.left * factor,
        top=word.top * factor,
        right=word.right * factor,
        bottom=word.bottom * factor,
    )


def _earlier_versions(
    content: bytes, everything: list[str], limits: ReadingLimits, gathered: Gathered
) -> None:
    """Saving may add to a file and leave what was there: each earlier end is read as a file."""
    ends = _ends(content)[:-1]
    known = set(" ".join(everything).split())
    for number, end in enumerate(ends[-_MAX_EARLIER:], start=1):
        text = _text_of(content[:end], limits)
        new = [word for word in text.split() if word not in known]
        if new:
            gathered.warn("earlier_version", "The PDF still holds an earlier version of its text.")
            gathered.put(" ".join(new), Origin.DELETED, f"earlier version {number}")


def _ends(content: bytes) -> list[int]:
    ends, at = [], content.find(_END)
    while at >= 0:
        ends.append(at + len(_END))
        at = content.find(_END, at + 1)
    return ends


def _text_of(content: bytes, limits: ReadingLimits) -> str:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:
        return ""
    texts = []
    for number in range(min(len(document), limits.pages)):
        try:
            page = document[number]
            texts.append(page.get_textpage().get_text_range())
            page.close()
        except pdfium.PdfiumError:
            continue
    document.close()
    return "\n".join(texts)


def _attachments(inventory: Inventory, gathered: Gathered, read_nested: ReadNested | None) -> None:
    for number, one in enumerate(inventory.attachments, start=1):
        where = f"attachment {number}"
        gathered.put(one.name, Origin.ATTACHMENT, where)
        try:
            if read_nested is None:
                gathered.put(words_of(one.content), Origin.ATTACHMENT, where)
            else:
                gathered.adopt(read_nested(one.content), Origin.ATTACHMENT, where, visible=False)
        except Unreadable as error:
            gathered.warn("attachment_not_read", f"An attached file was not read. {error.sentence}")
            gathered.put(words_of(one.content), Origin.ATTACHMENT, where)


def _around(content: bytes, gathered: Gathered) -> None:
    """What stands before the PDF's first and after its last byte."""
    start, ends = content.find(b"%PDF-"), _ends(content)
    before = content[: max(0, start)]
    after = content[ends[-1] :] if ends else b""
    for piece, where in ((before, "before the PDF"), (after, "after the PDF")):
        if len(piece.strip(b"\x00\r\n\t ")) > _MAX_APPENDED:
            gathered.warn("appended", "The file holds something else beside the PDF.")
            gathered.put(words_of(piece), Origin.EMBEDDED, where)
