"""The letter page: what stands in the HTML is the letter, and every form says what was seen."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from service.actions.may_do import May
from service.web.review import words
from service.web.review.letter_page import letter_page, next_open
from service.web.review.pages import page
from tests.web import review_samples as sample


class TextOf(HTMLParser):
    """The text of one element, as a browser sees it."""

    def __init__(self, element_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = element_id
        self.depth = 0
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go down inside the element."""
        if self.depth or dict(attrs).get("id") == self.wanted:
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        """Come up again."""
        self.depth -= bool(self.depth)

    def handle_data(self, data: str) -> None:
        """Collect."""
        if self.depth:
            self.text += data


def text_of(html: str, element_id: str) -> str:
    """The text of the element with this id."""
    parser = TextOf(element_id)
    parser.feed(html)
    return parser.text


def render(name: str = "letter.html", view: object = None, *, may_save_cases: bool = False) -> str:
    """The page of the sample letter."""
    chosen = view or sample.letter()
    made = page(
        sample.request(),
        name,
        sample.someone(),
        page=letter_page(chosen),  # type: ignore[arg-type]
        words=words,
        history=(),
        may_see_audit=False,
        may_save_cases=may_save_cases,
    )
    return bytes(made.body).decode()


def test_the_original_in_the_page_is_the_letter() -> None:
    """Not one character is added to, or missing from, the letter as written."""
    assert text_of(render(), "original") == sample.TEXT


@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_the_outgoing_text_in_the_page_is_what_goes_out(name: str) -> None:
    """What a person approves is, character for character, what is sent."""
    assert text_of(render(name), "outgoing") == sample.outgoing()[0]


@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_a_script_in_a_letter_is_text(name: str) -> None:
    """Markup in a letter is shown, never made."""
    html = render(name)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)" in html


def test_hidden_characters_are_shown() -> None:
    """A character without a shape gets a mark with its name."""
    html = render()
    assert 'data-label="zero-width space"' in html
    assert 'data-label="right-to-left override"' in html


def test_every_form_carries_the_version_and_the_token() -> None:
    """No form can be sent without saying which state was on the screen."""
    forms = render().split("<form")[1:]
    posts = [form.split("</form>")[0] for form in forms if 'method="post"' in form]
    inside = [form for form in posts if "/review/letters/" in form]
    assert len(inside) >= 6
    assert all('name="version" value="7"' in form for form in inside)
    assert all('name="csrf_token" value="token-of-the-session"' in form for form in posts)


def test_an_approval_carries_the_digest_of_the_text_on_the_page() -> None:
    """The approval is bound to the very text that is shown."""
    digest = sample.letter().digest
    assert f'name="digest" value="{digest}"' in render("final.html")


def test_what_cannot_be_done_says_why() -> None:
    """A closed door shows the sentence that the action itself would raise."""
    closed = May(allowed=False, reason="One passage has to be decided first.")
    html = render(view=sample.letter(approve=closed))
    assert "One passage has to be decided first." in html
    assert f"/review/letters/{sample.LETTER_ID}/final" not in html
    assert "Approve this letter" not in render("final.html", sample.letter(approve=closed))


def test_a_reader_without_the_letter_gets_no_tools() -> None:
    """Who may not correct sees the passages and the reason, and no form to change them."""
    closed = May(allowed=False, reason="Claim the letter first.")
    html = render(view=sample.letter(correct=closed))
    assert "Claim the letter first." in html
    assert '/decide"' not in html
    assert '/mark"' not in html


def test_the_first_passage_to_decide_is_selected() -> None:
    """The page opens at what needs a decision."""
    made = letter_page(sample.letter())
    assert made.selected is not None
    assert made.selected.finding.text == "baker"


def test_a_passage_is_selected_by_its_place() -> None:
    """Without JavaScript the address says which passage the panel shows."""
    made = letter_page(sample.letter(), at=sample.TEXT.index("Oldtown"))
    assert made.selected is not None
    assert made.selected.finding.text == "Oldtown"


def test_equal_passages_are_counted() -> None:
    """Both marked Annas know of each other."""
    rows = letter_page(sample.letter()).ordered
    assert [row.equal for row in rows if row.finding.text == "Anna"] == [2, 2]


def test_the_final_read_lists_what_stays_readable() -> None:
    """Un-redacting is the dangerous direction, so it is shown once more."""
    assert "<bdi>glad</bdi>" in render("final.html")


def test_the_next_passage_to_decide_starts_over_at_the_end() -> None:
    """After the last open passage comes the first one that was left out."""
    view = sample.letter()
    assert next_open(view, after=len(sample.TEXT)) == sample.TEXT.index("baker")


def test_a_letter_that_could_not_be_drafted_is_shown_all_the_same() -> None:
    """There is a text to read, and in place of the outgoing one a sentence."""
    view = replace(sample.letter(), outgoing=None, digest=None, replacements=(), findings=())
    html = render(view=view)
    assert text_of(html, "original") == sample.TEXT
    assert "There is no outgoing text yet." in html


@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_a_combination_names_and_links_its_passages(name: str) -> None:
    """On the letter's page, and once more before approval; words are text there too."""
    view = replace(sample.letter(), combinations=(sample.combination(earlier=False),))
    html = render(name, view)
    assert "Identifies together." in html
    assert "A job and an age fit few people." in html
    place = sample.TEXT.index("baker")
    link = f'<a href="/review/letters/{sample.LETTER_ID}?at={place}#panel">'
    assert f"job {link}<q><bdi>baker</bdi></q></a>, age <a" in html
    assert "<bdi>[in my &lt;fifties&gt;]</bdi></q></a> (generalised)." in html
    assert "Together with earlier letters." not in html


@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_a_combination_over_time_says_which_letter_told_what(name: str) -> None:
    """By the day it came in, with a link to the passage there."""
    view = replace(sample.letter(), combinations_over_time=(sample.combination(earlier=True),))
    html = render(name, view)
    notice = html.partition("Together with earlier letters.")[2].partition("</li>")[0]
    assert "The letter received <time" in notice
    assert "21 Oct 2026" in notice
    assert f'told age <a href="/review/letters/{sample.EARLIER_ID}?at=0#panel">' in notice
    assert "This letter tells job" in notice
    assert "Identifies together." not in html


@pytest.mark.parametrize("name", ["letter.html", "final.html"])
def test_without_a_combination_nothing_is_said_about_any(name: str) -> None:
    """No empty notice."""
    html = render(name)
    assert "Identifies together." not in html
    assert "Together with earlier letters." not in html


def test_who_looks_after_cases_gets_to_the_case() -> None:
    """Others see its id without a link that would refuse them."""
    link = 'href="/review/cases/'
    assert link in render(may_save_cases=True)
    assert link not in render(may_save_cases=False)
