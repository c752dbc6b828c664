"""
What was read from a document: the letter, and everything else that stood in the file.

`Reading.text` is what a reader sees as the letter and what would go on through the pipeline.
Whatever else the file held is a `Passage` or a `Picture`: it is shown to the proofreader and
never forwarded, so nothing of the file is lost and nothing of it passes unseen.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a file is, decided by its content."""

    TEXT = "text"
    MAIL = "mail"
    DOCX = "docx"
    ODT = "odt"
    PDF = "pdf"
    IMAGE = "image"


class Origin(StrEnum):
    """The place in a document that a passage comes from."""

    BODY = "body"
    TABLE = "table"
    TEXT_BOX = "text_box"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"
    COMMENT = "comment"
    INSERTED = "inserted"
    DELETED = "deleted"
    FIELD = "field"
    CONTENT_CONTROL = "content_control"
    HIDDEN_TEXT = "hidden_text"
    WHITE_TEXT = "white_text"
    TINY_TEXT = "tiny_text"
    OFF_PAGE = "off_page"
    COVERED = "covered"
    INVISIBLE = "invisible"
    ANNOTATION = "annotation"
    FORM_FIELD = "form_field"
    PROPERTY = "property"
    ALT_TEXT = "alt_text"
    LINK_TARGET = "link_target"
    QUOTED = "quoted"
    SIGNATURE_BLOCK = "signature_block"
    MAIL_HEADER = "mail_header"
    ALTERNATIVE = "alternative"
    ATTACHMENT = "attachment"
    EMBEDDED = "embedded"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """
    Text of the file that is not part of the letter and is not forwarded.

    `visible` tells whether a person who opens the file sees it. `where` names the place in the
    file ("page 2", "word/comments.xml", "part 3"), never a word that the sender chose.
    """

    text: str = field(repr=False)
    origin: Origin
    visible: bool
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """
    A picture of the file; `width` and `height` in pixels, 0 where they are not known.

    `drawn` is True when the pixels were written anew, so that `content` has no byte of the file.
    `is_page` is True for a page of the letter, which is typed or read and never forwarded.
    """

    where: str
    media_type: str
    width: int
    height: int
    content: bytes = field(repr=False)
    drawn: bool = False
    is_page: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A part of a picture that is painted over; pixels, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingWarning:
    """Something a proofreader must know about the file; the sentence holds no letter text."""

    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsureWord:
    """A word of `Reading.text` that was not read with certainty; confidence from 0 to 1."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    r"""
    One document as it was read.

    `text` is NFC with `\n` line ends; offsets are code points, the end is exclusive. With
    `needs_transcription` a person must type the letter before anything else happens to it.
    """

    kind: DocumentKind
    text: str = field(repr=False)
    passages: tuple[Passage, ...] = ()
    pictures: tuple[Picture, ...] = ()
    warnings: tuple[ReadingWarning, ...] = ()
    unsure: tuple[UnsureWord, ...] = ()
    needs_transcription: bool = False
    pages: int = 1
