"""What identifies together: every rule, what counts as told, and the memory over letters."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from anonymizer.combinations import find_combinations, history_warnings, told
from anonymizer.model import (
    Combination,
    CombinationRule,
    EntityKind,
    Policy,
    Span,
    Told,
    Treatment,
    TreatmentAction,
)
from anonymizer.pipeline import Pipeline
from anonymizer.policy import renumbered, treat
from anonymizer.rulebook import Rulebook
from anonymizer.tables import notes
from tests.unit.parts import (
    PROSE,
    drafted,
    finding,
    finding_of,
    passages,
    shipped_rules,
    treatment,
)

RULES = shipped_rules().combinations
JOB, AGE, COUNTRY = EntityKind.OCCUPATION, EntityKind.AGE, EntityKind.COUNTRY


def fact(kind: EntityKind, *, letter: str = "now", as_written: bool = True, at: int = 0) -> Told:
    """Something that a letter tells."""
    return Told(letter_id=letter, span=Span(start=at, end=at + 3), kind=kind, as_written=as_written)


def facts(rule: CombinationRule, *, as_written: int, leave_out: int = 0) -> list[Told]:
    """One fact for each need of a rule, the first ones as written."""
    kinds = [min(need) for need in rule.needs][: rule.at_least - leave_out]
    return [
        fact(kind, as_written=number < as_written, at=4 * number)
        for number, kind in enumerate(kinds)
    ]


def names(found: Iterable[Combination]) -> list[str]:
    """The rules that were met."""
    return [one.rule_id for one in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_is_met_when_enough_is_told(rule: CombinationRule) -> None:
    """With the least that it asks for; the passages are named."""
    given = facts(rule, as_written=rule.as_written)
    (found,) = find_combinations(given, (rule,))
    assert (found.rule_id, found.sentence) == (rule.rule_id, rule.sentence)
    assert found.passages == tuple(given)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_is_not_met_by_less(rule: CombinationRule) -> None:
    """One need fewer, or one of them less exact."""
    assert not find_combinations(facts(rule, as_written=9, leave_out=1), (rule,))
    if rule.as_written:
        assert not find_combinations(facts(rule, as_written=rule.as_written - 1), (rule,))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_need_is_told_by_any_of_its_kinds(rule: CombinationRule) -> None:
    """A country does where a place does."""
    given = facts(rule, as_written=9)
    for number, one in enumerate(given):
        need = next(need for need in rule.needs if one.kind in need)
        for kind in need:
            other = [*given[:number], replace(one, kind=kind), *given[number + 1 :]]
            assert find_combinations(other, (rule,))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_explains_itself(rule: CombinationRule) -> None:
    """To the proofreader, and to whoever doubts it."""
    assert rule.sentence.endswith(".")
    assert rule.why.endswith(".")
    assert rule.source


def test_nothing_told_is_no_combination() -> None:
    """No letter, no warning."""
    assert find_combinations((), RULES) == ()
    assert history_warnings((), (), RULES) == ()


@pytest.mark.parametrize(
    ("action", "kind", "words", "tells"),
    [
        (TreatmentAction.KEEP, JOB, None, True),
        (TreatmentAction.SUGGEST, JOB, "[occupation]", True),
        (TreatmentAction.REPLACE, JOB, "[occupation]", False),
        (TreatmentAction.GENERALIZE, AGE, "[in my fifties]", True),
        (TreatmentAction.GENERALIZE, AGE, "[age]", False),
        (TreatmentAction.GENERALIZE, AGE, None, False),
        (TreatmentAction.GENERALIZE, EntityKind.PLACE, "[my town]", False),
        (TreatmentAction.GENERALIZE, EntityKind.PLACE, "[place 2]", False),
    ],
)
def test_a_reader_is_told_what_is_left_in_the_text(
    rules: Rulebook, action: TreatmentAction, kind: EntityKind, words: str | None, tells: bool
) -> None:
    """What stays, and less exact words; a placeholder tells nothing."""
    given = told([treatment(finding(0, 4, kind), words, action)], rules.policy, "now")
    assert bool(given) is tells
    for one in given:
        assert one.as_written is (action is not TreatmentAction.GENERALIZE)
        assert (one.letter_id, one.kind, one.span) == ("now", kind, Span(start=0, end=4))


def test_a_kind_without_a_ruling_tells_nothing_when_generalised() -> None:
    """There is nothing then that says what its words are."""
    nothing = Policy(policy_id="empty", rulings={})
    general = treatment(finding(0, 4, AGE), "some", TreatmentAction.GENERALIZE)
    assert told([general], nothing, "now") == ()


def test_what_a_person_takes_out_ends_the_combination(pipeline: Pipeline) -> None:
    """And with less exact words in its place there may still be one."""
    draft = drafted(pipeline, PROSE + "I am a carpenter and I am 47. I live in Norway.")
    assert names(draft.combinations) == ["job-age-home"]
    hidden = [
        pipeline.replacement_for(draft.letter, one.finding, TreatmentAction.REPLACE)
        if one.finding.kind is COUNTRY
        else one
        for one in draft.treatments
    ]
    left = told(hidden, pipeline.policy, "now")
    assert find_combinations(left, pipeline.combination_rules) == ()


def test_the_command_line_names_rule_and_places(pipeline: Pipeline) -> None:
    """Kinds and places, never words: a terminal may be somebody else's."""
    text = PROSE + "I am a carpenter and I am 47. I live in Norway."
    lines = [line.plain for line in notes(drafted(pipeline, text))]
    (line,) = [one for one in lines if one.startswith("Together (job-age-home): ")]
    assert f"OCCUPATION at {text.index('carpenter')}-" in line
    assert "carpenter" not in line


FAMILY_TEXT = PROSE + "We have three daughters. I am a carpenter and I am 47. My name is Ines."


def test_family_counts_and_changes_nothing_else(pipeline: Pipeline) -> None:
    """It is kept: not masked, not asked about, in the text as it was."""
    draft = drafted(pipeline, FAMILY_TEXT)
    family = [one for one in draft.treatments if one.finding.kind is EntityKind.FAMILY]
    assert passages(FAMILY_TEXT, [one.finding for one in family]) == ["three daughters"]
    assert [one.action for one in family] == [TreatmentAction.KEEP]
    assert draft.redaction is not None
    assert "three daughters" in draft.redaction.text
    assert names(draft.combinations) == ["job-family-age"]


def test_what_is_kept_gives_way_to_what_somebody_is_asked_about(pipeline: Pipeline) -> None:
    """Nine siblings are rare: that stays a suggestion, whatever family rules say."""
    text = PROSE + "I am the youngest of nine and I have eight sisters."
    treatments = drafted(pipeline, text).treatments
    assert [one.action for one in treatments] == [TreatmentAction.SUGGEST] * len(treatments)
    assert treatments


JOB_AGE_HOME = (next(rule for rule in RULES if rule.rule_id == "job-age-home"),)


def test_two_letters_tell_together_what_neither_tells_alone() -> None:
    """The job in the first, age and country in the second; each passage knows its letter."""
    earlier = [fact(JOB, letter="first")]
    now = [fact(AGE, as_written=False), fact(COUNTRY, at=9)]
    assert not find_combinations(earlier, JOB_AGE_HOME)
    assert not find_combinations(now, JOB_AGE_HOME)
    (warning,) = history_warnings(earlier, now, JOB_AGE_HOME)
    assert [(one.letter_id, one.kind) for one in warning.passages] == [
        ("first", JOB),
        ("now", AGE),
        ("now", COUNTRY),
    ]


def test_three_letters_tell_together_what_no_two_tell() -> None:
    """A long correspondence is remembered from its beginning."""
    earlier = [fact(JOB, letter="first"), fact(AGE, letter="second")]
    now = [fact(COUNTRY)]
    assert names(history_warnings(earlier, now, JOB_AGE_HOME)) == ["job-age-home"]
    assert not history_warnings(earlier[:1], now, JOB_AGE_HOME)


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        # this letter meets the rule alone: that is told as its own combination
        ([fact(JOB, letter="first")], [fact(JOB), fact(AGE), fact(COUNTRY)]),
        # an earlier letter told everything, and a person approved that
        ([fact(kind, letter="first") for kind in (JOB, AGE, COUNTRY)], [fact(JOB)]),
        # this letter adds nothing that somebody could take out
        ([fact(JOB, letter="a"), fact(AGE, letter="b"), fact(COUNTRY, letter="c")], []),
        # even together too little stays as it was written
        ([fact(JOB, letter="a", as_written=False)], [fact(AGE, as_written=False), fact(COUNTRY)]),
    ],
)
def test_no_warning_over_time_without_news(earlier: list[Told], now: list[Told]) -> None:
    """Only what this letter adds to others is a warning about it."""
    assert history_warnings(earlier, now, JOB_AGE_HOME) == ()


def outcome(rules: Rulebook, text: str, *people: str) -> tuple[Treatment, ...]:
    """The treatments of a letter that names these people."""
    found = [
        replace(finding_of(text, name), entity=f"PERSON-{number}")
        for number, name in enumerate(sorted(people, key=text.index), start=1)
    ]
    return treat(text, found, rules.policy)


def test_numbers_of_placeholders_link_no_letters(rules: Rulebook) -> None:
    """Each letter counts for itself: the first one named is 1, whoever it was elsewhere."""
    first, second = "Ines and Jonas say hello.", "Jonas and Ines say hello."
    here = outcome(rules, first, "Ines", "Jonas")
    there = outcome(rules, second, "Ines", "Jonas")
    assert [one.replacement for one in here] == ["[name 1]", "[name 2]"]
    assert [one.replacement for one in there] == [one.replacement for one in here]
    assert [one.finding.entity for one in there] == [one.finding.entity for one in here]
    again = renumbered(second, there, rules.policy)
    assert [one.replacement for one in again] == ["[name 1]", "[name 2]"]


def test_drafts_of_one_case_number_by_position_alone(pipeline: Pipeline) -> None:
    """Through the whole path, with the same pipeline and the same case."""
    for one, other in (("Ines", "Jonas"), ("Jonas", "Ines")):
        draft = drafted(pipeline, PROSE + f"My name is {one}. My brother is called {other}.")
        assert draft.redaction is not None
        assert "My name is [name 1]. My brother is called [name 2]." in draft.redaction.text
