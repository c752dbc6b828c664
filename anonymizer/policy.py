"""
Policy: from what was found to what happens to it, by the rulings of the pair.

Pure. A kind without a ruling is replaced, not kept. What is generalised says less but reads on:
the words for that are made in `anonymizer.generalization`.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
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
    Span,
    Treatment,
    TreatmentAction,
)

_CHANGES = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})
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
    ordered = sorted(findings, key=lambda one: one.span.start)
    passages = [_Passage(finding=one, action=_action(one, policy)) for one in ordered]
    return tuple(
        _made(one.finding, ruling_for(one.finding.kind, policy), one.action, words, policy)
        for one, words in zip(passages, _wordings(text, passages, policy), strict=True)
    )


def treat_as(text: str, finding: Finding, action: TreatmentAction, policy: Policy) -> Treatment:
    """A finding with the action a person chose; its words come from the same rulings."""
    (words,) = _wordings(text, [_Passage(finding=finding, action=action)], policy)
    return _made(finding, ruling_for(finding.kind, policy), action, words, policy)


def check_policy(policy: Policy) -> None:
    """Raises `RulesError` when a ruling names a generaliser that there is not."""
    for ruling in policy.rulings.values():
        if ruling.generalizer is not None and ruling.generalizer not in GENERALIZERS:
            message = (
                f"rules/policy: [kinds.{ruling.kind}] names the unknown generalizer "
                f"{ruling.generalizer!r}; known are {', '.join(sorted(GENERALIZERS))}"
            )
            raise RulesError(message)


def renumbered(
    text: str, treatments: Sequence[Treatment], policy: Policy, own: Container[Span] = ()
) -> tuple[Treatment, ...]:
    """
    The treatments with placeholders numbered anew over the whole letter.

    The passages `own` get words of a person's own, so they take no number: only placeholders that
    are printed are counted.
    A passage marked by hand has no entity; it takes the one of a passage with the same words, and
    else an opaque one of its own. Without this every name marked by hand would be "[name 1]".
    """
    entities = {
        (one.finding.kind, _folded_words(text, one)): one.finding.entity
        for one in treatments
        if one.finding.entity is not None
    }
    passages: list[_Passage] = []
    ordered = sorted(treatments, key=lambda one: one.finding.span.start)
    for treatment in ordered:
        kind = treatment.finding.kind
        named = (kind, _folded_words(text, treatment))
        # An opaque key, never the words themselves: entities stand in reprs and answers.
        entity = treatment.finding.entity or entities.setdefault(
            named, f"{kind}-hand-{len(passages)}"
        )
        finding = replace(treatment.finding, entity=entity)
        passages.append(_Passage(finding=finding, action=treatment.action, own=finding.span in own))
    words = _wordings(text, passages, policy)
    return tuple(replace(one, replacement=word) for one, word in zip(ordered, words, strict=True))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    """A finding, what happens to it, and whether a person's own words stand in for it."""

    finding: Finding
    action: TreatmentAction
    own: bool = False

    @property
    def printed(self) -> bool:
        """True where the outgoing text has the words of the rules."""
        return self.action in _CHANGES and not self.own


def _action(finding: Finding, policy: Policy) -> TreatmentAction:
    ruling = ruling_for(finding.kind, policy)
    if ruling.action in _CHANGES and finding.score < ruling.mask_from:
        return TreatmentAction.SUGGEST
    return ruling.action


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


def _wordings(text: str, passages: Sequence[_Passage], policy: Policy) -> tuple[str | None, ...]:
    """
    The words for each passage of a letter, which are in its order; None where the text stays.

    Placeholders that are printed are numbered from 1 without a gap, in the order of the letter;
    those that only might be, of suggestions, go on from there.
    """
    numbers = _Numbering(policy)
    words = [_words(text, one, policy, numbers) for one in passages]
    for printed in (True, False):
        for place, passage in enumerate(passages):
            template = words[place]
            if passage.printed is printed and isinstance(template, _Numbered):
                number = 1 if passage.own else numbers.number(passage.finding)
                words[place] = template.replace("{n}", str(number))
    return tuple(words)


class _Numbered(str):
    """A placeholder with `{n}` where its number is to stand."""

    __slots__ = ()


def _words(text: str, passage: _Passage, policy: Policy, numbers: "_Numbering") -> str | None:
    """The words that stand in; for a suggestion those that would, None where the text stays."""
    finding, ruling = passage.finding, ruling_for(passage.finding.kind, policy)
    if passage.action is TreatmentAction.KEEP:
        return None
    generalizer = GENERALIZERS.get(ruling.generalizer or "")
    if generalizer is not None and passage.action is not TreatmentAction.REPLACE:
        general = generalizer(text, finding)
        if general is not None:
            return general
    if ruling.kind is EntityKind.PLACE and numbers.is_home(text, finding):
        return _in_form(text, finding, numbers.home_words, numbers.home_forms)
    placeholder = _in_form(text, finding, ruling.placeholder, ruling.forms)
    return _Numbered(placeholder) if "{n}" in placeholder else placeholder


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
