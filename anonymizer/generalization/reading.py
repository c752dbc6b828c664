"""How the number of an age and the month of a date are read, in any language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from anonymizer.expression import expression

_DIGITS = expression(r"\d+")
_WORD = expression(r"[\pL\-]+")
_LAST_WORD = expression(r"(\pL+)[ ,(]*$")
_DAY = expression(r"^\D{0,14}\d{1,2}(?:[^\d]|$)|^\D*\d{4}-\d\d-\d\d|^[\d./ ]+$")
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
_REACH = 24
_OLDEST, _MONTHS_OF_YEAR = 125, 12
_TWENTY, _CENTURY, _TEN = 20, 100, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """
    The numbers of a language, from 0 to 125.

    `units` are the words from 0 to 19 and `tens` those from 20 on; `joiners` stand between them,
    `endings` (an expression) behind an ordinal. `more` are further words, `stems` beginnings of
    words, longest first.
    """

    units: Sequence[str]
    tens: Sequence[str]
    joiners: tuple[str, ...] = ()
    endings: str = ""
    more: Mapping[str, int] = field(default_factory=dict)
    stems: Mapping[str, int] = field(default_factory=dict)

    def read(self, found: str) -> int | None:
        """The first number in a text in lower case; None without one or beyond any age."""
        digits = _DIGITS.search(found)
        if digits is not None:
            age = int(digits.group())
            return age if age <= _OLDEST else None
        total: int | None = None
        for match in _WORD.finditer(found):
            value = self._value(match.group())
            if value is None:
                if match.group() in self.joiners:
                    continue
                if total is not None:
                    break
            elif total is None or (total >= _TWENTY and total % _TEN == 0 and value < _TWENTY):
                total = (total or 0) + value
            else:
                break
        return total

    def _value(self, word: str) -> int | None:
        bare = expression(self.endings).sub("", word) if self.endings else word
        for form in (word, bare):
            known = self._known(form)
            if known is not None:
                return known
        for form in (word, bare):
            compound = self._compound(form)
            if compound is not None:
                return compound
        return next((value for stem, value in self.stems.items() if word.startswith(stem)), None)

    def _known(self, word: str) -> int | None:
        if word in self.more:
            return self.more[word]
        if word in self.units:
            return self.units.index(word)
        return (self.tens.index(word) + 2) * _TEN if word in self.tens else None

    def _compound(self, word: str) -> int | None:
        """The sum of the parts of one word, as in "achtendertig" and "quatre-vingt-dix-huit"."""
        for joiner in (*self.joiners, "-"):
            first, found, second = word.partition(joiner)
            while found:
                one, other = self._known(first), self._known(second)
                if one is not None and other is not None and _TWENTY <= max(one, other) < _CENTURY:
                    return one + other
                rest, found, after = second.partition(joiner)
                first, second = first + joiner + rest, after
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """How the months of a language begin, from January on, and `others` with their numbers."""

    names: Sequence[str]
    others: Mapping[str, int] = field(default_factory=dict)

    def read(self, found: str) -> int | None:
        """The month of a date in lower case, by its name or its place; None without one."""
        words = [match.group() for match in _WORD.finditer(found)]
        for word in words:
            for number, name in enumerate(self.names, start=1):
                if word.startswith(name):
                    return number
            for name, number in self.others.items():
                if word.startswith(name):
                    return number
        roman = next((word for word in words if word in _ROMAN), None)
        if roman is not None:
            return _ROMAN.index(roman) + 1
        numbers = [int(match.group()) for match in _DIGITS.finditer(found)]
        if len(numbers) > 2 and numbers[0] > 31:  # year first: ISO 8601
            numbers.reverse()
        told = len(numbers) > 1 and 1 <= numbers[1] <= _MONTHS_OF_YEAR
        return numbers[1] if told else None


def day_is_told(found: str) -> bool:
    """Whether a date has its day, so not only a month and a year."""
    return bool(_DAY.search(found)) or not any(one.isdigit() for one in found)


def word_before(text: str, start: int) -> str:
    """The word before a place in lower case; nothing at the start of a text or a sentence."""
    match = _LAST_WORD.search(text[max(0, start - _REACH) : start])
    return match.group(1).lower() if match is not None else ""
