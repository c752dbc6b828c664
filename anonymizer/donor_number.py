"""
Donor numbers: their one written form, the GRID checksum, and where they stand in a text.

A GRID (Global Registration Identifier for Donors) has 19 characters: four digits for the
issuing organisation, thirteen capital letters or digits, and two check digits by
ISO/IEC 7064 mod 37-2 (ICCBBA ST-001, data structure 039). One random number in 37 passes the
checksum, so a valid one is still no proof: it has to be looked up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import re2

from anonymizer.expression import expression
from anonymizer.model import Span

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_GRID = expression(r"^\d{4}[0-9A-Z]{13}\d{2}$")
#: What people put between the characters of a number: blanks, hyphens, dashes, dots, slashes.
_GAP = r"[ \t.\-/_\n\x{2010}-\x{2015}]"
#: A digit, or what a scanner makes of it; such a number is shown, never taken for right.
_D = r"[0-9OoIl]"
#: A GRID as people write it: in groups or character by character, in any case.
_GRID_IN_TEXT = expression(
    rf"{_D}(?:{_GAP}{{0,2}}{_D}){{3}}(?:{_GAP}{{0,2}}[0-9A-Za-z]){{13}}(?:{_GAP}{{0,2}}{_D}){{2}}\b"
)
_GRID_REACH = 60
_GRID_LENGTH = 19
#: "dkm" in lower case may belong to a number, "donor" may not.
_LONGEST_CODE_IN_LETTERS = 3
_DIGIT = expression(r"\d")
_TOKEN = expression(r"[0-9A-Za-z]+")
#: "donor number", "donor no.", "GRID" and the like, and the code that follows: groups that each
#: have a digit, but for the first.
_AFTER_CUE = expression(
    r"(?i)\b(?:(?:stem[ -]?cell[ -])?(?:donor|spender)[ -]?"
    r"(?:number|nummer|no|nr|identification|id|code|ref(?:erence)?)|grid)\b"
    r"[ \t]*(?:is|was|ist|lautet)?[ \t]*[:.#=\-]*[ \t]*[(\[\"']?[ \t]*"
    r"((?:[A-Z]{1,6}[ .\-/]?)?\d[0-9A-Z]*(?:[ .\-/][A-Z]{0,4}\d[0-9A-Z]*){0,18})"
)
_MAX_GROUPS = 5
_SEPARATORS = str.maketrans("", "", " \t\n.-/_\u2010\u2011\u2012\u2013\u2014\u2015")


def canonical_donor_number(text: str) -> str:
    """The one written form of a donor number: upper case, without spaces and separators."""
    return text.translate(_SEPARATORS).upper()


def grid_check_digits(first_17: str) -> str:
    """The two check digits of the first 17 characters of a GRID, by ISO/IEC 7064 mod 37-2."""
    total = 0
    for character in first_17:
        total = (total + _ALPHABET.index(character)) * 2 % 37
    return f"{(38 - total) % 37:02d}"


def has_grid_shape(number: str) -> bool:
    """True when a canonical number has the 19 characters of a GRID, whatever its check digits."""
    return bool(_GRID.match(number))


def is_grid(number: str) -> bool:
    """True when a canonical number has the shape of a GRID and its check digits are right."""
    return has_grid_shape(number) and grid_check_digits(number[:17]) == number[17:]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberInText:
    """A donor number in a text; `valid` tells whether its form and its checksum are right."""

    span: Span
    number: str = field(repr=False)
    valid: bool


@dataclass(frozen=True, kw_only=True)
class DonorNumberForm:
    """
    Which donor numbers a site uses: GRIDs, and the formats it names itself.

    `formats` are linear-time regular expressions over the canonical form (upper case, no
    separators), for example `[0-9]{8}`.
    """

    formats: tuple[str, ...] = ()

    @cached_property
    def _own(self) -> tuple["re2._Regexp[str]", ...]:
        return tuple(expression(f"^(?:{form})$") for form in self.formats)

    def is_valid(self, number: str) -> bool:
        """True for a GRID with right check digits, or a number in one of the site's formats."""
        return is_grid(number) or any(form.match(number) for form in self._own)

    def find(self, text: str) -> tuple[NumberInText, ...]:
        """Every donor number in `text`, in order: by its shape, or by the words before it."""
        found = [*self._by_shape(text), *self._by_cue(text), *self._by_format(text)]
        return tuple(_without_overlaps(found))

    def _by_shape(self, text: str) -> Iterable[NumberInText]:
        # Tried at each place where four digits can begin, on a slice: a wrong reading that begins
        # earlier ("2023, Donor no. 5206 …") must not hide the right one.
        reached = 0
        for digit in _DIGIT.finditer(text):
            if digit.start() < reached:
                continue
            match = _GRID_IN_TEXT.match(text[digit.start() : digit.start() + _GRID_REACH])
            if match is None or not _begins_word(text, digit.start()):
                continue
            number = canonical_donor_number(match.group())
            if len(number) == _GRID_LENGTH and _looks_like_a_code(match.group()):
                reached = digit.start() + match.end()
                yield self._number(digit.start(), reached, number)

    def _by_cue(self, text: str) -> Iterable[NumberInText]:
        for match in _AFTER_CUE.finditer(text):
            code = match.group(1)
            number = canonical_donor_number(code)
            if sum(character.isdigit() for character in number) >= 4:
                yield self._number(match.start(1), match.end(1), number)

    def _by_format(self, text: str) -> Iterable[NumberInText]:
        """Numbers in one of the site's formats, also without a word that says so."""
        if not self._own:
            return
        tokens = [one.span() for one in _TOKEN.finditer(text)]
        for first, (start, _) in enumerate(tokens):
            for _, end in tokens[first : first + _MAX_GROUPS]:
                number = canonical_donor_number(text[start:end])
                if any(form.match(number) for form in self._own):
                    yield self._number(start, end, number)

    def _number(self, start: int, end: int, number: str) -> NumberInText:
        # A site without formats of its own cannot tell a wrong number from one of another style:
        # only GRID-shaped ones are then refused for their check digits.
        valid = self.is_valid(number) or not (len(number) == _GRID_LENGTH or self.formats)
        return NumberInText(span=Span(start=start, end=end), number=number, valid=valid)


def _begins_word(text: str, start: int) -> bool:
    """True at the start of a word, or right after the word "GRID"."""
    before = text[max(0, start - 5) : start]
    return not before[-1:].isalnum() or before.upper().endswith("GRID")


def _looks_like_a_code(text: str) -> bool:
    """Keeps running text such as "2023, Donor no. 5206" from looking like a GRID."""
    tokens = [one for one in _TOKEN.findall(text) if one.isalpha() and not one.isupper()]
    words = [one for one in tokens if len(one) > _LONGEST_CODE_IN_LETTERS]
    return not words and sum(character.isdigit() for character in text) >= 9


def _without_overlaps(found: Iterable[NumberInText]) -> Iterable[NumberInText]:
    taken: list[Span] = []
    chosen: list[NumberInText] = []
    # A right GRID wins over a longer reading that takes in the next word.
    for item in sorted(
        found, key=lambda one: (not is_grid(one.number), -len(one.span), one.span.start)
    ):
        if not any(item.span.overlaps(span) for span in taken):
            taken.append(item.span)
            chosen.append(item)
    return sorted(chosen, key=lambda one: one.span.start)
