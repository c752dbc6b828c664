"""
The words of a site in a letter: what is always removed, and what the machine leaves alone.

Contract: always-removed words are found in any case, without accents, broken over a line, with a
possessive or plural, and also inside a compound with a hyphen. Never-removed words take a finding
away only when they are all there is of it, and a title only from before a name. What the case
register knows, and what the site always removes, is never taken away.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import re2

from anonymizer.canonical import detection_view
from anonymizer.detection.known import KnownRecognizer
from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, SiteWord, Span, WordUse
from anonymizer.words import without_accents

_PART = expression(r"[\pL\pM\pN]+")
#: What may stand between the words of a phrase, and how much of it.
_BETWEEN = frozenset(" \t\n.,'-/&")
_WIDEST_GAP = 4
#: A shorter word takes no plural: "as" is none of "A".
_LEAST_FOR_PLURAL = 4
_EDGE = " \t\n.,;:!?\"'()[]*_-"
#: Kinds that are told by words. Numbers, dates and addresses are never left alone.
_WORDED = frozenset(
    {
        EntityKind.PERSON,
        EntityKind.INITIALS,
        EntityKind.PET,
        EntityKind.PLACE,
        EntityKind.COUNTRY,
        EntityKind.NATIONALITY,
        EntityKind.HOSPITAL,
        EntityKind.ORGANIZATION,
        EntityKind.OCCUPATION,
        EntityKind.EVENT,
        EntityKind.MEDIA,
    }
)


class SiteWordRecognizer:
    """Finds the words that a site always removes."""

    recognizer_id = "site:words"

    def __init__(self, words: Iterable[SiteWord]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], EntityKind]]] = {}
        for one in words:
            kind, parts = one.use.kind, tuple(part for part, _ in _parts(_canonical(one.words)))
            if kind is not None and parts:
                self._phrases.setdefault(parts[0], []).append((parts, kind))

    def find(self, text: str) -> Iterator[Finding]:
        """Each place of each word. Offsets are code points of `text`, as given."""
        parts = list(_parts(text))
        for index, (part, _) in enumerate(parts):
            for first in (part, *_stems(part)):
                for phrase, kind in self._phrases.get(first, ()):
                    last = _last_part(text, parts, index, phrase)
                    if last is not None:
                        yield Finding(
                            span=Span(start=parts[index][1].start, end=parts[last][1].end),
                            kind=kind,
                            score=1.0,
                            recognizer=self.recognizer_id,
                            evidence=("site-word",),
                        )


@dataclass(frozen=True, kw_only=True)
class Spared:
    """The words that a site never removes."""

    ordinary: frozenset[str] = field(default=frozenset(), repr=False)
    titles: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, words: Iterable[SiteWord]) -> "Spared":
        """Those of the words that are never removed."""
        by_use: dict[WordUse, set[str]] = {WordUse.ORDINARY: set(), WordUse.TITLE: set()}
        for one in words:
            if one.use in by_use:
                by_use[one.use].add(_key(_canonical(one.words)))
        return cls(
            ordinary=frozenset(by_use[WordUse.ORDINARY] - {""}),
            titles=frozenset(by_use[WordUse.TITLE] - {""}),
        )

    def without(self, text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, but for those that are one of the words; titles before names cut off."""
        for finding in findings:
            if finding.kind not in _WORDED or finding.recognizer in _NEVER_TAKEN_AWAY:
                yield finding
                continue
            cut = self._without_titles(text, finding)
            key = _key(text[cut.span.start : cut.span.end])
            if key and key not in self.ordinary and key not in self.titles:
                yield cut

    def _without_titles(self, text: str, finding: Finding) -> Finding:
        if finding.kind is not EntityKind.PERSON or not self.titles:
            return finding
        start, end = finding.span.start, finding.span.end
        while (title := self._title.match(text[start:end])) is not None:
            start += title.end()
        return replace(finding, span=Span(start=start, end=end)) if start < end else finding

    @cached_property
    def _title(self) -> "re2._Regexp[str]":
        return expression(rf"(?i)^{any_of(self.titles)}\.?[ \t\n]+")


_NEVER_TAKEN_AWAY = frozenset({KnownRecognizer.recognizer_id, SiteWordRecognizer.recognizer_id})


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int


def _parts(text: str) -> Iterator[tuple[str, _Place]]:
    """Each run of letters and digits, folded, with where it stands."""
    for match in _PART.finditer(text):
        yield _folded(match.group()), _Place(match.start(), match.end())


def _last_part(
    text: str, parts: list[tuple[str, _Place]], index: int, phrase: tuple[str, ...]
) -> int | None:
    """Where the phrase ends that begins at part `index`; None where it does not stand."""
    last = index + len(phrase) - 1
    if last >= len(parts):
        return None
    for number, wanted in enumerate(phrase):
        part, place = parts[index + number]
        fits = part == wanted or (index + number == last and wanted in _stems(part))
        gap = text[parts[index + number - 1][1].end : place.start] if number else ""
        if not fits or len(gap) > _WIDEST_GAP or not _BETWEEN.issuperset(gap):
            return None
    return last


def _stems(part: str) -> tuple[str, ...]:
    """What the part may be a plural or genitive of."""
    stem = part.removesuffix("s")
    return (stem,) if stem != part and len(stem) >= _LEAST_FOR_PLURAL else ()


def _folded(part: str) -> str:
    return without_accents(part.casefold())


def _canonical(words: str) -> str:
    """The words as a recogniser reads them in a letter."""
    return detection_view(unicodedata.normalize("NFC", words)).text


def _key(words: str) -> str:
    """What two spellings of a word have in common: its letters, whatever their case."""
    bare = " ".join(words.strip(_EDGE).split()).casefold()
    return bare.removesuffix("'s").strip(_EDGE)
