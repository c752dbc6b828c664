"""The names after kin words: "my niece Summer"."""

from collections.abc import Iterable, Iterator

from anonymizer.detection.names.grammar import LetterGrammar, name_finding
from anonymizer.expression import any_of, expression
from anonymizer.model import Finding

_NAME = r"(\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?)(?:[^\pL]|$)"
#: "are April, Summer and Paris", ": Tom & Jo"
_JOINER = r"(?:, and |, | (?:and|und|et|en|y|i) | & )"
_NAMES = rf"((?:\p{{Lu}}\p{{Ll}}+(?:-\p{{Lu}}\p{{Ll}}+)?{_JOINER})+\p{{Lu}}\p{{Ll}}+)(?:[^\pL]|$)"
_ONE_NAME = expression(r"\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?")
#: "My mother-in-law is Joy.", "Hope is my eldest": who somebody is.
_IS_NAME = r"(?: is| was|'s)[ ](\p{Lu}\p{Ll}+)(?:[.,;!)\n]|[ ]and\b|$)"
_IS_KIN = r"(?:^|[.!?\n][ ]*|[ (])(\p{Lu}\p{Ll}+) (?:is|was)(?: also| just)? (?:my|our|his|her)[ ]"
_LOWER_CASE_NAME = r"(\p{Ll}{3,})(?:[^\pL]|$)"
_SCORE = 0.8
#: Where every noun has a capital: a person is asked, unless the model sees a name as well.
_SCORE_OF_NOUNS = 0.2


class KinNameRecognizer:
    """The name after a kin word; "my sister faith" only in a letter without capitals."""

    recognizer_id = "names:kin"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar
        words = grammar.rulebook.words
        kin = any_of(words("kin_before_names"))
        language = grammar.rulebook.language
        my, being = language.possessive, language.being
        self._score = _SCORE_OF_NOUNS if language.nouns_have_capitals else _SCORE
        self._cased = expression(rf"(?i:\b(?:{my})[ ](?:\pL+[ ]){{0,2}}?{kin},?[ ]){_NAME}")
        self._listed = expression(
            rf"(?i:(?:\b|[ ,(]){kin}s?[ ]?(?:{being}|,|:|-|–)?(?:[ ](?:{being}))?[ ]){_NAMES}"
        )
        self._lower = expression(rf"\b(?:{my})[ ](?:\pL+[ ])?{kin}[ ]{_LOWER_CASE_NAME}")
        self._told = (
            expression(rf"(?i:\b(?:my|our|his|her)[ ](?:\pL+[ ])?{kin}){_IS_NAME}"),
            expression(rf"{_IS_KIN}(?:\pL+[ ])?(?i:{kin})\b"),
        )
        self._names_that_are_words = words("names_that_are_words")
        #: "my wife is Polish", "This is my sister": no names.
        self._adjectives = (
            words("function_words") | words("nationalities") | words("countries")
            | words("salutation_words") | words("generic_words") | words("not_names")
        )  # fmt: skip
        #: "my husband will help": here the word is most often the verb.
        self._verbs = words("function_words")

    def find(self, text: str) -> Iterable[Finding]:
        """Each name; one that is more often a verb gets a low score, for a person to decide."""
        yield from self._after_kin(text)
        yield from self._in_lists(text)
        yield from self._who_is_who(text)
        if not any(one.isupper() for one in text):
            yield from self._in_lower_case(text)

    def _after_kin(self, text: str) -> Iterator[Finding]:
        for match in self._cased.finditer(text):
            if self._grammar.may_be_introduced(match.group(1)):
                yield self._finding(text, match.start(1), match.end(1), self._score)

    def _in_lists(self, text: str) -> Iterator[Finding]:
        for match in self._listed.finditer(text):
            for one in _ONE_NAME.finditer(match.group(1)):
                if self._grammar.may_be_introduced(one.group()):
                    start = match.start(1) + one.start()
                    yield self._finding(text, start, start + len(one.group()), self._score)

    def _who_is_who(self, text: str) -> Iterator[Finding]:
        for pattern in self._told:
            for match in pattern.finditer(text):
                word = match.group(1).lower()
                known = word in self._names_that_are_words or word not in self._adjectives
                if known and self._grammar.may_be_introduced(word):
                    yield self._finding(text, match.start(1), match.end(1), self._score)

    def _in_lower_case(self, text: str) -> Iterator[Finding]:
        for match in self._lower.finditer(text):
            word = match.group(1)
            if word in self._names_that_are_words:
                score = 0.25 if word in self._verbs else 0.7
                yield self._finding(text, match.start(1), match.end(1), score)

    def _finding(self, text: str, start: int, end: int, score: float) -> Finding:
        return name_finding(text, start, end, score=score, recognizer=self.recognizer_id)
