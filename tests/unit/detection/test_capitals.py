"""Words with a capital inside a sentence that nothing else knows."""

import pytest

from anonymizer.detection.names import CapitalRecognizer, LetterGrammar
from anonymizer.rulebook import Rulebook

AROUND = " It was a good day for all of us and we were very glad to see it come."


def asked(rules: Rulebook, text: str) -> list[str]:
    """The passages a person is asked about."""
    recognizer = CapitalRecognizer(LetterGrammar(rulebook=rules))
    whole = text + AROUND
    return [whole[one.span.start : one.span.end] for one in recognizer.find(whole)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The baby is Chance, because we had one.", ["Chance"]),
        ("On Sunday we did Cat Bells.", ["Cat Bells"]),
        ("My wife (Greet) laughs.", ["Greet"]),
        ("Hope laughed at that.", ["Hope"]),
        ("Then we slept. Joy was asleep already.", ["Joy"]),
    ],
)
def test_a_strange_capital_is_asked_about(rules: Rulebook, text: str, found: list[str]) -> None:
    """In the middle of a sentence, or a name that is a word in front of a verb."""
    assert asked(rules, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "On Monday, in March, we went to church at Easter.",
        "I write in English and I thank God and my Mum.",
        "Hope you are well. Will write soon.",
        "Thank you, dear Donor, from my whole heart.",
        "the nurse was kind and the soup was hot.",
    ],
)
def test_ordinary_capitals_are_left_alone(rules: Rulebook, text: str) -> None:
    """Days, months, languages, kin and roles are written with a capital too."""
    assert asked(rules, text) == []


def test_a_letter_full_of_capitals_says_nothing(rules: Rulebook) -> None:
    """Where every noun has one, as in German, a capital is no sign of a name."""
    text = "the Nurse brought my Soup with Bread and the Doctor read my Chart with Care."
    recognizer = CapitalRecognizer(LetterGrammar(rulebook=rules))
    assert list(recognizer.find(text)) == []


def test_nothing_is_taken_out_by_itself(rules: Rulebook) -> None:
    """The score lies between the tiers: a person decides."""
    recognizer = CapitalRecognizer(LetterGrammar(rulebook=rules))
    ruling = None
    for finding in recognizer.find("The baby is Chance, because we had one." + AROUND):
        ruling = rules.policy.rulings[finding.kind]
        assert ruling.suggest_from <= finding.score < ruling.mask_from
    assert ruling is not None
