"""Interrupted in mid-edit: the session ends, the service is killed; nothing done is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import CASES, Office, Seat, TakeSeat
from tests.integration.server import RunningService

pytestmark = pytest.mark.browser

LETTER = """\
Dear recipient,

my name is Hedwig Thalbach and I work as a crane operator in Pirna.

Hedwig
"""
NOTE = "Please ask the clinic\nbefore this goes out."


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    """A service of its own, which can be killed."""
    made = RunningService(tmp_path / "data")
    made.data.mkdir()
    cases = tmp_path / "cases.csv"
    cases.write_text(CASES, "utf-8")
    assert made.run("cases", "import", cases).returncode == 0
    made.start()
    yield made
    made.kill()


def test_a_killed_service_goes_on_where_the_person_was(
    service: RunningService, browser: Browser
) -> None:
    """Steps, their undoing, the claim, the session and one's keys are there; nothing acts twice."""
    printed = service.run("user", "add", "Ruth", *_roles("proofreader", "coordinator"))
    token = re.search(r"/sign-in/\S+", printed.stdout)
    assert token
    context = browser.new_context(locale="en-GB")
    seat = Seat(page=context.new_page(), office=Office(address=service.url, data=service.data))
    page = seat.page
    seat.go(token.group())
    page.get_by_role("button", name="Sign in").click()
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    page.keyboard.press("n")
    page.keyboard.press("r")
    expect(page.locator(".said")).to_contain_text("Removed")
    decided = seat.outgoing()
    seat.listen()
    page.keyboard.press("u")
    expect(page.locator(".said")).to_contain_text("undone")
    seat.listen()

    page.get_by_text("Notes of colleagues").click()
    page.get_by_label("A note for colleagues").fill(NOTE)
    service.kill()
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Save the note").click(no_wait_after=True)
    service.start()
    page.reload()
    expect(page.locator(".notes")).to_contain_text("before this goes out.")
    expect(page.locator(".notes li")).to_have_count(1)

    seat.listen()
    expect(page.locator(".pill.mine", has_text="with you until")).to_be_visible()
    page.keyboard.press("U")
    expect(page.locator(".said")).to_contain_text("made again")
    assert seat.outgoing() == decided
    context.close()


def test_an_ended_session_keeps_what_was_typed(take_seat: TakeSeat) -> None:
    """Signed in again in another tab, one press sends it; what that does is said before."""
    seat = take_seat()
    letter_id = seat.bring_in(LETTER)
    seat.claim(letter_id)
    page = seat.page
    name = page.locator(".who a").inner_text()
    page.get_by_text("Notes of colleagues").click()
    page.get_by_label("A note for colleagues").fill(NOTE)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("heading", name="What you typed is kept")).to_be_visible()
    expect(page.get_by_label("What you typed")).to_have_value(NOTE)
    expect(page.get_by_text("so it takes two presses")).to_be_hidden()

    _sign_in_again(seat, name)

    expect(page.get_by_text("Keeps this note with the letter.")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator(".notes")).to_contain_text("before this goes out.")
    seat.go(f"/review/letters/{letter_id}")
    expect(page.locator(".notes li")).to_have_count(1)


def test_without_scripts_the_two_presses_are_announced(take_seat: TakeSeat) -> None:
    """The first page says that it takes two, the second that nothing was sent yet."""
    seat = take_seat(javascript=False)
    letter_id = seat.bring_in(LETTER)
    seat.go(f"/review/letters/{letter_id}")
    page = seat.page
    name = page.locator(".who a").inner_text()
    page.get_by_text("Notes of colleagues").click()
    page.get_by_label("A note for colleagues").fill(NOTE)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("so it takes two presses")).to_be_visible()

    _sign_in_again(seat, name)

    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Not sent yet.")).to_be_visible()
    expect(page.get_by_label("What you typed")).to_have_value(NOTE)
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".notes li")).to_have_count(1)


def _roles(*roles: str) -> list[str]:
    return [part for role in roles for part in ("--role", role)]


def _sign_in_again(seat: Seat, name: str) -> None:
    """In another tab of the same browser, with a new link."""
    link = seat.office.command("user", "link", name).split()
    other = seat.page.context.new_page()
    other.goto(next(word for word in link if "/sign-in/" in word))
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Letters", exact=True)).to_be_visible()
    other.close()
