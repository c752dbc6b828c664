"""
Doubts where every noun has a capital: "mit Grünkohl" names nobody, "Herr Grünkohl" does.

A model that reads German takes rare nouns for names. A finding that is a common noun keeps little
of its score: something to ask a person about, or nothing.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import re2

from anonymizer.detection.gazetteers.towns import town_names
from anonymizer.detection.grammar_doubts import SALUTATION, SIGN_OFF
from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding
from anonymizer.rulebook import Rulebook
from anonymizer.words import without_accents, words_of

#: Kinds that are told by a name; a noun can be taken for each.
NAMED = frozenset(
    {
        EntityKind.PERSON,
        EntityKind.INITIALS,
        EntityKind.PLACE,
        EntityKind.ORGANIZATION,
        EntityKind.HOSPITAL,
        EntityKind.PET,
    }
)
_REACH_BEFORE = 40
#: What is left of the model's score for a common noun: something to ask about, or nothing.
_SURE_OF_NOUN, _SURE_NOUN_FACTOR, _NOUN_FACTOR = 0.75, 0.3, 0.05
_DOUBTED = ("ner:", SALUTATION, SIGN_OFF)
#: Letters of the parts of a compound: "Hengst-fohlen".
_SHORTEST_FIRST, _SHORTEST_LAST = 3, 4
#: What stands before a noun and not before a town: "die Halle", "beim Essen", "einer kalten Halle".
_ARTICLE_BEFORE = expression(
    r"(?i)(?:^|[^\pL])(?:der|die|das|den|dem|des|ein|eine[mnrs]?|kein|keine[mnrs]?|mein|meine[mnrs]?|"
    r"dein|deine[mnrs]?|unser|unsere[mnrs]?|im|am|ans|beim|zum|zur|ins|vom|aufs)"
    r"[ ](?:\p{Ll}+e[mnrs]?[ ])?$"
)


@dataclass(frozen=True, kw_only=True)
class NounDoubts:
    """
    The lists that tell nouns from names.

    `common_words` are those that the model knows whole from outside of names, in lower case and
    without accents.
    """

    rulebook: Rulebook
    common_words: frozenset[str]

    def doubted(self, text: str, finding: Finding) -> Finding:
        """The finding, with less score where it is rather a noun."""
        before = text[max(0, finding.span.start - _REACH_BEFORE) : finding.span.start]
        doubtful = finding.recognizer.startswith(_DOUBTED) and finding.kind in NAMED
        if not doubtful or self._title_before.search(before):
            return finding
        found = text[finding.span.start : finding.span.end]
        words = [word for _, word in words_of(found)]
        nouns = [word for word in words if not word.islower()] or words
        if len(nouns) == 1 and finding.kind is EntityKind.PLACE and self._is_no_town(text, finding):
            return self._asked(finding)
        # villages end in "bach" and "stein" as well, people and firms seldom do
        place = finding.kind is EntityKind.PLACE
        if not nouns or not all(self._is_only_noun(word, compounds=not place) for word in nouns):
            return finding
        if place:
            return self._doubted_place(finding, nouns)
        if finding.score >= _SURE_OF_NOUN:
            return self._asked(finding)
        return replace(finding, score=finding.score * _NOUN_FACTOR)

    def _doubted_place(self, finding: Finding, nouns: list[str]) -> Finding:
        """A place that the model half believes in is always asked about."""
        if all(self._is_listed(word) for word in nouns):
            return self._asked(finding)
        # that the model's vocabulary has the word is too little to leave a place readable
        return replace(finding, score=finding.score * _SURE_NOUN_FACTOR)

    def _asked(self, finding: Finding) -> Finding:
        ruling = self.rulebook.policy.rulings[finding.kind]
        return replace(finding, score=ruling.doubted(finding.score * _SURE_NOUN_FACTOR))

    @cached_property
    def _listed_nouns(self) -> frozenset[str]:
        return self.rulebook.lists.get("common_nouns", frozenset())

    def _is_listed(self, word: str) -> bool:
        return word.lower() in self._listed_nouns or word.lower() in self._whole_nouns

    @cached_property
    def _whole_nouns(self) -> frozenset[str]:
        return self.rulebook.lists.get("whole_nouns", frozenset())

    def _is_only_noun(self, word: str, *, compounds: bool) -> bool:
        return self._is_common_noun(word, compounds=compounds) and not self._may_be_name(word)

    def _is_common_noun(self, word: str, *, compounds: bool) -> bool:
        """Whether the model or our list knows the word, or what the compound ends in."""
        nouns, folded = self._listed_nouns, word.lower()
        return (
            without_accents(word) in self.common_words
            or self._is_listed(word)
            or (
                compounds
                and any(
                    folded[cut:] in nouns
                    for cut in range(_SHORTEST_FIRST, len(folded) - _SHORTEST_LAST + 1)
                )
            )
        )

    def _is_no_town(self, text: str, finding: Finding) -> bool:
        """Whether a town that is a word stands behind an article, or begins a sentence."""
        start, end = finding.span.start, finding.span.end
        if text[start:end].lower() not in self.rulebook.words("towns_that_are_words"):
            return False
        before = text[max(0, start - _REACH_BEFORE) : start]
        return (
            has_article_before(text, start)
            or not before.strip(' \t"„»(')
            or before.rstrip(' \t"„»(').endswith((".", "!", "?", "\n", ":"))
        )

    def _may_be_name(self, noun: str) -> bool:
        """Whether a noun is a name as well, or says where somebody is from ("Duisburger")."""
        folded = noun.lower()
        stem = folded.removesuffix("in").removesuffix("n").removesuffix("er")
        return (
            folded in self.rulebook.words("names_that_are_words")
            or folded in self.rulebook.words("given_names_that_are_words")
            or folded in self.rulebook.words("towns_that_are_words")
            or folded in town_names()
            or (stem != folded and any(one in town_names() for one in _towns_of(stem)))
        )

    @cached_property
    def _title_before(self) -> "re2._Regexp[str]":
        titles = self.rulebook.words("titles_before_initials")
        return expression(rf"(?i)\b{any_of(titles)}\.?[ ]+$")


def has_article_before(text: str, start: int) -> bool:
    """Whether the word at `start` stands behind an article, as nouns do and towns do not."""
    return bool(_ARTICLE_BEFORE.search(text[max(0, start - _REACH_BEFORE) : start]))


def _towns_of(stem: str) -> tuple[str, ...]:
    """The towns that an adjective may come from: Berlin-er, Brem-er, Münchn-er."""
    return stem, f"{stem}en", f"{stem.removesuffix('n')}en"
