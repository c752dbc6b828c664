"""Redaction: the treatments and nothing else, by Presidio's engine, with a way back."""

import pytest
from presidio_anonymizer import (
    AnonymizerEngine,
    InvalidParamError,
    OperatorConfig,
    RecognizerResult,
)

from anonymizer.errors import RedactionFailed
from anonymizer.model import Span, TreatmentAction
from anonymizer.redaction import Generalize, Placeholder, Redactor, undo
from tests.unit.parts import finding, finding_of, letter, treatment

redact = Redactor().redact
TEXT = "Anna met Rose in Lyon, aged 57. Anna laughed."


def test_each_treatment_changes_its_passage_only() -> None:
    """Every other character stays where it was."""
    treatments = [
        treatment(finding_of(TEXT, "Lyon"), "[place 1]"),
        treatment(finding_of(TEXT, "Anna"), "[name 1]"),
        treatment(finding_of(TEXT, "aged 57"), "[in my fifties]", TreatmentAction.GENERALIZE),
    ]
    redaction = redact(letter(TEXT), treatments)
    assert redaction.text == "[name 1] met Rose in [place 1], [in my fifties]. Anna laughed."
    assert undo(redaction) == TEXT


def test_replacements_tell_where_they_stand_on_both_sides() -> None:
    """`source` in the letter, `target` in the outgoing text, in order."""
    redaction = redact(
        letter(TEXT),
        [treatment(finding_of(TEXT, "Rose"), "[b]"), treatment(finding_of(TEXT, "Anna"), "[a]")],
    )
    assert [one.replacement for one in redaction.replacements] == ["[a]", "[b]"]
    for one in redaction.replacements:
        assert TEXT[one.source.start : one.source.end] == one.original
        assert redaction.text[one.target.start : one.target.end] == one.replacement


@pytest.mark.parametrize(
    ("text", "words", "outgoing"),
    [
        ("in [Lyon] now", ["[place 1]"], "in [place 1] now"),
        ("in [ Lyon\t] now", ["[place 1]"], "in [place 1] now"),
        ("in [Lyon, Rose] now", ["[place 1]", "[b]"], "in [place 1], [b] now"),
        ("in [Lyon] and [Rose]", ["[place 1]", "[b]"], "in [place 1] and [b]"),
        ("in [Lyon now] and Rose]", ["[place 1]", "[b]"], "in [[place 1] now] and [b]]"),
        ("in [Lyon, well Rose", ["[place 1]", "[b]"], "in [[place 1], well [b]"),
        ("in [Lyon\nRose]", ["[place 1]", "[b]"], "in [[place 1]\n[b]]"),
        ("in [Lyon] now", ["a city"], "in [a city] now"),
        ("in [Lyon, Rose] now", ["[place 1]", "she"], "in [[place 1], she] now"),
        ("in (Lyon) now", ["[place 1]"], "in ([place 1]) now"),
    ],
)
def test_brackets_of_the_writer_go_with_what_they_hold(
    text: str, words: list[str], outgoing: str
) -> None:
    """A placeholder has one pair of brackets; those around a person's own words stay."""
    found = [finding_of(text, one) for one in ("Lyon", "Rose") if one in text]
    redaction = redact(
        letter(text), [treatment(one, word) for one, word in zip(found, words, strict=True)]
    )
    assert redaction.text == outgoing
    assert undo(redaction) == text


@pytest.mark.parametrize("action", [TreatmentAction.SUGGEST, TreatmentAction.KEEP])
def test_suggestions_and_kept_passages_stay(action: TreatmentAction) -> None:
    """A person decides about them."""
    redaction = redact(letter(TEXT), [treatment(finding(0, 4), "[name 1]", action)])
    assert redaction.text == TEXT
    assert redaction.replacements == ()


def test_neighbours_are_both_replaced() -> None:
    """Spans that touch do not overlap, and are not merged."""
    redaction = redact(
        letter("AnnaRose !"),
        [treatment(finding(0, 4), "[a]"), treatment(finding(4, 8), "[b]")],
    )
    assert redaction.text == "[a][b] !"


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 4), (3, 8)], "[x]"),
        ([(0, 8), (2, 4)], "[x]"),
        ([(0, 4), (0, 4)], "[x]"),
        ([(40, 46)], "[x]"),
        ([(100, 104)], "[x]"),
        ([(0, 4)], ""),
        ([(0, 4)], None),
    ],
    ids=["overlap", "inside", "twice", "past the end", "outside", "no words", "none"],
)
def test_what_cannot_be_done_exactly_is_refused(
    spans: list[tuple[int, int]], words: str | None
) -> None:
    """Nothing is dropped or guessed, and the message has no letter text."""
    treatments = [treatment(finding(start, end), words) for start, end in spans]
    with pytest.raises(RedactionFailed) as failure:
        redact(letter(TEXT), treatments)
    assert "Anna" not in str(failure.value)


def test_presidio_really_replaces() -> None:
    """An engine without our operators makes the redaction fail."""
    redactor = Redactor()
    redactor._engine = AnonymizerEngine()
    with pytest.raises(InvalidParamError, match="placeholder"):
        redactor.redact(letter(TEXT), [treatment(finding(0, 4))])


def test_what_presidio_makes_is_compared_with_ours() -> None:
    """An engine that lets a passage through is noticed."""

    class Forgetful(Placeholder):
        """Puts the original back."""

        def operate(self, text: str | None = None, params: dict[str, object] | None = None) -> str:
            return text or ""

    redactor = Redactor()
    redactor._engine.remove_anonymizer(Placeholder)
    redactor._engine.add_anonymizer(Forgetful)
    with pytest.raises(RedactionFailed):
        redactor.redact(letter(TEXT), [treatment(finding(0, 4))])


def test_our_operators_work_in_anybodys_engine() -> None:
    """They are ordinary Presidio operators."""
    engine = AnonymizerEngine()
    engine.add_anonymizer(Placeholder)
    engine.add_anonymizer(Generalize)
    made = engine.anonymize(
        "Anna is 57",
        [RecognizerResult("PERSON", 0, 4, 1.0), RecognizerResult("AGE", 8, 10, 1.0)],
        {
            "PERSON": OperatorConfig("placeholder", {"new_value": "[name 1]"}),
            "AGE": OperatorConfig("generalize", {"new_value": "[in her fifties]"}),
        },
    )
    assert made.text == "[name 1] is [in her fifties]"


@pytest.mark.parametrize(
    "operator", [Placeholder(), Generalize()], ids=["placeholder", "generalize"]
)
@pytest.mark.parametrize("params", [None, {}, {"new_value": ""}])
def test_an_operator_without_words_is_refused(
    operator: Placeholder, params: dict[str, str] | None
) -> None:
    """An empty replacement would leave no trace of the change."""
    with pytest.raises(RedactionFailed):
        operator.validate(params)


def test_a_thousand_passages_are_replaced() -> None:
    """Presidio's operators are named per passage, however many there are."""
    text = "Anna " * 1000
    treatments = [treatment(finding(5 * one, 5 * one + 4), f"[{one}]") for one in range(1000)]
    redaction = redact(letter(text), treatments)
    assert "Anna" not in redaction.text
    assert undo(redaction) == text
    assert redaction.replacements[-1].source == Span(start=4995, end=4999)
