"""Keys of one's own on the letter page, in both languages, and what Caps Lock does."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import TakeSeat
from tests.e2e.desk import at_desk, press, select

pytestmark = pytest.mark.browser


def test_keys_are_one_s_own_and_hold_in_every_browser(take_seat: TakeSeat) -> None:
    """Changed on their page, refused where they clash, shown in the list, reset in one go."""
    seat = at_desk(take_seat)
    letter = seat.page.url
    page = seat.page
    press(seat, "?")
    expect(page.get_by_role("dialog")).to_contain_text("move the edges")
    page.get_by_role("link", name="Change the keys").click()
    page.get_by_label("remove", exact=True).fill("j")
    page.get_by_role("button", name="Save the keys").click()
    expect(page.get_by_role("alert")).to_contain_text("The key j stands twice")
    page.get_by_label("remove", exact=True).fill("x")
    page.get_by_label("generalise", exact=True).fill("")
    page.get_by_role("button", name="Save the keys").click()
    expect(page.get_by_text("The keys hold from now on")).to_be_visible()

    page.goto(letter)
    seat.listen()
    press(seat, "n", "r", "g")
    expect(page.locator("a.finding.suggest")).to_have_count(1)
    expect(page.get_by_role("button", name="Remove x", exact=True)).to_be_visible()
    press(seat, "x", said="Removed")
    expect(page.locator("a.finding.suggest")).to_have_count(0)
    seat.go("/review/account/keys")
    page.get_by_role("button", name="Bring the usual keys back").click()
    expect(page.get_by_label("remove", exact=True)).to_have_value("r")
    page.goto(letter)
    seat.listen()
    press(seat, "u", said="undone")
    press(seat, "n", "r", said="Removed")


def test_keys_work_in_the_german_pages(take_seat: TakeSeat) -> None:
    """The list, the page to change keys and the question speak German; the keys do the same."""
    seat = at_desk(take_seat)
    page = seat.page
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    seat.listen()
    press(seat, "?")
    expect(page.get_by_role("dialog")).to_contain_text("nächste Stelle, die zu entscheiden ist")
    press(seat, "Escape")
    press(seat, "n", "r", said="Entfernt")
    press(seat, "u", said="zurückgenommen")
    select(seat, "Hedwig Thalbach")
    press(seat, "s")
    expect(page.get_by_role("slider", name="Ende der Stelle")).to_be_focused()
    press(seat, "ArrowLeft", "Enter")
    expect(page.get_by_role("button", name="1 Stelle lesbar machen")).to_be_visible()
    seat.go("/review/account/keys")
    page.get_by_label("entfernen", exact=True).fill("j")
    page.get_by_role("button", name="Tasten speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("Die Taste j steht zweimal da")


def test_a_locked_shift_key_acts_on_one_passage(take_seat: TakeSeat) -> None:
    """Caps Lock is no Shift: `r` stays the key for this passage alone."""
    seat = at_desk(take_seat)
    select(seat, "Pirna")
    seat.page.evaluate(
        """() => document.body.dispatchEvent(Object.assign(
          new KeyboardEvent("keydown",
            { key: "R", bubbles: true, cancelable: true, modifierCapsLock: true })))"""
    )
    expect(seat.page.locator(".said")).to_contain_text("Removed")
    expect(seat.page.locator("#original a.finding[data-author^='decided by']")).to_have_count(1)
