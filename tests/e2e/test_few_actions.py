"""What spares a proofreader actions, and what keeps it from being less safe."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import QUIET_NUMBER, Seat, TakeSeat
from tests.e2e.desk import LETTER, at_desk, press, select

pytestmark = pytest.mark.browser

#: Three jobs are suggested.
JOBS = LETTER.replace("My sister", "I was a falconer, then a beekeeper. My sister")
CALM = "Dear recipient,\n\nI hope you are better every day. It was a small thing to give.\n"


def to_decide(seat: Seat) -> Locator:
    """The list of suggestions."""
    return seat.page.locator("#to-decide")


def test_ticked_suggestions_go_out_and_one_reason_keeps_the_others(take_seat: TakeSeat) -> None:
    """One step decides them all, and one undo opens them all again."""
    seat = at_desk(take_seat, JOBS)
    boxes = to_decide(seat).locator("input[name=out]")
    before = boxes.count()
    to_decide(seat).get_by_label("falconer").check()
    expect(seat.page.locator("#original a.finding.selected")).to_have_text("falconer")
    to_decide(seat).get_by_role("button", name="Already general enough").click()
    expect(seat.page.locator(".said")).to_contain_text("the ticked ones are out")
    assert "falconer" not in seat.outgoing()
    assert "crane operator" in seat.outgoing()
    assert "beekeeper" in seat.outgoing()
    expect(to_decide(seat)).to_have_count(0)
    seat.page.locator("#undo button").click()
    expect(boxes).to_have_count(before)


def test_enter_in_the_list_decides_nothing(take_seat: TakeSeat) -> None:
    """Who ticks by keyboard does not take everything out by accident."""
    seat = at_desk(take_seat, JOBS)
    to_decide(seat).get_by_label("falconer").focus()
    press(seat, "Space", "Enter")
    expect(to_decide(seat).get_by_label("falconer")).to_be_checked()
    expect(seat.page.locator(".said")).not_to_contain_text("removed")
    assert "falconer" in seat.outgoing()


def test_without_javascript_the_list_works_as_well(take_seat: TakeSeat) -> None:
    """It is a form like any other."""
    seat = at_desk(take_seat, JOBS, javascript=False)
    to_decide(seat).get_by_label("beekeeper").check()
    to_decide(seat).get_by_role("button", name="Already general enough").click()
    assert "beekeeper" not in seat.outgoing()
    assert "crane operator" in seat.outgoing()


def test_a_kind_is_decided_in_one_go(take_seat: TakeSeat) -> None:
    """All of one kind, while those of another stay open."""
    seat = at_desk(take_seat, JOBS.replace("I am 47", "I have myeloid leukaemia. I am 47"))
    seat.page.get_by_text("By kind …").click()
    kinds = seat.page.locator(".by-kind")
    kinds.get_by_label("job").check()
    kinds.get_by_role("button", name="Remove them").click()
    expect(seat.page.locator(".said")).to_contain_text("removed")
    assert "falconer" not in seat.outgoing()
    expect(seat.page.locator("#original a.finding.suggest")).not_to_have_count(0)


def test_a_key_that_is_held_down_decides_once(take_seat: TakeSeat) -> None:
    """The next passage comes into view and waits until somebody has seen it."""
    seat = at_desk(take_seat, JOBS)
    suggestions = seat.page.locator("#original a.finding.suggest")
    before = suggestions.count()
    seat.page.keyboard.down("r")
    expect(suggestions).to_have_count(before - 1)
    seat.listen()
    for _ in range(3):
        seat.page.keyboard.down("r")
    seat.page.keyboard.up("r")
    expect(suggestions).to_have_count(before - 1)
    expect(seat.page.locator("#letter form[data-sent]")).to_have_count(0)


def test_own_words_are_the_only_reason_when_enter_is_pressed(take_seat: TakeSeat) -> None:
    """Enter in the field sends what was typed and no reason from the list."""
    seat = at_desk(take_seat)
    select(seat, "crane")
    seat.page.locator("#keep-own").fill("Many people do")
    press(seat, "Enter", said="Kept readable")
    seat.page.get_by_role("link", name="Read once more and approve").click()
    expect(seat.page.locator(".kept-list li")).to_contain_text("Many people do")
    expect(seat.page.locator(".kept-list li")).not_to_contain_text("ordinary word")


def test_an_approval_waits_until_the_end_was_on_the_screen(take_seat: TakeSeat) -> None:
    """The button of a long letter sleeps, and so does its key, until somebody has scrolled."""
    seat = at_desk(take_seat, CALM + "\n\n".join("A further paragraph." for _ in range(60)))
    press(seat, "a")
    approve = seat.page.get_by_role("button", name="Approve, then the next letter")
    expect(approve).to_be_disabled()
    expect(seat.page.get_by_text("Read to the end of the letter first.")).to_be_attached()
    press(seat, "c")
    expect(seat.page).to_have_url(re.compile("/final$"))
    seat.page.keyboard.press("End")
    expect(approve).to_be_enabled()


def test_after_approval_the_next_letter_is_on_the_screen(take_seat: TakeSeat) -> None:
    """One key approves and claims; the page says both."""
    seat = take_seat("proofreader", "coordinator", "senior")
    first = seat.bring_in(CALM, number=QUIET_NUMBER)
    seat.bring_in(CALM + "I mean it.\n", number=QUIET_NUMBER)
    seat.claim(first)
    press(seat, "a")
    seat.read_to_the_end()
    press(seat, "c", said="Approved. This is the next letter")
    assert first not in seat.page.url
    expect(seat.page.locator(".heading")).to_contain_text("with you")
