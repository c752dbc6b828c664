"""Both sides learn who the other is when the rules allow it and two people say so; both engines."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from service import actions
from service.actions import Desk
from service.actions.correspondence_views import ContactView
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotFound,
    NotReady,
    ServiceError,
    StaleVersion,
)
from service.workflow.people import Person, Role
from tests.factories import DATED_CASES, add

#: Everything that Germany and the United States ask for.
READY = {
    "transplant_dates": "2023-03-01",
    "donor_consents": "granted 2023-03-05;counselled 2026-01-10;release 2026-01-31",
    "patient_consents": "granted 2023-03-05;counselled 2026-01-11;release 2026-01-20",
}


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


@pytest.fixture
def sena(desk: Desk) -> Person:
    """A senior."""
    return add(desk, "Sena Senior", Role.SENIOR)


@pytest.fixture(autouse=True)
def ready(desk: Desk, cora: Person) -> None:
    """The first case could be released today."""
    change(desk, cora, **READY)


def change(desk: Desk, person: Person, **cells: str) -> int:
    """Change the first case; returns its version."""
    version = actions.open_case(desk, person, case_id="C-1").version
    actions.change_case_cells(desk, person, case_id="C-1", version=version, cells=cells)
    return version_of(desk, person)


def version_of(desk: Desk, person: Person) -> int:
    """The version that a form would name."""
    return actions.open_case(desk, person, case_id="C-1").version


def contact(desk: Desk, person: Person) -> ContactView:
    """What the page shows."""
    return actions.open_contact(desk, person, case_id="C-1")


def propose(desk: Desk, person: Person, reason: str = "Both asked.") -> None:
    """The first person."""
    version = version_of(desk, person)
    actions.propose_release(desk, person, case_id="C-1", version=version, reason=reason)


def confirm(desk: Desk, person: Person) -> None:
    """The second person."""
    version = version_of(desk, person)
    actions.confirm_proposed_release(desk, person, case_id="C-1", version=version)


def test_two_people_release_identities(desk: Desk, cora: Person, sena: Person) -> None:
    """The record names both, both moments and the rules; the trail has both steps."""
    assert contact(desk, cora).permitted
    propose(desk, cora)
    shown = contact(desk, sena)
    assert shown.open is not None
    assert (shown.open.proposed_by, shown.open.reason) == ("Cora Coordinator", "Both asked.")
    assert shown.may_confirm
    confirm(desk, sena)
    record = contact(desk, cora).confirmed
    assert record is not None
    assert (record.proposed_by, record.confirmed_by) == ("Cora Coordinator", "Sena Senior")
    assert record.proposed_at == record.confirmed_at == desk.now()
    assert record.rules_digest == desk.exchange_rules.digest
    trail = actions.list_audit(desk, sena)
    steps = [one for one in trail if one.action.startswith("release.")]
    assert [(one.action, one.actor) for one in steps] == [
        ("release.confirmed", "Sena Senior"),
        ("release.proposed", "Cora Coordinator"),
    ]
    assert steps[0].details["rules"] == desk.exchange_rules.digest
    actions.verify_audit(desk)


def test_nothing_is_sent_by_a_release(desk: Desk, cora: Person, sena: Person) -> None:
    """People do that."""
    propose(desk, cora)
    confirm(desk, sena)
    assert not list(desk.settings.outbox_folder.rglob("*"))


def test_the_person_who_proposed_cannot_confirm(desk: Desk, cora: Person) -> None:
    """Not even with both roles."""
    both = add(desk, "Berta Both", Role.COORDINATOR, Role.SENIOR)
    propose(desk, both)
    shown = contact(desk, both)
    assert "Another person" in (shown.may_confirm.reason or "")
    with pytest.raises(NotAllowed, match="Another person"):
        confirm(desk, both)
    assert contact(desk, cora).confirmed is None


@pytest.mark.parametrize("role", [Role.PROOFREADER, Role.AUDITOR, Role.ADMIN])
def test_other_roles_release_nothing(desk: Desk, cora: Person, role: Role) -> None:
    """Neither as the first nor as the second."""
    other = add(desk, "Otto Other", role)
    version = version_of(desk, cora)
    with pytest.raises(NotAllowed):
        actions.propose_release(desk, other, case_id="C-1", version=version, reason="r")
    propose(desk, cora)
    with pytest.raises(NotAllowed):
        actions.confirm_proposed_release(desk, other, case_id="C-1", version=version)
    with pytest.raises(NotAllowed):
        actions.withdraw_proposed_release(desk, other, case_id="C-1")
    with pytest.raises(NotAllowed):
        actions.open_contact(desk, other, case_id="C-1")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"transplant_dates": "2024-03-03"}, "is over from 2026-03-03"),
        ({"transplant_dates": "2023-03-01;2025-06-01"}, "starts again"),
        ({"transplant_dates": ""}, "no start"),
        ({"donor_consents": "granted;counselled 2026-01-10"}, "donor has not signed"),
        ({"patient_consents": "granted;release 2026-01-10"}, "patient has not been counselled"),
        ({"patient_consents": "refused 2026-01-10"}, "patient has refused letters"),
        ({"patient_country": "FR"}, "never allowed"),
        ({"cord_blood": "yes"}, "cord blood"),
    ],
)
def test_the_rules_refuse_with_their_reason(
    desk: Desk, cora: Person, sena: Person, cells: dict[str, str], words: str
) -> None:
    """Proposing and, where it was proposed before, confirming."""
    propose(desk, cora)
    change(desk, cora, **cells)
    with pytest.raises(NotReady, match=words):
        confirm(desk, sena)
    actions.withdraw_proposed_release(desk, cora, case_id="C-1")
    with pytest.raises(NotReady, match=words):
        propose(desk, cora)
    shown = contact(desk, cora)
    assert not shown.permitted
    assert any(words in reason for reason in shown.reasons)
    assert shown.confirmed is None


def test_a_day_before_the_end_of_the_period_it_is_too_early(
    desk: Desk, cora: Person, sena: Person
) -> None:
    """On the day itself it is over."""
    change(desk, cora, transplant_dates="2024-03-03")
    with pytest.raises(NotReady):
        propose(desk, cora)
    change(desk, cora, transplant_dates="2024-03-02")
    propose(desk, cora)
    confirm(desk, sena)
    assert contact(desk, cora).confirmed is not None


def test_a_case_that_was_changed_meanwhile_is_looked_at_again(
    desk: Desk, cora: Person, sena: Person
) -> None:
    """Both steps name the version that was on the screen."""
    seen = version_of(desk, cora)
    change(desk, cora, donor_language="de")
    with pytest.raises(StaleVersion):
        actions.propose_release(desk, cora, case_id="C-1", version=seen, reason="r")
    propose(desk, cora)
    with pytest.raises(StaleVersion):
        actions.confirm_proposed_release(desk, sena, case_id="C-1", version=seen)


def test_other_rules_at_the_confirmation_decide(desk: Desk, cora: Person, sena: Person) -> None:
    """What was permitted when it was proposed need not be any more."""
    propose(desk, cora)
    rules = desk.exchange_rules
    strict = replace(rules, countries={**rules.countries, "US": rules.countries["FR"]})

    class Stricter(type(desk.pipeline)):  # type: ignore[misc]  # the small pipeline of the tests
        """The small pipeline with other rules."""

        exchange = strict

    with pytest.raises(NotReady, match="never allowed"):
        confirm(replace(desk, pipeline=Stricter()), sena)
    confirm(desk, sena)


def test_there_is_one_release_at_a_time(desk: Desk, cora: Person, sena: Person) -> None:
    """A second proposal waits for the first; a released case is not released again."""
    propose(desk, cora)
    with pytest.raises(IllegalTransition, match="proposed already"):
        propose(desk, sena)
    actions.withdraw_proposed_release(desk, sena, case_id="C-1")
    with pytest.raises(IllegalTransition, match="No release is proposed"):
        confirm(desk, sena)
    propose(desk, sena, reason="Asked once more.")
    confirm(desk, cora)
    with pytest.raises(IllegalTransition, match="released already"):
        propose(desk, cora)
    with pytest.raises(IllegalTransition, match="No release is proposed"):
        confirm(desk, cora)
    assert [one.withdrawn_by for one in contact(desk, cora).releases].count("Sena Senior") == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 3000])
def test_a_proposal_needs_a_reason(desk: Desk, cora: Person, reason: str) -> None:
    """Somebody reads it years later."""
    with pytest.raises(BadRequest):
        propose(desk, cora, reason=reason)


def test_of_many_proposals_at_once_one_stands(desk: Desk, cora: Person, sena: Person) -> None:
    """And of many confirmations."""
    version = version_of(desk, cora)

    def attempt(person: Person) -> bool:
        try:
            actions.propose_release(desk, person, case_id="C-1", version=version, reason="r")
        except ServiceError:
            return False
        return True

    def agree(person: Person) -> bool:
        try:
            actions.confirm_proposed_release(desk, person, case_id="C-1", version=version)
        except ServiceError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, [cora] * 8)) == 1
        assert sum(pool.map(agree, [sena] * 8)) == 1
    assert len(contact(desk, cora).releases) == 1


def test_an_import_of_the_register_keeps_the_record(desk: Desk, cora: Person, sena: Person) -> None:
    """Cases come and go with lists; what was decided stays."""
    propose(desk, cora)
    confirm(desk, sena)
    actions.import_cases(desk, cora, content=DATED_CASES, file_name="cases.csv")
    assert not contact(desk, cora).permitted
    assert contact(desk, cora).confirmed is not None
    with pytest.raises(NotFound):
        actions.open_contact(desk, cora, case_id="C-99")
    with pytest.raises(NotFound):
        actions.propose_release(desk, cora, case_id="C-99", version=1, reason="r")
