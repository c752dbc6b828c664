"""
OpenDocument text (.odt, OASIS OpenDocument 1.3): every part is read, not only the body.

The letter is the body: paragraphs, tables, frames, fields, tracked insertions. Headers, footers,
notes, comments, deletions, hidden text, properties and whatever else stands in a part become
passages.
"""

from dataclasses import dataclass, field

from lxml import etree

from anonymizer.documents.archive import damaged
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.kinds import password_protected, unread_format
from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.documents.odt_looks import OdtStyles
from anonymizer.documents.odt_story import OdtStory
from anonymizer.documents.office_parts import OfficeParts, ReadNested, every_word
from anonymizer.documents.ooxml import Package
from anonymizer.documents.xml import local_name
from anonymizer.model import DocumentKind, Origin, Reading

_MANIFEST = "META-INF/manifest.xml"
_OFFICE_TYPES = (b"application/vnd.oasis.opendocument.text", b"")
#: What stands on every page, by the name of its element in `styles.xml`.
_PAGE = {
    "header": Origin.HEADER,
    "header-left": Origin.HEADER,
    "header-first": Origin.HEADER,
    "footer": Origin.FOOTER,
    "footer-left": Origin.FOOTER,
    "footer-first": Origin.FOOTER,
}


def read_odt(content: bytes, limits: ReadingLimits, *, read_nested: ReadNested) -> Reading:
    """An OpenDocument text as a reading. Raises `Unreadable` or `OverLimit`."""
    check_size(content, limits)
    package = Package.open(content, limits)
    gathered = Gathered()
    parts = OfficeParts(archive=package.archive, gathered=gathered, read_nested=read_nested)
    odt = _Odt(package=package, gathered=gathered, parts=parts)
    odt.check_kind()
    parts.gather_names()
    text = odt.read_body()
    odt.read_pages()
    for name in parts.rest():
        odt.read_part(name)
    parts.warn_of_unread()
    return gathered.reading(DocumentKind.ODT, text)


@dataclass(slots=True)
class _Odt:
    """An OpenDocument file while its parts are being read."""

    package: Package
    gathered: Gathered
    parts: OfficeParts
    styles: OdtStyles = field(default_factory=OdtStyles)
    pages: etree._Element | None = None

    def check_kind(self) -> None:
        """Whether it is a text and can be opened without a password."""
        archive = self.package.archive
        kind = archive.read("mimetype").strip() if "mimetype" in archive.entries else b""
        self.parts.done.add("mimetype")
        if not any(kind == one or (one and kind.startswith(one + b"-")) for one in _OFFICE_TYPES):
            raise unread_format(name="an OpenDocument file that is no text")
        if _MANIFEST in archive.entries:
            self.parts.done.add(_MANIFEST)
            manifest = self.package.xml(_MANIFEST)
            if any(local_name(one) == "encryption-data" for one in manifest.iter()):
                raise password_protected()
        if "content.xml" not in archive.entries:
            raise damaged()

    def read_body(self) -> str:
        """The text of the letter."""
        if "styles.xml" in self.package.archive.entries:
            self.pages = self.package.xml("styles.xml")
            self.parts.done.add("styles.xml")
            self.styles.add(self.pages)
        root = self.package.xml("content.xml")
        self.parts.done.add("content.xml")
        self.styles.add(root)
        if local_name(root) != "document-content":
            raise damaged()
        return self._story("content.xml").read(root)

    def _story(self, name: str) -> OdtStory:
        return OdtStory(styles=self.styles, gathered=self.gathered, where=self.parts.where(name))

    def read_pages(self) -> None:
        """Headers and footers, and any other text that styles have."""
        if self.pages is None:
            return
        for node in list(self.pages.iter()):
            origin = _PAGE.get(local_name(node))
            if origin is not None:
                text = self._story("styles.xml").read(node)
                self.gathered.put(text, origin, "styles.xml", visible=True)
                node.clear()
        # Whatever stands elsewhere among the styles, such as the words of a list's labels.
        rest = self._story("styles.xml").read(self.pages)
        self.gathered.put(rest, Origin.OTHER, "styles.xml")

    def read_part(self, name: str) -> None:
        """Any part but the body and the styles."""
        if "basic/" in name.lower() or "scripts/" in name.lower():
            self.parts.done.add(name)
            if "script-l" not in name:
                self.parts.warn_of_macros()
            return
        if not name.lower().endswith((".xml", ".rdf")) or self.parts.is_empty(name):
            self.parts.gather_binary(name)
            return
        self.parts.done.add(name)
        root, where = self.package.xml(name), self.parts.where(name)
        kind = local_name(root)
        if kind == "document-meta":
            self.gathered.put_lines(every_word(root), Origin.PROPERTY, where)
        elif kind == "document-content":
            self.gathered.put(self._story(name).read(root), Origin.EMBEDDED, where, visible=True)
        elif kind != "document-styles":
            self.gathered.put_lines(every_word(root), Origin.PROPERTY, where)
