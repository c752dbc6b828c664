"""
Office Open XML packages (ECMA-376 part 2): their parts, relationships and names.

Transitional and strict files use different namespaces for the same elements; `tag` gives both
the same short name.
"""

import posixpath
from dataclasses import dataclass, field

import re2
from lxml import etree

from anonymizer.documents.archive import Archive, damaged, open_archive
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.xml import attribute, is_element, parse_xml

_OFFICE = "http://schemas.openxmlformats.org"
_STRICT = "http://purl.oclc.org/ooxml"
_PREFIXES = {
    f"{_OFFICE}/wordprocessingml/2006/main": "w",
    f"{_STRICT}/wordprocessingml/main": "w",
    f"{_OFFICE}/officeDocument/2006/math": "m",
    f"{_STRICT}/officeDocument/math": "m",
    f"{_OFFICE}/drawingml/2006/main": "a",
    f"{_STRICT}/drawingml/main": "a",
    f"{_OFFICE}/drawingml/2006/wordprocessingDrawing": "wp",
    f"{_STRICT}/drawingml/wordprocessingDrawing": "wp",
    f"{_OFFICE}/drawingml/2006/picture": "pic",
    f"{_STRICT}/drawingml/picture": "pic",
    f"{_OFFICE}/markup-compatibility/2006": "mc",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
}
#: Names of parts as editors give them; any other name was chosen by somebody.
_USUAL_NAME = re2.compile(
    r"^(?:(?:word|docProps|customXml|_rels|glossary|media|embeddings|charts|diagrams|theme|fonts"
    r"|activeX|drawings|_xmlsignatures|printerSettings|customUI|webextensions|META-INF|Pictures"
    r"|Thumbnails|Configurations2|accelerator|progressbar|images|Bitmaps"
    r"|floater|menubar|popupmenu|statusbar|toolbar|toolpanel|Basic|Scripts"
    r"|Object \d{1,3}|ObjectReplacements)/)*"
    r"(?:\[Content_Types\]|document\d*|header\d*|footer\d*|footnotes|endnotes|comments[A-Za-z]*"
    r"|styles[A-Za-z]*|settings|numbering|fontTable|webSettings|theme\d*|people|core|app|custom"
    r"|item\d+|itemProps\d+|image\d+|chart\d+|data\d+|drawing\d+|layout\d+|colors\d+|quickStyle\d+"
    r"|oleObject\d+|Microsoft_[A-Za-z]+_[A-Za-z]+\d*|thumbnail|vbaProject|vbaData|afchunk\d*|sig\d+"
    r"|stylesWithEffects|glossary|content|meta|manifest|mimetype|current|documentsignatures"
    r"|script-lc|script-lb)?"
    r"(?:\.[a-z]{2,8}){0,2}$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relationship:
    """What a part refers to: a part of the package by its name, or something outside."""

    kind: str
    target: str = field(repr=False)
    external: bool


@dataclass(slots=True)
class Package:
    """The parts of an office file, read one by one."""

    archive: Archive

    @classmethod
    def open(cls, content: bytes, limits: ReadingLimits) -> "Package":
        """Check the archive. Raises `Unreadable` or `OverLimit`."""
        return cls(archive=open_archive(content, limits))

    def xml(self, name: str) -> etree._Element:
        """A part as XML."""
        return parse_xml(self.archive.read(name))

    def main_part(self) -> str:
        """The name of the part that is the document. `damaged` when there is none."""
        if "[Content_Types].xml" not in self.archive.entries:
            raise damaged()
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and not relationship.external:
                if relationship.target in self.archive.entries:
                    return relationship.target
                raise damaged()
        raise damaged()

    def relationships(self, part: str) -> dict[str, Relationship]:
        """What `part` ("" for the package) refers to, by the ids it uses."""
        folder, _, base = part.rpartition("/")
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self.archive.entries:
            return {}
        found = {}
        for one in self.xml(name):
            external = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[one.get("Id", "")] = Relationship(
                kind=one.get("Type", "").rpartition("/")[2], target=target, external=external
            )
        return found


def where_of(name: str, number: int) -> str:
    """The name of a part as it may be shown: a name that somebody chose is only counted."""
    return name if _USUAL_NAME.match(name) else f"part {number} of the file"


def is_usual_name(name: str) -> bool:
    """True for the names that editors give to parts."""
    return bool(_USUAL_NAME.match(name))


def tag(node: etree._Element) -> str:
    """`w:p`, `mc:Choice` …; the local name alone in other namespaces, "" for comments."""
    if not is_element(node):
        return ""
    namespace, _, name = node.tag.removeprefix("{").rpartition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{name}" if prefix else name


def child(node: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that short name."""
    if node is None:
        return None
    return next((one for one in node if tag(one) == name), None)


def value(node: etree._Element | None, name: str) -> str | None:
    """The `val` of a child, such as the size in `w:rPr`."""
    found = child(node, name)
    return None if found is None else attribute(found, "val")


def is_on(node: etree._Element | None, name: str) -> bool:
    """True when a toggle such as `w:vanish` is there and not turned off."""
    found = child(node, name)
    return found is not None and (attribute(found, "val") or "1") not in {"0", "false", "off"}
