"""The exchange, for any rules and records: stricter rows and missing facts never permit more."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizer.exchange.clock import add_months, anonymity_clock
from anonymizer.exchange.fields import CONTACT_FIELDS, FIELDS, LETTER_FIELDS, is_unknown
from anonymizer.exchange.pair import pair_rule
from anonymizer.exchange.sides import SideRule, Stated
from anonymizer.exchange.verdict import direct_contact, judge
from anonymizer.model import Consents, Deliverability, Direction, Exchange, LetterConsent
from tests.unit.exchange.sides import side

WORDS: dict[str, list[object]] = {
    "letters": ["yes", "unknown", "no"],
    "earliest": ["donation_day", "transplant_day", "unknown"],
    "letters_per_side": ["no_limit", 3, 1, "unknown"],
    "window_months": ["no_limit", 48, 12, 1, "unknown"],
    "first_writer": ["either", "patient", "unknown"],
    "consent_per_letter": ["no", "yes", "unknown"],
    "anonymity_months": [1, 12, 24, "unknown"],
    "clock_start": ["first_transplant", "last_transplant", "last_transplant_or_dli", "unknown"],
    "direct_contact": ["after_period", "unknown", "never"],
    "direct_contact_needs": [
        ["both_consents"],
        ["both_consents", "counselling"],
        ["both_consents", "recipient_starts"],
    ],
    "cord_blood_direct_contact": ["as_others", "unknown", "never"],
}
# A few fields are changed at a time: enough has to be permitted for the properties to mean much.
changes = st.lists(
    st.sampled_from([(key, word) for key, words in WORDS.items() for word in words]), max_size=4
).map(dict)
sides = changes.map(lambda changed: side("DE", **changed))
pairs = st.tuples(sides, sides)
days = st.dates(date(2023, 12, 1), date(2027, 3, 1))
some_days = st.lists(days, max_size=3).map(tuple)
maybe = st.none() | days
consents = st.builds(
    Consents,
    letters=st.sampled_from(LetterConsent),
    letters_on=maybe,
    release_signed_on=maybe,
    counselled_on=maybe,
)
deliverable = st.sampled_from(Deliverability)
exchanges = st.builds(
    Exchange,
    donor_country=st.just("DE"),
    patient_country=st.just("DE"),
    cord_blood=st.booleans(),
    donation_dates=some_days,
    transplant_dates=some_days,
    infusion_dates=some_days,
    donor_consents=consents,
    patient_consents=consents,
    donor_letters=some_days,
    patient_letters=some_days,
    donor_deliverable=deliverable,
    patient_deliverable=deliverable,
)
#: Under the loosest rule everything is permitted; what the rows add is then the only reason.
GOOD = Exchange(
    donor_country="DE",
    patient_country="DE",
    donation_dates=(date(2024, 1, 1),),
    transplant_dates=(date(2024, 1, 1),),
    donor_consents=Consents(
        letters=LetterConsent.GRANTED,
        letters_on=date(2024, 1, 1),
        release_signed_on=date(2024, 1, 1),
        counselled_on=date(2024, 1, 1),
    ),
    patient_consents=Consents(
        letters=LetterConsent.GRANTED,
        letters_on=date(2024, 1, 1),
        release_signed_on=date(2024, 1, 1),
        counselled_on=date(2024, 1, 1),
    ),
)


def _spoilt(exchange: Exchange, name: str) -> Exchange:
    """The good record with one field of another."""
    other: dict[str, Any] = {name: getattr(exchange, name)}
    return replace(GOOD, **other)


names = st.sampled_from([field.name for field in fields(Exchange)])
records = exchanges | st.builds(_spoilt, exchanges, names)
directions = st.sampled_from(Direction)


MANY = settings(max_examples=500)


def stricter(one: SideRule, other: SideRule) -> SideRule:
    """A side that permits what both permit and no more."""
    stated: dict[str, Stated[Any]] = {
        key: Stated(
            value=field.stricter(one.stated[key].value, other.stated[key].value),
            origin=one.stated[key].origin,
        )
        for key, field in FIELDS.items()
    }
    return replace(one, stated=stated)


@MANY
@given(pairs, sides, records, directions, days)
def test_a_stricter_row_never_permits_a_letter(
    sides_of_pair: tuple[SideRule, SideRule],
    added: SideRule,
    exchange: Exchange,
    direction: Direction,
    today: date,
) -> None:
    """What a pair refuses, it refuses with a stricter row on either side."""
    donor, patient = sides_of_pair
    if not judge(exchange, direction, today, pair_rule(donor, patient)).permitted:
        for pair in ((stricter(donor, added), patient), (donor, stricter(patient, added))):
            assert not judge(exchange, direction, today, pair_rule(*pair)).permitted


@MANY
@given(sides, sides, sides, records, days)
def test_a_stricter_row_never_permits_direct_contact(
    donor: SideRule, patient: SideRule, added: SideRule, exchange: Exchange, today: date
) -> None:
    """As with letters."""
    if not direct_contact(exchange, today, pair_rule(donor, patient)).permitted:
        for pair in ((stricter(donor, added), patient), (donor, stricter(patient, added))):
            assert not direct_contact(exchange, today, pair_rule(*pair)).permitted


@MANY
@given(sides, sides, records, directions, days)
def test_unknown_never_permits(
    donor: SideRule, patient: SideRule, exchange: Exchange, direction: Direction, today: date
) -> None:
    """Neither letters nor direct contact, on whichever side it is."""
    rule = pair_rule(donor, patient)
    stated = [one.stated for one in (donor, patient)]
    if any(is_unknown(one[key].value) for one in stated for key in LETTER_FIELDS):
        assert not judge(exchange, direction, today, rule).permitted
    if any(is_unknown(one[key].value) for one in stated for key in CONTACT_FIELDS):
        assert not direct_contact(exchange, today, rule).permitted


@MANY
@given(sides, sides, records, directions, days)
def test_it_does_not_matter_which_side_a_row_is_on(
    donor: SideRule, patient: SideRule, exchange: Exchange, direction: Direction, today: date
) -> None:
    """The stricter side counts, whichever it is."""
    one, other = pair_rule(donor, patient), pair_rule(patient, donor)
    verdicts = judge(exchange, direction, today, one), judge(exchange, direction, today, other)
    assert verdicts[0].outcome is verdicts[1].outcome
    contacts = direct_contact(exchange, today, one), direct_contact(exchange, today, other)
    assert contacts[0].outcome is contacts[1].outcome


@MANY
@given(sides, sides, records, days, st.integers(0, 2000))
def test_a_period_that_is_over_stays_over(
    donor: SideRule, patient: SideRule, exchange: Exchange, today: date, later: int
) -> None:
    """As long as nothing new is recorded."""
    clock = anonymity_clock(exchange, pair_rule(donor, patient))
    if clock.is_over(today):
        assert clock.is_over(today + timedelta(days=later))


@MANY
@given(sides, sides, records, days)
def test_another_event_never_brings_the_end_forward_where_the_last_counts(
    donor: SideRule, patient: SideRule, exchange: Exchange, event: date
) -> None:
    """Neither a donation, a transplant nor an infusion."""
    rule = pair_rule(donor, patient)
    before = anonymity_clock(exchange, rule).end
    if before is None or rule.clock_start.value == "first_transplant":
        return
    for name in ("donation_dates", "transplant_dates", "infusion_dates"):
        more: dict[str, Any] = {name: (*getattr(exchange, name), event)}
        after = anonymity_clock(replace(exchange, **more), rule).end
        assert after is not None
        assert after >= before


@MANY
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_months_end_in_the_month_they_should(day: date, months: int) -> None:
    """On the same day, or on the last day of a month that does not have it."""
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + timedelta(days=1)).day == 1
    assert end.day <= day.day
