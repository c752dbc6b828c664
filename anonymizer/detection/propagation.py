"""
What was found once is found everywhere in the letter, and gets one entity.

A name is often plain in one sentence ("my daughter Hope") and bare in the next ("Hope laughed"). It
is taken up again in any case, with possessive or plural and with one typing error, but not where
the ordinary word stands ("I hope").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz.distance import DamerauLevenshtein

from anonymizer.detection.noun_doubts import has_article_before
from anonymizer.detection.particles import PARTICLES
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook
from anonymizer.words import words_of

_SPREAD = frozenset(
    {
        EntityKind.PERSON,
        EntityKind.PLACE,
        EntityKind.HOSPITAL,
        EntityKind.ORGANIZATION,
        EntityKind.PET,
    }
)
#: Words inside names of people, places and houses that name nothing by themselves.
_LINKS = (PARTICLES - {"y", "e", "i"}) | {"of", "the", "and", "at", "in", "st", "saint"}
_SENTENCE_ENDS = '.!?:\n"-–—(*•'
_MIN_PART, _MIN_TYPO = 3, 5
#: What is doubtful is shown to a person and not taken out.
_DOUBTFUL = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One word of the letter, where it stands and how it is written."""

    start: int
    end: int
    word: str
    folded: str
    starts_sentence: bool
    next_word: str


@dataclass(frozen=True, kw_only=True)
class Propagation:
    """The lists that tell a name from the ordinary word of the same spelling."""

    rulebook: Rulebook

    @cached_property
    def _ordinary(self) -> frozenset[str]:
        words = self.rulebook.words
        return (
            words("names_that_are_words") | words("towns_that_are_words") | words("not_names")
            | words("kin") | words("titles") | words("salutation_words")
            | words("hospital_words") | words("organization_words")
        )  # fmt: skip

    def spread(self, text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Further findings: the words of `findings` wherever else they stand in `text`."""
        sources = [one for one in findings if one.kind in _SPREAD]
        if not sources:
            return
        parts = self._parts(text, sources)
        taken = sorted(one.span for one in sources)
        for mention in _free_mentions(text, taken):
            source = self._source_of(mention, parts)
            if source is not None and not self._is_noun(mention, text, source):
                yield replace(
                    source,
                    span=Span(start=mention.start, end=mention.end),
                    recognizer="letter:propagation",
                    score=self._score(mention, text, source),
                    evidence=(source.recognizer,),
                )

    def _parts(self, text: str, sources: Iterable[Finding]) -> dict[str, Finding]:
        """Each word of a name, folded, with the finding it comes from; the strongest first."""
        parts: dict[str, Finding] = {}
        for finding in sorted(sources, key=lambda one: (-one.score, one.span.start)):
            for word in self._words_of(text, finding):
                parts.setdefault(word, finding)
        return parts

    def _words_of(self, text: str, finding: Finding) -> Iterator[str]:
        found = text[finding.span.start : finding.span.end]
        words = [_fold(word) for _, word in words_of(found)]
        if finding.kind is not EntityKind.PERSON and len(words) > 1:
            # "Mill Lane School" is taken up as a whole name only; "school" says nothing.
            words = [one for one in words if one not in self._ordinary and len(one) > _MIN_TYPO]
        for word in words:
            if len(word) >= _MIN_PART and word not in _LINKS and word not in self._never:
                yield word

    @cached_property
    def _never(self) -> frozenset[str]:
        words = self.rulebook.words
        small = words("function_words") - words("names_that_are_words")
        return words("titles") | words("kin") | words("not_names") | small

    def _source_of(self, mention: Mention, parts: dict[str, Finding]) -> Finding | None:
        exact = parts.get(mention.folded) or parts.get(mention.folded.removesuffix("s"))
        if exact is not None:
            return exact if self._may_be_name(mention) else None
        if (
            len(mention.word) < _MIN_TYPO
            or not mention.word[0].isupper()
            or mention.starts_sentence
        ):
            return None
        if mention.folded in self._ordinary:
            return None
        return next((parts[part] for part in parts if _one_typo(part, mention.folded)), None)

    def _may_be_name(self, mention: Mention) -> bool:
        if mention.folded not in self._ordinary:
            return mention.word[0].isupper() or len(mention.folded) > _MIN_PART
        return mention.word[0].isupper()

    def _is_noun(self, mention: Mention, text: str, source: Finding) -> bool:
        """Certainly the word: "das Essen" after "in Essen"."""
        return (
            source.kind is EntityKind.PLACE
            and self.rulebook.language.nouns_have_capitals
            and mention.folded in self.rulebook.words("towns_that_are_words")
            and has_article_before(text, mention.start)
        )

    def _score(self, mention: Mention, text: str, source: Finding) -> float:
        if not self._is_doubtful(mention, text, source):
            return source.score
        return self.rulebook.policy.rulings[source.kind].doubted(_DOUBTFUL)

    def _is_doubtful(self, mention: Mention, text: str, source: Finding) -> bool:
        """Perhaps the word, as in "Hope you are well" or "books" after the name of a shop."""
        ordinary = mention.folded in self._ordinary
        if ordinary and self.rulebook.language.nouns_have_capitals:
            return True
        if mention.word.islower() and not text[source.span.start : source.span.end].islower():
            return True
        return (
            ordinary
            and mention.starts_sentence
            and mention.next_word in self.rulebook.words("after_ordinary_words")
        )


def _free_mentions(text: str, taken: list[Span]) -> Iterator[Mention]:
    """Words outside the spans already found."""
    index = 0
    words = words_of(text)
    for number, (start, written) in enumerate(words):
        word = written[:-2] if written.endswith(("'s", "'S")) else written
        end = start + len(word)
        while index < len(taken) and taken[index].end <= start:
            index += 1
        if index < len(taken) and taken[index].start < end:
            continue
        after = words[number + 1] if number + 1 < len(words) else (len(text), "")
        yield Mention(
            start=start,
            end=end,
            word=word,
            folded=_fold(word),
            starts_sentence=_starts_sentence(text, start),
            next_word=after[1].lower() if after[0] <= end + 1 else "",
        )


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \t")
    return start == 0 or not before or before[-1] in _SENTENCE_ENDS


def _fold(word: str) -> str:
    folded = word.casefold()
    return folded.removesuffix("'s")


def _one_typo(part: str, word: str) -> bool:
    if len(part) < _MIN_TYPO or part[0] != word[0] or abs(len(part) - len(word)) > 1:
        return False
    return DamerauLevenshtein.distance(part, word, score_cutoff=1) == 1


def with_entities(text: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Findings with an `entity` each: the same name gets the same one.

    "Anna Kowalska", "Anna" and "ANNA's" are one entity. Entities are numbered per kind in the order
    of the letter, and mean nothing outside it.
    """
    groups: dict[EntityKind, list[set[str]]] = {}
    numbered: list[Finding] = []
    for finding in sorted(findings, key=lambda one: one.span.start):
        words = _name_words(text[finding.span.start : finding.span.end])
        known = groups.setdefault(finding.kind, [])
        number = next(
            (index for index, group in enumerate(known) if _same_name(words, group)), None
        )
        if number is None:
            known.append(set(words))
            number = len(known) - 1
        else:
            known[number] |= words
        numbered.append(replace(finding, entity=f"{finding.kind}-{number + 1}"))
    return tuple(numbered)


def _name_words(found: str) -> set[str]:
    """The words of a name; one that is spelled letter by letter is one word."""
    words = [_fold(word) for _, word in words_of(found)]
    if len(words) > 2 and all(len(one) == 1 for one in words):
        return {"".join(words)}
    return set(words) - _LINKS


def _same_name(words: set[str], group: set[str]) -> bool:
    """Whether one is part of the other: "Anna" and "Anna Kowalska", but no two Millers."""
    if not words:
        return False
    singular = {word.removesuffix("s") for word in words}
    return words <= group or singular <= group or (bool(group) and group <= words)
