"""The page of a case: its pathway as a line, its clock, and changing a day."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import HELD_NUMBER, QUIET_NUMBER, Seat, TakeSeat

pytestmark = pytest.mark.browser

CASE = "/review/cases/C-0042"

GERMAN = (
    "Liebe Empfängerin, lieber Empfänger,\n\nich hoffe sehr, dass es dir gut geht und du die "
    "Zeit im Krankenhaus hinter dir hast. Meine Familie und ich denken oft an dich.\n"
)


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


def test_a_case_with_letters_fits_a_telephone_and_its_parts_are_linked(
    take_seat: TakeSeat,
) -> None:
    """Held and free letters in the thread, 320 pixels; each jump link leads to its part."""
    seat = take_seat("coordinator")
    page = seat.page
    for number in (HELD_NUMBER, QUIET_NUMBER):
        seat.bring_in("Dear recipient,\n\nI often think of you and wish you well.\n", number=number)
    page.set_viewport_size({"width": 320, "height": 700})
    for case_id in ("C-0009", "C-0050"):
        seat.go(f"/review/cases/{case_id}")
        expect(page.locator(".letters > li").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    jumps = page.get_by_role("navigation", name="On this page").get_by_role("link")
    expect(jumps).to_have_count(7)
    for jump in jumps.all():
        expect(page.locator(jump.get_attribute("href") or "")).to_have_text(jump.inner_text())
    jumps.filter(has_text="Dates and consents").click()
    expect(page.get_by_role("heading", name="Dates and consents")).to_be_in_viewport()


def test_a_new_case_leads_to_its_page(take_seat: TakeSeat) -> None:
    """Where its dates and consents are entered, as the form promised."""
    seat = take_seat("coordinator")
    page = seat.page
    seat.go("/review/cases/new")
    for label, value in (
        ("Case id", "C-0060"),
        ("Donor number", "6939DKM710497465004"),
        ("Country of the donor", "DE"),
        ("Country of the patient", "GB"),
        ("Clinic id", "CL-GB-HARBOUR"),
        ("Name of the clinic", "Harbour Transplant Centre (invented)"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The case is saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Case C-0060")).to_be_visible()
    expect(page.get_by_role("button", name="Save dates and consents")).to_be_visible()


def test_a_refusal_outlives_saving_in_german(take_seat: TakeSeat) -> None:
    """What is saved is the answer, never its word in the language of the page."""
    seat = take_seat("coordinator")
    page = seat.page
    seat.go(CASE)
    page.get_by_label("Consent to letters (patient)").select_option("refused")
    page.get_by_role("button", name="Save dates and consents").click()
    expect(page.get_by_text("The case is saved.")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    answer = page.locator("#patient_letters")
    expect(answer).to_have_value("refused")
    page.locator("form.course button.primary").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(answer).to_have_value("refused")
    answer.select_option("granted")
    page.locator("form.course button.primary").click()
    expect(answer).to_have_value("granted")


def test_a_letter_held_for_its_language_says_that_its_reader_declined(take_seat: TakeSeat) -> None:
    """Why it cannot go back, and where it waits; released, it waits for its reader."""
    seat = take_seat("coordinator")
    page = seat.page
    letter_id = seat.bring_in(GERMAN, number=QUIET_NUMBER)
    expect(page.get_by_text("Waits for a language decision")).to_be_visible()
    _answer_of_the_patient(seat, "refused")
    seat.go(f"/review/letters/{letter_id}")
    expect(page.get_by_role("region", name="Rules of the exchange")).to_contain_text(
        "Returning it would tell its writer so"
    )
    expect(page.get_by_role("link", name="Return to the writer")).to_have_count(0)
    page.get_by_text("Release to review …").click()
    page.get_by_label("Why this letter may go on").fill("The reader knows German")
    page.get_by_role("button", name="Release to review", exact=True).click()
    expect(page.get_by_text("Held by the rules", exact=True)).to_be_visible()
    expect(page.get_by_text("Held: Language.")).to_have_count(0)
    _answer_of_the_patient(seat, "granted")


def _answer_of_the_patient(seat: Seat, answer: str) -> None:
    seat.go("/review/cases/C-0050")
    seat.page.get_by_label("Consent to letters (patient)").select_option(answer)
    seat.page.get_by_role("button", name="Save dates and consents").click()
    expect(seat.page.get_by_text("The case is saved.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_who_they_are_is_shown_once_for_a_reason(take_seat: TakeSeat, javascript: bool) -> None:
    """Masked until somebody says why; the next look at the page masks it again."""
    seat = take_seat("coordinator", javascript=javascript)
    page = seat.page
    seat.go("/review/cases/C-0003")
    card = page.get_by_role("region", name="Who they are")
    expect(card).to_contain_text("name")
    expect(page.locator("body")).not_to_contain_text("Lehmann")
    card.get_by_text("Show …").click()
    card.get_by_label("Why you have to see it").select_option("compare")
    card.get_by_role("button", name="Show who they are").click()
    expect(card).to_contain_text("Franziska Lehmann")
    expect(page.get_by_role("status").first).to_contain_text("Shown on this page only")
    expect(page.get_by_label("What is known about the donor")).to_have_value(
        "PERSON=Franziska Lehmann"
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    card.get_by_role("link", name="Mask again").click()
    expect(page.locator("body")).not_to_contain_text("Lehmann")
    expect(card).to_contain_text("To compare it with a letter or with papers")


def test_a_case_without_its_day_is_filtered(take_seat: TakeSeat) -> None:
    """Of donation, which no case of the first import has; without a script as well."""
    seat = take_seat("coordinator", javascript=False)
    page = seat.page
    seat.go("/review/cases")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Missing").select_option("donation_day")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="C-0009")).to_be_visible()
    page.get_by_label("Missing").select_option("transplant_day")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="C-0009")).to_have_count(0)
