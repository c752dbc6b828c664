"""The same letter in every form and encoding gives the same text."""

import base64
import codecs
import quopri
import unicodedata
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.documents import read_document
from anonymizer.model import DocumentKind, normalize_text
from tests.documents.make_mail import mail, mixed, part
from tests.documents.make_office import docx, odt, paragraph

#: Letters, digits, punctuation and line ends of any script; no control characters.
LINES = st.lists(
    st.text(
        st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\ufeff"),
        max_size=40,
    ),
    min_size=1,
    max_size=8,
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le with mark", "utf-16-be with mark")


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-le with mark":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    if encoding == "utf-16-be with mark":
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    return text.encode(encoding)


@given(lines=LINES, encoding=st.sampled_from(ENCODINGS), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_plain_text_is_read_as_it_was_written(lines: list[str], encoding: str, end: str) -> None:
    """In every encoding that tells itself, with every line end; in NFC."""
    text = end.join(["Dear donor,", *lines])
    reading = read_document(_encoded(text, encoding))
    assert reading.kind is DocumentKind.TEXT
    assert reading.text == normalize_text(text)
    assert reading.passages == ()
    assert unicodedata.is_normalized("NFC", reading.text)


@given(lines=LINES)
def test_a_word_file_is_read_as_it_was_written(lines: list[str]) -> None:
    """Each paragraph a line."""
    text = "\n".join(["Dear donor,", *lines, "Bye"])
    reading = read_document(docx("".join(paragraph(escape(one)) for one in text.split("\n"))))
    assert reading.text == normalize_text(text)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "8bit": bytes,
    "base64": base64.encodebytes,
    "quoted-printable": quopri.encodestring,
}
WORDS = "Dear donor,\nthank you for Z\u00fcrich & \u0141\u00f3d\u017a <3.\n\nYour patient"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-2", "cp1250"])
@pytest.mark.parametrize("encoding", PACKERS)
def test_a_mail_is_read_in_the_character_set_it_names(charset: str, encoding: str) -> None:
    """However it was packed for the way."""
    data = WORDS.replace("\n", "\r\n").encode(charset)
    packed = PACKERS[encoding](data)
    head = f"Content-Transfer-Encoding: {encoding}\r\n"
    read = read_document(mail(packed, head=head, kind=f"text/plain; charset={charset}"))
    assert (read.kind, read.text) == (DocumentKind.MAIL, WORDS)


def test_every_form_gives_the_same_text() -> None:
    """Text, mail, mail in two forms, Word and OpenDocument."""
    lines = WORDS.split("\n")
    html = "<br>".join(map(escape, lines))
    forms = [
        WORDS.encode(),
        mail(WORDS),
        mail(html, kind="text/html; charset=utf-8"),
        mixed(part(WORDS), part(html, "text/html; charset=utf-8"), kind="alternative"),
        docx("".join(paragraph(escape(one)) for one in lines)),
        odt("".join(f"<text:p>{escape(one)}</text:p>" for one in lines)),
    ]
    assert {read_document(one).text for one in forms} == {WORDS}
