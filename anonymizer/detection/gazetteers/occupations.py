"""Occupations of people, in the sentences that tell them."""

from collections.abc import Iterable

from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook
from anonymizer.words import words_of

_WORK_AS = r"work(?:s|ed|ing)? (?:\pL+ ){0,2}?as"
_CONTRACTED_SUBJECT = r"i'm|im|he's|she's|i've been|he'd been|she'd been"
_IS = r"am|is|was|are|were|has been|had been|have been|became|becomes|used to be|wants to be"
_OTHER_CUES = (
    r"job (?:is |was )?(?:as|of)|employed as|trained as|training as|to be|become|becoming|"
    r"profession (?:is|was)|by profession|retired|former|as|occupation:|you've|imagine"
)
#: Between a cue and an occupation: an article (first group) and up to three words (second).
_UP_TO_OCCUPATION = r"[ ]+((?:an?|the|our|my|your|his|her)[ ]+)?((?:\pL[\pL'\-]*[ ]+){0,3})$"
_CUES_FOR_ANY_JOB = (
    rf"{_WORK_AS}|job (?:is |was )?as|employed as|trained as|training as|career as|"
    r"by profession i am"
)
_WORDS_OF_JOB = r"((?:\pL[\pL'\-]*[ ]){0,3}?\pL[\pL'\-]*)"
_AFTER_JOB = (
    r"(?:[ ]+(?:in|at|for|on|of|and|who|with|from|near|by|but|since|until|when|"
    r"here|there|again|now|to)\b|[.,;:!?)\n]|$)"
)
#: What follows "works as a" is a job, whatever the word.
_ANY_JOB = expression(
    rf"(?i)\b(?:{_CUES_FOR_ANY_JOB})(?: (?:a|an|the))? {_WORDS_OF_JOB}{_AFTER_JOB}"
)
#: Endings that make a job of a verb or a thing: baker, tutor, florist, optician.
_PRODUCTIVE_ENDINGS = r"\pL{2,}(?:[b-df-hj-np-tv-z]er|or|ist|ician)"
_WORD = expression(r"[\pL][\pL\pM.']*")
_REACH_OF_CUE = 90


class OccupationRecognizer:
    """Occupations of people: "I work as a midwife", "my wife is a judge"."""

    recognizer_id = "list:occupations"

    def __init__(self, rulebook: Rulebook) -> None:
        words = rulebook.words
        self._no_job = words("no_occupations")
        heads = {name.replace("-", " ").split()[-1] for name in words("occupations")}
        self._heads = frozenset(heads - self._no_job)
        self._leading = words("before_occupations")
        subject = rf"{any_of(words('occupation_subjects'))}(?:[ ]\p{{Lu}}\pL+)?"
        self._cue = expression(
            rf"(?i)\b(?:{_CONTRACTED_SUBJECT}|{subject}[ ](?:{_IS})|{_WORK_AS}|{_OTHER_CUES})"
            rf"{_UP_TO_OCCUPATION}"
        )
        self._endings = ("man", "woman", "er", "or", "ist", "ician", *words("occupation_endings"))
        self._form = expression(
            rf"^(?:\pL*{any_of(words('occupation_endings'))}|"
            rf"{any_of(words('occupation_man_woman'))}(?:man|woman)|{_PRODUCTIVE_ENDINGS})s?$",
            case_sensitive=False,
        )

    def find(self, text: str) -> Iterable[Finding]:
        """Each occupation that stands where a sentence says what somebody is."""
        for place, hyphenated in words_of(text):
            word = hyphenated.rsplit("-", 1)[-1]
            begin, end = place + len(hyphenated) - len(word), place + len(hyphenated)
            listed = self._is_listed(word)
            if not listed and not self._has_form(word):
                continue
            cue = self._cue.search(text[max(0, begin - _REACH_OF_CUE) : begin])
            if cue is not None and (listed or cue.group(1)):
                start = begin - len(cue.group(2))
                yield self._finding(text, start, end, 0.7 if listed else 0.5)
        for match in _ANY_JOB.finditer(text):
            if not self._is_no_job(match.group(1).split()[-1]):
                yield self._finding(text, match.start(1), match.end(1), 0.6)

    def _is_listed(self, word: str) -> bool:
        folded = word.lower()
        return folded in self._heads or folded.removesuffix("s") in self._heads

    def _has_form(self, word: str) -> bool:
        # The cheap test first: it turns nearly every word of a letter away.
        likely = word.lower().removesuffix("s").endswith(self._endings)
        return likely and not self._is_no_job(word) and bool(self._form.match(word))

    def _is_no_job(self, word: str) -> bool:
        folded = word.lower()
        return folded in self._no_job or folded.removesuffix("s") in self._no_job

    def _finding(self, text: str, start: int, end: int, score: float) -> Finding:
        return Finding(
            span=Span(start=self._without_leading(text, start, end), end=end),
            kind=EntityKind.OCCUPATION,
            score=score,
            recognizer=self.recognizer_id,
        )

    def _without_leading(self, text: str, start: int, end: int) -> int:
        """Where "a retired organ builder" starts without the words that any job may have."""
        while True:
            first = _WORD.match(text, start)
            if first is None or first.end() >= end or first.group().lower() not in self._leading:
                return start
            start = first.end()
            while start < end and text[start].isspace():
                start += 1
