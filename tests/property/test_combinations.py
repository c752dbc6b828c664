"""Combinations, for anything told: less never warns more, and order plays no part."""

from hypothesis import given
from hypothesis import strategies as st

from anonymizer.combinations import find_combinations, history_warnings
from anonymizer.model import EntityKind, Span, Told
from anonymizer.rulebook import load_rulebook

RULES = load_rulebook().combinations

spans = st.integers(0, 30).map(lambda start: Span(start=start, end=start + 4))


def facts(*letters: str) -> st.SearchStrategy[list[Told]]:
    """Anything that these letters tell."""
    one = st.builds(
        Told,
        letter_id=st.sampled_from(letters),
        span=spans,
        kind=st.sampled_from(list(EntityKind)),
        as_written=st.booleans(),
    )
    return st.lists(one, max_size=12)


def met(earlier: list[Told], now: list[Told]) -> set[str]:
    """Every rule that a proofreader is warned about."""
    return {
        one.rule_id
        for found in (find_combinations(now, RULES), history_warnings(earlier, now, RULES))
        for one in found
    }


@given(facts("now"), st.data())
def test_a_passage_less_never_adds_a_combination(now: list[Told], data: st.DataObject) -> None:
    """Whatever a person takes out."""
    left = data.draw(st.lists(st.sampled_from(now), unique=True)) if now else []
    before = {one.rule_id for one in find_combinations(now, RULES)}
    assert {one.rule_id for one in find_combinations(left, RULES)} <= before


@given(facts("a", "b"), facts("now"), st.integers(0, 11))
def test_a_passage_less_never_adds_a_warning_over_time(
    earlier: list[Told], now: list[Told], number: int
) -> None:
    """What was a combination of the letter may become one with earlier letters, nothing else."""
    assert met(earlier, now[:number] + now[number + 1 :]) <= met(earlier, now)


@given(facts("now"))
def test_less_exact_words_never_add_a_combination(now: list[Told]) -> None:
    """Generalising helps or does nothing."""
    general = [
        Told(letter_id=one.letter_id, span=one.span, kind=one.kind, as_written=False) for one in now
    ]
    before = {one.rule_id for one in find_combinations(now, RULES)}
    assert {one.rule_id for one in find_combinations(general, RULES)} <= before


@given(facts("now").flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_the_order_of_findings_changes_nothing(both: tuple[list[Told], list[Told]]) -> None:
    """Same combinations, same passages, same order."""
    given_order, shuffled = both
    assert find_combinations(given_order, RULES) == find_combinations(shuffled, RULES)


@given(
    facts("a", "b", "c").flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))),
    facts("now"),
)
def test_the_order_of_letters_changes_nothing(
    earlier: tuple[list[Told], list[Told]], now: list[Told]
) -> None:
    """Whichever letter was approved first."""
    assert history_warnings(earlier[0], now, RULES) == history_warnings(earlier[1], now, RULES)


@given(facts("a", "b"), facts("now"))
def test_a_warning_over_time_is_one_of_all_letters_and_of_none_alone(
    earlier: list[Told], now: list[Told]
) -> None:
    """It names a passage of this letter and one of another."""
    alone = {one.rule_id for one in find_combinations(now, RULES)}
    together = {one.rule_id for one in find_combinations([*earlier, *now], RULES)}
    for one in history_warnings(earlier, now, RULES):
        letters = {told.letter_id for told in one.passages}
        assert "now" in letters
        assert len(letters) > 1
        assert one.rule_id in together - alone


@given(facts("a"), facts("now"))
def test_what_is_named_was_told(earlier: list[Told], now: list[Told]) -> None:
    """No passage is invented, and none is named twice."""
    for one in history_warnings(earlier, now, RULES):
        assert set(one.passages) <= {*earlier, *now}
        assert len(set(one.passages)) == len(one.passages)
