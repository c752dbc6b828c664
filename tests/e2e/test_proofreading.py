"""A letter on its whole way through the desk, in a real browser, against the real service."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DONOR_NUMBER, Office, Seat, TakeSeat

pytestmark = pytest.mark.browser

#: Complete parcels only: while one is written, its folder begins with a dot.
PARCELS = "CL-US-COAST/[!.]*/letter.txt"

LETTER = f"""\
Dear recipient,

😀😀 my name is Franziska Lehmann and at home they laugh at my bicycle. I work as a crane operator.

I live near Pirna with my husband Jonas. Every morning I take the bicycle to the river. You can
write to me at franziska@example.org. <script>window.hacked = true</script>

My donor number is {DONOR_NUMBER}.

With love,
Franziska
"""


def delivered(office: Office, sent_before: set[Path]) -> Path:
    """The folder that appears at the clinic."""
    for _ in range(200):
        new = set(office.outbox.glob(PARCELS)) - sent_before
        if new:
            return new.pop().parent
        time.sleep(0.1)
    message = "nothing reached the clinic"
    raise AssertionError(message)


def mark_typed(seat: Seat, words: str, kind: str) -> None:
    """Mark something missed by typing it."""
    seat.page.get_by_text("Something missed?").click()
    seat.page.get_by_label("The exact words").fill(words)
    seat.page.get_by_label("What they are").select_option(kind)
    seat.page.get_by_role("button", name="Mark and remove").click()


def select_word(seat: Seat, word: str) -> None:
    """Select a word of the original with a double click of the mouse."""
    box = seat.page.evaluate(
        """word => {
          const walker = document.createTreeWalker(
            document.querySelector("#original"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.nodeValue.indexOf(word);
            if (at >= 0) {
              const range = document.createRange();
              range.setStart(node, at);
              range.setEnd(node, at + word.length);
              node.parentElement.scrollIntoView({ block: "center" });
              const { x, y, width, height } = range.getBoundingClientRect();
              return [x + width / 2, y + height / 2];
            }
          }
        }""",
        word,
    )
    seat.page.mouse.dblclick(box[0], box[1])


def test_a_letter_goes_from_the_link_to_the_clinic(take_seat: TakeSeat, office: Office) -> None:
    """Sign in, claim, mark, keep, approve: the clinic gets the text without a marked word."""
    sent_before = set(office.outbox.glob(PARCELS))
    seat = take_seat()
    page = seat.page
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    expect(page.get_by_text("The letter is yours")).to_be_visible()

    select_word(seat, "bicycle")
    expect(page.locator("#toolbar-words")).to_have_text("bicycle")
    page.locator("#toolbar").get_by_role("button", name="name", exact=True).click()
    expect(page.get_by_text("Marked and removed")).to_be_visible()
    assert "bicycle" not in seat.outgoing()

    page.locator("a.finding", has_text="crane operator").click()
    reasons = page.get_by_role("group", name="Keep it readable, because")
    reasons.get_by_role("button", name="Already general enough").click()
    expect(page.get_by_text("Kept readable")).to_be_visible()

    seat.decide_everything()
    approved = seat.outgoing()
    seat.final_read()
    assert seat.outgoing() == approved
    expect(page.get_by_text("1 marked passage stays readable")).to_be_visible()
    page.get_by_role("button", name="Approve this letter").click()
    expect(page.get_by_text("Approved. The letter goes on its way now.")).to_be_visible()

    folder = delivered(office, sent_before)
    letter = (folder / "letter.txt").read_text("utf-8")
    assert letter == approved
    for word in ("bicycle", "Franziska", "Lehmann", "Jonas", "Pirna", "example.org", DONOR_NUMBER):
        assert word not in letter
    assert "crane operator" in letter
    slip = (folder / "routing-slip.txt").read_text("utf-8")
    assert DONOR_NUMBER in slip
    assert "Franziska" not in slip

    seat.go(f"/review/letters/{letter_id}/audit")
    for step in (
        "claimed the letter",
        "decided about passages",
        "approved the letter",
        "sent the letter",
    ):
        expect(page.get_by_text(step).first).to_be_visible()


def test_offsets_hold_behind_an_emoji(take_seat: TakeSeat) -> None:
    """Two emoji before a name do not shift what is marked by a selection."""
    seat = take_seat()
    seat.claim(seat.bring_in(LETTER))
    before = seat.original()
    select_word(seat, "home")
    seat.page.locator("#toolbar").get_by_label("Everywhere in the letter").uncheck()
    seat.page.locator("#toolbar").get_by_role("button", name="place", exact=True).click()
    expect(seat.page.locator("a.finding.selected")).to_have_text("home")
    assert seat.original() == before
    assert re.search(r"at \[[^]]+\] they laugh", seat.outgoing())


def test_words_selected_in_the_outgoing_text_are_marked_too(take_seat: TakeSeat) -> None:
    """Who finds a leak while reading the right side need not look for it on the left."""
    seat = take_seat()
    seat.claim(seat.bring_in(LETTER))
    seat.page.evaluate(
        """() => {
          const walker = document.createTreeWalker(
            document.querySelector("#outgoing"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.nodeValue.indexOf("bicycle");
            if (at >= 0) {
              getSelection().setBaseAndExtent(node, at, node, at + 4);
              return;
            }
          }
        }"""
    )
    seat.page.keyboard.press("m")
    expect(seat.page.locator("#toolbar-words")).to_have_text("bicycle")
    seat.page.keyboard.press("Enter")
    expect(seat.page.get_by_text("Marked and removed")).to_be_visible()
    assert "bicycle" not in seat.outgoing()


def test_a_selection_may_begin_inside_a_marked_passage(take_seat: TakeSeat) -> None:
    """Who widens a passage with the mouse gets one passage that takes the old one in."""
    seat = take_seat()
    seat.claim(seat.bring_in(LETTER))
    mark = seat.page.locator("a.finding", has_text="crane operator")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    seat.page.mouse.move(box["x"] + 40, middle)
    seat.page.mouse.down()
    seat.page.mouse.move(box["x"] - 30, middle, steps=6)
    seat.page.mouse.up()
    expect(seat.page.locator("#toolbar-words")).to_contain_text("crane")
    seat.page.locator("#toolbar").get_by_role("button", name="job", exact=True).click()
    expect(seat.page.get_by_text("Marked and removed")).to_be_visible()
    assert "crane" not in seat.outgoing()


def test_a_double_click_on_approve_acts_once(take_seat: TakeSeat) -> None:
    """Impatience sends one approval and sees no error."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    seat.decide_everything()
    seat.final_read()
    seat.page.get_by_role("button", name="Approve this letter").dblclick()
    expect(seat.page.get_by_text("Approved. The letter goes on its way now.")).to_be_visible()
    seat.go(f"/review/letters/{letter_id}/audit")
    expect(seat.page.get_by_text("approved the letter")).to_have_count(1)


def test_the_same_approval_sent_twice_acts_once(take_seat: TakeSeat) -> None:
    """Without any script, the second of two equal forms finds the letter approved."""
    seat = take_seat(javascript=False)
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    seat.decide_everything()
    seat.final_read()
    form = seat.page.locator("form", has=seat.page.get_by_role("button", name="Approve this"))
    fields: dict[str, str | float | bool] = {
        name: form.locator(f"input[name={name}]").input_value()
        for name in ("csrf_token", "version", "digest", "read_it")
    }
    address = f"{seat.office.address}/review/letters/{letter_id}/approve"
    for _ in range(2):
        answer = seat.page.request.post(address, form=fields)
        assert answer.ok
        assert "said=approved" in answer.url
    seat.go(f"/review/letters/{letter_id}/audit")
    expect(seat.page.get_by_text("approved the letter")).to_have_count(1)


def test_a_stale_page_is_refused_and_says_so(take_seat: TakeSeat) -> None:
    """Two tabs: what the first one changed, the second one cannot approve unseen."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    seat.decide_everything()
    seat.final_read()
    other = seat.page.context.new_page()
    second = Seat(page=other, office=seat.office)
    second.go(f"/review/letters/{letter_id}")
    mark_typed(second, "bicycle", "name")
    seat.page.get_by_role("button", name="Approve this letter").click()
    expect(seat.page.get_by_text("Nothing was done: this letter was changed")).to_be_visible()
    assert "bicycle" not in seat.outgoing()
    expect(seat.page.get_by_text("In review")).to_be_visible()


def test_the_keyboard_is_enough(take_seat: TakeSeat) -> None:
    """Claim, mark, decide, undo and approve without touching the mouse."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    page = seat.page
    seat.go(f"/review/letters/{letter_id}")
    page.get_by_role("button", name="Claim this letter").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The letter is yours")).to_be_visible()

    seat.listen()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.keyboard.press("m")
    page.keyboard.type("bicycle")
    expect(page.get_by_text("stands 2 times in the letter")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked and removed")).to_be_visible()
    seat.listen()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("The last step is undone")).to_be_visible()
    assert "bicycle" in seat.outgoing()
    seat.listen()

    page.keyboard.press("j")
    first = page.locator("a.finding.selected").inner_text()
    page.keyboard.press("j")
    assert page.locator("a.finding.selected").inner_text() != first
    page.keyboard.press("k")
    assert page.locator("a.finding.selected").inner_text() == first

    to_decide = page.locator("a.finding.suggest")
    for left in range(to_decide.count(), 0, -1):
        page.keyboard.press("n")
        page.keyboard.press("r")
        expect(to_decide).to_have_count(left - 1)
        seat.listen()
    page.keyboard.press("a")
    page.keyboard.press("End")
    seat.read_to_the_end()
    page.keyboard.press("c")
    expect(page.get_by_text("Approved.")).to_be_visible()


def test_keys_rest_while_a_person_types(take_seat: TakeSeat) -> None:
    """An `r` in a word is a letter, not a decision."""
    seat = take_seat()
    seat.claim(seat.bring_in(LETTER))
    seat.page.locator("#keep-own").focus()
    seat.page.keyboard.type("rigmarole jar?")
    assert seat.page.locator("#keep-own").input_value() == "rigmarole jar?"
    expect(seat.page.get_by_role("dialog")).to_be_hidden()


def test_without_javascript_a_letter_is_read_decided_and_approved(
    take_seat: TakeSeat, office: Office
) -> None:
    """Plain forms are enough for the whole way."""
    sent_before = set(office.outbox.glob(PARCELS))
    seat = take_seat(javascript=False)
    seat.claim(seat.bring_in(LETTER))
    mark_typed(seat, "bicycle", "name")
    assert "bicycle" not in seat.outgoing()
    seat.page.locator("a.finding", has_text="crane operator").click()
    expect(seat.page.locator("#panel .passage")).to_have_text("crane operator")
    seat.page.locator("#keep-own").fill("Many people do this")
    seat.page.keyboard.press("Enter")
    expect(seat.page.get_by_text("Kept readable")).to_be_visible()
    seat.decide_everything()
    seat.final_read()
    seat.page.get_by_role("button", name="Approve this letter").click()
    letter = (delivered(office, sent_before) / "letter.txt").read_text("utf-8")
    assert "crane operator" in letter
    assert "bicycle" not in letter


def test_without_javascript_a_letter_is_returned(take_seat: TakeSeat) -> None:
    """A returned letter keeps its reason and leaves the queue."""
    seat = take_seat(javascript=False)
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    seat.page.get_by_text("Return to the writer …").click()
    seat.page.get_by_label("Why it goes back").select_option("Cannot be read in full")
    seat.page.get_by_role("button", name="Show this text").click()
    expect(seat.page.get_by_label("What the writer is told")).to_have_value(re.compile("typed"))
    seat.page.get_by_label("For colleagues").fill("The last line is cut off")
    seat.page.get_by_role("button", name="Return the letter").click()
    expect(seat.page.get_by_text("goes back to the writer")).to_be_visible()
    seat.go(f"/review/letters/{letter_id}")
    expect(seat.page.get_by_text("Returned to the writer").first).to_be_visible()
    expect(
        seat.page.get_by_text("Cannot be read in full: The last line is cut off")
    ).to_be_visible()


def test_markup_in_a_letter_is_shown_and_does_nothing(take_seat: TakeSeat) -> None:
    """A script in a letter is a curiosity to read."""
    seat = take_seat()
    seat.bring_in(LETTER)
    assert "<script>window.hacked = true</script>" in seat.original()
    assert seat.page.evaluate("window.hacked") is None


def test_the_page_holds_the_letter_as_it_is(take_seat: TakeSeat) -> None:
    """What the browser shows is the letter, code point for code point."""
    text = "\n  Dear recipient,\n\n\n\tfirst zero\u200bwidth, then \u202eback\u202c.\n\nBye\n\n"
    seat = take_seat()
    seat.bring_in(text)
    assert seat.original() == text
