"""Every rule in `rules/patterns` keeps the promises that stand beside it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from anonymizer.canonical import detection_view
from anonymizer.detection.checks import CHECKS
from anonymizer.detection.patterns import RuleRecognizer, rule_recognizers
from anonymizer.model import EntityKind
from anonymizer.rulebook import PatternRule, load_rulebook
from tests.unit.parts import found_in, shipped_rules

RULES = shipped_rules().patterns
MATCHES = [(rule, text) for rule in RULES for text in rule.match]
MISSES = [(rule, text) for rule in RULES for text in rule.miss]


def named(cases: list[tuple[PatternRule, str]]) -> list[str]:
    """Test ids: the rule and its example."""
    return [f"{rule.rule_id}: {text}" for rule, text in cases]


@pytest.mark.parametrize(("rule", "text"), MATCHES, ids=named(MATCHES))
def test_a_rule_finds_its_examples(rule: PatternRule, text: str) -> None:
    """Alone, and in the middle of a letter; what it finds has the kind and score of the rule."""
    for context in ("{}", "Hello. {} And so on.", "So:\n{}\nYours"):
        seen = detection_view(context.format(text)).text
        findings = list(RuleRecognizer(rule).find(seen))
        if context == "{}":
            assert findings
        for one in findings:
            assert (one.kind, one.score) == (rule.kind, rule.score)
            assert one.recognizer == f"pattern:{rule.rule_id}"
            assert one.evidence == (rule.rule_id,)
            assert (
                seen[one.span.start : one.span.end].strip(" \n,;:")
                == (seen[one.span.start : one.span.end])
            )


@pytest.mark.parametrize(("rule", "text"), MISSES, ids=named(MISSES))
def test_a_rule_leaves_its_counter_examples(rule: PatternRule, text: str) -> None:
    """What looks alike and means something else stays."""
    assert found_in(RuleRecognizer(rule), text) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_has_examples_and_is_well_formed(rule: PatternRule) -> None:
    """Its own tests, a group for the finding, a score that some tier takes."""
    ruling = shipped_rules().policy.rulings[rule.kind]
    assert rule.match
    assert rule.miss
    assert ruling.suggest_from <= rule.score <= 1
    assert "(?P<id>" in rule.regex
    assert rule.check is None or rule.check in CHECKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_gets_over_any_text(rule: PatternRule) -> None:
    """Long rows of what patterns like to repeat end at once, because RE2 is linear."""
    for piece in ("A", "a ", "1", "1 ", "Aa ", "the ", "at ", ".", "- ", "\u00e9 ", "@a."):
        list(RuleRecognizer(rule).find(piece * 500))


def rule(regex: str, **more: object) -> RuleRecognizer:
    """A recogniser of one rule made up for a test."""
    fields: dict[str, object] = {
        "rule_id": "x",
        "kind": EntityKind.OTHER_ID,
        "regex": regex,
        "score": 0.9,
        **more,
    }
    return RuleRecognizer(PatternRule(**fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("regex", "text", "found"),
    [
        (r"badge (?P<id>\d+)", "badge 12", ["12"]),
        (r"badge \d+", "badge 12", ["badge 12"]),
        (r"(?P<id>[A-Z ,]+)", "so, A B , so", ["A B"]),
        (r"\b(?P<id>m\w+)", "\u00e9mile mile", ["mile"]),
        (r"(?P<id>ber)\b", "ber\u00e9 ber", ["ber"]),
        (r"(?P<id>[,;]+)", "a ,; b", []),
    ],
)
def test_a_finding_is_the_named_group_trimmed_at_word_boundaries(
    regex: str, text: str, found: list[str]
) -> None:
    """RE2 knows ASCII boundaries only; a piece of an accented word is no match."""
    assert found_in(rule(regex), text) == found


def test_context_words_are_needed_near_the_match() -> None:
    """In any case, before or after, within the window."""
    near = rule(r"(?P<id>\d{4})", context=("Room",), window=12)
    assert found_in(near, "in ROOM 1234") == ["1234"]
    assert found_in(near, "1234 is my room") == ["1234"]
    assert found_in(near, "room and a long way to 1234") == []


@pytest.mark.parametrize(("sensitive", "found"), [(True, ["AB1"]), (False, ["AB1", "ab1"])])
def test_case_matters_where_the_rule_says_so(sensitive: bool, found: list[str]) -> None:
    """By default it does."""
    assert found_in(rule("(?P<id>AB1)", case_sensitive=sensitive), "AB1 ab1") == found


@pytest.mark.parametrize(
    ("check", "text", "words", "holds"),
    [
        ("code", "ref 2021", "2021", False),
        ("code", "ref 12", "12", False),
        ("code", "ref 1234", "1234", True),
        ("code", "ref AB12", "AB12", False),
        ("code", "ref AB123", "AB123", True),
        ("handle", "anna_k", "anna_k", True),
        ("handle", "anna", "anna", False),
        ("handle", "Anna", "Anna", True),
        ("postcode_town", "10000 Thanks", "10000 Thanks", False),
        ("postcode_town", "72074 Town", "72074 Town", True),
        ("plate", "HLA-DR 4", "HLA-DR 4", False),
        ("plate", "B-KA 12", "B-KA 12", True),
        ("subject_is_a_person", "There is 8", "8", False),
        ("subject_is_a_person", "Antonia is 8", "8", True),
        ("not_a_sentence_start_word", "Hello. Walk", "Walk", False),
        ("not_a_sentence_start_word", "with Rex", "Rex", True),
    ],
)
def test_a_check_tells_what_the_pattern_cannot(
    check: str,
    text: str,
    words: str,
    holds: bool,
) -> None:
    """Each check, both ways."""
    start = text.index(words)
    assert CHECKS[check](text, start, start + len(words)) is holds


@pytest.mark.parametrize("language", ["en", "de", "nl", "fr", "pl", "es"])
def test_a_sieve_changes_nothing_but_the_time(language: str) -> None:
    """Every rule finds in every example of every rule what it finds alone."""
    rules = load_rulebook(language).patterns
    sieved = rule_recognizers(rules)
    examples = [text for one in rules for text in (*one.match, *one.miss)]
    for rule, recognizer in zip(rules, sieved, strict=True):
        alone = RuleRecognizer(rule)
        for text in rule.match:
            assert list(recognizer.find(text)) == list(alone.find(text))
    whole = "\n".join(examples)
    for rule, recognizer in zip(rules, sieved, strict=True):
        assert list(recognizer.find(whole)) == list(RuleRecognizer(rule).find(whole))


def test_a_sieve_answers_for_the_text_it_is_asked_about() -> None:
    """Also when texts alternate, and when two threads ask about two of them."""
    rules = tuple(
        PatternRule(rule_id=word, kind=EntityKind.OTHER_ID, regex=word, score=0.9)
        for word in ("badge", "plate")
    )
    first, second = rule_recognizers(rules)
    texts = ["a badge", "a plate", "both badge and plate", "none"] * 50
    expected = [("badge" in text, "plate" in text) for text in texts]

    def seen(text: str) -> tuple[bool, bool]:
        return bool(list(first.find(text))), bool(list(second.find(text)))

    assert [seen(text) for text in texts] == expected
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(seen, texts)) == expected
