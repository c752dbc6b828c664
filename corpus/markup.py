r"""
Inline markup: `Dear [[PERSON#1:Anna]]` <-> plain text and marks. Pure, and loses nothing.

`[[KIND#n:text]]` marks `text`; `#n` numbers the person or place and may be left out. A backslash
takes the meaning from `[`, `]` and `\`, so every text can be written. Single brackets need none.
"""

import re
from dataclasses import dataclass, field

from anonymizer.model import EntityKind, Span
from corpus.errors import MarkupError
from corpus.gold import Mark

_TOKEN = re.compile(
    r"""
      \[\[ (?P<opens>[A-Z_]+) (?:\#(?P<number>[1-9][0-9]*))? :
    | (?P<closes>\]\])
    | \\ (?P<escaped>[\[\]\\])
    | (?P<broken>\[\[|\\)
    | (?P<plain>[^\[\]\\]+|[\[\]])
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(r"[\[\]\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A text and its marks, in the order of the text."""

    text: str = field(repr=False)
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenMark:
    """A mark whose closing brackets have not come yet."""

    kind: EntityKind
    entity: str | None
    start: int
    line: int


def parse_markup(source: str, *, first_line: int = 1) -> MarkedText:
    """
    Take the markup out of `source`.

    `first_line` is the line of the file that `source` begins on, for the errors.
    """
    text = ""
    marks: list[Mark] = []
    open_mark: _OpenMark | None = None
    for token in _TOKEN.finditer(source):
        line = first_line + source.count("\n", 0, token.start())
        if token["broken"]:
            raise MarkupError(line, "[[ needs KIND: behind it, a backslash needs [, ] or \\")
        if token["opens"]:
            if open_mark is not None:
                raise MarkupError(line, "a mark opens inside another mark")
            open_mark = _open(token, start=len(text), line=line)
        elif token["closes"]:
            marks.append(_close(open_mark, text, line))
            open_mark = None
        else:
            text += token["escaped"] or token["plain"]
    if open_mark is not None:
        raise MarkupError(open_mark.line, "a mark is never closed")
    return MarkedText(text=text, marks=tuple(marks))


def render_markup(text: str, marks: tuple[Mark, ...]) -> str:
    """Write the marks into the text; `parse_markup` gives both back."""
    pieces: list[str] = []
    reached = 0
    for mark in marks:
        number = "" if mark.entity is None else "#" + mark.entity.rpartition("-")[2]
        inside = text[mark.span.start : mark.span.end]
        pieces.append(_escape(text[reached : mark.span.start]))
        pieces.append(f"[[{mark.kind}{number}:{_escape(inside)}]]")
        reached = mark.span.end
    pieces.append(_escape(text[reached:]))
    return "".join(pieces)


def _open(token: re.Match[str], *, start: int, line: int) -> _OpenMark:
    try:
        kind = EntityKind(token["opens"])
    except ValueError:
        raise MarkupError(line, f"there is no kind {token['opens']}") from None
    entity = None if token["number"] is None else f"{kind}-{token['number']}"
    return _OpenMark(kind=kind, entity=entity, start=start, line=line)


def _close(open_mark: _OpenMark | None, text: str, line: int) -> Mark:
    if open_mark is None:
        raise MarkupError(line, "]] closes a mark that was never opened")
    if open_mark.start == len(text):
        raise MarkupError(line, "a mark is empty")
    return Mark(
        span=Span(start=open_mark.start, end=len(text)),
        kind=open_mark.kind,
        text=text[open_mark.start :],
        entity=open_mark.entity,
    )


def _escape(text: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", text)
