"""Hospitals that letters call by a name without the word: "in and out of King's"."""

from collections.abc import Iterable

from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook


class HospitalRecognizer:
    """Hospitals of the list, written with a capital."""

    recognizer_id = "list:hospitals"

    def __init__(self, rulebook: Rulebook) -> None:
        names = any_of(rulebook.words("hospital_names"))
        self._named = expression(rf"(?i)(?:^|[^\pL])({names})(?:[^\pL]|$)")

    def find(self, text: str) -> Iterable[Finding]:
        """Each name of the list; "the guy's" in lower case is none."""
        for match in self._named.finditer(text):
            if any(one.isupper() for one in match.group(1)):
                yield Finding(
                    span=Span(start=match.start(1), end=match.end(1)),
                    kind=EntityKind.HOSPITAL,
                    score=0.8,
                    recognizer=self.recognizer_id,
                )
