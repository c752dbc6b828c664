"""The desk of the rules: reasons with their rows, a release with a reason, a translation."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import HELD_NUMBER, TakeSeat

pytestmark = pytest.mark.browser

LETTER = (
    "Dear recipient,\n\nI often think of you and hope that you are getting better every day. It "
    "was a small thing for me to give.\n\nWith my best wishes\n"
)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_held_letter_is_released_from_its_reasons(
    take_seat: TakeSeat,
    javascript: bool,
) -> None:
    """The coordinator sees which row is unknown and where it is from, and says why it may go."""
    seat = take_seat("coordinator", javascript=javascript)
    page = seat.page
    letter_id = seat.bring_in(LETTER, number=HELD_NUMBER)
    expect(page.get_by_text("Held by the rules", exact=True)).to_be_visible()
    rules = page.get_by_role("region", name="Rules of the exchange")
    told = "Nobody has told whether letters are passed on. Ask the registry in Ireland."
    expect(rules).to_contain_text(told)
    expect(rules).to_contain_text("between a donor in")
    expect(rules.get_by_text("letters, row IE of rules/exchange/countries.toml")).to_be_visible()
    expect(rules.get_by_text("checked 2026-11-15, weak", exact=False).first).to_be_visible()
    expect(rules.get_by_role("link", name="source").first).to_be_visible()
    expect(rules).to_contain_text("Letter 1 from this side")
    expect(rules).to_contain_text("How long both stay anonymous")
    rules.get_by_text("The rule of this exchange", exact=True).click()
    expect(rules.get_by_role("row", name="Direct contact never")).to_be_visible()
    assert seat.poor_contrast() == {}
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert seat.poor_contrast() == {}
    seat.go("/review?tab=rules")
    page.locator(f"a[href='/review/letters/{letter_id}']").click()
    page.get_by_text("Release with a reason …").click()
    page.get_by_label("Why this letter may go on").fill("The registry in Ireland agreed")
    page.get_by_role("button", name="Release from these reasons").click()
    expect(page.get_by_text("Released from these reasons.", exact=False)).to_be_visible()
    expect(rules.get_by_text("Released by a person.").first).to_be_visible()
    expect(page.get_by_text("Free", exact=True)).to_be_visible()


def test_long_names_of_rows_break_on_a_telephone(take_seat: TakeSeat) -> None:
    """A reason names a field and a file in one word each; the page stays as wide as the screen."""
    seat = take_seat("coordinator")
    seat.page.set_viewport_size({"width": 320, "height": 700})
    seat.bring_in(LETTER, number=HELD_NUMBER)
    expect(seat.page.get_by_text("rules/exchange/countries.toml").first).to_be_visible()
    sideways = seat.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert sideways <= 0


def test_a_translation_takes_the_place_of_a_letter(take_seat: TakeSeat) -> None:
    """Pasted by a coordinator; the letter as it came in stays to be read."""
    seat = take_seat("coordinator")
    page = seat.page
    letter_id = seat.bring_in(
        "Liebe Empfängerin, lieber Empfänger,\n\nich hoffe sehr, dass es dir gut geht und du die "
        "Zeit im Krankenhaus hinter dir hast. Meine Familie und ich denken oft an dich.\n"
    )
    page.get_by_text("Bring in a translation …").click()
    page.get_by_label("or the text of the translation").fill(LETTER)
    page.get_by_role("button", name="Take the translation in").click()
    seat.wait_for_draft(letter_id)
    expect(page.get_by_text("Free", exact=True)).to_be_visible()
    assert "small thing" in seat.outgoing()
    page.get_by_text("The letter as it came in").click()
    expect(page.get_by_text("Liebe Empfängerin", exact=False)).to_be_visible()
