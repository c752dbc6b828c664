"""
What kind of document some bytes are: decided by their content, never by the name of a file.

What is no letter, or a letter in a format that we do not read, is refused with a sentence that
tells a proofreader what to ask the writer for.
"""

import re2

from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind

_ASK = "Ask the writer for the letter as PDF, as .docx or as plain text."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF_WITHIN = 1024
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
#: How formats that we do not read begin, and what they are called.
_UNREAD = (
    (b"{\\rtf", "a rich-text file (RTF)"),
    (b"GIF8", "a picture of a kind we do not read (GIF)"),
    (b"BM", "a picture of a kind we do not read (BMP)"),
    (b"RIFF", "a picture, sound or film of a kind we do not read"),
    (b"8BPS", "a picture of a kind we do not read (PSD)"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file"),
    (b"Rar!\x1a\x07", "a compressed file"),
    (b"\xfd7zXZ\x00", "a compressed file"),
    (b"\xdb\xa5-", "a Word file of the nineties"),
    (b"\xffWPC", "a WordPerfect file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_TNEF = b"\x78\x9f\x3e\x22"
#: Header names that machines write; a letter does not begin with one of them.
_MACHINE_HEADERS = frozenset(
    "received return-path delivered-to message-id mime-version content-type dkim-signature "
    "content-transfer-encoding x-mailer user-agent arc-seal envelope-to x-originating-ip".split()
)
_HEADER_START = re2.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:>?From [^\r\n]*\r?\n)?((?:[!-9;-~]+[ \t]*:)[\s\S]*)"
)
_HEADER_NAME = re2.compile(rb"^([!-9;-~]+)[ \t]*:")
_HTML = re2.compile(
    rb"(?i)\A(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]{0,500}?-->\s*)?<(?:!doctype\s+html|html[\s>])"
)
_XML = re2.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml\s")


def kind_of(content: bytes) -> DocumentKind:
    """
    The kind of the document.

    Raises `Unreadable`: `empty`, `password_protected`, `winmail`, `unknown_format`.
    Plain text is what is nothing else; whether it is text at all is for its reader to say.
    """
    if not content.strip(b" \t\r\n\x00"):
        raise Unreadable(
            code="empty", sentence="The file is empty. Ask the writer to send it again."
        )
    if content.startswith(_ZIP):
        return _kind_of_zip(content)
    if content.startswith(_OLE):
        raise _old_office(content)
    if content.startswith(_IMAGES):
        return DocumentKind.IMAGE
    _refuse_unread(content)
    if b"%PDF-" in content[:_PDF_WITHIN] or content.startswith(b"%PDF"):
        return DocumentKind.PDF
    return DocumentKind.MAIL if is_mail(content) else DocumentKind.TEXT


def unread_format(name: str) -> Unreadable:
    """The error for a format that we do not read, called `name`."""
    return Unreadable(code="unknown_format", sentence=f"The file is {name}. {_ASK}")


def is_mail(content: bytes) -> bool:
    """True when the bytes begin with headers of a mail, one of them from a machine."""
    start = _HEADER_START.match(content[:100_000])
    if start is None:
        return False
    names = _header_names(start.group(1))
    machines = len(names & _MACHINE_HEADERS)
    people = len(names & {b.decode() for b in (b"from", b"to", b"subject", b"date", b"cc")})
    return machines >= 2 or (machines >= 1 and people >= 1) or {"from", "date", "subject"} <= names


def _header_names(head: bytes) -> set[str]:
    """The names of the header fields up to the first line that is none."""
    names: set[str] = set()
    for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line.startswith((b" ", b"\t")) and names:
            continue
        name = _HEADER_NAME.match(line)
        if name is None:
            break
        names.add(name.group(1).decode("ascii").lower())
    return names


def _kind_of_zip(content: bytes) -> DocumentKind:
    """By the names in the archive: they stand uncompressed in its bytes."""
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in content[:200]:
        return DocumentKind.ODT
    if b"word/" in content or b"[Content_Types].xml" in content:
        return _kind_of_office(content)
    if b"content.xml" in content and b"META-INF/manifest.xml" in content:
        return DocumentKind.ODT
    if b".iwa" in content or b"buildVersionHistory.plist" in content:
        raise unread_format(name="an Apple Pages document")
    raise unread_format(name="a ZIP archive, not a letter")


def _kind_of_office(content: bytes) -> DocumentKind:
    for folder, name in (
        (b"xl/workbook", "an Excel file"),
        (b"ppt/presentation", "a PowerPoint file"),
    ):
        if folder in content and b"word/document" not in content:
            raise unread_format(name)
    return DocumentKind.DOCX


def _old_office(content: bytes) -> Unreadable:
    """Names in such files stand in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return password_protected()
    if "__substg1.0_".encode("utf-16-le") in content:
        sentence = "The file is a mail as Outlook saves it (.msg). Ask for it as .eml or as PDF."
        return Unreadable(code="unknown_format", sentence=sentence)
    return unread_format(name="an old Word or Office file (.doc)")


def password_protected() -> Unreadable:
    """The error for a document that opens only with a password."""
    sentence = "The file is protected with a password. Ask the writer for it without one."
    return Unreadable(code="password_protected", sentence=sentence)


def _refuse_unread(content: bytes) -> None:
    for start, name in _UNREAD:
        # Two letters are few: a picture has zero bytes soon, a letter that begins so has none.
        if content.startswith(start) and (len(start) > 2 or b"\x00" in content[:64]):
            raise unread_format(name)
    if content.startswith(_TNEF):
        raise winmail()
    if content[4:8] == b"ftyp":
        raise unread_format(name="a picture or film of a kind we do not read (such as HEIC)")
    if _HTML.match(content):
        raise unread_format(name="a web page (HTML)")
    if _XML.match(content):
        raise unread_format(name="an XML file")


def winmail() -> Unreadable:
    """The error for Outlook's own wrapping of a mail."""
    sentence = (
        "The letter is wrapped in a file that only Outlook reads (winmail.dat). "
        "Ask the writer to send it as plain text or as PDF."
    )
    return Unreadable(code="winmail", sentence=sentence)
