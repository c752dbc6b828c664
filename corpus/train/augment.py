"""Changes to training texts: other names in the same places, other casing, small damage."""

import random
import re
from collections.abc import Callable
from dataclasses import replace as replaced

from corpus.train.gazetteers import Gazetteers
from corpus.train.nouns import common_nouns, drawable_nouns
from corpus.train.sources import LOCATION, PERSON, TITLES, Record, Span

SWAP_TEXTS = 0.5
NOUN_TEXTS, SWAP_NOUNS = 0.6, 0.5
SWAP_PLACES = 0.35
LOWER_TEXTS, UPPER_TEXTS = 0.10, 0.04
DAMAGED_NAMES = 0.7

_WORD = re.compile(r"[^\W\d_]+")
#: Inside a sentence: at its start "Ich" and "Meine" have a capital, too.
_NOUN = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]{2,}(?![\w-])")
_SCANNED = tuple(
    (pair[: pair.index("/")], pair[pair.index("/") + 1 :])
    for pair in "l/1 l/I l/| i/1 i/l I/l I/1 o/0 O/0 rn/m m/rn e/c h/b n/u u/n S/5 B/8 cl/d".split()
)
_COUNTRYLIKE = frozenset(
    """england scotland wales ireland britain uk usa u.s. us america europe asia africa germany
    france spain italy iraq iran china india japan canada australia russia israel mexico texas
    california florida new york north south east west""".split()
)


def swap_names(record: Record, names: Gazetteers, rng: random.Random) -> Record:
    """
    Replace the people of a text by people from one region, and some towns by other towns.

    The same word is replaced in the same way throughout, so that "Ann Lee ... Ann" stays one.
    """
    if rng.random() > SWAP_TEXTS:
        return record
    region = names.region(rng)
    people = _PeopleSwap(record, names, rng, region)
    places: dict[str, str] = {}

    def replace(span: Span) -> str:
        old = record.text[span.start : span.end]
        if span.label == PERSON:
            return people.swap(old)
        if span.label == LOCATION and _is_town(old):
            if old not in places:
                places[old] = names.place(rng) if rng.random() < SWAP_PLACES else old
            return places[old]
        return old

    return rewrite(record, replace)


def swap_nouns(record: Record, rng: random.Random) -> Record:
    """
    Replace many of the German nouns outside of names by any others.

    The sources have few thousand nouns, the language has hundreds of thousands: the tagger has to
    learn that a capital it has never seen is most often a thing.
    """
    if rng.random() > NOUN_TEXTS:
        return record

    def replace(span: Span) -> str:
        return record.text[span.start : span.end]

    def swapped(gap: str) -> str:
        return _NOUN.sub(lambda word: _other_noun(word.group(), rng), gap)

    return rewrite(record, replace, swapped)


def _other_noun(word: str, rng: random.Random) -> str:
    if rng.random() > SWAP_NOUNS or word.lower() not in common_nouns():
        return word
    return rng.choice(drawable_nouns()).capitalize()


def rewrite(
    record: Record,
    replace: Callable[[Span], str],
    between: Callable[[str], str] = lambda gap: gap,
) -> Record:
    """Replace the text of every span, and perhaps that between them; the offsets move along."""
    parts: list[str] = []
    spans: list[Span] = []
    position = length = 0
    for span in record.spans:
        gap, new = between(record.text[position : span.start]), replace(span)
        parts += gap, new
        start = length + len(gap)
        length = start + len(new)
        spans.append(Span(start, length, span.label))
        position = span.end
    parts.append(between(record.text[position:]))
    return replaced(record, text="".join(parts), spans=tuple(spans))


def change_case(record: Record, rng: random.Random) -> Record:
    """Write some texts all in small letters or all in capitals."""
    draw = rng.random()
    if draw < LOWER_TEXTS:
        return _cased(record, str.lower)
    return _cased(record, str.upper) if draw < LOWER_TEXTS + UPPER_TEXTS else record


def damage(record: Record, rng: random.Random, rate: float) -> Record:
    """Confuse single letters as scanning and hasty typing do, without changing any length."""
    confusions = {
        "l": "1I",
        "I": "l1",
        "O": "0",
        "o": "0c",
        "e": "c",
        "c": "e",
        "m": "n",
        "n": "u",
        "u": "n",
        "a": "o",
        "S": "5",
        "B": "8",
        "h": "b",
        "t": "f",
        "i": "l",
    }
    characters = [
        rng.choice(confusions[character])
        if character in confusions and rng.random() < rate
        else character
        for character in record.text
    ]
    return replaced(record, text="".join(characters))


def damage_names(record: Record, rng: random.Random) -> Record:
    """Confuse letters within most names of a text as scanning does: l and 1, o and 0, rn and m."""

    def replace(span: Span) -> str:
        name = record.text[span.start : span.end]
        present = [pair for pair in _SCANNED if pair[0] in name[1:]]
        if not present or rng.random() > DAMAGED_NAMES:
            return name
        old, new = rng.choice(present)
        return name[0] + name[1:].replace(old, new, 1)

    return rewrite(record, replace)


def _cased(record: Record, change: Callable[[str], str]) -> Record:
    # A few letters change their length with their case; such texts stay as they are.
    text = "".join(change(character) for character in record.text)
    if len(text) != len(record.text):
        return record
    return replaced(record, text=text)


def _is_town(name: str) -> bool:
    words = name.split()
    return (
        len(words) <= 2
        and all(word[0].isupper() and word[1:].islower() for word in words)
        and not _COUNTRYLIKE & {word.lower() for word in words}
    )


class _PeopleSwap:
    """New words for the words of people's names, consistent within one text."""

    def __init__(self, record: Record, names: Gazetteers, rng: random.Random, region: str) -> None:
        self._names, self._rng, self._region = names, rng, region
        self._new: dict[str, str] = {}
        self._family: set[str] = set()
        for span in record.spans:
            if span.label != PERSON:
                continue
            words = _WORD.findall(record.text[span.start : span.end])
            before = _WORD.findall(record.text[max(0, span.start - 12) : span.start])
            if len(words) > 1 or (before and before[-1].lower() in TITLES):
                self._family.update(words[-1:])

    def swap(self, old: str) -> str:
        return _WORD.sub(self._swap_word, old)

    def _swap_word(self, match: re.Match[str]) -> str:
        word = match.group()
        # Initials, small words ("van") and handles keep their form.
        if len(word) < 3 or not (word[0].isupper() and word[1:].islower()):
            return word
        if word not in self._new:
            family = word in self._family
            draw = self._names.family_name if family else self._names.given_name
            self._new[word] = draw(self._rng, self._region)
        return self._new[word]
