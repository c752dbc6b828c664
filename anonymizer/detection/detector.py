"""
Detection as a whole: every recogniser over the detection view, then one set of findings.

Fail closed: a recogniser that raises or does not finish in time makes the whole letter an error;
no result is ever shortened. The findings come back as spans of the letter, without overlaps.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from anonymizer.canonical import DetectionView
from anonymizer.detection.corroboration import corroborate
from anonymizer.detection.known import KnownRecognizer
from anonymizer.detection.neighbours import join_neighbours, with_initials
from anonymizer.detection.overlaps import resolve, with_kept
from anonymizer.detection.propagation import Propagation, with_entities
from anonymizer.detection.refine import Refinery
from anonymizer.detection.site_words import SiteWordRecognizer, Spared
from anonymizer.errors import NotRead, RecognizerFailed
from anonymizer.model import (
    Finding,
    KnownIdentifier,
    Policy,
    Recognizer,
    SiteWord,
    TreatmentAction,
)
from anonymizer.rulebook import Rulebook

#: Seconds that one recogniser may take for a letter, and for each further 1,000 characters.
SECONDS_PER_LETTER = 20.0
SECONDS_PER_1000_CHARACTERS = 0.5


@dataclass(frozen=True, kw_only=True)
class Detector:
    """
    The recognisers of one language and the rules that tell which findings are masked.

    `common_words` are those that the model of the language knows from outside of names, `spared`
    those that the site never removes.
    """

    rulebook: Rulebook
    recognizers: tuple[Recognizer, ...]
    policy: Policy
    ner_version: str = "unknown"
    seconds_per_letter: float = SECONDS_PER_LETTER
    common_words: frozenset[str] = frozenset()
    spared: Spared = field(default_factory=Spared)

    def with_words(self, words: Iterable[SiteWord]) -> "Detector":
        """This detector with the words of a site, in the place of any it has."""
        words = tuple(words)
        own = [one for one in self.recognizers if not isinstance(one, SiteWordRecognizer)]
        if any(one.use.kind is not None for one in words):
            own.append(SiteWordRecognizer(words))
        return replace(self, recognizers=tuple(own), spared=Spared.of(words))

    def detect(
        self,
        view: DetectionView,
        known: Sequence[KnownIdentifier] = (),
        *,
        policy: Policy | None = None,
    ) -> tuple[Finding, ...]:
        """
        Findings in the order of the letter, without overlaps, each with an entity.

        `policy` is the one they will be treated by, where that is not the detector's own: only then
        is what it takes out never lost to a suggestion, and what it keeps never a cover for a name.
        Raises `RecognizerFailed`, naming the recogniser, when one raised or ran out of time.
        """
        text = view.text
        if not text.strip():
            return ()
        policy = policy or self.policy
        masks = partial(is_masked, policy)
        raw = list(self._run(self._all(known), text))
        refined = self.spared.without(text, self._refinery.refine(text, raw))
        raw = _likely(policy, corroborate(refined, least=self.rulebook.language.capital_support))
        kept = [one for one in raw if _is_kept(policy, one)]
        raw = [one for one in raw if not _is_kept(policy, one)]
        raw = list(join_neighbours(text, raw, is_masked=masks))
        raw = list(with_initials(text, raw, is_masked=masks))
        raw += self._propagation.spread(text, [one for one in raw if masks(one)])
        findings = resolve(text, raw, is_masked=masks)
        findings = with_kept(text, findings, kept)
        return tuple(
            replace(one, span=view.to_letter(one.span)) for one in with_entities(text, findings)
        )

    @cached_property
    def _refinery(self) -> Refinery:
        return Refinery(rulebook=self.rulebook, common_words=self.common_words)

    @cached_property
    def _propagation(self) -> Propagation:
        return Propagation(rulebook=self.rulebook)

    def _all(self, known: Sequence[KnownIdentifier]) -> tuple[Recognizer, ...]:
        if not known:
            return self.recognizers
        return (*self.recognizers, KnownRecognizer(known, self.rulebook))

    def _run(self, recognizers: Sequence[Recognizer], text: str) -> list[Finding]:
        """Runs the recognisers in a thread that can be given up: a thread cannot be stopped."""
        seconds = self.seconds_per_letter + len(text) / 1000 * SECONDS_PER_1000_CHARACTERS
        run = _Run(recognizers, text)
        thread = threading.Thread(target=run, daemon=True, name="detection")
        thread.start()
        thread.join(seconds)
        if thread.is_alive():
            message = f"the recogniser {run.current} did not finish within {seconds:.0f} s"
            raise RecognizerFailed(message)
        if run.failed is not None:
            message = f"the recogniser {run.current} failed with {run.failed}"
            raise RecognizerFailed(message)
        if run.finished != len(recognizers):
            message = f"the recogniser {run.current} did not come to its end"
            raise NotRead(message)
        return run.findings


def is_masked(policy: Policy, finding: Finding) -> bool:
    """True when the policy takes such a finding out by itself rather than ask a person."""
    ruling = policy.rulings[finding.kind]
    taken_out = ruling.action in (TreatmentAction.REPLACE, TreatmentAction.GENERALIZE)
    return taken_out and finding.score >= ruling.mask_from


def _is_kept(policy: Policy, finding: Finding) -> bool:
    return policy.rulings[finding.kind].action is TreatmentAction.KEEP


def _likely(policy: Policy, findings: Iterable[Finding]) -> list[Finding]:
    rulings = policy.rulings
    return [one for one in findings if one.score >= rulings[one.kind].suggest_from]


class _Run:
    """One pass of all recognisers over one text; keeps the class of an error, never its message."""

    def __init__(self, recognizers: Sequence[Recognizer], text: str) -> None:
        self._recognizers = recognizers
        self._text = text
        self.findings: list[Finding] = []
        self.current = ""
        self.finished = 0
        self.failed: str | None = None

    def __call__(self) -> None:
        for recognizer in self._recognizers:
            self.current = recognizer.recognizer_id
            try:
                found = list(recognizer.find(self._text))
                _check_inside(found, self._text)
            except BaseException as error:  # noqa: BLE001  # even SystemExit must hold the letter
                self.failed = type(error).__name__
                return
            self.findings += found
            self.finished += 1


def _check_inside(findings: Iterable[Finding], text: str) -> None:
    for finding in findings:
        # "not >=" and not "<": it also refuses NaN, which compares false with everything.
        if finding.span.end > len(text) or not 0.0 <= finding.score <= 1.0:
            message = "a finding lies outside the text or has no score between 0 and 1"
            raise RecognizerFailed(message)
