"""
Doubts about names that the grammar of letters alone has found: "Hallo and Grüß Gott", "Your twin".

Openings and endings lead up to names, but also to whatever else a person is greeted or signs with.
Where the model thinks nothing of such a word, a person is asked instead.
"""

from collections.abc import Iterable
from dataclasses import replace

from anonymizer.expression import expression
from anonymizer.language_rules import LanguageRules
from anonymizer.model import EntityKind, Finding

SALUTATION, SIGN_OFF = "names:salutation", "names:sign-off"
_MODEL = "ner:"
#: What is left of the score: something to ask a person about.
_FACTOR = 0.3
#: What the model must think of the word where nouns have capitals. It gives the nouns that people
#: sign with next to nothing, and their names and nicknames far more.
_SUPPORT_OF_SALUTATION, _SUPPORT_OF_SIGN_OFF = 0.25, 0.35
#: "Deine Leseratte", "Ein alter Babbler", "Et Hätz vum Spill", "Your bone sister": an article or
#: possessive leads up to the word.
_LED_UP_TO = expression(
    r"(?i)(?:^|[^\pL])(?:your|the|an|one|dein|deine|dei|dien|ihr|ihre|euer|eure|ein|eine|a|en|de|da|der|die|das|dat|et)"
    r"[ ](?:[\pL\-]+[ ]){0,3}[\pL\-]+$"
)


def doubted_without_model(
    text: str, finding: Finding, findings: Iterable[Finding], *, language: LanguageRules
) -> Finding:
    """The finding, with less score where the model does not support it; `findings` are all."""
    if finding.kind is not EntityKind.PERSON or finding.recognizer not in (SALUTATION, SIGN_OFF):
        return finding
    needed = _support_needed(text, finding, language)
    supported = needed == 0.0 or any(
        one.recognizer.startswith(_MODEL)
        and one.score >= needed
        and one.span.overlaps(finding.span)
        for one in findings
    )
    return finding if supported else replace(finding, score=finding.score * _FACTOR)


def _support_needed(text: str, finding: Finding, language: LanguageRules) -> float:
    """A word alone on the line that signs needs none: nothing leads up to a noun there."""
    nouns = language.nouns_have_capitals
    if finding.recognizer == SALUTATION:
        return _SUPPORT_OF_SALUTATION if nouns else language.grammar_support
    line = text[: finding.span.end].rpartition("\n")[2]
    if not _LED_UP_TO.search(line):
        return 0.0
    return _SUPPORT_OF_SIGN_OFF if nouns else language.grammar_support
