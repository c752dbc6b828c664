"""Words with a capital inside a sentence, which in English are names of something."""

from collections.abc import Iterable, Iterator

from anonymizer.detection.names.grammar import LetterGrammar
from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span

#: A capitalised word after a lower-case word or a comma, so not at the start of a sentence.
_INSIDE = expression(
    r"(?:\p{Ll}['’]?\p{Ll}*[,;]?[ ]|[(])(\p{Lu}\p{Ll}{2,}(?:[ \-]\p{Lu}\p{Ll}{2,})?)"
)
#: A word without one at such a place.
_INSIDE_LOWER = expression(r"\p{Ll},?[ ]\p{Ll}")
#: A capitalised word at the start of a sentence, and a verb of the third person or "and" after it.
_BEFORE_VERB = expression(
    r"(?:^|[.!?\n][ ]*|[\"“][ ]?)(\p{Lu}\p{Ll}{2,})(?:'s|[ ](?:"
    r"is|was|has|had|says|said|told|came|comes|went|goes|laughed|laughs|cried|likes|loves|loved|"
    r"lives|lived|works|worked|plays|played|wants|wanted|thinks|thought|knows|knew|made|makes|gave|"
    r"gives|got|gets|took|takes|sat|sits|held|holds|asked|asks|called|calls|wrote|writes|drew|sends|"
    r"sent|keeps|kept|brought|brings|turned|turns|started|and)\b)"
)
#: Share of capitalised words inside sentences from which capitals say nothing: headings,
#: German habits, shouting.
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
        self._says_something = not grammar.rulebook.language.nouns_have_capitals
        self._given_names = words("given_names_that_are_words")
        names = words("names_that_are_words") | words("towns_that_are_words")
        ordinary = words("salutation_words") | words("function_words") | words("generic_words")
        kinds = words("hospital_words") | words("organization_words") | words("occupations")
        known = words("countries") | words("nationalities")
        self._no_names = (
            (ordinary - names) | kinds | known | words("kin") | words("titles") | words("not_names")
        )

    def find(self, text: str) -> Iterable[Finding]:
        """Each such word or pair of words, in a letter that uses capitals for names only."""
        if not self._says_something:
            return
        capitals = sum(1 for _ in _INSIDE.finditer(text))
        if capitals > _TOO_MANY * (capitals + sum(1 for _ in _INSIDE_LOWER.finditer(text))):
            return
        yield from self._at_sentence_starts(text)
        for match in _INSIDE.finditer(text):
            found = match.group(1).lower()
            parts = found.replace("-", " ").split()
            if found in self._no_names or all(one in self._no_names for one in parts):
                continue
            yield self._finding(match.start(1), match.end(1))

    def _at_sentence_starts(self, text: str) -> Iterator[Finding]:
        """Whether Hope is a daughter in "Hope laughed": a person is asked."""
        for match in _BEFORE_VERB.finditer(text):
            if match.group(1).lower() in self._given_names:
                yield self._finding(match.start(1), match.end(1))

    def _finding(self, start: int, end: int) -> Finding:
        return Finding(
            span=Span(start=start, end=end),
            kind=EntityKind.PERSON,
            score=_SCORE,
            recognizer=self.recognizer_id,
        )
