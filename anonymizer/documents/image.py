"""
Scans and photographs: PNG, JPEG and TIFF with one page or many.

The image is listed for a person to look at, written anew without what its camera told; it is
never forwarded. What the file tells besides its pixels is kept as passages.
"""

from dataclasses import replace

from anonymizer.documents.gathering import Gathered
from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.documents.lines import PageLines
from anonymizer.documents.raster import OpenPicture, as_picture, open_picture, words_of
from anonymizer.documents.scan import Clock, read_page, scanned_text
from anonymizer.model import DocumentKind, Origin, Reading


def read_image(
    content: bytes, limits: ReadingLimits, *, languages: tuple[str, ...] = ("en",)
) -> Reading:
    """
    The letter on some page images, by OCR in `languages` (ISO 639-1).

    Raises `Unreadable` (`damaged`) and `OverLimit` (pixels, pages).
    """
    check_size(content, limits)
    picture = open_picture(content, limits)
    gathered, clock = Gathered(), Clock(limits)
    pages: list[PageLines | None] = []
    for number, image in enumerate(picture.pages(), start=1):
        gathered.pictures.append(as_picture(image, f"page {number}", is_page=True))
        pages.append(read_page(image, languages, clock))
    _keep_rest(picture, gathered)
    scanned = scanned_text(pages, languages, gathered)
    return replace(
        gathered.reading(DocumentKind.IMAGE, scanned.text),
        unsure=scanned.unsure,
        needs_transcription=scanned.needs_transcription,
        pages=len(pages),
    )


def _keep_rest(picture: OpenPicture, gathered: Gathered) -> None:
    """Everything besides the pixels, once they are decoded: text may follow them."""
    after = picture.properties_now()
    gathered.put_lines(after, Origin.PROPERTY, "picture")
    if any("GPS" in line for line in after):
        gathered.warn("place_in_picture", "The picture's file tells where it was taken.")
    if picture.appended:
        gathered.put(words_of(picture.appended), Origin.EMBEDDED, "after the picture")
        gathered.warn("appended", "The file holds something else after the picture.")
    if picture.image.format == "PNG" and picture.pages_count > 1:
        gathered.warn("animated", "The picture moves: each of its frames was read as a page.")
