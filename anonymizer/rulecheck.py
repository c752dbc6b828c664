"""Are the rules complete, and does each pattern do what its own examples say?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anonymizer.detection.checks import CHECKS
from anonymizer.detection.patterns import RuleRecognizer
from anonymizer.rulebook import PatternRule, load_rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """What was checked, as a sentence, and every rule that does not do what its examples say."""

    sentence: str
    problems: tuple[str, ...]


def check_rulebook(folder: Path | None) -> RuleCheck:
    """Read the rules and try the examples. RulesError when the rules cannot be read at all."""
    rulebook = load_rulebook(site_folder=folder)
    problems = tuple(problem for rule in rulebook.patterns for problem in _problems(rule))
    examples = sum(len(rule.match) + len(rule.miss) for rule in rulebook.patterns)
    sentence = (
        f"Rules {rulebook.version}: {len(rulebook.policy.rulings)} kinds, "
        f"{len(rulebook.patterns)} patterns with {examples} examples, "
        f"{len(rulebook.lists)} word lists, {len(problems)} problems."
    )
    return RuleCheck(sentence=sentence, problems=problems)


def _problems(rule: PatternRule) -> Iterator[str]:
    if rule.check is not None and rule.check not in CHECKS:
        there_is = ", ".join(CHECKS)
        yield f"pattern {rule.rule_id!r} names the check {rule.check!r}; there is {there_is}"
        return
    recognizer = RuleRecognizer(rule)
    for number, example in enumerate(rule.match, start=1):
        if not any(recognizer.find(example)):
            yield f"pattern {rule.rule_id!r} does not find its match example {number}"
    for number, example in enumerate(rule.miss, start=1):
        if any(recognizer.find(example)):
            yield f"pattern {rule.rule_id!r} finds its miss example {number}"
