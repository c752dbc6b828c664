"""
Content flags: what a proofreader should read with care apart from anonymity.

A flag never changes the letter. The phrases are `rules/lists/<language>/flag_*.txt`.
"""

from collections.abc import Iterable, Iterator

import re2

from anonymizer.canonical import DetectionView
from anonymizer.expression import expression
from anonymizer.language_names import language_name
from anonymizer.model import ContentFlag, ContentFlagKind, LanguagePassage, Span
from anonymizer.rulebook import Rulebook

_REASONS = {
    ContentFlagKind.WISH_TO_MEET: "Asks for a meeting or for direct contact.",
    ContentFlagKind.DISTRESS: "May speak of distress or self-harm.",
    ContentFlagKind.MONEY: "Speaks of money.",
    ContentFlagKind.READER_HEALTH: "Speaks of the other side's health.",
    ContentFlagKind.ENCLOSURE: "Speaks of something enclosed.",
}


def content_flags(view: DetectionView, rulebook: Rulebook) -> Iterator[ContentFlag]:
    """The first passage of each kind that the phrase lists find, as a span of the letter."""
    for kind, reason in _REASONS.items():
        phrases = sorted(rulebook.words(f"flag_{kind}"))
        pattern = expression("(?i)\\b(?:" + "|".join(re2.escape(one) for one in phrases) + ")\\b")
        match = pattern.search(view.text)
        if match is not None:
            span = view.to_letter(Span(start=match.start(), end=match.end()))
            yield ContentFlag(kind=kind, span=span, reason=reason)


def disguise_flags(view: DetectionView) -> Iterator[ContentFlag]:
    """A flag at the first character that a reader does not see or takes for another."""
    if view.disguised:
        place = view.disguised[0]
        yield ContentFlag(
            kind=ContentFlagKind.DISGUISE,
            span=Span(start=place, end=place + 1),
            reason=f"{len(view.disguised)} characters are invisible or look like others.",
        )


def passage_flags(passages: Iterable[LanguagePassage]) -> Iterator[ContentFlag]:
    """A flag for each passage in another language."""
    for passage in passages:
        yield ContentFlag(
            kind=ContentFlagKind.FOREIGN_PASSAGE,
            span=passage.span,
            reason=f"This passage seems to be in {language_name(passage.code or 'another language')}.",
        )
