"""The language gate: what goes abroad is English, and what cannot be told is held."""

import pytest

from anonymizer.language import (
    LanguageGate,
    foreign_passages,
    language_hold,
    required_languages,
)
from anonymizer.model import Circumstances, Routing
from anonymizer.pipeline import Pipeline

ENGLISH = (
    "Dear donor, I do not know how to thank you for what you did for me. Two years ago I was very "
    "ill, and now I can play with my children again and I go for a walk every morning."
)
GERMAN = (
    "Liebe Spenderin, ich weiss nicht, wie ich Dir danken soll. Vor zwei Jahren war ich sehr krank "
    "und heute kann ich wieder mit meinen Kindern spielen und jeden Morgen spazieren gehen."
)
SPANISH = (
    "Querido donante, no sé cómo darte las gracias por lo que hiciste por mí. Hace dos años estaba "
    "muy enfermo y ahora puedo jugar otra vez con mis hijos."
)
POLISH = (
    "Drogi dawco, nie wiem, jak mam Ci podziękować za to, co dla mnie zrobiłeś. Dwa lata temu "
    "byłem bardzo chory, a teraz znowu mogę bawić się z dziećmi."
)
MODELS = frozenset({"en"})


@pytest.fixture(scope="module")
def gate(pipeline: Pipeline) -> LanguageGate:
    """The gate as it is shipped."""
    return pipeline.gate


def hold_code(gate: LanguageGate, text: str, *required: str) -> str | None:
    """The code of the hold for a letter, or None when it may go on."""
    hold = language_hold(gate.judge(text, required), MODELS)
    return None if hold is None else hold.code


@pytest.mark.parametrize(
    ("text", "abroad", "domestic"),
    [
        (ENGLISH, None, None),
        (GERMAN, "wrong_language", "no_model"),
        (SPANISH, "wrong_language", "no_model"),
        (POLISH, "wrong_language", "no_model"),
        (f"{GERMAN}\n\n{GERMAN}\n\n{ENGLISH}", "wrong_language", "no_model"),
        ("Danke.", "undecided", "undecided"),
        ("Love, Anna", "undecided", "undecided"),
        ("", "undecided", "undecided"),
        ("1 2 3 4 5 6 7 8 9", "undecided", "undecided"),
        ("\U0001f600 \U0001f389 \u2764", "undecided", "undecided"),
    ],
    ids=[
        "English",
        "German",
        "Spanish",
        "Polish",
        "more German than English",
        "one word",
        "closing only",
        "nothing",
        "numbers",
        "emoji",
    ],
)
def test_a_letter_is_admitted_or_held(
    gate: LanguageGate, text: str, abroad: str | None, domestic: str | None
) -> None:
    """Abroad only English goes on; at home only what we have a model for."""
    assert hold_code(gate, text, "en") == abroad
    assert hold_code(gate, text) == domestic


def test_a_letter_half_in_german_shows_its_german_passage(gate: LanguageGate) -> None:
    """The proofreader sees which passage needs a translator."""
    verdict = gate.judge(f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}", ("en",))
    (foreign,) = foreign_passages(verdict)
    assert foreign.code == "de"
    assert (foreign.span.start, foreign.span.end) == (
        len(ENGLISH) + 2,
        len(ENGLISH) + 2 + len(GERMAN),
    )


def test_a_letter_mostly_in_german_is_not_admitted_by_an_english_beginning(
    gate: LanguageGate,
) -> None:
    """More than half of its words stand in passages that are not English."""
    verdict = gate.judge(f"{ENGLISH}\n\n{GERMAN}\n\n{SPANISH}", ("en",))
    assert not verdict.admitted


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        GERMAN,
        SPANISH,
        "Hello my dear friend Giovanni",
        "Grazie mille caro amico mio bello",
    ],
)
def test_the_answer_is_the_same_each_time(gate: LanguageGate, text: str) -> None:
    """Twenty repetitions: langdetect alone would change its mind."""
    verdicts = {repr(gate.judge(text, ("en",))) for _ in range(20)}
    assert len(verdicts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Dear donor, my name is Krzysztof Wawrzyniak from Szczebrzeszyn and I am so grateful.",
        "THANK YOU SO MUCH FOR ALL THAT YOU DID FOR ME AND MY FAMILY",
        "hi there i just want to say thank you for my life and i hope you are well",
        "Dear donor, saludos from the south! I am well and I think of you with all my heart.",
    ],
)
def test_names_and_style_do_not_make_a_letter_foreign(gate: LanguageGate, text: str) -> None:
    """English letters with foreign names, capitals only, or a foreign word."""
    assert hold_code(gate, text, "en") is None


@pytest.mark.parametrize(
    ("writer", "reader", "language", "required"),
    [
        ("DE", "US", None, ("en",)),
        ("DE", "DE", None, ()),
        (None, None, None, ("en",)),
        ("DE", None, None, ("en",)),
        (None, "DE", None, ("en",)),
        ("DE", "US", "de", ("de",)),
        ("DE", "DE", "EN", ("en",)),
    ],
)
def test_english_is_required_unless_both_sides_are_at_home(
    writer: str | None, reader: str | None, language: str | None, required: tuple[str, ...]
) -> None:
    """A country that is not known counts as abroad; the caller may ask for a language."""
    routing = Routing(donor_number=None, writer_country=writer, reader_country=reader)
    assert required_languages(routing, Circumstances(language=language)) == required


def test_the_reason_names_both_languages(gate: LanguageGate) -> None:
    """In words: the coordinator knows what to ask for, and reads nothing of the letter."""
    hold = language_hold(gate.judge(GERMAN, ("en",)), MODELS)
    assert hold is not None
    assert hold.reason == "The letter must be in English. It seems to be in German."
