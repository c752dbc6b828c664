"""Word and OpenDocument files for tests, built from fragments of their XML."""

import io
import zipfile
from collections.abc import Mapping

Parts = Mapping[str, str | bytes]

OFFICE = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"
DOCUMENT_RELATION = f"{OFFICE}/officeDocument/2006/relationships"
PACKAGE_RELATIONS = f"{OFFICE}/package/2006/relationships"
_NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": f"{OFFICE}/wordprocessingml/2006/main",
        "r": DOCUMENT_RELATION,
        "wp": f"{OFFICE}/drawingml/2006/wordprocessingDrawing",
        "a": f"{OFFICE}/drawingml/2006/main",
        "pic": f"{OFFICE}/drawingml/2006/picture",
        "m": f"{OFFICE}/officeDocument/2006/math",
        "mc": f"{OFFICE}/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODF_NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": f"{_ODF}:office:1.0",
        "text": f"{_ODF}:text:1.0",
        "style": f"{_ODF}:style:1.0",
        "fo": f"{_ODF}:xsl-fo-compatible:1.0",
        "table": f"{_ODF}:table:1.0",
        "draw": f"{_ODF}:drawing:1.0",
        "svg": f"{_ODF}:svg-compatible:1.0",
        "form": f"{_ODF}:form:1.0",
        "meta": f"{_ODF}:meta:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x00\x00\x00\x00"


def zipped(parts: Parts, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of the parts, in their order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def element(name: str, inner: str, *, names: str = _NAMES) -> str:
    """A whole part with one root element."""
    return f"{DECLARATION}<{name} {names}>{inner}</{name}>"


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph with one run."""
    return (
        f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def relations(*targets: tuple[str, str, str]) -> str:
    """A part of relationships: id, kind, target; addresses are external."""
    inner = "".join(
        f'<Relationship Id="{name}" Type="{DOCUMENT_RELATION}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if ":" in target else "/>")
        for name, kind, target in targets
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE_RELATIONS}">{inner}</Relationships>'


def docx_parts(body: str, extra: Parts | None = None) -> dict[str, str | bytes]:
    """The parts of a Word file; those of `extra` replace or join them."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": element("w:document", f"<w:body>{body}</w:body>"),
        **(extra or {}),
    }


def docx(body: str, extra: Parts | None = None) -> bytes:
    """A Word file with this in its body, and these parts besides."""
    return zipped(docx_parts(body, extra))


def odt_part(name: str, inner: str) -> str:
    """A part of an OpenDocument file."""
    return element(f"office:{name}", inner, names=_ODF_NAMES)


def odt(body: str, *, styles: str = "", extra: Parts | None = None) -> bytes:
    """An OpenDocument text with this in its body, and these parts besides."""
    content = (
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": odt_part("document-content", content),
            **(extra or {}),
        },
        compression=zipfile.ZIP_STORED,
    )
