"""The page of a case: its pathway as a line, its clock, and changing a day."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import TakeSeat

pytestmark = pytest.mark.browser

CASE = "/review/cases/C-0042"


def test_the_pathway_and_the_clock_follow_a_changed_day(take_seat: TakeSeat) -> None:
    """The donation is entered; steps, days and the end of the anonymity period appear."""
    seat = take_seat("coordinator")
    page = seat.page
    seat.go(CASE)
    steps = page.locator("ol.timeline > li")
    expect(steps).to_have_count(11)
    page.get_by_label("Donation", exact=True).fill("2024-02-29")
    page.get_by_label("Transplant", exact=True).fill("2024-03-01")
    page.get_by_label("Follow-up after one week").fill("2024-03-07")
    page.get_by_label("Consent to letters (donor)").select_option("granted")
    page.get_by_label("Day of that answer (donor)").fill("2024-02-01")
    page.get_by_role("button", name="Save dates and consents").click()
    expect(page.get_by_text("The case is saved.")).to_be_visible()
    expect(steps.filter(has_text="Donation")).to_contain_text("done")
    expect(steps.filter(has_text="Donation")).to_contain_text("29 February 2024")
    expect(steps.filter(has_text="one week")).to_contain_text("7 March 2024")
    expect(steps.filter(has_text="one year")).to_contain_text("overdue")
    expect(steps.filter(has_text="one year")).to_contain_text("from 28 February 2025")
    expect(steps.filter(has_text="Medical")).to_contain_text("not recorded")
    clock = page.get_by_role("region", name="Anonymity clock")
    expect(clock).to_contain_text("starts with the transplant of 2024-03-01")
    expect(clock).to_contain_text("1 March 2026")
    expect(page.get_by_label("Consent to letters (donor)")).to_have_value("granted")


def test_a_wrong_day_is_told_in_the_words_of_the_form(take_seat: TakeSeat) -> None:
    """With everything typed kept, and nothing saved."""
    seat = take_seat("coordinator")
    page = seat.page
    seat.go(CASE)
    before = page.get_by_label("Medical examination").input_value()
    page.get_by_label("Medical examination").fill("31.01.2024")
    page.get_by_role("button", name="Save dates and consents").click()
    expect(page.get_by_role("alert")).to_contain_text("Medical examination must be a day such as")
    expect(page.get_by_label("Medical examination")).to_have_value("31.01.2024")
    seat.go(CASE)
    expect(page.get_by_label("Medical examination")).to_have_value(before)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_colleague_who_was_quicker_is_not_overwritten(
    take_seat: TakeSeat,
    javascript: bool,
) -> None:
    """The page says so and shows the case as it is now."""
    slow, quick = (take_seat("coordinator", javascript=javascript) for _ in range(2))
    for seat in (slow, quick):
        seat.go(CASE)
    day = "2024-01-25" if javascript else "2024-01-26"
    quick.page.get_by_label("Extra checks").fill(day)
    quick.page.get_by_role("button", name="Save dates and consents").click()
    expect(quick.page.get_by_text("The case is saved.")).to_be_visible()
    slow.page.get_by_label("Extra checks").fill("2023-12-24")
    slow.page.get_by_role("button", name="Save dates and consents").click()
    expect(slow.page.get_by_text("a colleague changed this case")).to_be_visible()
    expect(slow.page.get_by_label("Extra checks")).to_have_value(day)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_states_of_steps_can_be_read(take_seat: TakeSeat, scheme: str) -> None:
    """Enough contrast with every state on the page, and the order is one a screen reader has."""
    seat = take_seat("coordinator")
    seat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for donation, wanted in (("", "not recorded"), ("2025-12-01", "overdue")):
        seat.go(CASE)
        seat.page.get_by_label("Donation", exact=True).fill(donation)
        seat.page.get_by_label("Transplant", exact=True).fill("")
        seat.page.get_by_label("Follow-up after one week").fill("")
        seat.page.get_by_role("button", name="Save dates and consents").click()
        expect(seat.page.locator("ol.timeline")).to_contain_text(wanted)
        assert seat.poor_contrast() == {}
    headings = seat.page.locator("ol.timeline h3").all_text_contents()
    assert headings[0] == "Asked"
    assert headings[-1] == "Follow-up after five years"


def test_the_template_of_a_case_list_is_downloaded_and_imports(
    take_seat: TakeSeat, tmp_path: Path
) -> None:
    """Its invented row is in the register afterwards, with its days."""
    seat = take_seat("coordinator")
    page = seat.page
    seat.go("/review/cases/import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a template").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("All cases of the file are imported.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="EXAMPLE-1")).to_contain_text("2025-03-11")
