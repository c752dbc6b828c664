"""Every page for tired eyes: enough contrast in light and dark, no sideways scrolling, on paper."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Seat, TakeSeat

pytestmark = pytest.mark.browser


LETTER = """\
Dear recipient,

my name is Hedwig Thalbach, I am 47 years old and I work as a crane operator in Pirna. I was the
first in our town who gave cells twice. I would love to meet you one day.

Zero\u200bwidth and \u202eturned\u202c words. Write to hedwig@example.org or call +49 351 5550142.

Hedwig
"""


@pytest.fixture
def reader(take_seat: TakeSeat) -> tuple[Seat, list[str]]:
    """A person with a claimed letter, and every page that belongs to it."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    seat.bring_in("Dear recipient,\n\nI wish you well, with no number at all.\n", number="")
    letter = f"/review/letters/{letter_id}"
    return (
        seat,
        [
            "/review?tab=all",
            "/review?tab=returned",
            letter,
            f"{letter}?said=stale",
            f"{letter}?said=kept",
            f"{letter}/final",
            f"{letter}/audit",
            f"{letter}/return",
            f"{letter}/notices",
            "/review/waiting",
            "/review/new",
            "/review/allocation",
            "/review/cases",
            "/review/cases/C-0003",
            "/review/cases/import",
            "/review/dispatch",
            "/review?tab=second",
            "/review/found?ids=" + letter_id,
            "/review/audit",
            "/review/letters/" + "0" * 32,
            "/sign-in",
        ],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(reader: tuple[Seat, list[str]], scheme: str) -> None:
    """WCAG 2.2 AA for text, labels of passages and marks of hidden characters."""
    seat, paths = reader
    seat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in paths:
        seat.go(path)
        assert seat.poor_contrast() == {}, path


@pytest.mark.parametrize("width", [320, 640, 1360])
def test_no_page_scrolls_sideways(reader: tuple[Seat, list[str]], width: int) -> None:
    """At 400 % and 200 % zoom of a common screen, and on a telephone, lines still fit."""
    seat, paths = reader
    seat.page.set_viewport_size({"width": width, "height": 700})
    for path in paths:
        seat.go(path)
        sideways = seat.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, path


def test_every_field_and_button_has_a_name(reader: tuple[Seat, list[str]]) -> None:
    """A screen reader can say what each thing is."""
    seat, paths = reader
    nameless = """() => [...document.querySelectorAll(
        "input:not([type=hidden]), select, textarea, button, a")]
      .filter(one => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))
      .map(one => one.outerHTML.slice(0, 80))"""
    for path in paths:
        seat.go(path)
        assert seat.page.evaluate(nameless) == [], path
        assert seat.page.locator("h1").count() == 1, path


def test_on_paper_there_are_texts_and_no_tools(reader: tuple[Seat, list[str]]) -> None:
    """A printed letter page shows both texts and not one button."""
    seat, paths = reader
    seat.go(paths[2])
    seat.page.emulate_media(media="print")
    expect(seat.page.locator("#original")).to_be_visible()
    expect(seat.page.locator("#outgoing")).to_be_visible()
    assert seat.page.locator("button:visible").count() == 0
