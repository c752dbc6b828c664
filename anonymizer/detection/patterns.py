r"""
Recognisers made of `rules/patterns`: one per rule, each with its score and its further check.

The patterns run on RE2, whose time is linear in the text whatever the pattern: a 12-word sentence
can hang the standard engine for seconds. RE2's `\b` and `\w` know ASCII only, so a boundary next
to a letter with a diacritic is tested here.
"""

import threading
from collections.abc import Iterable, Sequence
from functools import cached_property

import re2

from anonymizer.detection.checks import CHECKS, Check
from anonymizer.errors import RulesError
from anonymizer.expression import ExpressionSet, expression
from anonymizer.model import Finding, Span
from anonymizer.rulebook import PatternRule


def rule_recognizers(rules: Sequence[PatternRule]) -> tuple["RuleRecognizer", ...]:
    """One recogniser per rule, in their order. Raises `RulesError`."""
    sieve = Sieve(rules)
    return tuple(RuleRecognizer(rule, sieve) for rule in rules)


class Sieve:
    """
    Which of many rules match anywhere in a text.

    It remembers its last answer, and the text with it, as long as the thread lives that asked.
    """

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        """Raises `RulesError`."""
        self._last = threading.local()
        by_case: dict[bool, list[PatternRule]] = {True: [], False: []}
        for rule in rules:
            by_case[rule.case_sensitive].append(rule)
        try:
            self._sets = [
                (ExpressionSet((one.regex for one in same), case_sensitive=case), same)
                for case, same in by_case.items()
            ]
        except re2.error as error:
            message = f"rules/patterns: the patterns together are too large: {error}"
            raise RulesError(message) from None

    def lets_through(self, rule: PatternRule, text: str) -> bool:
        """Whether the rule matches anywhere in the text."""
        if getattr(self._last, "text", None) is not text:
            self._last.rules = {
                same[number].rule_id
                for found, same in self._sets
                for number in found.matching(text)
            }
            self._last.text = text
        return rule.rule_id in self._last.rules


class RuleRecognizer:
    """One rule of `rules/patterns` as a recogniser."""

    def __init__(self, rule: PatternRule, sieve: Sieve | None = None) -> None:
        """`sieve` is one that knows the rule; the pattern is compiled when it is first needed."""
        self._rule = rule
        self._sieve = sieve
        self._check = _check_named(rule)
        self._context = tuple(word.lower() for word in rule.context)

    @property
    def recognizer_id(self) -> str:
        """The id of the rule, with the folder it comes from."""
        return f"pattern:{self._rule.rule_id}"

    def find(self, text: str) -> Iterable[Finding]:
        """Every match of the rule whose check and context hold."""
        if self._sieve is not None and not self._sieve.lets_through(self._rule, text):
            return
        group = self._pattern.groupindex.get("id", 0)
        for match in self._pattern.finditer(text):
            start, end = _trimmed(text, *match.span(group))
            if end > start and _at_boundary(text, start, end) and self._holds(text, start, end):
                yield Finding(
                    span=Span(start=start, end=end),
                    kind=self._rule.kind,
                    score=self._rule.score,
                    recognizer=self.recognizer_id,
                    evidence=(self._rule.rule_id,),
                )

    @cached_property
    def _pattern(self) -> "re2._Regexp[str]":
        return expression(self._rule.regex, case_sensitive=self._rule.case_sensitive)

    def _holds(self, text: str, start: int, end: int) -> bool:
        if not self._check(text, start, end):
            return False
        if not self._context:
            return True
        window = self._rule.window
        around = text[max(0, start - window) : end + window].lower()
        return any(word in around for word in self._context)


def _check_named(rule: PatternRule) -> Check:
    if rule.check is None:
        return _accept
    if rule.check not in CHECKS:
        message = (
            f"rules/patterns: {rule.rule_id!r} names the unknown check {rule.check!r}; "
            f"known are {', '.join(sorted(CHECKS))}"
        )
        raise RulesError(message)
    return CHECKS[rule.check]


def _accept(_text: str, _start: int, _end: int) -> bool:
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in " \t\n,;:-":
        end -= 1
    while start < end and text[start] in " \t\n,;:":
        start += 1
    return start, end


def _at_boundary(text: str, start: int, end: int) -> bool:
    r"""False when the match cuts a word with diacritics, which RE2's ASCII `\b` cannot see."""
    before = start > 0 and not text[start - 1].isascii() and text[start - 1].isalpha()
    after = end < len(text) and not text[end].isascii() and text[end].isalpha()
    return not (before and text[start].isalpha()) and not (after and text[end - 1].isalpha())
