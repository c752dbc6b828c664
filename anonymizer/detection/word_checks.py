"""
Checks that hold a passage against lists of words: what the check modules of languages are made of.

Each function gives a check, which takes the text and the span of a match.
"""

from collections.abc import Callable, Collection

from anonymizer.expression import expression

Check = Callable[[str, int, int], bool]

_WORD = expression(r"\pL[\pL'’\-]*")
_WORD_AFTER = expression(r"^[ ](?:de |d'|d’|of )?(\pL+)")
#: With the preposition between: in "strijd van 5 jaar" it is "strijd".
_WORD_BEFORE = expression(r"(?i)(\pL+)(?:[ ](?:van|de|d'|d’))?[ ,(]*$")
_REACH = 30
#: Fewer words are a count ("one, two, three").
_FEWEST_SPOKEN = 5


def folded(words: str) -> frozenset[str]:
    """The words of a text, as the checks compare them."""
    return frozenset(words.lower().split())


def not_before(words: Collection[str]) -> Check:
    """Holds where none of `words` follows: "2000 euro" is no year."""
    return lambda text, _start, end: _after(text, end) not in words


def not_after(words: Collection[str]) -> Check:
    """Holds where none of `words` comes before: "een strijd van 5 jaar" is no age."""
    return lambda text, start, _end: _before(text, start) not in words


def without(words: Collection[str]) -> Check:
    """Holds where none of `words` is in the passage: "the only day of the year" is nobody."""
    return lambda text, start, end: words_of_passage(text, start, end).isdisjoint(words)


def not_beginning_with(words: Collection[str]) -> Check:
    """Holds where the passage begins with no word of `words`: "mon Dieu" is nobody's name."""

    def check(text: str, start: int, end: int) -> bool:
        first = _WORD.search(text[start:end])
        return first is None or first.group().lower() not in words

    return check


def spoken_phone(numbers: Collection[str]) -> Check:
    """Holds where a row of numbers has one in words; figures alone are a list of something."""

    def check(text: str, start: int, end: int) -> bool:
        parts = text[start:end].lower().replace(",", " ").replace("-", " ").split()
        spoken = [part for part in parts if part in numbers]
        return bool(spoken) and len(parts) >= _FEWEST_SPOKEN

    return check


def all_of(*checks: Check) -> Check:
    """Holds where every check does."""
    return lambda text, start, end: all(check(text, start, end) for check in checks)


def words_of_passage(text: str, start: int, end: int) -> frozenset[str]:
    """The words between two places, in lower case."""
    return frozenset(word.group().lower() for word in _WORD.finditer(text[start:end]))


def _after(text: str, end: int) -> str:
    found = _WORD_AFTER.match(text[end : end + _REACH])
    return found.group(1).lower() if found is not None else ""


def _before(text: str, start: int) -> str:
    found = _WORD_BEFORE.search(text[max(0, start - _REACH) : start])
    return found.group(1).lower() if found is not None else ""
