"""
What must hold after a run, whatever was killed.

Contract: compares what the client was answered and what the proofreaders saw with what lies at the
recipients. Of the service it asks only which letters there are, in which state, under which id.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import create_engine, text

from service import actions
from service.actions import Desk
from service.workflow.errors import AuditBroken
from tests.chaos.people import Ledger
from tests.chaos.sinks import Arrived
from tests.chaos.store_states import states

__all__ = ["Verdict", "examine", "states"]


@dataclass(slots=True, kw_only=True)
class Verdict:
    """How often each promise was broken, and what else there is to tell."""

    accepted: int = 0
    lost: int = 0
    twice_taken_in: int = 0
    sent: int = 0
    never_arrived: int = 0
    other_dispatch_id: int = 0
    unapproved_or_altered: int = 0
    wrong_recipient: int = 0
    audit_broken: int = 0
    repeated_under_one_id: int = 0
    """Allowed: the recipient knows by the id that it is one letter."""
    held_after_five_tries: int = 0
    states: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """True when no promise was broken."""
        return self.accepted > 0 and not any(
            (
                self.lost,
                self.twice_taken_in,
                self.never_arrived,
                self.other_dispatch_id,
                self.unapproved_or_altered,
                self.wrong_recipient,
                self.audit_broken,
            )
        )


def examine(desk: Desk, url: str, ledger: Ledger, arrived: Iterable[Arrived]) -> Verdict:
    """Compare everything."""
    verdict = Verdict(accepted=len(ledger.accepted), states=states(url))
    dispatches = _stored(url, "SELECT dispatch_id, letter_id FROM dispatches")
    letters = _stored(url, "SELECT letter_id, state FROM letters")
    verdict.lost = len(set(ledger.accepted) - set(letters))
    verdict.twice_taken_in = ledger.answered_twice
    ids: dict[str, set[str]] = defaultdict(set)
    times: Counter[str] = Counter()
    for one in arrived:
        letter_id = dispatches.get(one.dispatch_id, "")
        times[letter_id] += 1
        ids[letter_id].add(one.dispatch_id)
        _examine_one(verdict, ledger, letter_id, one)
    verdict.sent = len(times)
    verdict.other_dispatch_id = sum(len(found) > 1 for found in ids.values())
    verdict.repeated_under_one_id = sum(count - 1 for count in times.values())
    held = {one for one, state in letters.items() if state == "dispatch_failed"}
    verdict.never_arrived = len(ledger.approved - set(times) - held)
    verdict.held_after_five_tries = verdict.states.get("dispatch_failed", 0)
    verdict.held_after_five_tries += verdict.states.get("held_fault", 0)
    try:
        actions.verify_audit(desk)
    except AuditBroken:
        verdict.audit_broken = 1
    return verdict


def _examine_one(verdict: Verdict, ledger: Ledger, letter_id: str, one: Arrived) -> None:
    letter = ledger.accepted.get(letter_id)
    if letter is None or not letter.approve:
        verdict.unapproved_or_altered += 1
        return
    if hashlib.sha256(one.content).hexdigest() != ledger.seen.get(letter_id):
        verdict.unapproved_or_altered += 1
    if one.recipient_id != letter.recipient_id:
        verdict.wrong_recipient += 1


def _stored(url: str, query: str) -> dict[str, str]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {str(key): str(value) for key, value in connection.execute(text(query))}
    finally:
        engine.dispose()
