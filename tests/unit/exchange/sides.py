"""Sides, rules and exchanges for the tests of the exchange."""

from dataclasses import replace
from datetime import date
from typing import Any

from anonymizer.exchange.fields import FIELDS, Certainty
from anonymizer.exchange.pair import PairRule, pair_rule
from anonymizer.exchange.sides import RowOrigin, SideRule, Stated
from anonymizer.model import Consents, Exchange, LetterConsent

#: A rule under which everything goes on the day of donation; tests make single fields stricter.
LOOSE: dict[str, object] = {
    "letters": "yes",
    "earliest": "donation_day",
    "letters_per_side": "no_limit",
    "window_months": "no_limit",
    "first_writer": "either",
    "consent_per_letter": "no",
    "gifts": "yes",
    "photos": "yes",
    "country_may_be_named": "yes",
    "age_precision": "exact",
    "exact_dates": "keep",
    "own_language": ["de", "fr"],
    "anonymity_months": 24,
    "clock_start": "first_transplant",
    "direct_contact": "after_period",
    "direct_contact_needs": ["both_consents"],
    "cord_blood_direct_contact": "as_others",
}

DONATION = date(2024, 3, 1)
TRANSPLANT = date(2024, 3, 3)
WITHIN = date(2024, 9, 1)
AFTER = date(2026, 3, 3)

SIGNED = Consents(release_signed_on=date(2026, 1, 10), counselled_on=date(2026, 1, 5))
GRANTED = Consents(letters=LetterConsent.GRANTED, letters_on=DONATION)
REFUSED = Consents(letters=LetterConsent.REFUSED)

EXCHANGE = Exchange(
    donor_country="DE",
    patient_country="PL",
    donation_dates=(DONATION,),
    transplant_dates=(TRANSPLANT,),
)


def side(country: str = "DE", **changes: object) -> SideRule:
    """A side with a loose rule, but for these fields as a file would have them."""
    origin = RowOrigin(
        row=country,
        file_name="rules/exchange/countries.toml",
        source="https://example.org",
        checked=date(2026, 11, 15),
        certainty=Certainty.FIRM,
    )
    stated: dict[str, Stated[Any]] = {
        key: Stated(value=FIELDS[key].read(value), origin=origin)
        for key, value in (LOOSE | changes).items()
    }
    return SideRule(country=country, registry=None, stated=stated)


def rule(**patient_changes: object) -> PairRule:
    """The rule of a loose donor's side and a patient's side with these fields."""
    return pair_rule(side("DE"), side("PL", **patient_changes))


def exchange(**changes: Any) -> Exchange:
    """The exchange of the tests with some fields changed."""
    return replace(EXCHANGE, **changes)
