"""
What each word of a text says about its language.

Two witnesses: our lists of small words ("the", "und"), and langdetect's counts of letter groups.
A name says nothing about the language around it, so the letters of a capitalised word are not
heard; and no single word, however foreign it looks, may decide alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from langdetect import DetectorFactory, LangDetectException
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.ngram import NGram

Numbers = np.ndarray[Any, np.dtype[np.float64]]
#: A profile of langdetect: `name`, `freq` (how often each letter group was seen) and `n_words`
#: (how many groups of one, two and three letters there were).
Profile = Mapping[str, Any]

_SEED = 20260101
#: What a small word costs a language that has small words of its own, but not this one.
_NOT_SMALL = 3.0
#: And one that has no list here; its letter groups have to speak for it.
_NO_LIST = 1.5
#: Letter groups overlap, so that each says again what the one before it said.
_GROUP_WEIGHT = 0.35
#: The most that letter groups of one word can say against a language.
_MOST_BY_GROUPS = 2.5
#: langdetect's own allowance for letter groups that a language has not shown yet.
_UNSEEN = 0.5 / 10_000
#: What the Turkish capital of "i" becomes in small letters.
_DOTTED = "i\u0307"
#: Of a longer word only the beginning is heard.
_LONGEST_HEARD = 24
#: Enough for langdetect, which slows down with the length of a text.
_SAMPLE_WORDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What the letter groups of a word say: langdetect's counts as logarithms, a row per group."""

    rows: Mapping[str, int]
    logarithms: "np.ndarray[Any, np.dtype[np.float32]]"

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> "Groups":
        """The counts of profiles, a column each."""
        rows: dict[str, int] = {}
        columns = []
        for profile in profiles:
            totals = [0, *profile["n_words"]]
            shares = [count / totals[len(group)] for group, count in profile["freq"].items()]
            columns.append(([rows.setdefault(one, len(rows)) for one in profile["freq"]], shares))
        table = np.zeros((len(rows), len(profiles)), dtype=np.float32)
        for column, (seen, shares) in enumerate(columns):
            table[seen, column] = shares
        return cls(rows=rows, logarithms=np.log(table + np.float32(_UNSEEN)))

    def say(self, words: Sequence[str]) -> Numbers:
        """One row per word: 0 for the languages that fit best, at worst `_MOST_BY_GROUPS` below."""
        said = np.zeros((len(words), self.logarithms.shape[1]))
        heard: list[int] = []
        starts: list[int] = []
        places: list[int] = []
        for at, word in enumerate(words):
            found = [self.rows[one] for one in _groups(word) if one in self.rows]
            if found:
                places.append(at)
                starts.append(len(heard))
                heard += found
        if heard:
            sums = np.add.reduceat(self.logarithms[heard], starts, axis=0, dtype=np.float64)
            fit = _GROUP_WEIGHT * (sums - sums.max(axis=1, keepdims=True))
            said[places] = np.maximum(fit, -_MOST_BY_GROUPS)
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The witnesses, loaded once; `languages` names the columns of what they say."""

    languages: tuple[str, ...]
    #: The languages that have a list of small words.
    listed: frozenset[str]
    #: What the lists say about a small word, and what lists and letter groups say together.
    small: Mapping[str, Numbers] = field(repr=False)
    small_spelled: Mapping[str, Numbers] = field(repr=False)
    groups: Groups = field(repr=False)

    @classmethod
    def load(cls, function_words: Mapping[str, frozenset[str]]) -> "Evidence":
        """The witnesses; reading langdetect's profiles takes a fifth of a second."""
        profiles = [json.loads(one) for one in _profiles()]
        languages = tuple(one["name"] for one in profiles)
        groups = Groups.of(profiles)
        small = dict(_small(function_words, languages))
        spelled = zip(small.items(), groups.say(list(small)), strict=True)
        return cls(
            languages=languages,
            listed=frozenset(function_words),
            small=small,
            small_spelled={word: by_list + by_groups for (word, by_list), by_groups in spelled},
            groups=groups,
        )

    def of(self, words: Sequence[str]) -> Numbers:
        """One row per word, one column per language: 0 for what fits best, below for the rest."""
        rows = np.zeros((len(words), len(self.languages)))
        spelled: list[int] = []
        for at, word in enumerate(words):
            if word[0].isupper():
                said = self._by_lists(word.lower().replace(_DOTTED, "i"))
            else:
                said = self.small_spelled.get(word)
                if said is None:
                    spelled.append(at)
                    said = self._by_lists(word)
            if said is not None:
                rows[at] = said
        rows[spelled] += self.groups.say([words[at] for at in spelled])
        return rows

    def confirms(self, code: str, words: Sequence[str], least: float) -> bool:
        """
        Whether langdetect itself, asked about the words, is at least so sure of `code`.

        Its answers are drawn at random; the seed makes them the same each time.
        """
        detector = _factory().create()
        detector.append(" ".join(word.lower() for word in words[:_SAMPLE_WORDS]))
        try:
            best = detector.get_probabilities()
        except LangDetectException:
            return False
        return bool(best) and best[0].lang == code and best[0].prob >= least

    def _by_lists(self, lower: str) -> Numbers | None:
        """By the lists; of an elision ("l'hôpital") its first half is a small word."""
        said = self.small.get(lower)
        if said is None and "'" in lower:
            said = self.small.get(lower[: lower.index("'") + 1])
        return said


def _profiles() -> list[str]:
    """Langdetect's profiles as JSON, in the order of their codes, wherever it is installed."""
    found = sorted(one for one in Path(PROFILES_DIRECTORY).iterdir() if one.is_file())
    return [one.read_text("utf-8") for one in found]


@cache
def _factory() -> DetectorFactory:
    """Langdetect itself; loaded with the first letter that it is asked about."""
    factory = DetectorFactory()
    factory.load_json_profile(_profiles())
    factory.set_seed(_SEED)
    return factory


def _small(
    function_words: Mapping[str, frozenset[str]], languages: Sequence[str]
) -> Iterator[tuple[str, Numbers]]:
    """Each small word with what it says."""
    silent = np.array([-_NOT_SMALL if one in function_words else -_NO_LIST for one in languages])
    for word in sorted(frozenset[str]().union(*function_words.values())):
        said = silent.copy()
        for column, language in enumerate(languages):
            if word in function_words.get(language, ()):
                said[column] = 0.0
        yield word, said


def _groups(word: str) -> Iterator[str]:
    """The one, two and three letters that langdetect counts, blanks at the edges included."""
    letters = word[:_LONGEST_HEARD]
    if not letters.isascii():
        letters = "".join(map(NGram.normalize, letters))
    bare = f" {letters} "
    for at in range(1, len(bare)):
        if bare[at] != " ":
            yield bare[at]
        yield bare[at - 1 : at + 1]
        if at > 1:
            yield bare[at - 2 : at + 1]
