"""
The donation pathway of a case: its steps, when each is due, whether it was done, what cannot be.

Contract: pure; `today` and all days are local days of the registry that keeps the case. Of several
donations the last one is shown, because a second donation walks the whole pathway again; days up
to an earlier donation belong to that one. Times are those that registries publish: medical
examination at least three weeks before, growth factor twice a day on the last five days, donor
check-ups after a week, a month, a year and five years
(https://stemcelldonor.be/become-a-donor/what-happens-if-you-are-called-upon-to-donate).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from anonymizer.exchange.clock import add_months
from anonymizer.model import RegisteredCase

MEDICAL_BEFORE = timedelta(weeks=3)
INJECTION_DAYS = timedelta(days=5)
#: Some sites count the day of donation as the fifth day of injections.
_SHORTEST_INJECTIONS = timedelta(days=4)
#: A medical examination is due during the week before its last day.
_WEEK = timedelta(weeks=1)


class Step(StrEnum):
    """The steps of a pathway, in their order."""

    ASKED = "asked"
    CONSENT = "consent"
    CHECKS = "checks"
    MEDICAL = "medical"
    INJECTIONS = "injections"
    DONATION = "donation"
    TRANSPLANT = "transplant"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    FIVE_YEARS = "five_years"


class StepState(StrEnum):
    """
    Where a step is.

    Unknown: nothing is recorded, and nothing says when it should have been.
    """

    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"
    PLANNED = "planned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayStep:
    """
    One step: the day it is due, the day it was done, and its state.

    For the medical examination `due` is the last day, for injections the first one. `due` is None
    where nothing tells it, `done` where nothing is recorded.
    """

    step: Step
    due: date | None
    done: date | None
    state: StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """The steps in their order, sentences about what cannot be, and donations before this one."""

    steps: tuple[PathwayStep, ...]
    problems: tuple[str, ...]
    earlier: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """When a step is due: nothing is expected before `opens`, it is late after `closes`."""

    due: date
    opens: date
    closes: date


#: What each step is called within a sentence.
NAMES: dict[Step, str] = {
    Step.ASKED: "the question to the donor",
    Step.CONSENT: "the donor's consent",
    Step.CHECKS: "the extra checks",
    Step.MEDICAL: "the medical examination",
    Step.INJECTIONS: "the first injection",
    Step.DONATION: "the donation",
    Step.TRANSPLANT: "the transplant",
    Step.WEEK: "the follow-up after a week",
    Step.MONTH: "the follow-up after a month",
    Step.YEAR: "the follow-up after a year",
    Step.FIVE_YEARS: "the follow-up after five years",
}

#: Follow-ups after so many calendar months, and how long they stay due before they are late.
_FOLLOW_UPS = {
    Step.MONTH: (1, timedelta(weeks=2)),
    Step.YEAR: (12, timedelta(weeks=8)),
    Step.FIVE_YEARS: (60, timedelta(weeks=26)),
}

#: Cord blood was given at a birth: nobody is prepared and nobody is followed up.
_CORD_BLOOD = (Step.DONATION, Step.TRANSPLANT)


def pathway(case: RegisteredCase, *, today: date) -> Pathway:
    """The pathway of the last donation of a case, as it stands on this day."""
    donations = sorted(set(case.donation_dates))
    donation = donations[-1] if donations else None
    earlier = tuple(donations[:-1])
    days = _recorded(case, donation, after=earlier[-1] if earlier else None)
    steps = _CORD_BLOOD if case.cord_blood else tuple(Step)
    return Pathway(
        steps=tuple(_step(step, days[step], donation, today) for step in steps),
        problems=tuple(_problems(days, today)),
        earlier=earlier,
    )


def _recorded(
    case: RegisteredCase, donation: date | None, *, after: date | None
) -> dict[Step, date | None]:
    """The day of each step, without days that belong to an earlier donation."""
    days = case.pathway
    every = {
        Step.ASKED: days.asked_on,
        Step.CONSENT: days.consented_on,
        Step.CHECKS: days.checked_on,
        Step.MEDICAL: days.medical_on,
        Step.INJECTIONS: days.injections_from,
        Step.DONATION: donation,
        Step.TRANSPLANT: _transplant(case, after),
        Step.WEEK: days.week_on,
        Step.MONTH: days.month_on,
        Step.YEAR: days.year_on,
        Step.FIVE_YEARS: days.five_years_on,
    }
    follow_ups = (Step.WEEK, *_FOLLOW_UPS)
    return {
        step: None if _is_earlier(day, donation if step in follow_ups else None, after) else day
        for step, day in every.items()
    }


def _is_earlier(day: date | None, donation: date | None, after: date | None) -> bool:
    """True for a day of an earlier donation, of which a follow-up may lie after the next step."""
    if day is None or after is None:
        return False
    return day <= after or (donation is not None and day < donation)


def _transplant(case: RegisteredCase, after: date | None) -> date | None:
    """The first transplant of these cells; another one before the donation is not theirs."""
    days = sorted(day for day in case.transplant_dates if after is None or day > after)
    donation = max(case.donation_dates, default=None)
    theirs = [day for day in days if donation is None or day >= donation]
    return next(iter(theirs), None if after else next(iter(days), None))


def _step(step: Step, done: date | None, donation: date | None, today: date) -> PathwayStep:
    if step in _CORD_BLOOD:
        # the register has one day for each, planned or done: which of both, the calendar says
        state = StepState.UNKNOWN if done is None else _by_calendar(done, today)
        return PathwayStep(
            step=step, due=done, done=done if state is StepState.DONE else None, state=state
        )
    window = _window(step, donation) if donation else None
    due = window.due if window else None
    if done is not None:
        state = StepState.DONE if done <= today else StepState.PLANNED
        return PathwayStep(step=step, due=due, done=done if done <= today else None, state=state)
    return PathwayStep(step=step, due=due, done=None, state=_open_state(window, donation, today))


def _by_calendar(day: date, today: date) -> StepState:
    if day == today:
        return StepState.DUE
    return StepState.DONE if day < today else StepState.PLANNED


def _open_state(window: _Window | None, donation: date | None, today: date) -> StepState:
    if window is None or donation is None:
        return StepState.UNKNOWN
    if window.due < donation <= today:
        # the donation took place, so the step did as well: nobody wrote down when
        return StepState.UNKNOWN
    if today < window.opens:
        return StepState.PLANNED
    return StepState.DUE if today <= window.closes else StepState.OVERDUE


def _window(step: Step, donation: date) -> _Window | None:
    if step is Step.MEDICAL:
        last = donation - MEDICAL_BEFORE
        return _Window(due=last, opens=last - _WEEK, closes=last)
    if step is Step.INJECTIONS:
        first = donation - INJECTION_DAYS
        return _Window(due=first, opens=first, closes=donation - _SHORTEST_INJECTIONS)
    if step is Step.WEEK:
        due = donation + _WEEK
        return _Window(due=due, opens=due, closes=due + _WEEK)
    if step not in _FOLLOW_UPS:
        return None
    months, grace = _FOLLOW_UPS[step]
    due = add_months(donation, months)
    return _Window(due=due, opens=due, closes=due + grace)


def _problems(days: dict[Step, date | None], today: date) -> Iterator[str]:
    """Sentences about orders and distances that cannot be right, for a coordinator."""
    # cells may be kept frozen: a transplant need not come before the follow-ups of the donor
    chain: list[tuple[Step, date]] = [
        (step, day) for step, day in days.items() if day and step is not Step.TRANSPLANT
    ]
    pairs = list(pairwise(chain))
    given, received = days[Step.DONATION], days[Step.TRANSPLANT]
    if given and received:
        pairs.append(((Step.DONATION, given), (Step.TRANSPLANT, received)))
    for (before, first), (after, second) in pairs:
        if second < first:
            yield (
                f"The day of {NAMES[after]} ({second}) lies before that of {NAMES[before]} "
                f"({first}): one of both is wrong."
            )
    donation, medical = days[Step.DONATION], days[Step.MEDICAL]
    if donation and medical and donation - MEDICAL_BEFORE < medical <= donation:
        count = (donation - medical).days
        yield (
            f"The medical examination is {_days(count)} before the donation; it has to be at "
            "least three weeks before."
        )
    injections = days[Step.INJECTIONS]
    if donation and injections and injections <= donation:
        yield from _injections(donation - injections)
    if donation and donation <= today and days[Step.CONSENT] is None and days[Step.ASKED]:
        yield "The donation took place, but no consent of the donor is recorded."


def _injections(before: timedelta) -> Iterator[str]:
    if not _SHORTEST_INJECTIONS <= before <= INJECTION_DAYS:
        yield (
            f"The injections begin {_days(before.days)} before the donation; they are given on "
            "the last five days."
        )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
