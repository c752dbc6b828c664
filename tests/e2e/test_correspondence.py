"""The page of a case with thread, clock and pathway; writers told; a release by two people."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Office, Seat, TakeSeat

pytestmark = pytest.mark.browser

NUMBER = "4970537838306400308"
CASE = f"""\
donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,known_donor,known_patient,\
donation_dates,transplant_dates,asked_on,consented_on,donor_consents,patient_consents,donor_language
{NUMBER},C-0700,DE,US,CL-US-COAST,Coast Transplant Center (invented),PERSON=Ines Albrecht,\
PERSON=Walter Finch,2023-01-10,2023-01-12,2022-11-01,2022-11-08,\
granted 2023-02-01;counselled 2026-01-10,\
granted 2023-02-01;release 2026-01-12;counselled 2026-01-11,de
"""
LETTER = f"""\
Dear recipient,

my name is Ines and I live in Emden. I hope that you are well, and I would love to meet you one day.

With kind regards
Ines

My donor number is {NUMBER}.
"""


@pytest.fixture
def case(office: Office) -> str:
    """A case whose anonymity period is over and for which one signature is missing; its path."""
    path = office.data / "released.csv"
    path.write_text(CASE, "utf-8")
    office.command("cases", "import", str(path))
    return "/review/cases/C-0700"


def record_signature(seat: Seat) -> None:
    """Write down that the donor has signed."""
    page = seat.page
    page.get_by_label("Consent to direct contact signed (donor)").fill("2026-01-20")
    page.get_by_role("button", name="Save dates and consents").click()
    expect(page.get_by_text("The case is saved.")).to_be_visible()


def test_two_people_release_identities_after_the_period(take_seat: TakeSeat, case: str) -> None:
    """The first cannot do it alone; the record names both; without a signature nobody can."""
    cora, sena = take_seat("coordinator"), take_seat("senior")
    cora.go(case)
    contact = cora.page.locator("section", has=cora.page.locator("#contact-title"))
    expect(contact.get_by_text("The donor has not signed")).to_be_visible()
    expect(contact.get_by_role("button", name="Release identities")).to_have_count(0)
    expect(cora.page.get_by_role("heading", name="Anonymity clock")).to_be_visible()
    expect(cora.page.get_by_text("The anonymity period starts with the transplant")).to_be_visible()
    expect(cora.page.locator(".timeline .step.done")).not_to_have_count(0)

    record_signature(cora)
    expect(contact.get_by_text("possible today")).to_be_visible()
    contact.get_by_label("Why both sides").fill("Both have asked for it in writing.")
    contact.get_by_role("button", name="Release identities").click()
    expect(cora.page.get_by_text("A second person has to confirm it.")).to_be_visible()
    expect(contact.get_by_text("Another person has to confirm it.")).to_be_visible()
    expect(contact.get_by_role("button", name="Confirm the release")).to_have_count(0)

    sena.go(case)
    expect(sena.page.get_by_text("Both have asked for it in writing.")).to_be_visible()
    sena.page.get_by_role("button", name="Confirm the release").click()
    expect(sena.page.get_by_text("Confirmed and recorded. Nothing was sent")).to_be_visible()
    expect(sena.page.get_by_text("✓ released")).to_be_visible()
    expect(sena.page.get_by_text(re.compile("Confirmed .* by Ruth"))).to_be_visible()


def test_the_thread_shows_letters_and_what_their_writers_are_told(
    take_seat: TakeSeat, case: str
) -> None:
    """A letter goes back with a text that the proofreader changed; the thread keeps it."""
    seat = take_seat()
    page = seat.page
    letter_id = seat.bring_in(LETTER, number=NUMBER)
    page.get_by_role("link", name="Notices").click()
    page.get_by_role("button", name="Write it now").click()
    expect(page.get_by_text("Guten Tag,")).to_be_visible()
    page.get_by_role("button", name="It has left the house").click()
    expect(page.get_by_text("Noted: the notice has left the house.")).to_be_visible()
    seat.claim(letter_id)
    page.get_by_role("link", name="Return to the writer …").click()
    text = page.get_by_label("What the writer is told")
    expect(text).to_have_value(re.compile("er bittet um ein Treffen"))
    page.get_by_label("Language of the writer").select_option("English")
    page.get_by_role("button", name="Show this text").click()
    expect(text).to_have_value(re.compile("it asks for a meeting"))
    text.fill("Dear Walter Finch, no.")
    page.get_by_role("button", name="Return the letter").click()
    expect(page.get_by_text("known about the other side")).to_be_visible()
    expect(text).to_have_value("Dear Walter Finch, no.")
    text.fill("Dear writer, please leave out the meeting.")
    page.get_by_role("button", name="Return the letter").click()
    expect(page.get_by_text("goes back to the writer")).to_be_visible()

    seat.go(case)
    thread = page.locator(".thread")
    row = thread.locator("li", has=page.get_by_role("link", name=letter_id[:8]))
    expect(row.get_by_text("Returned to the writer")).to_be_visible()
    expect(row.get_by_text("The writer is told: returned to you.")).to_be_visible()
    expect(thread).not_to_contain_text("Emden")
    row.get_by_role("link", name="Notices").click()
    expect(page.get_by_text("Dear writer, please leave out the meeting.")).to_be_visible()


def test_letters_that_wait_are_counted_for_those_who_look_after_them(take_seat: TakeSeat) -> None:
    """A coordinator has the page; a proofreader has neither page nor entry."""
    seat, reader = take_seat("coordinator"), take_seat("proofreader")
    seat.go("/review/waiting")
    expect(seat.page.get_by_role("heading", name="Waiting too long")).to_be_visible()
    expect(seat.page.get_by_text("Nothing waits too long")).to_be_visible()
    reader.go("/review/waiting")
    expect(reader.page.get_by_text("This is not yours to do")).to_be_visible()
    expect(reader.page.get_by_role("link", name="Waiting")).to_have_count(0)
