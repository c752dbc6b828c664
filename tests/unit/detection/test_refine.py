"""Boundaries and kinds of raw findings, put right."""

from dataclasses import replace

import pytest

from anonymizer.detection.refine import Refinery
from anonymizer.model import EntityKind
from anonymizer.rulebook import Rulebook
from tests.unit.parts import finding_of

PERSON, PLACE, ORGANIZATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANIZATION
HOSPITAL, INITIALS = EntityKind.HOSPITAL, EntityKind.INITIALS


def refined(
    rules: Rulebook, words: str, kind: EntityKind, *, recognizer: str = "ner:test"
) -> list[tuple[str, EntityKind]]:
    """What becomes of a finding of exactly these words, inside a sentence."""
    text = f"So {words} then"
    raw = replace(finding_of(text, words, kind), recognizer=recognizer)
    return [
        (text[one.span.start : one.span.end], one.kind)
        for one in Refinery(rulebook=rules).refine(text, [raw])
    ]


@pytest.mark.parametrize(
    ("words", "kind", "result"),
    [
        ("Anna", PERSON, [("Anna", PERSON)]),
        ("Dr. Meyer", PERSON, [("Meyer", PERSON)]),
        ("Mr Meyer", PERSON, [("Meyer", PERSON)]),
        ("Meyer and", PERSON, [("Meyer", PERSON)]),
        ("Meyer and Moll", PERSON, [("Meyer and Moll", PERSON)]),
        ("Aunt Rosa's", PERSON, [("Rosa", PERSON)]),
        (" Anna, ", PERSON, [("Anna", PERSON)]),
        ('"Anna"', PERSON, [("Anna", PERSON)]),
        ("K. V.", PERSON, [("K. V.", INITIALS)]),
        ("K", PERSON, [("K", INITIALS)]),
        ("Anna.", PERSON, [("Anna", PERSON)]),
        ("Anna\n\nTom", PERSON, [("Anna", PERSON), ("Tom", PERSON)]),
        ("Anna\n\ndo", PERSON, [("Anna", PERSON)]),
        ("Anna\n\nDo", PERSON, [("Anna", PERSON), ("Do", PERSON)]),
        ("the Leeds", PLACE, [("Leeds", PLACE)]),
        ("Leeds.", PLACE, [("Leeds", PLACE)]),
        ("Germany", PLACE, [("Germany", EntityKind.COUNTRY)]),
        ("Finnish", PLACE, [("Finnish", EntityKind.NATIONALITY)]),
        ("St. Mary's Hospital", ORGANIZATION, [("St. Mary's Hospital", HOSPITAL)]),
        ("Leeds General Hospital", PLACE, [("Leeds General Hospital", HOSPITAL)]),
        ("Mill Lane School", PLACE, [("Mill Lane School", ORGANIZATION)]),
        ("Mum", PERSON, []),
        ("DKMS", ORGANIZATION, []),
        ("Christmas", PERSON, []),
        ("Dr.", PERSON, []),
        ("1234", PERSON, []),
        ("as a", EntityKind.OCCUPATION, []),
        ("as a baker", EntityKind.OCCUPATION, [("as a baker", EntityKind.OCCUPATION)]),
    ],
)
def test_a_finding_gets_its_right_boundary_and_kind(
    rules: Rulebook, words: str, kind: EntityKind, result: list[tuple[str, EntityKind]]
) -> None:
    """Titles and possessives out, countries apart, ordinary words dropped."""
    assert refined(rules, words, kind) == result


@pytest.mark.parametrize(
    "recognizer", ["known:register", "pattern:x", "number:donor", "presidio:X"]
)
@pytest.mark.parametrize("words", ["Mum", "Christmas", "Dr. Meyer's", "Germany"])
def test_what_a_rule_or_the_register_is_sure_of_stays(
    rules: Rulebook, words: str, recognizer: str
) -> None:
    """Only a model and the grammar of letters can be wrong about a word."""
    assert refined(rules, words, PERSON, recognizer=recognizer) == [(words, PERSON)]


@pytest.mark.parametrize("kind", [EntityKind.DATE, EntityKind.AGE, EntityKind.EMAIL])
def test_other_kinds_are_not_touched(rules: Rulebook, kind: EntityKind) -> None:
    """A date has no title."""
    assert refined(rules, "the 3 May.", kind) == [("the 3 May.", kind)]


SURE = 0.95


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Then Mr. October came", "October"),
        ("Then Dr Monday came", "Monday"),
        ("Then Mrs Christmas came", "Christmas"),
    ],
)
def test_behind_a_title_stands_a_name(rules: Rulebook, text: str, name: str) -> None:
    """A word that is none elsewhere, if the model says so as well."""
    assert score_in(rules, text, name) == pytest.approx(SURE)
    raw = replace(finding_of(text, name, PERSON), recognizer="ner:test", score=0.4)
    assert list(Refinery(rulebook=rules).refine(text, [raw])) == []


@pytest.mark.parametrize("text", ["Then Father Christmas came", "Then, on Monday, we came"])
def test_a_day_or_a_kin_word_makes_no_name(rules: Rulebook, text: str) -> None:
    """However sure the model is."""
    word = "Christmas" if "Christmas" in text else "Monday"
    raw = replace(finding_of(text, word, PERSON), recognizer="ner:test", score=0.99)
    assert list(Refinery(rulebook=rules).refine(text, [raw])) == []


def score_in(rules: Rulebook, text: str, words: str, *, score: float = SURE) -> float:
    """What is left of a model's score for these words of a letter that uses capitals."""
    letter = f"Dear donor,\n\nI am well again. Thank you. {text}"
    raw = replace(finding_of(letter, words, PERSON), recognizer="ner:test", score=score)
    (refined_one,) = Refinery(rulebook=rules).refine(letter, [raw])
    return refined_one.score


@pytest.mark.parametrize(
    "text",
    [
        "My son oskar is well.",
        "I had love from oskar too.",
        "So they call me oskar.",
        "Truly.\nbest regards, oskar",
        "Truly.\n~ oskar ~",
        "Good. i'm oskar.",
    ],
)
def test_a_name_in_lower_case_is_believed_where_its_case_is_excused(
    rules: Rulebook, text: str
) -> None:
    """The writer used no capital there at all, or the words before lead up to a name."""
    assert score_in(rules, text, "oskar") == SURE


def test_a_name_in_lower_case_is_doubted_without_an_excuse(rules: Rulebook) -> None:
    """And so is every one the model itself is not sure of."""
    assert score_in(rules, "Then came oskar too.", "oskar") < SURE / 2
    assert score_in(rules, "My son oskar is well.", "oskar", score=0.6) < 0.3
