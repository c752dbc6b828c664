"""Word lists with their context: towns, countries, nationalities, occupations."""

import pytest

from anonymizer.detection.gazetteers import (
    CountryRecognizer,
    NationalityRecognizer,
    OccupationRecognizer,
    TownRecognizer,
)
from anonymizer.detection.gazetteers.towns import town_names
from anonymizer.model import EntityKind, Recognizer
from tests.unit.parts import found_in, shipped_rules

RULES = shipped_rules()
TOWNS, COUNTRIES = TownRecognizer(RULES), CountryRecognizer(RULES)
NATIONALITIES, OCCUPATIONS = NationalityRecognizer(RULES), OccupationRecognizer(RULES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live in Radom.", ["Radom"]),
        ("I come from Leeds and", ["Leeds"]),
        ("near New York City, so", ["New York City"]),
        ("in the city of Krak\u00f3w", ["Krak\u00f3w"]),
        ("greetings from San Sebasti\u00e1n", ["San Sebasti\u00e1n"]),
        ("I live in Bath", ["Bath"]),
        ("we moved to Nice", ["Nice"]),
        ("from Paris's streets", ["Paris"]),
        ("I was in Bath water", []),
        ("in Reading a book", []),
        ("a nice town", []),
        ("Leeds is", []),
        ("in May", []),
        ("in Poland", []),
        ("", []),
    ],
)
def test_a_town_stands_after_a_word_of_place(text: str, found: list[str]) -> None:
    """A town that is an ordinary word needs a word of residence."""
    assert found_in(TOWNS, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in Germany", ["Germany"]),
        ("in germany", ["germany"]),
        ("the US and", ["US"]),
        ("the United States of America", ["United States of America"]),
        ("the United\nStates", ["United\nStates"]),
        ("in Turkey", ["Turkey"]),
        ("a roast turkey", []),
        ("tell us", []),
        ("THANK US ALL", []),
        ("the Germanys", []),
        ("", []),
    ],
)
def test_a_country_is_told_from_the_word(text: str, found: list[str]) -> None:
    """In small letters "us" and "turkey" stay words."""
    assert found_in(COUNTRIES, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I am Polish, and", ["Polish"]),
        ("a German beer", ["German"]),
        ("two Poles came", ["Poles"]),
        ("i am german", ["german"]),
        ("polish the shoes", []),
        ("written in English", []),
        ("I speak German.", []),
        ("my German is poor", []),
        ("a long pole", []),
        ("", []),
    ],
)
def test_a_nationality_is_told_from_a_language(text: str, found: list[str]) -> None:
    """Every letter that goes abroad is in English; nobody is identified by that."""
    assert found_in(NATIONALITIES, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I work as a midwife here", {"midwife"}),
        ("my wife is a judge", {"judge"}),
        ("I am a nurse.", {"nurse"}),
        ("he is a retired bus driver", {"retired bus driver"}),
        ("my son became an electrician", {"electrician"}),
        ("the doctor said", set()),
        ("a judge of taste", set()),
        ("", set()),
    ],
)
def test_an_occupation_is_what_somebody_is(text: str, found: set[str]) -> None:
    """Where a sentence says so; the doctor of the ward is nobody's occupation."""
    assert set(found_in(OCCUPATIONS, text)) == found


def test_the_towns_of_the_world_are_there() -> None:
    """Small ones too, in lower case."""
    names = town_names()
    assert {"radom", "leeds", "t\u00fcbingen", "krak\u00f3w"} <= names
    assert len(names) > 40_000
    assert not [one for one in names if len(one) < 3]


@pytest.mark.parametrize(
    ("recognizer", "text", "kind"),
    [
        (TOWNS, "I live in Radom", EntityKind.PLACE),
        (COUNTRIES, "in Germany", EntityKind.COUNTRY),
        (NATIONALITIES, "I am Polish", EntityKind.NATIONALITY),
        (OCCUPATIONS, "I am a nurse", EntityKind.OCCUPATION),
    ],
)
def test_each_list_has_its_kind(recognizer: Recognizer, text: str, kind: EntityKind) -> None:
    """And its own name in the audit trail."""
    (one, *_) = recognizer.find(text)
    assert one.kind is kind
    assert one.recognizer == recognizer.recognizer_id
    assert recognizer.recognizer_id.startswith("list:")
