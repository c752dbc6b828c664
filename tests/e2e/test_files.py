"""Letters as files in a browser: what was found in one, and a poor scan that a person types."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.documents.hidden_pdf_places import page_image, saved
from tests.documents.make_mail import mail
from tests.documents.make_office import docx, paragraph
from tests.e2e.conftest import DONOR_NUMBER, Seat, TakeSeat

pytestmark = pytest.mark.browser

TYPED = """Dear donor,

thank you for the gift of life. Every morning I walk along the river and think of you.

With love and hope from the one you helped."""
MAIL = mail(
    "Dear friend, thank you for everything that you did for me. I think of you every day.\r\n"
    "\r\nOn Monday Wilhelm wrote:\r\n> Please send your letter to me.\r\n",
    head="X-Writer: Wilhelmina Zzyzx\r\n",
)


def poor_scan() -> bytes:
    """A page of which OCR reads many words, and many of them wrongly."""
    return saved(page_image().resize((205, 78)).resize((1100, 420)), "PNG")


def bring_in_file(seat: Seat, content: bytes, folder: Path, until: str) -> str:
    """Bring a file in and load its letter until this can be seen; the letter's id."""
    file = folder / "letter.bin"
    file.write_bytes(content)
    page = seat.page
    seat.go("/review/new")
    page.get_by_label("A file").set_input_files(file)
    page.get_by_label("Donor number on the cover").fill(DONOR_NUMBER)
    page.get_by_label("Who wrote it").select_option("the donor")
    page.get_by_role("button", name="Take the letter in").click()
    found = re.search("[0-9a-f]{32}", page.url)
    assert found, page.url
    for _ in range(240):
        seat.go(f"/review/letters/{found.group()}")
        if page.locator(until).count():
            return found.group()
        page.wait_for_timeout(250)
    message = "the file was not read"
    raise AssertionError(message)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_poor_scan_is_typed_beside_its_image(
    take_seat: TakeSeat, tmp_path: Path, *, javascript: bool
) -> None:
    """Unsure words are marked without colour too; what was typed is drafted."""
    seat = take_seat(javascript=javascript)
    page = seat.page
    letter_id = bring_in_file(seat, poor_scan(), tmp_path, "h2:has-text('has to type')")
    seat.go("/review?tab=transcribe")
    page.get_by_role("link", name=letter_id[:8]).click()
    expect(page.get_by_text("To be transcribed")).to_be_visible()
    page.get_by_role("link", name="Transcribe …").first.click()
    image = page.get_by_role("img", name="Page 1 of the letter")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", value=True)
    assert image.evaluate("one => one.naturalWidth") == 1100
    unsure = page.locator("#read-text mark")
    assert unsure.count() > 3
    expect(unsure.first).to_contain_text("?")
    if javascript:
        assert seat.poor_contrast() == {}
    page.screenshot(path=tmp_path / "transcription.png", full_page=True)
    page.get_by_label("The text of the letter").fill(TYPED)
    page.get_by_role("button", name="Save the transcription").click()
    expect(page.get_by_text("The transcription is saved.", exact=False)).to_be_visible()
    seat.wait_for_draft(letter_id)
    assert "the gift of life" in seat.outgoing()
    seat.go("/review?tab=transcribe")
    expect(page.get_by_role("link", name=letter_id[:8])).to_have_count(0)
    seat.go(f"/review/letters/{letter_id}")
    page.get_by_text("What the machine read in the scan").click()
    page.screenshot(path=tmp_path / "typed.png", full_page=True)


def test_the_page_of_a_scan_is_a_picture_and_nothing_else(
    take_seat: TakeSeat, tmp_path: Path
) -> None:
    """Not guessed at, not kept by the browser, not for people without the right to read."""
    seat = take_seat()
    letter_id = bring_in_file(seat, poor_scan(), tmp_path, "h2:has-text('has to type')")
    address = f"{seat.office.address}/review/letters/{letter_id}/pages/1"
    with seat.page.expect_response(address) as waiting:
        seat.go(f"/review/letters/{letter_id}/transcription")
    answer = waiting.value
    headers = answer.headers
    assert (answer.status, headers["content-type"]) == (200, "image/png")
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    auditor = take_seat("auditor")
    refused = auditor.page.goto(address)
    assert refused is not None
    assert refused.status == 403


def test_what_stands_in_a_file_beside_the_letter_is_shown(
    take_seat: TakeSeat, tmp_path: Path
) -> None:
    """The quoted mail and the headers: listed by their place, not in the outgoing text."""
    seat = take_seat()
    page = seat.page
    bring_in_file(seat, MAIL, tmp_path, "#outgoing")
    section = page.locator("section", has=page.locator("#file-title"))
    expect(section.get_by_text("A mail. The reader gets a new document")).to_be_visible()
    section.locator("summary", has_text="Quoted mail").click()
    expect(section.get_by_text("Please send your letter to me.", exact=False)).to_be_visible()
    for one in section.locator("details").all():
        one.evaluate("one => { one.open = true }")
    expect(section.get_by_text("Wilhelmina Zzyzx", exact=False).first).to_be_visible()
    assert seat.poor_contrast() == {}
    page.screenshot(path=tmp_path / "file.png", full_page=True)
    assert "Zzyzx" not in seat.outgoing()


@pytest.mark.parametrize("javascript", [True, False])
def test_what_the_file_hides_is_ticked_before_the_letter_is_approved(
    take_seat: TakeSeat, tmp_path: Path, *, javascript: bool
) -> None:
    """It stands beside the decision; without the tick nothing is approved."""
    seat = take_seat(javascript=javascript)
    page = seat.page
    content = docx(
        paragraph("Dear friend, thank you so much. Every morning I walk along the river.")
        + '<w:p><w:del w:id="1"><w:r><w:delText>I am afraid.</w:delText></w:r></w:del></w:p>'
    )
    letter_id = bring_in_file(seat, content, tmp_path, "#outgoing")
    seat.claim(letter_id)
    seat.decide_everything()
    seat.final_read()
    expect(page.get_by_text("I am afraid.")).to_be_visible()
    if javascript:
        assert seat.poor_contrast() == {}
    page.screenshot(path=tmp_path / "final.png", full_page=True)
    approve = page.get_by_role("button", name="Approve this letter")
    approve.click()
    expect(approve).to_be_visible()
    page.get_by_label("I have seen what the file hides").check()
    approve.click()
    expect(page.get_by_text("Approved. The letter goes on its way now.")).to_be_visible()
