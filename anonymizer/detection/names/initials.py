"""Initials inside sentences: "Dr. S.", "my friend M.", "my name is J."."""

from collections.abc import Iterable

from anonymizer.detection.names.grammar import LetterGrammar, name_finding
from anonymizer.expression import any_of, expression
from anonymizer.model import Finding

_DOTTED = r"(?:\p{Lu}\.[ ]?){1,3}"
#: A capital without a dot; "A" and "I" are words.
_BARE = r"[B-HJ-Z]"
_AFTER_TITLE = rf"\.?[ ]({_DOTTED}|\p{{Lu}})(?:[^\pL.]|$)"
_UP_TO_KIN = r"[ ](?:\pL+[ ]){0,2}?"
_AFTER_INTRODUCED = r"(?:[,.;!?)\n]|[ ](?:and|from|but|who|und|aus|et|y|en|i)\b|$)"


class InitialsRecognizer:
    """Capitals that stand for a name inside a sentence."""

    recognizer_id = "names:initials"

    def __init__(self, grammar: LetterGrammar) -> None:
        words = grammar.rulebook.words
        titles = any_of(title.capitalize() for title in words("titles_before_initials"))
        kin = any_of(words("kin_before_initials"))
        language = grammar.rulebook.language
        before_kin = rf"(?:{language.possessive}|little|best|dear|good|old){_UP_TO_KIN}"
        self._patterns = (
            expression(rf"\b{titles}{_AFTER_TITLE}"),
            expression(rf"(?i:\b{before_kin}{kin}[ ,]{{1,2}})({_DOTTED}|{_BARE})(?:[^\pL.'\d]|$)"),
            expression(rf"\b(?:{language.introduced})[ ]({_DOTTED}|{_BARE}){_AFTER_INTRODUCED}"),
        )

    def find(self, text: str) -> Iterable[Finding]:
        """Each capital that stands for a name after a title, a kin word or an introduction."""
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start = match.start(1)
                end = start + len(match.group(1).rstrip())
                yield name_finding(text, start, end, score=0.85, recognizer=self.recognizer_id)
