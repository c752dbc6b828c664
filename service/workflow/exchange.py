"""
What the rules of the exchange say about one letter at one moment, and what a person has released.

Contract: pure. The reasons are those of `anonymizer.exchange.judge`; as holds they are the same
that the pipeline gives, so a release that names them covers both.
"""

import hashlib
from dataclasses import dataclass, field

from anonymizer.exchange import Outcome, Reason, Verdict
from anonymizer.model import Hold, Stage
from service.workflow.desks import without_released


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict on one letter, and the reasons that a person has released before."""

    verdict: Verdict = field(default_factory=Verdict)
    released: tuple[Hold, ...] = ()

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Every reason as a hold, released or not, in the order of the verdict."""
        return tuple(hold_of(reason) for reason in self.verdict.reasons)

    @property
    def open(self) -> tuple[Hold, ...]:
        """The reasons that hold the letter."""
        refused = {hold_of(one) for one in self.verdict.reasons if one.outcome is Outcome.REFUSED}
        # what was released while it held may refuse by now: no release covers a refusal
        released = tuple(hold for hold in self.released if hold not in refused)
        return without_released(self.holds, released)

    @property
    def refusal(self) -> str | None:
        """The sentences of what nobody can release, or None."""
        return " ".join(self._sentences(Outcome.REFUSED)) or None

    @property
    def barrier(self) -> str | None:
        """Why the letter may not go now, in sentences; None when it may."""
        return " ".join(hold.reason for hold in self.open) or None

    @property
    def seal(self) -> str:
        """A digest over the reasons, so that a decision can say which ones it was about."""
        told = "\n".join(sorted(f"{hold.code} {hold.reason}" for hold in self.holds))
        return hashlib.sha256(told.encode("utf-8")).hexdigest()

    def _sentences(self, outcome: Outcome) -> tuple[str, ...]:
        return tuple(one.sentence for one in self.verdict.reasons if one.outcome is outcome)


def hold_of(reason: Reason) -> Hold:
    """A reason of the rules as the hold that the pipeline makes of it."""
    return Hold(stage=Stage.EXCHANGE, code=reason.code.value, reason=reason.sentence)
