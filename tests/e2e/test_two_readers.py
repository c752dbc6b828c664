"""Four eyes and the queue in a real browser: by keys, in both themes, on a telephone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import QUIET_NUMBER, Seat, TakeSeat

pytestmark = pytest.mark.browser

LETTER = (
    "Dear recipient,\n\nI hope you are better every day. It was a small thing for me to give, and "
    "I would do it again. I wish you all the best.\n\nYour donor\n"
)
#: Nothing that the program would find; a person may think otherwise.
WORDS = "small thing"


def mark(seat: Seat, words: str) -> None:
    """Mark something missed by typing it."""
    seat.page.get_by_text("Something missed?").click()
    seat.page.get_by_label("The exact words").fill(words)
    seat.page.get_by_label("What they are").select_option("place")
    seat.page.get_by_role("button", name="Mark and remove").click()
    expect(seat.page.get_by_text("Marked and removed", exact=False)).to_be_visible()


def finish(seat: Seat, button: str) -> None:
    """Read the outgoing text once more and press the button."""
    seat.page.locator("#approve").click()
    seat.read_to_the_end()
    seat.page.get_by_role("button", name=button).click()


def looks_right(seat: Seat) -> None:
    """Readable in both themes, and as wide as a telephone."""
    for scheme in ("light", "dark"):
        seat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        seat.page.reload()
        assert seat.poor_contrast() == {}, seat.page.url
    seat.page.set_viewport_size({"width": 320, "height": 700})
    sideways = seat.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert sideways <= 0, seat.page.url
    seat.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_letter_passed_to_a_senior_is_read_by_two(take_seat: TakeSeat) -> None:
    """From the first doubt to the approval, with a difference on the way."""
    anna, sena, ben = take_seat("proofreader"), take_seat("senior"), take_seat("proofreader")
    letter_id = anna.bring_in(LETTER, number=QUIET_NUMBER)
    anna.claim(letter_id)
    anna.page.get_by_text("Pass to a senior …").click()
    anna.page.get_by_label("I am not sure that nobody can be recognised").check()
    anna.page.get_by_role("button", name="Pass to a senior").click()
    expect(anna.page.get_by_text("waits for a senior proofreader", exact=False)).to_be_visible()

    sena.claim(letter_id)
    expect(sena.page.get_by_role("region", name="Two people read this letter")).to_be_visible()
    mark(sena, WORDS)
    finish(sena, "Give it to a second reader")
    expect(sena.page.get_by_text("waits for a second reader now", exact=False)).to_be_visible()
    sena.go("/review?tab=second")
    looks_right(sena)

    ben.claim(letter_id)
    assert WORDS in ben.outgoing()
    finish(ben, "Finish the second reading")
    expect(ben.page.get_by_role("heading", name="Two readings, 1 difference")).to_be_visible()
    looks_right(ben)
    ben.page.locator("input[value=first]").check()
    ben.page.get_by_role("button", name="Settle and read once more").click()
    assert WORDS not in ben.outgoing()
    ben.read_to_the_end()
    ben.page.get_by_role("button", name="Approve this letter").click()
    expect(ben.page.get_by_text("Approved.", exact=False)).to_be_visible()
    ben.go(f"/review/letters/{letter_id}")
    expect(ben.page.get_by_text(re.compile("Approved, waiting|Sent")).first).to_be_visible()


def test_the_next_letter_is_one_key_away(take_seat: TakeSeat) -> None:
    """From the queue to a letter without the mouse; while typing the key is a letter."""
    seat = take_seat("proofreader")
    seat.bring_in(LETTER, number=QUIET_NUMBER)
    seat.go("/review")
    seat.listen()
    seat.page.get_by_label("Donor number, patient number or case id").fill("C-")
    seat.page.keyboard.press("c")
    expect(seat.page).to_have_url(re.compile("/review$"))
    seat.page.keyboard.press("Escape")
    seat.page.keyboard.press("c")
    expect(seat.page.get_by_text("The letter is yours", exact=False)).to_be_visible()


def test_a_search_leaves_nothing_in_the_address(take_seat: TakeSeat) -> None:
    """The number is typed, sent and gone."""
    seat = take_seat("proofreader")
    seat.bring_in(LETTER, number=QUIET_NUMBER)
    seat.bring_in(LETTER, number=QUIET_NUMBER)
    seat.go("/review")
    seat.page.get_by_label("Donor number, patient number or case id").fill(QUIET_NUMBER)
    seat.page.get_by_role("button", name="Find").click()
    expect(seat.page.get_by_role("heading", name="Found")).to_be_visible()
    assert QUIET_NUMBER not in seat.page.url
    looks_right(seat)


def test_insight_is_readable(take_seat: TakeSeat) -> None:
    """Charts and tables, for a coordinator."""
    seat = take_seat("coordinator")
    seat.go("/review/insight")
    expect(seat.page.locator("svg.chart")).to_have_count(4)
    looks_right(seat)
