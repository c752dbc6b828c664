"""The exchange stage: what holds a letter, with and without a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anonymizer.exchange import (
    ExchangeRules,
    exchange_holds,
    load_exchange_rules,
    rule_of_letter,
)
from anonymizer.model import Direction, Routing, Stage
from tests.unit.exchange.sides import DONATION, REFUSED, WITHIN, exchange

BOTH_WAYS = (Direction.DONOR_TO_PATIENT, Direction.PATIENT_TO_DONOR)


@pytest.fixture(scope="module")
def rules() -> ExchangeRules:
    """The packaged rows."""
    return load_exchange_rules()


def codes(rules: ExchangeRules, routing: Routing) -> list[str]:
    """The codes of the holds of a letter that would go within the period."""
    holds = list(exchange_holds(rule_of_letter(rules, routing), routing, WITHIN))
    assert {hold.stage for hold in holds} <= {Stage.EXCHANGE}
    assert all(hold.reason.endswith(".") for hold in holds)
    return [hold.code for hold in holds]


def routed(direction: Direction | None = Direction.DONOR_TO_PATIENT, **changes: object) -> Routing:
    """The routing of a letter between a German donor and a patient of the same country."""
    case = replace(exchange(), donor_country="DE", patient_country="DE", **changes)  # type: ignore[arg-type]
    return Routing(donor_number="1", case_id="c", direction=direction, exchange=case)


@pytest.mark.parametrize("direction", BOTH_WAYS)
def test_a_letter_that_may_go_is_not_held(rules: ExchangeRules, direction: Direction) -> None:
    """At home, within the period, between two who agree."""
    assert codes(rules, routed(direction)) == []


def test_every_reason_against_is_a_hold_of_its_own(rules: ExchangeRules) -> None:
    """A coordinator sees all of them at once, not one after the other."""
    held = codes(
        rules, routed(donation_dates=(WITHIN + timedelta(days=1),), patient_consents=REFUSED)
    )
    assert "before_donation" in held or "dates_contradict" in held
    assert "recipient_declined" in held


def test_the_day_before_the_donation_holds(rules: ExchangeRules) -> None:
    """And the day itself does not."""
    routing = routed(transplant_dates=(DONATION,))
    rule = rule_of_letter(rules, routing)
    before = list(exchange_holds(rule, routing, DONATION - timedelta(days=1)))
    assert "before_donation" in [hold.code for hold in before]
    assert not list(exchange_holds(rule, routing, DONATION))


@pytest.mark.parametrize(
    ("writer", "reader"), [(None, None), ("DE", None), (None, "PL"), ("XX", "DE"), ("FR", "DE")]
)
def test_countries_alone_hold_nothing_that_is_only_unknown(
    rules: ExchangeRules, writer: str | None, reader: str | None
) -> None:
    """Without a case there are no dates to judge; the policy is then the strictest."""
    routing = Routing(donor_number=None, writer_country=writer, reader_country=reader)
    assert codes(rules, routing) == []


def test_the_rule_of_countries_does_not_depend_on_who_wrote(rules: ExchangeRules) -> None:
    """Donor and patient change places with the direction, writer and reader do not."""
    one, other = (
        rule_of_letter(
            rules,
            Routing(donor_number=None, direction=way, writer_country=writer, reader_country=reader),
        )
        for way, writer, reader in zip(BOTH_WAYS, ("US", "GB"), ("GB", "US"), strict=True)
    )
    assert one == other


def test_a_country_without_a_row_leaves_everything_unknown(rules: ExchangeRules) -> None:
    """And says so by its name."""
    rule = rule_of_letter(rules, Routing(donor_number=None, writer_country="XX"))
    assert {unknown.row for unknown in rule.unknowns()} >= {"XX"}
