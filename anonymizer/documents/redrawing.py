"""
Pictures of a file written anew: as a person looks at them, and as one may leave with boxes on it.

What comes out is pixels and nothing else: no properties, no preview, no colour profile, no byte
of the picture that came in. A box is painted before the pixels are packed: nothing is under it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PIL import Image, ImageDraw

from anonymizer.documents.archive import damaged
from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.documents.lines import running_text
from anonymizer.documents.raster import as_picture, open_picture
from anonymizer.documents.scan import Clock, read_page
from anonymizer.errors import Unreadable
from anonymizer.model import Box, DocumentKind, Picture, Reading

#: Pixels of all pictures together that are drawn for one document: about ten photographs.
_DRAWN_PIXELS = 120_000_000
_MOST_DRAWN = 40
#: A JPEG smears what it shows within such a square: boxes are widened to whole ones.
_SQUARE = 16


def with_drawn_pictures(reading: Reading, limits: ReadingLimits) -> Reading:
    """The reading with its pictures written anew, where they can be; others stay as they are."""
    return replace(reading, pictures=tuple(_drawn(reading.pictures, limits)))


def _drawn(pictures: Sequence[Picture], limits: ReadingLimits) -> Iterator[Picture]:
    pixels, count = _DRAWN_PIXELS, _MOST_DRAWN
    for one in pictures:
        if one.drawn or count == 0 or not 0 < one.width * one.height <= pixels:
            yield one
            continue
        count -= 1
        pixels -= one.width * one.height
        try:
            image = next(open_picture(one.content, limits).pages())
            yield as_picture(image, one.where, is_page=one.is_page)
        except (Unreadable, MemoryError):  # it is listed, and nobody is shown it
            yield one


def redraw(
    content: bytes, boxes: Sequence[Box], limits: ReadingLimits, *, languages: tuple[str, ...]
) -> Reading:
    """
    The picture with the boxes painted over, and the words that OCR reads in it then.

    `pictures` holds the one that may leave, `text` its words; `needs_transcription` is True when
    OCR could say nothing. Raises `Unreadable` (`damaged`, `box_outside`) and `OverLimit`.
    """
    check_size(content, limits)
    picture = open_picture(content, limits)
    if picture.pages_count != 1:
        raise damaged()
    image = next(picture.pages())
    for box in boxes:
        _paint(image, box)
    drawn = as_picture(image, "picture")
    # the bytes that leave are read, not the image that they were made of
    seen = next(open_picture(drawn.content, limits).pages())
    page = read_page(seen, languages, Clock(limits))
    return Reading(
        kind=DocumentKind.IMAGE,
        text="" if page is None else running_text([page])[0],
        pictures=(drawn,),
        needs_transcription=page is None,
    )


def _paint(image: Image.Image, box: Box) -> None:
    inside = 0 <= box.left < box.right <= image.width and 0 <= box.top < box.bottom <= image.height
    if not inside:
        raise Unreadable(code="box_outside", sentence="A box does not lie within the picture.")
    left, top = (edge // _SQUARE * _SQUARE for edge in (box.left, box.top))
    right, bottom = (-(-edge // _SQUARE) * _SQUARE for edge in (box.right, box.bottom))
    # the last pixel that is named is painted too
    area = (left, top, min(right, image.width) - 1, min(bottom, image.height) - 1)
    ImageDraw.Draw(image).rectangle(area, fill=0 if image.mode == "L" else (0, 0, 0))
