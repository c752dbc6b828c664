"""Where an identifier can hide in a mail, a Word file and an OpenDocument text: one file each."""

from tests.documents.make_mail import LETTER, attached, html, mail, mixed, multipart, part
from tests.documents.make_office import (
    docx,
    element,
    odt,
    odt_part,
    paragraph,
    relations,
    zipped,
)

#: What is planted: nobody has this name.
NAME = "Wilhelmina Zzyzx"
_GREETING = paragraph("Dear donor, thank you for everything.")
_ODT_GREETING = "<text:p>Dear donor, thank you for everything.</text:p>"


def _run(inner: str) -> str:
    return f"{_GREETING}<w:p>{inner}</w:p>"


def _style(name: str, family: str, properties: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}">'
        f"<style:{family}-properties {properties}/></style:style>"
    )


def _field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _box(text: str) -> str:
    return f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"


_CHOICE = (
    f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{_box("seen")}'
    f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{_box(NAME)}"
    "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
_PARAGRAPH = paragraph(NAME)

#: Places that nobody sees, or that are not the letter: never in its text.
DOCX_HIDDEN: dict[str, bytes] = {
    "hidden run": docx(_GREETING + paragraph(NAME, "<w:vanish/>")),
    "white text": docx(_GREETING + paragraph(NAME, '<w:color w:val="FFFFFF"/>')),
    "tiny text": docx(_GREETING + paragraph(NAME, '<w:sz w:val="2"/>')),
    "no fill": docx(_GREETING + paragraph(NAME, "<w14:textFill><w14:noFill/></w14:textFill>")),
    "hidden by style": docx(
        _GREETING + paragraph(NAME, '<w:rStyle w:val="H"/>'),
        {
            "word/_rels/document.xml.rels": relations(("s", "styles", "styles.xml")),
            "word/styles.xml": element(
                "w:styles", '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
            ),
        },
    ),
    "deletion": docx(_run(f'<w:del w:author="x"><w:r><w:delText>{NAME}</w:delText></w:r></w:del>')),
    "moved away": docx(_run(f"<w:moveFrom><w:r><w:t>{NAME}</w:t></w:r></w:moveFrom>")),
    "author of a change": docx(_run(f'<w:ins w:author="{NAME}"><w:r><w:t>x</w:t></w:r></w:ins>')),
    "comment": docx(
        _GREETING,
        {"word/comments.xml": element("w:comments", f"<w:comment>{_PARAGRAPH}</w:comment>")},
    ),
    "author of a comment": docx(
        _GREETING,
        {"word/comments.xml": element("w:comments", f'<w:comment w:author="{NAME}"/>')},
    ),
    "header": docx(_GREETING, {"word/header1.xml": element("w:hdr", _PARAGRAPH)}),
    "footer": docx(_GREETING, {"word/footer1.xml": element("w:ftr", _PARAGRAPH)}),
    "footnote": docx(
        _GREETING,
        {"word/footnotes.xml": element("w:footnotes", f"<w:footnote>{_PARAGRAPH}</w:footnote>")},
    ),
    "endnote": docx(
        _GREETING,
        {"word/endnotes.xml": element("w:endnotes", f"<w:endnote>{_PARAGRAPH}</w:endnote>")},
    ),
    "field instruction": docx(_run(_field(f'AUTHOR "{NAME}"', "x"))),
    "simple field": docx(
        _run(f'<w:fldSimple w:instr="MERGEFIELD {NAME}"><w:r><w:t>x</w:t></w:r></w:fldSimple>')
    ),
    "link target": docx(
        _run('<w:hyperlink r:id="l"><w:r><w:t>here</w:t></w:r></w:hyperlink>'),
        {"word/_rels/document.xml.rels": relations(("l", "hyperlink", f"mailto:{NAME}"))},
    ),
    "older form of a text box": docx(_run(_CHOICE)),
    "alternative text": docx(
        _run(
            f'<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="{NAME}"/></wp:inline>'
            "</w:drawing></w:r>"
        )
    ),
    "hidden drawing": docx(
        _run(f'<w:r><w:drawing><wp:docPr hidden="1"/>{_box(NAME)}</w:drawing></w:r>')
    ),
    "drawing beside the page": docx(
        _run(f"<w:r><w:drawing><wp:posOffset>90000000</wp:posOffset>{_box(NAME)}</w:drawing></w:r>")
    ),
    "placeholder of a control": docx(
        f"{_GREETING}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{_PARAGRAPH}</w:sdtContent></w:sdt>"
    ),
    "name of a control": docx(
        f'{_GREETING}<w:sdt><w:sdtPr><w:alias w:val="{NAME}"/></w:sdtPr></w:sdt>'
    ),
    "bookmark": docx(_run(f'<w:bookmarkStart w:name="{NAME}"/>')),
    "word between elements": docx(_run(NAME)),
    "comment in the XML": docx(f"{_GREETING}<!-- {NAME} -->"),
    "creator": docx(
        _GREETING,
        {"docProps/core.xml": f"<coreProperties><creator>{NAME}</creator></coreProperties>"},
    ),
    "company": docx(
        _GREETING, {"docProps/app.xml": f"<Properties><Company>{NAME}</Company></Properties>"}
    ),
    "custom property": docx(
        _GREETING, {"docProps/custom.xml": f'<Properties><property name="{NAME}"/></Properties>'}
    ),
    "people": docx(_GREETING, {"word/people.xml": f'<people><person author="{NAME}"/></people>'}),
    "custom XML": docx(_GREETING, {"customXml/item1.xml": f"<any><thing>{NAME}</thing></any>"}),
    "glossary": docx(
        _GREETING, {"word/glossary/document.xml": element("w:glossaryDocument", _PARAGRAPH)}
    ),
    "document variable": docx(
        _GREETING,
        {"word/settings.xml": element("w:settings", f'<w:docVar w:name="n" w:val="{NAME}"/>')},
    ),
    "template": docx(
        _GREETING,
        {
            "word/_rels/settings.xml.rels": relations(
                ("t", "attachedTemplate", f"file:///{NAME}.dotx")
            )
        },
    ),
    "chart": docx(
        _GREETING, {"word/charts/chart1.xml": element("chartSpace", f"<a:t>{NAME}</a:t>")}
    ),
    "name of a part": docx(_GREETING, {f"word/media/{NAME}.bin": b"x"}),
    "document in the document": docx(
        _GREETING, {"word/embeddings/oleObject1.bin": docx(_PARAGRAPH)}
    ),
    "deleted row": docx(
        f"{_GREETING}<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{_PARAGRAPH}</w:tc></w:tr></w:tbl>"
    ),
    "list label": docx(
        _GREETING, {"word/numbering.xml": element("w:numbering", f'<w:lvlText w:val="{NAME} %1"/>')}
    ),
}
ODT_HIDDEN: dict[str, bytes] = {
    "hidden span": odt(
        f'{_ODT_GREETING}<text:p><text:span text:style-name="T">{NAME}</text:span></text:p>',
        styles=_style("T", "text", 'text:display="none"'),
    ),
    "white span": odt(
        f'{_ODT_GREETING}<text:p><text:span text:style-name="T">{NAME}</text:span></text:p>',
        styles=_style("T", "text", 'fo:color="#ffffff"'),
    ),
    "tiny span": odt(
        f'{_ODT_GREETING}<text:p><text:span text:style-name="T">{NAME}</text:span></text:p>',
        styles=_style("T", "text", 'fo:font-size="1pt"'),
    ),
    "hidden section": odt(
        f'{_ODT_GREETING}<text:section text:display="none"><text:p>{NAME}</text:p></text:section>'
    ),
    "hidden text": odt(
        f'{_ODT_GREETING}<text:p><text:hidden-text text:string-value="{NAME}"/></text:p>'
    ),
    "deletion": odt(
        "<text:tracked-changes><text:changed-region><text:deletion>"
        f"<text:p>{NAME}</text:p></text:deletion></text:changed-region></text:tracked-changes>{_ODT_GREETING}"
    ),
    "annotation": odt(
        f"{_ODT_GREETING}<text:p>x<office:annotation><text:p>{NAME}</text:p></office:annotation></text:p>"
    ),
    "author of an annotation": odt(
        f"{_ODT_GREETING}<text:p>x<office:annotation><dc:creator>{NAME}</dc:creator></office:annotation></text:p>"
    ),
    "note": odt(
        f"{_ODT_GREETING}<text:p>x<text:note><text:note-body><text:p>{NAME}</text:p></text:note-body></text:note></text:p>"
    ),
    "link target": odt(
        f'{_ODT_GREETING}<text:p><text:a xlink:href="mailto:{NAME}">x</text:a></text:p>'
    ),
    "description of a picture": odt(
        f"{_ODT_GREETING}<text:p><draw:frame><svg:desc>{NAME}</svg:desc></draw:frame></text:p>"
    ),
    "frame beside the page": odt(
        f'{_ODT_GREETING}<text:p><draw:frame svg:x="900cm"><draw:text-box>'
        f"<text:p>{NAME}</text:p></draw:text-box></draw:frame></text:p>"
    ),
    "bookmark": odt(f'{_ODT_GREETING}<text:p><text:bookmark text:name="{NAME}"/></text:p>'),
    "hidden row": odt(
        f'{_ODT_GREETING}<table:table><table:table-row table:visibility="collapse">'
        f"<table:table-cell><text:p>{NAME}</text:p></table:table-cell></table:table-row></table:table>"
    ),
    "form": odt(
        f'<office:forms><form:form><form:text form:value="{NAME}"/></form:form></office:forms>'
        + _ODT_GREETING
    ),
    "header": odt(
        _ODT_GREETING,
        extra={
            "styles.xml": odt_part(
                "document-styles", f"<style:header><text:p>{NAME}</text:p></style:header>"
            )
        },
    ),
    "footer": odt(
        _ODT_GREETING,
        extra={
            "styles.xml": odt_part(
                "document-styles", f"<style:footer><text:p>{NAME}</text:p></style:footer>"
            )
        },
    ),
    "creator": odt(
        _ODT_GREETING,
        extra={"meta.xml": odt_part("document-meta", f"<dc:creator>{NAME}</dc:creator>")},
    ),
    "user-defined property": odt(
        _ODT_GREETING,
        extra={
            "meta.xml": odt_part(
                "document-meta", f'<meta:user-defined meta:name="{NAME}">x</meta:user-defined>'
            )
        },
    ),
    "settings": odt(
        _ODT_GREETING, extra={"settings.xml": odt_part("document-settings", f"<any>{NAME}</any>")}
    ),
    "object": odt(
        _ODT_GREETING,
        extra={"Object 1/content.xml": odt_part("document-content", f"<text:p>{NAME}</text:p>")},
    ),
}
_ALTERNATIVES = (part(NAME), part("<p>Dear donor, thank you.</p>", "text/html; charset=utf-8"))
MAIL_HIDDEN: dict[str, bytes] = {
    "not displayed": html(f'<div style="display:none">{NAME}</div>'),
    "hidden by a style sheet": html(f"<style>.x{{display:none}}</style><p class=x>{NAME}</p>"),
    "no size": html(f'<span style="font-size:0">{NAME}</span>'),
    "white": html(f'<font color="#ffffff">{NAME}</font>'),
    "white on white": html(f'<p style="color:#eee;background-color:#efefef">{NAME}</p>'),
    "transparent": html(f'<p style="color:transparent">{NAME}</p>'),
    "beside the page": html(f'<p style="position:absolute;left:-9999px">{NAME}</p>'),
    "hidden attribute": html(f"<p hidden>{NAME}</p>"),
    "HTML comment": html(f"<!-- {NAME} -->"),
    "conditional comment": html(f"<!--[if mso]><p>{NAME}</p><![endif]-->"),
    "alternative text": html(f'<img alt="{NAME}" src="cid:1">'),
    "title": html(f'<p title="{NAME}">x</p>'),
    "data attribute": html(f'<p data-user="{NAME}">x</p>'),
    "content of a style sheet": html(f"<style>p:before{{content:'{NAME}'}}</style>"),
    "template": html(f"<template>{NAME}</template>"),
    "noscript": html(f"<noscript>{NAME}</noscript>"),
    "script": html(f"<script>var x = '{NAME}'</script>"),
    "link": html(f'<a href="https://example.org/?u={NAME}">x</a>'),
    "address of a picture": html(f'<img src="https://example.org/{NAME}.gif">'),
    "title of the page": html(f"<title>{NAME}</title>"),
    "sender": mail(LETTER, head=f"Reply-To: {NAME} <w@example.org>\r\n"),
    "received": mail(LETTER, head=f"Received: from {NAME} by x\r\n"),
    "unknown header": mail(LETTER, head=f"X-Whatever: {NAME}\r\n"),
    "encoded header": mail(LETTER, head="X-Name: =?utf-8?q?Wilhelmina_Zzyzx?=\r\n"),
    "other alternative": mixed(*_ALTERNATIVES, kind="alternative"),
    "before the parts": mixed(part(LETTER), preamble=NAME),
    "after the parts": mixed(part(LETTER), epilogue=NAME),
    "name of an attachment": mixed(part(LETTER), attached(b"\x00\x01", name=NAME)),
    "content id": mixed(part(LETTER), part("x", head=f"Content-ID: <{NAME}>\r\n")),
    "attached text": mixed(part(LETTER), attached(NAME.encode(), kind="text/plain; charset=utf-8")),
    "attached card": mixed(
        part(LETTER),
        attached(f"BEGIN:VCARD\r\nFN:{NAME}".encode(), kind="text/vcard; charset=utf-8"),
    ),
    "attached Word file": mixed(part(LETTER), attached(docx(_PARAGRAPH))),
    "comment in an attached Word file": mixed(part(LETTER), attached(DOCX_HIDDEN["comment"])),
    "mail in the mail": mixed(part(LETTER), part(mail(NAME), "message/rfc822")),
    "header of a mail in the mail": mixed(
        part(LETTER), part(mail("x", head=f"X-A: {NAME}\r\n"), "message/rfc822")
    ),
    "parts in parts": mixed(
        part(LETTER), multipart(attached(NAME.encode(), kind="text/plain"), boundary="b2")
    ),
    "quoted mail": mail(f"{LETTER}\r\nOn 3 May 2026, {NAME} wrote:\r\n> x\r\n"),
    "quoted head": mail(
        f"{LETTER}\r\nFrom: {NAME}\r\nSent: Sunday\r\nTo: x\r\nSubject: y\r\n\r\nold"
    ),
    "German quotation": mail(f"{LETTER}\r\nAm 3. Mai 2026 um 10:00 schrieb {NAME}:\r\n\r\nalt"),
    "original message": mail(f"{LETTER}\r\n-----Original Message-----\r\n{NAME}"),
    "signature": mail(f"{LETTER}\r\n-- \r\n{NAME}\r\n"),
    "company block": mail(f"{LETTER}\r\n{NAME} GmbH\r\nTel: +49 30 123\r\nwww.example.org\r\n"),
    "telephone's signature": mail(f"{LETTER}\r\nSent from my phone of {NAME}"),
}

_WINDOW_ODT = f"<text:p>{NAME}</text:p>"
#: Places that a reader sees as the letter: in its text.
SEEN: dict[str, bytes] = {
    "docx body": docx(_PARAGRAPH),
    "docx table": docx(f"<w:tbl><w:tr><w:tc>{_PARAGRAPH}</w:tc></w:tr></w:tbl>"),
    "docx nested table": docx(
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{_PARAGRAPH}</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
    ),
    "docx text box": docx(
        _run(f"<w:r><w:drawing><wps:txbx>{_box(NAME)}</wps:txbx></w:drawing></w:r>")
    ),
    "docx insertion": docx(_run(f"<w:ins><w:r><w:t>{NAME}</w:t></w:r></w:ins>")),
    "docx control": docx(f"<w:sdt><w:sdtContent>{_PARAGRAPH}</w:sdtContent></w:sdt>"),
    "docx smart tag": docx(_run(f"<w:smartTag><w:r><w:t>{NAME}</w:t></w:r></w:smartTag>")),
    "docx field": docx(_run(_field("AUTHOR", NAME))),
    "docx link": docx(_run(f"<w:hyperlink><w:r><w:t>{NAME}</w:t></w:r></w:hyperlink>")),
    "docx white on black": docx(
        paragraph(NAME, '<w:color w:val="FFFFFF"/><w:shd w:fill="000000"/>')
    ),
    "docx unknown element": docx(f"<w:future>{_PARAGRAPH}</w:future>"),
    "odt body": odt(_WINDOW_ODT),
    "odt table": odt(
        f"<table:table><table:table-row><table:table-cell>{_WINDOW_ODT}</table:table-cell></table:table-row></table:table>"
    ),
    "odt frame": odt(
        f"<text:p>x<draw:frame><draw:text-box>{_WINDOW_ODT}</draw:text-box></draw:frame></text:p>"
    ),
    "odt field": odt(f"<text:p><text:author-name>{NAME}</text:author-name></text:p>"),
    "odt list": odt(f"<text:list><text:list-item>{_WINDOW_ODT}</text:list-item></text:list>"),
    "mail text": mail(NAME),
    "mail HTML": html(f"<p>{NAME}</p>"),
    "mail white on black": html(
        f'<div style="background:#000"><p style="color:#fff">{NAME}</p></div>'
    ),
    "mail below a quotation": mail(f"On 3 May 2026, x wrote:\r\n> old\r\n\r\n{NAME}\r\n"),
    "only attachment": mixed(part(""), attached(docx(_PARAGRAPH))),
    "only a forwarded mail": mail(f"Begin forwarded message:\r\n\r\n{NAME}"),
    "docx as archive of stored parts": zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("a", "officeDocument", "/word/document.xml")),
            "word/document.xml": element("w:document", f"<w:body>{_PARAGRAPH}</w:body>"),
        },
        compression=0,
    ),
}
