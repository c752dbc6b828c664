"""The letter page: what stands in the HTML is the letter, and every form says what was seen."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from anonymizer.model import TreatmentAction
from service.actions.may_do import May
from service.actions.views import LetterView, SeenNumber
from service.web.review import words
from service.web.review.letter_page import MOST_AT_A_GLANCE, letter_page, next_open
from service.web.review.pages import page
from tests.factories import NUMBER
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


def strip_of(view: LetterView) -> str:
    """The strip over the letter."""
    return render(view=view).partition('<dl class="card facts strip">')[2].partition("</dl>")[0]


def routed(**changes: object) -> LetterView:
    """The sample letter with another strip."""
    view = sample.letter()
    return replace(view, routing=replace(view.routing, **changes))  # type: ignore[arg-type]


def not_drafted(view: LetterView) -> LetterView:
    """The letter as it is before the machine has read it, or where it could not."""
    return replace(view, outgoing=None, findings=(), replacements=(), flags=(), suggestions=0)


@pytest.mark.parametrize(
    ("number", "is_grid", "said"),
    [
        (NUMBER, True, "✓ checksum"),
        (f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}", True, "✓ checksum"),
        (f"{NUMBER[:-1]}X", False, "✕ checksum wrong"),
        (f"{NUMBER[:4]}-{NUMBER[4:-1]}X", False, "✕ checksum wrong"),
        ("DKM123", False, "no checksum"),
    ],
)
def test_the_strip_says_what_the_number_itself_says(number: str, is_grid: bool, said: str) -> None:
    """Before and after the draft alike, however the number is written."""
    view = routed(donor_number=number, donor_number_is_grid=is_grid)
    for shown in (view, not_drafted(view)):
        strip = strip_of(shown)
        assert [
            one for one in ("✓ checksum", "✕ checksum wrong", "no checksum") if one in strip
        ] == [said]


def test_before_the_draft_nothing_is_said_to_be_missing() -> None:
    """Nobody has looked yet: neither a number, nor a case, nor a passage is known to be absent."""
    nothing = routed(donor_number=None, case_id=None)
    html = render(view=not_drafted(nothing))
    assert "✕ none" not in strip_of(not_drafted(nothing))
    assert strip_of(not_drafted(nothing)).count("not read yet") == 2
    assert "The machine found nothing" not in html
    assert "There is no draft of this letter" in html
    assert strip_of(nothing).count("✕ none") == 2
    read = render(view=replace(sample.letter(), findings=(), replacements=(), suggestions=0))
    assert "The machine found nothing" in read


def test_numbers_that_came_with_an_allocated_letter_stay_on_its_page() -> None:
    """Those that are not of the case are marked: the case was named by a person."""
    seen = (
        SeenNumber(number=NUMBER, on_cover=True, of_case=False),
        SeenNumber(number="DKM0000000", on_cover=False, of_case=True),
    )
    strip = strip_of(routed(seen=seen))
    cover, _, text = strip.partition("in the letter:")
    assert "on the cover:" in cover
    assert f"{NUMBER[:4]} {NUMBER[4:8]}" in cover
    assert "! not the number of this case" in cover
    assert "! not the number of this case" not in text
    assert "on the cover:" not in strip_of(sample.letter())


def test_equal_passages_are_counted() -> None:
    """Both marked Annas know of each other."""
    rows = letter_page(sample.letter()).ordered
    assert [row.equal for row in rows if row.finding.text == "Anna"] == [2, 2]


def test_what_is_to_decide_stands_in_one_list() -> None:
    """Suggestions with the same words and of the same kind share a line."""
    view = sample.letter()
    opened = replace(
        view,
        findings=tuple(
            replace(one, action=TreatmentAction.SUGGEST, replacement=None) for one in view.findings
        ),
    )
    lines = [(one.finding_id, one.text, one.count) for one in letter_page(opened).to_decide]
    assert lines == [("f1", "Anna", 2), ("f2", "Oldtown", 1), ("f4", "baker", 1), ("f5", "glad", 1)]
    html = render(view=opened)
    assert html.count('name="out"') == 4
    assert "Remove all 5" in html


def test_a_list_too_long_for_one_look_is_decided_by_kind_only() -> None:
    """Nobody ticks through a hundred lines; each kind is still decided at once."""
    view = sample.letter()
    one = next(one for one in view.findings if one.finding_id == "f4")
    many = tuple(
        replace(one, finding_id=f"s{number}", text=f"baker {number}")
        for number in range(MOST_AT_A_GLANCE + 1)
    )
    full = replace(view, findings=many, replacements=(), suggestions=len(many))
    assert letter_page(full).to_decide == ()
    html = render(view=full)
    assert 'id="to-decide"' not in html
    assert 'name="kind" value="OCCUPATION" required' in html


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
