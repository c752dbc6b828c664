"""PDF files by hand: a page, and whatever else a test wants in them (ISO 32000-1, 7.5)."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LETTER = (
    "Dear donor, thank you for the gift of life.",
    "Every morning I walk along the river and think of you.",
    "With love and hope from the one you helped.",
)


def shown(lines: Sequence[str] = LETTER, *, font: str = "F1", top: int = 700) -> bytes:
    """Operators that draw some lines of ordinary text."""
    drawn = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    return f"BT /{font} 12 Tf 60 {top} Td {drawn} ET".encode("latin-1")


def stream(data: bytes, entries: str = "", *, deflate: bool = False) -> bytes:
    """A stream object."""
    if deflate:
        data, entries = zlib.compress(data), entries + " /Filter /FlateDecode"
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


@dataclass(kw_only=True)
class Pdf:
    """
    A file of one page. Objects 1 to 5 are catalog, page tree, page, contents and font;
    `more` are numbered from 6.
    """

    content: bytes = field(default_factory=shown)
    catalog: str = ""
    page: str = ""
    resources: str = ""
    fonts: str = ""
    media_box: str = "[0 0 595 842]"
    more: Sequence[bytes] = ()
    trailer: str = ""
    replaced: Mapping[int, bytes] = field(default_factory=dict)

    def objects(self) -> list[bytes]:
        """The bodies of all objects, from number 1."""
        bodies = [
            f"<< /Type /Catalog /Pages 2 0 R {self.catalog} >>".encode("latin-1"),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox {self.media_box} /Contents 4 0 R "
                f"/Resources << /Font << /F1 5 0 R {self.fonts} >> {self.resources} >> "
                f"{self.page} >>"
            ).encode("latin-1"),
            stream(self.content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            *self.more,
        ]
        for number, body in self.replaced.items():
            bodies[number - 1] = body
        return bodies

    def bytes(self) -> bytes:
        """The file."""
        return written(self.objects(), self.trailer)


def written(bodies: Sequence[bytes], trailer: str = "") -> bytes:
    """A file of these objects with a table of where they are."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    size = len(bodies) + 1
    out += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode(
        "latin-1"
    )
    return bytes(out)


def updated(before: bytes, number: int, body: bytes) -> bytes:
    """The file saved again with one object replaced, the old one still in it."""
    previous = int(before.rsplit(b"startxref\n", 1)[1].split()[0])
    place = len(before)
    added = f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = place + len(added)
    table = f"xref\n{number} 1\n{place:010} 00000 n \n".encode()
    end = f"trailer\n<< /Size 6 /Root 1 0 R /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n"
    return before + added + table + end.encode()


def to_unicode(pairs: Mapping[str, str]) -> bytes:
    """A map of character codes to letters, true or not."""
    rows = "\n".join(f"<{ord(code):02X}> <{ord(letter):04X}>" for code, letter in pairs.items())
    return stream(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
            f"1 begincodespacerange <00> <FF> endcodespacerange {len(pairs)} beginbfchar\n{rows}\n"
            "endbfchar endcmap end end"
        ).encode()
    )
