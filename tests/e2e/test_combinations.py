"""What identifies only together is pointed at, in one letter and over several, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import QUIET_NUMBER, Seat, TakeSeat

pytestmark = pytest.mark.browser

JOB = f"""\
Dear recipient,

I hope that you are well and that every day is a little better than the one before. At work my
colleagues ask about you. I am a crane operator and I like the quiet.

My donor number is {QUIET_NUMBER}.
"""
FAMILY = f"""\
Dear recipient,

I was so glad to read your letter and I think of you every day. I turned 47 not
long ago, and my three daughters baked a cake.

My donor number is {QUIET_NUMBER}.
"""


def keep(seat: Seat, words: str) -> None:
    """Decide that a passage stays readable."""
    seat.page.locator("a.finding", has_text=words).first.click()
    reasons = seat.page.get_by_role("group", name="Keep it readable, because")
    reasons.get_by_role("button", name="Already general enough").click()
    expect(seat.page.get_by_text("Kept readable")).to_be_visible()


def test_two_letters_that_tell_too_much_together_are_pointed_at(take_seat: TakeSeat) -> None:
    """The job stood in the first one: the notice names both letters' words and leads to them."""
    seat = take_seat()
    page = seat.page
    notice = page.locator(".notice", has_text="Together with earlier letters").filter(
        has_text="A job, an age and how many children"
    )
    first = seat.bring_in(JOB, number=QUIET_NUMBER)
    seat.claim(first)
    keep(seat, "crane operator")
    seat.decide_everything()
    seat.final_read()
    page.get_by_role("button", name="Approve this letter").click()
    expect(page.get_by_text("Approved. The letter goes on its way now.")).to_be_visible()

    second = seat.bring_in(FAMILY, number=QUIET_NUMBER)
    seat.claim(second)
    expect(notice).to_contain_text("crane operator")
    expect(notice).to_contain_text("(generalised)")
    expect(notice).not_to_contain_text("47")
    notice.locator("summary").click()
    notice.get_by_role("link", name="three daughters").press("Enter")
    expect(page.locator("a.finding.selected")).to_contain_text("three daughters")
    if not notice.get_by_role("link", name="crane operator").is_visible():
        notice.locator("summary").click()
    notice.get_by_role("link", name="crane operator").press("Enter")
    expect(page).to_have_url(re.compile(first))
    expect(page.locator("a.finding.selected")).to_contain_text("crane operator")

    seat.go(f"/review/letters/{second}")
    seat.decide_everything()
    page.get_by_role("link", name="Read once more and approve").click()
    expect(notice).to_contain_text("three daughters")


def test_taking_a_passage_out_ends_the_warning(take_seat: TakeSeat) -> None:
    """One letter that tells everything, until it does not."""
    seat = take_seat(javascript=False)
    text = FAMILY.replace("and my", "I work as a crane operator, and my")
    seat.claim(seat.bring_in(text, number=QUIET_NUMBER))
    notice = seat.page.locator(".notice", has_text="Identifies together").filter(
        has_text="A job, an age and how many children"
    )
    expect(notice).to_contain_text("crane operator")
    seat.decide_everything()
    expect(seat.page.locator(".notice", has_text="Identifies together")).to_have_count(0)
