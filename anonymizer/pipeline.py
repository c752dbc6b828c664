"""
The path of a letter: allocation, exchange, language, detection, policy, redaction, leak check.

The only module that knows the order. A letter goes one way and comes out as a draft; a stage that
cannot do its work holds the letter for a person, whatever the reason. Nothing here releases a
letter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib import metadata
from pathlib import Path

from anonymizer import flags
from anonymizer.allocation import allocate
from anonymizer.canary import CANARY, canary_fault
from anonymizer.canonical import DetectionView, detection_view
from anonymizer.combinations import find_combinations, told
from anonymizer.detection.detector import SECONDS_PER_LETTER, Detector
from anonymizer.detection.known import KnownRecognizer
from anonymizer.detectors import Detectors
from anonymizer.disguises import disguise_hold
from anonymizer.donor_number import DonorNumberForm
from anonymizer.errors import AnonymizerError, ModelError
from anonymizer.exchange import (
    ExchangeRules,
    PairRule,
    exchange_holds,
    load_exchange_rules,
    rule_of_letter,
)
from anonymizer.intake import intake_hold
from anonymizer.language import (
    LanguageGate,
    foreign_passages,
    language_hold,
    required_languages,
    second_reading,
    verdict_on_letter,
)
from anonymizer.leakcheck import find_residuals
from anonymizer.model import (
    CaseRegister,
    Circumstances,
    Combination,
    CombinationRule,
    ContentFlag,
    Draft,
    DraftStatus,
    Finding,
    Hold,
    KnownIdentifier,
    LanguageVerdict,
    Letter,
    Policy,
    Recognizer,
    Redaction,
    Residual,
    Routing,
    SiteWords,
    Span,
    Stage,
    Treatment,
    TreatmentAction,
)
from anonymizer.policy import check_policy, policy_of_pair, renumbered, treat, treat_as
from anonymizer.redaction import Redactor
from anonymizer.rulebook import Rulebook, load_words

MODELS = Path(__file__).parent / "models"
LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSettings:
    """What a site may set: its rules, model and donor numbers. None means the packaged ones."""

    rules_folder: Path | None = None
    models_folder: Path | None = None
    spacy_pipeline: str | None = None
    donor_number_formats: tuple[str, ...] = ()
    seconds_per_letter: float = SECONDS_PER_LETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrafted:
    """The outgoing text after a person's corrections, and what is still readable in it."""

    redaction: Redaction
    residuals: tuple[Residual, ...]


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """
    Everything that is loaded once: rules, recognisers with the models, language profiles.

    What it says of itself without naming a language (`detector`, `rulebook`, `policy`, `versions`)
    is of English.
    """

    detectors: Detectors
    gate: LanguageGate
    exchange: ExchangeRules
    donor_numbers: DonorNumberForm
    redactor: Redactor = field(default_factory=Redactor)

    @classmethod
    def load(cls, settings: PipelineSettings = PipelineSettings()) -> "Pipeline":
        """
        A pipeline ready to draft, which has redacted its canary.

        Raises `ModelError` or `RulesError`.
        """
        pipeline = cls.assemble(settings)
        fault = pipeline.canary_fault()
        if fault is not None:
            raise ModelError(fault)
        return pipeline

    @classmethod
    def assemble(cls, settings: PipelineSettings = PipelineSettings()) -> "Pipeline":
        """A pipeline whose `canary_fault` has to be asked before it drafts. Raises as `load`."""
        donor_numbers = DonorNumberForm(formats=settings.donor_number_formats)
        detectors = Detectors(
            rules_folder=settings.rules_folder,
            models_folder=settings.models_folder or MODELS,
            spacy_pipeline=settings.spacy_pipeline,
            donor_numbers=donor_numbers,
            seconds_per_letter=settings.seconds_per_letter,
        )
        policy = detectors.of(LANGUAGE).policy
        # before any letter needs them: the words of every language
        for language in detectors.languages.values():
            check_policy(language.spoken(policy))
        return cls(
            detectors=detectors,
            gate=LanguageGate.load(load_words("function_words", site_folder=settings.rules_folder)),
            exchange=load_exchange_rules(site_folder=settings.rules_folder),
            donor_numbers=donor_numbers,
        )

    def having(self, detector: Detector) -> "Pipeline":
        """This pipeline with another detector for the language of its rules."""
        return replace(self, detectors=self.detectors.having(detector))

    def with_words(self, words: SiteWords) -> "Pipeline":
        """This pipeline with the words of a site in force; nothing is loaded again."""
        return replace(self, detectors=self.detectors.with_words(words))

    def canary_fault(self) -> str | None:
        """Why this pipeline must not draft letters, in a sentence; None when it may."""
        return canary_fault(self.draft(CANARY), self.policy)

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """The machine's proposal for `letter`; a stage that fails is a hold, never an exception."""
        position = _Position()
        try:
            return self._walk(letter, circumstances, register, position)
        except Exception as error:  # noqa: BLE001  # fail closed: whatever happens holds the letter
            reason = _failure(position.stage, error)
            return self._held(letter, _hold(position.stage, "failed", reason))

    def _walk(
        self,
        letter: Letter,
        circumstances: Circumstances,
        register: CaseRegister | None,
        position: "_Position",
    ) -> Draft:
        """The one path. Each stage says where the letter is before it begins."""
        refused = intake_hold(letter)
        if refused is not None:
            return self._held(letter, refused)
        view = detection_view(letter.text)
        position.stage = Stage.ALLOCATION
        allocation = allocate(letter, view.text, circumstances, self.donor_numbers, register)
        position.stage = Stage.EXCHANGE
        rule = rule_of_letter(self.exchange, allocation.routing)
        barred = tuple(exchange_holds(rule, allocation.routing, _day(letter, circumstances)))
        position.stage = Stage.LANGUAGE
        required = required_languages(allocation.routing, circumstances, rule)
        verdict = verdict_on_letter(self.gate.judge(view.text, required), view)
        detector = self._detector(verdict.taken_for)
        policy = policy_of_pair(detector.policy, rule)
        position.stage = Stage.DETECTION
        known = allocation.routing.known_identifiers
        findings = detector.detect(view, known, policy=policy)
        position.stage = Stage.POLICY
        treatments = treat(letter.text, findings, policy)
        position.stage = Stage.REDACTION
        redaction = self.redactor.redact(letter, treatments)
        position.stage = Stage.LEAKCHECK
        residuals = _residuals(redaction, treatments, known, detector.rulebook)
        unread = self._unread(letter, verdict, policy)
        holds = tuple(_holds((allocation.hold, *barred, *unread), residuals))
        return Draft(
            letter=letter,
            status=DraftStatus.HELD if holds else DraftStatus.DRAFTED,
            routing=allocation.routing,
            language=verdict,
            treatments=treatments,
            redaction=redaction,
            residuals=residuals,
            holds=holds,
            flags=tuple(self._flags(view, detector, verdict, rule)),
            combinations=self._combinations(letter, treatments, policy),
            second_reading=second_reading(verdict, detector.rulebook.language, self._readable),
            versions=self._versions(detector),
        )

    def redraft(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        known: tuple[KnownIdentifier, ...] = (),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> Redrafted:
        """
        The outgoing text of `treatments`, checked for leaks. Raises `RedactionFailed`.

        Here and below `verdict` is the draft's; without one the language is judged again.
        """
        redaction = self.redactor.redact(letter, treatments)
        rulebook = self._detector_of(letter, verdict).rulebook
        residuals = _residuals(redaction, treatments, known, rulebook)
        return Redrafted(redaction=redaction, residuals=residuals)

    def rescan(self, text: str, known: tuple[KnownIdentifier, ...] = ()) -> tuple[Treatment, ...]:
        """
        Detection and policy on any text, for example on an outgoing one.

        Raises `RecognizerFailed`.
        """
        view = detection_view(text)
        detector = self._detector(self.gate.judge(view.text, ()).taken_for)
        return treat(text, detector.detect(view, known), detector.policy)

    def replacement_for(
        self,
        letter: Letter,
        finding: Finding,
        action: TreatmentAction,
        *,
        verdict: LanguageVerdict | None = None,
    ) -> Treatment:
        """A finding with the action a person chose, in the words of the rules."""
        return treat_as(letter.text, finding, action, self._detector_of(letter, verdict).policy)

    def renumbered(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        own: frozenset[Span] = frozenset(),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> tuple[Treatment, ...]:
        """The placeholders numbered anew after corrections; words of a person's `own` take none."""
        return renumbered(letter.text, treatments, self._detector_of(letter, verdict).policy, own)

    @property
    def detector(self) -> Detector:
        """The recognisers of English letters."""
        return self.detectors.of(LANGUAGE)

    @property
    def rulebook(self) -> Rulebook:
        """The rules of English letters."""
        return self.detector.rulebook

    @property
    def policy(self) -> Policy:
        """The rulings in force."""
        return self.rulebook.policy

    def policy_for(self, routing: Routing) -> Policy:
        """The rulings in force for a letter that goes this way."""
        return policy_of_pair(self.policy, rule_of_letter(self.exchange, routing))

    @property
    def combination_rules(self) -> tuple[CombinationRule, ...]:
        """Which kinds identify together."""
        return self.rulebook.combinations

    @property
    def recognizers(self) -> tuple[Recognizer, ...]:
        """The recognisers in force, in order."""
        return self.detector.recognizers

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """What a draft of an English letter is made with."""
        return self._versions(self.detector)

    def _versions(self, detector: Detector) -> Mapping[str, str]:
        words = self.detectors.site_words.version
        return {
            "letter-anonymizer": metadata.version("letter-anonymizer"),
            "rules": detector.rulebook.version,
            "policy": detector.policy.policy_id,
            "exchange": self.exchange.digest[:12],
            "ner": detector.ner_version,
            **({"words": str(words)} if words else {}),
        }

    def _detector(self, language: str | None) -> Detector:
        """The detector for a language; letters that nobody can read go to the English one."""
        if language is None or language not in self.detectors.languages:
            language = LANGUAGE
        return self.detectors.of(language)

    def _detector_of(self, letter: Letter, verdict: LanguageVerdict | None) -> Detector:
        """The detector that drafted the letter; without its verdict, that of its own language."""
        return self._detector((verdict or self.gate.judge(letter.text, ())).taken_for)

    def _combinations(
        self, letter: Letter, treatments: tuple[Treatment, ...], policy: Policy
    ) -> tuple[Combination, ...]:
        return find_combinations(told(treatments, policy, letter.letter_id), self.combination_rules)

    @property
    def _readable(self) -> frozenset[str]:
        return frozenset({LANGUAGE, *self.detectors.languages})

    def _flags(
        self, view: DetectionView, detector: Detector, verdict: LanguageVerdict, rule: PairRule
    ) -> Iterator[ContentFlag]:
        yield from flags.content_flags(view, detector.rulebook, rule)
        yield from flags.disguise_flags(view)
        yield from flags.placeholder_flags(view, (detector.policy, self.policy))
        yield from flags.passage_flags(foreign_passages(verdict))

    def _unread(
        self, letter: Letter, verdict: LanguageVerdict, policy: Policy
    ) -> tuple[Hold | None, ...]:
        """What speaks against reading the letter as it is written."""
        disguised = disguise_hold(letter.text, policy.most_disguises)
        return language_hold(verdict, self._readable), disguised

    def _held(self, letter: Letter, hold: Hold) -> Draft:
        return Draft(
            letter=letter,
            status=DraftStatus.HELD,
            routing=None,
            language=None,
            treatments=(),
            redaction=None,
            holds=(hold,),
            versions=self.versions,
        )


@dataclass(slots=True)
class _Position:
    """Where on the path a letter is; told by the path, read when a stage fails."""

    stage: Stage = Stage.INTAKE


def _day(letter: Letter, circumstances: Circumstances) -> date:
    """The day on which the letter would go; without one told, that of its receipt."""
    if circumstances.today is not None:
        return circumstances.today
    return letter.received_at.date() if letter.received_at is not None else date.min


def _holds(found: Iterable[Hold | None], residuals: tuple[Residual, ...]) -> Iterator[Hold]:
    yield from (hold for hold in found if hold is not None)
    if residuals:
        reason = "Something that must not be readable is still readable in the outgoing text."
        yield _hold(Stage.LEAKCHECK, "residual", reason)


def _residuals(
    redaction: Redaction,
    treatments: tuple[Treatment, ...],
    known: tuple[KnownIdentifier, ...],
    rulebook: Rulebook,
) -> tuple[Residual, ...]:
    search = KnownRecognizer(known, rulebook).find if known else None
    return tuple(find_residuals(redaction, treatments, search))


def _failure(stage: Stage, error: Exception) -> str:
    """Our own errors say what happened without letter text; of others only the class is told."""
    if isinstance(error, AnonymizerError):
        return f"The stage {stage} could not finish: {error}"
    return f"The stage {stage} failed with {type(error).__name__}."


def _hold(stage: Stage, code: str, reason: str) -> Hold:
    return Hold(stage=stage, code=code, reason=reason)
