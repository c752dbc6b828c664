"""ZIP archives that lie: made by writing records by hand, since no library writes them."""

import struct
import zlib
from dataclasses import dataclass, replace

from tests.documents.make_office import docx, docx_parts, paragraph, zipped

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
LETTER = docx(paragraph("Dear donor, thank you for everything."))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry as its records describe it, true or not."""

    name: bytes
    data: bytes
    size: int | None = None
    flags: int = 0
    method: int = 8
    attributes: int = 0
    check: int | None = None
    #: Where the directory says it begins, instead of where it does.
    offset: int | None = None
    local_name: bytes | None = None


def archive(
    *entries: Entry, prefix: bytes = b"", suffix: bytes = b"", count: int | None = None
) -> bytes:
    """The archive of these entries."""
    body, directory = prefix, b""
    for one in entries:
        packed = one.data if one.method != 8 else _deflated(one.data)
        size = len(one.data) if one.size is None else one.size
        check = zlib.crc32(one.data) if one.check is None else one.check
        offset = len(body) if one.offset is None else one.offset
        name = one.local_name or one.name
        told = (one.flags, one.method, 0, 33, check, len(packed), size)
        body += _LOCAL.pack(b"PK\x03\x04", 20, *told, len(name), 0) + name + packed
        directory += (
            _CENTRAL.pack(
                b"PK\x01\x02", 0x314, 20, *told, len(one.name), 0, 0, 0, 0, one.attributes, offset
            )
            + one.name
        )
    number = len(entries) if count is None else count
    end = _END.pack(b"PK\x05\x06", 0, 0, number, number, len(directory), len(body), 0)
    return body + directory + end + suffix


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _letter_with(*extra: Entry, **options: int) -> bytes:
    parts = docx_parts(paragraph("Dear donor, thank you."))
    told = [Entry(name=name.encode(), data=_bytes(data)) for name, data in parts.items()]
    return archive(*told, *extra, **options)  # type: ignore[arg-type]


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _overlapping(count: int) -> bytes:
    """Many entries that all say they begin where the first does (D. Fifield, 2019)."""
    first = Entry(name=b"word/document.xml", data=b"a" * 1_000_000)
    rest = [replace(first, name=b"word/x%d.xml" % number, offset=0) for number in range(count)]
    return archive(first, *rest)


def _nested(levels: int) -> bytes:
    inner = LETTER
    for _ in range(levels):
        inner = docx(paragraph("Dear donor."), {"word/embeddings/oleObject1.bin": inner})
    return inner


def hostile_archives() -> dict[str, bytes]:
    """Every archive with its name."""
    bomb = Entry(name=b"word/x.xml", data=b"\x00" * 60_000_000)
    doc = Entry(name=b"word/document.xml", data=b"<a/>")
    return {
        "flat bomb": _letter_with(bomb),
        "two halves of a bomb": _letter_with(bomb, replace(bomb, name=b"word/y.xml")),
        "bomb that lies about its size": _letter_with(replace(bomb, size=1_000)),
        "bomb in a bomb": docx("", {"word/embeddings/a.bin": _letter_with(bomb)}),
        "nested six deep": _nested(6),
        "nested forty deep": _nested(40),
        "overlap": _overlapping(5),
        "overlap of many": _overlapping(500),
        "quoted overlap": archive(
            replace(doc, name=b"word/a.xml", data=archive(doc)), replace(doc, offset=40)
        ),
        "two of one name": _letter_with(doc),
        "two names but for case": _letter_with(replace(doc, name=b"word/DOCUMENT.xml")),
        "absolute name": _letter_with(replace(doc, name=b"/etc/passwd")),
        "name that climbs": _letter_with(replace(doc, name=b"word/../../x.xml")),
        "name with a backslash": _letter_with(replace(doc, name=b"word\\x.xml")),
        "name with a drive": _letter_with(replace(doc, name=b"C:x.xml")),
        "name with a zero byte": _letter_with(replace(doc, name=b"word/x.xml\x00.png")),
        "empty name": _letter_with(replace(doc, name=b"")),
        "symbolic link": _letter_with(replace(doc, name=b"word/l.xml", attributes=0o120777 << 16)),
        "encrypted entry": _letter_with(replace(doc, name=b"word/e.xml", flags=1)),
        "strongly encrypted entry": _letter_with(replace(doc, name=b"word/e.xml", flags=0x41)),
        "unknown method": _letter_with(replace(doc, name=b"word/m.xml", method=14)),
        "wrong check sum": _letter_with(replace(doc, name=b"word/c.xml", check=7)),
        "size too small": _letter_with(replace(doc, name=b"word/s.xml", size=1)),
        "size too large": _letter_with(replace(doc, name=b"word/s.xml", size=400)),
        "size of four gigabytes": _letter_with(replace(doc, name=b"word/s.xml", size=0xFFFFFFFF)),
        "other local name": _letter_with(
            replace(doc, name=b"word/s.xml", local_name=b"word/t.xml")
        ),
        "offset beyond the end": _letter_with(replace(doc, name=b"word/s.xml", offset=9_999_999)),
        "65,535 entries told": _letter_with(count=65_535),
        "no entries told": _letter_with(count=0),
        "3,000 entries": zipped({f"word/x{number}.xml": "<a/>" for number in range(3_000)}),
        "something before": b"MZ" + LETTER,
        "something before, moved": b"PK\x03\x04 word/ " + LETTER,
        "something after": LETTER + b"%PDF-1.7 and more",
        "last record only": LETTER[-22:],
        "no last record": LETTER[:-22],
        "two archives": LETTER + LETTER,
    }
