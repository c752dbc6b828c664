"""Signs that nobody sees do not go out; those that a script needs do."""

import pytest

from anonymizer.leakcheck import find_residuals
from anonymizer.model import TreatmentAction
from anonymizer.pipeline import Pipeline
from anonymizer.redaction import Redactor, undo
from anonymizer.signs import marks_at_start, sent
from tests.unit.parts import PROSE, drafted, finding, finding_of, letter, outgoing, treatment

redact = Redactor().redact


@pytest.mark.parametrize(
    ("written", "goes"),
    [
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("\u202cone \u202eowt\u202c \u2066three\u2069\u200e\u200f\u061c", "one owt three"),
        ("hy\u00adphen", "hyphen"),
        ("a\u200db\u200cc", "abc"),
        ("\x07bell\x00\x1b\x7f\x9f", "bell"),
        ("tab\tline\n", "tab\tline\n"),
        ("one\x0ctwo\x0bthree\x85four\x1ffive", "one\ntwo\nthree\nfour five"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
    ],
    ids=["zero width", "bidi", "soft hyphen", "joiners", "controls", "ends", "parting", "tags"],
)
def test_what_nobody_sees_does_not_go_out(written: str, goes: str) -> None:
    """And no words run together where a control parted them."""
    assert sent(written) == goes


@pytest.mark.parametrize(
    "written",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\U0001f469\U0001f3fd\u200d\U0001f680",
        "\u2764\ufe0f\u200d\U0001f525",
        "\u06dd",
    ],
    ids=["Persian", "Devanagari", "skin tone", "heart on fire", "end of a verse"],
)
def test_what_a_script_needs_goes_out(written: str) -> None:
    """Without it the word, or the picture, would be another."""
    assert sent(written) == written


@pytest.mark.parametrize(
    "written", ["\u0645\u200c\u200c\u062e", "\u0645\u200c", "\u200d\U0001f469"]
)
def test_a_joiner_that_joins_nothing_does_not_go_out(written: str) -> None:
    """At the edge of a word, or doubled, it could only carry something hidden."""
    assert "\u200c" not in sent(written)
    assert "\u200d" not in sent(written)


def test_the_letter_keeps_its_places() -> None:
    """Changes are told at the places of the letter, and undoing gives every sign back."""
    text = "\u2066I\u200b am\u2069 An\u00adna\u202c from Ly\u200bon"
    redaction = redact(
        letter(text),
        [
            treatment(finding_of(text, "An\u00adna"), "[name\u200b 1]"),
            treatment(finding_of(text, "Ly\u200bon"), "[place 1]"),
        ],
    )
    assert redaction.text == "I am [name 1] from [place 1]"
    assert [one.original for one in redaction.replacements] == ["An\u00adna", "Ly\u200bon"]
    for one in redaction.replacements:
        assert redaction.text[one.target.start : one.target.end] == one.replacement
    assert undo(redaction) == text


@pytest.mark.parametrize(
    ("text", "marks"), [("\u0336\u200b\u0336 a", 3), ("\u200ba\u0336", 0), ("a\u0336", 0), ("", 0)]
)
def test_marks_at_the_start_are_counted(text: str, marks: int) -> None:
    """With what is hidden between them."""
    assert marks_at_start(text) == marks


def test_no_mark_is_left_on_a_bracket() -> None:
    """Even where a person marked the letters without the stroke through the last."""
    text = "For Anna\u0336 and Bo\u0336b"
    redaction = redact(letter(text), [treatment(finding(4, 8), "[name 1]")])
    assert redaction.text == "For [name 1] and Bo\u0336b"
    assert undo(redaction) == text


def test_a_finding_takes_its_marks_with_it(pipeline: Pipeline) -> None:
    """A name that is struck through is found up to the stroke through its last letter."""
    struck = "".join(f"{one}\u0336" for one in "Rebecca")
    text = f"{PROSE}My name is {struck}.\n"
    draft = drafted(pipeline, text)
    assert [
        text[one.finding.span.start : one.finding.span.end]
        for one in draft.treatments
        if one.action is TreatmentAction.REPLACE
    ] == [struck]
    assert outgoing(draft) == f"{PROSE}My name is [name 1].\n"


def test_a_passage_that_stays_is_known_where_it_moved_to() -> None:
    """The leak check does not take what a person left readable for a leak."""
    text = "\u200bAnna \u200bmet Anna"
    treatments = [
        treatment(finding(1, 5), "[name 1]"),
        treatment(finding(11, 15), None, TreatmentAction.KEEP),
    ]
    redaction = redact(letter(text), treatments)
    assert redaction.text == "[name 1] met Anna"
    assert find_residuals(redaction, treatments) == ()
    gone = [treatment(finding(0, 1), None, TreatmentAction.KEEP)]
    assert find_residuals(redact(letter(text), gone), gone) == ()
