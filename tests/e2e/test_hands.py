"""
A proofreader's hands on the letter page: undo and redo, keys of one's own, edges, own words.

Every flow by keyboard alone stands here, and the same by mouse and by finger where that differs.
"""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Seat, TakeSeat
from tests.e2e.desk import LETTER, at_desk, press, select

pytestmark = pytest.mark.browser


def edge(seat: Seat, which: str) -> Locator:
    """A handle of the selected passage."""
    return seat.page.get_by_role("slider", name=f"{which} of the passage")


def middle_of(seat: Seat, word: str) -> tuple[float, float]:
    """Where a word of the original stands on the screen."""
    x, y = seat.page.evaluate(
        """word => {
          const walker = document.createTreeWalker(
            document.querySelector("#original"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.nodeValue.indexOf(word);
            if (at >= 0) {
              const range = document.createRange();
              range.setStart(node, at);
              range.setEnd(node, at + word.length);
              const { x, y, width, height } = range.getBoundingClientRect();
              return [x + width / 2, y + height / 2];
            }
          }
        }""",
        word,
    )
    return float(x), float(y)


def test_every_step_is_undone_and_made_again_after_a_reload(take_seat: TakeSeat) -> None:
    """Single and bulk steps go back one by one to the machine's draft, and forward again."""
    seat = at_desk(take_seat)
    texts = [seat.outgoing()]
    select(seat, "47")
    press(seat, "R", said="Removed")
    texts.append(seat.outgoing())
    press(seat, "n", "r", said="Removed")
    texts.append(seat.outgoing())
    press(seat, "m")
    seat.page.keyboard.type("sister")
    press(seat, "Enter", said="Marked")
    texts.append(seat.outgoing())
    assert len(set(texts)) == len(texts)

    for text in texts[-2::-1]:
        seat.page.reload()
        seat.listen()
        press(seat, "u", said="undone")
        assert seat.outgoing() == text
    expect(seat.page.get_by_role("button", name="Undo")).to_be_disabled()
    for text in texts[1:]:
        seat.page.reload()
        seat.listen()
        press(seat, "Control+Shift+z", said="made again")
        assert seat.outgoing() == text
    expect(seat.page.get_by_role("button", name="Redo")).to_be_disabled()
    press(seat, "Control+z", said="undone")
    press(seat, "Control+y", said="made again")


def test_a_new_step_ends_what_could_be_made_again(take_seat: TakeSeat) -> None:
    """Nobody gets back by redoing what they turned away from."""
    seat = at_desk(take_seat)
    press(seat, "n", "r", said="Removed")
    press(seat, "u", said="undone")
    select(seat, "47")
    press(seat, "r", said="Removed")
    expect(seat.page.get_by_role("button", name="Redo")).to_be_disabled()
    press(seat, "u", said="undone")
    press(seat, "U", said="made again")
    expect(seat.page.locator("a.finding.suggest")).to_have_count(1)


def test_two_tabs_undo_one_step_once(take_seat: TakeSeat) -> None:
    """The second tab shows an older letter: its undo does nothing and says so."""
    seat = at_desk(take_seat)
    press(seat, "n", "r", said="Removed")
    select(seat, "47")
    press(seat, "r", said="Removed")
    other = Seat(page=seat.page.context.new_page(), office=seat.office)
    other.page.goto(seat.page.url)
    other.listen()
    press(seat, "u", said="undone")
    left = seat.outgoing()
    press(other, "u")
    expect(other.page.get_by_text("Nothing was done: this letter was changed")).to_be_visible()
    assert other.outgoing() == left


def test_edges_are_moved_by_keys_alone(take_seat: TakeSeat) -> None:
    """Arrows take words in, Esc leaves everything, Enter saves; the wider passage is hidden."""
    seat = at_desk(take_seat)
    select(seat, "Pirna")
    press(seat, "s")
    expect(edge(seat, "End")).to_be_focused()
    press(seat, "Shift+Tab", "Shift+Tab")
    expect(edge(seat, "Beginning")).to_be_focused()
    press(seat, "ArrowLeft")
    expect(edge(seat, "Beginning")).to_have_attribute("aria-valuetext", "in Pirna")
    press(seat, "Escape")
    expect(edge(seat, "Beginning")).to_have_attribute("aria-valuetext", "Pirna")
    before = seat.original()
    press(seat, "s", "Shift+Tab", "Shift+Tab", "ArrowLeft", "Enter", said="edges are moved")
    expect(seat.page.locator("#original a.finding.selected")).to_have_text("in Pirna")
    assert seat.original() == before
    assert "operator in" not in seat.outgoing()


def test_edges_are_dragged_with_the_mouse(take_seat: TakeSeat) -> None:
    """The handle at the end, pulled over the next words, takes them in whole."""
    seat = at_desk(take_seat)
    seat.page.locator("a.finding", has_text="crane operator").click()
    box = edge(seat, "End").bounding_box()
    assert box
    x, y = middle_of(seat, "My sister")
    seat.page.mouse.move(box["x"], box["y"] + box["height"] / 2)
    seat.page.mouse.down()
    seat.page.mouse.move(x - 20, y, steps=8)
    seat.page.mouse.up()
    expect(seat.page.locator(".said")).to_contain_text("edges are moved")
    expect(seat.page.locator("#original a.finding.selected")).to_contain_text("crane operator in")
    expect(seat.page.locator("#toolbar")).to_be_hidden()
    assert "crane" not in seat.outgoing()
    assert "Pirna. My" not in seat.outgoing()


def test_edges_are_dragged_with_a_finger(take_seat: TakeSeat) -> None:
    """On a touch screen the handles follow the finger and the page does not scroll away."""
    seat = at_desk(take_seat)
    seat.page.set_viewport_size({"width": 390, "height": 900})
    seat.page.locator("a.finding", has_text="crane operator").click()
    box = edge(seat, "Beginning").bounding_box()
    assert box
    x, y = middle_of(seat, "work")
    touch = seat.page.context.new_cdp_session(seat.page)
    start = {"x": box["x"], "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [start]})
    for part in (0.5, 1.0):
        point = {
            "x": start["x"] + (x - start["x"]) * part,
            "y": start["y"] + (y - start["y"]) * part,
        }
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(seat.page.locator(".said")).to_contain_text("edges are moved")
    assert "work as" not in seat.outgoing()


def test_without_javascript_edges_and_words_are_forms(take_seat: TakeSeat) -> None:
    """What scripts do by dragging, a field does as well."""
    seat = at_desk(take_seat, javascript=False)
    seat.page.locator("a.finding", has_text="crane operator").click()
    seat.page.get_by_text("Other edges, or your own words").click()
    seat.page.get_by_label("The passage is").fill("a crane operator")
    seat.page.get_by_role("button", name="Move the edges").click()
    assert "as a" not in seat.outgoing()
    seat.page.get_by_text("Other edges, or your own words").click()
    seat.page.get_by_label("Your words instead", exact=True).fill("something with my hands")
    seat.page.get_by_role("button", name="Write this").click()
    assert "I work as something with my hands in" in seat.outgoing()
    seat.page.get_by_role("button", name="Undo").click()
    seat.page.get_by_role("button", name="Redo").click()
    assert "something with my hands" in seat.outgoing()


def test_own_words_are_searched_like_the_letter(take_seat: TakeSeat) -> None:
    """A name in them is framed in red and stops the approval until it is written differently."""
    seat = at_desk(take_seat)
    select(seat, "crane")
    press(seat, "o")
    seat.page.keyboard.type("gardener for Annegret Sommerfeld")
    press(seat, "Enter", said="Your words")
    expect(seat.page.get_by_text("What a person wrote is among them")).to_be_visible()
    expect(seat.page.locator("#outgoing .residual").first).to_be_visible()
    expect(seat.page.locator("#approve-reason")).to_contain_text("should be gone")
    select(seat, "crane")
    press(seat, "o")
    seat.page.keyboard.type("person who works outdoors")
    seat.page.get_by_placeholder("Reason, where they tell something").focus()
    seat.page.keyboard.type("Many people do")
    press(seat, "Enter", said="Your words")
    expect(seat.page.get_by_role("link", name="Read once more and approve")).to_be_visible()
    assert "I work as a person who works outdoors in" in seat.outgoing()


def test_what_the_machine_took_out_comes_back_after_one_question(take_seat: TakeSeat) -> None:
    """Every passage that becomes readable is listed; No changes nothing, Yes is asked once."""
    seat = at_desk(take_seat)
    page = seat.page

    def keep_all() -> None:
        select(seat, "Pirna")
        page.locator("#keep-form").get_by_label("Keep all").check()
        page.locator("#keep-form").get_by_role("button", name="Already general enough").focus()
        press(seat, "Enter")
        expect(page.get_by_role("heading", name="2 passages become readable")).to_be_visible()

    keep_all()
    assert page.locator(".uncovered mark").all_inner_texts() == ["Pirna", "Pirna"]
    page.get_by_role("link", name="No, leave it as it is").click()
    assert "Pirna" not in seat.outgoing()
    seat.listen()
    keep_all()
    page.get_by_role("button", name="Make 2 passages readable").focus()
    press(seat, "Enter", said="Kept readable")
    assert seat.outgoing().count("Pirna") == 2
    press(seat, "u", said="undone")
    press(seat, "U", said="made again")
    assert seat.outgoing().count("Pirna") == 2


def test_shrinking_a_passage_asks_as_well(take_seat: TakeSeat) -> None:
    """Half a name that would be readable is named before it is."""
    seat = at_desk(take_seat)
    select(seat, "Hedwig Thalbach")
    press(seat, "s", "ArrowLeft", "Enter")
    expect(seat.page.locator(".uncovered mark")).to_contain_text("Thalbach")


def test_all_suggestions_of_a_kind_are_kept_for_one_reason(take_seat: TakeSeat) -> None:
    """One reason decides them; the kind of a passage is changed by keys as well."""
    seat = at_desk(take_seat, LETTER.replace("My sister", "Before, I was a falconer. My sister"))
    page = seat.page
    assert page.locator("a.finding.suggest").count() == 2, "two jobs"
    page.locator("#to-decide").get_by_role("button", name="Already general enough").focus()
    press(seat, "Enter", said="Kept readable")
    expect(page.locator("a.finding.suggest")).to_have_count(0)
    assert "falconer" in seat.outgoing()
    select(seat, "Dresden")
    press(seat, "t")
    page.keyboard.type("organ")
    press(seat, "Enter", said="kind is changed")
    expect(page.locator("a.finding.selected")).to_have_attribute("data-kind", "ORGANIZATION")


def test_both_texts_stay_side_by_side(take_seat: TakeSeat) -> None:
    """Each paragraph of the outgoing text begins where that of the letter does."""
    seat = at_desk(take_seat, LETTER + "\n\n".join("A further paragraph." for _ in range(40)))
    seat.page.mouse.wheel(0, 900)
    tops = [
        [round(one["y"]) for one in map(Locator.bounding_box, side.all()) if one]
        for side in (
            seat.page.locator("#original > .para"),
            seat.page.locator("#outgoing > .para"),
        )
    ]
    assert tops[0] == tops[1]
    assert len(tops[0]) > 40


def test_a_letter_goes_its_way_by_keyboard_alone(take_seat: TakeSeat) -> None:
    """From the queue to the return, the hold and the way back, no mouse."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    page = seat.page
    seat.go(f"/review/letters/{letter_id}")
    page.get_by_role("button", name="Claim this letter").focus()
    press(seat, "Enter")
    expect(page.get_by_text("The letter is yours")).to_be_visible()
    seat.listen()
    page.locator(".decide summary", has_text="Hold").focus()
    press(seat, "Enter", "Tab", "Space", "Escape")
    expect(page.get_by_role("button", name="Put on hold")).to_be_hidden()
    press(seat, "Enter")
    page.get_by_role("button", name="Put on hold").focus()
    press(seat, "Enter")
    expect(page.get_by_text("The letter is on hold")).to_be_visible()
    seat.go(f"/review/letters/{letter_id}")
    page.locator(".decide summary", has_text="Put back").focus()
    press(seat, "Enter", "Tab")
    page.keyboard.type("The question is answered")
    press(seat, "Tab", "Enter")
    expect(page.get_by_text("on its way again")).to_be_visible()
    seat.wait_for_draft(letter_id)
    seat.go(f"/review/letters/{letter_id}")
    page.get_by_role("button", name="Claim this letter").focus()
    press(seat, "Enter")
    expect(page.get_by_text("The letter is yours")).to_be_visible()
    seat.listen()
    page.get_by_role("link", name="Return to the writer").focus()
    press(seat, "Enter")
    page.get_by_label("Why it goes back").focus()
    page.keyboard.type("Cannot")
    page.get_by_role("button", name="Show this text").focus()
    press(seat, "Enter")
    expect(page.get_by_label("What the writer is told")).to_have_value(re.compile("typed"))
    page.get_by_role("button", name="Return the letter").focus()
    press(seat, "Enter")
    expect(page.get_by_text("goes back to the writer")).to_be_visible()
