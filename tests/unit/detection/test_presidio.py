"""Both ways over the bridge: Presidio's recognisers in our loop, ours in Presidio's."""

import time
from typing import Any

import pytest
import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_anonymizer import AnonymizerEngine, OperatorConfig

from anonymizer.detection import presidio
from anonymizer.detection.names import InitialsRecognizer, LetterGrammar
from anonymizer.detection.numbers import DonorNumberRecognizer
from anonymizer.detection.presidio import (
    LetterRecognizer,
    PredefinedRecognizer,
    predefined_recognizers,
    presidio_entity,
)
from anonymizer.donor_number import DonorNumberForm
from anonymizer.errors import RecognizerFailed
from anonymizer.model import EntityKind
from anonymizer.redaction import Placeholder
from tests.unit.parts import GRID, shipped_rules

NUMBER = EntityKind.OTHER_ID
BY_NAME = {one.recognizer_id.removeprefix("presidio:"): one for one in predefined_recognizers()}


class BlankNlp(SpacyNlpEngine):
    """An NLP engine that needs no download."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp: Any = {"en": spacy.blank("en")}


@pytest.fixture(scope="module")
def analyzer() -> AnalyzerEngine:
    """A real Presidio engine with two recognisers of ours and nothing else."""
    registry = RecognizerRegistry(recognizers=[], supported_languages=["en"])
    registry.add_recognizer(
        LetterRecognizer(
            InitialsRecognizer(LetterGrammar(rulebook=shipped_rules())), kinds=[EntityKind.INITIALS]
        )
    )
    registry.add_recognizer(
        LetterRecognizer(DonorNumberRecognizer(DonorNumberForm()), kinds=[EntityKind.DONOR_NUMBER])
    )
    return AnalyzerEngine(registry=registry, nlp_engine=BlankNlp(), supported_languages=["en"])


def test_our_recognisers_work_in_a_presidio_engine(analyzer: AnalyzerEngine) -> None:
    """Initials and donor numbers, with their scores and places."""
    text = f"My friend M. says that my donor number is {GRID}."
    results = analyzer.analyze(text, language="en")
    found = {(one.entity_type, text[one.start : one.end]) for one in results}
    assert found == {("INITIALS", "M."), ("DONOR_NUMBER", GRID)}
    assert all(0.5 <= one.score <= 1 for one in results)


def test_presidio_may_ask_for_one_kind_only(analyzer: AnalyzerEngine) -> None:
    """`entities` is respected."""
    text = f"My friend M. has {GRID}."
    results = analyzer.analyze(text, language="en", entities=["INITIALS"])
    assert [one.entity_type for one in results] == ["INITIALS"]


def test_both_bridges_meet(analyzer: AnalyzerEngine) -> None:
    """Our recogniser, Presidio's loop, our operator, Presidio's anonymiser."""
    text = f"My donor number is {GRID}."
    engine = AnonymizerEngine()
    engine.add_anonymizer(Placeholder)
    results: list[Any] = list(analyzer.analyze(text, language="en"))
    made = engine.anonymize(
        text,
        results,
        {"DONOR_NUMBER": OperatorConfig("placeholder", {"new_value": "[donor number]"})},
    )
    assert made.text == "My donor number is [donor number]."


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (EntityKind.EMAIL, "EMAIL_ADDRESS"),
        (EntityKind.PHONE, "PHONE_NUMBER"),
        (EntityKind.PLACE, "LOCATION"),
        (EntityKind.DATE, "DATE_TIME"),
        (EntityKind.PERSON, "PERSON"),
        (EntityKind.DONOR_NUMBER, "DONOR_NUMBER"),
    ],
)
def test_kinds_have_presidios_names_where_it_has_some(kind: EntityKind, name: str) -> None:
    """So that anybody's operators and filters fit."""
    assert presidio_entity(kind) == name


@pytest.mark.parametrize(
    ("recognizer", "text", "words", "kind"),
    [
        ("EmailRecognizer", "mail anna@web.de now", "anna@web.de", EntityKind.EMAIL),
        ("UrlRecognizer", "see www.garden.org now", "www.garden.org", EntityKind.URL),
        ("UrlRecognizer", "see https://a.org/b now", "https://a.org/b", EntityKind.URL),
        ("UrlRecognizer", "see my-blog.de/me now", "my-blog.de/me", EntityKind.URL),
        ("PhoneRecognizer", "call +49 30 123456 now", "+49 30 123456", EntityKind.PHONE),
        ("IbanRecognizer", "to DE89370400440532013000", "DE89370400440532013000", NUMBER),
        ("CreditCardRecognizer", "on 4111 1111 1111 1111 now", "4111 1111 1111 1111", NUMBER),
        ("IpRecognizer", "at 192.168.17.4 now", "192.168.17.4", EntityKind.URL),
        ("IpRecognizer", "at fe80::1 now", "fe80::1", EntityKind.URL),
        ("IpRecognizer", "at 2001:db8:0:0:0:0:2:1 now", "2001:db8:0:0:0:0:2:1", EntityKind.URL),
        ("IpRecognizer", "at ::ffff:192.0.2.1 now", "::ffff:192.0.2.1", EntityKind.URL),
    ],
)  # fmt: skip
def test_a_predefined_recogniser_finds_its_kind(
    recognizer: str, text: str, words: str, kind: EntityKind
) -> None:
    """Exactly the passage, with a score that masks."""
    (one, *_) = BY_NAME[recognizer].find(text)
    assert text[one.span.start : one.span.end] == words
    assert one.kind is kind
    assert one.score >= 0.5
    assert one.recognizer == f"presidio:{recognizer}"


@pytest.mark.parametrize(
    ("recognizer", "text"),
    [
        ("EmailRecognizer", "anna @ home"),
        ("UrlRecognizer", "It was warm.In autumn it was not."),
        ("UrlRecognizer", "Thank you.So much."),
        ("UrlRecognizer", "e.g. this and i.e. that"),
        ("PhoneRecognizer", "code AB1234567890123 here"),
        ("IbanRecognizer", "DE89370400440532013001 is wrong"),
        ("CreditCardRecognizer", "4111 1111 1111 1112 is wrong"),
        ("IpRecognizer", "so: :: and so on"),
    ],
)
def test_a_predefined_recogniser_leaves_the_rest(recognizer: str, text: str) -> None:
    """Wrong check digits, sentences without a blank, and signs are none."""
    assert list(BY_NAME[recognizer].find(text)) == []


def test_the_names_of_predefined_recognisers_are_stable() -> None:
    """Presidio's own id is a memory address."""
    assert list(BY_NAME) == [
        "EmailRecognizer",
        "UrlRecognizer",
        "PhoneRecognizer",
        "IbanRecognizer",
        "CreditCardRecognizer",
        "IpRecognizer",
    ]


class Slow(EntityRecognizer):
    """A Presidio recogniser whose pattern ran out of time: no result and no error."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["URL"])

    def load(self) -> None:
        """Nothing."""

    def analyze(self, *_args: Any) -> list[Any]:
        """Skips its pattern, as Presidio does."""
        time.sleep(0.02)
        return []


def test_a_presidio_recogniser_that_ran_out_of_time_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Presidio would pass the letter on as if nothing had been in it."""
    monkeypatch.setattr(presidio, "REGEX_TIMEOUT_SECONDS", 0.01)
    with pytest.raises(RecognizerFailed):
        PredefinedRecognizer(Slow(), needs=lambda _text: True).find("text")


def test_a_recogniser_is_not_asked_without_what_it_needs() -> None:
    """A letter without "@" has no e-mail address."""
    assert list(PredefinedRecognizer(Slow(), needs=lambda _text: False).find("text")) == []


def test_every_recogniser_of_ours_can_be_lent() -> None:
    """Whatever stands in the inventory fits into Presidio."""
    for one in predefined_recognizers():
        lent = LetterRecognizer(one, kinds=[EntityKind.URL, EntityKind.EMAIL])
        assert vars(lent)["name"] == one.recognizer_id
        assert lent.analyze("mail anna@web.de", [], None) == lent.analyze(
            "mail anna@web.de", ["URL", "EMAIL_ADDRESS", "PHONE_NUMBER", "OTHER_ID"], None
        )
