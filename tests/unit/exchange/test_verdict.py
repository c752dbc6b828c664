"""Verdicts: every reason against a letter or direct contact, and the day on which it goes away."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from anonymizer.exchange.fields import CONTACT_FIELDS, CORD_BLOOD, LETTER_FIELDS
from anonymizer.exchange.pair import pair_rule
from anonymizer.exchange.verdict import Outcome, Verdict, direct_contact, judge
from anonymizer.model import Consents, Deliverability, Direction, LetterConsent
from tests.unit.exchange.sides import (
    AFTER,
    DONATION,
    GRANTED,
    REFUSED,
    SIGNED,
    TRANSPLANT,
    WITHIN,
    exchange,
    rule,
    side,
)

TO_PATIENT = Direction.DONOR_TO_PATIENT
TO_DONOR = Direction.PATIENT_TO_DONOR
DAY = timedelta(days=1)
RELEASABLE: dict[str, Any] = {"donor_consents": SIGNED, "patient_consents": SIGNED}


def codes(verdict: Verdict) -> list[str]:
    """The codes of all reasons."""
    return [reason.code.value for reason in verdict.reasons]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("today", [DONATION, TRANSPLANT, WITHIN, AFTER])
def test_a_letter_goes_from_the_day_of_donation(direction: Direction, today: date) -> None:
    """Both ways, within the anonymity period and after it."""
    verdict = judge(exchange(), direction, today, rule())
    assert verdict.permitted
    assert verdict.outcome is Outcome.PERMITTED


@pytest.mark.parametrize("direction", Direction)
def test_a_letter_before_the_day_of_donation_is_held(direction: Direction) -> None:
    """With the day from which it may go."""
    verdict = judge(exchange(), direction, DONATION - DAY, rule())
    assert codes(verdict) == ["before_donation"]
    assert verdict.outcome is Outcome.HELD
    assert "2024-03-01" in verdict.reasons[0].sentence


def test_before_the_donation_the_donation_is_the_reason_whatever_the_rule() -> None:
    """Not the transplant that follows it."""
    verdict = judge(exchange(), TO_PATIENT, DONATION - DAY, rule(earliest="transplant_day"))
    assert codes(verdict) == ["before_donation"]


def test_a_second_donation_does_not_close_what_the_first_opened() -> None:
    """Letters go on while it is planned."""
    again = exchange(donation_dates=(DONATION, AFTER))
    assert judge(again, TO_PATIENT, WITHIN, rule()).permitted


def test_a_letter_may_have_to_wait_for_the_transplant() -> None:
    """From the day of transplant on it goes."""
    strict = rule(earliest="transplant_day")
    verdict = judge(exchange(), TO_PATIENT, TRANSPLANT - DAY, strict)
    assert codes(verdict) == ["before_transplant"]
    assert verdict.outcome is Outcome.HELD
    assert (verdict.reasons[0].row, verdict.reasons[0].field) == ("PL", "earliest")
    assert judge(exchange(), TO_PATIENT, TRANSPLANT, strict).permitted


def test_without_a_recorded_day_a_letter_is_held() -> None:
    """Nobody assumes that the donation has taken place."""
    nothing = exchange(donation_dates=(), transplant_dates=())
    assert codes(judge(nothing, TO_PATIENT, AFTER, rule())) == ["dates_missing"]
    no_transplant = exchange(transplant_dates=())
    strict = rule(earliest="transplant_day")
    assert codes(judge(no_transplant, TO_PATIENT, AFTER, strict)) == ["dates_missing"]


def test_a_transplant_tells_that_the_donation_took_place() -> None:
    """A record may have lost the day of donation."""
    only_transplant = exchange(donation_dates=())
    assert judge(only_transplant, TO_PATIENT, TRANSPLANT, rule()).permitted
    assert codes(judge(only_transplant, TO_PATIENT, DONATION, rule())) == ["before_donation"]


def test_a_transplant_before_the_donation_holds_everything() -> None:
    """One of both dates is wrong."""
    wrong = exchange(transplant_dates=(DONATION - DAY,), **RELEASABLE)
    assert codes(judge(wrong, TO_PATIENT, WITHIN, rule())) == ["dates_contradict"]
    assert codes(direct_contact(wrong, AFTER, rule())) == ["dates_contradict"]


def test_no_letters_is_refused_for_that_reason_alone() -> None:
    """Whatever else is unknown or missing."""
    nothing = exchange(donation_dates=(), patient_consents=REFUSED)
    verdict = judge(nothing, TO_PATIENT, AFTER, rule(letters="no", earliest="unknown"))
    assert codes(verdict) == ["no_letters"]
    assert verdict.outcome is Outcome.REFUSED
    assert "letters in row PL of rules/exchange/countries.toml" in verdict.reasons[0].sentence
    assert verdict.reasons[0].words == "Letters are not allowed between these two sides."
    assert verdict.reasons[0].question is None


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("key", LETTER_FIELDS)
def test_an_unknown_rule_holds_the_letter_and_names_row_and_field(
    key: str, direction: Direction
) -> None:
    """A coordinator knows what to ask."""
    verdict = judge(exchange(), direction, WITHIN, rule(**{key: "unknown"}))
    assert codes(verdict) == ["unknown_rule"]
    assert verdict.outcome is Outcome.HELD
    (reason,) = verdict.reasons
    assert (reason.row, reason.field) == ("PL", key)
    assert reason.sentence.startswith(reason.words)
    assert f"{key} in row PL of rules/exchange/countries.toml" in reason.sentence
    assert reason.words.endswith(
        "(PL): ask the registry, and have the answer entered in the rules."
    )
    assert reason.question is not None
    assert reason.question in reason.words


@pytest.mark.parametrize("key", [*LETTER_FIELDS, *CONTACT_FIELDS, CORD_BLOOD.key])
def test_every_rule_that_may_be_missing_has_words_of_its_own(key: str) -> None:
    """Nobody has to know the names of the fields to understand why a letter waits."""
    unknown = rule(**{key: "unknown"})
    after_cord_blood = exchange(cord_blood=True)
    verdicts = (
        judge(after_cord_blood, TO_PATIENT, AFTER, unknown),
        direct_contact(after_cord_blood, AFTER, unknown),
    )
    told = {one.sentence for verdict in verdicts for one in verdict.reasons if one.field == key}
    assert len(told) == 1
    assert re.match(r"Nobody has recorded (whether|from which|how|for how|who|which) ", told.pop())


def test_a_third_letter_where_two_are_allowed_is_refused() -> None:
    """Each side has its own two."""
    two = exchange(donor_letters=(TRANSPLANT, WITHIN), patient_letters=(WITHIN,))
    strict = rule(letters_per_side=2)
    verdict = judge(two, TO_PATIENT, WITHIN + DAY, strict)
    assert codes(verdict) == ["too_many_letters"]
    assert verdict.outcome is Outcome.REFUSED
    assert judge(two, TO_DONOR, WITHIN + DAY, strict).permitted


def test_the_window_ends_on_a_day_and_is_over_on_it() -> None:
    """Counted from the first transplant, whatever follows it."""
    strict = rule(window_months=24)
    later = exchange(transplant_dates=(TRANSPLANT, WITHIN))
    assert judge(later, TO_PATIENT, AFTER - DAY, strict).permitted
    verdict = judge(later, TO_PATIENT, AFTER, strict)
    assert codes(verdict) == ["window_over"]
    assert verdict.outcome is Outcome.REFUSED


def test_the_window_runs_from_the_donation_where_no_transplant_is_recorded() -> None:
    """The earlier of both, so never longer."""
    only_donation = exchange(transplant_dates=())
    verdict = judge(only_donation, TO_PATIENT, date(2026, 3, 1), rule(window_months=24))
    assert codes(verdict) == ["window_over"]


def test_the_donor_waits_where_the_patient_writes_first() -> None:
    """Until a letter of the patient has been passed on; the patient does not wait."""
    strict = rule(first_writer="patient")
    verdict = judge(exchange(), TO_PATIENT, WITHIN, strict)
    assert codes(verdict) == ["patient_must_write_first"]
    assert verdict.outcome is Outcome.HELD
    assert judge(exchange(), TO_DONOR, WITHIN, strict).permitted
    written = exchange(patient_letters=(WITHIN,))
    assert judge(written, TO_PATIENT, WITHIN, strict).permitted
    assert not judge(written, TO_PATIENT, WITHIN - DAY, strict).permitted


def test_a_side_that_wants_no_letters_gets_none() -> None:
    """They are kept; the other way, the refusal is asked about."""
    declined = exchange(patient_consents=REFUSED)
    verdict = judge(declined, TO_PATIENT, WITHIN, rule())
    assert codes(verdict) == ["recipient_declined"]
    assert verdict.outcome is Outcome.HELD
    assert codes(judge(declined, TO_DONOR, WITHIN, rule())) == ["writer_declined"]


def test_a_letter_that_cannot_be_delivered_is_held() -> None:
    """Only when the reader cannot be reached, and only when that is known."""
    lost = exchange(patient_deliverable=Deliverability.NO)
    assert codes(judge(lost, TO_PATIENT, WITHIN, rule())) == ["undeliverable"]
    assert judge(lost, TO_DONOR, WITHIN, rule()).permitted


PER_LETTER = rule(consent_per_letter="yes")


def test_a_consent_for_each_letter_is_needed_of_both_sides() -> None:
    """One reason for each side that has not given it."""
    assert codes(judge(exchange(), TO_PATIENT, WITHIN, PER_LETTER)) == ["consent_missing"] * 2
    one = exchange(donor_consents=GRANTED)
    assert codes(judge(one, TO_PATIENT, WITHIN, PER_LETTER)) == ["consent_missing"]
    both = exchange(donor_consents=GRANTED, patient_consents=GRANTED)
    assert judge(both, TO_PATIENT, WITHIN, PER_LETTER).permitted


@pytest.mark.parametrize("letters_on", [None, WITHIN + DAY, TRANSPLANT - DAY, TRANSPLANT], ids=str)
def test_a_consent_is_used_up_by_the_letter_it_was_given_for(letters_on: date | None) -> None:
    """It needs a day that has come and is younger than the last letter."""
    old = Consents(letters=LetterConsent.GRANTED, letters_on=letters_on)
    new = Consents(letters=LetterConsent.GRANTED, letters_on=TRANSPLANT + DAY)
    used = exchange(donor_letters=(TRANSPLANT,), donor_consents=old, patient_consents=new)
    assert codes(judge(used, TO_PATIENT, WITHIN, PER_LETTER)) == ["consent_missing"]
    given = replace(used, donor_consents=new)
    assert judge(given, TO_PATIENT, WITHIN, PER_LETTER).permitted


def test_letters_after_cord_blood_are_held() -> None:
    """No row tells whether they may be passed on."""
    assert codes(judge(exchange(cord_blood=True), TO_PATIENT, WITHIN, rule())) == ["cord_blood"]


def test_all_reasons_are_told_and_the_worst_decides() -> None:
    """Held and refused together are refused."""
    verdict = judge(
        exchange(donor_letters=(WITHIN,), patient_consents=REFUSED),
        TO_PATIENT,
        WITHIN,
        rule(letters_per_side=1, first_writer="unknown"),
    )
    assert codes(verdict) == ["unknown_rule", "too_many_letters", "recipient_declined"]
    assert verdict.outcome is Outcome.REFUSED


def test_a_limit_of_one_side_holds_while_the_other_side_is_unknown() -> None:
    """Asking the other side cannot lift it."""
    unknown = dict.fromkeys(LETTER_FIELDS, "unknown")
    strict: dict[str, object] = {
        "letters_per_side": 1,
        "window_months": 1,
        "first_writer": "patient",
        "consent_per_letter": "yes",
    }
    both = pair_rule(side("DE", **unknown), side("PL", **strict))
    verdict = judge(exchange(donor_letters=(TRANSPLANT,)), TO_PATIENT, WITHIN, both)
    assert codes(verdict) == [
        *["unknown_rule"] * len(LETTER_FIELDS),
        "too_many_letters",
        "window_over",
        "patient_must_write_first",
        *["consent_missing"] * 2,
    ]
    assert {reason.row for reason in verdict.reasons} == {"DE", "PL"}
    assert verdict.outcome is Outcome.REFUSED


def test_direct_contact_when_the_period_is_over_and_both_have_signed() -> None:
    """From the last day of the period on, and not a day earlier."""
    signed = exchange(**RELEASABLE)
    assert direct_contact(signed, AFTER, rule()).permitted
    early = direct_contact(signed, AFTER - DAY, rule())
    assert codes(early) == ["period_not_over"]
    assert early.outcome is Outcome.HELD
    assert "over from 2026-03-03 on" in early.reasons[0].sentence


def test_direct_contact_never_is_refused_for_that_reason_alone() -> None:
    """Whatever else is missing."""
    verdict = direct_contact(exchange(), WITHIN, rule(direct_contact="never"))
    assert codes(verdict) == ["no_direct_contact"]
    assert verdict.outcome is Outcome.REFUSED


@pytest.mark.parametrize("key", CONTACT_FIELDS)
def test_an_unknown_rule_holds_direct_contact(key: str) -> None:
    """And names row and field."""
    verdict = direct_contact(exchange(**RELEASABLE), date(2099, 1, 1), rule(**{key: "unknown"}))
    assert codes(verdict) == ["unknown_rule"]
    assert (verdict.reasons[0].row, verdict.reasons[0].field) == ("PL", key)


def test_direct_contact_needs_a_transplant_on_record() -> None:
    """Without one the period has no start."""
    verdict = direct_contact(exchange(transplant_dates=(), **RELEASABLE), AFTER, rule())
    assert codes(verdict) == ["dates_missing"]


@pytest.mark.parametrize("missing", ["donor_consents", "patient_consents"])
def test_direct_contact_needs_both_signatures(missing: str) -> None:
    """A signature of tomorrow is none today."""
    for consents in (Consents(), replace(SIGNED, release_signed_on=AFTER + DAY)):
        one = exchange(**{**RELEASABLE, missing: consents})
        verdict = direct_contact(one, AFTER, rule())
        assert codes(verdict) == ["release_not_signed"]
        assert missing.removesuffix("_consents") in verdict.reasons[0].sentence


def test_direct_contact_may_need_counselling_of_both() -> None:
    """Where a side of the pair asks for it."""
    strict = rule(direct_contact_needs=["both_consents", "counselling"])
    assert direct_contact(exchange(**RELEASABLE), AFTER, strict).permitted
    not_counselled = replace(SIGNED, counselled_on=None)
    one = exchange(donor_consents=not_counselled, patient_consents=SIGNED)
    assert codes(direct_contact(one, AFTER, strict)) == ["counselling_missing"]
    assert direct_contact(one, AFTER, rule()).permitted


def test_direct_contact_may_have_to_be_started_by_the_patient() -> None:
    """Who signs first, on the same day at the latest."""
    strict = rule(direct_contact_needs=["both_consents", "recipient_starts"])
    later = replace(SIGNED, release_signed_on=date(2026, 1, 11))
    donor_first = exchange(donor_consents=SIGNED, patient_consents=later)
    assert codes(direct_contact(donor_first, AFTER, strict)) == ["recipient_must_start"]
    patient_first = exchange(donor_consents=later, patient_consents=SIGNED)
    assert direct_contact(patient_first, AFTER, strict).permitted
    assert direct_contact(exchange(**RELEASABLE), AFTER, strict).permitted


def test_whoever_refused_letters_is_asked_before_direct_contact() -> None:
    """A signature beside a refusal is a contradiction."""
    refused = replace(SIGNED, letters=LetterConsent.REFUSED)
    one = exchange(donor_consents=SIGNED, patient_consents=refused)
    assert codes(direct_contact(one, AFTER, rule())) == ["contact_declined"]


@pytest.mark.parametrize(
    ("told", "code"),
    [("never", ["no_direct_contact"]), ("unknown", ["unknown_rule"]), ("as_others", [])],
)
def test_cord_blood_has_a_rule_of_its_own(told: str, code: list[str]) -> None:
    """It does not concern other cells."""
    strict = rule(cord_blood_direct_contact=told)
    assert codes(direct_contact(exchange(cord_blood=True, **RELEASABLE), AFTER, strict)) == code
    assert direct_contact(exchange(**RELEASABLE), AFTER, strict).permitted
