"""Making something looser than the rule of the exchange: with a reason, and the rule is named."""

import pytest

from anonymizer.model import EntityKind, TreatmentAction
from service import actions
from service.actions import Desk
from service.actions.views import FindingView
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import BadRequest
from service.workflow.people import Person
from tests.factories import claimed, view


def correct(desk: Desk, person: Person, letter_id: str, correction: Correction) -> None:
    """Make one correction."""
    version = view(desk, person, letter_id).version
    actions.correct(desk, person, letter_id=letter_id, version=version, corrections=(correction,))


def job_as(desk: Desk, person: Person, letter_id: str, kind: EntityKind) -> FindingView:
    """Call the suggested passage something else; the passage as it stands then."""
    (job,) = (one for one in view(desk, person, letter_id).findings if one.text == "nurse")
    change = Correction(kind=CorrectionKind.RECLASSIFY, finding_id=job.finding_id, entity_kind=kind)
    correct(desk, person, letter_id, change)
    return passage(desk, person, letter_id)


def passage(desk: Desk, person: Person, letter_id: str) -> FindingView:
    """The passage now."""
    found = view(desk, person, letter_id).findings
    return next(one for one in found if one.text == "nurse")


@pytest.fixture
def to_japan(desk: Desk, cora: Person) -> None:
    """In Japan an age has to go."""
    actions.change_case_cells(desk, cora, case_id="C-1", version=1, cells={"patient_country": "JP"})


@pytest.mark.usefixtures("to_japan")
def test_generalising_against_the_rule_needs_a_reason(desk: Desk, anna: Person) -> None:
    """The refusal names the rule and its row; the reason then stands beside the passage."""
    letter_id = claimed(desk, anna)
    age = job_as(desk, anna, letter_id, EntityKind.AGE)
    assert age.rule is not None
    assert age.rule.endswith("Rule of this exchange: none (JP).")
    looser = Correction(kind=CorrectionKind.GENERALIZE, finding_id=age.finding_id)
    with pytest.raises(BadRequest, match=r"none \(JP\).*give a reason"):
        correct(desk, anna, letter_id, looser)
    correct(
        desk,
        anna,
        letter_id,
        Correction(
            kind=CorrectionKind.GENERALIZE, finding_id=age.finding_id, reason="The registry agreed."
        ),
    )
    after = passage(desk, anna, letter_id)
    assert (after.action, after.reason) == (TreatmentAction.GENERALIZE, "The registry agreed.")


@pytest.mark.usefixtures("to_japan")
def test_keeping_against_the_rule_needs_a_reason_as_ever(desk: Desk, anna: Person) -> None:
    """The rule stays beside what was kept."""
    letter_id = claimed(desk, anna)
    age = job_as(desk, anna, letter_id, EntityKind.AGE)
    with pytest.raises(BadRequest, match="needs a reason"):
        correct(
            desk,
            anna,
            letter_id,
            Correction(kind=CorrectionKind.REMOVE, finding_id=age.finding_id),
        )
    keep = Correction(
        kind=CorrectionKind.REMOVE, finding_id=age.finding_id, reason="A year of school."
    )
    correct(desk, anna, letter_id, keep)
    assert "none (JP)" in (passage(desk, anna, letter_id).rule or "")


def test_a_country_that_may_not_be_named(desk: Desk, anna: Person) -> None:
    """So says the row of the United States; other kinds have no rule of the exchange."""
    letter_id = claimed(desk, anna)
    assert passage(desk, anna, letter_id).rule is None
    country = job_as(desk, anna, letter_id, EntityKind.COUNTRY)
    assert "Rule of this exchange: no (US)." in (country.rule or "")


def test_what_the_rule_lets_needs_no_reason(desk: Desk, anna: Person) -> None:
    """Ages by the decade are what the German row asks for."""
    letter_id = claimed(desk, anna)
    age = job_as(desk, anna, letter_id, EntityKind.AGE)
    looser = Correction(kind=CorrectionKind.GENERALIZE, finding_id=age.finding_id)
    correct(desk, anna, letter_id, looser)
    assert passage(desk, anna, letter_id).action is TreatmentAction.GENERALIZE
