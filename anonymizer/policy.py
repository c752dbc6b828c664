"""
Policy: from what was found to what happens to it, by the rulings of the pair.

Pure. A kind without a ruling is replaced, not kept. What is generalised says less but reads on:
the words for that are made in `anonymizer.generalization`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from anonymizer.errors import RulesError
from anonymizer.exchange import PairRule
from anonymizer.exchange.fields import AgePrecision, Answer, ExactDates
from anonymizer.exchange.pair import Decided
from anonymizer.expression import expression
from anonymizer.generalization import GENERALIZERS
from anonymizer.model import (
    EntityKind,
    Finding,
    Form,
    IdentifierClass,
    Policy,
    Ruling,
    Treatment,
    TreatmentAction,
)

_REACH_OF_HOME_CUE = 60
#: Characters, the blank after the word included.
_LONGEST_WORD_BEFORE = 24

#: What the fields of the rule of a pair say about kinds. What is unknown leaves the policy's word.
_BY_COUNTRY: dict[StrEnum, TreatmentAction] = {
    Answer.YES: TreatmentAction.KEEP,
    Answer.NO: TreatmentAction.REPLACE,
}
_BY_AGE: dict[StrEnum, TreatmentAction] = {
    AgePrecision.EXACT: TreatmentAction.KEEP,
    AgePrecision.DECADE: TreatmentAction.GENERALIZE,
    AgePrecision.NONE: TreatmentAction.REPLACE,
}
_BY_DATE: dict[StrEnum, TreatmentAction] = {
    ExactDates.KEEP: TreatmentAction.KEEP,
    ExactDates.GENERALIZE: TreatmentAction.GENERALIZE,
    ExactDates.REMOVE: TreatmentAction.REPLACE,
}


def policy_of_pair(policy: Policy, rule: PairRule) -> Policy:
    """
    The policy with what the rule of the pair says about countries, ages and dates.

    Only a rule that is known loosens anything, and the reason of each ruling then names its rows.
    """
    told = (
        (EntityKind.COUNTRY, rule.country_may_be_named, _BY_COUNTRY),
        (EntityKind.NATIONALITY, rule.country_may_be_named, _BY_COUNTRY),
        (EntityKind.AGE, rule.age_precision, _BY_AGE),
        (EntityKind.DATE, rule.exact_dates, _BY_DATE),
    )
    rulings = dict(policy.rulings)
    for kind, decided, actions in told:
        action = actions.get(decided.value)
        if action is not None and kind in rulings:
            rulings[kind] = replace(
                rulings[kind], action=action, reason=_reason(rulings[kind], decided)
            )
    return replace(policy, rulings=rulings)


def _reason(ruling: Ruling, decided: Decided[Any]) -> str:
    rows = ", ".join(origin.row for origin in decided.origins)
    return f"{ruling.reason} Rule of this exchange: {decided.value} ({rows})."


def treat(text: str, findings: Iterable[Finding], policy: Policy) -> tuple[Treatment, ...]:
    """What happens to each finding of the letter `text`, in the order of the letter."""
    numbers = _Numbering(policy)
    ordered = sorted(findings, key=lambda one: one.span.start)
    return tuple(_treatment(text, one, policy, numbers) for one in ordered)


def treat_as(text: str, finding: Finding, action: TreatmentAction, policy: Policy) -> Treatment:
    """A finding with the action a person chose; its words come from the same rulings."""
    ruling = ruling_for(finding.kind, policy)
    words = _words(text, finding, ruling, action, _Numbering(policy))
    return _made(finding, ruling, action, words, policy)


def check_policy(policy: Policy) -> None:
    """Raises `RulesError` when a ruling names a generaliser that there is not."""
    for ruling in policy.rulings.values():
        if ruling.generalizer is not None and ruling.generalizer not in GENERALIZERS:
            message = (
                f"rules/policy: [kinds.{ruling.kind}] names the unknown generalizer "
                f"{ruling.generalizer!r}; known are {', '.join(sorted(GENERALIZERS))}"
            )
            raise RulesError(message)


def renumbered(text: str, treatments: Sequence[Treatment], policy: Policy) -> tuple[Treatment, ...]:
    """
    The treatments with placeholders numbered anew over the whole letter.

    A passage marked by hand has no entity; it takes the one of a passage with the same words, and
    else an opaque one of its own. Without this every name marked by hand would be "[name 1]".
    """
    entities = {
        (one.finding.kind, _folded_words(text, one)): one.finding.entity
        for one in treatments
        if one.finding.entity is not None
    }
    numbers = _Numbering(policy)
    made: list[Treatment] = []
    for treatment in sorted(treatments, key=lambda one: one.finding.span.start):
        kind = treatment.finding.kind
        named = (kind, _folded_words(text, treatment))
        # An opaque key, never the words themselves: entities stand in reprs and answers.
        entity = treatment.finding.entity or entities.setdefault(named, f"{kind}-hand-{len(made)}")
        finding = replace(treatment.finding, entity=entity)
        ruling = ruling_for(finding.kind, policy)
        wording = _words(text, finding, ruling, treatment.action, numbers)
        made.append(replace(treatment, replacement=wording))
    return tuple(made)


def _folded_words(text: str, treatment: Treatment) -> str:
    span = treatment.finding.span
    return " ".join(text[span.start : span.end].casefold().split())


def ruling_for(kind: EntityKind, policy: Policy) -> Ruling:
    """The ruling for a kind; an unknown one is replaced."""
    ruling = policy.rulings.get(kind)
    if ruling is not None:
        return ruling
    return Ruling(
        kind=kind,
        identifier_class=IdentifierClass.DIRECT,
        action=TreatmentAction.REPLACE,
        placeholder="[removed]",
        mask_from=0.0,
        suggest_from=0.0,
        reason="No rule for this kind: removed to be safe.",
    )


def _treatment(text: str, finding: Finding, policy: Policy, numbers: "_Numbering") -> Treatment:
    ruling = ruling_for(finding.kind, policy)
    action = ruling.action
    changes = action in (TreatmentAction.REPLACE, TreatmentAction.GENERALIZE)
    if changes and finding.score < ruling.mask_from:
        action = TreatmentAction.SUGGEST
    return _made(finding, ruling, action, _words(text, finding, ruling, action, numbers), policy)


def _made(
    finding: Finding, ruling: Ruling, action: TreatmentAction, words: str | None, policy: Policy
) -> Treatment:
    return Treatment(
        finding=finding,
        action=action,
        identifier_class=ruling.identifier_class,
        reason=ruling.reason,
        rule_id=f"{policy.policy_id}/{ruling.kind}",
        replacement=words,
    )


def _words(
    text: str, finding: Finding, ruling: Ruling, action: TreatmentAction, numbers: "_Numbering"
) -> str | None:
    """The words that stand in; for a suggestion those that would, None where the text stays."""
    if action is TreatmentAction.KEEP:
        return None
    generalizer = GENERALIZERS.get(ruling.generalizer or "")
    if generalizer is not None and action is not TreatmentAction.REPLACE:
        general = generalizer(text, finding)
        if general is not None:
            return general
    if ruling.kind is EntityKind.PLACE and numbers.is_home(text, finding):
        return _in_form(text, finding, numbers.home_words, numbers.home_forms)
    placeholder = _in_form(text, finding, ruling.placeholder, ruling.forms)
    return placeholder.replace("{n}", str(numbers.number(finding)))


def _in_form(text: str, finding: Finding, words: str, forms: Iterable[Form]) -> str:
    """
    The words in the form that the word before the finding asks for; the first that fits.

    Between them is a blank, or the apostrophe of an elided word: "l'[hôpital]".
    """
    start = finding.span.start
    before = text[max(0, start - _LONGEST_WORD_BEFORE) : start]
    for form in forms:
        if expression(rf"(?i)(?:^|\PL)(?:{form.after})(?:\s+|['’])$").search(before):
            return form.placeholder
    return words


class _Numbering:
    """Numbers the entities of one letter per kind; a number means nothing outside the letter."""

    def __init__(self, policy: Policy) -> None:
        self._numbers: dict[tuple[EntityKind, str], int] = {}
        cue = policy.home_cue
        self._home_cue = None if cue is None else expression(rf"(?i)\b{cue}$")
        self._home: str | None = None
        #: What stands in for the place that the writer lives in.
        self.home_words = policy.home_words
        self.home_forms = policy.home_forms

    def number(self, finding: Finding) -> int:
        key = (finding.kind, _entity(finding))
        used = sum(1 for kind, _ in self._numbers if kind is finding.kind)
        return self._numbers.setdefault(key, used + 1)

    def is_home(self, text: str, finding: Finding) -> bool:
        """The first place that the writer lives in or comes from, and every mention of it."""
        start = finding.span.start
        if self._home is None and self._home_cue is not None:
            before = text[max(0, start - _REACH_OF_HOME_CUE) : start]
            self._home = _entity(finding) if self._home_cue.search(before) else None
        return self._home is not None and self._home == finding.entity


def _entity(finding: Finding) -> str:
    return finding.entity or f"at {finding.span.start}"
