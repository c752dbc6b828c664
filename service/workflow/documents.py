"""
What was read from the file of a letter; pure records between store and actions.

Contract: `text`, `passages` and what stands in page images are the sender's words: they are kept
and shown as letter text is. Passages and images are never forwarded.
"""

from dataclasses import dataclass, field

from anonymizer.model import DocumentKind, Passage, Picture, Reading, ReadingWarning, UnsureWord


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPicture:
    """A picture of the file, without its pixels; `page_image` is the number of its image, or 0."""

    where: str
    media_type: str
    width: int
    height: int
    page_image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page of a scan as a person sees it, drawn anew: nothing of the file's own bytes."""

    number: int
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """A `Reading` as it is kept: `text` is what the machine read; see there for the fields."""

    kind: DocumentKind
    text: str = field(repr=False)
    passages: tuple[Passage, ...] = field(default=(), repr=False)
    pictures: tuple[ListedPicture, ...] = ()
    warnings: tuple[ReadingWarning, ...] = ()
    unsure: tuple[UnsureWord, ...] = ()
    needs_transcription: bool = False
    pages: int = 1

    @property
    def is_scan(self) -> bool:
        """True when the text, or some of it, was read from images by OCR."""
        return self.needs_transcription or any(one.code == "scan" for one in self.warnings)

    @property
    def hidden(self) -> int:
        """How many passages nobody sees who opens the file."""
        return sum(not one.visible for one in self.passages)


#: How images begin that we have drawn ourselves; nothing else is ever shown.
_DRAWN = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
#: How the reader of PDF files calls the image of a page without text.
_AS_DRAWN = ", as drawn"


def kept(reading: Reading) -> tuple[FileReading, tuple[PageImage, ...]]:
    """What is kept of a reading: everything but the pixels of pictures that are no pages."""
    listed: list[ListedPicture] = []
    images: list[PageImage] = []
    for one in reading.pictures:
        number = len(images) + 1 if _is_page(reading.kind, one) else 0
        if number:
            images.append(PageImage(number=number, media_type=one.media_type, content=one.content))
        listed.append(
            ListedPicture(
                where=one.where,
                media_type=one.media_type,
                width=one.width,
                height=one.height,
                page_image=number,
            )
        )
    filed = FileReading(
        kind=reading.kind,
        text=reading.text,
        passages=reading.passages,
        pictures=tuple(listed),
        warnings=reading.warnings,
        unsure=reading.unsure,
        needs_transcription=reading.needs_transcription,
        pages=reading.pages,
    )
    return filed, tuple(images)


def _is_page(kind: DocumentKind, picture: Picture) -> bool:
    start = _DRAWN.get(picture.media_type)
    is_page = kind is DocumentKind.IMAGE or picture.where.endswith(_AS_DRAWN)
    return is_page and start is not None and picture.content.startswith(start)
