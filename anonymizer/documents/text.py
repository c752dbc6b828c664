"""
Plain text: bytes to text, or a clear refusal.

UTF-8, with or without BOM; UTF-16 and UTF-32 by their BOM, UTF-16 also by its pattern of zero
bytes; and, only when the caller names it, another charset. Nothing is dropped: a byte that is not
text of the encoding refuses the file. One thing is guessed, for a plain-text file only: what is no
UTF-8 anywhere and every byte of which is a character of Windows-1252 is read as that, with a
warning that a person has to have seen before the letter is approved.
"""

import codecs
from unicodedata import category

from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind, Reading, ReadingWarning, normalize_text

MAX_BYTES = 10_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Python calls these text encodings; no mail or letter is written in them.
_NO_CHARSETS = frozenset(
    "idna punycode unicode_escape raw_unicode_escape undefined mbcs oem palmos".split()
)
#: How other kinds of file begin, for a message that helps.
_SIGNATURES = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a Word, OpenDocument or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"GIF8", "a picture (GIF)"),
    (b"{\\rtf", "a rich-text file"),
    (b"\x1f\x8b", "a compressed file"),
)


def read_plain(content: bytes, limits: ReadingLimits) -> Reading:
    """
    A plain-text file as a reading: the text is all there is.

    Raises `Unreadable` as `read_text` does, `OverLimit` for more bytes than the limits allow.
    """
    check_size(content, limits)
    try:
        return Reading(kind=DocumentKind.TEXT, text=normalize_text(read_text(content)))
    except Unreadable as refused:
        text = _windows_text(content) if refused.code == "undecodable_text" else None
        if text is None:
            raise
    sentence = (
        "The file does not say how its characters are written; it was read as an old Windows file. "
        "Look whether the letters with accents and umlauts are right."
    )
    warning = ReadingWarning(code="guessed_encoding", sentence=sentence)
    return Reading(kind=DocumentKind.TEXT, text=normalize_text(text), warnings=(warning,))


def read_text(data: bytes, *, charset: str | None = None) -> str:
    """
    The text of a plain-text file.

    Raises `Unreadable`, with a sentence for the person who sent it, when the bytes are empty,
    too many, another kind of file, or not text in the encoding.
    """
    if not data.strip():
        message = "The file is empty."
        raise Unreadable(code="empty", sentence=message)
    if len(data) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
        raise Unreadable(code="too_long", sentence=message)
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            message = f"The file is {name}, not plain text."
            raise Unreadable(code="unknown_format", sentence=message)
    text = _decoded(data, charset or _encoding(data))
    if not text.strip("\ufeff \t\r\n"):
        message = "The file is empty."
        raise Unreadable(code="empty", sentence=message)
    if _is_binary(text):
        message = "The file is not plain text: it holds control characters or no readable text."
        raise Unreadable(code="binary", sentence=message)
    return text


def _windows_text(data: bytes) -> str | None:
    """The text where all of it is Windows-1252; None for damaged UTF-8 and whatever else it is."""
    # a character of several bytes in UTF-8: old Windows text has nearly never such a pair of signs
    if not data.decode("utf-8", "ignore").isascii():
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    is_binary = any(category(one) == "Cc" and one not in "\t\n\r\f" for one in text)
    return None if is_binary else text


def _encoding(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    # Latin text in UTF-16 has a zero byte in nearly every second place.
    sample = data[:2000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) * 0.35 and even < len(sample) * 0.05:
        return "utf-16-le"
    if even > len(sample) * 0.35 and odd < len(sample) * 0.05:
        return "utf-16-be"
    return "utf-8"


def _decoded(data: bytes, encoding: str) -> str:
    try:
        no_charset = codecs.lookup(encoding).name.replace("-", "_") in _NO_CHARSETS
        return data.decode("undefined" if no_charset else encoding)
    except UnicodeDecodeError:
        message = "The file is not text in UTF-8 or UTF-16. Save it as UTF-8 and try again."
        raise Unreadable(code="undecodable_text", sentence=message) from None
    except (LookupError, ValueError):  # the name of the character set comes from outside
        message = "The declared character set is not known."
        raise Unreadable(code="unknown_charset", sentence=message) from None


def _is_binary(text: str) -> bool:
    controls = sum(one < " " and one not in "\t\n\r\f" for one in text)
    return "\x00" in text or controls > max(2, len(text) // 200)
