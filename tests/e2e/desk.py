"""A person at the letter page: the letter in hand, keys pressed, passages walked to."""

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Seat, TakeSeat

#: "crane operator" is suggested; the name, the towns and the address are taken out.
LETTER = """\
Dear recipient,

my name is Hedwig Thalbach and I work as a crane operator in Pirna. My sister lives in Dresden.
I am 47 years old.
Write to hedwig@example.org, or come to Pirna.

The second paragraph is longer than the first one, so that both texts would drift apart.

Hedwig
"""


def at_desk(take_seat: TakeSeat, text: str = LETTER, *, javascript: bool = True) -> Seat:
    """A person with the letter in hand."""
    seat = take_seat(javascript=javascript)
    seat.claim(seat.bring_in(text))
    return seat


def press(seat: Seat, *keys: str, said: str = "") -> None:
    """Press keys; where the page says something afterwards, wait until it listens again."""
    for key in keys:
        seat.page.keyboard.press(key)
    if said:
        expect(seat.page.locator(".said")).to_contain_text(said, ignore_case=True)
        seat.listen()


def select(seat: Seat, words: str) -> Locator:
    """Walk by key to the passage with these words."""
    chosen = seat.page.locator("#original a.finding.selected")
    for _ in range(20):
        press(seat, "k")
    for _ in range(20):
        if chosen.inner_text().startswith(words):
            return chosen
        press(seat, "j")
    message = "no such passage"
    raise AssertionError(message)
