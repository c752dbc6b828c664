"""Who is greeted: "Dear Anna," and "Hi Tom and Lisa!"."""

from collections.abc import Iterable

from anonymizer.detection.names.grammar import LINE, LetterGrammar, name_finding
from anonymizer.expression import any_of, expression
from anonymizer.model import Finding

_INDENT = r"^[ \t>*]*"
#: What is addressed: up to a sign, but for the dots of "Mr." and of initials.
_ADDRESSED = r"[ ,]*((?:(?:mr|mrs|ms|dr|prof|st|\pL)\.[ ]?|[^\n,!:;.?]){1,60})(?:[,!:;.?\n\-–—]|$)"
#: RE2's `\b` knows ASCII only: after "Cześć" it sees no boundary.
_EDGE = r"(?:\b|[ ,])"
_MAX_WORDS = 6


class SalutationRecognizer:
    """The names in "Dear Anna," and "Hi Tom and Lisa!", at the start of a line."""

    recognizer_id = "names:salutation"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar
        greetings = any_of(grammar.rulebook.words("greetings"))
        self._salutation = expression(rf"(?i){_INDENT}(?:my )?{greetings}{_EDGE}{_ADDRESSED}")

    def find(self, text: str) -> Iterable[Finding]:
        """Each capitalised word of a salutation that is no role such as "donor" or "friend"."""
        without_capitals = not any(one.isupper() for one in text)
        for line in LINE.finditer(text):
            match = self._salutation.match(line.group())
            if match is None or len(match.group(1).split()) > _MAX_WORDS:
                continue
            offset = line.start() + match.start(1)
            for start, end in self._grammar.name_runs(match.group(1), anycase=without_capitals):
                yield name_finding(
                    text, offset + start, offset + end, score=0.9, recognizer=self.recognizer_id
                )
