"""PDF files and pictures that are broken, or made to break whoever reads them."""

import random
import struct
import zlib
from collections.abc import Iterator, Mapping

from PIL import Image

from tests.documents.hidden_pdf_places import page_image, saved
from tests.documents.make_pdf import Pdf, shown, stream, written

_PNG_START = b"\x89PNG\r\n\x1a\n"


def hostile_files() -> Mapping[str, bytes]:
    """Each file by what is wrong with it."""
    return dict(_all())


def bombs() -> Mapping[str, bytes]:
    """Files that would fill memory or time: read them in a child process only."""
    return {
        "flate bomb as contents": Pdf(
            replaced={4: _bomb_stream(b"BT /F1 12 Tf (a) Tj ET ", 12_000_000)}
        ).bytes(),
        "flate bomb twice packed": Pdf(replaced={4: _twice_packed()}).bytes(),
        "flate bomb that nothing uses": Pdf(more=[_bomb_stream(b"\x00" * 1000, 400_000)]).bytes(),
        "flate bomb as a picture": Pdf(
            content=shown() + b" q 99 0 0 99 9 9 cm /I Do Q",
            resources="/XObject << /I 6 0 R >>",
            more=[_picture_object(30_000, 30_000)],
        ).bytes(),
        "a million operators": Pdf(content=shown() + b" q Q" * 1_000_000).bytes(),
        "100,000 objects and more": written([*Pdf().objects(), *([b"null"] * 100_001)]),
        "form objects that double": Pdf(
            content=b"/X6 Do", resources=_forms_below(6), more=_doubling(24)
        ).bytes(),
        "gigapixel PNG, really": _png(40_000, 40_000, data=zlib.compress(bytes(10_000_000))),
        "PNG text bomb": _png(100, 100, before=[_chunk(b"zTXt", b"a\x00\x00" + _zeros(200))]),
    }


def _all() -> Iterator[tuple[str, bytes]]:
    yield from _broken("PDF", Pdf().bytes())
    yield from _broken("PNG", saved(page_image(), "PNG"))
    yield from _broken("JPEG", saved(page_image(), "JPEG"))
    yield from _broken("TIFF", saved(page_image(), "TIFF"))
    yield from _structure().items()
    yield from _values().items()
    yield from _encrypted().items()
    yield from _pictures().items()


def _broken(kind: str, whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Cut off, with bytes turned over, with something in front, doubled."""
    for percent in (1, 25, 50, 75, 90, 99):
        yield f"{kind} cut at {percent} %", whole[: len(whole) * percent // 100]
    rolled = random.Random(5)  # noqa: S311 (the same files in every run)
    for number in range(4):
        data = bytearray(whole)
        for _ in range(20):
            data[rolled.randrange(16, len(data))] = rolled.randrange(256)
        yield f"{kind} with noise {number}", bytes(data)
    yield f"{kind} with a hole", whole[: len(whole) // 3] + whole[len(whole) // 2 :]
    yield f"{kind} twice", whole + whole


def _structure() -> dict[str, bytes]:
    plain = Pdf()
    loop = {2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}
    deep = [f"<< /Type /Pages /Kids [{7 + n} 0 R] /Count 1 >>".encode() for n in range(3_000)]
    many = b" ".join([b"3 0 R"] * 10_001)
    nested = b"<< /A " * 20_000 + b"1" + b" >>" * 20_000
    return {
        "loop in the page tree": Pdf(replaced=loop).bytes(),
        "page that is its own parent": Pdf(
            replaced={2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>"}
        ).bytes(),
        "3,000 levels of pages": Pdf(
            replaced={2: b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>"}, more=deep
        ).bytes(),
        "10,001 pages": Pdf(
            replaced={2: b"<< /Type /Pages /Count 10001 /Kids [" + many + b"] >>"}
        ).bytes(),
        "a false number of pages": Pdf(
            replaced={2: b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"}
        ).bytes(),
        "no page": Pdf(replaced={2: b"<< /Type /Pages /Kids [] /Count 0 >>"}).bytes(),
        "no catalog": Pdf(replaced={1: b"null"}).bytes(),
        "no page tree": Pdf(replaced={2: b"null"}).bytes(),
        "a page that is a number": Pdf(replaced={3: b"42"}).bytes(),
        "contents that are a page": Pdf(replaced={4: b"3 0 R"}).bytes(),
        "contents that are themselves": Pdf(replaced={4: b"4 0 R"}).bytes(),
        "a font that is itself": Pdf(replaced={5: b"5 0 R"}).bytes(),
        "a font that is a string": Pdf(replaced={5: b"(font)"}).bytes(),
        "broken table of objects": plain.bytes().replace(b"0000000", b"0000999"),
        "table of objects missing": plain.bytes().split(b"xref")[0],
        "start of the table negative": plain.bytes().replace(b"startxref\n", b"startxref\n-"),
        "previous table is this one": _with_previous(plain.bytes()),
        "trailer missing": plain.bytes().replace(b"trailer", b"tr4iler"),
        "deep dictionaries": Pdf(more=[nested]).bytes(),
        "deep lists": Pdf(more=[b"[" * 50_000 + b"]" * 50_000]).bytes(),
        "form object that draws itself": Pdf(
            content=shown() + b" /X Do",
            resources="/XObject << /X 6 0 R >>",
            more=[
                stream(
                    b"/X Do",
                    "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                    "/Resources << /XObject << /X 6 0 R >> >>",
                )
            ],
        ).bytes(),
        "notes that point at each other": Pdf(
            page="/Annots [6 0 R]",
            more=[
                b"<< /Subtype /Text /Rect [0 0 9 9] /Popup 7 0 R >>",
                b"<< /Subtype /Popup /Rect [0 0 9 9] /Parent 6 0 R >>",
            ],
        ).bytes(),
        "bookmarks in a ring": Pdf(
            catalog="/Outlines 6 0 R",
            more=[
                b"<< /First 7 0 R /Last 7 0 R >>",
                b"<< /Title (a) /Next 7 0 R /Parent 6 0 R >>",
            ],
        ).bytes(),
        "a form field below itself": Pdf(
            catalog="/AcroForm << /Fields [6 0 R] >>",
            more=[b"<< /FT /Tx /T (a) /Kids [6 0 R] /Parent 6 0 R >>"],
        ).bytes(),
    }


def _values() -> dict[str, bytes]:
    return {
        "page of 2^31 points": Pdf(media_box="[0 0 2147483648 2147483648]").bytes(),
        "page of 1e30 points": Pdf(media_box=f"[0 0 1{'0' * 30} 1{'0' * 30}]").bytes(),
        "page of no size": Pdf(media_box="[0 0 0 0]").bytes(),
        "page turned inside out": Pdf(media_box="[595 842 0 0]").bytes(),
        "page box of words": Pdf(media_box="[(a) (b) (c) (d)]").bytes(),
        "page box of three": Pdf(media_box="[0 0 595]").bytes(),
        "page turned by 7 degrees": Pdf(page="/Rotate 7").bytes(),
        "user unit of a million": Pdf(page="/UserUnit 1000000").bytes(),
        "stream longer than the file": Pdf(
            replaced={4: b"<< /Length 999999999 >>\nstream\nBT ET\nendstream"}
        ).bytes(),
        "stream of negative length": Pdf(
            replaced={4: b"<< /Length -5 >>\nstream\nBT ET\nendstream"}
        ).bytes(),
        "stream that is not packed": Pdf(
            replaced={4: stream(b"no flate at all", "/Filter /FlateDecode")}
        ).bytes(),
        "filter nobody knows": Pdf(replaced={4: stream(b"xyz", "/Filter /Secret")}).bytes(),
        "40 filters": Pdf(
            replaced={4: stream(b"xyz", "/Filter [" + "/ASCIIHexDecode " * 40 + "]")}
        ).bytes(),
        "operators without operands": Pdf(content=b"Tj TJ Tf Td re cm Do BDC EMC Q Q Q").bytes(),
        "operators with wrong operands": Pdf(
            content=b"BT (a) 12 Tf /x Td 1 Tj [1 (a) /b] TJ ET (x) (y) cm"
        ).bytes(),
        "font size not a number": Pdf(content=b"BT /F1 1e999 Tf 60 700 Td (Hello) Tj ET").bytes(),
        "letters far away": Pdf(content=b"BT /F1 9 Tf 9e9 9e9 Td (Hello) Tj ET").bytes(),
        "picture of no size": Pdf(
            content=shown() + b" /I Do",
            resources="/XObject << /I 6 0 R >>",
            more=[_picture_object(0, 0)],
        ).bytes(),
        "picture with a gigapixel": Pdf(
            content=shown() + b" /I Do",
            resources="/XObject << /I 6 0 R >>",
            more=[_picture_object(32_000, 32_000, data=b"")],
        ).bytes(),
        "properties of the wrong type": Pdf(
            trailer="/Info 6 0 R", more=[b"<< /Author [1 2 3] /Title << >> /Producer 5 >>"]
        ).bytes(),
        "strings that are no text": Pdf(
            trailer="/Info 6 0 R", more=[b"<< /Author <FEFFD800D800> /Title <FFFE00> >>"]
        ).bytes(),
        "script of numbers": Pdf(catalog="/OpenAction << /S /JavaScript /JS 5 >>").bytes(),
        "attachment without a file": Pdf(
            catalog="/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>",
            more=[b"<< /Type /Filespec /F (a) /EF << /F 99 0 R >> >>"],
        ).bytes(),
        "attachment that is the file": Pdf(
            catalog="/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>",
            more=[
                b"<< /Type /Filespec /F (a) /EF << /F 7 0 R >> >>",
                stream(Pdf().bytes(), "/Type /EmbeddedFile"),
            ],
        ).bytes(),
        "letters without a map": Pdf(
            replaced={
                5: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
                b"/DescendantFonts [5 0 R] >>"
            }
        ).bytes(),
        "PDF head and nothing else": b"%PDF-1.7\n",
        "PDF of zero bytes": b"%PDF-1.7\n" + bytes(5_000),
        "PDF that is also an archive": Pdf().bytes() + b"PK\x03\x04" + bytes(100),
    }


def _encrypted() -> dict[str, bytes]:
    key = "/V 1 /R 2 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> /P -4"
    identity = f"/ID [<{'00' * 16}> <{'00' * 16}>] /Encrypt 6 0 R"
    return {
        "a password": Pdf(
            trailer=identity, more=[f"<< /Filter /Standard {key} >>".encode()]
        ).bytes(),
        "a lock nobody knows": Pdf(
            trailer=identity, more=[b"<< /Filter /Foreign /V 99 /R 99 >>"]
        ).bytes(),
        "a lock that is broken": Pdf(
            trailer=identity, more=[b"<< /Filter /Standard /V (x) >>"]
        ).bytes(),
    }


def _pictures() -> dict[str, bytes]:
    small = Image.new("L", (40, 30), 255)
    frames = [Image.new("L", (40, 30), shade % 256) for shade in range(220)]
    return {
        "PNG of a gigapixel": _png(32_000, 32_000),
        "PNG of 2^31 pixels wide": _png(2**31 - 1, 1),
        "PNG of no pixel": _png(0, 0),
        "PNG without pixels": _PNG_START + _chunk(b"IHDR", _head(10, 10)) + _chunk(b"IEND", b""),
        "PNG of a bit depth nobody knows": _png(10, 10, depth=7),
        "PNG with too little data": _png(100, 100, data=zlib.compress(b"\x00" * 50)),
        "PNG with broken data": _png(100, 100, data=b"not packed at all"),
        "PNG chunk longer than the file": _PNG_START + struct.pack(">I", 2**31 - 1) + b"IHDR",
        "PNG with 220 frames": saved(small, "PNG", save_all=True, append_images=frames),
        "TIFF with 220 pages": saved(small, "TIFF", save_all=True, append_images=frames),
        "TIFF whose pages are a ring": _tiff_ring(saved(small, "TIFF")),
        "TIFF of a gigapixel": _tiff_sized(saved(small, "TIFF"), 32_000),
        "TIFF start and nothing else": b"II*\x00" + bytes(4),
        "TIFF that points outside": b"MM\x00*" + b"\xff" * 40,
        "JPEG of a gigapixel": _jpeg_sized(saved(small, "JPEG"), 32_000),
        "JPEG start and nothing else": b"\xff\xd8\xff" + bytes(50),
        "JPEG with broken EXIF": saved(small, "JPEG").replace(
            b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff", 1
        ),
        "a white page": saved(Image.new("L", (600, 800), 255), "PNG"),
        "a black page": saved(Image.new("L", (600, 800), 0), "PNG"),
        "one pixel": saved(Image.new("RGB", (1, 1)), "PNG"),
        "a line of one pixel's height": saved(Image.new("L", (30_000, 1), 128), "PNG"),
        "noise": saved(Image.frombytes("L", (200, 200), bytes(_noise(40_000))), "PNG"),
        "see-through": saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"),
        "sixteen bits": saved(Image.new("I;16", (50, 50), 4_000), "PNG"),
        "a palette": saved(Image.new("P", (50, 50), 3), "PNG"),
        "CMYK": saved(Image.new("CMYK", (50, 50)), "JPEG"),
    }


def _noise(count: int) -> Iterator[int]:
    rolled = random.Random(1)  # noqa: S311 (the same noise in every run)
    return (rolled.randrange(256) for _ in range(count))


def _with_previous(whole: bytes) -> bytes:
    start = whole.rsplit(b"startxref\n", 1)[1].split()[0]
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev " + start)


def _packed(piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(piece * 1000) for _ in range(times // 1000)]
    return b"".join([*parts, packer.flush()])


def _bomb_stream(piece: bytes, times: int) -> bytes:
    data = _packed(piece, times)
    head = f"<< /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    return head.encode() + data + b"\nendstream"


def _twice_packed() -> bytes:
    data = zlib.compress(_packed(b"\x00" * 1000, 1_000_000), 9)
    head = f"<< /Filter [/FlateDecode /FlateDecode] /Length {len(data)} >>\nstream\n"
    return head.encode() + data + b"\nendstream"


def _zeros(megabytes: int) -> bytes:
    return _packed(b"\x00" * 1000, megabytes * 1000)


def _picture_object(width: int, height: int, *, data: bytes | None = None) -> bytes:
    data = _zeros(300) if data is None else data
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 "
        f"/ColorSpace /DeviceGray /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    )
    return head.encode() + data + b"\nendstream"


def _forms_below(number: int) -> str:
    return f"/XObject << /X{number} {number} 0 R >>"


def _doubling(levels: int) -> list[bytes]:
    """Forms that each draw the next one twice."""
    forms = []
    for number in range(6, 6 + levels):
        below = "" if number == 5 + levels else _forms_below(number + 1)
        draws = f"/X{number + 1} Do " * 2 if below else "0 0 5 5 re f"
        entries = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {} >>"
        forms.append(stream(draws.encode(), entries.format(below)))
    return forms


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _head(width: int, height: int, depth: int = 8) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)


def _png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    data: bytes = b"",
    before: list[bytes] | None = None,
) -> bytes:
    parts = [_chunk(b"IHDR", _head(width, height, depth)), *(before or [])]
    return b"".join([_PNG_START, *parts, _chunk(b"IDAT", data), _chunk(b"IEND", b"")])


def _tiff_ring(tiff: bytes) -> bytes:
    """The first page says that the next one is the first page."""
    start = struct.unpack_from("<I", tiff, 4)[0]
    entries = struct.unpack_from("<H", tiff, start)[0]
    after = start + 2 + 12 * entries
    return tiff[:after] + struct.pack("<I", start) + tiff[after + 4 :]


def _tiff_sized(tiff: bytes, side: int) -> bytes:
    data = bytearray(tiff)
    start = struct.unpack_from("<I", tiff, 4)[0]
    for number in range(struct.unpack_from("<H", tiff, start)[0]):
        place = start + 2 + 12 * number
        tag = struct.unpack_from("<H", tiff, place)[0]
        if tag in {256, 257}:
            struct.pack_into("<HHII", data, place, tag, 4, 1, side)
    return bytes(data)


def _jpeg_sized(jpeg: bytes, side: int) -> bytes:
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", side, side) + jpeg[place + 4 :]
