"""The leak check: what was taken out once may be readable nowhere."""

import pytest

from anonymizer.detection.known import KnownRecognizer
from anonymizer.leakcheck import find_residuals
from anonymizer.model import (
    EntityKind,
    IdentifierClass,
    Residual,
    Treatment,
    TreatmentAction,
)
from anonymizer.redaction import Redactor
from anonymizer.rulebook import Rulebook
from tests.unit.parts import finding, finding_of, known, letter, treatment

redact = Redactor().redact
TEXT = "Anna met Rose. Later Anna laughed."


def residuals(text: str, treatments: list[Treatment]) -> list[tuple[str, str]]:
    """What is still readable after the treatments, with its source."""
    redaction = redact(letter(text), treatments)
    return [
        (redaction.text[one.span.start : one.span.end], one.source)
        for one in find_residuals(redaction, treatments)
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (TEXT, ["Anna"]),
        ("Anna. (Anna) Anna's \u201cAnna\u201d", ["Anna", "Anna", "Anna"]),
        ("Anna! An\u00adna and A\u200bnna", ["Anna", "Anna"]),
        ("Anna! \u0410nn\u0430 \uff21nna", ["\u0410nn\u0430", "\uff21nna"]),
        ("Anna! An-\nna", ["An-\nna"]),
        ("Anna and Annabel, Joanna, anna", []),
        ("Anna alone", []),
    ],
)
def test_an_original_that_is_left_over_is_found(text: str, left: list[str]) -> None:
    """As a whole word, and through any disguise."""
    assert residuals(text, [treatment(finding(0, 4))]) == [(one, "original") for one in left]


def test_a_passage_that_a_person_sees_marked_is_no_residual() -> None:
    """Suggestions and kept passages are decided by a person."""
    second = finding(TEXT.rindex("Anna"), TEXT.rindex("Anna") + 4)
    for action in (TreatmentAction.SUGGEST, TreatmentAction.KEEP):
        assert not residuals(TEXT, [treatment(finding(0, 4)), treatment(second, None, action)])


def test_only_what_identifies_directly_counts() -> None:
    """A season that stands in the letter twice identifies nobody."""
    first = treatment(finding(0, 4))
    quasi = Treatment(
        finding=first.finding,
        action=first.action,
        identifier_class=IdentifierClass.QUASI,
        reason="test",
        rule_id="test",
        replacement="[spring]",
    )
    assert not residuals(TEXT, [quasi])


@pytest.mark.parametrize("words", ["K.", "J. K", "Al"])
def test_two_letters_are_no_residual(words: str) -> None:
    """Initials stand in ordinary words everywhere."""
    text = f"{words} and {words} again"
    assert not residuals(text, [treatment(finding_of(text, words))])


def test_words_of_a_placeholder_are_no_residual() -> None:
    """A letter that takes out "Name" may have "[name 1]" in it; ours never quote the letter."""
    text = "town and more"
    assert not residuals(text, [treatment(finding(0, 4), "[my town]")])


def test_nothing_treated_leaves_nothing_over() -> None:
    """A letter without findings has no residual."""
    assert not residuals(TEXT, [])


@pytest.mark.parametrize(
    "left", ["Rosamund", "rosamund", "ROSAMUND'S", "R o s a m u n d", "dnumasoR"]
)
def test_what_the_registry_knows_is_found_in_the_outgoing_text(rules: Rulebook, left: str) -> None:
    """Whether or not any recogniser saw it in the letter."""
    text = f"Anna met {left} there"
    search = KnownRecognizer([known(EntityKind.PERSON, "Rosamund")], rules).find
    redaction = redact(letter(text), [treatment(finding(0, 4))])
    found = find_residuals(redaction, [treatment(finding(0, 4))], search)
    assert {(one.kind, one.source) for one in found} == {(EntityKind.PERSON, "known")}
    assert redaction.text[found[0].span.start :].startswith(left[:8])


def test_a_known_name_that_a_person_keeps_is_no_residual(rules: Rulebook) -> None:
    """The overriding is recorded elsewhere; here the passage is marked."""
    text = "Anna met Rosamund there"
    kept = treatment(finding_of(text, "Rosamund"), None, TreatmentAction.KEEP)
    search = KnownRecognizer([known(EntityKind.PERSON, "Rosamund")], rules).find
    treatments = [treatment(finding(0, 4)), kept]
    assert find_residuals(redact(letter(text), treatments), treatments, search) == ()


def test_residuals_come_in_order_and_once() -> None:
    """Two findings of one name do not report its left-over twice."""
    text = "Anna, Anna, Anna and Anna"
    treatments = [treatment(finding(0, 4)), treatment(finding(6, 10))]
    found: tuple[Residual, ...] = find_residuals(redact(letter(text), treatments), treatments)
    assert [one.span for one in found] == sorted({one.span for one in found})
    assert len(found) == 2
