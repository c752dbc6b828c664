"""Countries, and the people named after them."""

from collections.abc import Iterable

import re2

from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_AROUND_LANGUAGE = 24


class CountryRecognizer:
    """Country names with a capital, or in any case in a letter without capitals."""

    recognizer_id = "list:countries"

    def __init__(self, rulebook: Rulebook) -> None:
        self._pattern = _whole_words(rulebook.words("countries"))
        self._words_in_lower_case = rulebook.words("countries_that_are_words")

    def find(self, text: str) -> Iterable[Finding]:
        """Each country; "us" and "turkey" in lower case stay words."""
        for match in self._pattern.finditer(text):
            found = match.group(1)
            if found in self._words_in_lower_case or _is_pronoun(found, text):
                continue
            yield Finding(
                span=Span(start=match.start(1), end=match.end(1)),
                kind=EntityKind.COUNTRY,
                score=0.9,
                recognizer=self.recognizer_id,
            )


class NationalityRecognizer:
    """
    Nationalities of people.

    A language ("in English", "my German is poor") is none, nor is a thing ("French fries").
    """

    recognizer_id = "list:nationalities"

    def __init__(self, rulebook: Rulebook) -> None:
        words = rulebook.words
        self._pattern = _whole_words(words("nationalities"), suffix="s?")
        self._words_in_lower_case = words("nationalities_that_are_words")
        self._before_language = expression(rf"(?i)\b{any_of(words('before_languages'))}[ ]+$")
        self._after_language = expression(
            rf"(?i)^(?:[ ]+{any_of(words('after_languages'))}\b|[ ]*[,.;!?)\n]|$)"
        )
        things = any_of(words("after_nationalities"))
        self._thing = expression(rf"(?i)^[ ]+{things}\b")

    def find(self, text: str) -> Iterable[Finding]:
        """Each nationality that is not a language at its place."""
        with_capitals = any(one.isupper() for one in text)
        for match in self._pattern.finditer(text):
            start, end = match.span(1)
            if match.group(1).islower() and (with_capitals or self._is_word(match.group(1))):
                continue
            if not self._is_language(text, start, end):
                yield Finding(
                    span=Span(start=start, end=end),
                    kind=EntityKind.NATIONALITY,
                    score=0.8,
                    recognizer=self.recognizer_id,
                )

    def _is_word(self, found: str) -> bool:
        return found.rstrip("s") in self._words_in_lower_case

    def _is_language(self, text: str, start: int, end: int) -> bool:
        before = text[max(0, start - _AROUND_LANGUAGE) : start]
        after = text[end : end + _AROUND_LANGUAGE]
        return bool(
            (self._before_language.search(before) and self._after_language.search(after))
            or self._thing.match(after)
        )


def _whole_words(names: Iterable[str], *, suffix: str = "") -> "re2._Regexp[str]":
    r"""
    The names in any case, as group 1, also where a line ends inside one.

    RE2's `\b` knows ASCII only: before "Łotwa" and after "Perú" it sees no boundary.
    """
    alternatives = any_of(names).replace("\\ ", "[ \\n]")
    return expression(rf"(?i)(?:^|[^\pL\pN_])({alternatives}{suffix})(?:\b|[^\pL\pN_]|$)")


def _is_pronoun(found: str, text: str) -> bool:
    """Whether a "us" is the word: always but in capitals, and then in a text all in capitals."""
    if found.lower() != "us":
        return False
    return found != "US" or _is_shouting(text)


def _is_shouting(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return sum(one.isupper() for one in letters) > len(letters) / 2
