"""Malformed and hostile files: each is read or refused with a reason, and nothing else happens."""

import resource
from collections.abc import Callable

import pytest

from anonymizer.documents import ReadingLimits, read_document, read_in_child
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import Reading
from tests.documents.hidden_places import DOCX_HIDDEN, MAIL_HIDDEN, ODT_HIDDEN
from tests.documents.hostile_archives import LETTER, hostile_archives
from tests.documents.hostile_mail import hostile_mail
from tests.documents.hostile_office import hostile_office, hostile_xml

FILES: dict[str, bytes] = {
    **{f"archive: {name}": data for name, data in hostile_archives().items()},
    **{f"XML: {name}": data for name, data in hostile_xml().items()},
    **{f"office: {name}": data for name, data in hostile_office().items()},
    **{f"mail: {name}": data for name, data in hostile_mail().items()},
    "empty": b"",
    "blanks": b" \r\n\t",
    "zero bytes": b"\x00" * 1_000,
    "26 MB": b"a" * 26_000_000,
}
#: Files that must be refused for a reason that names it.
CODES = {
    "archive: flat bomb": "over_limit_ratio",
    "archive: overlap": "damaged",
    "archive: overlap of many": "over_limit_unpacked_bytes",
    "archive: quoted overlap": "damaged",
    "archive: encrypted entry": "password_protected",
    "archive: 3,000 entries": "over_limit_archive_entries",
    "archive: nested forty deep": "over_limit_nesting",
    "XML: external file": "unsafe_xml",
    "XML: billion laughs": "unsafe_xml",
    "XML: DTD in UTF-16": "unsafe_xml",
    "XML: text of 200 MB": "over_limit_ratio",
    "XML: 10,000 tables deep": "damaged",
    "office: encrypted Word file": "password_protected",
    "office: ODT with a password": "password_protected",
    "office: old Word file": "unknown_format",
    "office: rich text": "unknown_format",
    "office: no text": "no_text",
    "mail: 10,000 parts": "over_limit_mime_parts",
    "mail: mails 200 deep": "over_limit_nesting",
    "mail: cut before its end": "damaged",
    "mail: unknown charset": "unknown_charset",
    "mail: wrong charset": "unknown_charset",
    "mail: encrypted with S/MIME": "encrypted_mail",
    "mail: PGP in the text": "encrypted_mail",
    "mail: winmail.dat": "winmail",
    "mail: several attachments, no text": "several_letters",
    "empty": "empty",
    "26 MB": "over_limit_document_bytes",
}
LIMITS = ReadingLimits(seconds=40)


def _outcome(read: Callable[[], Reading]) -> Reading | Unreadable:
    try:
        return read()
    except Unreadable as error:
        return error


def test_there_are_enough_files() -> None:
    """The number that the documentation states, truncated ones not counted."""
    assert len(FILES) >= 150


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hostile_file_is_read_or_refused(name: str) -> None:
    """In the child process: no other exception, no crash, no more memory than allowed."""
    found = _outcome(lambda: read_in_child(FILES[name], limits=LIMITS))
    code = found.code if isinstance(found, Unreadable) else "read"
    assert code != "reader_failed"
    assert CODES.get(name, code) == code
    assert isinstance(found, OverLimit) == code.startswith("over_limit")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < LIMITS.memory_bytes


WHOLE = {
    "docx": LETTER,
    "odt": ODT_HIDDEN["annotation"],
    "eml": MAIL_HIDDEN["comment in an attached Word file"],
    "docx with parts": DOCX_HIDDEN["document in the document"],
}


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_file_cut_anywhere_is_never_half_read(name: str) -> None:
    """A file that was half uploaded is refused."""
    data = WHOLE[name]
    # Before that it is a short text, or the head of a mail, and nothing tells what is missing.
    start = data.index(b"Content-Type") + 80 if name == "eml" else 4
    for end in range(start, len(data) - 4, max(1, len(data) // 60)):
        found = _outcome(lambda cut=data[:end]: read_document(cut))  # type: ignore[misc]
        assert isinstance(found, Unreadable)
        assert found.code != "reader_failed"


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_changed_byte_never_makes_another_error(name: str) -> None:
    """Every 60th part of the file, overwritten."""
    data = WHOLE[name]
    for at in range(0, len(data), max(1, len(data) // 60)):
        changed = data[:at] + b"\xff" + data[at + 1 :]
        found = _outcome(lambda c=changed: read_document(c))  # type: ignore[misc]
        assert isinstance(found, Reading) or found.code != "reader_failed"


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_refusal_is_a_sentence(name: str) -> None:
    """That a proofreader understands, without a word of the file."""
    if len(FILES[name]) > 100_000:
        return
    found = _outcome(lambda: read_document(FILES[name]))
    if isinstance(found, Unreadable):
        assert found.sentence.endswith(".")
        assert "donor" not in found.sentence
