"""Boundaries where every noun has a capital: what the model takes for a name may be a thing."""

import pytest

from anonymizer.detection.refine import Refinery
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import load_rulebook
from anonymizer.words import without_accents

GERMAN = Refinery(
    rulebook=load_rulebook("de"),
    common_words=frozenset({"grunkohl", "pfeife", "wolf", "dresdner", "essen", "oper"}),
)
ENGLISH = Refinery(rulebook=load_rulebook("en"), common_words=frozenset({"grunkohl"}))


def score(
    sentence: str,
    kind: EntityKind = EntityKind.PERSON,
    *,
    by: str = "ner:letter-de",
    was: float = 0.9,
    refinery: Refinery = GERMAN,
) -> float:
    """What is left of the score of the passage between bars; 0 when it fell away."""
    before, found, after = sentence.split("|")
    text = before + found + after
    span = Span(start=len(before), end=len(before) + len(found))
    raw = Finding(span=span, kind=kind, score=was, recognizer=by)
    return max((one.score for one in refinery.refine(text, [raw])), default=0.0)


def test_a_common_noun_is_asked_about_and_not_taken_out() -> None:
    """A model that is sure of it is still believed a little."""
    assert score("Wir aßen |Grünkohl| mit Pinkel.") == pytest.approx(0.27)


def test_a_common_noun_that_the_model_half_suspects_falls_away() -> None:
    """Nobody is asked about every pipe."""
    assert score("Er rauchte |Pfeife|, bis es dunkel war.", was=0.5) < 0.07


def test_a_place_that_is_a_common_noun_is_always_asked_about() -> None:
    """A village of that name would be readable else, and nobody would be asked."""
    there = score("Wir wohnen in |Pfeife| am Berg.", EntityKind.PLACE, was=0.5)
    assert there == pytest.approx(0.15)


def test_a_noun_that_the_model_takes_for_a_place_is_never_taken_out() -> None:
    """However sure it is: places go from a low score on."""
    masked_from = GERMAN.rulebook.policy.rulings[EntityKind.PLACE].mask_from
    assert 0.07 <= score("Er hat |Grünkohl| gern.", EntityKind.PLACE, was=1.0) < masked_from
    assert score("Wir sahen das |Essen|.", EntityKind.PLACE, was=1.0) < masked_from


def test_a_village_is_not_doubted_for_what_its_name_ends_in() -> None:
    """As a thing is: "Quellensuppe" is a noun because "Suppe" is one."""
    assert score("Wir wohnen in |Quellensuppe|.", EntityKind.PLACE) == pytest.approx(0.9)
    assert score("Er bekam eine |Quellensuppe|.", was=0.5) < 0.07


@pytest.mark.parametrize(
    "sentence",
    [
        "Herr |Grünkohl| war mein Arzt.",
        "Mir half Frau |Pfeife| sehr.",
        "Heute kam |Zschäpitz| zu uns.",
        "Da lachte der |Wolf| laut.",
        "Ich bin |Dresdner|, und zwar gern.",
    ],
)
def test_what_may_be_a_name_is_left_to_the_model(sentence: str) -> None:
    """After a title, unknown to the vocabulary, a name on our lists, or after a town."""
    assert score(sentence) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("sentence", "believed"),
    [
        ("Beim |Essen| waren wir still.", False),
        ("|Essen| war mir zuwider.", False),
        ("Gestern. |Essen| war mir zuwider.", False),
        ("Wir sind nach |Essen| gezogen.", True),
        ("Wir wohnen jetzt in |Essen|.", True),
    ],
)
def test_a_town_that_is_a_word_needs_a_sentence_for_towns(sentence: str, *, believed: bool) -> None:
    """An article before it, or the start of a sentence, makes it the word."""
    assert (score(sentence, EntityKind.PLACE) >= 0.4) is believed


def test_a_noun_without_its_capital_is_still_a_noun() -> None:
    """In a letter that writes all words small."""
    assert score("da war |grünkohl| im topf.") == pytest.approx(0.27)


def test_in_other_languages_a_capital_counts() -> None:
    """The rule is one for languages whose nouns have capitals."""
    assert score("We ate |Grünkohl| there.", refinery=ENGLISH) == pytest.approx(0.9)


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_blood_group_is_nobodys_initial(letter: str) -> None:
    """Neither in German nor in English."""
    told = f"Meine Blutgruppe war früher |{letter}|, jetzt ist sie 0."
    assert score(told, EntityKind.INITIALS) == 0.0
    english = f"My blood group was |{letter}| before."
    assert score(english, EntityKind.INITIALS, refinery=ENGLISH) == 0.0


def test_words_are_compared_as_the_vocabulary_has_them() -> None:
    """Small and without accents."""
    assert without_accents("Grünkohl") == "grunkohl"
    assert without_accents("Élise") == "elise"


def test_a_house_with_a_hyphen_is_a_hospital_too() -> None:
    """The Marien-Hospital becomes "im [Krankenhaus]", not a club."""
    text = "Der Arzt im Marien-Hospital sagte es."
    span = Span(start=12, end=27)
    house = Finding(span=span, kind=EntityKind.ORGANIZATION, score=0.99, recognizer="ner:letter-de")
    (made,) = GERMAN.refine(text, [house])
    assert (made.kind, made.span) == (EntityKind.HOSPITAL, span)
