"""
The bridge to Presidio, both ways.

`PredefinedRecognizer` runs one of Presidio's own recognisers (e-mail, phone, IBAN, card, URL, IP)
in our loop. `LetterRecognizer` gives one of ours to Presidio, for anybody's `AnalyzerEngine`.

Presidio's loop is not used: a pattern that runs out of time is skipped there with a log line and
the letter goes on as if nothing had been in it; here it raises.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import re2
import tldextract
from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.pattern_recognizer import REGEX_TIMEOUT_SECONDS
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UrlRecognizer,
)

from anonymizer.errors import RecognizerFailed
from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Recognizer, Span

#: Presidio's names for what it finds, and ours.
KIND_OF_ENTITY: Mapping[str, EntityKind] = MappingProxyType(
    {
        "EMAIL_ADDRESS": EntityKind.EMAIL,
        "PHONE_NUMBER": EntityKind.PHONE,
        "URL": EntityKind.URL,
        "IP_ADDRESS": EntityKind.URL,
        "IBAN_CODE": EntityKind.OTHER_ID,
        "CREDIT_CARD": EntityKind.OTHER_ID,
    }
)
#: Our names for kinds when we speak to Presidio; the others keep their own.
ENTITY_OF_KIND: Mapping[EntityKind, str] = MappingProxyType(
    {
        EntityKind.EMAIL: "EMAIL_ADDRESS",
        EntityKind.PHONE: "PHONE_NUMBER",
        EntityKind.PLACE: "LOCATION",
        EntityKind.DATE: "DATE_TIME",
    }
)
_TOP_DOMAINS = frozenset(
    "com org net info de uk us in pl cl za at ch fr it es nl be eu io edu tr pt br ie se no dk fi "
    "cz gr hu ro ua ru ng ke au ca mx jp cn vn ph app dev blog online shop gov int tv me co ly "
    "page site".split()
)
_DOMAINS_THAT_ARE_WORDS = frozenset(
    {"in", "me", "no", "it", "is", "so", "at", "be", "us", "as", "to", "my", "am"}
)
#: The public suffixes that come with the package: the default extractor fetches a newer list from
#: the network at its first use.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


_WITH_AT = expression(r"\S*@\S*")
_WITH_INNER_DOT = expression(r"\S*[\pL\pN]\.[\pL\pN]\S*")
#: What every address of version 4 and of version 6 has somewhere.
_LIKE_IP_ADDRESS = expression(r"\pN\.\pN+\.\pN|:[\pN[:xdigit:]]*:")
#: Characters; the longest e-mail address has 254, a web address in a letter is hardly longer.
_LONGEST_CONTACT = 400


class _OfflineEmail(EmailRecognizer):
    """Presidio's e-mail recogniser without its network access."""

    def validate_result(self, pattern_text: str) -> bool:
        return bool(_SUFFIXES(pattern_text).top_domain_under_public_suffix)


class PredefinedRecognizer:
    """One of Presidio's recognisers behind our interface."""

    def __init__(
        self,
        recognizer: EntityRecognizer,
        *,
        needs: Callable[[str], bool],
        parts: "re2._Regexp[str] | None" = None,
        accepts: Callable[[str, int, int], bool] = lambda _text, _start, _end: True,
    ) -> None:
        self._recognizer = recognizer
        self._needs = needs
        self._parts = parts
        self._accepts = accepts

    @property
    def recognizer_id(self) -> str:
        """The class of the Presidio recogniser; its own id is a memory address."""
        predefined = next(
            one for one in type(self._recognizer).__mro__ if not one.__name__.startswith("_")
        )
        return f"presidio:{predefined.__name__}"

    def find(self, text: str) -> Iterable[Finding]:
        """Every result of the recogniser. Raises `RecognizerFailed` when it ran out of time."""
        if not self._needs(text):
            return ()
        begun = time.monotonic()
        found = [
            self._finding(one, offset)
            for offset, part in self._split(text)
            for one in self._run(part)
        ]
        if time.monotonic() - begun >= REGEX_TIMEOUT_SECONDS:
            raise RecognizerFailed
        # A fixed order: Presidio's removal of duplicates goes through a set.
        ordered = sorted(found, key=lambda one: (one.span, one.kind))
        return tuple(one for one in ordered if self._accepts(text, one.span.start, one.span.end))

    def _split(self, text: str) -> Iterable[tuple[int, str]]:
        """
        The parts of the text that are worth asking, with their offsets.

        Some of Presidio's patterns take time with the square of the length: they get one word at a
        time, and of a word without end only its beginning, as much as a contact can be long.
        """
        if self._parts is None:
            return [(0, text)]
        return [(one.start(), one.group()[:_LONGEST_CONTACT]) for one in self._parts.finditer(text)]

    def _run(self, text: str) -> list[RecognizerResult]:
        # These recognisers need no NLP artifacts, whatever the signature of their base class says.
        analyze: Callable[..., list[RecognizerResult]] = self._recognizer.analyze
        return analyze(text, list(self._recognizer.supported_entities), None)

    def _finding(self, result: RecognizerResult, offset: int) -> Finding:
        return Finding(
            span=Span(start=offset + result.start, end=offset + result.end),
            kind=KIND_OF_ENTITY[result.entity_type],
            score=max(result.score, 0.6),
            recognizer=self.recognizer_id,
        )


def predefined_recognizers() -> tuple[Recognizer, ...]:
    """
    Presidio's recognisers for contact data and account numbers.

    Each is asked only when the text has the characters that any of its results must have.
    """
    return (
        PredefinedRecognizer(_OfflineEmail(), needs=lambda text: "@" in text, parts=_WITH_AT),
        PredefinedRecognizer(
            UrlRecognizer(),
            needs=lambda text: "." in text,
            parts=_WITH_INNER_DOT,
            accepts=_is_web_address,
        ),
        PredefinedRecognizer(PhoneRecognizer(), needs=_has_digits(7), accepts=_is_no_grid_or_date),
        PredefinedRecognizer(IbanRecognizer(), needs=_has_digits(10)),
        PredefinedRecognizer(CreditCardRecognizer(), needs=_has_digits(12)),
        PredefinedRecognizer(
            IpRecognizer(),
            needs=lambda text: _LIKE_IP_ADDRESS.search(text) is not None,
            accepts=_has_hex_digits,
        ),
    )


def _has_digits(count: int) -> Callable[[str], bool]:
    return lambda text: sum(map(str.isdigit, text)) >= count


def _is_web_address(text: str, start: int, end: int) -> bool:
    """Whether it is one; "in summer.In autumn" has a dot and a country's domain, and is none."""
    found = text[start:end].strip("\"'")
    if found.lower().startswith(("http://", "https://", "www.")):
        return True
    host = found.split("/")[0]
    labels = host.split(".")
    if labels[-1] not in _TOP_DOMAINS or len(labels[-2]) < 2:
        return False
    is_word = len(labels) == 2 and labels[-1] in _DOMAINS_THAT_ARE_WORDS and "/" not in found
    return not is_word or any(one in found for one in "-_0123456789")


def _is_no_grid_or_date(text: str, start: int, end: int) -> bool:
    """A phone number is not a piece of a longer code."""
    before = text[max(0, start - 1) : start]
    after = text[end : end + 1]
    return not before.isalnum() and not after.isalnum()


def _has_hex_digits(text: str, start: int, end: int) -> bool:
    """Whether there is an address in it; "::" alone is one to Presidio."""
    return sum(one.isalnum() for one in text[start:end]) > 3


class LetterRecognizer(EntityRecognizer):
    """One of our recognisers as a Presidio recogniser."""

    def __init__(
        self, recognizer: Recognizer, *, kinds: Sequence[EntityKind], language: str = "en"
    ) -> None:
        self._letters = recognizer
        super().__init__(
            supported_entities=[presidio_entity(kind) for kind in kinds],
            name=recognizer.recognizer_id,
            supported_language=language,
        )

    def load(self) -> None:
        """Nothing to load: the recogniser comes ready."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Our findings as Presidio results; offsets are code points of `text`."""
        del nlp_artifacts
        return [
            RecognizerResult(
                entity_type=presidio_entity(finding.kind),
                start=finding.span.start,
                end=finding.span.end,
                score=finding.score,
                analysis_explanation=AnalysisExplanation(
                    recognizer=finding.recognizer, original_score=finding.score
                ),
            )
            for finding in self._letters.find(text)
            if not entities or presidio_entity(finding.kind) in entities
        ]


def presidio_entity(kind: EntityKind) -> str:
    """Presidio's name for a kind, or our own where it has none."""
    return ENTITY_OF_KIND.get(kind, kind.value)
