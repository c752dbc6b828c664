"""
The parts of a mail: their bytes, their text, their header fields, whatever a sender made of them.

Python's `email` package parses; it raises a dozen kinds of errors where headers are nonsense, so
every value is asked for here and nowhere else.
"""

import email
import email.policy
from collections.abc import Callable, Iterator
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import Message
from functools import partial
from typing import TypeVar

import re2

from anonymizer.documents.archive import damaged
from anonymizer.documents.text import read_text
from anonymizer.errors import Unreadable

#: Longer header fields are kept as they are: decoding them takes time for nothing.
_MAX_HEADER = 10_000
_TORN = (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
_ENCODINGS = frozenset(
    "7bit 8bit binary base64 quoted-printable x-uuencode uuencode uue x-uue".split()
)
#: Names that mail programs use for character sets that Python calls otherwise.
_CHARSETS = {
    # Mail programs and browsers mean Windows' set by these names (WHATWG Encoding Standard).
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
}
#: Files within the text, from before there were attachments.
_INLINE_FILE = re2.compile(r"(?m)^(?:begin [0-7]{3,4} \S.*\r?\nM|=ybegin )")

Got = TypeVar("Got")
Other = TypeVar("Other")


def parse_mail(content: bytes) -> "Message[str, str]":
    """The mail as Python's parser understands it; it never refuses."""
    # A byte order mark before the first header would make a body of all headers.
    return email.message_from_bytes(
        content.removeprefix(b"\xef\xbb\xbf"), policy=email.policy.default
    )


def guarded(ask: Callable[[], Got], otherwise: Other) -> Got | Other:
    """What `ask` says, or `otherwise` where the parser of headers stumbles over nonsense."""
    try:
        return ask()
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 (KeyError, IndexError, AttributeError … for nonsense)
        return otherwise


def content_type(part: "Message[str, str]") -> str:
    """Such as `text/plain`, in lower case."""
    return guarded(part.get_content_type, "application/octet-stream")


def file_name(part: "Message[str, str]") -> str:
    """The name of an attachment, which the sender chose; empty without one."""
    return str(guarded(part.get_filename, None) or "")


def is_attachment(part: "Message[str, str]") -> bool:
    """True for a part that mail programs show as a file."""
    disposition = guarded(part.get_content_disposition, "attachment")
    return disposition == "attachment" or bool(file_name(part))


def parts_within(part: "Message[str, str]") -> list["Message[str, str]"]:
    """The parts of a multipart; empty for one that is none."""
    payload = guarded(part.get_payload, None)
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def check_whole(part: "Message[str, str]") -> None:
    """`damaged` when the part was cut off or its encoding is torn."""
    if any(isinstance(defect, _TORN) for defect in part.defects):
        raise damaged()


def part_bytes(part: "Message[str, str]") -> bytes:
    """The decoded bytes of a part. `damaged` when their encoding is unknown or torn."""
    encoding = str(guarded(lambda: part.get("content-transfer-encoding"), None) or "7bit")
    if encoding.strip().lower() not in _ENCODINGS:
        raise damaged()
    payload = guarded(lambda: part.get_payload(decode=True), None)
    check_whole(part)
    if not isinstance(payload, bytes):
        raise damaged()
    return payload


def part_text(part: "Message[str, str]") -> str:
    """
    The text of a part in the character set that it names.

    Nothing is guessed: `unknown_charset`, `undecodable_text` and the like hold the mail.
    """
    data = part_bytes(part)
    if not data.strip():
        return ""
    named = str(guarded(part.get_content_charset, "unknown") or "")
    # ASCII is what programs write that say nothing; UTF-8 is told by its bytes.
    charset = None if named in {"", "us-ascii", "ascii", "utf-8"} else _CHARSETS.get(named, named)
    text = _decoded(data, charset)
    if _INLINE_FILE.search(text):
        sentence = "The mail has a file inside its text, in an old encoding. Ask for an attachment."
        raise Unreadable(code="inline_file", sentence=sentence)
    return text


def _decoded(data: bytes, charset: str | None) -> str:
    if charset == "cp1252":
        # Five bytes have no letter in it; they are control characters in ISO 8859-1.
        data_charset = "latin-1" if _has_gap_of_cp1252(data) else charset
        return read_text(data, charset=data_charset)
    try:
        return read_text(data, charset=charset)
    except Unreadable as error:
        if error.code == "empty":
            return ""
        if charset is None and error.code == "undecodable_text":
            raise Unreadable(
                code="unknown_charset",
                sentence="The mail does not tell its character set. Ask for it as PDF.",
            ) from None
        raise


def _has_gap_of_cp1252(data: bytes) -> bool:
    return any(one in data for one in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))


def header_fields(part: "Message[str, str]") -> Iterator[tuple[str, str]]:
    """Name and decoded value of every header field, in their order."""
    for name, raw in part.raw_items():
        value = _readable(str(raw))
        if len(value) <= _MAX_HEADER:
            value = guarded(partial(_parsed, part, str(name), value), value)
        yield str(name), _readable(value)


def _parsed(part: "Message[str, str]", name: str, value: str) -> str:
    return str(part.policy.header_fetch_parse(name, value))


def _readable(value: str) -> str:
    """Bytes that were no ASCII stand in surrogates; UTF-8 is tried, then the bytes as they are."""
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
