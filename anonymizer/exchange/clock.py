"""
The anonymity clock: from which event the period runs, and the day from which it is over.

Contract: dates are local dates of the registry's time zone. Months are calendar months; a day that
the last month does not have becomes its last day (29 February and 24 months end on 28 February).
The period is over from its end on: on the day `end` it is over, on the day before it is not.
Planned events count like others: they can only put the end off.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date
from enum import StrEnum

from anonymizer.exchange.fields import ClockStart, Limit
from anonymizer.exchange.pair import PairRule
from anonymizer.model import Exchange


class ClockEvent(StrEnum):
    """What happened on the day on which the clock starts."""

    TRANSPLANT = "transplant"
    DONATION = "donation"
    INFUSION = "infusion of lymphocytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    The anonymity period of one exchange.

    `start` is None when no event that could start it is recorded, or nobody has told which does
    (`rule_known` is False then); `end` also when nobody has told how long it is. `restarted` tells
    that an earlier event had started it before.
    """

    rule_known: bool = True
    start: date | None = None
    event: ClockEvent | None = None
    restarted: bool = False
    months: int | None = None
    end: date | None = None

    def is_over(self, today: date) -> bool:
        """True from the day `end` on; never while `end` is not known."""
        return self.end is not None and today >= self.end

    @property
    def sentence(self) -> str:
        """Start, reason and end for a coordinator."""
        if not self.rule_known:
            return "Nobody has recorded which event starts the anonymity period."
        if self.start is None or self.event is None:
            return "The anonymity period has no start: the event that starts it is not recorded."
        verb = "starts again" if self.restarted else "starts"
        begun = f"The anonymity period {verb} with the {self.event} of {self.start.isoformat()}"
        if self.end is None:
            return f"{begun}; how long it is, nobody has recorded."
        return f"{begun} and is over from {self.end.isoformat()} on ({self.months} months)."


def anonymity_clock(exchange: Exchange, rule: PairRule) -> Clock:
    """
    The clock of an exchange under the rule of its pair.

    Where the last event counts, a later donation does as well, because a transplant follows it.
    That a second donation or an infusion of lymphocytes starts the period again:
    https://www.anthonynolan.org/patients-and-families/recovering-a-stem-cell-transplant/getting-in-touch-with-your-donor
    """
    start = rule.clock_start.value
    if start is ClockStart.UNKNOWN:
        return Clock(rule_known=False)
    events = sorted(_events(exchange, start))
    if not events:
        return Clock()
    first = start is ClockStart.FIRST_TRANSPLANT
    day, event = events[0] if first else events[-1]
    months = rule.anonymity_months.value
    return Clock(
        start=day,
        event=event,
        restarted=not first and day > min(exchange.transplant_dates),
        months=None if isinstance(months, Limit) else months,
        end=None if isinstance(months, Limit) else add_months(day, months),
    )


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _events(exchange: Exchange, start: ClockStart) -> Iterator[tuple[date, ClockEvent]]:
    """The events that can start the clock; a donation alone, without a transplant, does not."""
    if not exchange.transplant_dates:
        return
    yield from ((day, ClockEvent.TRANSPLANT) for day in exchange.transplant_dates)
    if start is ClockStart.FIRST_TRANSPLANT:
        return
    last = max(exchange.transplant_dates)
    yield from ((day, ClockEvent.DONATION) for day in exchange.donation_dates if day > last)
    if start is ClockStart.LAST_TRANSPLANT_OR_DLI:
        yield from ((day, ClockEvent.INFUSION) for day in exchange.infusion_dates)
