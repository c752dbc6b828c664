"""No sequence of proposals, confirmations and withdrawals releases what two people did not want."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from service import actions
from service.actions.access import OPERATOR
from service.workflow.errors import ServiceError
from service.workflow.people import Role
from tests.factories import CASES, add, clock_of, make_desk

#: With these cells the rules let both sides meet; without the signature they do not.
READY = {
    "transplant_dates": "2023-03-01",
    "donor_consents": "granted 2023-03-05;counselled 2026-01-10;release 2026-01-31",
    "patient_consents": "granted 2023-03-05;counselled 2026-01-11;release 2026-01-20",
}
UNSIGNED = {**READY, "donor_consents": "granted 2023-03-05;counselled 2026-01-10"}
#: Two coordinators, a senior, and a proofreader who may not.
PEOPLE = (Role.COORDINATOR, Role.COORDINATOR, Role.SENIOR, Role.PROOFREADER)
MAY_NOT = 3

who = st.sampled_from([0, 0, 1, 2, MAY_NOT])
#: Now and then the case that was on the screen is an older one.
slips = st.sampled_from([0, 0, 0, 1])


class Releases(RuleBasedStateMachine):
    """People act in any order; what the record may say is followed beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = make_desk(Path(self.folder.name))
        self.people = [add(self.desk, f"P{number}", role) for number, role in enumerate(PEOPLE)]
        self.ready = False
        self.proposed_by: int | None = None
        self.confirmed: tuple[int, int] | None = None
        self.withdrawn = 0
        self.sign(ready=True)

    def teardown(self) -> None:
        """Give the folder back."""
        self.desk.database.close()
        self.folder.cleanup()

    @rule(ready=st.booleans())
    def sign(self, ready: bool) -> None:
        """A signature comes, or turns out to be missing."""
        cells = READY if ready else UNSIGNED
        coordinator = self.people[0]
        version = self._version()
        actions.change_case_cells(
            self.desk, coordinator, case_id="C-1", version=version, cells=cells
        )
        self.ready = ready

    @rule()
    def import_the_register(self) -> None:
        """A list comes in that says nothing of dates: they stay, and so do the records."""
        actions.import_cases(self.desk, OPERATOR, content=CASES, file_name="cases.csv")

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        """Time passes."""
        clock_of(self.desk).forward(days=days)

    @rule(who=who, slip=slips)
    def propose(self, who: int, slip: int) -> None:
        """Somebody proposes; it counts when nothing is open or done and the rules allow it."""
        free = self.proposed_by is None and self.confirmed is None
        version = self._version() - slip
        done = self._try(
            lambda: actions.propose_release(
                self.desk, self.people[who], case_id="C-1", version=version, reason="Both asked."
            )
        )
        assert done is (who != MAY_NOT and not slip and free and self.ready)
        if done:
            self.proposed_by = who

    @rule(who=who, slip=slips)
    def confirm(self, who: int, slip: int) -> None:
        """Somebody confirms; it counts for another person only."""
        version = self._version() - slip
        done = self._try(
            lambda: actions.confirm_proposed_release(
                self.desk, self.people[who], case_id="C-1", version=version
            )
        )
        another = self.proposed_by is not None and self.proposed_by != who
        assert done is (who != MAY_NOT and not slip and another and self.ready)
        if done and self.proposed_by is not None:
            self.confirmed, self.proposed_by = (self.proposed_by, who), None

    @rule(who=who)
    def withdraw(self, who: int) -> None:
        """Somebody takes a proposal back; then it can be proposed again."""
        done = self._try(
            lambda: actions.withdraw_proposed_release(self.desk, self.people[who], case_id="C-1")
        )
        assert done is (who != MAY_NOT and self.proposed_by is not None)
        if done:
            self.proposed_by, self.withdrawn = None, self.withdrawn + 1

    @invariant()
    def the_record_says_what_happened(self) -> None:
        """One release at most, by two people; what was withdrawn stays on record."""
        seen = actions.open_contact(self.desk, self.people[0], case_id="C-1")
        names = [f"P{number}" for number in range(len(PEOPLE))]
        opened = seen.open.proposed_by if seen.open else None
        assert opened == (None if self.proposed_by is None else names[self.proposed_by])
        pair = seen.confirmed and (seen.confirmed.proposed_by, seen.confirmed.confirmed_by)
        assert pair == (self.confirmed and tuple(names[one] for one in self.confirmed))
        assert sum(one.withdrawn_at is not None for one in seen.releases) == self.withdrawn
        assert all(one.confirmed_by != one.proposed_by for one in seen.releases)
        assert seen.permitted is self.ready

    @invariant()
    def what_the_page_offers_can_be_done(self) -> None:
        """For everybody who may look at it; the page says why not."""
        for number, person in enumerate(self.people[:MAY_NOT]):
            seen = actions.open_contact(self.desk, person, case_id="C-1")
            free = self.proposed_by is None and self.confirmed is None
            assert bool(seen.may_propose) is (free and self.ready)
            another = self.proposed_by not in {None, number}
            assert bool(seen.may_confirm) is (another and self.ready)
            assert bool(seen.may_withdraw) is (self.proposed_by is not None)
            told = (seen.may_propose, seen.may_confirm, seen.may_withdraw)
            assert all(may or (may.reason or "").endswith(".") for may in told)

    @invariant()
    def the_trail_holds(self) -> None:
        """And nothing is ever sent."""
        actions.verify_audit(self.desk)
        assert not list(self.desk.settings.outbox_folder.rglob("*"))

    def _version(self) -> int:
        return actions.open_case(self.desk, self.people[0], case_id="C-1").version

    def _try(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except ServiceError:
            return False
        return True


TestReleases = Releases.TestCase
TestReleases.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
