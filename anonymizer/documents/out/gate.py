"""
The release gate: is this file the approved text, the whole of it and nothing else? Pure.

It works on the final bytes and believes nothing about how they were made: two tools extract the
text again, everything besides the text must be what the template puts into every letter, and
every known identifier is searched in the bytes as they are, unpacked, in UTF-16 and in base64.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from io import BytesIO
from unicodedata import normalize

import re2

from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.out.letter import build_letter
from anonymizer.documents.out.search import Problem, needles_of, stands_in
from anonymizer.documents.out.template import LetterTemplate
from anonymizer.documents.reader import read_document
from anonymizer.documents.text import read_plain
from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind, KnownIdentifier, OutgoingFormat, Reading

_KINDS = {
    OutgoingFormat.TXT: DocumentKind.TEXT,
    OutgoingFormat.DOCX: DocumentKind.DOCX,
    OutgoingFormat.PDF: DocumentKind.PDF,
}
#: What a reader may say about a file that is as it should be; OCR is not run here.
_EXPECTED = frozenset({"no_ocr", "not_compared"})
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufe0e\ufe0f"))
#: Joined letters as letters: the same words, in a PDF drawn so.
_LETTERS = {
    ord(one): normalize("NFKC", one) for one in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
}
#: Every sign that only keeps words apart; `\s` alone knows those of ASCII.
_BLANK = re2.compile(r"[\s\x0b\x{85}\p{Z}]+")
#: Readers of PDF files join a line that ends with a hyphen to the next one.
_AFTER_HYPHEN = re2.compile("([-\u2010\u2011]) ")
#: Letters of a word from which a page may have to break it.
_LONG_WORD = 40
_LIMITS = ReadingLimits()
_STREAM = re2.compile(rb"stream\r?\n")
_RUN = re2.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(<w:p[ >/])|(<w:tab/>)")


def check_outgoing(
    content: bytes,
    approved_text: str,
    known: Sequence[KnownIdentifier],
    *,
    form: OutgoingFormat,
    template: LetterTemplate,
    language: str,
) -> tuple[Problem, ...]:
    """
    What is wrong with an outgoing file; empty when it may leave. Never raises.

    Texts are compared with every run of white space as one space, with none after a hyphen, and
    without any white space where the text has words that are longer than a line; joiners that
    nobody sees do not count, and joined letters (U+FB00 to U+FB06) are their letters.
    """
    gate = _Gate(form=form, template=template, language=language, known=tuple(known))
    # Each by itself: what one of them stumbles over must not spare the file the other.
    found = (
        _guarded(lambda: gate.in_text(content, approved_text)),
        _guarded(lambda: gate.in_bytes(content)),
    )
    return tuple(dict.fromkeys(problem for problems in found for problem in problems))


def _guarded(check: Callable[[], Iterator[Problem]]) -> tuple[Problem, ...]:
    try:
        return tuple(check())
    except Exception:  # noqa: BLE001 (whatever it is: a file that cannot be checked stays here)
        return (_problem("not_checked", "The outgoing file could not be checked."),)


def _problem(code: str, sentence: str) -> Problem:
    return Problem(code=code, sentence=sentence)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gate:
    """What every check needs besides the file."""

    form: OutgoingFormat
    template: LetterTemplate
    language: str
    known: tuple[KnownIdentifier, ...] = field(repr=False)

    def in_text(self, content: bytes, approved: str) -> Iterator[Problem]:
        """What is wrong with the text, and what stands beside it."""
        try:
            reading = _read(content, self.form)
        except Unreadable:
            yield _problem("unreadable", "The outgoing file cannot be read again.")
            return
        if reading.kind != _KINDS[self.form]:
            yield _problem("wrong_kind", "The outgoing file is not of the format asked for.")
            return
        texts = (reading.text, _second_text(content, self.form))
        if not all(_is_same(text, approved) for text in texts):
            sentence = "The outgoing file does not hold exactly the approved text."
            yield _problem("text_differs", sentence)
        if any(stands_in(one.value, text) for one in self.known for text in texts):
            yield _problem("known_identifier", "The outgoing text holds a known identifier.")
        yield from self._beside(reading)

    def _beside(self, reading: Reading) -> Iterator[Problem]:
        """Whatever a file holds besides its text, compared with a letter without a word."""
        if reading.pictures:
            yield _problem("picture", "The outgoing file holds a picture.")
        if {warning.code for warning in reading.warnings} - _EXPECTED:
            yield _problem("warning", "The outgoing file holds more than a letter.")
        usual = _usual_passages(self.form, self.template, self.language)
        if {(one.origin, one.text) for one in reading.passages} - usual:
            sentence = "The outgoing file holds more than the text and the template."
            yield _problem("metadata", sentence)

    def in_bytes(self, content: bytes) -> Iterator[Problem]:
        """Every way in which a known identifier may stand in the bytes."""
        usual = _usual_bytes(self.form, self.template, self.language)
        views = tuple(_views(content, self.form))
        for one in self.known:
            needles = (n for n in needles_of(one.value) if not _in_any(n, usual))
            if any(_in_any(needle, views) for needle in needles):
                sentence = "The outgoing file holds a known identifier."
                yield _problem("known_identifier_in_bytes", sentence)


def _read(content: bytes, form: OutgoingFormat) -> Reading:
    if form is OutgoingFormat.TXT:
        return read_plain(content, _LIMITS)  # it may begin like a mail and is none
    # No language: what OCR would compare, the equal texts and the fixed font settle.
    return read_document(content, languages=(), limits=_LIMITS)


@cache
def _empty_letter(form: OutgoingFormat, template: LetterTemplate, language: str) -> bytes:
    # A file without a word would be refused as empty.
    return build_letter("-", form=form, template=template, language=language)


@cache
def _usual_passages(
    form: OutgoingFormat, template: LetterTemplate, language: str
) -> frozenset[tuple[object, str]]:
    reading = _read(_empty_letter(form, template, language), form)
    return frozenset((one.origin, one.text) for one in reading.passages)


@cache
def _usual_bytes(
    form: OutgoingFormat, template: LetterTemplate, language: str
) -> tuple[bytes, ...]:
    """What stands in every file of a format: "Page" is a name too."""
    return tuple(_views(_empty_letter(form, template, language), form))


def _second_text(content: bytes, form: OutgoingFormat) -> str:
    """The text by a tool that shares no code with the reader of the format."""
    match form:
        case OutgoingFormat.TXT:
            return str(content, "utf-8")
        case OutgoingFormat.DOCX:
            return _second_docx(content)
        case OutgoingFormat.PDF:
            from pypdf import PdfReader  # noqa: PLC0415 (only for PDF)

            return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def _second_docx(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    pieces = (
        unescape(text) if text else "\n" if paragraph else "\t" if tab else ""
        for text, paragraph, tab in _RUN.findall(xml)
    )
    return "".join(pieces)


def _is_same(found: str, approved: str) -> bool:
    one, other = _compared(found), _compared(approved)
    if one == other:
        return True
    has_long_words = any(len(word) > _LONG_WORD for word in other.split(" "))
    return has_long_words and one.replace(" ", "") == other.replace(" ", "")


def _compared(text: str) -> str:
    """The text without what a page may change: only white space and how letters are joined."""
    words = normalize("NFC", text.translate(_UNSEEN).translate(_LETTERS))
    return str(_AFTER_HYPHEN.sub(r"\1", _BLANK.sub(" ", words))).strip()


def _views(content: bytes, form: OutgoingFormat) -> Iterator[bytes]:
    """The bytes as they are and everything in them unpacked, in lower case."""
    yield content.lower()
    yield content
    for piece in _unpacked(content, form):
        yield piece.lower()
        yield piece


def _unpacked(content: bytes, form: OutgoingFormat) -> Iterator[bytes]:
    if form is OutgoingFormat.DOCX:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif form is OutgoingFormat.PDF:
        for start in _STREAM.finditer(content):
            inflater = zlib.decompressobj()
            try:
                yield inflater.decompress(content[start.end() :], _LIMITS.unpacked_bytes)
            except zlib.error:
                continue


def _in_any(needle: bytes, views: Sequence[bytes]) -> bool:
    return any(needle in view for view in views)
