"""
A gold letter as the TOML half of its pair of files. Pure; `corpus.gold` reads it back.

Characters that cannot be seen are written as escapes, so that a zero-width space in a
marked name is visible in a diff.
"""

from collections.abc import Iterable, Iterator

from corpus.gold import GoldLetter, Mark

_PLAIN_BMP = 0xFFFF


def render_standoff(letter: GoldLetter) -> str:
    """The whole `NAME.toml`: what is known about the letter, then its marks."""
    return render_header(letter) + "".join(_mark_table(mark) for mark in letter.marks)


def render_header(letter: GoldLetter) -> str:
    """What is known about the letter, without its marks."""
    return "".join(f"{key} = {value}\n" for key, value in _header_entries(letter))


def _header_entries(letter: GoldLetter) -> Iterator[tuple[str, str]]:
    yield "title", quote(letter.title)
    yield "language", quote(letter.language)
    yield "direction", quote(letter.direction)
    yield "writer_country", quote(letter.writer_country)
    yield "reader_country", quote(letter.reader_country)
    yield "voice", quote(letter.voice)
    yield "group", quote(letter.group)
    if letter.tags:
        yield "tags", _array(quote(tag) for tag in letter.tags)
    if letter.donor_number is not None:
        yield "donor_number", quote(letter.donor_number)
    if letter.known:
        yield (
            "known",
            _array(f"{{ kind = {quote(k.kind)}, value = {quote(k.value)} }}" for k in letter.known),
        )


def _array(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _mark_table(mark: Mark) -> str:
    lines = [
        "",
        "[[marks]]",
        f"start = {mark.span.start}",
        f"end = {mark.span.end}",
        f"kind = {quote(mark.kind)}",
    ]
    if mark.entity is not None:
        lines.append(f"entity = {quote(mark.entity)}")
    lines.append(f"text = {quote(mark.text)}")
    return "\n".join(lines) + "\n"


def quote(value: str) -> str:
    """`value` as a basic TOML string on one line."""
    return '"' + "".join(_escape(character) for character in value) + '"'


def _escape(character: str) -> str:
    if character in {'"', "\\"}:
        return "\\" + character
    if character.isprintable():
        return character
    if character == "\n":
        return "\\n"
    code = ord(character)
    return f"\\u{code:04X}" if code <= _PLAIN_BMP else f"\\U{code:08X}"
