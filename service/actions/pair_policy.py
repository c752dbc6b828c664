"""
Where the rule of an exchange wants more hidden than a person may be about to leave readable.

Pure: it compares the policy of the pair with the policy that holds without it.
"""

from dataclasses import dataclass, replace

from anonymizer.model import EntityKind, Routing, TreatmentAction
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRuling:
    """What the rule of the pair does with a kind, and the sentence that names its rows."""

    action: TreatmentAction
    sentence: str

    def forbids(self, action: TreatmentAction) -> bool:
        """True when `action` tells more than the rule lets."""
        looser = {
            TreatmentAction.REPLACE: {TreatmentAction.GENERALIZE, TreatmentAction.KEEP},
            TreatmentAction.GENERALIZE: {TreatmentAction.KEEP},
        }
        return action in looser.get(self.action, set())


def pair_rulings(desk: Desk, routing: Routing | None) -> dict[EntityKind, PairRuling]:
    """The rulings that the rule of the pair makes; no entry for a kind of which it says nothing."""
    if routing is None:
        return {}
    usual = desk.pipeline.policy.rulings
    return {
        kind: PairRuling(action=ruling.action, sentence=ruling.reason)
        for kind, ruling in desk.pipeline.policy_for(routing).rulings.items()
        if ruling != usual.get(kind)
    }


def told_too_much(desk: Desk, opened: OpenedLetter) -> str | None:
    """
    Why the rule of the exchange as it is now wants more hidden than the draft hides; None: it does.

    Case or rules may have changed since the draft. What a person decided about stands.
    """
    if opened.draft is None or opened.draft.routing is None or opened.proof is None:
        return None
    routing = replace(opened.draft.routing, exchange=opened.exchange(desk))
    rulings = pair_rulings(desk, routing)
    for mark in opened.proof.marks:
        ruling = rulings.get(mark.treatment.finding.kind)
        if mark.author is None and ruling and ruling.forbids(mark.treatment.action):
            return (
                f"{ruling.sentence} This rule is newer than the draft: remove such passages, or "
                "keep them with a reason."
            )
    return None
