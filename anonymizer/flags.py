"""
Content flags: what a proofreader should read with care apart from anonymity.

A flag never changes the letter. The phrases are `rules/lists/<language>/flag_*.txt`; a sum of
money is one too. A reproach that is denied ("do not feel that you owe me anything") is none:
`flag_negations.txt` has the words that deny. For gifts and photos a flag says what the rule of the
pair allows.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import re2

from anonymizer.canonical import DetectionView
from anonymizer.exchange import PairRule
from anonymizer.expression import any_of, expression
from anonymizer.language_names import language_name
from anonymizer.model import ContentFlag, ContentFlagKind, LanguagePassage, Policy, Span
from anonymizer.rulebook import Rulebook

_REASONS = {
    ContentFlagKind.WISH_TO_MEET: "Asks for a meeting or for direct contact.",
    ContentFlagKind.DISTRESS: "May speak of distress or self-harm.",
    ContentFlagKind.MONEY: "Speaks of money.",
    ContentFlagKind.READER_HEALTH: "Speaks of the other side's health.",
    ContentFlagKind.ANGER: "May speak of anger, reproach or a threat.",
    ContentFlagKind.ENCLOSURE: "Speaks of something enclosed.",
    ContentFlagKind.GIFT: "Speaks of a gift.",
    ContentFlagKind.PHOTO: "Speaks of a photo.",
}
#: Sums of money. Pounds need their sign: a child weighs seven pounds.
_SUM = expression(
    r"(?i)[$€£]\s?\d[\d.,]*"
    r"|\b\d[\d.,]*\s?(?:k|thousand|million)?\s?"
    r"(?:[$€£]|(?:dollars?|euros?|eur|usd|gbp|chf|francs?|franken|złotych|złote|zł|pln)\b)"
)
#: What speaks of a kind beside its phrases.
_OTHERWISE = {ContentFlagKind.MONEY: (_SUM,)}
_REACH_OF_DENIAL = 60
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
        found = _first(kind, view.text, rulebook)
        if found is not None:
            span = view.to_letter(found)
            yield ContentFlag(kind=kind, span=span, reason=f"{reason}{_ruled(kind, rule)}")


def _first(kind: ContentFlagKind, text: str, rulebook: Rulebook) -> Span | None:
    """The first passage that speaks of this; a span of `text`."""
    matches = [
        match
        for pattern in (_any_phrase(rulebook.words(f"flag_{kind}")), *_OTHERWISE.get(kind, ()))
        for match in pattern.finditer(text)
    ]
    if kind is ContentFlagKind.ANGER:
        negations = rulebook.words("flag_negations")
        matches = [
            one for one in matches if not _is_denied(text, one.start(), one.end(), negations)
        ]
    spans = (Span(start=one.start(), end=one.end()) for one in matches)
    return min(spans, key=lambda one: one.start, default=None)


def _is_denied(text: str, start: int, end: int, negations: frozenset[str]) -> bool:
    """True for "not" up to two words before, or right behind: no mark or line end between."""
    before, after = _denials(negations)
    return bool(
        before.search(text[max(0, start - _REACH_OF_DENIAL) : start])
        or after.search(text[end : end + _REACH_OF_DENIAL])
    )


@cache
def _denials(negations: frozenset[str]) -> "tuple[re2._Regexp[str], re2._Regexp[str]]":
    words = any_of(negations)
    return (
        expression(rf"(?i)\b{words}[ \n]+(?:[\pL']+[ \n]+){{0,2}}$"),
        expression(rf"(?i)^[ \n]+{words}(?:\PL|$)"),
    )


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


def placeholder_flags(view: DetectionView, policies: Iterable[Policy]) -> Iterator[ContentFlag]:
    """A flag where the writer's own words look like those that stand for a removed passage."""
    forms = frozenset(form for policy in policies for form in policy.placeholders)
    match = _any_placeholder(forms).search(view.text) if forms else None
    if match is not None:
        yield ContentFlag(
            kind=ContentFlagKind.PLACEHOLDER,
            span=view.to_letter(Span(start=match.start(), end=match.end())),
            reason="The writer's own words look like those that stand for a removed passage.",
        )


@cache
def _any_placeholder(forms: frozenset[str]) -> "re2._Regexp[str]":
    """In any case and with any number, or none: the reader could not tell them apart."""
    inside = (form.removeprefix("[").removesuffix("]") for form in forms)
    words = (
        r"\s*\d*".join(re2.escape(part.strip()) for part in one.split("{n}"))
        for one in sorted(inside)
    )
    return expression(rf"(?i)\[\s*(?:{'|'.join(words)})\s*\]")


def passage_flags(passages: Iterable[LanguagePassage]) -> Iterator[ContentFlag]:
    """A flag for each passage in another language."""
    for passage in passages:
        language = language_name(passage.code) if passage.code else "another language"
        yield ContentFlag(
            kind=ContentFlagKind.FOREIGN_PASSAGE,
            span=passage.span,
            reason=f"This passage seems to be in {language}.",
        )
