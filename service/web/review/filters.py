"""
How times, ids and codes are written on the pages: small pure functions for the templates.

Contract: a filter takes a code or a time, never letter text.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from typing import Any

import re2

from anonymizer.case_columns import read_consents
from anonymizer.donor_number import canonical_donor_number
from service.actions.views import CaseView
from service.web.language.times import (
    clock_words,
    day_words,
    iso_day_words,
    moment_words,
    number_words,
)
from service.web.language.words import gettext, ngettext, told, told_plain
from service.web.review import detail_words, file_words, rule_words, words
from service.web.review.countries import country_name, in_country
from service.workflow.recipients import Recipient, RecipientRole
from service.workflow.records import masked

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

#: Numbers that are less alike than this are different ones: marking signs would only mislead.
_ALIKE = 0.6

#: Ids and digests: nobody reads more of them than tells them apart.
_ID = re2.compile(r"[0-9a-f]{16,64}")
_LONGEST_DETAIL = 48
_LONGEST_WORDS = 160

#: The length of a Global Registration Identifier for Donors.
GRID_LENGTH = 19


def day_time(at: datetime) -> str:
    """A time as people write it; times.js turns it into the reader's own time zone."""
    return moment_words(at)


def day(on: date) -> str:
    """A day as people write it."""
    return day_words(on)


def clock(at: datetime) -> str:
    """The time of day; times.js turns it into the reader's own time zone."""
    return clock_words(at)


def age(at: datetime, now: datetime | None = None) -> str:
    """How long ago, in one unit: what a queue needs, no more."""
    seconds = int(((now or datetime.now(UTC)) - at).total_seconds())
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        return gettext("%(count)s min") % {"count": seconds // _MINUTE}
    if seconds < _DAY:
        return gettext("%(count)s h") % {"count": seconds // _HOUR}
    days = seconds // _DAY
    return plural(days, "day", "days")


def short_id(letter_id: str) -> str:
    """The first eight signs of a letter id, enough to talk about it."""
    return letter_id[:8]


def short_code(told: str, *, words: bool = False) -> str:
    """What stands in a table for a detail of an event: the beginning of an id or a digest."""
    if _ID.fullmatch(told):
        return f"{told[:8]}…"
    longest = _LONGEST_WORDS if words else _LONGEST_DETAIL
    return told if len(told) <= longest else f"{told[:longest]}…"


def plural(count: int, one: str, many: str) -> str:
    """The count with the right word: `1 passage`, `2 passages`."""
    return f"{number_words(count)} {ngettext(one, many, count)}"


def grouped(number: str) -> str:
    """A global registration identifier in groups of four, easier to compare with a cover."""
    plain = "".join(number.split())
    if len(plain) != GRID_LENGTH:
        return number
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def is_long_as_grid(number: str) -> bool:
    """True for a number that has the length of a GRID, however it is written."""
    return len(canonical_donor_number(number)) == GRID_LENGTH


def compared(
    number: str, cover: str | None, in_text: tuple[str, ...]
) -> tuple[tuple[str, bool], ...]:
    """The signs of a case's number, each with whether a number seen that is alike differs there."""
    nearest = max(
        (other for other in (cover, *in_text) if other),
        key=lambda other: SequenceMatcher(None, number, other).ratio(),
        default=number,
    )
    alike = SequenceMatcher(None, number, nearest).ratio() >= _ALIKE
    seen = nearest if alike else number
    same = {
        place
        for block in SequenceMatcher(None, number, seen, autojunk=False).get_matching_blocks()
        for place in range(block.a, block.a + block.size)
    }
    wide = len(number) == GRID_LENGTH
    return tuple(
        (f"{sign} " if wide and place % 4 == 3 else sign, place not in same)
        for place, sign in enumerate(number)
    )


def recipient(to: Recipient | None) -> str:
    """Who gets a letter, in words."""
    if to is None:
        return gettext("nobody yet")
    if to.role is RecipientRole.DONOR_CENTRE:
        return gettext("the donor centre %(where)s") % {"where": in_country(to.country)}
    return to.name or to.recipient_id


def letters_consent(case: CaseView) -> str:
    """What both sides said about letters, without the days."""
    answers = [
        f"{gettext(side)} "
        f"{gettext(read_consents(case.course.get(f'{side}_consents', '')).letters.value)}"
        for side in ("donor", "patient")
    ]
    return ", ".join(answers)


def _worded(table: Mapping[Any, str]) -> Callable[[Any], str]:
    """A filter that looks a code up and says its word in the language of the person."""
    return lambda code: gettext(table[code])


FILTERS: Mapping[str, Callable[..., object]] = {
    "told": told,
    "told_plain": told_plain,
    "number": number_words,
    "iso_day": lambda day: iso_day_words(date.fromisoformat(day)),
    "day_time": day_time,
    "day": day,
    "age": age,
    "clock": clock,
    "short_id": short_id,
    "short_code": short_code,
    "plural": plural,
    "grouped": grouped,
    "masked": masked,
    "is_long_as_grid": is_long_as_grid,
    "compared": compared,
    "country": country_name,
    "in_country": in_country,
    "recipient": recipient,
    "letters_consent": letters_consent,
    "language": words.language_word,
    "rule_field": _worded(rule_words.RULE_FIELDS),
    "rule_value": rule_words.rule_value,
    "row_words": rule_words.row_words,
    "missing_words": rule_words.missing_words,
    "letter_count": rule_words.letter_count,
    "file_word": _worded(file_words.KINDS),
    "origin_word": _worded(file_words.ORIGINS),
    "passages": lambda file, visible: file_words.passages_by_origin(file, visible=visible),
    "direction": _worded(words.DIRECTIONS),
    "state_word": _worded(words.STATES),
    "state_tone": lambda state: words.STATE_TONES.get(state, ""),
    "flag_word": _worded(words.FLAGS),
    "stage_word": _worded(words.STAGES),
    "step_word": _worded(words.STEPS),
    "step_due": _worded(words.STEP_DUE),
    "step_state": _worded(words.STEP_STATES),
    "step_tone": words.STEP_TONES.__getitem__,
    "step_sign": words.STEP_SIGNS.__getitem__,
    "kind_word": _worded(words.KINDS),
    "kind_hue": lambda kind: f"hue-{words.FAMILY_OF[kind]}",
    "outcome": _worded(words.OUTCOMES),
    "class_word": _worded(words.CLASSES),
    "notice_word": _worded(words.NOTICES),
    "writer_word": _worded(words.WRITER_STATUSES),
    "event_word": words.event_name,
    "detail_name": detail_words.detail_name,
    "in_words": detail_words.is_in_words,
    "detail_value": detail_words.detail_value,
    "actor_name": detail_words.actor_name,
}
