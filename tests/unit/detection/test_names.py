"""The grammar of letters: who is greeted, who introduces himself, who signs."""

import pytest

from anonymizer.detection.names import (
    InitialsRecognizer,
    IntroductionRecognizer,
    KinNameRecognizer,
    LetterGrammar,
    SalutationRecognizer,
    SignOffRecognizer,
)
from anonymizer.model import EntityKind
from tests.unit.parts import found_in, shipped_rules

GRAMMAR = LetterGrammar(rulebook=shipped_rules())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear Anna,", ["Anna"]),
        ("Hi Tom and Lisa!", ["Tom", "Lisa"]),
        ("dear anna,", ["anna"]),
        ("Dear friend Kasia,", ["Kasia"]),
        ("Hello K.,", ["K"]),
        ("My dear Maria-Luise!", ["Maria-Luise"]),
        ("Dear Anna van der Berg,", ["Anna van der Berg"]),
        ("Good morning Mrs Jones,", ["Jones"]),
        ("Dear Mr. Smith,", ["Smith"]),
        ("Dear A. K.,", ["A. K."]),
        ("Hello.\nDear Zo\u00eb,\nwell", ["Zo\u00eb"]),
        ("  > Dear Anna,", ["Anna"]),
        ("Dear donor,", []),
        ("Dear Unknown Hero,", []),
        ("Dear Sir or Madam,", []),
        ("To my donor", []),
        ("She said dear Anna,", []),
        ("Dear all of you who have worked so hard for us in these years,", []),
        ("", []),
    ],
)
def test_a_salutation_names_who_is_greeted(text: str, found: list[str]) -> None:
    """At the start of a line, and never a role such as donor or friend."""
    passages = [one.rstrip(".") for one in found_in(SalutationRecognizer(GRAMMAR), text)]
    assert passages == [one.rstrip(".") for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My name is Anna Kowalska and I", ["Anna Kowalska"]),
        ("my name is anna", ["anna"]),
        ("just call me Spud.", ["Spud"]),
        ("a girl named Zofia", ["Zofia"]),
        ("I am called Jan van der Berg.", ["Jan van der Berg"]),
        ("we named him Leo", ["Leo"]),
        ("My name is K. and", ["K."]),
        ("my wife's name is Rose", ["Rose"]),
        ("goes by the name of Red", ["Red"]),
        ("My name: Ola", ["Ola"]),
        ('I\'m called "Bea"', ["Bea"]),
        ("this is Tom", ["Tom"]),
        ("My name is not important", []),
        ("They call me happy", []),
        ("call me after five", []),
        ("this is wonderful", []),
        ("my name is", []),
        ("", []),
    ],
)
def test_an_introduction_tells_a_name(text: str, found: list[str]) -> None:
    """In any case after a clear cue; an ordinary word is none."""
    assert found_in(IntroductionRecognizer(GRAMMAR), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Well.\nYours,\nAnna", {"Anna"}),
        ("Well.\nYours sincerely, Tom Miller", {"Tom Miller"}),
        ("Well.\nLove,\nK. V.", {"K. V."}),
        ("Well.\nBest wishes\nK + J xo", {"K", "J"}),
        ("Well.\nLove,\nAnna and Tom", {"Anna", "Tom"}),
        ("Well.\nWith love from Anna, Tom & Lisa", {"Anna", "Tom", "Lisa"}),
        ("well\nyours,\nanna", {"anna"}),
        ("Well.\nHooroo,\nSpud", {"Spud"}),
        ("Well.\nYours,\nAnna (57)", {"Anna"}),
        ("Well.\nSincerely,\n\n\nM.\n", {"M."}),
        ("I am well.\nZo\u00eb", {"Zo\u00eb"}),
        ("Well.\n\n- Zo\u00eb", {"Zo\u00eb"}),
        ("Well.\nYours,\nyour grateful patient", set()),
        ("Well.\nLove,\nDad", set()),
        ("Well.\nYours\nYour donor", set()),
        ("I am well.\nThank you so much.", set()),
        ("Well.\nXX", set()),
        ("Well.\nGod bless you", set()),
        ("ok bye and thank you\n\nm", {"m"}),
        ("Well.\n\nlove you lots\nx k x", {"k"}),
        ("Well.\n\nSent from my Samsung Galaxy", set()),
        ("Well.\nYours,\nI will write again soon and tell you more.", set()),
        ("Only one line", set()),
        ("", set()),
    ],
)
def test_a_sign_off_names_who_signs(text: str, found: set[str]) -> None:
    """Names, nicknames and initials, in the lines below a closing or alone at the end."""
    passages = {one.rstrip(".") for one in found_in(SignOffRecognizer(GRAMMAR), text)}
    assert passages == {one.rstrip(".") for one in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dr. S. said", ["S."]),
        ("Mr. T. came", ["T."]),
        ("my friend M. is", ["M."]),
        ("our daughter L. K. sings", ["L. K."]),
        ("my wife B and I", ["B"]),
        ("I am J., and", ["J."]),
        ("the name is B.", ["B."]),
        ("Plan B is vitamin C", []),
        ("my son is A student", []),
        ("I am A bit", []),
        ("my friend I met", []),
        ("", []),
    ],
)
def test_initials_stand_for_a_name_after_a_title_or_a_relative(text: str, found: list[str]) -> None:
    """A single capital elsewhere is a vitamin or the beginning of a sentence."""
    recognizer = InitialsRecognizer(GRAMMAR)
    assert found_in(recognizer, text) == found
    assert {one.kind for one in recognizer.find(text)} <= {EntityKind.INITIALS}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("and my husband Piotr is", ["Piotr"]),
        ("my sister Rosamund came", ["Rosamund"]),
        ("my husband and I", []),
        ("my mother is well", []),
        ("My mother-in-law is Joy.", ["Joy"]),
        ("Well. Hope is my daughter.", ["Hope"]),
        ("my wife is Polish.", []),
        ("This is my sister.", []),
        ("What was my son doing?", []),
        ("", []),
    ],
)
def test_a_relative_is_named(text: str, found: list[str]) -> None:
    """The capitalised word after a word of kin."""
    assert found_in(KinNameRecognizer(GRAMMAR), text) == found


@pytest.mark.parametrize("word", ["Anna", "anna", "K.", "Zo\u00eb", "O'Brien", "Maria-Luise"])
def test_a_word_may_be_a_name(word: str) -> None:
    """Unless a list says otherwise."""
    assert GRAMMAR.may_be_name(word)


@pytest.mark.parametrize("word", ["donor", "Donor", "Mum", "Dr.", "Mrs", "", ".", "'"])
def test_a_role_a_title_or_a_sign_is_no_name(word: str) -> None:
    """In any case."""
    assert not GRAMMAR.may_be_name(word)


@pytest.mark.parametrize(
    "recognizer",
    [
        SalutationRecognizer(GRAMMAR),
        IntroductionRecognizer(GRAMMAR),
        SignOffRecognizer(GRAMMAR),
        InitialsRecognizer(GRAMMAR),
        KinNameRecognizer(GRAMMAR),
    ],
    ids=lambda one: one.recognizer_id,
)
@pytest.mark.parametrize(
    "text", ["Dear ", "my name is ", "Yours,\n", "K. ", "my wife ", "- \n", "\u200b", ",\n", "A\n"]
)
def test_the_grammar_gets_over_anything(recognizer: SalutationRecognizer, text: str) -> None:
    """Spans inside the text, whatever is repeated."""
    long = text * 200
    assert all(one.span.end <= len(long) for one in recognizer.find(long))
