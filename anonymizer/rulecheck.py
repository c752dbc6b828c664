"""
Are the rules complete, does each pattern do what its own examples say, are the rows of the
exchange fresh, can the texts for writers be filled in, and do outgoing letters have a look?
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anonymizer.detection.checks import CHECKS
from anonymizer.detection.patterns import RuleRecognizer
from anonymizer.documents.out.template import FOLDER, load_template
from anonymizer.errors import RulesError
from anonymizer.exchange import BadRows, load_exchange_rules
from anonymizer.notices import BadNotices, load_notice_templates
from anonymizer.rulebook import PatternRule, Rulebook, list_warnings, load_languages, load_rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """
    What was checked, as a sentence, and every rule that does not do what its examples say.

    `warnings` are sentences about what holds all the same but should be looked at.
    """

    sentence: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check_rulebook(folder: Path | None, *, today: date) -> RuleCheck:
    """Read the rules and try the examples. RulesError when the rules cannot be read at all."""
    rulebook = load_rulebook(site_folder=folder)
    exchange = _check_exchange(folder, today)
    patterns = _all_patterns(rulebook, folder)
    problems = tuple(problem for rule in patterns for problem in _problems(rule))
    notices = _check_notices(folder)
    problems += exchange.problems + notices.problems + _template_problems(folder)
    examples = sum(len(rule.match) + len(rule.miss) for rule in patterns)
    sentence = (
        f"Rules {rulebook.version}: {len(rulebook.policy.rulings)} kinds, "
        f"{len(patterns)} patterns with {examples} examples, "
        f"{len(rulebook.lists)} word lists, {len(rulebook.combinations)} combinations, "
        f"{exchange.sentence}, {notices.sentence}, {len(problems)} problems."
    )
    own = () if folder is None else list_warnings(folder)
    return RuleCheck(sentence=sentence, problems=problems, warnings=(*own, *exchange.warnings))


def _all_patterns(rulebook: Rulebook, folder: Path | None) -> tuple[PatternRule, ...]:
    """Those for letters in every language, then each language's own."""
    shared = {rule.rule_id for rule in rulebook.patterns}
    own: list[PatternRule] = []
    for code in load_languages(site_folder=folder):
        patterns = load_rulebook(code, site_folder=folder).patterns
        own += [rule for rule in patterns if rule.rule_id not in shared]
    return (*rulebook.patterns, *own)


def _check_exchange(folder: Path | None, today: date) -> RuleCheck:
    """The rows of the exchange; the sentence is the part of one that counts them."""
    try:
        rules = load_exchange_rules(site_folder=folder)
    except BadRows as error:
        return RuleCheck(sentence="rows of the exchange not read", problems=error.problems)
    return RuleCheck(
        sentence=f"{len(rules.countries)} countries, {len(rules.registries)} registries",
        problems=(),
        warnings=rules.to_check_again(today),
    )


def _check_notices(folder: Path | None) -> RuleCheck:
    """The texts for writers; the sentence is the part of one that counts them."""
    try:
        templates = load_notice_templates(site_folder=folder)
    except BadNotices as error:
        return RuleCheck(sentence="no texts for writers", problems=error.problems)
    languages = ", ".join(sorted(templates.by_language))
    return RuleCheck(sentence=f"texts for writers in {languages}", problems=())


def _template_problems(folder: Path | None) -> tuple[str, ...]:
    """What keeps a site's looks of outgoing letters from being read, each file on its own."""
    problems = []
    for path in () if folder is None else sorted((folder / FOLDER).glob("*.toml")):
        try:
            load_template(path.stem, folder=folder)
        except RulesError as error:
            problems.append(str(error))
    return tuple(problems)


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
