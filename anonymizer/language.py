"""
The language gate: is the letter in a language the exchange admits?

Every word is a witness (`anonymizer.language_evidence`), and changing the language costs something,
least after a full stop. The cheapest reading of the whole letter cuts it into passages of one
language each. So a German greeting in an English letter is pointed at, a name is not, a letter with
a third of its words in another language is held, and what stays undecided is held, not guessed.
Nothing depends on how the lines are broken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from anonymizer.canonical import DetectionView
from anonymizer.exchange import PairRule
from anonymizer.language_evidence import Evidence, Numbers
from anonymizer.language_names import language_list, language_name
from anonymizer.language_rules import LanguageRules
from anonymizer.model import (
    Circumstances,
    Hold,
    LanguagePassage,
    LanguageVerdict,
    Routing,
    SecondReading,
    Span,
    Stage,
)
from anonymizer.words import words_of

ENGLISH = "en"
_MIN_WORDS = 5
_SURE = 0.80
#: Evidence that makes a verdict half sure; four times as much makes it sure.
_HALF_SURE = 1.5
#: What it costs to change the language between two words, after a sign, after a sentence.
_WITHIN, _AFTER_SIGN, _AFTER_SENTENCE = 9.0, 7.0, 4.5
_SIGNS, _SENTENCE_ENDS = frozenset(",;:()-–—\"'/*"), frozenset(".!?…")
#: Signs that belong to the word after them.
_OPENING = frozenset("([{¿¡„“‘«‹\"'")
#: Signs within an e-mail address or a web page.
_JOINTS = frozenset("@/_\\")
#: Small words within the names of families and places.
_PARTICLES = frozenset(
    "af av da das de degli dei del della den der des di do dos du e el la las le los te ten ter "
    "van vom von y zu zum zur".split()
)
#: A passage of names has one or two words that look foreign.
_MIN_SPEAKING = 3
#: From this share on, words in other languages make a letter a mixed one.
_MIXED = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Words `first` to `last` (exclusive), read in the language of a column."""

    first: int
    last: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGate:
    """What is known about languages, ready to judge letters."""

    evidence: Evidence

    @classmethod
    def load(cls, function_words: Mapping[str, frozenset[str]]) -> "LanguageGate":
        """A gate with the small words of the languages we know best; takes a fifth of a second."""
        return cls(evidence=Evidence.load(function_words))

    def judge(self, text: str, required: tuple[str, ...]) -> LanguageVerdict:
        """The language of `text` and of its passages, and whether `required` admits it."""
        admits = frozenset(required)
        places = [(at, word) for at, word in words_of(text) if word[0].isalpha()]
        if not places:
            return _undecided(required)
        words = [word for _, word in places]
        said = self.evidence.of(words)
        said[_silent(text, places)] = 0.0
        columns = _cheapest(said, _costs(text, places))
        main = _main(columns)
        runs = tuple(_runs(_believed(columns, said, main)))
        code, confidence = self._decided(words, said, [one for one in runs if one.column == main])
        passages = []
        for run in runs:
            is_main = run.column == main
            core = run if is_main else _core(run, said, main, text, places)
            passages.append(
                LanguagePassage(
                    span=_span(text, places, core),
                    code=self.evidence.languages[run.column],
                    confidence=confidence if is_main else _sureness(said, [run], main),
                )
            )
        admitted = not admits or (code in admits and not self._mixed(runs, admits))
        return LanguageVerdict(
            code=code,
            confidence=confidence,
            required=required,
            admitted=admitted and code is not None and confidence >= _SURE,
            passages=tuple(passages),
        )

    def _mixed(self, runs: Sequence[_Run], admits: frozenset[str]) -> bool:
        """Whether a third of the words or more stand in languages not among `admits`."""
        words = {True: 0, False: 0}
        for run in runs:
            words[self.evidence.languages[run.column] in admits] += run.last - run.first
        return words[False] >= _MIXED * (words[True] + words[False])

    def _decided(
        self, words: Sequence[str], said: Numbers, runs: Sequence[_Run]
    ) -> tuple[str | None, float]:
        """The language of the runs and how sure; langdetect is asked where we have no list."""
        code = self.evidence.languages[runs[0].column]
        if len(words) < _MIN_WORDS:
            return None, 0.0
        if code not in self.evidence.listed:
            heard = [word for run in runs for word in words[run.first : run.last]]
            if not self.evidence.confirms(code, heard, _SURE):
                return None, 0.0
        return code, _sureness(said, runs, None)


def _silent(text: str, places: Sequence[tuple[int, str]]) -> list[bool]:
    """Which words say nothing: parts of addresses, and "van der" between the halves of a name."""
    silent = [_in_address(text, at, word) for at, word in places]
    name_ends = None
    for at, (_, word) in enumerate(places):
        if word[0].isupper():
            if name_ends is not None:
                silent[name_ends + 1 : at] = [True] * (at - name_ends - 1)
            name_ends = at
        elif word not in _PARTICLES:
            name_ends = None
    return silent


def _in_address(text: str, at: int, word: str) -> bool:
    """Whether the word is a part of an e-mail address, a web page or a path."""
    before, end = text[max(0, at - 2) : at], at + len(word)
    after = text[end : end + 2]
    if before[-1:] in _JOINTS or after[:1] in _JOINTS:
        return True
    dotted_before = before[-1:] == "." and before[:-1].isalnum()
    return dotted_before or (after[:1] == "." and after[1:].isalnum())


def _cheapest(said: Numbers, costs: Sequence[float]) -> list[int]:
    """The column of each word in the cheapest reading; `costs[n]` is to change before word `n`."""
    best = said[0].copy()
    stays: list[Numbers] = []
    leaders: list[int] = []
    for row, cost in zip(said[1:], costs[1:], strict=True):
        leader = int(best.argmax())
        changed = best[leader] - cost
        stays.append(best >= changed)
        leaders.append(leader)
        best = np.maximum(best, changed) + row
    column = int(best.argmax())
    columns = [column]
    for stay, leader in zip(reversed(stays), reversed(leaders), strict=True):
        column = column if stay[column] else leader
        columns.append(column)
    return columns[::-1]


def _costs(text: str, places: Sequence[tuple[int, str]]) -> list[float]:
    """What changing the language before each word costs, by the signs before it."""
    costs = [0.0]
    for (at, word), (following, _) in pairwise(places):
        between = text[at + len(word) : following]
        if not _SENTENCE_ENDS.isdisjoint(between):
            costs.append(_AFTER_SENTENCE)
        else:
            costs.append(_WITHIN if _SIGNS.isdisjoint(between) else _AFTER_SIGN)
    return costs


def _runs(columns: Sequence[int]) -> Iterator[_Run]:
    first = 0
    for at in range(1, len(columns) + 1):
        if at == len(columns) or columns[at] != columns[first]:
            yield _Run(first=first, last=at, column=columns[first])
            first = at


def _main(columns: Sequence[int]) -> int:
    """The column with the most words; of equals, the one that begins."""
    return Counter(columns).most_common(1)[0][0]


def _believed(columns: Sequence[int], said: Numbers, main: int) -> list[int]:
    """The columns, but the main one where fewer than three words speak for another."""
    believed: list[int] = []
    for run in _runs(columns):
        ahead = said[run.first : run.last, run.column] - said[run.first : run.last, main]
        speaks = run.column == main or (ahead > 0).sum() >= _MIN_SPEAKING
        believed += [run.column if speaks else main] * (run.last - run.first)
    return believed


def _core(
    run: _Run, said: Numbers, main: int, text: str, places: Sequence[tuple[int, str]]
) -> _Run:
    """The run without sentences and paragraphs at its edges that do not speak for its language."""
    ahead = said[:, run.column] - said[:, main]
    starts = [run.first]
    for at in range(run.first + 1, run.last):
        between = text[places[at - 1][0] + len(places[at - 1][1]) : places[at][0]]
        if not _SENTENCE_ENDS.isdisjoint(between) or between.count("\n") > 1:
            starts.append(at)
    pieces = list(zip(starts, [*starts[1:], run.last], strict=True))
    speaking = [(first, last) for first, last in pieces if ahead[first:last].sum() > 0]
    return replace(run, first=speaking[0][0], last=speaking[-1][1]) if speaking else run


def _sureness(said: Numbers, runs: Sequence[_Run], against: int | None) -> float:
    """How sure the runs are in their language, against one column or the best of all others."""
    column = runs[0].column
    sums = sum((said[run.first : run.last].sum(axis=0) for run in runs), np.zeros(said.shape[1]))
    other = np.delete(sums, column).max() if against is None else sums[against]
    ahead = max(0.0, float(sums[column] - other))
    return round(ahead / (ahead + _HALF_SURE), 4)


def _span(text: str, places: Sequence[tuple[int, str]], run: _Run) -> Span:
    """From the first word to the last, with the signs that touch them."""
    start = places[run.first][0]
    before = 0 if run.first == 0 else places[run.first - 1][0] + len(places[run.first - 1][1])
    while start > before and text[start - 1] in _OPENING:
        start -= 1
    at, word = places[run.last - 1]
    end = at + len(word)
    after = len(text) if run.last == len(places) else places[run.last][0]
    while end < after and not text[end].isspace() and text[end] not in _OPENING:
        end += 1
    return Span(start=start, end=end)


def _undecided(required: tuple[str, ...]) -> LanguageVerdict:
    return LanguageVerdict(code=None, confidence=0.0, required=required, admitted=False)


def required_languages(
    routing: Routing, circumstances: Circumstances, rule: PairRule
) -> tuple[str, ...]:
    """
    The languages the exchange admits: English, and at home also those of the country.

    An empty tuple admits any language that has a model: a country without a row, at home. An
    unknown country counts as abroad.
    """
    if circumstances.language is not None:
        return (circumstances.language.lower(),)
    writer, reader = routing.writer_country, routing.reader_country
    if writer is None or writer != reader:
        return (ENGLISH,)
    return rule.languages if rule.own_language.value else ()


def language_hold(verdict: LanguageVerdict, models: frozenset[str]) -> Hold | None:
    """Why a letter is held for its language, or None; `models` are the languages we know."""
    if verdict.code is None or verdict.confidence < _SURE:
        return _hold(
            "undecided",
            "The language cannot be told, for example because the letter is very short.",
        )
    if verdict.required and not verdict.admitted:
        wanted = language_list(verdict.required, last="or")
        return _hold(
            "wrong_language",
            f"The letter must be in {wanted}. It seems to be in {_found(verdict)}.",
        )
    unread = [code for code in _codes(verdict) if code not in models]
    if verdict.code in unread or (unread and _share(verdict, unread) >= _MIXED):
        return _hold(
            "no_model",
            f"The program cannot search letters in {language_list(unread, last='and')}. "
            "Somebody who reads the language has to decide.",
        )
    return None


def second_reading(
    verdict: LanguageVerdict, spoken: LanguageRules, models: frozenset[str]
) -> tuple[SecondReading, ...]:
    """
    Why two people read what the program reads badly, or not at all; nothing where it reads well.

    `spoken` is the language it was read in, `models` are those we know.
    """
    if verdict.code is not None and verdict.code not in models:
        name = language_name(verdict.code)
        reason = f"The program cannot read {name}: only people find what it misses."
    elif spoken.second_reader:
        reason = f"{spoken.name} letters are read twice: the program misses too many names."
    else:
        return ()
    return (SecondReading(code="language", reason=reason),)


def foreign_passages(verdict: LanguageVerdict) -> tuple[LanguagePassage, ...]:
    """
    The passages in a language that is not admitted here, for the proofreader.

    Where every language is admitted, those in another than the letter's. None when nothing of the
    letter is admitted: then its hold says so, and a mark on all of it would say nothing.
    """
    admitted = verdict.required or (verdict.code,)
    foreign = tuple(one for one in verdict.passages if one.code not in (None, *admitted))
    if len(foreign) == len(verdict.passages):
        return ()
    return tuple(one for one in foreign if one.confidence >= _SURE)


def verdict_on_letter(verdict: LanguageVerdict, view: DetectionView) -> LanguageVerdict:
    """The verdict on a view as one on its letter: passages as spans of the letter."""
    passages = (replace(one, span=view.to_letter(one.span)) for one in verdict.passages)
    return replace(verdict, passages=tuple(passages))


def _codes(verdict: LanguageVerdict) -> list[str]:
    codes = [verdict.code, *(one.code for one in verdict.passages)]
    return list(dict.fromkeys(code for code in codes if code is not None))


def _found(verdict: LanguageVerdict) -> str:
    return language_list(_codes(verdict), last="and")


def _share(verdict: LanguageVerdict, codes: Sequence[str]) -> float:
    """How much of the letter's passages is in one of the languages."""
    lengths = [(one.code in codes, len(one.span)) for one in verdict.passages]
    return sum(length for counts, length in lengths if counts) / sum(n for _, n in lengths)


def _hold(code: str, reason: str) -> Hold:
    return Hold(stage=Stage.LANGUAGE, code=code, reason=reason)
