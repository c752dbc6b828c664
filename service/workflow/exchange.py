"""
What the rules of the exchange say about one letter at one moment, and what a person has released.

Contract: pure. The reasons are those of `anonymizer.exchange.judge`; as holds they are the same
that the pipeline gives, so a release that names them covers both.
"""

import hashlib
from dataclasses import dataclass, field

from anonymizer.exchange import Outcome, Reason, ReasonCode, Verdict
from anonymizer.model import Hold, Stage
from service.workflow.desks import without_released
from service.workflow.writer_status import ABOUT_THE_OTHER_SIDE

#: Letters go from the day of donation on, or of the transplant: what says so ends with the day or
#: with a corrected case, never by a person's word. Nor does a word stand in for a day that nobody
#: has recorded: it may still be to come.
ENDED_BY_THE_CASE = frozenset(
    {
        ReasonCode.BEFORE_DONATION,
        ReasonCode.BEFORE_TRANSPLANT,
        ReasonCode.DATES_CONTRADICT,
        ReasonCode.DATES_MISSING,
    }
)
_CORRECT_THE_CASE = (
    "Nobody can release a letter from this. Wait for the day; if a date is wrong or missing, "
    "correct the dates of the case."
)


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
        barred = {hold_of(one) for one in self.verdict.reasons if not releasable(one)}
        # what was released while it held may refuse by now: no release covers a refusal
        released = tuple(hold for hold in self.released if hold not in barred)
        return without_released(self.holds, released)

    @property
    def refusal(self) -> str | None:
        """The sentences of what nobody can release, or None."""
        barred = [one for one in self.verdict.reasons if not releasable(one)]
        told = [one.words for one in barred]
        if any(one.code in ENDED_BY_THE_CASE for one in barred):
            told.append(_CORRECT_THE_CASE)
        return " ".join(told) or None

    @property
    def barrier(self) -> str | None:
        """Why the letter may not go now, in sentences; None when it may."""
        held = set(self.open)
        told = [one.words for one in self.verdict.reasons if hold_of(one) in held]
        return " ".join(told) or None

    @property
    def seal(self) -> str:
        """A digest over the reasons, so that a decision can say which ones it was about."""
        told = "\n".join(sorted(f"{hold.code} {hold.reason}" for hold in self.holds))
        return hashlib.sha256(told.encode("utf-8")).hexdigest()

    @property
    def about_the_other_side(self) -> bool:
        """True while a reason that holds the letter is about its reader."""
        return any(hold.code in ABOUT_THE_OTHER_SIDE for hold in self.open)


def releasable(reason: Reason) -> bool:
    """True for a reason from which a coordinator may release a letter."""
    return reason.outcome is not Outcome.REFUSED and reason.code not in ENDED_BY_THE_CASE


def hold_of(reason: Reason) -> Hold:
    """A reason of the rules as the hold that the pipeline makes of it."""
    return Hold(stage=Stage.EXCHANGE, code=reason.code.value, reason=reason.sentence)
