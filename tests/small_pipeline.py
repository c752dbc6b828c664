"""A pipeline of a few words, without a model, that stands in for the real one in the service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from anonymizer.allocation import allocate
from anonymizer.donor_number import DonorNumberForm
from anonymizer.exchange import (
    ExchangeRules,
    exchange_holds,
    load_exchange_rules,
    rule_of_letter,
)
from anonymizer.model import (
    CaseRegister,
    Circumstances,
    CombinationRule,
    Draft,
    DraftStatus,
    EntityKind,
    Finding,
    Hold,
    IdentifierClass,
    KnownIdentifier,
    LanguageVerdict,
    Letter,
    Policy,
    Redaction,
    Replacement,
    Residual,
    Routing,
    Ruling,
    SiteWords,
    Span,
    Stage,
    Treatment,
    TreatmentAction,
)
from anonymizer.policy import policy_of_pair
from anonymizer.rulebook import load_rulebook


@dataclass(frozen=True, slots=True)
class SmallRedrafted:
    """What the small pipeline gives for corrected treatments."""

    redaction: Redaction
    residuals: tuple[Residual, ...] = ()


@dataclass(slots=True)
class SmallPipeline:
    """
    A pipeline of a few words, without a model.

    It hides Anna and donor numbers and suggests "nurse" and "leukaemia". Words steer it: GERMAN
    is held for its language, LEAK leaves a residual, FAULT holds for a failed recogniser, BUG
    raises.
    """

    drafted: list[str] = field(default_factory=list)
    words: SiteWords = field(default_factory=SiteWords)

    @property
    def policy(self) -> Policy:
        """One ruling for every kind."""
        rulings = {kind: _ruling(kind) for kind in EntityKind}
        return Policy(policy_id="small", rulings=rulings)

    @property
    def exchange(self) -> ExchangeRules:
        """The packaged ones."""
        return _packaged_exchange()

    @property
    def combination_rules(self) -> tuple[CombinationRule, ...]:
        """The packaged ones."""
        return _packaged_combinations()

    @property
    def versions(self) -> Mapping[str, str]:
        """What it is."""
        told = {"words": str(self.words.version)} if self.words.version else {}
        return {"small": "1", **told}

    def with_words(self, words: SiteWords) -> "SmallPipeline":
        """Its own words besides those of a site, which count as they are written."""
        return replace(self, words=words)

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """A draft by the words in the letter."""
        if "BUG" in letter.text:
            raise ValueError(letter.text)
        self.drafted.append(letter.letter_id)
        allocation = allocate(letter, letter.text, circumstances, DonorNumberForm(), register)
        german = "GERMAN" in letter.text
        held = [allocation.hold] if allocation.hold else []
        if circumstances.today is not None:
            rule = rule_of_letter(self.exchange, allocation.routing)
            held += exchange_holds(rule, allocation.routing, circumstances.today)
        if german:
            held.append(Hold(stage=Stage.LANGUAGE, code="wrong", reason="It is in German."))
        if "FAULT" in letter.text:
            hold = Hold(stage=Stage.DETECTION, code="failed", reason="A recogniser failed.")
            return self._draft(letter, (hold,))
        treatments = tuple(_treatments(letter, self.words))
        redrafted = self.redraft(letter, treatments)
        if redrafted.residuals:
            held.append(Hold(stage=Stage.LEAKCHECK, code="residual", reason="Still readable."))
        return replace(
            self._draft(letter, tuple(held)),
            routing=allocation.routing,
            language=LanguageVerdict(
                code="de" if german else "en", confidence=1.0, required=("en",), admitted=not german
            ),
            treatments=treatments,
            redaction=redrafted.redaction,
            residuals=redrafted.residuals,
        )

    def policy_for(self, routing: Routing) -> Policy:
        """The one ruling, with what the rule of the pair says."""
        return policy_of_pair(self.policy, rule_of_letter(self.exchange, routing))

    def redraft(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        known: tuple[KnownIdentifier, ...] = (),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> SmallRedrafted:
        """Put the replacements in; the word LEAK left in the text is a residual."""
        del known, verdict
        text, replacements = "", []
        position = 0
        for one in sorted(treatments, key=lambda treatment: treatment.finding.span):
            if one.replacement is None:
                continue
            span = one.finding.span
            assert span.start >= position, "overlapping treatments"
            text += letter.text[position : span.start]
            target = Span(start=len(text), end=len(text) + len(one.replacement))
            text += one.replacement
            original = letter.text[span.start : span.end]
            replacements.append(
                Replacement(
                    source=span,
                    target=target,
                    original=original,
                    replacement=one.replacement,
                    kind=one.finding.kind,
                )
            )
            position = span.end
        text += letter.text[position:]
        where = text.find("LEAK")
        leak = Span(start=where, end=where + 4) if where >= 0 else None
        residual = Residual(span=leak, kind=EntityKind.PERSON, source="word") if leak else None
        return SmallRedrafted(
            Redaction(text=text, replacements=tuple(replacements)),
            (residual,) if residual else (),
        )

    def rescan(self, text: str, known: tuple[KnownIdentifier, ...] = ()) -> tuple[Treatment, ...]:
        """Its words again."""
        del known
        return tuple(_treatments(Letter.from_text("-", text), self.words))

    def replacement_for(
        self,
        letter: Letter,
        finding: Finding,
        action: TreatmentAction,
        *,
        verdict: LanguageVerdict | None = None,
    ) -> Treatment:
        """The kind in brackets."""
        del letter, verdict
        return _treatment(finding, action)

    def renumbered(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        own: frozenset[Span] = frozenset(),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> tuple[Treatment, ...]:
        """As they are: the small pipeline numbers nothing."""
        del letter, own, verdict
        return treatments

    def _draft(self, letter: Letter, holds: tuple[Hold, ...]) -> Draft:
        return Draft(
            letter=letter,
            status=DraftStatus.HELD if holds else DraftStatus.DRAFTED,
            routing=None,
            language=None,
            treatments=(),
            redaction=None,
            holds=holds,
            versions=self.versions,
        )


@cache
def _packaged_exchange() -> ExchangeRules:
    return load_exchange_rules()


@cache
def _packaged_combinations() -> tuple[CombinationRule, ...]:
    return load_rulebook().combinations


def _ruling(kind: EntityKind) -> Ruling:
    return Ruling(
        kind=kind,
        identifier_class=IdentifierClass.DIRECT,
        action=TreatmentAction.REPLACE,
        placeholder=kind.value.lower(),
        mask_from=0.5,
        suggest_from=0.1,
        reason="It tells who somebody is.",
    )


def _treatments(letter: Letter, words: SiteWords) -> Iterable[Treatment]:
    spared = {one.words for one in words.words if one.use.kind is None}
    always = [
        (one.words, one.use.kind, TreatmentAction.REPLACE)
        for one in words.words
        if one.use.kind is not None
    ]
    for word, kind, action in (
        ("Anna", EntityKind.PERSON, TreatmentAction.REPLACE),
        ("nurse", EntityKind.OCCUPATION, TreatmentAction.SUGGEST),
        ("leukaemia", EntityKind.DIAGNOSIS, TreatmentAction.SUGGEST),
        *always,
    ):
        if word in spared:
            continue
        start = letter.text.find(word)
        while start >= 0:
            yield _treatment(_finding(start, len(word), kind), action)
            start = letter.text.find(word, start + 1)
    for found in DonorNumberForm().find(letter.text):
        size = found.span.end - found.span.start
        finding = _finding(found.span.start, size, EntityKind.DONOR_NUMBER)
        yield _treatment(finding, TreatmentAction.REPLACE)


def _finding(start: int, size: int, kind: EntityKind) -> Finding:
    span = Span(start=start, end=start + size)
    return Finding(span=span, kind=kind, score=0.9, recognizer="small")


def _treatment(finding: Finding, action: TreatmentAction) -> Treatment:
    words = {
        TreatmentAction.REPLACE: f"[{finding.kind.value.lower()}]",
        TreatmentAction.GENERALIZE: f"[some {finding.kind.value.lower()}]",
    }
    return Treatment(
        finding=finding,
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="It tells who somebody is.",
        rule_id="small",
        replacement=words.get(action),
    )
