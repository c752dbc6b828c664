"""
Days of a case that cannot be: what was done in the future, a transplant before its donation.

Contract: pure; a sentence names the columns of the case list and what to do, never a day. Only
what is certainly a mistake is refused; what is merely unusual is shown with the pathway.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from anonymizer.model import RegisteredCase

#: Registers found their first unrelated donors in the eighties: an earlier day is somebody's birth.
EARLIEST = date(1985, 1, 1)
_FURTHEST = timedelta(days=2 * 366)

#: What ends may not lie before what begins.
_IN_ORDER = (
    ("asked_on", "consented_on"),
    ("consented_on", "injections_from"),
    ("week_on", "month_on"),
    ("month_on", "year_on"),
    ("year_on", "five_years_on"),
)


def day_problems(case: RegisteredCase, *, today: date | None = None) -> Iterator[str]:
    """What is wrong with the days of a case; without `today` nothing is too late."""
    done, planned = dict(_done(case)), dict(_planned(case))
    for column, days in (*done.items(), *planned.items()):
        if days and min(days) < EARLIEST:
            yield (
                f"{column} lies before {EARLIEST.year}; write the day on which it was done, "
                "not a day of birth."
            )
    if today is not None:
        yield from _too_late(done, planned, today)
    yield from _order(case)


def _too_late(
    done: dict[str, tuple[date, ...]], planned: dict[str, tuple[date, ...]], today: date
) -> Iterator[str]:
    for column, days in done.items():
        if days and max(days) > today:
            yield f"{column} lies in the future; write it down when it was done."
    for column, days in planned.items():
        if days and max(days) > today + _FURTHEST:
            yield f"{column} lies more than two years ahead; check the year."


def _order(case: RegisteredCase) -> Iterator[str]:
    given, received = case.donation_dates, case.transplant_dates
    if given and received and min(received) < min(given):
        yield (
            "transplant_dates lies before the first of donation_dates; nobody receives cells that "
            "were not given: check both."
        )
    if given and case.infusion_dates and min(case.infusion_dates) < min(given):
        yield "infusion_dates lies before the first of donation_dates; check both."
    for first, second in _IN_ORDER:
        begin, end = getattr(case.pathway, first), getattr(case.pathway, second)
        if begin and end and end < begin:
            yield f"{second} lies before {first}; check both."
    follow_ups = [
        name
        for name in ("week_on", "month_on", "year_on", "five_years_on")
        if (day := getattr(case.pathway, name)) and given and day < min(given)
    ]
    for name in follow_ups:
        yield f"{name} lies before the donation; check both."


def _done(case: RegisteredCase) -> Iterator[tuple[str, tuple[date, ...]]]:
    for side, consents in (("donor", case.donor_consents), ("patient", case.patient_consents)):
        days = (consents.letters_on, consents.release_signed_on, consents.counselled_on)
        yield f"{side}_consents", tuple(day for day in days if day)
    pathway = case.pathway
    for name in pathway.__dataclass_fields__:
        day = getattr(pathway, name)
        yield name, (day,) if day else ()


def _planned(case: RegisteredCase) -> Iterator[tuple[str, tuple[date, ...]]]:
    yield "donation_dates", case.donation_dates
    yield "transplant_dates", case.transplant_dates
    yield "infusion_dates", case.infusion_dates
