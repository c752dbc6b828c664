"""
Combinations: what a letter tells that identifies only together, also with earlier letters.

Pure. A combination changes nothing in a letter: it is a warning for the proofreader. Less told
never makes more warnings, and the order in which something is told plays no part.
"""

from collections.abc import Iterable, Iterator, Sequence

from anonymizer.model import (
    Combination,
    CombinationRule,
    EntityKind,
    Policy,
    Told,
    Treatment,
    TreatmentAction,
)


def told(treatments: Iterable[Treatment], policy: Policy, letter_id: str) -> tuple[Told, ...]:
    """What the reader learns: what stays as written, and what generalised words still tell."""
    return tuple(
        Told(
            letter_id=letter_id,
            span=one.finding.span,
            kind=one.finding.kind,
            as_written=one.action is not TreatmentAction.GENERALIZE,
        )
        for one in treatments
        if _tells(one, policy)
    )


def find_combinations(
    facts: Iterable[Told], rules: Iterable[CombinationRule]
) -> tuple[Combination, ...]:
    """A combination for each rule that `facts` meet, in the order of the rules."""
    given = sorted(set(facts), key=_place)
    return tuple(_combination(rule, given) for rule in rules if _is_met(rule, given))


def history_warnings(
    earlier: Iterable[Told], now: Iterable[Told], rules: Iterable[CombinationRule]
) -> tuple[Combination, ...]:
    """
    The combinations that `now`, one letter, meets only together with what was told `earlier`.

    A rule that any letter meets alone is no news, nor is one to which this letter adds nothing.
    """
    now = tuple(now)
    letters = [now, *_by_letter(earlier)]
    together = [one for facts in letters for one in facts]
    return tuple(
        one
        for rule in rules
        if _told_needs(rule, now) and not any(_is_met(rule, facts) for facts in letters)
        for one in find_combinations(together, (rule,))
    )


def _tells(treatment: Treatment, policy: Policy) -> bool:
    if treatment.action is TreatmentAction.REPLACE:
        return False
    return treatment.action is not TreatmentAction.GENERALIZE or _says_something(treatment, policy)


def _says_something(treatment: Treatment, policy: Policy) -> bool:
    """Whether less exact words stand in, and not the placeholder of the kind."""
    ruling = policy.rulings.get(treatment.finding.kind)
    words = treatment.replacement
    if ruling is None or ruling.generalizer is None or words is None:
        return False
    placeholders = (ruling.placeholder, *(form.placeholder for form in ruling.forms))
    return not any(_is_made_of(words, one) for one in placeholders)


def _is_made_of(words: str, placeholder: str) -> bool:
    before, _, after = placeholder.partition("{n}")
    return words.startswith(before) and words.endswith(after)


def _is_met(rule: CombinationRule, facts: Sequence[Told]) -> bool:
    exact = [one for one in facts if one.as_written]
    return _told_needs(rule, facts) >= rule.at_least and _told_needs(rule, exact) >= rule.as_written


def _told_needs(rule: CombinationRule, facts: Iterable[Told]) -> int:
    kinds = {one.kind for one in facts}
    return sum(1 for need in rule.needs if need & kinds)


def _combination(rule: CombinationRule, facts: Iterable[Told]) -> Combination:
    kinds: frozenset[EntityKind] = frozenset().union(*rule.needs)
    return Combination(
        rule_id=rule.rule_id,
        sentence=rule.sentence,
        passages=tuple(one for one in facts if one.kind in kinds),
    )


def _by_letter(facts: Iterable[Told]) -> Iterator[list[Told]]:
    letters: dict[str, list[Told]] = {}
    for one in facts:
        letters.setdefault(one.letter_id, []).append(one)
    yield from letters.values()


def _place(one: Told) -> tuple[str, int, int, EntityKind, bool]:
    return one.letter_id, one.span.start, one.span.end, one.kind, one.as_written
