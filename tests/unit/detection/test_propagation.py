"""What was found once is found everywhere, and gets one entity."""

from dataclasses import replace

import pytest

from anonymizer.detection.propagation import Propagation, with_entities
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook, load_rulebook
from tests.unit.parts import finding, finding_of, passages

PERSON, PLACE, HOSPITAL = EntityKind.PERSON, EntityKind.PLACE, EntityKind.HOSPITAL


def spread(
    rules: Rulebook, text: str, words: str, kind: EntityKind = PERSON
) -> list[tuple[str, bool]]:
    """What is found besides the first place of `words`, and whether it is sure."""
    further = Propagation(rulebook=rules).spread(text, [finding_of(text, words, kind)])
    return [(text[one.span.start : one.span.end], one.score >= 0.5) for one in further]


@pytest.mark.parametrize(
    ("text", "words", "again"),
    [
        ("my daughter Zofia. Then Zofia laughed", "Zofia", ["Zofia"]),
        ("Zofia! ZOFIA and Zofia's and Zofia\u2019s", "Zofia", ["ZOFIA", "Zofia", "Zofia"]),
        ("zofia! Then zofia, Zofia", "zofia", ["zofia", "Zofia"]),
        ("the Kowalski family: all Kowalskis", "Kowalski", ["Kowalskis"]),
        ("Bartholomew. Then Bartolomew came", "Bartholomew", ["Bartolomew"]),
        ("Bartholomew. Then Bartohlomew came", "Bartholomew", ["Bartohlomew"]),
        ("Anna Kowalska. Anna is here, and Kowalska too", "Anna Kowalska", ["Anna", "Kowalska"]),
        ("Zofia and Zofianna and azofia", "Zofia", []),
        ("I am Al. All is well, Al", "Al", []),
        ("Bartholomew. then bartolomew", "Bartholomew", []),
        ("Anna. Banana and Hanna", "Anna", []),
    ],
    ids=[
        "again",
        "capitals and possessive",
        "a letter in small letters",
        "plural",
        "letter missing",
        "letters swapped",
        "parts",
        "inside words",
        "too short",
        "typing error in small letters",
        "short names have no typing errors",
    ],
)  # fmt: skip
def test_a_name_is_taken_up_again(rules: Rulebook, text: str, words: str, again: list[str]) -> None:
    """In any case, with possessive or plural and with one typing error."""
    seen = text.replace("\u2019", "'")
    assert spread(rules, seen, words) == [(one, True) for one in again]


@pytest.mark.parametrize(
    ("text", "words", "again"),
    [
        ("my daughter Hope. I hope she laughs", "Hope", []),
        ("my daughter Zofia. then zofia laughed", "Zofia", [("zofia", False)]),
        ("my daughter Hope. And Hope laughed", "Hope", [("Hope", True)]),
        ("my daughter Hope. Hope laughed", "Hope", [("Hope", True)]),
        ("my daughter Hope. Hope you are well", "Hope", [("Hope", False)]),
        ("my son Will. You will see, and Will too", "Will", [("Will", True)]),
    ],
)
def test_the_ordinary_word_is_told_from_the_name(
    rules: Rulebook, text: str, words: str, again: list[tuple[str, bool]]
) -> None:
    """By its capital and by what follows; in doubt a person decides."""
    assert spread(rules, text, words) == again


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("Wir wohnen in Essen. Das Essen war gut.", []),
        ("Wir wohnen in Halle. Geübt wird in einer zugigen Halle.", []),
        ("Wir wohnen in Essen. Bald fahre ich nach Essen.", ["Essen"]),
        ("Wir wohnen in Buxtehude. Das Buxtehude von damals.", ["Buxtehude"]),
    ],
)
def test_a_german_town_that_is_a_word_is_asked_about_and_never_the_word(
    text: str, again: list[str]
) -> None:
    """Behind an article stands the word. What is doubtful is below the score of what goes."""
    german = load_rulebook("de")
    town = text.removeprefix("Wir wohnen in ").split(".")[0]
    found = [*Propagation(rulebook=german).spread(text, [finding_of(text, town, PLACE)])]
    assert [text[one.span.start : one.span.end] for one in found] == again
    masked_from = german.policy.rulings[PLACE].mask_from
    is_word = town.lower() in german.words("towns_that_are_words")
    assert all((one.score < masked_from) is is_word for one in found)


@pytest.mark.parametrize(
    ("text", "words", "kind", "again"),
    [
        ("from Radom. Radom is nice", "Radom", PLACE, ["Radom"]),
        ("St Mary's Hospital. The hospital, Mary", "St Mary's Hospital", HOSPITAL, []),
        ("von Bergen. von here", "von Bergen", PERSON, []),
        ("on 3 May. Today 3 May", "3 May", EntityKind.DATE, []),
    ],
)
def test_each_kind_spreads_as_its_names_do(
    rules: Rulebook, text: str, words: str, kind: EntityKind, again: list[str]
) -> None:
    """The words of a hospital are not its name, a particle is no name, a date no word."""
    assert [one for one, _ in spread(rules, text, words, kind)] == again


def test_what_is_taken_up_says_where_it_comes_from(rules: Rulebook) -> None:
    """Kind of the source, the recogniser as evidence."""
    text = "Zofia. Then Zofia"
    (one,) = Propagation(rulebook=rules).spread(text, [finding_of(text, "Zofia")])
    assert (one.kind, one.recognizer, one.evidence) == (PERSON, "letter:propagation", ("test",))


def entities(text: str, *words: str, kind: EntityKind = PERSON) -> list[str | None]:
    """The entity of each of the words, which stand in the text in this order."""
    found: list[Finding] = []
    place = 0
    for one in words:
        start = text.index(one, place)
        place = start + len(one)
        found.append(finding(start, place, kind))
    return [one.entity for one in with_entities(text, found)]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["Anna", "Anna"], [1, 1]),
        (["Anna", "Rose", "Anna"], [1, 2, 1]),
        (["Anna Kowalska", "Anna", "Kowalska"], [1, 1, 1]),
        (["Anna", "Anna Kowalska", "Kowalska"], [1, 1, 1]),
        (["Anna", "ANNA", "anna", "Anna's"], [1, 1, 1, 1]),
        (["Kowalski", "Kowalskis"], [1, 1]),
        (["Peter Miller", "Susan Miller"], [1, 2]),
        (["A-n-n-a", "B-e-a"], [1, 2]),
        (["van der Berg", "van der Meer"], [1, 2]),
        (["Al", "Bo"], [1, 2]),
    ],
)
def test_the_same_name_is_one_entity_and_another_is_not(
    words: list[str], numbers: list[int]
) -> None:
    """Numbered in the order of the letter."""
    assert entities(" | ".join(words), *words) == [f"PERSON-{one}" for one in numbers]


def test_a_person_and_a_place_of_one_name_are_two_entities() -> None:
    """Paris, and Paris."""
    text = "Paris in Paris"
    found = [finding(0, 5, PERSON), finding(9, 14, PLACE)]
    assert [one.entity for one in with_entities(text, found)] == ["PERSON-1", "PLACE-1"]


def test_entities_lose_nothing() -> None:
    """Every finding comes back, in the order of the letter, unchanged otherwise."""
    text = "Anna and Rose, 34!"
    found = [finding_of(text, "34", EntityKind.AGE), finding_of(text, "Rose"), finding(0, 4)]
    made = with_entities(text, found)
    assert passages(text, made) == ["Anna", "Rose", "34"]
    assert {replace(one, entity=None) for one in made} == set(found)
    assert all(one.entity for one in made)


def test_a_finding_without_a_word_has_an_entity_of_its_own() -> None:
    """Signs and digits name nobody twice."""
    text = "*** ***"
    found = [finding(0, 3), finding(4, 7)]
    assert len({one.entity for one in with_entities(text, found)}) == 2
    assert found[0].span == Span(start=0, end=3)
