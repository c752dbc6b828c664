"""The language of the pages: which one, what is said in it, and what stays as it was written."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.actions import Desk
from service.actions.rule_views import RowView
from service.app import create_app
from service.web.language.choice import ENGLISH, GERMAN, LANGUAGES, choose, language_for
from service.web.language.times import clock_words, day_words, moment_words, number_words
from service.web.language.words import gettext, ngettext, told, told_plain
from service.web.review.countries import NAMES, country_name, in_country
from service.web.review.filters import FILTERS, plural
from service.web.review.language import is_ours
from service.web.review.pages import STATIC_FOLDER
from tests.factories import add, make_desk
from tests.integration.server import served
from tests.web import review_samples as sample
from tests.web.test_review_letter_page import render, text_of


@pytest.fixture
def german() -> Iterator[None]:
    """The request is answered in German."""
    choose(GERMAN)
    yield
    choose(ENGLISH)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[httpx.Client]:
    """A browser that is not signed in."""
    desk: Desk = make_desk(tmp_path)
    add(desk, "Anna")
    app = create_app(desk.settings, desk=desk, work=False)
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as made:
        yield made
    desk.database.close()


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        (None, None, "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr, en;q=0.5, de;q=0.9", "de"),
        (None, "de;q=0, en", "en"),
        (None, "pl", "en"),
        (None, "de;q=much", "en"),
        ("en", "de", "en"),
        ("de", "en", "de"),
        ("tlh", "de", "de"),
    ],
)
def test_the_choice_goes_before_the_browser(
    cookie: str | None, accepted: str | None, code: str
) -> None:
    """A choice, else the browser's first language of ours, else English."""
    assert language_for(cookie, accepted).code == code


@given(some.text(), some.text())
def test_whatever_is_sent_a_language_is_found(cookie: str, accepted: str) -> None:
    """No header and no cookie can break a page."""
    assert language_for(cookie, accepted) in LANGUAGES.values()


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/review?tab=held", True),
        ("/", True),
        ("//elsewhere.example/", False),
        ("/\\elsewhere.example/", False),
        ("https://elsewhere.example/", False),
        ("/\r\nX: 1", False),
        ("", False),
    ],
)
def test_the_switch_leads_to_our_pages_only(path: str, *, ours: bool) -> None:
    """An address in the form cannot lead elsewhere."""
    assert is_ours(path) is ours


def test_the_switch_keeps_the_choice(browser: httpx.Client) -> None:
    """No session is needed; afterwards the same page is German, whatever the browser says."""
    page = browser.get("/sign-in", headers={"Accept-Language": "en"})
    assert '<html lang="en-GB">' in page.text
    answer = browser.post("/language", data={"code": "de", "back": "/sign-in"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "httponly" in answer.headers["set-cookie"].lower()
    page = browser.get("/sign-in", headers={"Accept-Language": "en"})
    assert '<html lang="de">' in page.text
    assert "Bitte anmelden" in page.text
    refused = browser.post("/language", data={"code": "tlh"})
    assert refused.status_code == 422
    assert "Diese Sprache gibt es nicht." in refused.text
    elsewhere = browser.post("/language", data={"code": "de", "back": "//elsewhere.example"})
    assert elsewhere.headers["location"] == "/"


def test_the_first_guess_is_the_browsers(browser: httpx.Client) -> None:
    """Before anybody chose, pages and errors are in the browser's language."""
    headers = {"Accept-Language": "de-DE,de;q=0.9"}
    assert "Bitte anmelden" in browser.get("/sign-in", headers=headers).text
    assert "Unter dieser Adresse ist nichts." in browser.get("/nowhere", headers=headers).text


@pytest.mark.usefixtures("german")
def test_days_and_numbers_are_german() -> None:
    """As people write them."""
    assert day_words(date(2026, 5, 3)) == "3. Mai 2026"
    assert moment_words(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "1. März 2026, 09:05 UTC"
    assert clock_words(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "09:05 UTC"
    assert (number_words(12345), number_words(0.4, 2)) == ("12.345", "0,40")
    assert plural(1, "letter", "letters") == "1 Brief"
    assert plural(2, "letter", "letters") == "2 Briefe"
    assert ngettext("passage", "passages", 3) == "Stellen"


def test_days_and_numbers_stay_english_by_default() -> None:
    """The pages as they always were."""
    assert day_words(date(2026, 5, 3)) == "3 May 2026"
    assert moment_words(datetime(2026, 9, 1, 9, 5, tzinfo=UTC)) == "1 Sep 2026, 09:05 UTC"
    assert (number_words(12345), number_words(0.4, 2)) == ("12,345", "0.40")
    assert told("Anything at all") == "Anything at all"
    assert gettext("Save") == "Save"


@pytest.mark.usefixtures("german")
def test_every_country_has_a_german_name() -> None:
    """And a way to say that something is there."""
    assert in_country("DE") == "in Deutschland"
    assert in_country("CH") == "in der Schweiz"
    assert in_country("US") == "in den Vereinigten Staaten"
    assert all(country_name(code) != code for code in NAMES)
    assert FILTERS["language"]("pl") == "Polnisch"


@pytest.mark.usefixtures("german")
def test_a_sentence_from_deeper_is_mapped_as_a_whole() -> None:
    """With what it tells in its places, words of ours in German, all else untouched."""
    assert told("There is no such person.") == "Diese Person gibt es nicht."
    assert told("The file is larger than 20 MB.") == "Die Datei ist größer als 20 MB."
    assert told("3 passages must be decided first.") == "Zuerst zu entscheiden: 3 Stellen."
    languages = told("The letter must be in German, English. It seems to be in Polish.")
    assert languages.startswith("Verlangte Sprache des Briefes: Deutsch, Englisch.")
    assert languages.endswith("Er scheint in dieser zu sein: Polnisch.")
    told_day = told("The donation is on 2026-05-03; no letter goes before that day.")
    assert told_day == "Die Spende ist am 3. Mai 2026; vor diesem Tag geht kein Brief."


@pytest.mark.usefixtures("german")
def test_several_sentences_are_mapped_one_by_one() -> None:
    """All of them or none."""
    assert told("The file is empty. Speaks of money.") == "Die Datei ist leer. Spricht von Geld."
    assert "lang" in told("The file is empty. Speaks of the sea.")


@pytest.mark.usefixtures("german")
def test_a_place_of_a_pattern_swallows_no_other_sentence() -> None:
    """Two reasons of the rules stand behind each other where a button is closed."""
    one, other = (
        f"Nobody has recorded {asked} ({row}): ask the registry, and have the answer entered in "
        "the rules."
        for asked, row in (
            ("how many letters each side may write", "PL"),
            ("whether letters are passed on", "IE"),
        )
    )
    both = told(f"{one} {other}")
    assert both == f"{told(one)} {told(other)}"
    assert "wie viele Briefe jede Seite schreiben darf (PL)" in both
    assert "ob Briefe weitergegeben werden (IE)" in both
    where = "For whoever keeps the rules: letters_per_side in row PL of rules/countries.toml."
    assert told(f"{one} {where}") == f"{told(one)} {told(where)}"
    assert "letters_per_side in Zeile PL von rules/countries.toml" in told(where)


@pytest.mark.usefixtures("german")
def test_what_is_not_known_stays_and_is_called_english() -> None:
    """Never a part of a sentence, never a guess; markup in it stays text."""
    assert told("There is no such person. Perhaps.") == (
        '<span lang="en">There is no such person. Perhaps.</span>'
    )
    assert told("<b>new</b>") == '<span lang="en">&lt;b&gt;new&lt;/b&gt;</span>'
    assert told_plain("Something new") == "Something new"
    assert (told(None), told_plain(None)) == ("", "")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_the_letter_stays_as_it_was_written(name: str) -> None:
    """The pages are German, the texts are code point for code point those of the letter."""
    html = render(name)
    assert '<html lang="de">' in html
    assert text_of(html, "outgoing") == sample.outgoing()[0]
    assert not re.search(r">(?:Remove|Keep|Undo|Approve|Back to the letter|Language)\b", html)


@pytest.mark.usefixtures("german")
def test_reasons_are_sent_as_they_are_kept() -> None:
    """The history keeps one form of a reason; only what a person reads is German."""
    button = 'value="Already general enough" class="slim">Schon allgemein genug</button>'
    assert button in render()


@pytest.mark.usefixtures("german")
def test_no_sentence_is_half_german() -> None:
    """Lists with "or", names of rows, reasons for a case, whole hours, labels of marks."""
    needs = "The list of letters that wait too long needs the role {}."
    assert told(needs.format("proofreader or senior proofreader")) == (
        "Die Liste der Briefe, die zu lange warten: "
        "Das braucht die Rolle Lektorat oder Erfahrenes Lektorat."
    )
    assert told("its donor number stands on the cover") == (
        "seine Spendernummer steht auf dem Umschlag"
    )
    row = RowView(
        name="row ZA of registries.toml",
        pages=(),
        words="none found",
        checked=None,
        certainty="unknown",
        note=None,
    )
    assert FILTERS["row_words"](row) == "Zeile ZA von registries.toml: Diese Zeile gibt es nicht"
    assert told_plain(row.words) == "keine gefunden"
    style = (STATIC_FOLDER / "marks.css").read_text("utf-8")
    assert not re.search(r'content: (?:attr\([a-z-]+\) )*"[^"]*[a-z]', style)


@pytest.mark.usefixtures("german")
def test_words_that_are_not_all_ours_stay_as_they_are() -> None:
    """An "or" in what somebody wrote is theirs."""
    text = told("The list of letters that wait too long needs the role Oak or proofreader.")
    assert "Oak or proofreader" in text
