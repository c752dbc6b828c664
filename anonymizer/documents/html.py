"""
HTML of a mail: the text that a person sees, and everything else that stands in it.

Python's own parser is used because it gives every character to somebody and has no limits at
which it stops in silence. What a browser would show differently is still in the letter or in a
passage. Nothing is loaded from anywhere.
"""

import base64
import binascii
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import re2

from anonymizer.documents.gathering import Gathered
from anonymizer.documents.pictures import picture_of
from anonymizer.documents.styles import Look, StyleSheet, declarations
from anonymizer.model import Origin

_VOID = frozenset(
    "area base basefont br col embed frame hr img input keygen link meta param source track "
    "wbr".split()
)
_LINE = frozenset(
    "div section article header footer main aside nav address table tr form fieldset dl dt dd li "
    "center pre figure figcaption body html caption thead tbody tfoot option select hr o:p".split()
)
_PARAGRAPH = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol".split())
#: Which open elements a new one ends, as in the HTML standard, "optional tags".
_ENDS = {
    "li": {"li"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "option": {"option"},
    "body": {"head"},
    **{name: {"p"} for name in _PARAGRAPH | {"div", "table", "form", "pre", "hr", "address"}},
}
_UNSEEN = {
    "script": Origin.HIDDEN_TEXT,
    "style": None,
    "template": Origin.HIDDEN_TEXT,
    "noscript": Origin.HIDDEN_TEXT,
    "noframes": Origin.HIDDEN_TEXT,
    "title": Origin.PROPERTY,
    "head": Origin.PROPERTY,
    "object": Origin.EMBEDDED,
    "datalist": Origin.FORM_FIELD,
}
#: Attributes that carry words or addresses, and what they are.
_WORDS = {
    "alt": Origin.ALT_TEXT,
    "title": Origin.ALT_TEXT,
    "summary": Origin.ALT_TEXT,
    "label": Origin.ALT_TEXT,
    "abbr": Origin.ALT_TEXT,
    "content": Origin.PROPERTY,
    "name": Origin.PROPERTY,
    "id": Origin.PROPERTY,
    "value": Origin.FORM_FIELD,
    "placeholder": Origin.FORM_FIELD,
    "href": Origin.LINK_TARGET,
    "src": Origin.LINK_TARGET,
    "srcset": Origin.LINK_TARGET,
    "cite": Origin.LINK_TARGET,
    "action": Origin.LINK_TARGET,
    "background": Origin.LINK_TARGET,
    "poster": Origin.LINK_TARGET,
    "data": Origin.LINK_TARGET,
    "longdesc": Origin.LINK_TARGET,
    "usemap": Origin.LINK_TARGET,
}
_QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-cite")
_SPACES = re2.compile(r"[ \t\r\n\f]+")
_URL = re2.compile(r"""(?i)url\(\s*["']?([^)"']+)""")


@dataclass(slots=True)
class _Flow:
    """Visible text in the making: blanks put together, blocks on lines of their own."""

    parts: list[str] = field(default_factory=list, repr=False)
    breaks: int = 0
    blank: bool = False
    quoted: int = 0

    def end_line(self, lines: int) -> None:
        self.breaks = max(self.breaks, lines)
        self.blank = False

    def put(self, text: str, *, quoted: int, pre: bool) -> None:
        if quoted != self.quoted:
            self.end_line(1)
        self.quoted = quoted
        if pre:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self.new_line()
                self._word(line)
            return
        spaced = _SPACES.sub(" ", text)
        self.blank |= spaced.startswith(" ")
        if spaced.strip(" "):
            self._word(spaced.strip(" "))
            self.blank = spaced.endswith(" ")

    def new_line(self) -> None:
        """As `<br>`: a line even where the last one is empty."""
        self.breaks = min(self.breaks + 1, 3)
        self.blank = False

    def _word(self, text: str) -> None:
        if not text:
            return
        if not self.parts:
            self.parts.append("> " * self.quoted)
        elif self.breaks:
            mark = "> " * self.quoted
            self.parts.append(("\n" + mark.rstrip()) * (self.breaks - 1) + "\n" + mark)
        elif self.blank:
            self.parts.append(" ")
        self.parts.append(text)
        self.breaks, self.blank = 0, False

    def text(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    """An element that has not ended yet."""

    tag: str
    look: Look
    pre: bool = False
    quoted: int = 0


def visible_text(html: str, gathered: Gathered, where: str) -> str:
    """The text that a person sees; what is hidden, and what stands in attributes, is gathered."""
    styles = _Styles()
    styles.feed(html)
    styles.close()
    reader = _Reader(styles.sheet, gathered, where)
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.flow.text()


class _Styles(HTMLParser):
    """Reads the style sheets first: a rule may stand after what it hides."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet = StyleSheet()
        self._css: list[str] | None = None

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._css = [] if tag == "style" else None

    def handle_data(self, data: str) -> None:
        if self._css is not None:
            self._css.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style" and self._css is not None:
            self.sheet.add("".join(self._css))
        self._css = None


class _Reader(HTMLParser):
    """Gives every text to the flow or to a passage."""

    def __init__(self, sheet: StyleSheet, gathered: Gathered, where: str) -> None:
        super().__init__(convert_charrefs=True)
        self.flow = _Flow()
        self._sheet, self._gathered, self._where = sheet, gathered, where
        self._open = [_Open(tag="", look=Look())]
        self._unseen: list[str] = []
        self._unseen_origin: Origin | None = None
        self._attributes: dict[Origin, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._end_implied(tag)
        self._break(tag)
        self._keep_attributes(given)
        if tag == "br":
            self.flow.new_line()
        if tag in {"td", "th"}:
            self.flow.blank = True
        if tag not in _VOID:
            self._open.append(self._opened(tag, given))

    def handle_endtag(self, tag: str) -> None:
        tags = [one.tag for one in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]
        self._break(tag)

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        if any(one.tag == "style" for one in self._open[-2:]):
            return
        origin = here.look.origin
        if origin is None:
            self._flush()
            self.flow.put(data, quoted=here.quoted, pre=here.pre)
            return
        if origin != self._unseen_origin:
            self._flush()
        self._unseen_origin = origin
        self._unseen.append(data)

    def handle_comment(self, data: str) -> None:
        self._gathered.put(data, Origin.HIDDEN_TEXT, self._where)

    def handle_decl(self, decl: str) -> None:
        if decl.lower() not in {"doctype html", "doctype"}:
            self._gathered.put(decl, Origin.OTHER, self._where)

    def handle_pi(self, data: str) -> None:
        self._gathered.put(data, Origin.OTHER, self._where)

    def unknown_decl(self, data: str) -> None:
        self._gathered.put(data, Origin.HIDDEN_TEXT, self._where)

    def finish(self) -> None:
        """Hand over what was put together."""
        self._flush()
        for origin, values in self._attributes.items():
            self._gathered.put_lines(values, origin, self._where)
        self._gathered.put_lines(self._sheet.contents, Origin.OTHER, self._where)

    def _flush(self) -> None:
        if self._unseen_origin is not None:
            text = _SPACES.sub(" ", "".join(self._unseen))
            self._gathered.put(text, self._unseen_origin, self._where)
        self._unseen, self._unseen_origin = [], None

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPH:
            self.flow.end_line(2)
        elif tag in _LINE:
            self.flow.end_line(1)

    def _end_implied(self, tag: str) -> None:
        while self._open[-1].tag in _ENDS.get(tag, ()):
            self._open.pop()

    def _opened(self, tag: str, given: dict[str, str]) -> _Open:
        around = self._open[-1]
        declared = self._sheet.of(tag, given.get("class", ""), given.get("id", ""))
        if "color" in given:
            declared["color"] = given["color"]
        if "bgcolor" in given or "background" in given:
            # What a picture behind the text looks like is not known.
            declared["background-color"] = given.get("bgcolor", "url()")
        declared |= declarations(given.get("style", ""))
        look = around.look.within(declared)
        if "hidden" in given:
            look = replace(look, hidden=look.hidden or Origin.HIDDEN_TEXT)
        if tag in _UNSEEN:
            look = replace(look, hidden=look.hidden or _UNSEEN[tag])
        return _Open(
            tag=tag,
            look=look,
            pre=around.pre or tag == "pre" or declared.get("white-space", "").startswith("pre"),
            quoted=around.quoted + _is_quotation(tag, given),
        )

    def _keep_attributes(self, given: dict[str, str]) -> None:
        for name, value in given.items():
            origin = _WORDS.get(name)
            if origin is None and name.startswith(("data-", "aria-", "xlink", "on", "v:", "o:")):
                origin = Origin.HIDDEN_TEXT
            if name == "src" and value.startswith("data:") and self._keep_picture(value):
                continue
            if name == "style":
                value, origin = " ".join(_URL.findall(value)), Origin.LINK_TARGET  # noqa: PLW2901
            if origin is not None and value.strip():
                self._attributes.setdefault(origin, []).append(value)

    def _keep_picture(self, address: str) -> bool:
        """A picture that stands in its own address."""
        head, _, data = address.partition(",")
        try:
            content = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            return False
        if not head.startswith("data:image/") or not head.endswith(";base64"):
            return False
        self._gathered.pictures.append(picture_of(content, self._where))
        return True


def _is_quotation(tag: str, given: dict[str, str]) -> bool:
    named = given.get("class", "").lower()
    if tag == "blockquote":
        return given.get("type", "").lower() == "cite" or "cite" in given or "quote" in named
    return any(name in named.split() for name in ("yahoo_quoted", "protonmail_quote"))
