"""Word and OpenDocument files with XML, names and types that no editor writes."""

from tests.documents.hostile_archives import LETTER
from tests.documents.make_office import (
    DECLARATION,
    PNG,
    docx,
    docx_parts,
    element,
    odt,
    odt_part,
    paragraph,
    relations,
    zipped,
)

_LAUGH = "&l{};"
_GREETING = paragraph("Dear donor, thank you for everything.")
_LAUGHS = "".join(f"<!ENTITY l{n} '{10 * _LAUGH.format(n - 1)}'>" for n in range(1, 12))
_ATTRIBUTES = " ".join(f"a{n}='x'" for n in range(50_000))


def _document(xml: str | bytes) -> bytes:
    return zipped({**docx_parts(""), "word/document.xml": xml})


def _entity(inside: str, use: str = "&x;") -> str:
    return f"<!DOCTYPE a [{inside}]><a>{use}</a>"


def _levels(name: str, count: int, inner: str) -> str:
    return f"<{name}>" * count + inner + f"</{name}>" * count


def hostile_xml() -> dict[str, bytes]:
    """A Word file for each kind of hostile XML."""
    body = element("w:document", f"<w:body>{_GREETING}</w:body>")
    return {
        "external file": _document(_entity('<!ENTITY x SYSTEM "file:///etc/passwd">')),
        "external address": _document(_entity('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">')),
        "parameter entity": _document(_entity('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;')),
        "billion laughs": _document(_entity(f'<!ENTITY l0 "ha">{_LAUGHS}', "&l11;")),
        "quadratic entity": _document(_entity(f'<!ENTITY x "{"a" * 50_000}">', "&x;" * 20_000)),
        "external DTD": _document('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>'),
        "DTD in UTF-16": _document(_entity('<!ENTITY x "y">').encode("utf-16")),
        "DTD in a header": docx(_GREETING, {"word/header1.xml": _entity('<!ENTITY x "y">')}),
        "DTD in properties": docx(_GREETING, {"docProps/core.xml": _entity('<!ENTITY x "y">')}),
        "inclusion": docx(
            '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        ),
        "style sheet": _document('<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + body),
        "undefined entity": _document(element("w:document", "&nothing;")),
        "entity in an attribute": _document(element("w:document", '<w:p w:x="&nothing;"/>')),
        "EBCDIC": _document(body.encode("cp500")),
        "UTF-7 declared": _document(body.replace("UTF-8", "UTF-7")),
        "not UTF-8": _document(body.encode().replace(b"Dear", b"D\xe9ar")),
        "zero bytes": _document(body.replace("Dear", "\x00")),
        "cut XML": _document(body[:-30]),
        "two roots": _document(body + "<a/>"),
        "empty part": _document(b""),
        "10,000 tables deep": docx(_levels("w:tbl", 10_000, _GREETING)),
        "1,000 controls deep": docx(_levels("w:sdt", 1_000, _GREETING)),
        "150 tables deep": docx(_levels("w:tbl", 150, _GREETING)),
        "100,000 runs": docx(f"<w:p>{'<w:r><w:t>a</w:t></w:r>' * 100_000}</w:p>"),
        "50,000 attributes": docx(f"<w:p {_ATTRIBUTES}/>"),
        "text of 15 MB": docx(paragraph("a" * 15_000_000)),
        "text of 45 MB": docx(paragraph("a b " * 11_000_000)),
        "text of 200 MB": docx(paragraph("a" * 200_000_000)),
    }


def hostile_office() -> dict[str, bytes]:
    """Files that are not what they seem, or not whole."""
    word = relations(("a", "officeDocument", "word/document.xml"))
    return {
        "no content types": zipped({"_rels/.rels": word, "word/document.xml": "<a/>"}),
        "no relationships": zipped(
            {"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}
        ),
        "broken relationships": zipped({**docx_parts(_GREETING), "_rels/.rels": "<a"}),
        "relationship to nothing": zipped(
            {
                **docx_parts(_GREETING),
                "_rels/.rels": relations(("a", "officeDocument", "word/x.xml")),
            }
        ),
        "relationship outside": zipped(
            {**docx_parts(_GREETING), "_rels/.rels": relations(("a", "officeDocument", "http://x"))}
        ),
        "relationship that climbs": zipped(
            {**docx_parts(_GREETING), "_rels/.rels": relations(("a", "officeDocument", "../../x"))}
        ),
        "relationship to itself": docx(
            _GREETING, {"word/_rels/document.xml.rels": relations(("a", "x", "document.xml"))}
        ),
        "foreign namespace": _document('<w:document xmlns:w="urn:x"><w:t>a</w:t></w:document>'),
        "Word 2003 XML": f'{DECLARATION}<w:wordDocument xmlns:w="x"/>'.encode(),
        "styles in a circle": docx(
            paragraph("Dear donor", '<w:rStyle w:val="A"/>'),
            {
                "word/_rels/document.xml.rels": relations(("s", "styles", "styles.xml")),
                "word/styles.xml": element(
                    "w:styles",
                    '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style>'
                    '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>',
                ),
            },
        ),
        "field without end": docx(f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{_GREETING}'),
        "nonsense for numbers": docx(
            paragraph("Dear donor", '<w:sz w:val="many"/><w:w w:val="x"/><w:color w:val="blue"/>')
        ),
        "macros": docx(_GREETING, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "inserted file": docx(f'{_GREETING}<w:altChunk r:id="x"/>'),
        "no text": docx(""),
        "only a picture": docx("", {"word/media/image1.png": PNG}),
        "picture of nonsense": docx(_GREETING, {"word/media/image1.jpeg": b"\xff\xd8\xff\xc0"}),
        "spreadsheet": zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}),
        "Pages": zipped({"Index/Document.iwa": b"x"}),
        "bare archive": zipped({"letter.txt": "Dear donor"}),
        "encrypted Word file": _OLE + "EncryptedPackage".encode("utf-16-le"),
        "old Word file": _OLE + "WordDocument".encode("utf-16-le"),
        "Outlook message": _OLE + "__substg1.0_0037001F".encode("utf-16-le"),
        "ODT with a password": odt(
            "<text:p>x</text:p>",
            extra={"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"},
        ),
        "ODT spreadsheet": zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": "<a/>",
                "META-INF/manifest.xml": "<a/>",
            }
        ),
        "ODT without content": zipped({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "ODT with a DTD": odt("", extra={"styles.xml": _entity('<!ENTITY x "y">')}),
        "ODT of billions of blanks": odt('<text:p>a<text:s text:c="999999999"/></text:p>'),
        "ODT 5,000 deep": odt(_levels("text:span", 5_000, "x")),
        "ODT with macros": odt("<text:p>Hi</text:p>", extra={"Basic/a.xml": odt_part("x", "")}),
        "Word file as PDF": b"%PDF-1.7\n" + LETTER,
        "rich text": b"{\\rtf1 Dear donor}",
        "web page": b"<!DOCTYPE html><html><body>Dear donor</body></html>",
        "compressed": b"\x1f\x8b\x08\x00letter",
        "program": b"\x7fELF\x02\x01\x01",
    }


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
