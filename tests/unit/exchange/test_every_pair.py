"""
Every pair of countries in the data, both ways, on every kind of day, with every state of consent.

What is expected is worked out here from the files themselves, not with the code that is tested.
"""

import tomllib
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from anonymizer.exchange import (
    ExchangeRules,
    Outcome,
    direct_contact,
    judge,
    load_exchange_rules,
    pair_rule,
)
from anonymizer.model import Consents, Direction, Exchange, LetterConsent

FOLDER = Path(__file__).parents[3] / "rules/exchange"
ROWS: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "countries.toml").read_text("utf-8"))
RULES: ExchangeRules = load_exchange_rules()

DONATION = date(2024, 2, 28)
TRANSPLANT = date(2024, 2, 29)
BEFORE, WITHIN, AFTER_A_YEAR, AFTER = (
    date(2024, 2, 27),
    date(2024, 8, 1),
    date(2025, 3, 1),
    date(2026, 2, 28),
)
TOLD = ("letters", "earliest", "first_writer", "consent_per_letter")
STATES = {
    "unasked": Consents(),
    "granted": Consents(letters=LetterConsent.GRANTED, letters_on=DONATION),
    "refused": Consents(letters=LetterConsent.REFUSED),
}
RELEASES = {
    "unsigned": Consents(),
    "signed": Consents(release_signed_on=TRANSPLANT),
    "counselled": Consents(release_signed_on=TRANSPLANT, counselled_on=TRANSPLANT),
}


def is_told(row: dict[str, Any]) -> bool:
    """Everything that a letter depends on is written down."""
    told = all(row.get(key, "unknown") != "unknown" for key in TOLD)
    return told and "unknown" not in (row.get("letters_per_side"), row.get("window_months"))


def expected_for_letter(
    pair: tuple[dict[str, Any], dict[str, Any]], today: date, writer: str, reader: str
) -> Outcome:
    """The outcome for a first letter, read off the rows."""
    windows = [row["window_months"] for row in pair if isinstance(row.get("window_months"), int)]
    over = any(today >= date(2024 + months // 12, 2, 28) for months in windows)
    if "no" in {row["letters"] for row in pair} or over:
        return Outcome.REFUSED
    consented = writer == reader == "granted" or "yes" not in {
        row.get("consent_per_letter") for row in pair
    }
    fine = all(map(is_told, pair)) and today > BEFORE and consented
    return Outcome.PERMITTED if fine and "refused" not in (writer, reader) else Outcome.HELD


def expected_for_contact(
    pair: tuple[dict[str, Any], dict[str, Any]], today: date, donor: str, patient: str
) -> Outcome:
    """The outcome for direct contact, read off the rows."""
    contacts = {row.get("direct_contact", "unknown") for row in pair}
    if "never" in contacts:
        return Outcome.REFUSED
    if "unknown" in contacts:
        return Outcome.HELD
    months = max(row["anonymity_months"] for row in pair)
    over = today >= date(2024 + months // 12, 2, 28)
    needs = {
        need
        for row in pair
        for need in row.get("direct_contact_needs", ["both_consents", "counselling"])
    }
    ready = {"counselled"} if "counselling" in needs else {"counselled", "signed"}
    return Outcome.PERMITTED if over and {donor, patient} <= ready else Outcome.HELD


def side_exchange(donor: str, patient: str, consents: tuple[Consents, Consents]) -> Exchange:
    """An exchange between two countries with these consents of donor and patient."""
    return Exchange(
        donor_country=donor,
        patient_country=patient,
        donation_dates=(DONATION,),
        transplant_dates=(TRANSPLANT,),
        donor_consents=consents[0],
        patient_consents=consents[1],
    )


@pytest.mark.parametrize("donor", ROWS)
def test_a_letter_goes_where_both_rows_allow_it_and_nowhere_else(donor: str) -> None:
    """Before the donation, within the period and after it, whatever each side has agreed to."""
    for patient, row in ROWS.items():
        rule = pair_rule(RULES.side(donor), RULES.side(patient))
        for today, of_donor, of_patient in product((BEFORE, WITHIN, AFTER), STATES, STATES):
            exchange = side_exchange(donor, patient, (STATES[of_donor], STATES[of_patient]))
            expected = expected_for_letter((ROWS[donor], row), today, of_donor, of_patient)
            for direction in Direction:
                found = judge(exchange, direction, today, rule)
                assert found.outcome is expected, (patient, today, of_donor, of_patient, found)


@pytest.mark.parametrize("donor", ROWS)
def test_sides_meet_where_both_rows_allow_it_and_nowhere_else(donor: str) -> None:
    """Before the donation, within the period, after a year and after two."""
    for patient, row in ROWS.items():
        rule = pair_rule(RULES.side(donor), RULES.side(patient))
        days = (BEFORE, WITHIN, AFTER_A_YEAR, AFTER)
        for today, of_donor, of_patient in product(days, RELEASES, RELEASES):
            exchange = side_exchange(donor, patient, (RELEASES[of_donor], RELEASES[of_patient]))
            expected = expected_for_contact((ROWS[donor], row), today, of_donor, of_patient)
            found = direct_contact(exchange, today, rule)
            assert found.outcome is expected, (patient, today, of_donor, of_patient, found)


def test_some_pairs_are_permitted_and_some_are_not() -> None:
    """The table would prove little if everything came out alike."""
    outcomes = {
        expected_for_letter((ROWS[one], ROWS[other]), WITHIN, "granted", "granted")
        for one, other in product(ROWS, ROWS)
    }
    assert outcomes == set(Outcome)
