"""
Days, times, numbers, names of countries and languages as people of a language write them.

Contract: pure; the language is that of the request. Times are UTC, and say so.
"""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from service.web.language.choice import ENGLISH, GERMAN, current

_DAY = {ENGLISH: "d MMMM y", GERMAN: "d. MMMM y"}
_MOMENT = {ENGLISH: "d MMM y, HH:mm", GERMAN: "d. MMM y, HH:mm"}


def day_words(on: date) -> str:
    """`3 May 2026`, `3. Mai 2026`."""
    return format_date(on, _DAY[current()], locale=current().locale)


def moment_words(at: datetime) -> str:
    """`3 May 2026, 14:05 UTC`."""
    moment = at.astimezone(UTC)
    return f"{format_datetime(moment, _MOMENT[current()], locale=current().locale)} UTC"


def clock_words(at: datetime) -> str:
    """`14:05 UTC`."""
    return f"{format_time(at.astimezone(UTC), 'HH:mm', locale=current().locale)} UTC"


def number_words(number: float, digits: int = 0) -> str:
    """`1,204`, `0.91`; with exactly so many digits behind the point."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(number, pattern, locale=current().locale)


def iso_day_words(on: date) -> str:
    """`2026-05-03` where English is read, for tables; `3. Mai 2026` in German."""
    return on.isoformat() if current() is ENGLISH else day_words(on)
