"""
The form letters are written in: one `NAME.mark` file <-> one `GoldLetter`.

A `.mark` file is TOML front matter between two `+++` lines and then the letter with inline
marks. It is for editing only; the corpus keeps the standoff pair (`corpus.standoff`).
"""

import tomllib

from anonymizer.model import normalize_text
from corpus.errors import CorpusError, MarkupError
from corpus.gold import GoldLetter, letter_from_table
from corpus.markup import parse_markup, render_markup
from corpus.standoff import render_header

_FENCE = "+++\n"


def parse_mark_file(name: str, source: str) -> GoldLetter:
    """The letter that a `.mark` file describes; errors name it by `name`."""
    # Normalised before the marks are measured, because normalising later would move them.
    source = normalize_text(source)
    if not source.startswith(_FENCE):
        message = f"{name}: the first line must be +++"
        raise CorpusError(message)
    header, fence, body = source[len(_FENCE) :].partition("\n" + _FENCE)
    if not fence:
        message = f"{name}: the front matter is never closed by a +++ line"
        raise CorpusError(message)
    try:
        table = tomllib.loads(header)
        marked = parse_markup(body, first_line=header.count("\n") + 4)
    except tomllib.TOMLDecodeError as error:
        message = f"{name}: front matter: {error}"
        raise CorpusError(message) from error
    except MarkupError as error:
        message = f"{name}: {error}"
        raise CorpusError(message) from error
    return letter_from_table(name, marked.text, marked.marks, table)


def render_mark_file(letter: GoldLetter) -> str:
    """The `.mark` file of a letter; `parse_mark_file` gives the letter back."""
    return _FENCE + render_header(letter) + _FENCE + render_markup(letter.text, letter.marks)
