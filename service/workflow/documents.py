"""
What was read from the file of a letter; pure records between store and actions.

Contract: `text`, `passages` and what stands in page images are the sender's words: they are kept
and shown as letter text is. Passages and images are never forwarded.
"""

from dataclasses import dataclass, field

from anonymizer.model import (
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    UnsureWord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPicture:
    """
    A picture of the file, without its pixels; `page_image` is the number of its image, or 0.

    `is_page` is True for a page of the letter; any other picture may go with the letter when the
    rules and a person let it.
    """

    where: str
    media_type: str
    width: int
    height: int
    page_image: int = 0
    is_page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page or picture as a person sees it, drawn anew: nothing of the file's own bytes."""

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

    @property
    def to_be_seen(self) -> tuple[Passage, ...]:
        """
        What is hidden in the file and has to be looked at before the letter is approved.

        Every mail has headers and every office file has properties: they are listed, and
        demanding a look at each of them would teach people not to look.
        """
        routine = {Origin.PROPERTY, Origin.MAIL_HEADER, Origin.LINK_TARGET}
        return tuple(one for one in self.passages if not one.visible and one.origin not in routine)

    @property
    def must_be_seen(self) -> bool:
        """True when a person has to say that warnings and hidden passages were looked at."""
        return bool(self.warnings or self.to_be_seen)


#: How images begin that we have drawn ourselves; nothing else is ever shown.
_DRAWN = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def kept(reading: Reading) -> tuple[FileReading, tuple[PageImage, ...]]:
    """What is kept of a reading: everything but pictures that we have not drawn ourselves."""
    listed: list[ListedPicture] = []
    images: list[PageImage] = []
    for one in reading.pictures:
        number = len(images) + 1 if _is_drawn(one) else 0
        if number:
            images.append(PageImage(number=number, media_type=one.media_type, content=one.content))
        listed.append(
            ListedPicture(
                where=one.where,
                media_type=one.media_type,
                width=one.width,
                height=one.height,
                page_image=number,
                is_page=one.is_page,
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


def _is_drawn(picture: Picture) -> bool:
    start = _DRAWN.get(picture.media_type)
    return picture.drawn and start is not None and picture.content.startswith(start)
