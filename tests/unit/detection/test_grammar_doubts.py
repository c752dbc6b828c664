"""Names that the grammar of letters alone has found: the model has to think something of them."""

from functools import partial

import pytest

from anonymizer.detection.grammar_doubts import SALUTATION, SIGN_OFF, doubted_without_model
from anonymizer.language_rules import LanguageRules
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import load_rulebook

ENGLISH, GERMAN, DUTCH = (load_rulebook(code).language for code in ("en", "de", "nl"))


def score(
    sentence: str,
    *,
    by: str,
    model: float = 0.0,
    language: LanguageRules = ENGLISH,
    kind: EntityKind = EntityKind.PERSON,
) -> float:
    """What is left of 0.85 by the grammar of letters where the model says `model`."""
    before, found, after = sentence.split("|")
    span = Span(start=len(before), end=len(before) + len(found))
    finding = Finding(span=span, kind=kind, score=0.85, recognizer=by)
    suspected = Finding(span=span, kind=kind, score=model, recognizer="ner:letter")
    everything = [finding, suspected] if model else [finding]
    return doubted_without_model(
        before + found + after, finding, everything, language=language
    ).score


@pytest.mark.parametrize(
    ("sentence", "recognizer"),
    [
        ("Hallo and |Grüß| Gott,", SALUTATION),
        ("Dear |Across|-the-Water,", SALUTATION),
        ("Bye!\nYour bone |sister|", SIGN_OFF),
        ("Bye!\nA grateful |Stranger|", SIGN_OFF),
    ],
)
def test_a_word_that_the_model_thinks_nothing_of_is_asked_about(
    sentence: str, recognizer: str
) -> None:
    """And is taken out as soon as it thinks anything of it."""
    assert score(sentence, by=recognizer) == pytest.approx(0.255)
    assert score(sentence, by=recognizer, model=0.05) == pytest.approx(0.85)


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_initials_and_other_signs_need_no_model(language: LanguageRules) -> None:
    """A letter that ends with "m" is signed, whatever the model says."""
    plain = partial(score, language=language)
    assert plain("ok bye\n|m|", by=SIGN_OFF, kind=EntityKind.INITIALS) == pytest.approx(0.85)
    assert plain("my |Zwurbel|", by="names:kin") == pytest.approx(0.85)


@pytest.mark.parametrize(
    ("sentence", "recognizer"),
    [
        ("Danke!\nIhre |Topfbohrerin|", SIGN_OFF),
        ("Danke!\nEin alter |Zwurbler|", SIGN_OFF),
        ("Danke!\n|Et Zwurbel| vum Spill", SIGN_OFF),
        ("Lieber |Zwurbler|,", SALUTATION),
    ],
)
def test_among_nouns_with_capitals_the_model_has_to_half_believe_it(
    sentence: str, recognizer: str
) -> None:
    """Behind an article, a possessive or a greeting stand nouns as well as names."""
    german = partial(score, sentence, by=recognizer, language=GERMAN)
    assert german(model=0.2) == pytest.approx(0.255)
    assert german(model=0.4) == pytest.approx(0.85)


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
@pytest.mark.parametrize("below", ["", "\nPS: it snows"])
def test_a_bare_word_below_the_closing_is_a_name(language: LanguageRules, below: str) -> None:
    """Nothing leads up to a noun there, so the model is not asked."""
    signed = f"Bye!\n|Zwurbler| ♥{below}"
    assert score(signed, by=SIGN_OFF, language=language) == pytest.approx(0.85)


def test_a_language_whose_model_knows_less_leaves_it_to_the_grammar() -> None:
    """Without `grammar_support` no model is asked."""
    assert score("Beste |Zwurbel|,", by=SALUTATION, language=DUTCH) == pytest.approx(0.85)
