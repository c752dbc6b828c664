"""
The detection view: the letter as a recogniser should read it, with a way back.

People hide, and word processors mangle, names with characters a reader does not see: zero-width
and bidi characters, soft hyphens, look-alikes from other scripts, full-width letters, a hyphen at
a line end. The view undoes these, and remembers for every character which code points of the
letter it stands for. Detection reads the view; spans always come back as spans of the letter.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from anonymizer.expression import expression
from anonymizer.model import Span

#: Letters of other scripts that look like Latin ones, as in "Аnnа" with a Cyrillic А and а.
LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԀԛԚԝԜһқгпΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικαρυɑɡɩʏᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ",
        "ABESIJKMHOPCTYXaesijopcyxdDqQwWhkrnABEZHIKMNOPTYXovikapuagiyABCDEHJKLMPRSTVWZ",
        strict=True,
    )
)
_BROKEN_WORD = expression(r"[A-Za-z]-[ \t]*\n")
#: Letters by category that show nothing: Hangul fillers and the blank Braille pattern.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Categories of marks that are written on a letter and take no place of their own.
_MARKS = ("Mn", "Me")
_PUNCTUATION = {
    "\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\u00b4": "'", "\u0060": "'",
    "\u2010": "-", "\u2011": "-", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u00a0": " ", "\u202f": " ", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionView:
    """
    The canonical text and its map to the letter.

    `starts[i]` and `ends[i]` are the code points of the letter that character `i` of `text` stands
    for. When both are None the view is the letter itself.
    """

    text: str = field(repr=False)
    starts: tuple[int, ...] | None = field(default=None, repr=False)
    ends: tuple[int, ...] | None = field(default=None, repr=False)
    #: Code points of the letter that a reader does not see or takes for others.
    disguised: tuple[int, ...] = field(default=(), repr=False)

    def to_letter(self, span: Span) -> Span:
        """The span of the letter that a span of the view stands for."""
        if self.starts is None or self.ends is None:
            return span
        return Span(start=self.starts[span.start], end=self.ends[span.end - 1])


def detection_view(text: str) -> DetectionView:
    """The detection view of a letter's text."""
    if text.isascii() and "`" not in text and _BROKEN_WORD.search(text) is None:
        return DetectionView(text=text)
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    disguised: list[int] = []
    for start, end, canonical in _canonical_pieces(text):
        if canonical != text[start:end] and _is_disguise(text[start]):
            disguised.append(start)
        if not canonical and ends and unicodedata.category(text[start]) in _MARKS:
            ends[-1] = end  # a mark belongs to the letter that it is written on
        for character in canonical:
            characters.append(character)
            starts.append(start)
            ends.append(end)
    if len(characters) == len(text) and not disguised and "".join(characters) == text:
        return DetectionView(text=text)
    return DetectionView(
        text="".join(characters), starts=tuple(starts), ends=tuple(ends), disguised=tuple(disguised)
    )


def _canonical_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """`(start, end, canonical)` for each piece of the letter; `canonical` may be empty."""
    index = 0
    size = len(text)
    while index < size:
        broken = _length_of_line_break_hyphen(text, index)
        if broken:
            yield index, index + broken, ""
            index += broken
            continue
        yield index, index + 1, _canonical_character(text, index)
        index += 1


def _length_of_line_break_hyphen(text: str, index: int) -> int:
    """Length of a hyphen, blanks and line end inside a word that goes on below, else 0."""
    if text[index] not in "-\u2010\u00ad" or index == 0 or not text[index - 1].isalpha():
        return 0
    end = index + 1
    while end < len(text) and text[end] in " \t":
        end += 1
    if end >= len(text) or text[end] != "\n":
        return 0
    end += 1
    while end < len(text) and text[end] in " \t":
        end += 1
    return end - index if end < len(text) and text[end].islower() else 0


def _canonical_character(text: str, index: int) -> str:
    character = text[index]
    if character.isascii():
        return "'" if character == "`" else character
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if is_invisible(character):
        return ""
    if character in LOOKALIKES and _in_latin_word(text, index):
        return LOOKALIKES[character]
    if unicodedata.category(character) in _MARKS:
        return ""  # a combining mark that NFC could not join to a letter hides the letter below it
    return unicodedata.normalize("NFKC", character)


def is_invisible(character: str) -> bool:
    """True for a character that shows nothing, or nothing that is known."""
    category = unicodedata.category(character)
    return (
        category in ("Cf", "Co", "Cn")
        or "\ufe00" <= character <= "\ufe0f"
        or character in _BLANK_LETTERS
    )


def _is_disguise(character: str) -> bool:
    """A soft hyphen or a no-break space comes from a word processor; the rest is worth a look."""
    if character in _PUNCTUATION or character in "\u00ad-\u2010\ufe0f\u200d`":
        return False
    return is_invisible(character) or character in LOOKALIKES or ord(character) > 0xFF00


def _in_latin_word(text: str, index: int) -> bool:
    """True when the word around `index` also has a Latin letter, or only look-alikes."""
    start = index
    while start > 0 and (text[start - 1].isalpha() or is_invisible(text[start - 1])):
        start -= 1
    end = index
    while end < len(text) and (text[end].isalpha() or is_invisible(text[end])):
        end += 1
    word = [one for one in text[start:end] if one.isalpha()]
    return any(one.isascii() for one in word) or all(one in LOOKALIKES for one in word)
