"""
What the registry already knows of both sides, found in every form it may take in a letter.

Exact and in parts, in short forms ("Kate"), transliterated ("Mueller"), with a typing error, with
digits for letters, spaced, hyphenated or mirrored. The same search looks over the outgoing text
once more before release.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import re2
from rapidfuzz.distance import DamerauLevenshtein

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, KnownIdentifier, Span
from anonymizer.rulebook import Rulebook

_SPECIAL = {
    "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
}  # fmt: skip
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ñ": "ny", "ø": "oe"}
#: Digits and signs that stand for letters, as in "4nn@".
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_MIN_LEET = 6
_LOCAL_DIGITS = 7
_LONGEST_DATE = 26
#: Python refuses to read endless digits as a number, and a year has four.
_LONGEST_YEAR = 4
_REACH_OF_NUMBER = 60
_NUMBER_BEFORE = expression(r"(?:(?:[+(][ ]?)?(?:\d[ \-/.()\n]{0,5})+)$")
_NUMBER_AFTER = expression(r"^(?:[ \-/.()]{0,5}\d)+\)?")
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_TOKEN = expression(r"[\pL\pN@$][\pL\pM\pN@$!']*")
_WORD = expression(r"[\pL\pN]+")
_MIN_COMPACT, _MIN_PART, _MIN_DIGITS = 4, 2, 5
_NAME_KINDS = frozenset(
    {
        EntityKind.PERSON,
        EntityKind.PLACE,
        EntityKind.ORGANIZATION,
        EntityKind.HOSPITAL,
        EntityKind.PET,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folded:
    """A text without case and diacritics, and for each character the place it comes from."""

    text: str = field(repr=False)
    places: tuple[int, ...] = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        return Span(start=self.places[start], end=self.places[end - 1] + 1)


class KnownRecognizer:
    """Finds the known identifiers of one letter's case."""

    recognizer_id = "known:register"

    def __init__(self, identifiers: Iterable[KnownIdentifier], rulebook: Rulebook) -> None:
        self._identifiers = tuple(identifiers)
        words = rulebook.words
        self._ordinary = words("names_that_are_words") | words("towns_that_are_words")
        self._small = words("function_words") - self._ordinary
        self._generic = words("generic_words")
        self._short_forms = _short_forms(words("short_forms"))

    def find(self, text: str) -> Iterator[Finding]:
        """Every form of every identifier. Offsets are code points of `text`, as given."""
        folded = _fold(text)
        compact = _compact(folded)
        for identifier in self._identifiers:
            for span in self._spans(identifier, text, folded, compact):
                yield Finding(
                    span=span,
                    kind=identifier.kind,
                    score=1.0,
                    recognizer=self.recognizer_id,
                    evidence=("known-identifier",),
                )

    def _spans(
        self, identifier: KnownIdentifier, text: str, folded: _Folded, compact: _Folded
    ) -> Iterator[Span]:
        value = identifier.value.strip()
        if not value:
            return
        if identifier.kind is EntityKind.DATE:
            yield from _date_spans(value, folded)
            return
        yield from self._compact(value, text, compact)
        digits = "".join(one for one in value if one.isdigit())
        if identifier.kind in (EntityKind.PHONE, EntityKind.OTHER_ID, EntityKind.DONOR_NUMBER):
            yield from _digit_spans(digits, text)
        if identifier.kind in _NAME_KINDS or identifier.kind is EntityKind.ADDRESS:
            yield from self._part_spans(value, text)

    def _compact(self, value: str, text: str, compact: _Folded) -> Iterator[Span]:
        """The value and each of its words, spaced, dotted, hyphenated or mirrored in the text."""
        words = [one for one in _WORD.findall(value.lower()) if one not in self._generic]
        for form in dict.fromkeys([value.lower(), *words]):
            for span in _compact_spans(form, text, compact):
                found = text[span.start : span.end]
                if not (found.islower() and found in self._ordinary):
                    yield span

    def _part_spans(self, value: str, text: str) -> Iterator[Span]:
        parts = self._parts(value)
        for token in _TOKEN.finditer(text):
            word = token.group().rstrip("'!")
            for cut in (word, word.removesuffix("'s")):
                if self._is_part(cut, parts):
                    yield Span(start=token.start(), end=token.start() + len(cut))
                    break

    def _parts(self, value: str) -> frozenset[str]:
        words = [
            part
            for part in _WORD.findall(value.lower())
            if len(part) >= _MIN_PART and part not in self._generic
        ]
        # "Anne-Marie" is written "Annemarie" too.
        joined = ["".join(_WORD.findall(one)) for one in value.lower().split() if "-" in one]
        forms = {form for word in (*words, *joined) for form in _transliterations(word)}
        for word in words:
            forms |= self._short_forms.get(_fold(word).text, frozenset())
        return frozenset(forms)

    def _is_part(self, word: str, parts: frozenset[str]) -> bool:
        folded = _fold(word).text.replace("'", "")
        plain, other = _letters_for_digits(folded)
        for form in (folded, plain, other, folded.removesuffix("s")):
            if form in parts:
                return not (word.islower() and form in self._ordinary)
        if plain[::-1] in parts and len(plain) > 3:
            return plain not in self._ordinary
        if plain in self._ordinary or (word.islower() and plain in self._small):
            return False  # "meiner" is no slip of the pen for Heiner
        return any(_is_typo(part, plain) for part in parts)


def _letters_for_digits(word: str) -> tuple[str, str]:
    """A word such as "Mu11er" with letters for its digits; a 1 stands for an i or an l."""
    if not any(one.isalpha() for one in word):
        return word, word
    return word.translate(_LEET), word.replace("1", "l").translate(_LEET)


def _short_forms(entries: Iterable[str]) -> dict[str, frozenset[str]]:
    """Lines such as "katherine: kate, katie": each form stands for every other of its line."""
    forms: dict[str, set[str]] = {}
    for entry in entries:
        names = {
            _fold(one.strip()).text for one in entry.replace(":", ",").split(",") if one.strip()
        }
        for name in names:
            forms.setdefault(name, set()).update(names)
    return {name: frozenset(others) for name, others in forms.items()}


def _fold(text: str) -> _Folded:
    if text.isascii():
        return _Folded(text=text.lower(), places=tuple(range(len(text))))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        lowered = character.lower()
        plain = _SPECIAL.get(lowered) or unicodedata.normalize("NFKD", lowered)
        for one in plain:
            if not unicodedata.combining(one):
                characters.append(one)
                places.append(place)
    return _Folded(text="".join(characters), places=tuple(places))


def _compact(folded: _Folded) -> _Folded:
    kept = [
        (one, place) for one, place in zip(folded.text, folded.places, strict=True) if one.isalnum()
    ]
    return _Folded(text="".join(one for one, _ in kept), places=tuple(place for _, place in kept))


def _transliterations(word: str) -> frozenset[str]:
    spelled = "".join(_UMLAUTS.get(one, one) for one in unicodedata.normalize("NFC", word))
    return frozenset({_fold(word).text, _fold(spelled).text})


def _compact_spans(value: str, text: str, compact: _Folded) -> Iterator[Span]:
    """The value without its spaces and signs, in a text without them, forwards and backwards."""
    for form in _transliterations(value.lower()):
        letters = "".join(one for one in form if one.isalnum())
        if len(letters) < _MIN_COMPACT:
            continue
        yield from _both_ways(letters, text, compact)
        if len(letters) >= _MIN_LEET:
            # Digits for letters on both sides alike: "4nn4@web.de" and "anna@web.de" become one.
            unleeted = _Folded(text=compact.text.translate(_LEET), places=compact.places)
            yield from _both_ways(letters.translate(_LEET), text, unleeted)


def _both_ways(needle: str, text: str, compact: _Folded) -> Iterator[Span]:
    for one in (needle, needle[::-1]):
        for start in _occurrences(one, compact.text):
            span = compact.span(start, start + len(one))
            if _stands_alone(text, span):
                yield span


def _digit_spans(digits: str, text: str) -> Iterator[Span]:
    """The last digits of a number, either way round, with the rest of the number they stand in."""
    if len(digits) < _MIN_DIGITS:
        return
    places = tuple(place for place, one in enumerate(text) if one.isdigit())
    row = _Folded(text="".join(text[place] for place in places), places=places)
    core = digits[-_LOCAL_DIGITS:]  # people leave out the country and area code
    for needle in (core, core[::-1]):
        for start in _occurrences(needle, row.text):
            span = row.span(start, start + len(needle))
            if not any(one.isalpha() for one in text[span.start : span.end]):
                yield _whole_number(text, span)


def _whole_number(text: str, span: Span) -> Span:
    """The span with the digits and signs around it that belong to the same number."""
    before = _NUMBER_BEFORE.search(text[max(0, span.start - _REACH_OF_NUMBER) : span.start])
    after = _NUMBER_AFTER.match(text[span.end : span.end + _REACH_OF_NUMBER])
    return Span(
        start=span.start - (len(before.group()) if before is not None else 0),
        end=span.end + (len(after.group()) if after is not None else 0),
    )


def _occurrences(needle: str, text: str) -> Iterator[int]:
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + 1)


def _stands_alone(text: str, span: Span) -> bool:
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return not before.isalnum() and (
        not after.isalnum() or text[span.end : span.end + 2].lower() == "s "
    )


def _is_typo(part: str, word: str) -> bool:
    if len(part) < 5 or abs(len(part) - len(word)) > 1:
        return False
    allowed = 2 if len(part) >= 9 else 1
    return 0 < DamerauLevenshtein.distance(part, word, score_cutoff=allowed) <= allowed


def _date_spans(value: str, folded: _Folded) -> Iterator[Span]:
    """A date in its usual written forms; the patterns find every other exact date anyway."""
    parts = re2.findall(r"\d+", value)
    if len(parts) != 3 or any(len(one) > _LONGEST_YEAR for one in parts):
        return
    numbers = [int(one) for one in parts]
    year, month, day = numbers if numbers[0] > 31 else numbers[::-1]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return
    name = _MONTHS[month - 1]
    short = f"{year % 100:02d}"
    numeric = {
        f"{first}{second}{last}"
        for first, second in ((f"{day:02d}", f"{month:02d}"), (f"{month:02d}", f"{day:02d}"))
        for last in (str(year), short)
    }
    for digits in (*sorted(numeric), f"{year}{month:02d}{day:02d}"):
        yield from _date_digit_spans(digits, folded)
    compact = _compact(folded)
    for ordinal in ("", "st", "nd", "rd", "th", "of", "thof"):
        for form in (f"{day}{ordinal}{name}{year}", f"{name}{day}{ordinal}{year}"):
            yield from _compact_spans(form, folded.text, compact)
    forms = (
        rf"\b0?{day}[ \n]?[./\-][ \n]?0?{month}[ \n]?[./\-][ \n]?(?:{year}|{short})\b",
        rf"\b0?{month}[/\-]\n?0?{day}[/\-]\n?(?:{year}|{short})\b",
        rf"\b{year}[-./]\n?0?{month}[-./]\n?0?{day}\b",
        rf"\b0?{day}(?:st|nd|rd|th)?\.?[ \n](?:of[ \n])?{name[:3]}[a-z]*\.?(?:,?[ \n]{year})?\b",
        rf"\b{name[:3]}[a-z]*\.?[ \n](?:the[ ])?0?{day}(?:st|nd|rd|th)?\b(?:,?[ \n]{year})?",
    )
    for form in forms:
        for match in re2.finditer(form, folded.text):
            yield folded.span(match.start(), match.end())


def _date_digit_spans(digits: str, folded: _Folded) -> Iterator[Span]:
    """The digits of a date with any signs between them, also mirrored."""
    places = tuple(place for place, one in enumerate(folded.text) if one.isdigit())
    row = "".join(folded.text[place] for place in places)
    for needle in (digits, digits[::-1]):
        for start in _occurrences(needle, row):
            first, last = places[start], places[start + len(needle) - 1]
            between = folded.text[first : last + 1]
            alone = _stands_alone(folded.text, Span(start=first, end=last + 1))
            if (
                alone
                and len(between) <= _LONGEST_DATE
                and not any(one.isalpha() for one in between)
            ):
                yield folded.span(first, last + 1)
