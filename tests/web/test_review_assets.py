"""What the pages are made of: no foreign host, nothing inline, nothing unescaped, not too much."""

import re
from pathlib import Path

import pytest

from anonymizer.model import ContentFlagKind, EntityKind, TreatmentAction
from service.actions.views import HistoryEvent
from service.web.review import words
from service.web.review.countries import NAMES, in_country
from service.web.review.detail_words import detail_value
from service.web.review.event_words import EVENTS
from service.web.review.filters import age, compared, grouped, plural, recipient
from service.web.review.pages import MESSAGES, STATIC_FOLDER, page
from service.web.review.trail import entries
from service.workflow.audit import AuditAction
from service.workflow.recipients import Recipient, RecipientRole
from service.workflow.states import LetterState
from tests.unit.detection.test_inventory import INVENTORY
from tests.web import review_samples as sample

TEMPLATES = sorted((STATIC_FOLDER.parent / "templates").rglob("*.html"))
SCRIPTS = sorted(STATIC_FOLDER.rglob("*.js"))
STYLES = sorted(STATIC_FOLDER.rglob("*.css"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_escape_everything_and_hold_nothing_inline(path: Path) -> None:
    """No `safe`, no inline style or handler, no address of another host."""
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe|autoescape|Markup", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*src=\"/static/)", text)
    assert "//" not in re.sub(r"http://www\.w3\.org/2000/svg", "", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_and_fetch_nothing(path: Path) -> None:
    """Text goes into text nodes; scripts only send the forms of the page."""
    text = path.read_text("utf-8")
    found = re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|"
        r"await import|http",
        text,
    )
    assert found is None
    assert len(text.splitlines()) < 200


def test_scripts_are_small() -> None:
    """A page is there at once, on an old machine as well."""
    assert sum(path.stat().st_size for path in SCRIPTS) < 60_000


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_load_nothing(path: Path) -> None:
    """No font, image or sheet from anywhere."""
    text = path.read_text("utf-8")
    assert "url(" not in text
    assert "@import" not in text


def test_every_code_has_a_word() -> None:
    """No page can meet a code that it has no word for."""
    assert set(words.KINDS) == set(EntityKind)
    assert set(words.FAMILY_OF) == set(EntityKind)
    assert set(words.OUTCOMES) == set(TreatmentAction)
    assert set(words.STATES) == set(LetterState)
    assert set(words.FLAGS) == set(ContentFlagKind)
    assert set(EVENTS) == {action.value for action in AuditAction}
    assert all(re.fullmatch("[A-Z]{2}", code) for code in NAMES)


def test_a_notice_comes_from_the_table_only() -> None:
    """An address can choose a notice, never write one."""
    made = page(
        sample.request(query="said=<b>pay</b>"), "sign_in_needed.html", heading="a", sentence="b"
    )
    assert b"pay" not in made.body
    stale = page(
        sample.request(query="said=stale"), "sign_in_needed.html", heading="a", sentence="b"
    )
    assert MESSAGES["stale"].text.encode() in stale.body


def test_small_words_are_right() -> None:
    """Counts, ages and numbers read like English."""
    assert plural(1, "passage", "passages") == "1 passage"
    assert plural(3, "passage", "passages") == "3 passages"
    assert age(sample.NOON, sample.NOON.replace(hour=15)) == "3 h"
    assert grouped("DKM0000000") == "DKM0000000"
    assert grouped("1234567890123456789") == "1234 5678 9012 3456 789"


def test_a_number_is_compared_with_the_nearest_one_seen() -> None:
    """Two swapped digits stand out, whatever else was seen."""
    signs = compared("12345678", None, ("99999999", "12346578"))
    assert "".join(sign for sign, _ in signs) == "12345678"
    assert [sign for sign, differs in signs if differs] in (["5"], ["6"])
    assert not any(differs for _, differs in compared("1234", None, ()))


def test_a_number_of_another_kind_is_not_compared() -> None:
    """A donor number on the cover says nothing about a patient's number."""
    assert not any(differs for _, differs in compared("DE6443882", "4970239042486111416", ()))


def test_countries_read_like_english() -> None:
    """Some names need an article, unknown codes are shown as they are."""
    assert in_country("DE") == "in Germany"
    assert in_country("US") == "in the United States"
    assert in_country("QQ") == "in QQ"


def test_opening_again_and_again_is_one_line_of_the_trail() -> None:
    """Repeated opening is folded, every other step stands alone."""
    events = [
        HistoryEvent(
            seq=seq, at=sample.NOON, actor="Ruth", action=action, letter_id="a", details={}
        )
        for seq, action in (
            (9, "letter.approved"),
            (8, "letter.opened"),
            (7, "letter.opened"),
            (5, "letter.opened"),
            (4, "letter.claimed"),
        )
    ]
    assert [(one.numbers, one.event.action) for one in entries(events)] == [
        ("9", "letter.approved"),
        ("7–8", "letter.opened"),
        ("5", "letter.opened"),
        ("4", "letter.claimed"),
    ]


def test_every_recogniser_has_a_word() -> None:
    """Nobody at the desk reads a recogniser's id; a pattern keeps its name, to speak about it."""
    found = {one.partition(":")[0] for one in INVENTORY}
    assert found <= set(words.FINDERS)
    assert words.finder_name("pattern:age.yo") == "a pattern (age.yo)"
    assert words.finder_name("ner:letter-en") == "the language model"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("state", "held_language", "Waits for a language decision"),
        ("direction", "patient_to_donor", "Patient → donor"),
        ("holds", "wrong_language,no_case", "wrong language, no case"),
        ("attempt", 2, "2"),
        ("digest", "ab_c", "ab_c"),
    ],
)
def test_details_of_events_are_words_where_there_are_words(
    key: str, value: str | int, told: str
) -> None:
    """Ids and digests stay as they are: they are looked up elsewhere."""
    assert detail_value(value, key) == told


@pytest.mark.parametrize(
    ("to", "told"),
    [
        (None, "nobody yet"),
        (
            Recipient(
                role=RecipientRole.DONOR_CENTRE,
                country="DE",
                recipient_id="donor-centre-DE",
                name=None,
            ),
            "the donor centre in Germany",
        ),
        (
            Recipient(role=RecipientRole.CLINIC, country="US", recipient_id="CL-1", name="First"),
            "First",
        ),
    ],
)
def test_the_recipient_is_told_in_words(to: Recipient | None, told: str) -> None:
    """So that a proofreader sees where the letter goes."""
    assert recipient(to) == told
