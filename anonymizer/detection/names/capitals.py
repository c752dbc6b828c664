"""Words with a capital inside a sentence, which in English are names of something."""

from collections.abc import Iterable

from anonymizer.detection.names.grammar import LetterGrammar
from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span

#: A capitalised word after a lower-case word or a comma, so not at the start of a sentence.
_INSIDE = expression(
    r"(?:\p{Ll}['’]?\p{Ll}*[,;]?|[(\"“])[ ]?[ ]*(\p{Lu}\p{Ll}{2,}(?:[ \-]\p{Lu}\p{Ll}{2,})?)"
)
#: A word without one at such a place.
_INSIDE_LOWER = expression(r"\p{Ll},?[ ]\p{Ll}")
#: Share of capitalised words inside sentences from which capitals say nothing: headings, German habits, shouting.
_TOO_MANY = 0.16
#: Shown to a person, never taken out by itself.
_SCORE = 0.2


class CapitalRecognizer:
    """
    What no other recogniser knows but the writer wrote with a capital.

    "The baby is Chance", "a nurse called me Boet", "I did Cat Bells": too rare for a model and too
    ordinary for a list. A person is asked.
    """

    recognizer_id = "names:capital"

    def __init__(self, grammar: LetterGrammar) -> None:
        words = grammar.rulebook.words
        names = words("names_that_are_words") | words("towns_that_are_words")
        ordinary = words("salutation_words") | words("function_words") | words("generic_words")
        kinds = words("hospital_words") | words("organization_words") | words("occupations")
        known = words("countries") | words("nationalities")
        self._no_names = (
            (ordinary - names) | kinds | known | words("kin") | words("titles") | words("not_names")
        )

    def find(self, text: str) -> Iterable[Finding]:
        """Each such word or pair of words, in a letter that uses capitals for names only."""
        capitals = sum(1 for _ in _INSIDE.finditer(text))
        if capitals > _TOO_MANY * (capitals + sum(1 for _ in _INSIDE_LOWER.finditer(text))):
            return
        for match in _INSIDE.finditer(text):
            found = match.group(1).lower()
            parts = found.replace("-", " ").split()
            if found in self._no_names or all(one in self._no_names for one in parts):
                continue
            yield Finding(
                span=Span(start=match.start(1), end=match.end(1)),
                kind=EntityKind.PERSON,
                score=_SCORE,
                recognizer=self.recognizer_id,
            )
