"""
Redaction: the outgoing text, made from the letter and its treatments by Presidio operators.

Two operators are registered with Presidio's anonymizer engine: `placeholder` and `generalize`. Both
put in the words that the policy chose. The engine gets findings that are already resolved, so its
own conflict rules never decide anything, and the result is checked against a rendering of ours:
undoing the replacements gives the letter back. What nobody sees in a letter does not go out
(`anonymizer.signs`): each such sign is told as unsent, and the letter itself stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from presidio_anonymizer import AnonymizerEngine, OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from anonymizer.errors import RedactionFailed
from anonymizer.expression import expression
from anonymizer.model import (
    Letter,
    Redaction,
    Replacement,
    Span,
    Treatment,
    TreatmentAction,
    Unsent,
)
from anonymizer.signs import marks_at_start, sent, unsent

_OPENING = expression(r"\[[ \t]*$")
_CLOSING = expression(r"^[ \t]*\]")
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
        changes = [replace(one, replacement=sent(one.replacement or "")) for one in changes]
        redaction = _rendered(letter.text, changes)
        if changes and self._by_presidio(letter.text, changes) != _with_unsent(redaction):
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
    """The letter's text again, from the outgoing text, its replacements and what was not sent."""
    changes = [(one.target.start, one.target.end, one.original) for one in redaction.replacements]
    kept = [(one.target, one.target + len(one.sent), one.original) for one in redaction.unsent]
    return _put_back(redaction.text, (*changes, *kept))


def _with_unsent(redaction: Redaction) -> str:
    """The outgoing text as Presidio makes it: with the signs of the letter that are not sent."""
    kept = [(one.target, one.target + len(one.sent), one.original) for one in redaction.unsent]
    return _put_back(redaction.text, kept)


def _put_back(text: str, passages: Iterable[tuple[int, int, str]]) -> str:
    """`text` with the originals in place of what stands from start to end."""
    pieces: list[str] = []
    position = 0
    # of signs that left nothing at one place the order is kept
    for start, end, original in sorted(passages, key=lambda one: one[:2]):
        pieces += [text[position:start], original]
        position = end
    return "".join([*pieces, text[position:]])


def _rendered(text: str, changes: Sequence[Treatment]) -> Redaction:
    """One pass from left to right; refuses what overlaps."""
    outgoing = _Outgoing(letter=text, brackets=frozenset(_brackets(text, changes)))
    for change in changes:
        span, words = change.finding.span, change.replacement
        if span.start < outgoing.position or span.end > len(text) or not words:
            raise RedactionFailed
        outgoing.keep(span.start)
        start = outgoing.length
        outgoing.add(words)
        outgoing.replacements.append(
            Replacement(
                source=span,
                target=Span(start=start, end=outgoing.length),
                original=text[span.start : span.end],
                replacement=words,
                kind=change.finding.kind,
            )
        )
        outgoing.position = span.end
    outgoing.keep(len(text))
    return Redaction(
        text="".join(outgoing.pieces),
        replacements=tuple(outgoing.replacements),
        unsent=tuple(outgoing.unsent),
    )


def _brackets(text: str, changes: Sequence[Treatment]) -> Iterator[int]:
    """
    Places of the writer's square brackets, with blanks, around what placeholders stand for.

    "[Lyon]" becomes "[place 1]", and "[Lyon, France]" becomes "[place 1], [country]".
    """
    opened: range | None = None
    for number, change in enumerate(changes):
        before = changes[number - 1].finding.span.end if number else 0
        after = changes[number + 1].finding.span.start if number + 1 < len(changes) else len(text)
        start, end = change.finding.span.start, change.finding.span.end
        if not before <= start < end <= after:
            return
        kept, behind = text[before:start], text[end:after]
        own = not _in_brackets(change.replacement)
        opening, closing = _OPENING.search(kept), _CLOSING.search(behind)
        if opening is not None:
            opened = range(before + opening.start(), start)
        elif expression(r"[\[\]\n]").search(kept):
            opened = None
        if own:
            opened = None
        if opened is not None and closing is not None:
            yield from (*opened, *range(end, end + closing.end()))
            opened = None


def _in_brackets(words: str | None) -> bool:
    return words is not None and words.startswith("[") and words.endswith("]")


@dataclass(slots=True, kw_only=True)
class _Outgoing:
    """The outgoing text while it is made; `position` is the place in the letter, from there on."""

    letter: str = field(repr=False)
    brackets: frozenset[int] = frozenset()
    position: int = 0
    length: int = 0
    pieces: list[str] = field(default_factory=list, repr=False)
    replacements: list[Replacement] = field(default_factory=list)
    unsent: list[Unsent] = field(default_factory=list)

    def add(self, piece: str) -> None:
        """Put `piece` behind what is there."""
        self.pieces.append(piece)
        self.length += len(piece)

    def keep(self, end: int) -> None:
        """Put the letter in from the position to `end`, without what is not sent."""
        kept = self.letter[self.position : end]
        # marks behind a passage that is gone would sit on the bracket of its placeholder
        marks = marks_at_start(kept) if self.replacements else 0
        brackets = (place for place in range(len(kept)) if self.position + place in self.brackets)
        gone = {**dict(unsent(kept)), **dict.fromkeys((*range(marks), *brackets), "")}
        begin = 0
        for place in sorted(gone):
            self.add(kept[begin:place])
            original, stands_in = kept[place], gone[place]
            self.unsent.append(
                Unsent(
                    source=self.position + place,
                    target=self.length,
                    original=original,
                    sent=stands_in,
                )
            )
            self.add(stands_in)
            begin = place + 1
        self.add(kept[begin:])
        self.position = end
