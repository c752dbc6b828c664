"""Places of PDF files and pictures in which a name can hide: one file for each."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin, TiffImagePlugin

from tests.documents.make_pdf import LETTER, Pdf, shown, stream, to_unicode, updated

NAME = "Wilhelmina Brandt"
_AT = "60 500 Td"
_FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"


def _drawn(before: str, *, size: float = 12, after: str = "", at: str = _AT) -> bytes:
    """The letter, and the name in a way that nobody sees."""
    hidden = f"q {before} BT /F1 {size} Tf {at} ({NAME}) Tj ET {after} Q"
    return shown() + b"\n" + hidden.encode()


def pdf_places() -> Mapping[str, bytes]:
    """A PDF for each place; what is drawn is always the same letter."""
    return {**_in_the_drawing(), **_in_objects(), **_around_the_file()}


def _in_the_drawing() -> dict[str, bytes]:
    clip_text = "BT 7 Tr /F1 12 Tf 60 500 Td"
    layer = "<< /Type /OCG /Name (Layer) >>"
    layers = "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] /Order [6 0 R] >> >>"
    size = "/Width 20 /Height 20 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    picture = stream(bytes([90, 120, 150]) * 400, f"/Type /XObject /Subtype /Image {size}")
    form = stream(
        f"3 Tr BT /F1 12 Tf {_AT} ({NAME}) Tj ET".encode(),
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>",
    )
    return {
        "under a black box": Pdf(
            content=_drawn("", after="0 g 50 490 200 25 re f")
        ).bytes(),
        "under a white box": Pdf(content=_drawn("", after="1 g 50 490 200 25 re f")).bytes(),
        "under a picture": Pdf(
            content=_drawn("", after="q 250 0 0 40 50 485 cm /Im1 Do Q"),
            resources="/XObject << /Im1 6 0 R >>",
            more=[picture],
        ).bytes(),
        "white text": Pdf(content=_drawn("1 1 1 rg")).bytes(),
        "nearly white text": Pdf(content=_drawn("0.97 0.97 0.98 rg")).bytes(),
        "render mode 3": Pdf(content=_drawn("3 Tr")).bytes(),
        "clip only": Pdf(
            content=shown() + f"\nq {clip_text} ({NAME}) Tj ET Q".encode()
        ).bytes(),
        "outside a clip": Pdf(content=_drawn("10 10 20 20 re W n")).bytes(),
        "off the page": Pdf(content=_drawn("", at="900 500 Td")).bytes(),
        "half a point high": Pdf(content=_drawn("", size=0.5)).bytes(),
        "a layer that is off": Pdf(
            content=shown() + f"\n/OC /L1 BDC BT /F1 12 Tf {_AT} ({NAME}) Tj ET EMC".encode(),
            catalog=layers,
            resources="/Properties << /L1 6 0 R >>",
            more=[layer.encode()],
        ).bytes(),
        "in a form object": Pdf(
            content=shown() + b"\n/Fm1 Do", resources="/XObject << /Fm1 6 0 R >>", more=[form]
        ).bytes(),
        "behind other words": Pdf(
            content=shown()
            + f"\nq 1 g BT /F1 12 Tf 60 700 Td ({NAME}) Tj ET Q".encode()
        ).bytes(),
        "transparent": Pdf(
            content=_drawn("/G1 gs"),
            resources="/ExtGState << /G1 << /ca 0 /CA 0 >> >>",
        ).bytes(),
        "replacement text": Pdf(
            content=shown()
            + f"\n/Span << /ActualText ({NAME}) >> BDC BT /F1 12 Tf {_AT} (kind) Tj ET EMC".encode()
        ).bytes(),
        "a false map of glyphs": Pdf(
            content=shown() + f"\nBT /F2 14 Tf {_AT} ({NAME}) Tj ET".encode(),
            fonts="/F2 6 0 R",
            more=[
                b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>",
                to_unicode(dict(zip("WilhemnaBrdt", "Sunyqopvcksz", strict=True))),
            ],
        ).bytes(),
    }  # fmt: skip


def _in_objects() -> dict[str, bytes]:
    look = stream(
        f"BT /F1 12 Tf 2 5 Td ({NAME}) Tj ET".encode(),
        "/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >>",
    )
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{NAME}</dc:creator></x:xmpmeta>"
    files = "/Names << /EmbeddedFiles << /Names [(a.txt) 6 0 R] >> >>"
    link = f"https://example.org/{NAME}"
    field_of = f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (who) /V ({NAME}) /Rect [0 0 9 9] >>"
    return {
        "a note": Pdf(
            page="/Annots [6 0 R]",
            more=[f"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents ({NAME}) >>".encode()],
        ).bytes(),
        "the author of a note": Pdf(
            page="/Annots [6 0 R]",
            more=[f"<< /Type /Annot /Subtype /Highlight /Rect [0 0 9 9] /T ({NAME}) >>".encode()],
        ).bytes(),
        "what a note draws": Pdf(
            page="/Annots [6 0 R]",
            more=[
                b"<< /Type /Annot /Subtype /Stamp /Rect [300 20 500 40] /AP << /N 7 0 R >> /F 2 >>",
                look,
            ],
        ).bytes(),
        "a form field": Pdf(
            catalog="/AcroForm << /Fields [6 0 R] >>",
            page="/Annots [6 0 R]",
            more=[field_of.encode()],
        ).bytes(),
        "an XFA form": Pdf(
            catalog="/AcroForm << /Fields [] /XFA 6 0 R >>",
            more=[stream(f"<xdp><data><who>{NAME}</who></data></xdp>".encode(), deflate=True)],
        ).bytes(),
        "a link": Pdf(
            page="/Annots [6 0 R]",
            more=[f"<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({link}) >> >>".encode()],
        ).bytes(),
        "an attachment": Pdf(
            catalog=files,
            more=[
                b"<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 7 0 R >> >>",
                stream(f"From {NAME}.\n".encode(), "/Type /EmbeddedFile", deflate=True),
            ],
        ).bytes(),
        "the name of an attachment": Pdf(
            catalog=files,
            more=[
                f"<< /Type /Filespec /F ({NAME}.txt) /EF << /F 7 0 R >> >>".encode(),
                stream(b"nothing here", "/Type /EmbeddedFile"),
            ],
        ).bytes(),
        "the properties": Pdf(
            more=[f"<< /Author ({NAME}) >>".encode()], trailer="/Info 6 0 R"
        ).bytes(),
        "XMP": Pdf(
            catalog="/Metadata 6 0 R",
            more=[stream(xmp.encode(), "/Type /Metadata /Subtype /XML")],
        ).bytes(),
        "a script": Pdf(
            catalog="/OpenAction 6 0 R",
            more=[f"<< /S /JavaScript /JS (app.alert\\('{NAME}'\\)) >>".encode()],
        ).bytes(),
        "a script as a stream": Pdf(
            catalog="/OpenAction << /S /JavaScript /JS 6 0 R >>",
            more=[stream(f"app.alert('{NAME}')".encode(), deflate=True)],
        ).bytes(),
        "a bookmark": Pdf(
            catalog="/Outlines 6 0 R",
            more=[
                b"<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
                f"<< /Title ({NAME}) /Parent 6 0 R /Dest [3 0 R /Fit] >>".encode(),
            ],
        ).bytes(),
        "a bookmark in UTF-16": Pdf(
            catalog="/Outlines 6 0 R",
            more=[
                b"<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
                b"<< /Title <FEFF" + NAME.encode("utf-16-be").hex().encode() + b"> >>",
            ],
        ).bytes(),
        "a page label": Pdf(catalog=f"/PageLabels << /Nums [0 << /P ({NAME}) /S /D >>] >>").bytes(),
        "the structure": Pdf(
            catalog="/StructTreeRoot 6 0 R",
            more=[
                b"<< /Type /StructTreeRoot /K 7 0 R >>",
                f"<< /Type /StructElem /S /Figure /Alt ({NAME}) /P 6 0 R >>".encode(),
            ],
        ).bytes(),
        "a layer's name": Pdf(
            catalog="/OCProperties << /OCGs [6 0 R] /D << >> >>",
            more=[f"<< /Type /OCG /Name ({NAME}) >>".encode()],
        ).bytes(),
        "an object that nothing uses": Pdf(more=[f"<< /Old ({NAME}) >>".encode()]).bytes(),
        "contents that nothing uses": Pdf(
            more=[stream(f"BT /F1 12 Tf {_AT} ({NAME}) Tj ET".encode(), deflate=True)]
        ).bytes(),
    }


def _around_the_file() -> dict[str, bytes]:
    with_name = Pdf(content=shown((*LETTER, f"Yours, {NAME}"))).bytes()
    return {
        "an earlier version": updated(with_name, 4, stream(shown())),
        "after the end": Pdf().bytes() + b"\n" + f"note for {NAME} ".encode() * 5,
        "before the start": f"{NAME} wrote this. ".encode() * 6 + b"\n" + Pdf().bytes(),
    }


def page_image(lines: tuple[str, ...] = LETTER) -> Image.Image:
    """A typed letter as a scanner at 100 dots per inch would see it."""
    image = Image.new("L", (1100, 420), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, 34)
    for number, line in enumerate(lines):
        draw.text((80, 80 + 60 * number), line, font=font, fill=0)
    return image


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """The bytes of an image file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def picture_places() -> Mapping[str, bytes]:
    """A picture of the letter for each place."""
    image = page_image()
    png = saved(image, "PNG")
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", NAME)
    long_text = PngImagePlugin.PngInfo()
    long_text.add_itxt("XML:com.adobe.xmp", f"<x><dc:creator>{NAME}</dc:creator></x>", zip=True)
    exif = Image.Exif()
    exif[0x013B] = NAME
    place = Image.Exif()
    place.get_ifd(0x8825)[29] = NAME
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[315] = NAME
    return {
        "PNG text": saved(image, "PNG", pnginfo=text),
        "PNG text packed": saved(image, "PNG", pnginfo=long_text),
        "PNG text after the pixels": _chunk_at_end(png, b"tEXt", b"Comment\x00" + NAME.encode()),
        "PNG appended": png + f"and {NAME} ".encode() * 4,
        "PNG second frame": saved(
            image,
            "PNG",
            save_all=True,
            append_images=[page_image((f"I am {NAME} from far away.",))],
        ),
        "JPEG artist": saved(image, "JPEG", exif=exif),
        "JPEG place": saved(image, "JPEG", exif=place),
        "JPEG comment": saved(image, "JPEG", comment=NAME.encode()),
        "JPEG appended": saved(image, "JPEG") + f"and {NAME} ".encode() * 4,
        "JPEG XMP": saved(image, "JPEG", xmp=f"<x><dc:creator>{NAME}</dc:creator></x>".encode()),
        "TIFF artist": saved(image, "TIFF", tiffinfo=tags),
    }


def _chunk_at_end(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:-12] + chunk + png[-12:]
