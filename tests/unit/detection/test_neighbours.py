"""A doubtful name beside a sure one."""

from dataclasses import replace

import pytest

from anonymizer.detection.neighbours import join_neighbours, with_initials
from anonymizer.model import EntityKind, Finding
from tests.unit.parts import finding_of

SURE, DOUBTFUL = 0.9, 0.2


def joined(text: str, *findings: Finding) -> dict[str, float]:
    """The score of each passage afterwards; from a half on it is taken out."""
    found = join_neighbours(text, findings, is_masked=lambda one: one.score >= 0.5)
    return {text[one.span.start : one.span.end]: one.score for one in found}


def named(text: str, words: str, score: float, kind: EntityKind = EntityKind.PERSON) -> Finding:
    """A finding of these words with a score."""
    return replace(finding_of(text, words, kind), score=score)


@pytest.mark.parametrize("gap", [" ", "-", ". ", "\n"])
def test_a_surname_joins_its_first_name(gap: str) -> None:
    """The model is sure of the one and not of the other; they are one person."""
    text = f"told Elwood{gap}Tripp so"
    found = joined(text, named(text, "Elwood", SURE), named(text, "Tripp", DOUBTFUL))
    assert found == {"Elwood": SURE, "Tripp": SURE}


def test_a_first_name_joins_its_surname() -> None:
    """The order does not matter."""
    text = "told Elwood Tripp so"
    found = joined(text, named(text, "Tripp", SURE), named(text, "Elwood", DOUBTFUL))
    assert found == {"Elwood": SURE, "Tripp": SURE}


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("told Elwood and Tripp so", "Tripp", EntityKind.PERSON),
        ("told Elwood, Tripp said", "Tripp", EntityKind.PERSON),
        ("told Elwood gladly so", "gladly", EntityKind.PERSON),
        ("told Elwood Leeds so", "Leeds", EntityKind.PLACE),
    ],
)
def test_what_is_no_part_of_the_name_stays_doubtful(
    text: str, words: str, kind: EntityKind
) -> None:
    """A word between, a comma, a small letter or another kind keep them apart."""
    found = joined(text, named(text, "Elwood", SURE), named(text, words, DOUBTFUL, kind))
    assert found[words] == DOUBTFUL


def test_nothing_is_lost_and_nothing_sure_loses() -> None:
    """Every finding comes out again, none with less than it had."""
    text = "Anna Bea Cleo Dora"
    scores = {"Anna": SURE, "Bea": DOUBTFUL, "Cleo": DOUBTFUL, "Dora": 0.7}
    found = joined(text, *(named(text, word, score) for word, score in scores.items()))
    assert found.keys() == scores.keys()
    assert all(found[word] >= score for word, score in scores.items())


def with_its_initial(text: str, *, name: str = "Zoe", score: float = SURE) -> str:
    """What the finding of the name covers afterwards."""
    finding = named(text, name, score)
    (found,) = with_initials(text, [finding], is_masked=lambda one: one.score >= 0.5)
    assert replace(found, span=finding.span) == finding
    return text[found.span.start : found.span.end]


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Zoe P (and Dad)", "Zoe P"),
        ("Zoe P", "Zoe P"),
        ("then Zoe C. came", "Zoe C."),
        ("then Zoe P came", "Zoe P"),
        ("love Zoe k xx", "Zoe k"),
        ("Zoe k and Tom", "Zoe k"),
        ("Zoe k\nPS", "Zoe k"),
        ("Zoe A.", "Zoe A."),
    ],
)
def test_the_initial_behind_a_name_goes_with_it(text: str, covered: str) -> None:
    """It would stay readable beside the placeholder."""
    assert with_its_initial(text) == covered


@pytest.mark.parametrize(
    "text",
    [
        "Zoe I think",
        "Zoe A lovely girl",
        "Zoe a lovely girl",
        "Zoe x",
        "Zoe X",
        "Zoe's",
        "Zoe T-shirt",
        "Zoe B12",
        "Zoe u know",
        "Zoe, K too",
        "Zoe Park",
        "Zoe\nP",
    ],
)
def test_a_letter_that_is_no_initial_stays(text: str) -> None:
    """A word, a kiss, a part of another word, or on another line."""
    assert with_its_initial(text) == "Zoe"


def test_a_name_that_is_only_asked_about_takes_nothing_in() -> None:
    """The person decides about what is marked, and sees where it ends."""
    assert with_its_initial("Zoe P came", score=DOUBTFUL) == "Zoe"
