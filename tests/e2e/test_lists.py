"""Long lists by keyboard alone, with scripts and without: cases and the audit trail."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DONOR_NUMBER, TakeSeat

pytestmark = pytest.mark.browser

SPACED = " ".join(DONOR_NUMBER[start : start + 4] for start in range(0, len(DONOR_NUMBER), 4))


def search(page: Page, words: str) -> None:
    """Type into the search field and send it with Enter."""
    page.get_by_role("search").get_by_role("textbox").focus()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def unfold(page: Page) -> None:
    """Open the filter."""
    page.locator("details.filter > summary").focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_case_is_found_by_keyboard(take_seat: TakeSeat, javascript: bool) -> None:
    """By its number, which stands in no address, and by its clinic."""
    seat = take_seat("coordinator", javascript=javascript)
    page = seat.page
    seat.go("/review/cases")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    search(page, SPACED)
    expect(page).to_have_url(re.compile("/review/cases/C-0003$"))
    assert DONOR_NUMBER not in " ".join(addresses)
    seat.go("/review/cases")
    search(page, "shore haem")
    expect(page).to_have_url(re.compile(r"\?clinic=CL-IE-SHORE$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    seat.go("/review/cases")
    search(page, "no such clinic")
    expect(page.get_by_role("status")).to_contain_text("No case was found.")


@pytest.mark.parametrize("javascript", [True, False])
def test_cases_are_filtered_by_keyboard(take_seat: TakeSeat, javascript: bool) -> None:
    """The choice stays in the field, and one link takes it back."""
    seat = take_seat("coordinator", javascript=javascript)
    page = seat.page
    seat.go("/review/cases")
    unfold(page)
    page.get_by_label("Country of the patient").select_option("Ireland")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("patient=IE"))
    expect(page.get_by_label("Country of the patient")).to_have_value("IE")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".heading")).to_contain_text("1 of ")
    page.get_by_role("link", name="No filter").press("Enter")
    expect(page).to_have_url(re.compile("/review/cases$"))


@pytest.mark.parametrize("javascript", [True, False])
def test_the_trail_is_filtered_by_keyboard(take_seat: TakeSeat, javascript: bool) -> None:
    """By a letter and by what was done; the table of the same entries is one link away."""
    writer = take_seat()
    letter_id = writer.bring_in("Dear recipient,\n\nI wish you well.\n")
    seat = take_seat("auditor", javascript=javascript)
    page = seat.page
    seat.go("/review/audit")
    search(page, letter_id[:8])
    expect(page).to_have_url(re.compile(f"letter={letter_id}"))
    page.get_by_label("What", exact=True).select_option("took the letter in")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("took the letter in")
    with page.expect_download() as download:
        page.get_by_role("link", name="These entries as CSV").press("Enter")
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert letter_id in lines[1]
    page.get_by_label("From day").fill("2000-01-01")
    page.get_by_label("To day").fill("2001-01-01")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="No entry fits this filter")).to_be_visible()
