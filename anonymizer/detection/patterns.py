r"""
Recognisers made of `rules/patterns`: one per rule, each with its score and its further check.

The patterns run on RE2, whose time is linear in the text whatever the pattern: a 12-word sentence
can hang the standard engine for seconds. RE2's `\b` and `\w` know ASCII only, so a boundary next
to a letter with a diacritic is tested here.
"""

from collections.abc import Iterable

from anonymizer.detection.checks import CHECKS, Check
from anonymizer.errors import RulesError
from anonymizer.expression import expression
from anonymizer.model import Finding, Span
from anonymizer.rulebook import PatternRule


class RuleRecognizer:
    """One rule of `rules/patterns` as a recogniser."""

    def __init__(self, rule: PatternRule) -> None:
        self._rule = rule
        self._pattern = expression(rule.regex, case_sensitive=rule.case_sensitive)
        self._group = self._pattern.groupindex.get("id", 0)
        self._check = _check_named(rule)
        self._context = tuple(word.lower() for word in rule.context)

    @property
    def recognizer_id(self) -> str:
        """The id of the rule, with the folder it comes from."""
        return f"pattern:{self._rule.rule_id}"

    def find(self, text: str) -> Iterable[Finding]:
        """Every match of the rule whose check and context hold."""
        for match in self._pattern.finditer(text):
            start, end = _trimmed(text, *match.span(self._group))
            if end > start and _at_boundary(text, start, end) and self._holds(text, start, end):
                yield Finding(
                    span=Span(start=start, end=end),
                    kind=self._rule.kind,
                    score=self._rule.score,
                    recognizer=self.recognizer_id,
                    evidence=(self._rule.rule_id,),
                )

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
