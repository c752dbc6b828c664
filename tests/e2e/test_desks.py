"""Around the letter: signing in, allocation, language, cases, and who may go where."""

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DONOR_NUMBER, Office, TakeSeat

pytestmark = pytest.mark.browser


def test_a_link_works_once(take_seat: TakeSeat, office: Office) -> None:
    """A used link says so and signs nobody in."""
    seat = take_seat()
    link = office.new_person("Ruth Fourteen", "proofreader")
    seat.page.goto(link)
    seat.page.get_by_role("button", name="Sign in").click()
    seat.page.context.clear_cookies()
    seat.page.goto(link)
    expect(seat.page.get_by_text("This link does not work any more")).to_be_visible()
    seat.go("/review")
    expect(seat.page.get_by_text("Please sign in")).to_be_visible()


def test_a_letter_without_a_case_is_allocated_by_hand(take_seat: TakeSeat) -> None:
    """The coordinator sees the numbers and the near case, chooses, and the letter goes on."""
    seat = take_seat()
    page = seat.page
    letter_id = seat.bring_in("Dear recipient,\n\nI wish you well.\n", number="")
    seat.go("/review/allocation")
    card = page.locator(f"#letter-{letter_id}")
    card.get_by_label("case id", exact=False).fill("C-0003")
    card.get_by_label("Reason").select_option("The registry confirmed the case")
    card.get_by_role("button", name="Allocate").click()
    expect(page.get_by_text("Allocated.")).to_be_visible()
    for _ in range(100):
        seat.go(f"/review/letters/{letter_id}")
        if page.get_by_role("button", name="Claim this letter").count():
            break
        time.sleep(0.1)
    expect(page.get_by_text("C-0003")).to_be_visible()
    expect(page.get_by_text("by hand", exact=True)).to_be_visible()


def test_a_letter_in_another_language_is_released_with_a_reason(take_seat: TakeSeat) -> None:
    """The hold says what is required, the release asks why, and the letter is free."""
    seat = take_seat()
    page = seat.page
    seat.bring_in(
        "Liebe Empfängerin, lieber Empfänger,\n\nich hoffe sehr, dass es dir gut geht und du die "
        "Zeit im Krankenhaus hinter dir hast. Meine Familie und ich denken oft an dich.\n\n"
        "Herzliche Grüße\n"
    )
    expect(page.get_by_text("Waits for a language decision")).to_be_visible()
    expect(page.get_by_text("English required")).to_be_visible()
    page.get_by_text("Release to review …").click()
    page.get_by_label("Why this letter may go on").fill("The clinic has a reader of German")
    page.get_by_role("button", name="Release to review").click()
    expect(page.get_by_text("The letter may go on as it is written.")).to_be_visible()
    expect(page.get_by_role("button", name="Claim this letter")).to_be_visible()


def test_a_case_file_with_a_bad_row_imports_nothing(take_seat: TakeSeat) -> None:
    """The page lists each bad row, and the register stays as it was."""
    seat = take_seat()
    content = (
        "donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,known_donor,"
        "known_patient\n"
        f"{DONOR_NUMBER[:-1]}X,C-0100,Germany,US,CL-US-COAST,Coast,,\n"
    )
    seat.go("/review/cases/import")
    seat.page.get_by_label("CSV file").set_input_files(
        {"name": "cases.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    seat.page.get_by_role("button", name="Import").click()
    expect(seat.page.get_by_text("Nothing was imported.")).to_be_visible()
    expect(seat.page.get_by_text("row 2", exact=False)).to_be_visible()
    seat.go("/review/cases")
    expect(seat.page.get_by_text("C-0100")).to_have_count(0)


def test_an_auditor_sees_the_trail_and_no_letter(take_seat: TakeSeat) -> None:
    """Other doors say which role they need."""
    writer, auditor = take_seat(), take_seat("auditor")
    letter_id = writer.bring_in("Dear recipient,\n\nmy name is Hedwig.\n")
    expect(auditor.page.get_by_role("heading", name="Audit trail")).to_be_visible()
    auditor.go(f"/review/letters/{letter_id}")
    expect(auditor.page.get_by_text("This is not yours to do")).to_be_visible()
    expect(auditor.page.get_by_text("Reading letters needs the role")).to_be_visible()
    assert "Hedwig" not in auditor.page.content()


def test_signing_out_ends_the_session(take_seat: TakeSeat) -> None:
    """After signing out no page of the desk opens."""
    seat = take_seat()
    seat.page.get_by_role("button", name="Sign out").click()
    expect(seat.page.get_by_text("You are signed out")).to_be_visible()
    seat.go("/review")
    expect(seat.page.get_by_text("Please sign in")).to_be_visible()
