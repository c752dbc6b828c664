"""
How much of a letter disguises its words: signs that nobody sees and no letter needs, and words of
two alphabets. More of it than the policy bears holds the letter for a person.

Contract: pure. Counted is only what has no use in a letter. Not counted: soft hyphens and no-break
spaces of a word processor; the joiners, selectors and tags of an emoji; joiners of a script that
spells with them; selectors of scripts that choose forms with them; marks of direction on a line
that is written from the right; a single mark, blank of no width or sign of a symbol font at the
edge of a word, as pages and bullets leave them. Sources: The Unicode Standard, chapter 23 (special
areas and format characters); Unicode Technical Standard 51 (emoji: joiners, selectors, tags).
"""

import unicodedata

from anonymizer.canonical import LOOKALIKES, is_invisible
from anonymizer.expression import expression
from anonymizer.model import Hold, Stage
from anonymizer.signs import PRINTING, base_before, is_emoji, spells_with_joiners

#: The code of the hold.
DISGUISED = "disguised"

_SOFT_HYPHEN = "\u00ad"
_ZERO_WIDTH_SPACE = "\u200b"
#: Joiners, and the separator that Mongolian spells with.
_JOINERS = frozenset("\u200c\u200d\u180e")
_GRAPHEME_JOINER = "\u034f"
#: Marks, embeddings and isolates. Overrides are none of them: they turn the letters of a word.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
#: What a page or a word processor leaves at the edge of a word, one at a time.
_LEFT_BEHIND = frozenset("\u200b\u2060\ufeff\u200e\u200f\u061c")
#: Where fonts of symbols have their bullets and smileys (as Windows maps them).
_SYMBOL_FONTS = range(0xF020, 0xF100)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_TAGS = range(0xE0020, 0xE0080)
_BLACK_FLAG = "\U0001f3f4"
#: A flag of a region has at most six signs of its code (such as "gbeng") and the end of it.
_LONGEST_FLAG = 7
#: Emoji that are newer than the tables of this Python stand here.
_EMOJI = range(0x1F000, 0x1FB00)
#: Letters of these alphabets have no forms to choose from.
_WITHOUT_FORMS = expression(r"[\p{Latin}\p{Greek}\p{Cyrillic}]")
#: Scripts that part words by a blank of no width.
_PARTS_WORDS = expression(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Javanese}\p{Balinese}]")
_LATIN = expression(r"\p{Latin}")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def disguise_hold(text: str, most: int) -> Hold | None:
    """Why a letter is held for its disguises, or None while they are `most` or fewer."""
    count = count_disguises(text)
    if count <= most:
        return None
    return Hold(
        stage=Stage.LANGUAGE,
        code=DISGUISED,
        reason=f"This letter has {count} signs that nobody sees, or words of two alphabets, that "
        "no letter needs. Read it with its marks: release it where they hide nothing, bring in a "
        "clean text in its place, or return it.",
    )


def count_disguises(text: str) -> int:
    """How many signs of `text` are unseen without use, and how many words mix two alphabets."""
    if text.isascii():
        return 0
    signs = set(text)
    unseen = {sign for sign in signs if _is_unseen(sign)}
    count = 0
    for line in text.split("\n") if unseen else ():
        from_right = not _DIRECTIONS.isdisjoint(line) and _is_from_right(line)
        for at, sign in enumerate(line):
            if sign in unseen and not (from_right and _gives_direction(line, at)):
                count += _is_useless(line, at)
    if not signs.isdisjoint(LOOKALIKES):
        count += sum(_is_mixed(word) for word in _words(text, unseen))
    return count


def _is_unseen(sign: str) -> bool:
    if sign == _SOFT_HYPHEN or sign in PRINTING or ord(sign) in _EMOJI:
        return False
    return is_invisible(sign) or sign == _GRAPHEME_JOINER or _is_selector(sign)


def _is_useless(line: str, at: int) -> bool:
    """True for an unseen sign that a letter does not need in this place."""
    sign = line[at]
    if _is_selector(sign):
        return _selects_nothing(line, at)
    if ord(sign) in _TAGS:
        return not _is_in_flag(line, at)
    if sign in _JOINERS:
        return not _joins(line, at)
    if sign == _ZERO_WIDTH_SPACE and any(map(_PARTS_WORDS.search, _beside(line, at))):
        return False
    if sign in _LEFT_BEHIND or ord(sign) in _SYMBOL_FONTS:
        return _is_in_word(line, at) or any(map(_is_unseen, _beside(line, at)))
    return True


def _is_selector(sign: str) -> bool:
    return any(ord(sign) in one for one in _SELECTORS)


def _selects_nothing(line: str, at: int) -> bool:
    """True behind a blank, another selector, or a letter of an alphabet without forms."""
    before = line[at - 1 : at] if at else ""
    return not before.strip() or _is_unseen(before) or _WITHOUT_FORMS.search(before) is not None


def _is_in_flag(line: str, at: int) -> bool:
    start = at
    while start > 0 and at - start < _LONGEST_FLAG and ord(line[start]) in _TAGS:
        start -= 1
    return line[start] == _BLACK_FLAG


def _joins(line: str, at: int) -> bool:
    """True beside a letter of a script with joiners, or beside an emoji."""
    after = line[at + 1 : at + 2]
    for neighbour in (base_before(line, at), after):
        if neighbour and (spells_with_joiners(neighbour) or _is_emoji(neighbour)):
            return True
    return False


def _is_emoji(sign: str) -> bool:
    return is_emoji(sign) or ord(sign) in _EMOJI


def _beside(line: str, at: int) -> tuple[str, ...]:
    """The signs on both sides, where there are any."""
    return tuple(one for one in (line[at - 1 : at] if at else "", line[at + 1 : at + 2]) if one)


def _is_in_word(line: str, at: int) -> bool:
    """True between two letters or digits that are written from the left."""
    sides = _beside(line, at)
    return len(sides) > 1 and all(
        one.isalnum() and unicodedata.bidirectional(one) not in _RIGHT_TO_LEFT for one in sides
    )


def _gives_direction(line: str, at: int) -> bool:
    """True for a mark that a line from the right may need: not within a word from the left."""
    return line[at] in _DIRECTIONS and not _is_in_word(line, at)


def _is_from_right(line: str) -> bool:
    """True when a letter of the line is written from the right."""
    return any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in line if one.isalpha())


def _words(text: str, unseen: set[str]) -> list[str]:
    """The runs of letters; an unseen sign or a mark ends no word."""
    signs = (
        one
        if one.isalpha()
        else ""
        if one in unseen or one == _SOFT_HYPHEN or unicodedata.category(one) == "Mn"
        else " "
        for one in text
    )
    return "".join(signs).split()


def _is_mixed(word: str) -> bool:
    """True for a word with Latin letters and others that only look like them."""
    alike = [one for one in word if one in LOOKALIKES and _LATIN.search(one) is None]
    return bool(alike) and _LATIN.search(word) is not None
