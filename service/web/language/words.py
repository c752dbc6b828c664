"""
Sentences of ours in the language of the person.

Contract: the key of a sentence is its English form. `gettext` and `ngettext` are for texts of the
pages; `told` is for sentences that come from deeper, where it maps a sentence only when the whole
of it is known, never a part. What is not known stays English, and `told` says so to the browser.
Nothing that passes through is kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from markupsafe import Markup

from anonymizer.language_names import language_name
from service.web.language.choice import ENGLISH, Language, current
from service.web.language.times import day_words

_LOCALES = Path(__file__).parent.parent / "locale"

#: Messages with this flag are patterns of sentences: `{name}` stands for whatever is told there.
PATTERN_FLAG = "python-brace-format"

_ISO_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])")
_COUNTED = re.compile(r"(\d{1,9}) (\w+)")
_BETWEEN = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A sentence with places that differ, and its translation with the same places."""

    regex: re.Pattern[str]
    translation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The catalogue of one language."""

    single: dict[str, str] = field(repr=False)
    counted: dict[str, tuple[str, ...]] = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)


def catalogue_path(language: Language) -> Path:
    """The file of a language's translations."""
    return _LOCALES / language.code / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: Language) -> Catalog:
    """The translations as Babel reads them; a file that is damaged raises."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language.code, abort_invalid=True)


@cache
def sentences_of(language: Language) -> Sentences:
    """The catalogue of a language, read once; that of English is empty."""
    if language is ENGLISH:
        return Sentences(single={}, counted={}, patterns=())
    single: dict[str, str] = {}
    counted: dict[str, tuple[str, ...]] = {}
    patterns = []
    for message in read_catalogue(language):
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            text = str(message.string)
            single[message.id] = text
            if PATTERN_FLAG in message.flags:
                patterns.append(Pattern(regex=_regex(message.id), translation=text))
        else:
            counted[message.id[0]] = tuple(message.string)
    for code, own in language.locale.languages.items():
        if language_name(code) != code:
            single.setdefault(language_name(code), own)
    # the more of its own words a pattern has, the surer it is
    patterns.sort(key=lambda one: -len(_FIELD.sub("", one.translation)))
    return Sentences(single=single, counted=counted, patterns=tuple(patterns))


def gettext(message: str) -> str:
    """A text of the pages."""
    return sentences_of(current()).single.get(message, message)


def ngettext(one: str, many: str, count: int) -> str:
    """A text of the pages that counts."""
    forms = sentences_of(current()).counted.get(one, (one, many))
    return forms[0] if count == 1 else forms[-1]


def told_plain(sentence: str | None) -> str:
    """A sentence from deeper, for places that take no mark of its language."""
    return "" if sentence is None else _known(str(sentence)) or str(sentence)


def told(sentence: str | None) -> str:
    """A sentence from deeper; what stays English is marked as English."""
    if sentence is None or current() is ENGLISH:
        return sentence or ""
    known = _known(str(sentence))
    return Markup('<span lang="en">{}</span>').format(sentence) if known is None else known


def _known(sentence: str) -> str | None:
    """The translation of a sentence, of several lines or sentences that are each known, or None."""
    catalogue = sentences_of(current())
    if current() is ENGLISH or not sentence.strip():
        return sentence
    if sentence in catalogue.single:
        return catalogue.single[sentence]
    several = _BETWEEN.split(sentence)
    told = [_known(one) for one in several] if len(several) > 1 else [None]
    if None not in told:
        # before the patterns: a place of a pattern would swallow the sentences after the first
        return " ".join(map(str, told))
    for pattern in catalogue.patterns:
        found = pattern.regex.fullmatch(sentence)
        if found:
            return _filled(pattern.translation, found.groupdict())
    return None


def _filled(translation: str, told: Mapping[str, str]) -> str:
    """The translation with what the sentence tells in its places."""
    return _FIELD.sub(lambda place: _part(told[place.group(1)]), translation)


def _part(value: str) -> str:
    """What stands in a place of a pattern: words of ours in the language, all else as it is."""
    if _ISO_DAY.fullmatch(value):
        return day_words(date.fromisoformat(value))
    whole = _known(value)
    if whole is not None:
        return whole
    counted = _COUNTED.fullmatch(value)
    if counted:
        return f"{counted.group(1)} {_counted_word(counted.group(2), int(counted.group(1)))}"
    single = sentences_of(current()).single
    others = value.split(" or ")
    if len(others) > 1 and all(one in single for one in others):
        return gettext(" or ").join(single[one] for one in others)
    return ", ".join(single.get(one, one) for one in value.split(", "))


def _counted_word(word: str, count: int) -> str:
    """The word after a number: `passages` of `3 passages`."""
    counted = sentences_of(current()).counted
    key = next((one for one in (word, word.removesuffix("s")) if one in counted), None)
    if key is None:
        return word
    return counted[key][0 if count == 1 else -1]


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_pieces(pattern)), re.DOTALL)


def _pieces(pattern: str) -> Iterator[str]:
    """The pattern as a regular expression; a name that stands twice must be told twice alike."""
    position, seen = 0, set()
    for place in _FIELD.finditer(pattern):
        yield re.escape(pattern[position : place.start()])
        name = place.group(1)
        yield f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
        seen.add(name)
        position = place.end()
    yield re.escape(pattern[position:])
