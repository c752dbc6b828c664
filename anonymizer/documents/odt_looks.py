"""How text of an OpenDocument file looks: its styles, as far as they can hide text."""

from dataclasses import dataclass, field, replace

from lxml import etree

from anonymizer.documents.styles import Look, colour, points
from anonymizer.documents.xml import attribute, local_name
from anonymizer.model import Origin

_MAX_CHAIN = 20


@dataclass(slots=True)
class OdtStyles:
    """Styles by family and name, from `styles.xml` and from `content.xml`."""

    elements: dict[tuple[str, str], etree._Element] = field(default_factory=dict)

    def add(self, root: etree._Element) -> None:
        """Learn every style that stands below `root`."""
        for node in root.iter():
            if local_name(node) == "style":
                key = (attribute(node, "family") or "", attribute(node, "name") or "")
                self.elements[key] = node
            elif local_name(node) == "default-style":
                self.elements[attribute(node, "family") or "", ""] = node

    def look(self, look: Look, family: str, name: str | None) -> Look:
        """`look` with a style on top of it, and below that the styles it is made from."""
        chain: list[etree._Element] = []
        while name and (family, name) in self.elements and len(chain) < _MAX_CHAIN:
            chain.append(self.elements[family, name])
            name = attribute(chain[-1], "parent-style-name")
        if family == "paragraph" and (family, "") in self.elements:
            chain.append(self.elements[family, ""])
        for one in reversed(chain):
            look = _styled(look, one)
        return look

    def hides_section(self, name: str | None) -> bool:
        """True for a section or row that its style does not show."""
        for family in ("section", "table-row", "table-column", "table", "graphic"):
            style = self.elements.get((family, name or ""))
            if style is not None and any(
                attribute(one, "display") == "none" or attribute(one, "visibility") == "collapse"
                for one in style.iter()
            ):
                return True
        return False


def _styled(look: Look, style: etree._Element) -> Look:
    for node in style:
        given = {str(key).rpartition("}")[2]: str(text) for key, text in node.attrib.items()}
        kind = local_name(node)
        if kind in {"paragraph-properties", "table-cell-properties", "text-properties"}:
            look = _on_paper(look, given)
        if kind == "text-properties":
            look = _written(look, given)
    return look


def _on_paper(look: Look, given: dict[str, str]) -> Look:
    paper = given.get("background-color")
    return look if paper in {None, "transparent"} else replace(look, paper=colour(paper or ""))


def _written(look: Look, given: dict[str, str]) -> Look:
    size = points(given.get("font-size", ""), look.size)
    ink = given.get("color")
    if given.get("use-window-font-color") == "true":
        ink = "#000000"
    hidden = look.hidden
    if given.get("display") == "none":
        hidden = Origin.HIDDEN_TEXT
    elif given.get("display") == "true" and hidden is Origin.HIDDEN_TEXT:
        hidden = None
    if given.get("text-scale", "100%") in {"0%", "1%", "2%", "3%", "4%", "5%"}:
        hidden = Origin.TINY_TEXT
    return replace(
        look,
        hidden=hidden,
        ink=colour(ink) if ink else look.ink,
        size=look.size if size is None else size,
    )
