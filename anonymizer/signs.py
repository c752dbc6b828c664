r"""
Signs that do not go out: what nobody sees in a letter, and what orders the text around it.

Contract: no text that was made here holds a control character but `\n` and `\t`, or a format
character (general category Cf) but those that a script needs: the joiners within a word of a
script that writes with them, the joiner within an emoji, and the few that print (U+06DD and its
like, Prepended_Concatenation_Mark in Unicode's PropList.txt). A control character that ends a
line or parts words becomes the end of a line or a blank, so that no words run together.
"""

import unicodedata
from collections.abc import Iterator

from anonymizer.expression import expression

_NON_JOINER, _JOINER = "\u200c", "\u200d"
#: Controls that part lines or words, and what parts them in the outgoing text.
_PARTING = {**dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85", "\n"), "\x1f": " "}
#: Format characters that print: signs of numbers, of a verse and of an abbreviation.
PRINTING = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
#: Scripts that spell with joiners (The Unicode Standard, section 23.2).
_SPELLS_WITH_JOINERS = expression(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}"
    r"\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}"
    r"\p{Tibetan}]"
)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def unsent(text: str) -> Iterator[tuple[int, str]]:
    """The places in `text` of signs that do not go out as they are, each with what does."""
    for place, sign in enumerate(text):
        if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf"):
            continue
        if sign in PRINTING or (sign in (_NON_JOINER, _JOINER) and _is_needed(text, place)):
            continue
        yield place, _PARTING.get(sign, "")


def sent(text: str) -> str:
    """`text` as it may go out."""
    signs = list(text)
    for place, stands_in in unsent(text):
        signs[place] = stands_in
    return "".join(signs)


def marks_at_start(text: str) -> int:
    """How many signs at the start are marks, or unseen before one, that would sit on another."""
    end = 0
    for place, sign in enumerate(text):
        category = unicodedata.category(sign)
        if category in ("Mn", "Me"):
            end = place + 1
        elif category != "Cf":
            break
    return end


def _is_needed(text: str, place: int) -> bool:
    """True for one joiner between two letters of a script with joiners, or within an emoji."""
    after = text[place + 1 : place + 2]
    before = base_before(text, place)
    if not before or not after:
        return False
    if spells_with_joiners(before) and spells_with_joiners(after):
        return True
    return text[place] == _JOINER and is_emoji(before) and is_emoji(after)


def base_before(text: str, place: int) -> str:
    """The sign before `place` that carries the marks and the colour of skin between them."""
    place -= 1
    while place >= 0 and (
        unicodedata.category(text[place]) in ("Mn", "Me") or ord(text[place]) in _SKIN_TONES
    ):
        place -= 1
    return text[place] if place >= 0 else ""


def spells_with_joiners(sign: str) -> bool:
    """True for a letter of a script that spells with joiners."""
    return _SPELLS_WITH_JOINERS.search(sign) is not None


def is_emoji(sign: str) -> bool:
    """True for an emoji, and for other symbols that are written like one."""
    return unicodedata.category(sign) == "So"
