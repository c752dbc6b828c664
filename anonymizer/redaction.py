"""
Redaction: the outgoing text, made from the letter and its treatments by Presidio operators.

Two operators are registered with Presidio's anonymizer engine: `placeholder` and `generalize`. Both
put in the words that the policy chose. The engine gets findings that are already resolved, so its
own conflict rules never decide anything, and the result is checked against a rendering of ours:
undoing the replacements gives the letter back.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from presidio_anonymizer import AnonymizerEngine, OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from anonymizer.errors import RedactionFailed
from anonymizer.model import Letter, Redaction, Replacement, Span, Treatment, TreatmentAction

_CHANGES = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


class Placeholder(Operator):
    """Presidio operator `placeholder`: puts the words `new_value` in place of the passage."""

    def operate(self, text: str | None = None, params: dict[str, Any] | None = None) -> str:
        """The words that stand in."""
        del text
        return str((params or {})["new_value"])

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """A placeholder needs its words: an empty one would leave no trace of the change."""
        if not (params or {}).get("new_value"):
            message = "the placeholder has no words"
            raise RedactionFailed(message)

    def operator_name(self) -> str:
        """The name in Presidio's operator configuration."""
        return "placeholder"

    def operator_type(self) -> OperatorType:
        """An anonymising operator."""
        return OperatorType.Anonymize


class Generalize(Placeholder):
    """Presidio operator `generalize`: puts less exact words in place of the passage."""

    def operator_name(self) -> str:
        """The name in Presidio's operator configuration."""
        return "generalize"


_OPERATORS = {TreatmentAction.REPLACE: "placeholder", TreatmentAction.GENERALIZE: "generalize"}


class Redactor:
    """Makes outgoing texts; holds Presidio's engine with our two operators added."""

    def __init__(self) -> None:
        self._engine = AnonymizerEngine()
        self._engine.add_anonymizer(Placeholder)
        self._engine.add_anonymizer(Generalize)

    def redact(self, letter: Letter, treatments: Iterable[Treatment]) -> Redaction:
        """
        The outgoing text of a letter. Treatments that change nothing are passed over.

        Raises `RedactionFailed` when treatments overlap, lie outside the letter, or when Presidio's
        text is not the one these treatments make.
        """
        changes = sorted(
            (one for one in treatments if one.action in _CHANGES),
            key=lambda one: one.finding.span.start,
        )
        redaction = _rendered(letter.text, changes)
        if changes and self._by_presidio(letter.text, changes) != redaction.text:
            raise RedactionFailed
        return redaction

    def _by_presidio(self, text: str, changes: Sequence[Treatment]) -> str:
        """Presidio groups operators by entity type, so each passage gets a type of its own."""
        results = [
            RecognizerResult(f"PASSAGE_{index}", one.finding.span.start, one.finding.span.end, 1.0)
            for index, one in enumerate(changes)
        ]
        operators = {
            f"PASSAGE_{index}": OperatorConfig(
                _OPERATORS[one.action], {"new_value": one.replacement}
            )
            for index, one in enumerate(changes)
        }
        made = self._engine.anonymize(text, results, operators, merge_entities_with_spaces=False)
        return str(made.text)


def undo(redaction: Redaction) -> str:
    """The letter's text again, from the outgoing text and its replacements."""
    pieces: list[str] = []
    position = 0
    for change in redaction.replacements:
        pieces.append(redaction.text[position : change.target.start])
        pieces.append(change.original)
        position = change.target.end
    pieces.append(redaction.text[position:])
    return "".join(pieces)


def _rendered(text: str, changes: Sequence[Treatment]) -> Redaction:
    """One pass from left to right; refuses what overlaps."""
    pieces: list[str] = []
    replacements: list[Replacement] = []
    position = length = 0
    for change in changes:
        span, words = change.finding.span, change.replacement
        if span.start < position or span.end > len(text) or not words:
            raise RedactionFailed
        kept = text[position : span.start]
        target = Span(start=length + len(kept), end=length + len(kept) + len(words))
        replacements.append(
            Replacement(
                source=span,
                target=target,
                original=text[span.start : span.end],
                replacement=words,
                kind=change.finding.kind,
            )
        )
        pieces += [kept, words]
        position, length = span.end, target.end
    pieces.append(text[position:])
    return Redaction(text="".join(pieces), replacements=tuple(replacements))
