"""Plain text: every encoding that can be told is read exactly, everything else is refused."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as some

from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.text import MAX_BYTES, read_plain, read_text
from anonymizer.errors import UnreadableInput
from anonymizer.model import normalize_text

TEXT = "Dear donor,\nthank you for my life. \u00dcber alles: Z\u00fcrich, \u0141\u00f3d\u017a.\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
    ids=[
        "UTF-8",
        "UTF-8 with mark",
        "UTF-16",
        "UTF-16 LE with mark",
        "UTF-16 BE with mark",
        "UTF-16 LE without mark",
        "UTF-16 BE without mark",
        "UTF-32",
        "UTF-32 BE with mark",
    ],
)
def test_unicode_is_read_exactly(data: bytes) -> None:
    """The same text, without its byte order mark."""
    assert read_text(data) == TEXT


@pytest.mark.parametrize("text", ["a\r\nb\rc", "tab\there", "\u4eb2\u7231\u7684", "\u202eRTL", "x"])
def test_the_text_is_not_touched(text: str) -> None:
    """Line ends and hidden characters are for the next stages to judge."""
    assert read_text(text.encode()) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE, "empty"),
        (codecs.BOM_UTF16_BE + " \n".encode("utf-16-be"), "empty"),
        (b"caf\xe9 au lait", "not text in UTF-8"),
        (b"\xc3", "not text in UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "not text in UTF-8 or UTF-16"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "not text in UTF-8 or UTF-16"),
        (b"%PDF-1.7\nabc", "a PDF file"),
        (b"PK\x03\x04abc", "a Word, OpenDocument or ZIP file"),
        (b"\xd0\xcf\x11\xe0abc", "an old Word file"),
        (b"\x89PNG\r\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"II*\x00abc", "TIFF"),
        (b"MM\x00*abc", "TIFF"),
        (b"GIF89a", "GIF"),
        (b"{\\rtf1 Dear}", "a rich-text file"),
        (b"\x1f\x8babc", "a compressed file"),
        (b"Dear\x00donor", "not plain text"),
        (b"\x01\x02\x03\x04\x05 Dear", "not plain text"),
        (b"a" * (MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(data: bytes, message: str) -> None:
    """Nothing is guessed, nothing is dropped."""
    with pytest.raises(UnreadableInput, match=message):
        read_text(data)


@pytest.mark.parametrize("data", [b"Wilhelmina \xff", b"Wilhelmina\x00", b"%PDF Wilhelmina"])
def test_the_refusal_has_nothing_of_the_file(data: bytes) -> None:
    """Messages go to logs and answers."""
    with pytest.raises(UnreadableInput) as refused:
        read_text(data)
    assert "Wilhelmina" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("charset", "text"),
    [("latin-1", "caf\u00e9"), ("cp1252", "caf\u00e9"), ("cp1250", "caf\u00e9")],
)
def test_another_charset_is_read_when_it_is_named(charset: str, text: str) -> None:
    """E-mail says which one it is."""
    assert read_text(b"caf\xe9", charset=charset) == text


@pytest.mark.parametrize(
    "charset", ["x-nonexistent", "rot13", "hex", "base64", "zip", "undefined", "utf-8\x00", "idna"]
)
def test_a_charset_that_is_none_is_refused(charset: str) -> None:
    """The name comes with the e-mail: whatever it is, it must not be an error of ours."""
    with pytest.raises(UnreadableInput):
        read_text(b"caf\xe9", charset=charset)


@given(some.text("äöüÄÖÜßéèêçñ aeu\n"))
def test_an_old_windows_file_is_read_with_a_warning(written: str) -> None:
    """Every character as it was written; Unicode needs no warning."""
    text = f"Grüße {written} – aus „Köln“, 5 €"
    reading = read_plain(text.encode("cp1252"), ReadingLimits())
    assert reading.text == normalize_text(text)
    assert [one.code for one in reading.warnings] == ["guessed_encoding"]
    assert read_plain(TEXT.encode(), ReadingLimits()).warnings == ()


@pytest.mark.parametrize(
    "data",
    [
        b"Gr\xfc\xdfe \x81",
        b"Gr\xfc\xdfe \x07",
        b"Gr\xfc\xdfe \x00",
        "Grüße, damaged ".encode() + b"\xfc",
        codecs.BOM_UTF8 + b"Gr\xfc\xdfe",
    ],
    ids=["no character", "control", "zero", "damaged UTF-8", "says it is UTF-8"],
)
def test_what_is_no_whole_windows_text_is_refused(data: bytes) -> None:
    """With the remedy, as before."""
    with pytest.raises(UnreadableInput, match="Save it as UTF-8"):
        read_plain(data, ReadingLimits())
