"""What the rules say about a kind of identity, and what therefore happens to one finding."""

from collections.abc import Mapping
from dataclasses import dataclass

from anonymizer.model.finding import Finding
from anonymizer.model.kinds import EntityKind, IdentifierClass, TreatmentAction

#: So many disguises a letter may have when its policy does not say.
MOST_DISGUISES = 20
#: So far below the score from which something is masked it is only asked about.
_BELOW = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    The form that a placeholder takes after certain words: "im [Krankenhaus]", "in der [Klinik]".

    `after` is alternatives of a regular expression; one of them is the last word before.
    """

    after: str
    placeholder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy says about one kind: class, action, and the words that stand in for it."""

    kind: EntityKind
    identifier_class: IdentifierClass
    action: TreatmentAction
    placeholder: str
    mask_from: float
    suggest_from: float
    reason: str
    generalizer: str | None = None
    forms: tuple[Form, ...] = ()

    def doubted(self, score: float) -> float:
        """The score, or the highest with which a person is asked: what is doubted is not masked."""
        return min(score, self.mask_from - _BELOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    The rulings that hold for one pair of countries; `policy_id` names the rules file.

    The place that the writer lives in has words of its own, `home_words`, where `home_cue`, a
    regular expression, stands before it; None where that makes no difference. A letter with more
    than `most_disguises` (`anonymizer.disguises`) is held.
    """

    policy_id: str
    rulings: Mapping[EntityKind, Ruling]
    home_cue: str | None = None
    home_words: str = ""
    home_forms: tuple[Form, ...] = ()
    most_disguises: int = MOST_DISGUISES

    @property
    def placeholders(self) -> frozenset[str]:
        """All that it can put in brackets, with `{n}` where a number stands."""
        words = [self.home_words, *(one.placeholder for one in self.home_forms)]
        for ruling in self.rulings.values():
            words += [ruling.placeholder, *(one.placeholder for one in ruling.forms)]
        return frozenset(one for one in words if one.startswith("["))


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """
    A finding together with what happens to it and why.

    `replacement` is None unless the text changes, or would if a person took the suggestion up.
    """

    finding: Finding
    action: TreatmentAction
    identifier_class: IdentifierClass
    reason: str
    rule_id: str
    replacement: str | None = None
