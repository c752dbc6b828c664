"""Detection as a whole: every recogniser, one set of findings, nothing shortened."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from anonymizer.canonical import detection_view
from anonymizer.detection.detector import Detector, _Run, is_masked
from anonymizer.errors import NotRead, RecognizerFailed
from anonymizer.model import EntityKind, Finding, Policy, Recognizer, TreatmentAction
from anonymizer.pipeline import Pipeline
from anonymizer.policy import policy_of_pair, treat
from anonymizer.rulebook import Rulebook
from tests.unit.exchange.sides import rule as pair
from tests.unit.parts import PROSE, finding, finding_of, known, passages


class Fixed:
    """A recogniser that always finds the same."""

    def __init__(self, name: str, *found: Finding) -> None:
        self.recognizer_id = name
        self.found = found

    def find(self, text: str) -> Iterable[Finding]:
        """What it was made with."""
        return self.found


def detector(rules: Rulebook, *recognizers: Recognizer, policy: Policy | None = None) -> Detector:
    """A detector with these recognisers only."""
    return Detector(rulebook=rules, recognizers=recognizers, policy=policy or rules.policy)


def test_findings_are_spans_of_the_letter(rules: Rulebook) -> None:
    """The recogniser read the view; the caller gets places of the letter."""
    view = detection_view("\u200b\u200bAn\u200bna")
    (one,) = detector(rules, Fixed("a", finding(0, 4))).detect(view)
    assert (one.span.start, one.span.end, one.entity) == (2, 7, "PERSON-1")


def test_the_order_of_recognisers_changes_nothing(pipeline: Pipeline) -> None:
    """The inventory may be sorted in any way."""
    view = detection_view(
        PROSE + "I am Anna Kowalska, 57, from Radom. Mail anna@web.de, call +49 151 2345678."
    )
    forwards = pipeline.detector.detect(view)
    backwards = replace(
        pipeline.detector, recognizers=tuple(reversed(pipeline.recognizers))
    ).detect(view)
    assert forwards == backwards
    assert len(forwards) >= 5


def test_a_recogniser_that_was_left_out_is_an_error(
    rules: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted when they have come to their end."""
    finish = _Run.__call__

    def forget_one(run: _Run) -> None:
        run._recognizers = run._recognizers[:-1]
        finish(run)

    monkeypatch.setattr(_Run, "__call__", forget_one)
    with pytest.raises(NotRead):
        detector(rules, Fixed("a"), Fixed("b")).detect(detection_view("Anna Rose"))


def test_every_recogniser_is_asked(rules: Rulebook) -> None:
    """Also those after one that found something."""
    first = Fixed("a", finding(0, 4, EntityKind.DATE))
    second = Fixed("b", finding(5, 9, EntityKind.AGE))
    found = detector(rules, first, second).detect(detection_view("Anna Rose"))
    assert [one.kind for one in found] == [EntityKind.DATE, EntityKind.AGE]


def test_what_is_too_unlikely_even_to_ask_is_dropped(rules: Rulebook) -> None:
    """Below `suggest_from` of its kind; from there on it is shown."""
    ruling = rules.policy.rulings[EntityKind.EVENT]
    for score, count in ((ruling.suggest_from - 0.01, 0), (ruling.suggest_from, 1)):
        only = Fixed("a", finding(0, 4, EntityKind.EVENT, score))
        assert len(detector(rules, only).detect(detection_view("Anna Rose"))) == count


def test_only_what_is_sure_is_spread(rules: Rulebook) -> None:
    """A doubtful name does not take out every mention of it."""
    text = "Zofia and then Zofia"
    sure = detector(rules, Fixed("a", finding(0, 5))).detect(detection_view(text))
    doubtful = detector(rules, Fixed("a", finding(0, 5, score=0.2))).detect(detection_view(text))
    assert passages(text, sure) == ["Zofia", "Zofia"]
    assert passages(text, doubtful) == ["Zofia"]


def test_known_identifiers_are_looked_for(rules: Rulebook) -> None:
    """With the recognisers of the language, for this letter only."""
    quiet = detector(rules, Fixed("a"))
    view = detection_view("the word wilhelmina here")
    found = quiet.detect(view, [known(EntityKind.PERSON, "Wilhelmina")])
    assert [one.recognizer for one in found] == ["known:register"]
    assert quiet.detect(view) == ()


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200b"])
def test_nothing_to_read_finds_nothing(pipeline: Pipeline, text: str) -> None:
    """No recogniser is asked about blanks."""
    assert pipeline.detector.detect(detection_view(text)) == ()


@pytest.mark.parametrize("kind", list(EntityKind))
@pytest.mark.parametrize("score", [0.1, 0.4, 0.9])
def test_masked_is_what_the_policy_takes_out(
    rules: Rulebook, kind: EntityKind, score: float
) -> None:
    """By action and threshold of its kind."""
    ruling = rules.policy.rulings[kind]
    masked = is_masked(rules.policy, finding(0, 4, kind, score))
    assert masked is (ruling.action in ("replace", "generalize") and score >= ruling.mask_from)


def test_a_failure_names_the_recogniser_and_no_text(rules: Rulebook) -> None:
    """The message may be logged."""

    class Quoting:
        """A recogniser whose error quotes the letter."""

        recognizer_id = "test:quoting"

        def find(self, text: str) -> Iterable[Finding]:
            """Fails."""
            raise ValueError(text)

    with pytest.raises(RecognizerFailed, match="test:quoting failed with ValueError") as failure:
        detector(rules, Fixed("a", finding(0, 4)), Quoting()).detect(detection_view("Wilhelmina"))
    assert "Wilhelmina" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None


#: A text, what is found in it, what the rule of the pair says, and what has to be taken out.
OVERLAPS = {
    "a nationality inside a suggested occupation": (
        "I am a German nurse here",
        {"German": EntityKind.NATIONALITY, "German nurse": EntityKind.OCCUPATION},
        {"country_may_be_named": "no"},
        ["German"],
    ),
    "a country that a place reaches into": (
        "We live in Ulm, UK now",
        {"Ulm, U": EntityKind.PLACE, "UK": EntityKind.COUNTRY},
        {"country_may_be_named": "no"},
        ["Ulm, UK"],
    ),
    "a country of two letters beside a place": (
        "We live in Ulm UK now",
        {"Ulm": EntityKind.PLACE, "Ulm UK": EntityKind.COUNTRY},
        {"country_may_be_named": "no"},
        ["Ulm UK"],
    ),
    "a name inside a date that may stay": (
        "It was in May Miller 2020 then",
        {"May Miller": EntityKind.PERSON, "in May Miller 2020": EntityKind.DATE},
        {"exact_dates": "keep"},
        ["May Miller"],
    ),
    "a name inside an age that may stay": (
        "My Anna of 45 years is well",
        {"Anna": EntityKind.PERSON, "Anna of 45 years": EntityKind.AGE},
        {"age_precision": "exact"},
        ["Anna"],
    ),
    "a place inside a country that may be named": (
        "We live in Ulm in Germany now",
        {"Ulm": EntityKind.PLACE, "Ulm in Germany": EntityKind.COUNTRY},
        {"country_may_be_named": "yes"},
        ["Ulm"],
    ),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_overlaps_follow_the_policy_of_the_letter(rules: Rulebook, name: str) -> None:
    """What the pair takes out is not lost to a suggestion, what it keeps hides no name."""
    text, found, fields, out = OVERLAPS[name]
    policy = policy_of_pair(rules.policy, pair(**fields))
    recognizer = Fixed("a", *(finding_of(text, words, kind) for words, kind in found.items()))
    findings = detector(rules, recognizer).detect(detection_view(text), policy=policy)
    replaced = [
        one.finding
        for one in treat(text, findings, policy)
        if one.action is TreatmentAction.REPLACE
    ]
    assert passages(text, replaced) == out


def test_the_policy_of_one_letter_does_not_stay(rules: Rulebook) -> None:
    """The next letter without one is resolved by the detector's own."""
    text = "I am a German nurse here"
    both = {"German": EntityKind.NATIONALITY, "German nurse": EntityKind.OCCUPATION}
    made = detector(rules, Fixed("a", *(finding_of(text, one, kind) for one, kind in both.items())))
    strict = policy_of_pair(rules.policy, pair(country_may_be_named="no"))
    before = made.detect(detection_view(text))
    assert len(made.detect(detection_view(text), policy=strict)) == 2
    assert made.detect(detection_view(text)) == before
