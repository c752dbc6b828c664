"""What selected words are guessed to be, and what keys do while a person chooses."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Seat, TakeSeat
from tests.e2e.desk import LETTER, at_desk
from tests.e2e.test_proofreading import select_word

pytestmark = pytest.mark.browser

GUESSES = [
    *[
        (words, "en", "DATE")
        for words in ("last March", "12 May 2019", "on 3rd of June", "Tuesday")
    ],
    *[(words, "de", "DATE") for words in ("im letzten Sommer", "vor zwei Jahren", "12.5.", "1987")],
    ("juillet 2020", "fr", "DATE"),
    *[(words, "en", "AGE") for words in ("34", "34 years old", "34-year-old", "forty-seven")],
    *[(words, "de", "AGE") for words in ("vierunddreißig", "34 Jahre alt", "34-jährige")],
    *[(words, "de", "PHONE") for words in ("0171 1234567", "+49 171 1234567")],
    *[(words, "de", "ADDRESS") for words in ("Hauptstraße 12", "01069 Dresden", "Bachweg")],
    ("hedwig@example.org", "en", "EMAIL"),
    ("6939DKM752917034231", "en", "OTHER_ID"),
    ("Universitätsklinikum", "de", "HOSPITAL"),
    ("Musikverein", "de", "ORGANIZATION"),
    ("J. R.", "en", "INITIALS"),
    *[(words, "en", "PERSON") for words in ("Mark", "Lise and Tom", "Dr. Miller", "FRANZISKA")],
    *[(words, "de", "PERSON") for words in ("Franziska Lehmann", "Anna-Lena von der Heide", "Jan")],
    *[(words, "de", "SINGLING_OUT") for words in ("Bundeswehrzeit", "Feuerwehr", "Jahrestag")],
    *[(words, "en", "SINGLING_OUT") for words in ("bicycle", "crane operator", "about 34")],
    ("", "", "SINGLING_OUT"),
]


@pytest.fixture
def seat(take_seat: TakeSeat) -> Seat:
    """A person with a letter in hand."""
    return at_desk(take_seat)


def test_a_guess_is_made_from_the_form_of_the_words(seat: Seat) -> None:
    """A date is no job, a long German noun no name; what is not known gets the neutral kind."""
    guessed = seat.page.evaluate(
        """async words => {
          const { guessKind } = await import("/static/guess.js");
          return words.map(([one, language]) => guessKind(one, language));
        }""",
        [[words, language] for words, language, _ in GUESSES],
    )
    wrong = {
        (words, language): (kind, got)
        for (words, language, kind), got in zip(GUESSES, guessed, strict=True)
        if kind != got
    }
    assert wrong == {}


def test_tab_leads_from_the_selection_to_the_guessed_kind(seat: Seat) -> None:
    """What Enter would do is said; another kind is one Tab and a few arrows away."""
    page = seat.page
    select_word(seat, "paragraph")
    toolbar = page.locator("#toolbar")
    expect(toolbar).to_contain_text("Enter marks as singles out")
    page.keyboard.press("Tab")
    expect(toolbar.locator("[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked and removed")).to_be_visible()
    expect(page.locator("#original a.finding", has_text="paragraph")).to_have_attribute(
        "data-kind", "DIAGNOSIS"
    )


def test_keys_rest_while_a_reason_is_chosen(seat: Seat) -> None:
    """`a` in the list of reasons to hold does not leave the page, neither in a list of kinds."""
    page = seat.page
    address = page.url
    page.get_by_text("Hold …").click()
    page.get_by_label("The clinic asked to wait").focus()
    for key in ("a", "r", "u", "?"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Put on hold").focus()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.locator("#new-kind").focus()
    page.keyboard.press("a")
    expect(page.locator("#letter")).to_be_visible()
    assert page.url == address
    assert seat.outgoing() != seat.original()


def test_a_free_letter_is_claimed_by_key_on_its_own_page(take_seat: TakeSeat) -> None:
    """The same key that claims the next one in the queue."""
    seat = take_seat()
    seat.go(f"/review/letters/{seat.bring_in(LETTER)}")
    seat.listen()
    seat.page.keyboard.press("c")
    expect(seat.page.get_by_text("The letter is yours")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_words_that_are_not_there_stay_to_be_corrected(
    take_seat: TakeSeat, javascript: bool
) -> None:
    """The letter's page again: the reason on top, the words in their field, the letter in hand."""
    seat = at_desk(take_seat, javascript=javascript)
    page = seat.page
    page.get_by_text("Something missed?").click()
    page.get_by_label("The exact words").fill("my <sistre>")
    page.get_by_label("What they are").select_option("family")
    page.get_by_role("button", name="Mark and remove").click()
    expect(page.locator("#message")).to_contain_text("These words do not stand in the letter")
    expect(page.locator("#mark-words")).to_have_value("my <sistre>")
    expect(page.locator("#mark-kind")).to_have_value("FAMILY")
    seat.listen()
    page.locator("#mark-words").fill("sister")
    page.get_by_label("What they are").select_option("family")
    page.get_by_role("button", name="Mark and remove").click()
    expect(page.get_by_text("Marked and removed")).to_be_visible()
    assert "sister" not in seat.outgoing()
