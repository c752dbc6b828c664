"""How text of a Word file looks: styles and direct formatting, as far as they can hide text."""

from dataclasses import dataclass, field, replace

from lxml import etree

from anonymizer.documents.ooxml import child, is_on, tag, value
from anonymizer.documents.styles import WHITE, Colour, Look, colour
from anonymizer.documents.xml import attribute
from anonymizer.model import Origin

_WHITE_THEMES = frozenset({"background1", "light1", "bg1", "lt1"})
#: A style that is based on itself, by way of others, ends here.
_MAX_CHAIN = 20
#: Half points by which text is raised or lowered out of sight.
_FAR = 1_500
#: Percent of its width to which text is pressed until nobody reads it.
_PRESSED = 10


@dataclass(slots=True)
class Styles:
    """The styles of one document, by id."""

    defaults: Look = field(default_factory=Look)
    elements: dict[str, etree._Element] = field(default_factory=dict)
    default_paragraph: str = ""

    @classmethod
    def of(cls, root: etree._Element | None) -> "Styles":
        """The styles of `word/styles.xml`; none without it."""
        styles = cls()
        if root is None:
            return styles
        for one in root:
            if tag(one) == "w:style":
                name = attribute(one, "styleId") or ""
                styles.elements[name] = one
                if attribute(one, "type") == "paragraph" and attribute(one, "default") in {
                    "1",
                    "true",
                }:
                    styles.default_paragraph = name
        defaults = child(child(child(root, "w:docDefaults"), "w:rPrDefault"), "w:rPr")
        styles.defaults = formatted(styles.defaults, defaults)
        return styles

    def look(self, look: Look, style: str | None) -> Look:
        """`look` with a style on top of it, and below that what the style is based on."""
        chain: list[etree._Element] = []
        while style in self.elements and len(chain) < _MAX_CHAIN:
            chain.append(self.elements[style])
            style = value(chain[-1], "w:basedOn")
        for one in reversed(chain):
            look = shaded(look, child(one, "w:pPr"))
            look = formatted(look, child(one, "w:rPr"))
        return look

    def of_paragraph(self, look: Look, properties: etree._Element | None) -> Look:
        """The look of a paragraph's text."""
        style = value(properties, "w:pStyle") or self.default_paragraph
        return shaded(self.look(look, style), properties)

    def of_run(self, look: Look, properties: etree._Element | None) -> Look:
        """The look of a run within text of `look`."""
        return formatted(self.look(look, value(properties, "w:rStyle")), properties)


def formatted(look: Look, properties: etree._Element | None) -> Look:
    """`look` with run properties on top of it."""
    if properties is None:
        return look
    look = shaded(look, properties)
    ink = _ink(child(properties, "w:color"))
    size = value(properties, "w:sz")
    return replace(
        look,
        hidden=_hidden(look.hidden, properties),
        ink=ink if ink is not None else look.ink,
        size=int(size) / 2 if size and size.isdecimal() else look.size,
    )


def _hidden(before: Origin | None, properties: etree._Element) -> Origin | None:
    if is_on(properties, "w:vanish") or is_on(properties, "w:specVanish"):
        return Origin.HIDDEN_TEXT
    if any(_is_clear(one) for one in _fills(properties)):
        return Origin.INVISIBLE
    if moved := _moved(properties):
        return moved
    # A style hides, direct formatting shows again.
    if before is Origin.HIDDEN_TEXT and child(properties, "w:vanish") is not None:
        return None
    return before


def _is_clear(fill: etree._Element) -> bool:
    """True where letters are filled with nothing, or with a colour that is all transparent."""
    clear = tag(fill) == "w14:alpha" and attribute(fill, "val") == "100000"
    return clear or tag(fill) == "w14:noFill"


def _moved(properties: etree._Element) -> Origin | None:
    """Raised or lowered off the page, or pressed until nobody reads it."""
    if abs(_number(value(properties, "w:position"))) > _FAR:
        return Origin.OFF_PAGE
    pressed = 0 < _number(value(properties, "w:w")) < _PRESSED
    return Origin.TINY_TEXT if pressed else None


def _fills(properties: etree._Element) -> list[etree._Element]:
    fill = child(properties, "w14:textFill")
    return [] if fill is None else list(fill.iter())


def _number(text: str | None) -> float:
    try:
        return float((text or "0").removesuffix("%"))
    except ValueError:
        return 0


def _ink(element: etree._Element | None) -> Colour | None:
    if element is None:
        return None
    given = attribute(element, "val") or "auto"
    if given == "auto":
        return WHITE if attribute(element, "themeColor") in _WHITE_THEMES else (0, 0, 0)
    return colour(given)


def shaded(look: Look, properties: etree._Element | None) -> Look:
    """`look` on the shading or highlighting that these properties give."""
    if properties is None:
        return look
    highlight = value(properties, "w:highlight")
    if highlight and highlight != "none":
        return replace(look, paper=WHITE if highlight == "white" else None)
    shading = child(properties, "w:shd")
    fill = None if shading is None else attribute(shading, "fill")
    if shading is not None and attribute(shading, "themeFill"):
        return replace(look, paper=colour(fill) if fill and fill != "auto" else None)
    return look if fill in {None, "auto"} else replace(look, paper=colour(fill or ""))
