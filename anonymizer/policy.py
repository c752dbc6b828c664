"""
Policy: from what was found to what happens to it, by the rulings of the pair.

Pure. A kind without a ruling is replaced, not kept. What is generalised says less but reads on:
"57 years old" becomes "in my fifties", "14 March 2021" a season.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import re2

from anonymizer.expression import expression
from anonymizer.model import (
    EntityKind,
    Finding,
    IdentifierClass,
    Policy,
    Ruling,
    Treatment,
    TreatmentAction,
)

_TENS = ("", "", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS_WORDS = {"twent": 20, "thirt": 30, "fort": 40, "fift": 50, "sixt": 60, "sevent": 70, "eight": 80, "ninet": 90}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SEASONS = ("winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer", "autumn", "autumn", "autumn", "winter")
_HOME = expression(
    r"(?i)\b(?:liv(?:e|es|ed|ing)(?: (?:here|now|alone|happily|together))?(?: in| near| at)?|home(?:town)?(?: is| in| of)?|(?:come|comes|came|am|are|is|grew up|born|raised)(?: \pL+){0,2}? (?:from|in)|here in|back in|moved to|greetings from|best from|love from|regards from|my (?:town|city|village|hometown)(?: of| is)?,?)[ ]+(?:a (?:small |little )?(?:town|village|city|place)(?: called| named| near)?[ ]+)?$"
)
_I = expression(r"(?i)\b(?:i'm|i am|i was|i turned|i just turned|i will be|i'll be|im|iam|me, |my |i have|i had)(?:[ ]+\pL+){0,3}[ ]*$")
_HE = expression(r"(?i)\b(?:he|he's|him|his|son|husband|father|dad|brother|grandfather|grandpa|boy|uncle|nephew|grandson)\b[^.!?\n]{0,25}$")
_SHE = expression(r"(?i)\b(?:she|she's|her|daughter|wife|mother|mum|mom|sister|grandmother|grandma|girl|aunt|niece|granddaughter)\b[^.!?\n]{0,25}$")


def treat(text: str, findings: Iterable[Finding], policy: Policy) -> tuple[Treatment, ...]:
    """What happens to each finding of the letter `text`, in the order of the letter."""
    numbers = _Numbering()
    ordered = sorted(findings, key=lambda one: one.span.start)
    return tuple(_treatment(text, one, policy, numbers) for one in ordered)


def treat_as(text: str, finding: Finding, action: TreatmentAction, policy: Policy) -> Treatment:
    """A finding with the action a person chose; its words come from the same rulings."""
    ruling = ruling_for(finding.kind, policy)
    words = _words(text, finding, ruling, action, _Numbering())
    return _made(finding, ruling, action, words, policy)


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
        return "[my town]"
    return ruling.placeholder.replace("{n}", str(numbers.number(finding)))


class _Numbering:
    """Numbers the entities of one letter per kind; a number means nothing outside the letter."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[EntityKind, str], int] = {}
        self._home: str | None = None

    def number(self, finding: Finding) -> int:
        key = (finding.kind, finding.entity or f"at {finding.span.start}")
        used = sum(1 for kind, _ in self._numbers if kind is finding.kind)
        return self._numbers.setdefault(key, used + 1)

    def is_home(self, text: str, finding: Finding) -> bool:
        """The first place that the writer says he lives in or comes from, and every mention of it."""
        if self._home is None and _HOME.search(text[max(0, finding.span.start - 60) : finding.span.start]):
            self._home = finding.entity or f"at {finding.span.start}"
        return self._home is not None and self._home == finding.entity


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age in words that fit the sentence, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end]
    before = text[max(0, finding.span.start - 40) : finding.span.start]
    if "month" in found.lower() or "week" in found.lower():
        return "[a baby]"
    age = _number(found)
    if age is None or age > 120:
        return None
    if finding.span.end < len(text) and text[finding.span.end :].lstrip().lower().startswith(("birthday", "bday")):
        return "[round]" if age % 10 == 0 else "[recent]"
    if "-" in found or before.rstrip().lower().endswith((" a", " an")):
        return f"[{_age_group(age)}]"
    if age < 20:
        return "[a teenager]" if age > 12 else "[a child]"
    return f"[in {_whose(before)} {_TENS[min(age, 99) // 10]}]"


def _age_group(age: int) -> str:
    if age < 13:
        return "young"
    if age < 20:
        return "teenage"
    return f"{_TENS[min(age, 99) // 10].removesuffix('ies')}y-something"


def _whose(before: str) -> str:
    if _I.search(before):
        return "my"
    if _SHE.search(before):
        return "her"
    if _HE.search(before):
        return "his"
    return "the"


def _number(found: str) -> int | None:
    digits = re2.search(r"\d{1,3}", found)
    if digits is not None:
        return int(digits.group())
    words = [word for word in found.lower().replace("-", " ").split() if word.isalpha()]
    total = 0
    for word in words:
        tens = next((value for stem, value in _TENS_WORDS.items() if word in (f"{stem}y", f"{stem}ieth")), 0)
        total += tens or (_UNITS.index(word) if word in _UNITS else 0)
    return total or None


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    month = _month(text[finding.span.start : finding.span.end].lower())
    if month is None:
        return None
    before = text[max(0, finding.span.start - 12) : finding.span.start].lower().split()
    season = _SEASONS[month - 1]
    if before and before[-1] in ("in", "since", "until", "till", "from", "by", "of", "for", "before", "after", "this", "last"):
        return f"[{season}]"
    return f"[a day in {season}]"


def _month(found: str) -> int | None:
    for index, name in enumerate(_MONTHS):
        if re2.search(rf"\b{name}", found):
            return index + 1
    numbers = [int(one) for one in re2.findall(r"\d+", found)]
    if len(numbers) == 3 and numbers[0] > 31:
        numbers.reverse()
    if len(numbers) >= 2 and 1 <= numbers[1] <= 12:
        return numbers[1]
    return numbers[0] if len(numbers) >= 2 and 1 <= numbers[0] <= 12 else None


Generalizer = Callable[[str, Finding], str | None]
#: How a kind is made less exact, by the name the rules give it.
GENERALIZERS: Mapping[str, Generalizer] = MappingProxyType(
    {"age": generalized_age, "date": generalized_date}
)
