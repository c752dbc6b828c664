"""Whether a person can see text: colours, sizes and the few rules of CSS that hide it."""

from dataclasses import dataclass, field

import re2

from anonymizer.model import Origin

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
#: Points (of 1/72 inch) below which nobody reads.
TINY_POINTS = 4.0
#: Difference in each of red, green and blue, of 255, that nobody sees.
_SAME_COLOUR = 24
#: Pixels or points left of or above the page where text is out of sight.
_FAR_AWAY = 900
_NAMED = {
    "white": WHITE,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240),
    "whitesmoke": (245, 245, 245),
    "mintcream": (245, 255, 250),
    "azure": (240, 255, 255),
    "black": (0, 0, 0),
}
_POINTS = {"px": 0.75, "pt": 1.0, "pc": 12.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "": 0.75}
_RELATIVE = {"em": 1.0, "rem": 1.0, "ex": 0.5, "%": 0.01}
_LENGTH = re2.compile(r"^(-?[0-9]*\.?[0-9]+)\s*([a-z%]*)$")
_NUMBERS = re2.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_COMMENT = re2.compile(r"(?s)/\*.*?\*/")
_STRING = re2.compile(r"""(?s)content\s*:\s*((?:"[^"]*"|'[^']*'|[^;}"'])*)""")
_HEX = re2.compile(r"^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$")
_SELECTOR = re2.compile(r"^([a-z][a-z0-9]*|\*)?([.#][A-Za-z0-9_-]+)?$")


def same_colour(ink: Colour | None, paper: Colour | None) -> bool:
    """True when nobody can tell them apart; unknown colours are told apart."""
    if ink is None or paper is None:
        return False
    return all(abs(one - other) <= _SAME_COLOUR for one, other in zip(ink, paper, strict=True))


def colour(value: str) -> Colour | None:
    """A colour as `#fff`, `#ffffff`, `FFFFFF`, `rgb(255, 255, 255)` or a pale one's name."""
    value = value.strip().lower()
    if value in _NAMED:
        return _NAMED[value]
    if _HEX.match(value):
        digits = value.removeprefix("#")
        digits = digits if len(digits) == 6 else "".join(2 * one for one in digits)
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    if value.startswith("rgb"):
        parts = [_channel(one) for one in _NUMBERS.findall(value)[:3]]
        return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None
    return None


def _channel(value: str) -> int:
    return round(float(value.removesuffix("%")) * (2.55 if value.endswith("%") else 1))


def points(value: str, parent: float) -> float | None:
    """A length in points; relative ones by that of the parent. None when it is no length."""
    found = _LENGTH.match(value.strip().lower())
    if found is None:
        return None
    number, unit = float(found.group(1)), found.group(2)
    if unit in _RELATIVE:
        return number * _RELATIVE[unit] * parent
    return number * _POINTS[unit] if unit in _POINTS else None


def declarations(style: str) -> dict[str, str]:
    """`color: red; display: none` as a mapping, names and values in lower case."""
    found = {}
    for one in _COMMENT.sub("", style).split(";"):
        name, colon, value = one.partition(":")
        if colon:
            found[name.strip().lower()] = value.lower().replace("!important", "").strip()
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How text looks at one place: why it is hidden, its colours, its size in points."""

    hidden: Origin | None = None
    ink: Colour | None = (0, 0, 0)
    paper: Colour | None = WHITE
    size: float = 12.0

    @property
    def origin(self) -> Origin | None:
        """What a passage that looks so is; None for text that can be seen."""
        if self.hidden is not None:
            return self.hidden
        if self.size < TINY_POINTS:
            return Origin.TINY_TEXT
        return Origin.WHITE_TEXT if same_colour(self.ink, self.paper) else None

    def within(self, declared: dict[str, str]) -> "Look":
        """The look of an element with these declarations inside one of this look."""
        ink, paper = declared.get("color"), declared.get("background-color")
        paper = paper or declared.get("background")
        size = points(declared.get("font-size", ""), self.size)
        transparent = ink == "transparent" or declared.get("opacity") in {"0", "0.0", "0%"}
        hidden = Origin.INVISIBLE if transparent else _hidden(declared)
        return Look(
            hidden=self.hidden or hidden,
            ink=colour(ink) if ink else self.ink,
            paper=self.paper if paper in {None, "", "transparent", "none"} else colour(paper or ""),
            size=self.size if size is None else size,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How text looks here, and whether all of it is something else than text."""

    look: Look
    origin: Origin | None = None

    @property
    def reason(self) -> Origin | None:
        """What a passage that stands here is; None for text that can be seen."""
        return self.origin or self.look.origin


def _hidden(declared: dict[str, str]) -> Origin | None:
    if declared.get("display") == "none" or declared.get("mso-hide") == "all":
        return Origin.HIDDEN_TEXT
    if declared.get("visibility") in {"hidden", "collapse"}:
        return Origin.HIDDEN_TEXT
    if declared.get("overflow") == "hidden" and any(
        points(declared.get(side, ""), 0) == 0
        for side in ("height", "max-height", "width", "max-width")
    ):
        return Origin.HIDDEN_TEXT
    for side in ("left", "top", "text-indent", "margin-left", "margin-top"):
        if (points(declared.get(side, ""), 12) or 0) < -_FAR_AWAY * 0.5:
            return Origin.OFF_PAGE
    return None


@dataclass(slots=True)
class StyleSheet:
    """The rules of a page for tags, classes and ids; what `@media` says is for other screens."""

    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Text that the style sheet itself puts on the page.
    contents: list[str] = field(default_factory=list, repr=False)

    def add(self, css: str) -> None:
        """Read one `<style>` element."""
        css = _COMMENT.sub("", css)
        self.contents.extend(
            found for found in _STRING.findall(css) if '"' in found or "'" in found
        )
        for selectors, body in _top_rules(css):
            if selectors.startswith("@"):
                continue
            for selector in selectors.split(","):
                last = (selector.split() or [""])[-1]
                if _SELECTOR.match(last):
                    self.rules.setdefault(last.lower(), {}).update(declarations(body))

    def of(self, tag: str, classes: str, identity: str) -> dict[str, str]:
        """What the rules declare for an element, the more exact ones last."""
        declared: dict[str, str] = {}
        names = [f".{one.lower()}" for one in classes.split()]
        names += [f"#{identity.lower()}"] if identity else []
        for selector in ("*", tag, *names, *(tag + name for name in names)):
            declared |= self.rules.get(selector, {})
        return declared


def _top_rules(css: str) -> list[tuple[str, str]]:
    """Selector and body of each rule that stands in no other."""
    rules, depth, start, selector = [], 0, 0, ""
    for at, one in enumerate(css):
        if one == "{":
            if depth == 0:
                selector, start = css[start:at].strip(), at + 1
            depth += 1
        elif one == "}" and depth:
            depth -= 1
            if depth == 0:
                rules.append((selector, css[start:at]))
                start = at + 1
    return rules
