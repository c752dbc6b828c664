"""Who is introduced: "my name is", "everyone calls me", "a girl named", "this is"."""

from collections.abc import Iterable, Iterator

from anonymizer.detection.names.grammar import (
    LetterGrammar,
    end_of_name,
    is_initial,
    name_finding,
)
from anonymizer.expression import any_of, expression
from anonymizer.model import Finding

_MY_NAME = (
    r"my (?:full |first |last |family |real |christian |given |middle |maiden |second )?"
    r"(?:name|surname|nickname)(?:[ ]*(?:'s|is|was|:|=))"
)
_IS_CALLED = (
    r"(?:i am|i'm|im|he is|he's|she is|she's|is|was|are|be|been|and am) "
    r"(?:called|named|nicknamed|known as)"
)
#: After the words for who calls.
_CALLS_ME = r" (?:all |just |always )?call(?:s|ed)? (?:me|him|her|us)"
_HIS_NAME = (
    r"(?:his|her|their|its|whose|the baby's|son's|daughter's|wife's|husband's) "
    r"(?:first |last |full )?name(?:s)?(?:[ ]*(?:'s|is|was|are|:|=))"
)
_A_GIRL_NAMED = r"(?:a|an|the|our|my) (?:\pL+ ){0,2}?(?:named|called)"
_WE_NAMED_HIM = (
    r"(?:we|i|they) (?:named|called|christened|baptised|baptized) (?:him|her|it|them|our \pL+)"
)
_NAMED_AFTER = r"named after(?: my \pL+)?"
_UP_TO_THE_NAME = r"(?:[ ,:]|$)[ ,:]*[\"'(]?[ ]*"
_NAME_PART = expression(r"[\pL][\pL\pM]*(?:['\-][\pL\pM]+)*\.?")
_REACH = 60
#: Cues that often come before something else: after these a name needs its capital.
_WEAK_CUES = ("this is", "it's me", "signed", "in the name", "nee")
_ENDINGS_OF_ORDINARY_WORDS = ("ing", "ed", "ly")


class IntroductionRecognizer:
    """The name after "my name is", "call me", "a girl named", in any case."""

    recognizer_id = "names:introduction"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar
        words = grammar.rulebook.words
        self._not_introduced = words("not_introduced")
        cues = (
            _MY_NAME,
            _IS_CALLED,
            any_of(words("callers")) + _CALLS_ME,
            _HIS_NAME,
            _A_GIRL_NAMED,
            _WE_NAMED_HIM,
            _NAMED_AFTER,
            any_of(words("introductions")),
        )
        self._cue = expression(rf"(?i)\b(?:{'|'.join(cues)}){_UP_TO_THE_NAME}")

    def find(self, text: str) -> Iterable[Finding]:
        """The words of a name that follow a cue; lower-case ones up to two words."""
        for match in self._cue.finditer(text):
            weak = match.group().lower().strip().startswith(_WEAK_CUES)
            yield from self._name_at(text, match.end(), weak=weak)

    def _name_at(self, text: str, start: int, *, weak: bool) -> Iterator[Finding]:
        first = _NAME_PART.match(text[start : start + _REACH])
        if first is None:
            return
        word = first.group().rstrip(".")
        if word.lower() in self._not_introduced or not self._grammar.may_be_introduced(word):
            return
        capital = word[0].isupper()
        if not capital and (weak or _looks_ordinary(word)):
            return
        end = end_of_name(
            text, start + first.end() if is_initial(first.group()) else start + len(word)
        )
        score = 0.9 if capital else 0.7
        yield name_finding(text, start, end, score=score, recognizer=self.recognizer_id)


def _looks_ordinary(word: str) -> bool:
    return len(word) < 3 or word.lower().endswith(_ENDINGS_OF_ORDINARY_WORDS)
