"""A picture of a letter in a browser: boxes by mouse and by number, a look, approval by hand."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.documents.make_office import docx, paragraph
from tests.documents.test_outgoing_picture import NAME, photo, told
from tests.e2e.conftest import Office, Seat, TakeSeat, open_office
from tests.e2e.test_files import bring_in_file

pytestmark = pytest.mark.browser

LETTER = docx(
    paragraph("Dear friend, thank you so much. Here is a picture of our house."),
    {"word/media/image1.jpeg": told(photo(), "JPEG")},
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A service of a site whose rules let photographs go, and no drawings."""
    rules = tmp_path_factory.mktemp("rules") / "rules"
    (rules / "exchange").mkdir(parents=True)
    row = (
        'photos = "yes"\ngifts = "no"\nsource = "test"\nchecked = 2026-01-01\ncertainty = "firm"\n'
    )
    (rules / "exchange" / "countries.toml").write_text(f"[DE]\n{row}[US]\n{row}", "utf-8")
    data = tmp_path_factory.mktemp("pictures")
    with open_office(data, LETTERS_RULES_FOLDER=str(rules)) as opened:
        yield opened


def look_at_the_picture(seat: Seat, folder: Path) -> str:
    """Claim a letter with a picture and open its page; the letter's id."""
    letter_id = bring_in_file(seat, LETTER, folder, "#outgoing")
    seat.claim(letter_id)
    seat.page.get_by_role("link", name="Look at it, cover parts of it, let it go").click()
    expect(seat.page.get_by_role("img", name="The picture as it came")).to_be_visible()
    return letter_id


def type_box(seat: Seat) -> None:
    """The box over the words, as numbers."""
    for name, value in {"left": 30, "top": 30, "width": 590, "height": 70}.items():
        seat.page.locator(f"input[name={name}]").first.fill(str(value))


def draw_box(seat: Seat) -> None:
    """The same with the mouse."""
    sheet = seat.page.locator("#box-sheet")
    sheet.scroll_into_view_if_needed()
    area = sheet.bounding_box()
    assert area is not None
    scale = area["width"] / 640
    mouse = seat.page.mouse
    mouse.move(area["x"] + 30 * scale, area["y"] + 30 * scale)
    mouse.down()
    mouse.move(area["x"] + 620 * scale, area["y"] + 100 * scale, steps=4)
    mouse.up()
    expect(sheet.locator("rect")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_picture_is_covered_looked_at_and_goes_with_the_letter(
    take_seat: TakeSeat, tmp_path: Path, *, javascript: bool
) -> None:
    """Words that identify keep it here until a box covers them; drawings are barred here."""
    seat = take_seat(javascript=javascript)
    page = seat.page
    letter_id = look_at_the_picture(seat, tmp_path)
    expect(page.get_by_label("A drawing or a card")).to_be_disabled()
    page.get_by_label("A photograph").check()
    burn = page.get_by_role("button", name="Burn the boxes in and show the result")
    burn.click()
    expect(page.get_by_text("Cover it with boxes.").first).to_be_visible()
    expect(page.get_by_role("button", name="Let it go with the letter")).to_have_count(0)
    if javascript:
        draw_box(seat)
    else:
        type_box(seat)
    burn.click()
    expect(page.get_by_role("img", name="The picture with its boxes")).to_be_visible()
    if javascript:
        assert seat.poor_contrast() == {}
    page.screenshot(path=tmp_path / "picture.png", full_page=True)
    page.get_by_label("I have looked at the picture as it would leave").check()
    page.get_by_role("button", name="Let it go with the letter").click()
    expect(page.get_by_text("This picture goes with the letter.")).to_be_visible()
    seat.go(f"/review/letters/{letter_id}")
    seat.decide_everything()
    seat.final_read()
    image = page.get_by_role("img", name="Picture 1 as it leaves")
    expect(image).to_be_visible()
    page.get_by_role("button", name="Approve this letter").click()
    expect(page.get_by_text("Approved. The letter goes on its way now.")).to_be_visible()
    for _ in range(120):
        found = [
            file
            for file in seat.office.outbox.rglob("picture-1.png")
            if not file.parent.name.startswith(".")
        ]
        if len(found) == (1 if javascript else 2):
            break
        page.wait_for_timeout(250)
    left = max(found, key=lambda file: file.stat().st_mtime)
    assert NAME.encode() not in left.read_bytes()
    with Image.open(BytesIO(left.read_bytes())) as picture:
        assert max(picture.convert("L").crop((40, 40, 600, 90)).tobytes()) == 0


def test_a_picture_that_was_chosen_can_be_kept_back(take_seat: TakeSeat, tmp_path: Path) -> None:
    """Until the letter is approved."""
    seat = take_seat()
    page = seat.page
    letter_id = look_at_the_picture(seat, tmp_path)
    page.get_by_label("A photograph").check()
    type_box(seat)
    page.get_by_role("button", name="Burn the boxes in and show the result").click()
    page.get_by_label("I have looked at the picture as it would leave").check()
    page.get_by_role("button", name="Let it go with the letter").click()
    page.get_by_role("button", name="Do not forward it").click()
    expect(page.get_by_text("The picture is not forwarded.")).to_be_visible()
    seat.go(f"/review/letters/{letter_id}")
    expect(page.get_by_text("goes with the letter")).to_have_count(0)
