"""
Puts the boundaries and kinds of raw findings right: titles out, possessives out, countries apart.

Recognisers disagree about where a name begins ("Dr. Meyer", "Aunt Rosa's"); after this step they
do not. Nothing a rule or the register is sure of is dropped here: only findings that come from a
model or from the grammar of letters can turn out to be ordinary words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import re2

from anonymizer.detection.grammar_doubts import doubted_without_model
from anonymizer.detection.noun_doubts import NAMED, NounDoubts
from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_PEOPLE = frozenset({EntityKind.PERSON, EntityKind.INITIALS, EntityKind.PET})
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "in", "at", "from"})
#: Kinds that are told in a clause rather than named.
_TOLD = frozenset({EntityKind.MEDIA, EntityKind.SINGLING_OUT})
_CLAUSE_BEFORE = expression(
    r"(?:^|[.,;:!?()\n\"–—][ ]*|\b(?:and|but|so|because|that) )([^.,;:!?()\n\"–—]*)$"
)
_CLAUSE_AFTER = expression(r"^[^.,;:!?()\n\"–—]*")
_REACH_OF_CLAUSE = 70
_FIRST_WORD = expression(r"^([\pL\pM'\-]+\.?)([\s,]+)")
#: What joins a name to the next words and is no part of it: "Katharina and".
_JOINER_BEHIND = expression(r"[ ]+(?:and|und|et)$")
_EDGE = " \t\n,;:!?\"'()[]<>*_~|/+&–—-"
_INITIALS = expression(r"^(?:\p{Lu}\.?(?:[ \-]?\p{Lu}\.?){0,2}|\p{Lu}\.(?:[ ]?\p{Lu}\.){0,3})$")
#: The first letter after the end of a sentence or a line.
_SENTENCE_STARTS = expression(r"(?:^|[.!?]\s|\n)[ \t\"'(]*\pL")
#: In a letter that uses capitals; it makes a suggestion of nearly every such find.
_LOWER_CASE_FACTOR = 0.29
_DOUBTED_IN_LOWER_CASE = ("ner:", "names:introduction")
#: From this score on the model is believed without a capital, where none was to be expected or
#: where the words before it lead up to a name.
_SURE_IN_LOWER_CASE = 0.9
#: "Blutgruppe A", "blood group B": no initials.
_BLOOD_GROUP_BEFORE = expression(
    r"(?i)(?:blood (?:group|type)|blutgruppe|bloedgroep|groupe sanguin|grup\pL krwi|"
    r"grupo sangu[ií]neo)[^!?\n]{0,60}$"
)
_SURE_KINDS = frozenset({EntityKind.PERSON, EntityKind.PLACE})
_LINE_OR_SENTENCE_BEFORE = expression(r"(?:[.!?]\s|\n)")
_REACH_OF_CUE = 40
_REACH_OF_SENTENCE = 300
#: Cues beside the lists of kin, closings, introductions and residence.
_CUES = ("i am", "i'm", "im", "my name is", "from")
#: From this score on the model is believed where a list says "month" or "season".
_MODEL_SAYS_NAME = 0.5
_INTRODUCED = frozenset({"names:introduction", "names:kin"})
_SAINT_BEFORE = expression(r"(?:^|[^\pL])((?:St\.?|Saint)[ ])$")
_REACH_OF_SAINT = 8
_OUR_LADY = expression(r"(?i)^our lady\b")
_POSSESSIVES = ("'s", "'S")
#: Recognisers whose findings can turn out to be ordinary words: the model, grammar, word lists.
_UNSURE = ("ner:", "names:", "list:")


@dataclass(frozen=True, kw_only=True)
class Refinery:
    """
    The lists that boundaries and kinds depend on.

    `common_words` are those that the model knows whole from outside of names, in lower case and
    without accents.
    """

    rulebook: Rulebook
    common_words: frozenset[str] = frozenset()

    def refine(self, text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Each finding with its right span and kind; those that are ordinary words fall away."""
        cased = _uses_capitals(text)
        findings = tuple(findings)
        for raw in findings:
            doubted = cased and raw.recognizer.startswith(_DOUBTED_IN_LOWER_CASE)
            doubted = doubted and not self._is_sure_in_lower_case(text, raw)
            finding = _doubted_in_lower_case(text, raw) if doubted else raw
            if self._noun_doubts is not None:
                finding = self._noun_doubts.doubted(text, finding)
            finding = doubted_without_model(
                text, finding, findings, language=self.rulebook.language
            )
            if finding.kind in NAMED and finding.recognizer.startswith(_UNSURE):
                yield from self._named(text, finding)
            elif finding.kind in _TOLD:
                yield _widened_to_clause(text, finding)
            elif not self._is_bare_occupation(text, finding):
                yield finding

    def _is_bare_occupation(self, text: str, finding: Finding) -> bool:
        """True for the small words that lead up to a job: "as a" before "crane operator"."""
        if finding.kind is not EntityKind.OCCUPATION:
            return False
        words = text[finding.span.start : finding.span.end].lower().split()
        return all(word in self._small_words for word in words)

    @cached_property
    def _noun_doubts(self) -> NounDoubts | None:
        if not self.rulebook.language.nouns_have_capitals:
            return None
        return NounDoubts(rulebook=self.rulebook, common_words=self.common_words)

    def _is_sure_in_lower_case(self, text: str, finding: Finding) -> bool:
        """Whether the model has no doubt, and either the writer or the grammar excuses the case."""
        if finding.kind not in _SURE_KINDS or finding.score < _SURE_IN_LOWER_CASE:
            return False
        start = finding.span.start
        before = text[max(0, start - _REACH_OF_CUE) : start]
        return _begins_in_lower_case(text, finding) or bool(self._cue.search(before))

    @cached_property
    def _cue(self) -> "re2._Regexp[str]":
        """What leads up to a name: "my son", "love from", "call me", "I live in"."""
        words = self.rulebook.words
        lists = ("kin", "closings", "introductions", "residence_cues")
        cues = frozenset(_CUES).union(*map(words, lists))
        return expression(rf"(?i)(?:^|[^\pL])(?:{any_of(cues)})[ ,:\n~*_\-]+$")

    def _named(self, text: str, finding: Finding) -> Iterator[Finding]:
        for piece in _paragraphs(text, finding.span):
            start, end = self._trimmed(text, *piece, kind=finding.kind)
            if start >= end or self._is_ordinary(text, (start, end), finding):
                continue
            if piece != (finding.span.start, finding.span.end) and self._is_small(text[start:end]):
                continue  # "odeon", and the "do" that begins the next paragraph
            span = Span(start=start, end=_with_dot_of_initial(text, start, end))
            kind = self._kind(finding.kind, text[span.start : span.end])
            yield replace(finding, span=span, kind=kind)

    def _trimmed(self, text: str, start: int, end: int, *, kind: EntityKind) -> tuple[int, int]:
        person = kind in _PEOPLE
        house = kind in (EntityKind.HOSPITAL, EntityKind.ORGANIZATION)
        # "St" before a name is a title; in "St James's Hospital" it is part of the name.
        words = self.rulebook.words
        leading = words("titles") | words("kin") if person else _ARTICLES
        while True:
            start, end = _stripped(text, start, end)
            first = _FIRST_WORD.match(text[start:end])
            if first is None or first.group(1).lower() not in leading:
                break
            if house and _OUR_LADY.match(text[start:end]):
                break
            start += first.end()
        joiner = _JOINER_BEHIND.search(text[start:end])
        end -= len(joiner.group()) if joiner is not None else 0
        saint = _SAINT_BEFORE.search(text[max(0, start - _REACH_OF_SAINT) : start])
        if saint is not None:
            start -= len(saint.group(1))
        if house or _is_saint(text[start:end]):
            # "St Andrew's" and "King's" are the whole names of a church and a hospital.
            end += 2 if text[end : end + 2] in _POSSESSIVES else 0
        elif text[start:end].endswith(_POSSESSIVES):
            end -= 2
        while end > start and text[end - 1] == "." and not _ends_in_initial(text, start, end):
            end -= 1
        return _stripped(text, start, end)

    @cached_property
    def _small_words(self) -> frozenset[str]:
        words = self.rulebook.words
        return words("function_words") - words("names_that_are_words")

    @cached_property
    def _generic(self) -> frozenset[str]:
        """Words that name a kind of house only: "the hospital", "no. 4 clinic"."""
        words = self.rulebook.words
        return words("hospital_words") | words("organization_words") | self._small_words

    def _is_small(self, found: str) -> bool:
        return found.islower() and found in self.rulebook.words("function_words")

    def _is_ordinary(self, text: str, place: tuple[int, int], finding: Finding) -> bool:
        found = text[slice(*place)]
        words = " ".join(found.lower().split())
        if len(words.strip(".")) == 1:
            return _is_stray_letter(found, finding) or _is_blood_group(text, finding)
        if finding.recognizer in _INTRODUCED and words in self._names_that_are_words:
            return False  # "a girl called Summer" is no season
        if finding.score >= _MODEL_SAYS_NAME and (
            words in self._given_names or self._has_title(text, place[0])
        ):
            return False  # the model read the sentence; the list did not ("Mr. October")
        bare = words.strip(".")
        parts = bare.replace("-", " ").split()
        return (
            words in self._never
            or bare in self._never
            or all(part in self._generic for part in parts)
            or not any(one.isalpha() for one in found)
        )

    def _has_title(self, text: str, start: int) -> bool:
        return bool(self._title.search(text[max(0, start - _REACH_OF_CUE) : start]))

    @cached_property
    def _title(self) -> "re2._Regexp[str]":
        """What stands before surnames; "Father Christmas" and "Mother Superior" have none."""
        words = self.rulebook.words
        titles = any_of(words("titles_before_initials") - words("kin"))
        return expression(rf"(?i)(?:^|[^\pL]){titles}\.?[ ]+$")

    @cached_property
    def _given_names(self) -> frozenset[str]:
        return self.rulebook.words("given_names_that_are_words")

    @cached_property
    def _names_that_are_words(self) -> frozenset[str]:
        return self.rulebook.words("names_that_are_words")

    @cached_property
    def _never(self) -> frozenset[str]:
        """Words and phrases that are no finding when they are all there is of it."""
        words = self.rulebook.words
        return self._small_words | words("not_names") | words("kin") | words("titles")

    def _kind(self, kind: EntityKind, found: str) -> EntityKind:
        words = found.lower()
        if (
            kind in (EntityKind.PERSON, EntityKind.INITIALS)
            and _INITIALS.match(found)
            and len(found.replace(".", "")) <= 4
        ):
            return EntityKind.INITIALS
        if kind in (EntityKind.PLACE, EntityKind.ORGANIZATION):
            bare = words.removeprefix("the ")
            if bare in self.rulebook.words("countries"):
                return EntityKind.COUNTRY
            if bare in self.rulebook.words("nationalities") or bare.rstrip(
                "s"
            ) in self.rulebook.words("nationalities"):
                return EntityKind.NATIONALITY
            if self._has_word(words, "hospital_words"):
                return EntityKind.HOSPITAL
            if kind is EntityKind.PLACE and self._has_word(words, "organization_words"):
                return EntityKind.ORGANIZATION
        return kind

    def _has_word(self, words: str, name: str) -> bool:
        entries = self.rulebook.words(name)
        return any(
            word in entries for word in words.replace("'s", "").replace("-", " ").split()
        ) or any(entry in words for entry in entries if " " in entry)


def _paragraphs(text: str, span: Span) -> Iterator[tuple[int, int]]:
    """
    The start and end of each part of a span.

    A name may be broken over a line, but never runs over an empty one; and in a letter head, with
    its house numbers and addresses, each line is a thing of its own.
    """
    found = text[span.start : span.end]
    head = "@" in found or any(one.isdigit() for one in found)
    separator = "\n" if head else "\n\n"
    start = span.start
    for part in found.split(separator):
        yield start, start + len(part)
        start += len(part) + len(separator)


def _is_stray_letter(found: str, finding: Finding) -> bool:
    """Whether a single letter stands for nobody: "b)" in a list, the T of "T-ball"."""
    by_model = finding.recognizer.startswith("ner:")
    return by_model and (found.islower() or finding.kind not in _PEOPLE)


def _is_blood_group(text: str, finding: Finding) -> bool:
    start = finding.span.start
    return bool(_BLOOD_GROUP_BEFORE.search(text[max(0, start - _REACH_OF_CLAUSE) : start]))


def _is_saint(found: str) -> bool:
    return found.lower().startswith(("st ", "st. ", "saint "))


def _widened_to_clause(text: str, finding: Finding) -> Finding:
    """
    What is told stretches over its clause, not only over the words that gave it away.

    "I am the only patient of my clinic who became pregnant" says less, cut anywhere.
    """
    start, end = finding.span.start, finding.span.end
    before = _CLAUSE_BEFORE.search(text[max(0, start - _REACH_OF_CLAUSE) : start])
    after = _CLAUSE_AFTER.match(text[end : end + _REACH_OF_CLAUSE])
    start -= len(before.group(1)) if before is not None else 0
    end += len(after.group().rstrip()) if after is not None else 0
    return replace(finding, span=Span(start=start, end=end))


def _uses_capitals(text: str) -> bool:
    """True for a letter that writes sentences and "I" with capitals, as most do."""
    sentences = _SENTENCE_STARTS.findall(text)
    capitals = sum(one[-1].isupper() for one in sentences)
    return bool(sentences) and capitals * 10 >= len(sentences) * 7


def _doubted_in_lower_case(text: str, finding: Finding) -> Finding:
    """
    In a letter with capitals a name without one is rare, and a word the model does not know common.

    The finding stays, as something to ask a person about.
    """
    found = text[finding.span.start : finding.span.end]
    if not found.islower():
        return finding
    return replace(finding, score=finding.score * _LOWER_CASE_FACTOR)


def _begins_in_lower_case(text: str, finding: Finding) -> bool:
    """Whether the sentence or line of a finding has no capital at its start either."""
    start = max(0, finding.span.start - _REACH_OF_SENTENCE)
    sentence = _LINE_OR_SENTENCE_BEFORE.split(text[start : finding.span.start])[-1]
    letters = filter(str.isalpha, sentence + text[finding.span.start : finding.span.end])
    return next(letters, "A").islower()


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE + ".":
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _ends_in_initial(text: str, start: int, end: int) -> bool:
    """Whether the last dot belongs to an initial: in "K. V." it does, in "from Leeds." not."""
    letter = text[end - 2 : end - 1]
    before = text[end - 3 : end - 2] if end - 3 >= start else " "
    return letter.isupper() and not before.isalpha()


def _with_dot_of_initial(text: str, start: int, end: int) -> int:
    dot = text[end : end + 1] == "."
    return end + 1 if dot and _ends_in_initial(text, start, end + 1) else end
