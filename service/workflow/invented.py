"""
Cases for the specification out of corrections, with nobody's words in them.

Contract: pure but for the chance it is given. What is written holds words that every letter has
(the lists of `rules/`) and invented ones of the same shape; a case whose context would have to
name anything else is left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import re2

from anonymizer.model import EntityKind, Span

#: So many words before and after the passage are written; with them stands nobody alone.
_AROUND = 3
_PIECE = re2.compile(r"(\pL[\pL\pM'’]*|\pN+)")
_CONSONANTS = "bdfghklmnprstvz"
_VOWELS = "aeiou"
#: Signs that may stand between words of a context; any other ends it.
_SIGNS = frozenset(" ,;:-–'’()")
_DOMAIN = "example.org"


class Chance(Protocol):
    """Where words come from that nobody can foresee; `random.SystemRandom` is one."""

    def choice(self, seq: Sequence[str], /) -> str:
        """One of them."""
        ...

    def randint(self, a: int, b: int, /) -> int:
        """A number from `a` to `b`, both included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedCase:
    """One promise: the marked words are found, or (without `kind`) all of it survives."""

    language: str
    kind: EntityKind | None
    before: str = field(repr=False)
    passage: str = field(repr=False)
    after: str = field(repr=False)

    @property
    def text(self) -> str:
        """The case as the specification writes it."""
        marked = self.passage if self.kind is None else f"[[{self.kind.value}#1:{self.passage}]]"
        return f"{self.before}{marked}{self.after}".strip()


def invented_case(
    text: str,
    span: Span,
    kind: EntityKind,
    *,
    language: str,
    others: Collection[Span],
    harmless: Collection[str],
    chance: Chance,
) -> InventedCase | None:
    """
    The passage and the harmless words around it as a case; None where too little is harmless.

    `harmless` are words in lower case; `others` are passages that no context may reach.
    """
    starts = [other.end for other in others if other.end <= span.start]
    ends = [other.start for other in others if other.start >= span.end]
    before = _context_before(text[max(starts, default=0) : span.start], harmless)
    after = _context_after(text[span.end : min(ends, default=len(text))], harmless)
    if not _PIECE.search(before + after):
        return None
    return InventedCase(
        language=language,
        kind=kind,
        before=before,
        passage=invented(text[span.start : span.end], kind, harmless=harmless, chance=chance),
        after=after,
    )


def surviving_case(
    text: str, span: Span, *, language: str, harmless: Collection[str]
) -> InventedCase | None:
    """Words that were hidden without need, where every one of them is harmless."""
    passage = text[span.start : span.end]
    words = _PIECE.findall(passage)
    if not words or not all(word.lower() in harmless for word in words):
        return None
    if set(_PIECE.sub("", passage)) - _SIGNS:
        return None
    before = _context_before(text[: span.start], harmless)
    after = _context_after(text[span.end :], harmless)
    return InventedCase(language=language, kind=None, before=before, passage=passage, after=after)


def invented(passage: str, kind: EntityKind, *, harmless: Collection[str], chance: Chance) -> str:
    """Something that nobody is called, with the capitals, figures and signs of the passage."""
    if kind is EntityKind.EMAIL:
        return f"{_word('xxxxxx', chance)}.{_word('xxxxxx', chance)}@{_DOMAIN}"
    if kind is EntityKind.URL:
        return f"www.{_word('xxxxxx', chance)}.{_DOMAIN}"
    made: str = _PIECE.sub(lambda found: _piece(found.group(), harmless, chance), passage)
    return made


def _piece(piece: str, harmless: Collection[str], chance: Chance) -> str:
    if piece.lower() in harmless and not piece[0].isupper():
        return piece
    if not piece[0].isalpha():
        return "".join(chance.choice("123456789") for _ in piece)
    made = _word(piece, chance)
    while made.lower() == piece.lower() or made.lower() in harmless:
        made = _word(piece, chance)
    return made


def _word(like: str, chance: Chance) -> str:
    """Syllables with the capitals of a word; how long it is says nothing about the word."""
    if len(like) == 1:
        letter = chance.choice(_CONSONANTS)
        return letter.upper() if like.isupper() else letter
    made = "".join(
        chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.randint(2, 4))
    )
    if like.isupper():
        return made.upper()
    return made.capitalize() if like[0].isupper() else made


def _context_before(text: str, harmless: Collection[str]) -> str:
    line = text.rpartition("\n")[2]
    place, count = len(line), 0
    for found in reversed(list(_PIECE.finditer(line))):
        if not _goes_on(found.group(), line[found.end() : place], harmless) or count == _AROUND:
            break
        place, count = found.start(), count + 1
    return line[place:] if count else ""


def _context_after(text: str, harmless: Collection[str]) -> str:
    line = text.partition("\n")[0]
    place, count = 0, 0
    for found in _PIECE.finditer(line):
        if not _goes_on(found.group(), line[place : found.start()], harmless) or count == _AROUND:
            break
        place, count = found.end(), count + 1
    return line[:place] if count else ""


def _goes_on(word: str, between: str, harmless: Collection[str]) -> bool:
    return word.lower() in harmless and not set(between) - _SIGNS
