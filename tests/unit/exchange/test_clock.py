"""The anonymity clock: what starts it, what starts it again, and the day from which it is over."""

from datetime import date, timedelta

import pytest

from anonymizer.exchange.clock import ClockEvent, add_months, anonymity_clock
from tests.unit.exchange.sides import exchange, rule

FIRST = date(2024, 3, 3)
SECOND = date(2025, 5, 10)
INFUSION = date(2025, 8, 20)
TWICE = exchange(
    donation_dates=(date(2024, 3, 1), date(2025, 5, 8)),
    transplant_dates=(FIRST, SECOND),
    infusion_dates=(INFUSION,),
)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 8, 31), 1, date(2024, 9, 30)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 3, 3), 24, date(2026, 3, 3)),
        (date(9999, 6, 1), 12, date.max),
    ],
)
def test_months_are_calendar_months(day: date, months: int, end: date) -> None:
    """A day that the last month does not have becomes its last day."""
    assert add_months(day, months) == end


@pytest.mark.parametrize(
    ("clock_start", "start", "event", "restarted"),
    [
        ("first_transplant", FIRST, ClockEvent.TRANSPLANT, False),
        ("last_transplant", SECOND, ClockEvent.TRANSPLANT, True),
        ("last_transplant_or_dli", INFUSION, ClockEvent.INFUSION, True),
    ],
)
def test_the_rule_says_which_event_starts_the_clock(
    clock_start: str, start: date, event: ClockEvent, restarted: bool
) -> None:
    """After a second transplant and an infusion of lymphocytes."""
    clock = anonymity_clock(TWICE, rule(clock_start=clock_start))
    assert (clock.start, clock.event, clock.restarted) == (start, event, restarted)
    assert clock.end == add_months(start, 24)


def test_a_clock_without_a_start_says_what_is_missing() -> None:
    """The rule that names the event, or the event itself."""
    untold = anonymity_clock(TWICE, rule(clock_start="unknown"))
    assert untold.start is None
    assert "Nobody has recorded which event" in untold.sentence
    waiting = anonymity_clock(exchange(transplant_dates=()), rule())
    assert waiting.start is None
    assert "the event that starts it is not recorded" in waiting.sentence


def test_a_second_donation_puts_the_end_off_before_its_transplant_is_recorded() -> None:
    """Where the last event counts; where the first counts, it does not."""
    again = exchange(donation_dates=(date(2024, 3, 1), date(2026, 2, 1)), transplant_dates=(FIRST,))
    last = anonymity_clock(again, rule(clock_start="last_transplant"))
    assert (last.start, last.event, last.restarted) == (
        date(2026, 2, 1),
        ClockEvent.DONATION,
        True,
    )
    assert anonymity_clock(again, rule()).start == FIRST


def test_the_order_in_which_dates_are_recorded_does_not_matter() -> None:
    """A later import may bring an earlier event."""
    other = exchange(transplant_dates=(SECOND, FIRST))
    assert anonymity_clock(other, rule()).start == FIRST
    assert anonymity_clock(other, rule(clock_start="last_transplant")).start == SECOND


def test_a_period_that_ends_today_is_over_today() -> None:
    """On the day before it is not."""
    clock = anonymity_clock(exchange(transplant_dates=(FIRST,)), rule())
    assert clock.end == date(2026, 3, 3)
    assert clock.is_over(date(2026, 3, 3))
    assert not clock.is_over(date(2026, 3, 2))


def test_a_period_from_a_leap_day_is_over_on_the_last_of_february() -> None:
    """In a year without a leap day."""
    clock = anonymity_clock(exchange(transplant_dates=(date(2024, 2, 29),)), rule())
    assert clock.is_over(date(2026, 2, 28))
    assert not clock.is_over(date(2026, 2, 27))


def test_without_a_transplant_there_is_no_start_and_no_end() -> None:
    """A donation alone does not start the period, and what has no end is never over."""
    for start in ("first_transplant", "last_transplant_or_dli"):
        clock = anonymity_clock(exchange(transplant_dates=()), rule(clock_start=start))
        assert (clock.start, clock.end) == (None, None)
        assert not clock.is_over(date.max)
        assert "not recorded" in clock.sentence


@pytest.mark.parametrize("changes", [{"clock_start": "unknown"}, {"anonymity_months": "unknown"}])
def test_an_unknown_period_is_never_over(changes: dict[str, object]) -> None:
    """Neither when its start nor when its length is unknown."""
    clock = anonymity_clock(exchange(), rule(**changes))
    assert clock.end is None
    assert not clock.is_over(date.max)


def test_the_sentence_names_event_day_and_end() -> None:
    """A coordinator reads why the period is what it is."""
    sentence = anonymity_clock(TWICE, rule(clock_start="last_transplant_or_dli")).sentence
    assert sentence == (
        "The anonymity period starts again with the infusion of lymphocytes of 2025-08-20 "
        "and is over from 2027-08-20 on (24 months)."
    )
    unknown = anonymity_clock(TWICE, rule(anonymity_months="unknown")).sentence
    assert unknown.endswith("how long it is, nobody has recorded.")


def test_a_planned_event_counts() -> None:
    """It can only put the end off."""
    planned = FIRST + timedelta(days=4000)
    clock = anonymity_clock(
        exchange(infusion_dates=(planned,)), rule(clock_start="last_transplant_or_dli")
    )
    assert clock.start == planned
