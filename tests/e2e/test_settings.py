"""The settings in a browser: a word is tried, proposed, confirmed, and holds in the next draft."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Seat, TakeSeat

pytestmark = pytest.mark.browser

SENTENCE = (
    "When I was ill I lay in the lindenhof for weeks, and the Lifesaver of my heart came to see me."
)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_word_is_tried_proposed_and_confirmed(take_seat: TakeSeat, javascript: bool) -> None:
    """By an administrator and a coordinator; the next letter is drafted with it."""
    word = "lindenhof" if javascript else "vierlinden"
    ada, cora = take_seat("admin", javascript=javascript), take_seat("coordinator")
    page = ada.page
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("A sentence").fill(SENTENCE.replace("lindenhof", word))
    page.get_by_label("Word or name").fill(word)
    page.get_by_label("What it is").select_option("hospital")
    page.get_by_role("button", name="Show what changes").click()
    tried = page.get_by_role("status").filter(has_text="The sentence changes")
    expect(tried).to_contain_text(f"I lay in the {word} for weeks")
    expect(tried).to_contain_text("I lay in the [hospital] for weeks")
    assert word not in page.url
    page.get_by_role("button", name="Propose the word").click()
    expect(page.get_by_text("A second person has to confirm it")).to_be_visible()
    expect(page.get_by_role("button", name=f"Confirm {word}")).to_have_count(0)
    cora.go("/review/settings")
    cora.page.get_by_role("button", name=f"Confirm {word}").click()
    expect(cora.page.get_by_text("It holds for every draft from now on")).to_be_visible()
    row = cora.page.get_by_role("row").filter(has_text=word)
    expect(row).to_contain_text("always remove")
    cora.bring_in(f"Dear recipient,\n\n{SENTENCE.replace('lindenhof', word)} I wish you well.\n")
    assert "in the [hospital] for weeks" in cora.outgoing()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_at_every_width(take_seat: TakeSeat, scheme: str) -> None:
    """Enough contrast, folded out, with a tried sentence; no sideways scrolling."""
    seat = take_seat("coordinator")
    seat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    _try(seat)
    seat.page.get_by_text("What happens to each kind").first.click()
    assert seat.poor_contrast() == {}
    for width in (320, 640, 1360):
        seat.page.set_viewport_size({"width": width, "height": 700})
        sideways = seat.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, width


def test_an_open_draft_is_drafted_again_with_one_button(take_seat: TakeSeat) -> None:
    """The reader is told that the words changed, and by whom else than a developer."""
    reader, ada, cora = take_seat("proofreader"), take_seat("admin"), take_seat("coordinator")
    letter_id = cora.bring_in(
        "Dear recipient,\n\nI sat in the sonnenwinkel for hours and thought of you. I hope that "
        "you are better every day. It was a small thing for me to give.\n"
    )
    assert "sonnenwinkel" in cora.outgoing()
    _try(ada, word="sonnenwinkel")
    ada.page.get_by_role("button", name="Propose the word").click()
    cora.go("/review/settings")
    cora.page.get_by_role("button", name="Confirm sonnenwinkel").click()
    expect(cora.page.get_by_text("It holds for every draft")).to_be_visible()
    reader.go(f"/review/letters/{letter_id}")
    notice = reader.page.get_by_role("listitem").filter(has_text="The words of the site changed")
    notice.get_by_role("button", name="Draft it again").click()
    expect(reader.page).to_have_url(re.compile("said=drafting-again"))
    reader.wait_for_draft(letter_id)
    for _ in range(100):
        if "sonnenwinkel" not in reader.outgoing():
            break
        reader.page.wait_for_timeout(100)
        reader.go(f"/review/letters/{letter_id}")
    assert "sonnenwinkel" not in reader.outgoing()
    expect(notice).to_have_count(0)


def _try(seat: Seat, *, word: str = "lindenhof") -> None:
    seat.go("/review/settings")
    seat.page.get_by_label("A sentence").fill(SENTENCE)
    seat.page.get_by_label("Word or name").fill(word)
    seat.page.get_by_label("What it is").select_option("hospital")
    seat.page.get_by_role("button", name="Show what changes").click()
    expect(seat.page.get_by_role("status").first).to_be_visible()
