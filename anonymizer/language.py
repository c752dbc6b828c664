"""
The language gate: is the letter in a language the exchange admits?

A letter that goes abroad must be in English. Langdetect judges the letter and each passage, with a
fixed seed, because without one its answer changes from run to run. Names, numbers and short lines
mislead it, so the share of small words ("the", "und") has a second vote. What stays undecided is
held, not guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from langdetect import DetectorFactory, LangDetectException
from langdetect.detector_factory import PROFILES_DIRECTORY

from anonymizer.expression import expression
from anonymizer.language_names import language_list, language_name
from anonymizer.model import (
    Circumstances,
    Hold,
    LanguagePassage,
    LanguageVerdict,
    Routing,
    Span,
    Stage,
)
from anonymizer.words import words_of

ENGLISH = "en"
_SEED = 20260101
_PASSAGE = expression(r"[^\n]+(?:\n[^\n]+)*")
_MIN_WORDS = 5
_MIN_PASSAGE_WORDS = 8
#: An address or a list of names has no small words and looks like any language.
_MIN_UNVOTED_WORDS = 12
_SURE = 0.80
_FUNCTION_WORD_SHARE = 0.22


@dataclass(frozen=True, kw_only=True)
class LanguageGate:
    """Langdetect with its profiles loaded, and the small words of each language we know."""

    function_words: Mapping[str, frozenset[str]]
    factory: DetectorFactory

    @classmethod
    def load(cls, function_words: Mapping[str, frozenset[str]]) -> "LanguageGate":
        """A gate ready to judge; loading the profiles takes about half a second."""
        factory = DetectorFactory()
        factory.load_profile(PROFILES_DIRECTORY)
        factory.set_seed(_SEED)
        return cls(function_words=function_words, factory=factory)

    def judge(self, text: str, required: tuple[str, ...]) -> LanguageVerdict:
        """The language of `text` and of its passages, and whether `required` admits it."""
        code, confidence = self._language(_words(text))
        passages = tuple(self._passages(text))
        foreign = sum(
            _words_in(text, one.span) for one in passages if one.code not in (None, *required)
        )
        half_foreign = foreign * 2 > len(_words(text))
        admitted = code is not None and confidence >= _SURE and not (required and half_foreign)
        return LanguageVerdict(
            code=code,
            confidence=round(confidence, 4),
            required=required,
            admitted=admitted and (not required or code in required),
            passages=passages,
        )

    def _passages(self, text: str) -> Iterator[LanguagePassage]:
        for match in _PASSAGE.finditer(text):
            words = _words(match.group())
            if len(words) >= _MIN_PASSAGE_WORDS:
                code, confidence = self._language(words, least=_MIN_UNVOTED_WORDS)
                span = Span(start=match.start(), end=match.end())
                yield LanguagePassage(span=span, code=code, confidence=round(confidence, 4))

    def _language(
        self, words: Sequence[str], *, least: int = _MIN_WORDS
    ) -> tuple[str | None, float]:
        """The language by its small words; by langdetect where those are few and words enough."""
        if len(words) < _MIN_WORDS:
            return None, 0.0
        shares = {
            code: sum(word in small for word in words) / len(words)
            for code, small in self.function_words.items()
        }
        voted = max(sorted(shares), key=lambda code: shares[code], default=None)
        if voted is not None and shares[voted] >= _FUNCTION_WORD_SHARE:
            return voted, max(_SURE, min(1.0, 0.6 + shares[voted]))
        return self._by_langdetect(" ".join(words)) if len(words) >= least else (None, 0.0)

    def _by_langdetect(self, words: str) -> tuple[str | None, float]:
        detector = self.factory.create()
        detector.append(words)
        try:
            best = detector.get_probabilities()
        except LangDetectException:
            return None, 0.0
        return (str(best[0].lang), float(best[0].prob)) if best else (None, 0.0)


def required_languages(routing: Routing, circumstances: Circumstances) -> tuple[str, ...]:
    """
    The languages the exchange admits: English unless both sides are in one country.

    An empty tuple admits any language that has a model. An unknown country counts as abroad.
    """
    if circumstances.language is not None:
        return (circumstances.language.lower(),)
    writer, reader = routing.writer_country, routing.reader_country
    return () if writer is not None and writer == reader else (ENGLISH,)


def language_hold(verdict: LanguageVerdict, models: frozenset[str]) -> Hold | None:
    """Why a letter is held for its language, or None; `models` are the languages we know."""
    if verdict.code is None or verdict.confidence < _SURE:
        return _hold(
            "undecided",
            "The language cannot be told, for example because the letter is very short.",
        )
    if not verdict.admitted:
        wanted = language_list(verdict.required, last="or")
        return _hold(
            "wrong_language",
            f"The letter must be in {wanted}. It seems to be in {_found(verdict)}.",
        )
    if verdict.code not in models:
        return _hold(
            "no_model",
            f"The program cannot search letters in {language_name(verdict.code)}. "
            "Somebody who reads the language has to decide.",
        )
    return None


def foreign_passages(verdict: LanguageVerdict) -> tuple[LanguagePassage, ...]:
    """The passages in another language than the letter, for the proofreader."""
    return tuple(
        one
        for one in verdict.passages
        if one.code not in (None, verdict.code) and one.confidence >= _SURE
    )


def _found(verdict: LanguageVerdict) -> str:
    codes = [verdict.code, *(one.code for one in verdict.passages)]
    return language_list((code for code in codes if code), last="and")


def _words_in(text: str, span: Span) -> int:
    return len(_words(text[span.start : span.end]))


def _words(text: str) -> list[str]:
    """The words of a text in lower case, without signs and numbers."""
    return [word.lower() for _, word in words_of(text) if word[0].isalpha()]


def _hold(code: str, reason: str) -> Hold:
    return Hold(stage=Stage.LANGUAGE, code=code, reason=reason)
