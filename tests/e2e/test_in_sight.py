"""What the letter page says and offers stays in sight: notices, menus, bars, at common widths."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import HELD_NUMBER, QUIET_NUMBER, Seat, TakeSeat
from tests.e2e.desk import LETTER, at_desk, press
from tests.e2e.test_combinations import FAMILY
from tests.e2e.test_german import in_german
from tests.e2e.test_rules_desk import LETTER as RULES_LETTER

pytestmark = pytest.mark.browser

LONG = LETTER + "\n\n".join(f"On day {number} nothing happened at all." for number in range(60))

_SHOTS = os.environ.get("SIGHT_SCREENSHOTS", "")


def shoot(seat: Seat, name: str) -> None:
    """Keep a picture of the screen where somebody asked for it."""
    if _SHOTS:
        seat.page.screenshot(path=Path(_SHOTS) / f"{name}.png")


def in_sight(one: Locator) -> bool:
    """True when nothing lies over the middle of it and all of it is on the screen."""
    return bool(
        one.evaluate(
            """one => {
              const { left, right, top, bottom } = one.getBoundingClientRect();
              const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
              return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
                && (one.contains(there) || there?.contains(one));
            }"""
        )
    )


def test_a_refusal_is_seen_before_anything_else(take_seat: TakeSeat) -> None:
    """The page of a second tab does not scroll back to the passage, away from the notice."""
    seat = at_desk(take_seat, LONG)
    seat.page.set_viewport_size({"width": 1366, "height": 700})
    other = Seat(page=seat.page.context.new_page(), office=seat.office)
    other.go(seat.page.url.removeprefix(seat.office.address))
    press(seat, "n", "r", said="Removed")
    other.listen()
    other.page.mouse.wheel(0, 900)
    other.page.wait_for_function("scrollY > 300")
    other.page.keyboard.press("r")
    notice = other.page.get_by_text("Nothing was done: this letter was changed")
    expect(notice).to_be_visible()
    other.listen()
    shoot(other, "stale")
    assert in_sight(notice)


def test_what_was_done_stays_in_sight_and_is_counted(take_seat: TakeSeat) -> None:
    """Far down in a letter too: the notice, the progress and Undo; and how many passages it was."""
    seat = at_desk(take_seat, LONG.replace("day 40 ", "day 40 in Pirna as a crane operator "))
    seat.page.set_viewport_size({"width": 1366, "height": 700})
    seat.page.locator("a.finding", has_text="crane operator").last.click()
    seat.listen()
    press(seat, "R", said="2 passages removed. Undo takes it back.")
    assert seat.page.evaluate("scrollY") > 300
    shoot(seat, "counted")
    assert in_sight(seat.page.locator(".said"))
    assert in_sight(seat.page.get_by_role("button", name="Undo"))
    press(seat, "u", said="undone")


@pytest.mark.parametrize("width", [1280, 1366])
def test_nothing_opens_beyond_the_window(take_seat: TakeSeat, width: int) -> None:
    """Every menu of the page, in English and German."""
    seat = at_desk(take_seat)
    seat.page.set_viewport_size({"width": width, "height": 768})
    for language in ("en", "de"):
        if language == "de":
            address = seat.page.url.removeprefix(seat.office.address).partition("?")[0]
            in_german(seat)
            seat.go(address)
            seat.listen()
        seat.page.evaluate(
            # the worst place for a menu: at the right edge
            "() => { const bar = document.querySelector('.decide');"
            " bar.append(bar.querySelector('.menu')); }"
        )
        for menu in seat.page.locator("details.menu").all():
            menu.locator("summary").click()
            box = menu.locator(":scope > form, :scope > div").first
            expect(box).to_be_visible()
            seat.page.wait_for_function(
                "one => one.getBoundingClientRect().right <= innerWidth"
                " && one.getBoundingClientRect().left >= 0",
                arg=box.element_handle(),
            )
            shoot(seat, f"menu-{width}-{language}")
            seat.page.keyboard.press("Escape")


def test_the_bar_covers_nothing(take_seat: TakeSeat) -> None:
    """At 1366 px, where it has two rows, the last button of the panel can be seen and pressed."""
    seat = at_desk(take_seat, LONG)
    seat.page.set_viewport_size({"width": 1366, "height": 768})
    press(seat, "n")
    seat.page.locator("#keep-own").focus()
    keep = seat.page.locator("#keep-form").get_by_role("button", name="Keep", exact=True).last
    keep.scroll_into_view_if_needed()
    shoot(seat, "panel")
    assert in_sight(keep)
    last = seat.page.get_by_text("Something missed?")
    last.scroll_into_view_if_needed()
    assert in_sight(last)
    for link in seat.page.locator("#original a.finding").all():
        link.focus()
        assert in_sight(link)


def test_combinations_take_one_line_each_until_they_are_opened(take_seat: TakeSeat) -> None:
    """The letter begins in the upper half of the screen; without JavaScript as well."""
    seat = take_seat(javascript=False)
    text = FAMILY.replace("and my", "I work as a crane operator, and my")
    seat.claim(seat.bring_in(text, number=QUIET_NUMBER))
    found = seat.page.locator(".notice", has_text="Identifies together")
    expect(found.first).to_contain_text("crane operator")
    shoot(seat, "combinations")
    for one in found.all():
        expect(one.get_by_role("link").first).to_be_hidden()
        assert (one.bounding_box() or {"height": 999})["height"] < 80
    found.first.locator("summary").click()
    expect(found.first.get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1366])
def test_every_list_of_letters_fits(take_seat: TakeSeat, width: int) -> None:
    """No column is cut, in no tab and no language."""
    seat = at_desk(take_seat)
    seat.bring_in(RULES_LETTER, number=HELD_NUMBER)
    seat.page.set_viewport_size({"width": width, "height": 768})
    for language in ("en", "de"):
        seat.go("/review")
        if language == "de":
            in_german(seat)
        tabs = seat.page.locator(".tabs a").evaluate_all(
            "links => links.map(one => one.getAttribute('href'))"
        )
        assert len(tabs) > 5
        for tab in tabs:
            seat.go(tab)
            cut = seat.page.locator(".table-card, .tabs, .table td").evaluate_all(
                "all => all.filter(one => one.scrollWidth > one.clientWidth + 1)"
                ".map(one => one.textContent.trim().slice(0, 60))"
            )
            shoot(seat, f"queue-{width}-{language}-{tab.rpartition('=')[2]}")
            assert cut == [], (tab, language)
