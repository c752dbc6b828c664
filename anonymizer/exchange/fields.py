"""
The fields of a rule: what may stand in each, and which of two values is the stricter.

Contract: `FIELDS` is the one list of them. In every field the values have a strictest one of any
two, and `unknown` is stricter than all values that could allow something: what nobody has told
holds a letter. Only an outright refusal (no letters, never, not told) is stricter than unknown,
because it decides without it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from anonymizer.exchange.codes import LANGUAGE_CODES

#: Longer periods are misprints.
MOST_MONTHS = 600
_MOST_LETTERS = 1000
#: Whoever writes TOML's own true and false means these.
_WORDS_OF_TRUTH = {True: "yes", False: "no"}


class Answer(StrEnum):
    """Yes, no, or nobody has told."""

    YES = "yes"
    UNKNOWN = "unknown"
    NO = "no"


class Earliest(StrEnum):
    """The first day on which a letter may be passed on."""

    DONATION_DAY = "donation_day"
    TRANSPLANT_DAY = "transplant_day"
    UNKNOWN = "unknown"


class Limit(StrEnum):
    """What may stand in place of a number: no limit, or one that nobody has told."""

    NONE = "no_limit"
    UNKNOWN = "unknown"


class FirstWriter(StrEnum):
    """Who may write the first letter of an exchange."""

    EITHER = "either"
    PATIENT = "patient"
    UNKNOWN = "unknown"


class Gifts(StrEnum):
    """Whether something may be enclosed; small means without commercial value."""

    YES = "yes"
    SMALL = "small"
    UNKNOWN = "unknown"
    NO = "no"


class AgePrecision(StrEnum):
    """How exactly an age may be told."""

    EXACT = "exact"
    DECADE = "decade"
    UNKNOWN = "unknown"
    NONE = "none"


class ExactDates(StrEnum):
    """What happens to an exact date such as the day of donation."""

    KEEP = "keep"
    GENERALIZE = "generalize"
    UNKNOWN = "unknown"
    REMOVE = "remove"


class DirectContact(StrEnum):
    """Whether both sides may ever learn who the other is."""

    AFTER_PERIOD = "after_period"
    UNKNOWN = "unknown"
    NEVER = "never"


class CordBlood(StrEnum):
    """Whether direct contact after a gift of cord blood goes by the rule for other cells."""

    AS_OTHERS = "as_others"
    UNKNOWN = "unknown"
    NEVER = "never"


class ClockStart(StrEnum):
    """The event from which the anonymity period runs."""

    FIRST_TRANSPLANT = "first_transplant"
    LAST_TRANSPLANT = "last_transplant"
    LAST_TRANSPLANT_OR_DLI = "last_transplant_or_dli"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """What direct contact needs besides the end of the period."""

    BOTH_CONSENTS = "both_consents"
    COUNSELLING = "counselling"
    RECIPIENT_STARTS = "recipient_starts"


class Certainty(StrEnum):
    """How sure a row is; the registry itself is asked before a weak one is relied on."""

    FIRM = "firm"
    GOOD = "good"
    WEAK = "weak"
    UNKNOWN = "unknown"


T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)
#: A number of letters or months, or the word that stands in its place.
Number = int | Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[T]):
    """
    One field of a rule.

    `read` turns a TOML value into the field's, or gives None when it is none; `expects` tells a
    person what may stand there. `stricter` gives the value that permits what both permit and no
    more. `absent` holds where a row says nothing.
    """

    key: str
    read: Callable[[object], T | None]
    expects: str
    stricter: Callable[[T, T], T]
    absent: T


def is_unknown(value: object) -> bool:
    """True for the `unknown` of any field."""
    return isinstance(value, StrEnum) and value.value == "unknown"


def _choice(
    key: str, options: type[Choice], *, order: Sequence[Choice] | None = None
) -> Field[Choice]:
    """A word from a list that goes from loose to strict: `order`, or the options as they stand."""
    known = tuple(order or options)

    def read(value: object) -> Choice | None:
        word = _WORDS_OF_TRUTH[value] if isinstance(value, bool) else value
        return next((option for option in known if option.value == word), None)

    return Field(
        key=key,
        read=read,
        expects=f"one of {', '.join(sorted(options, key=is_unknown))}",
        stricter=lambda one, other: max(one, other, key=known.index),
        absent=options("unknown"),
    )


def _number(
    key: str, *, most: int, rank: Callable[[int], float], absent: Limit, may_be_none: bool
) -> Field[Number]:
    """A whole number from 1 to `most`; a higher `rank` is stricter."""
    words = [word for word in Limit if may_be_none or word is not Limit.NONE]

    def read(value: object) -> Number | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value if 1 <= value <= most else None
        return next((word for word in words if word.value == value), None)

    def strictness(value: Number) -> float:
        if isinstance(value, Limit):
            return math.inf if value is Limit.UNKNOWN else -math.inf
        return rank(value)

    return Field(
        key=key,
        read=read,
        expects=f"a whole number from 1 to {most}, or one of {', '.join(words)}",
        stricter=lambda one, other: max(one, other, key=strictness),
        absent=absent,
    )


def _read_needs(value: object) -> frozenset[Need] | None:
    words = _words(value)
    if words is None or not set(words) <= set(Need) or Need.BOTH_CONSENTS not in words:
        return None
    return frozenset(Need(word) for word in words)


def _read_languages(value: object) -> tuple[str, ...] | None:
    words = _words(value)
    return words if words is not None and set(words) <= LANGUAGE_CODES else None


def _words(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    words = tuple(word for word in value if isinstance(word, str))
    return words if len(words) == len(value) else None


def _in_both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in one if code in other)


LETTERS = _choice("letters", Answer)
EARLIEST = _choice("earliest", Earliest)
FIRST_WRITER = _choice("first_writer", FirstWriter)
GIFTS = _choice("gifts", Gifts)
PHOTOS = _choice("photos", Answer)
COUNTRY_MAY_BE_NAMED = _choice("country_may_be_named", Answer)
AGE_PRECISION = _choice("age_precision", AgePrecision)
EXACT_DATES = _choice("exact_dates", ExactDates)
CLOCK_START = _choice("clock_start", ClockStart)
DIRECT_CONTACT = _choice("direct_contact", DirectContact)
CORD_BLOOD = _choice("cord_blood_direct_contact", CordBlood)
LETTERS_PER_SIDE = _number(
    "letters_per_side",
    most=_MOST_LETTERS,
    rank=lambda count: -count,
    absent=Limit.NONE,
    may_be_none=True,
)
WINDOW_MONTHS = _number(
    "window_months",
    most=MOST_MONTHS,
    rank=lambda months: -months,
    absent=Limit.NONE,
    may_be_none=True,
)
ANONYMITY_MONTHS = _number(
    "anonymity_months",
    most=MOST_MONTHS,
    rank=lambda months: months,
    absent=Limit.UNKNOWN,
    may_be_none=False,
)
NEEDS: Field[frozenset[Need]] = Field(
    key="direct_contact_needs",
    read=_read_needs,
    expects=f"a list with both_consents, out of {', '.join(Need)}",
    stricter=lambda one, other: one | other,
    absent=frozenset({Need.BOTH_CONSENTS, Need.COUNSELLING}),
)
OWN_LANGUAGE: Field[tuple[str, ...]] = Field(
    key="own_language",
    read=_read_languages,
    expects='a list of two-letter language codes (ISO 639-1) such as ["de"]',
    stricter=_in_both,
    absent=(),
)

CONSENT_PER_LETTER = _choice(
    "consent_per_letter", Answer, order=(Answer.NO, Answer.YES, Answer.UNKNOWN)
)

#: Every field by its key, in the order in which a rule is shown.
FIELDS: Mapping[str, Field[Any]] = {
    field.key: field
    for field in (
        LETTERS,
        EARLIEST,
        LETTERS_PER_SIDE,
        WINDOW_MONTHS,
        FIRST_WRITER,
        CONSENT_PER_LETTER,
        GIFTS,
        PHOTOS,
        COUNTRY_MAY_BE_NAMED,
        AGE_PRECISION,
        EXACT_DATES,
        OWN_LANGUAGE,
        ANONYMITY_MONTHS,
        CLOCK_START,
        DIRECT_CONTACT,
        NEEDS,
        CORD_BLOOD,
    )
}

#: A letter is held while one of these is unknown.
LETTER_FIELDS = tuple(
    field.key
    for field in (
        LETTERS,
        EARLIEST,
        LETTERS_PER_SIDE,
        WINDOW_MONTHS,
        FIRST_WRITER,
        CONSENT_PER_LETTER,
    )
)
#: Nobody learns who the other is while one of these is unknown.
CONTACT_FIELDS = tuple(field.key for field in (DIRECT_CONTACT, ANONYMITY_MONTHS, CLOCK_START))
