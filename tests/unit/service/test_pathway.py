"""The donation pathway: when each step is due, what was done, and what cannot be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import PathwayDays, RegisteredCase
from service.web.review import words
from service.workflow.pathway import PathwayStep, Step, StepState, pathway

DONATION = date(2026, 3, 31)
CASE = RegisteredCase(
    case_id="C-1",
    donor_number="47114711",
    donor_country="DE",
    patient_country="US",
    clinic_id="CL-1",
    clinic_name="First",
    donation_dates=(DONATION,),
)


def step_of(case: RegisteredCase, step: Step, today: date) -> PathwayStep:
    """One step as it stands on this day."""
    return next(one for one in pathway(case, today=today).steps if one.step is step)


@pytest.mark.parametrize(
    ("donation", "step", "due"),
    [
        (DONATION, Step.MEDICAL, date(2026, 3, 10)),
        (DONATION, Step.INJECTIONS, date(2026, 3, 26)),
        (DONATION, Step.WEEK, date(2026, 4, 7)),
        (DONATION, Step.MONTH, date(2026, 4, 30)),
        (DONATION, Step.YEAR, date(2027, 3, 31)),
        (DONATION, Step.FIVE_YEARS, date(2031, 3, 31)),
        (date(2024, 2, 29), Step.MEDICAL, date(2024, 2, 8)),
        (date(2024, 2, 29), Step.MONTH, date(2024, 3, 29)),
        (date(2024, 2, 29), Step.YEAR, date(2025, 2, 28)),
        (date(2024, 2, 29), Step.FIVE_YEARS, date(2029, 2, 28)),
        (date(2024, 1, 31), Step.MONTH, date(2024, 2, 29)),
    ],
)
def test_a_step_is_due_on_a_day_of_the_calendar(donation: date, step: Step, due: date) -> None:
    """Calendar months, whatever their length; leap days."""
    case = replace(CASE, donation_dates=(donation,))
    assert step_of(case, step, date(2024, 1, 1)).due == due


@pytest.mark.parametrize(
    ("step", "today", "state"),
    [
        (Step.MEDICAL, date(2026, 3, 2), StepState.PLANNED),
        (Step.MEDICAL, date(2026, 3, 3), StepState.DUE),
        (Step.MEDICAL, date(2026, 3, 10), StepState.DUE),
        (Step.MEDICAL, date(2026, 3, 11), StepState.OVERDUE),
        (Step.MEDICAL, date(2026, 3, 30), StepState.OVERDUE),
        (Step.MEDICAL, DONATION, StepState.UNKNOWN),
        (Step.INJECTIONS, date(2026, 3, 25), StepState.PLANNED),
        (Step.INJECTIONS, date(2026, 3, 27), StepState.DUE),
        (Step.INJECTIONS, date(2026, 3, 28), StepState.OVERDUE),
        (Step.DONATION, date(2026, 3, 30), StepState.PLANNED),
        (Step.DONATION, DONATION, StepState.DUE),
        (Step.DONATION, date(2026, 4, 1), StepState.DONE),
        (Step.TRANSPLANT, DONATION, StepState.UNKNOWN),
        (Step.WEEK, date(2026, 4, 6), StepState.PLANNED),
        (Step.WEEK, date(2026, 4, 14), StepState.DUE),
        (Step.WEEK, date(2026, 4, 15), StepState.OVERDUE),
        (Step.FIVE_YEARS, date(2031, 3, 30), StepState.PLANNED),
        (Step.FIVE_YEARS, date(2032, 3, 31), StepState.OVERDUE),
        (Step.ASKED, DONATION, StepState.UNKNOWN),
    ],
)
def test_a_step_that_nobody_recorded_waits_or_is_late(
    step: Step, today: date, state: StepState
) -> None:
    """After the donation nobody claims that its preparation is still to be done."""
    assert step_of(CASE, step, today).state is state


@pytest.mark.parametrize("step", list(Step))
def test_without_a_donation_nothing_is_due(step: Step) -> None:
    """A pathway with unknown days says so."""
    empty = replace(CASE, donation_dates=())
    assert step_of(empty, step, DONATION).state is StepState.UNKNOWN
    assert step_of(empty, step, DONATION).due is None


def test_what_was_done_is_shown_with_its_day() -> None:
    """However late it was."""
    done = date(2026, 3, 8)
    case = replace(CASE, pathway=PathwayDays(medical_on=done))
    found = step_of(case, Step.MEDICAL, date(2026, 3, 20))
    assert (found.state, found.done, found.due) == (StepState.DONE, done, date(2026, 3, 10))


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"medical_on": date(2026, 4, 2)}, "The day of the donation (2026-03-31) lies before that"),
        ({"medical_on": date(2026, 3, 21)}, "10 days before the donation; it has to be at least"),
        ({"injections_from": date(2026, 3, 20)}, "11 days before the donation; they are given on"),
        ({"injections_from": date(2026, 3, 30)}, "1 day before the donation"),
        (
            {"asked_on": date(2026, 2, 2), "checked_on": date(2026, 2, 1)},
            "The day of the extra checks (2026-02-01) lies before that of the question",
        ),
        ({"asked_on": date(2026, 2, 2)}, "no consent of the donor is recorded"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(days: dict[str, date], sentence: str) -> None:
    """With both days, because a coordinator has to mend one of them."""
    case = replace(CASE, pathway=PathwayDays(**days))
    assert any(sentence in one for one in pathway(case, today=date(2026, 5, 1)).problems)


def test_a_transplant_before_its_donation_is_told() -> None:
    """A later one is fine, however late: cells can be kept frozen."""
    wrong = replace(CASE, transplant_dates=(date(2026, 3, 30),))
    assert "transplant" in pathway(wrong, today=DONATION).problems[0]
    frozen = replace(
        CASE, transplant_dates=(date(2026, 9, 1),), pathway=PathwayDays(week_on=date(2026, 4, 7))
    )
    assert pathway(frozen, today=date(2026, 9, 2)).problems == ()


def test_a_second_donation_walks_the_whole_pathway_again() -> None:
    """Days of the first one are not taken for those of the second."""
    second = date(2027, 6, 15)
    case = replace(
        CASE,
        donation_dates=(DONATION, second),
        transplant_dates=(date(2026, 4, 1),),
        pathway=PathwayDays(medical_on=date(2026, 3, 1), week_on=date(2026, 4, 8)),
    )
    shown = pathway(case, today=date(2027, 6, 1))
    assert shown.earlier == (DONATION,)
    states = {one.step: one.state for one in shown.steps}
    assert states[Step.MEDICAL] is StepState.OVERDUE
    assert states[Step.WEEK] is StepState.PLANNED
    assert states[Step.TRANSPLANT] is StepState.UNKNOWN
    assert shown.problems == ()


def test_cord_blood_has_no_preparation_and_no_follow_up() -> None:
    """It was given at a birth."""
    steps = pathway(replace(CASE, cord_blood=True), today=DONATION).steps
    assert [one.step for one in steps] == [Step.DONATION, Step.TRANSPLANT]


@given(
    donation=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    offset=st.integers(-400, 2500),
    later=st.integers(0, 3000),
)
def test_a_step_never_goes_back(donation: date, offset: int, later: int) -> None:
    """With time, planned becomes due, and due overdue; nothing becomes planned again."""
    order = [StepState.PLANNED, StepState.DUE, StepState.OVERDUE, StepState.UNKNOWN, StepState.DONE]
    case = replace(CASE, donation_dates=(donation,))
    first = donation + timedelta(days=offset)
    before = pathway(case, today=first).steps
    after = pathway(case, today=first + timedelta(days=later)).steps
    for one, other in zip(before, after, strict=True):
        assert one.due == other.due
        assert order.index(one.state) <= order.index(other.state)


def test_every_step_and_state_has_words() -> None:
    """The page can show each of them."""
    assert set(words.STEPS) == set(Step)
    assert (
        set(words.STEP_STATES) == set(words.STEP_TONES) == set(words.STEP_SIGNS) == set(StepState)
    )
    assert set(words.STEP_DUE) == set(Step) - {Step.ASKED, Step.CONSENT, Step.CHECKS}
