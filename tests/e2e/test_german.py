"""The German interface in a real browser: one letter from the queue to approval, and every page."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import QUIET_NUMBER, Seat, TakeSeat

pytestmark = pytest.mark.browser

LETTER = """\
Dear recipient,

my name is Hedwig Thalbach, I am 47 years old and I work as a crane operator in Pirna. I would
love to meet you one day. Write to hedwig@example.org.

Hedwig
"""

#: Words of the English pages that nobody may meet in German ones.
ENGLISH = re.compile(
    r"\b(?:Letters?|Queue|Save|Cancel|Search|Show|Back|Remove|Keep|Undo|Approve|Claim|Held|Free|"
    r"Language|Country|Received|Waiting|nobody|removed|kept|generalised|decided|found by|Sign|"
    r"the|and|with|from|this|not|is|of)\b"
)
#: What stays as it was written: letters, notes, names of files and fields, passages in English.
AS_WRITTEN = (
    ".letter-text, [lang]:not(html), bdi, code, textarea, .mono, kbd, .writer-text, .rules .muted"
)

_SHOTS = os.environ.get("GERMAN_SCREENSHOTS", "")


def in_german(seat: Seat) -> None:
    """Press the switch in the frame."""
    seat.page.get_by_role("button", name="Deutsch").click()
    expect(seat.page.locator("html")).to_have_attribute("lang", "de")


def words_of(seat: Seat) -> str:
    """What a person reads on the page, without what stays as it was written."""
    return str(
        seat.page.evaluate(
            """besides => {
              const copy = document.body.cloneNode(true);
              copy.querySelectorAll(besides).forEach(one => one.remove());
              return copy.innerText || copy.textContent;
            }""",
            AS_WRITTEN,
        )
    )


def shoot(seat: Seat, name: str) -> None:
    """Keep a picture of the page where somebody asked for it."""
    if _SHOTS:
        seat.page.screenshot(path=Path(_SHOTS) / f"{name}.png", full_page=True)


def test_a_letter_goes_from_the_queue_to_approval_in_german(take_seat: TakeSeat) -> None:
    """Claim, decide, read once more, approve; the times are German ones."""
    seat = take_seat()
    page = seat.page
    letter_id = seat.bring_in(LETTER, number=QUIET_NUMBER)
    seat.go("/review")
    in_german(seat)
    seat.go(f"/review/letters/{letter_id}")
    page.get_by_role("button", name="Brief übernehmen").click()
    expect(page.get_by_text("Der Brief ist bei Ihnen")).to_be_visible()
    seat.listen()
    expect(page.locator(".heading .hint time")).to_have_text(
        re.compile(r"^\d{1,2}\. \w+\.? \d{4}, \d\d:\d\d")
    )
    shoot(seat, "letter-1360")
    page.keyboard.press("m")
    page.get_by_label("Die genauen Wörter").fill("crane")
    expect(page.locator("#mark-count")).to_have_text("steht einmal im Brief")
    page.get_by_role("button", name=re.compile(r"^(Alle \d+|Vorschlag) entfernen")).click()
    expect(page.locator("a.finding.suggest")).to_have_count(0)
    page.get_by_role("link", name="Noch einmal lesen und freigeben").click()
    seat.read_to_the_end()
    shoot(seat, "final-1360")
    page.get_by_role("button", name="Brief freigeben").click()
    expect(page.get_by_text("Freigegeben. Der Brief geht jetzt auf den Weg.")).to_be_visible()


def pages_of(letter_id: str) -> tuple[str, ...]:
    """Every page that somebody works on."""
    letter = f"/review/letters/{letter_id}"
    return (
        "/review?tab=all",
        "/review?tab=free",
        "/review?tab=held",
        letter,
        f"{letter}?said=stale",
        f"{letter}/final",
        f"{letter}/audit",
        f"{letter}/return",
        f"{letter}/notices",
        "/review/waiting",
        "/review/new",
        "/review/allocation",
        "/review/cases",
        "/review/cases/C-0003",
        "/review/cases/new",
        "/review/cases/import",
        "/review/dispatch",
        "/review/insight",
        "/review/endpoints",
        "/review/settings",
        "/review/account",
        "/review/audit",
        "/review/letters/" + "0" * 32,
        "/sign-in",
    )


def test_german_pages_hold_no_english_and_fit_a_telephone(take_seat: TakeSeat) -> None:
    """Longer words wrap: no page scrolls sideways at 320, 390 and 1360 pixels."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    unknown = seat.bring_in("Dear recipient,\n\nI wish you well.\n", number="")
    seat.claim(letter_id)
    in_german(seat)
    check(seat, pages_of(letter_id), letter_id)
    check(seat, ("/review/allocation", "/review?tab=held", f"/review/letters/{unknown}"), unknown)


def test_pages_of_administrators_are_german_as_well(take_seat: TakeSeat) -> None:
    """People, keys, the account."""
    seat = take_seat("admin")
    in_german(seat)
    check(seat, ("/review/people", "/review/keys", "/review/account", "/review/waiting"), "none")


def check(seat: Seat, paths: tuple[str, ...], letter_id: str) -> None:
    """Each page: no English word of ours, nothing wider than the screen."""
    found: dict[str, object] = {}
    for path in paths:
        seat.go(path)
        left = sorted(set(ENGLISH.findall(words_of(seat))))
        if left:
            text = words_of(seat)
            found[path] = [
                text[max(0, one.start() - 40) : one.end() + 40].replace("\n", " ")
                for one in ENGLISH.finditer(text)
            ][:12]
        for width in (1360, 390, 320):
            seat.page.set_viewport_size({"width": width, "height": 800})
            sideways = seat.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if sideways > 0:
                found[f"{path} at {width}"] = sideways
            name = path.replace(letter_id, "letter-id").replace("0" * 32, "none")
            shoot(seat, f"{name.strip('/').replace('/', '-').replace('?', '-')}-{width}")
    assert found == {}, "\n".join(f"{path}: {words}" for path, words in found.items())


def test_the_switch_works_without_javascript(take_seat: TakeSeat) -> None:
    """The same page comes back in the other language, and stays there."""
    seat = take_seat(javascript=False)
    seat.go("/review?tab=held")
    in_german(seat)
    assert seat.page.url.endswith("/review?tab=held")
    seat.go("/review/new")
    expect(seat.page.get_by_role("heading", name="Einen Brief einbringen")).to_be_visible()
    seat.page.get_by_role("button", name="English").click()
    expect(seat.page.get_by_role("heading", name="Bring in a letter")).to_be_visible()
