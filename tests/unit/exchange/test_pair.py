"""The rule of a pair: the stricter side counts and is remembered."""

import pytest

from anonymizer.exchange.fields import FIELDS, LETTER_FIELDS
from anonymizer.exchange.pair import DecidedBy, pair_rule
from tests.unit.exchange.sides import side

#: A looser and a stricter value for each field.
LADDER: list[tuple[str, object, object]] = [
    ("letters", "yes", "unknown"),
    ("letters", "unknown", "no"),
    ("earliest", "donation_day", "transplant_day"),
    ("earliest", "transplant_day", "unknown"),
    ("letters_per_side", "no_limit", 3),
    ("letters_per_side", 3, 2),
    ("letters_per_side", 1, "unknown"),
    ("window_months", "no_limit", 24),
    ("window_months", 24, 12),
    ("window_months", 1, "unknown"),
    ("first_writer", "either", "patient"),
    ("first_writer", "patient", "unknown"),
    ("consent_per_letter", "no", "yes"),
    ("consent_per_letter", "yes", "unknown"),
    ("gifts", "yes", "small"),
    ("gifts", "small", "unknown"),
    ("gifts", "unknown", "no"),
    ("photos", "unknown", "no"),
    ("country_may_be_named", "yes", "no"),
    ("age_precision", "exact", "decade"),
    ("age_precision", "decade", "unknown"),
    ("age_precision", "unknown", "none"),
    ("exact_dates", "keep", "generalize"),
    ("exact_dates", "generalize", "unknown"),
    ("exact_dates", "unknown", "remove"),
    ("own_language", ["de", "fr"], ["fr"]),
    ("anonymity_months", 12, 24),
    ("anonymity_months", 60, "unknown"),
    ("clock_start", "first_transplant", "last_transplant"),
    ("clock_start", "last_transplant", "last_transplant_or_dli"),
    ("clock_start", "last_transplant_or_dli", "unknown"),
    ("direct_contact", "after_period", "unknown"),
    ("direct_contact", "unknown", "never"),
    ("direct_contact_needs", ["both_consents"], ["both_consents", "counselling"]),
    ("cord_blood_direct_contact", "as_others", "unknown"),
    ("cord_blood_direct_contact", "unknown", "never"),
]


@pytest.mark.parametrize(("key", "loose", "strict"), LADDER)
def test_the_stricter_side_counts_and_is_named(key: str, loose: object, strict: object) -> None:
    """Whichever side it is, with the row it is from."""
    wanted = FIELDS[key].read(strict)
    of_donor = dict(pair_rule(side("DE", **{key: strict}), side("PL", **{key: loose})).items())
    assert (of_donor[key].value, of_donor[key].side) == (wanted, DecidedBy.DONOR)
    assert [origin.row for origin in of_donor[key].origins] == ["DE"]
    of_patient = dict(pair_rule(side("DE", **{key: loose}), side("PL", **{key: strict})).items())
    assert (of_patient[key].value, of_patient[key].side) == (wanted, DecidedBy.PATIENT)
    assert [origin.row for origin in of_patient[key].origins] == ["PL"]


def test_every_field_has_a_place_on_the_ladder() -> None:
    """No field is compared by accident."""
    assert {key for key, _, _ in LADDER} == set(FIELDS)


def test_alike_sides_decide_together() -> None:
    """Both rows are named."""
    letters = pair_rule(side("DE"), side("PL")).letters
    assert letters.side is DecidedBy.BOTH
    assert [origin.row for origin in letters.origins] == ["DE", "PL"]


def test_one_row_for_both_sides_is_named_once() -> None:
    """A pair within one country."""
    assert len(pair_rule(side("DE"), side("DE")).letters.origins) == 1


def test_needs_of_both_sides_add_up() -> None:
    """Each side may ask for something else; both decide then."""
    needs = pair_rule(
        side("DE", direct_contact_needs=["both_consents", "counselling"]),
        side("GB", direct_contact_needs=["both_consents", "recipient_starts"]),
    ).direct_contact_needs
    assert needs.value == {"both_consents", "counselling", "recipient_starts"}
    assert needs.side is DecidedBy.BOTH


def test_what_is_unknown_is_named_with_row_and_field() -> None:
    """So that a coordinator knows what to ask whom."""
    both = pair_rule(side("DE", earliest="unknown"), side("PL", earliest="unknown"))
    assert [str(one) for one in both.unknowns(LETTER_FIELDS)] == [
        "earliest is unknown in row DE of rules/exchange/countries.toml",
        "earliest is unknown in row PL of rules/exchange/countries.toml",
    ]


def test_nothing_is_unknown_in_a_complete_rule() -> None:
    """The loose rule of these tests tells everything."""
    assert pair_rule(side(), side()).unknowns() == ()


def test_a_letter_abroad_is_in_english() -> None:
    """Also where both sides speak the same language."""
    assert pair_rule(side("DE"), side("AT")).languages == ("en",)


def test_a_letter_at_home_may_be_in_the_language_of_the_country() -> None:
    """Or in English."""
    assert pair_rule(side("DE"), side("DE")).languages == ("de", "fr", "en")
    assert pair_rule(side("GB", own_language=["en"]), side("GB")).languages == ("en",)
