"""
Content flags: what a proofreader should read with care apart from anonymity.

A flag never changes the letter. The phrases are `rules/lists/<language>/flag_*.txt`. For gifts and
photos a flag says what the rule of the pair allows.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import re2

from anonymizer.canonical import DetectionView
from anonymizer.exchange import PairRule
from anonymizer.expression import any_of, expression
from anonymizer.language_names import language_name
from anonymizer.model import ContentFlag, ContentFlagKind, LanguagePassage, Span
from anonymizer.rulebook import Rulebook

_REASONS = {
    ContentFlagKind.WISH_TO_MEET: "Asks for a meeting or for direct contact.",
    ContentFlagKind.DISTRESS: "May speak of distress or self-harm.",
    ContentFlagKind.MONEY: "Speaks of money.",
    ContentFlagKind.READER_HEALTH: "Speaks of the other side's health.",
    ContentFlagKind.ANGER: "May speak of anger or reproach.",
    ContentFlagKind.ENCLOSURE: "Speaks of something enclosed.",
    ContentFlagKind.GIFT: "Speaks of a gift.",
    ContentFlagKind.PHOTO: "Speaks of a photo.",
}
#: The field of the pair's rule that says whether such a thing may be enclosed.
_RULED = {ContentFlagKind.GIFT: "gifts", ContentFlagKind.PHOTO: "photos"}
_ALLOWED = {
    "yes": "The rule of this pair allows {what}.",
    "small": "The rule of this pair allows {what} only when they are small.",
    "no": "The rule of this pair does not allow {what}: so says {rows}.",
    "unknown": "Whether this pair allows {what}, nobody has recorded: ask for {rows}.",
}


def content_flags(
    view: DetectionView, rulebook: Rulebook, rule: PairRule | None = None
) -> Iterator[ContentFlag]:
    """The first passage of each kind that the phrase lists find, as a span of the letter."""
    for kind, reason in _REASONS.items():
        match = _any_phrase(rulebook.words(f"flag_{kind}")).search(view.text)
        if match is not None:
            span = view.to_letter(Span(start=match.start(), end=match.end()))
            yield ContentFlag(kind=kind, span=span, reason=f"{reason}{_ruled(kind, rule)}")


def _ruled(kind: ContentFlagKind, rule: PairRule | None) -> str:
    """What the rule of the pair says about such a thing, as a second sentence."""
    field = _RULED.get(kind)
    if rule is None or field is None:
        return ""
    decided = dict(rule.items())[field]
    rows = " and ".join(str(origin) for origin in decided.origins)
    return f" {_ALLOWED[decided.value].format(what=field, rows=rows)}"


@cache
def _any_phrase(phrases: frozenset[str]) -> "re2._Regexp[str]":
    """Compiled once per list, not once per letter."""
    return expression(rf"(?i)\b{any_of(phrases)}\b")


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
        language = language_name(passage.code) if passage.code else "another language"
        yield ContentFlag(
            kind=ContentFlagKind.FOREIGN_PASSAGE,
            span=passage.span,
            reason=f"This passage seems to be in {language}.",
        )
