"""
May this letter go, and may both sides learn who the other is?

Contract: `judge` and `direct_contact` answer for one exchange on one day under the rule of its
pair. Nothing is permitted while a reason speaks against it, and every reason has a code, a sentence
for a coordinator and, where a row is behind it, the name of row and field. The sentence names both;
`words` is the same without names of fields and files, for pages that show these apart. A held
letter may go later or when a person has cleared something up; a refused one may not go under this
rule at all.
The sentences are for the registry's staff: a writer gets none of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anonymizer.exchange.clock import add_months, anonymity_clock
from anonymizer.exchange.fields import (
    ANONYMITY_MONTHS,
    CLOCK_START,
    CONSENT_PER_LETTER,
    CONTACT_FIELDS,
    CORD_BLOOD,
    DIRECT_CONTACT,
    EARLIEST,
    FIRST_WRITER,
    LETTER_FIELDS,
    LETTERS,
    LETTERS_PER_SIDE,
    WINDOW_MONTHS,
    Answer,
    CordBlood,
    DirectContact,
    Earliest,
    FirstWriter,
    Need,
)
from anonymizer.exchange.pair import PairRule
from anonymizer.model import Consents, Deliverability, Direction, Exchange, LetterConsent, Side

#: What nobody has told while a field is unknown; every field that holds something has its words.
_QUESTIONS = {
    LETTERS.key: "whether letters are passed on",
    EARLIEST.key: "from which day letters are passed on",
    LETTERS_PER_SIDE.key: "how many letters each side may write",
    WINDOW_MONTHS.key: "for how long letters are passed on",
    FIRST_WRITER.key: "who may write first",
    CONSENT_PER_LETTER.key: "whether each letter needs a consent",
    DIRECT_CONTACT.key: "whether both sides may ever meet",
    ANONYMITY_MONTHS.key: "how long the anonymity period is",
    CLOCK_START.key: "which event starts the anonymity period",
    CORD_BLOOD.key: "whether both sides may meet after cord blood",
}


class Outcome(StrEnum):
    """What a verdict comes to, the worst last."""

    PERMITTED = "permitted"
    HELD = "held"
    REFUSED = "refused"


class ReasonCode(StrEnum):
    """Why a letter or direct contact is not permitted."""

    NO_LETTERS = "no_letters"
    UNKNOWN_RULE = "unknown_rule"
    CORD_BLOOD = "cord_blood"
    DATES_MISSING = "dates_missing"
    DATES_CONTRADICT = "dates_contradict"
    BEFORE_DONATION = "before_donation"
    BEFORE_TRANSPLANT = "before_transplant"
    TOO_MANY_LETTERS = "too_many_letters"
    WINDOW_OVER = "window_over"
    PATIENT_MUST_WRITE_FIRST = "patient_must_write_first"
    CONSENT_MISSING = "consent_missing"
    WRITER_DECLINED = "writer_declined"
    RECIPIENT_DECLINED = "recipient_declined"
    UNDELIVERABLE = "undeliverable"
    NO_DIRECT_CONTACT = "no_direct_contact"
    PERIOD_NOT_OVER = "period_not_over"
    RELEASE_NOT_SIGNED = "release_not_signed"
    COUNSELLING_MISSING = "counselling_missing"
    RECIPIENT_MUST_START = "recipient_must_start"
    CONTACT_DECLINED = "contact_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason against: code, outcome, a sentence, and the row and field behind it if any."""

    code: ReasonCode
    outcome: Outcome
    sentence: str
    row: str | None = None
    field: str | None = None
    plain: str | None = None
    """The sentence without row and field, where it names them."""

    @property
    def words(self) -> str:
        """What a coordinator reads; where it stands is told by `row` and `field`."""
        return self.sentence if self.plain is None else self.plain

    @property
    def question(self) -> str | None:
        """What nobody has told, where that is it: `how many letters each side may write`."""
        if self.code is not ReasonCode.UNKNOWN_RULE or self.field is None:
            return None
        return _QUESTIONS[self.field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say on one day; without reasons against, it is permitted."""

    reasons: tuple[Reason, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of all reasons."""
        outcomes = {reason.outcome for reason in self.reasons}
        return next(one for one in reversed(Outcome) if one in {*outcomes, Outcome.PERMITTED})

    @property
    def permitted(self) -> bool:
        """True when no reason speaks against."""
        return not self.reasons


def judge(exchange: Exchange, direction: Direction, today: date, rule: PairRule) -> Verdict:
    """May a letter of this direction be passed on on the day `today`?"""
    if rule.letters.value is Answer.NO:
        sentence = "Letters are not allowed between these two sides."
        return Verdict(reasons=(_by_rule(ReasonCode.NO_LETTERS, sentence, rule, "letters"),))
    writer, reader = _sides(direction)
    return Verdict(
        reasons=(
            *_unknown_rules(rule, LETTER_FIELDS),
            *_cord_blood_letters(exchange),
            *_too_early(exchange, today, rule),
            *_too_many(exchange, direction, rule),
            *_window_over(exchange, today, rule),
            *_out_of_turn(exchange, direction, today, rule),
            *_letters_declined(exchange, writer, reader),
            *_letter_consents(exchange, direction, today, rule),
            *_undeliverable(exchange, reader),
        )
    )


def direct_contact(exchange: Exchange, today: date, rule: PairRule) -> Verdict:
    """May both sides learn who the other is on the day `today`?"""
    never = tuple(_never(exchange, rule))
    if never:
        return Verdict(reasons=never)
    keys = (*CONTACT_FIELDS, CORD_BLOOD.key) if exchange.cord_blood else CONTACT_FIELDS
    return Verdict(
        reasons=(
            *_unknown_rules(rule, keys),
            *_contradicting_dates(exchange),
            *_period_not_over(exchange, today, rule),
            *(reason for side in Side for reason in _release(exchange, side, today, rule)),
            *_recipient_starts(exchange, rule),
        )
    )


def _held(code: ReasonCode, sentence: str) -> Reason:
    return Reason(code=code, outcome=Outcome.HELD, sentence=sentence)


def _by_rule(
    code: ReasonCode, sentence: str, rule: PairRule, key: str, outcome: Outcome = Outcome.REFUSED
) -> Reason:
    """A reason that follows from one field; the sentence is completed with its rows."""
    decided = dict(rule.items())[key]
    origins = decided.known_origins or decided.origins
    told = f"{sentence} So says {key} in {' and '.join(str(one) for one in origins)}."
    row = ", ".join(origin.row for origin in origins)
    return Reason(code=code, outcome=outcome, sentence=told, row=row, field=key, plain=sentence)


def _sides(direction: Direction) -> tuple[Side, Side]:
    """Writer and reader."""
    if direction is Direction.DONOR_TO_PATIENT:
        return Side.DONOR, Side.PATIENT
    return Side.PATIENT, Side.DONOR


def _unknown_rules(rule: PairRule, keys: Iterable[str]) -> Iterator[Reason]:
    for unknown in rule.unknowns(keys):
        asked = (
            f"Nobody has recorded {_QUESTIONS[unknown.field]} ({unknown.row}): ask the registry, "
            "and have the answer entered in the rules."
        )
        where = (
            f"For whoever keeps the rules: {unknown.field} in row {unknown.row} of "
            f"{unknown.file_name}."
        )
        yield Reason(
            code=ReasonCode.UNKNOWN_RULE,
            outcome=Outcome.HELD,
            sentence=f"{asked} {where}",
            row=unknown.row,
            field=unknown.field,
            plain=asked,
        )


def _cord_blood_letters(exchange: Exchange) -> Iterator[Reason]:
    if exchange.cord_blood:
        yield _held(
            ReasonCode.CORD_BLOOD,
            "The cells are cord blood; no row tells whether letters may be passed on then.",
        )


def _contradicting_dates(exchange: Exchange) -> Iterator[Reason]:
    donations, transplants = exchange.donation_dates, exchange.transplant_dates
    if donations and transplants and min(transplants) < min(donations):
        yield _held(
            ReasonCode.DATES_CONTRADICT,
            f"The first transplant ({min(transplants).isoformat()}) is before the first donation "
            f"({min(donations).isoformat()}); correct the dates of the case.",
        )


def _too_early(exchange: Exchange, today: date, rule: PairRule) -> Iterator[Reason]:
    yield from _contradicting_dates(exchange)
    transplant = min(exchange.transplant_dates, default=None)
    donation = min(exchange.donation_dates, default=transplant)
    if donation is None:
        yield _held(ReasonCode.DATES_MISSING, "No day of donation is recorded for this exchange.")
    elif today < donation:
        yield _held(
            ReasonCode.BEFORE_DONATION,
            f"The donation is on {donation.isoformat()}; no letter goes before that day.",
        )
    elif rule.earliest.known is Earliest.TRANSPLANT_DAY:
        yield from _before_transplant(transplant, today, rule)


def _before_transplant(transplant: date | None, today: date, rule: PairRule) -> Iterator[Reason]:
    if transplant is None:
        sentence = "Letters go from the day of transplant on, and no such day is recorded."
        yield _by_rule(ReasonCode.DATES_MISSING, sentence, rule, "earliest", Outcome.HELD)
    elif today < transplant:
        sentence = f"The transplant is on {transplant.isoformat()}; no letter goes before that day."
        yield _by_rule(ReasonCode.BEFORE_TRANSPLANT, sentence, rule, "earliest", Outcome.HELD)


def _too_many(exchange: Exchange, direction: Direction, rule: PairRule) -> Iterator[Reason]:
    limit = rule.letters_per_side.known
    sent = len(exchange.passed_on(direction))
    if isinstance(limit, int) and sent >= limit:
        sentence = f"{limit} letters may go this way, and {sent} have been passed on."
        yield _by_rule(ReasonCode.TOO_MANY_LETTERS, sentence, rule, "letters_per_side")


def _window_over(exchange: Exchange, today: date, rule: PairRule) -> Iterator[Reason]:
    """The window runs from the first transplant, or the first donation where none is recorded."""
    months = rule.window_months.known
    start = min(exchange.transplant_dates or exchange.donation_dates, default=None)
    if not isinstance(months, int) or start is None:
        return
    end = add_months(start, months)
    if today >= end:
        sentence = f"Letters go for {months} months, until the day before {end.isoformat()}."
        yield _by_rule(ReasonCode.WINDOW_OVER, sentence, rule, "window_months")


def _out_of_turn(
    exchange: Exchange, direction: Direction, today: date, rule: PairRule
) -> Iterator[Reason]:
    written = any(day <= today for day in exchange.patient_letters)
    patient_first = rule.first_writer.known is FirstWriter.PATIENT
    if patient_first and direction is Direction.DONOR_TO_PATIENT and not written:
        yield _by_rule(
            ReasonCode.PATIENT_MUST_WRITE_FIRST,
            "The patient writes first, and no letter of the patient has been passed on.",
            rule,
            "first_writer",
            Outcome.HELD,
        )


def _letters_declined(exchange: Exchange, writer: Side, reader: Side) -> Iterator[Reason]:
    if exchange.consents(reader).letters is LetterConsent.REFUSED:
        yield _held(
            ReasonCode.RECIPIENT_DECLINED,
            f"The {reader} does not want letters; this one is kept and not sent.",
        )
    if exchange.consents(writer).letters is LetterConsent.REFUSED:
        yield _held(
            ReasonCode.WRITER_DECLINED,
            f"The {writer} has refused the exchange of letters; ask before this one is sent.",
        )


def _letter_consents(
    exchange: Exchange, direction: Direction, today: date, rule: PairRule
) -> Iterator[Reason]:
    if rule.consent_per_letter.known is not Answer.YES:
        return
    last = max(exchange.passed_on(direction), default=None)
    for side in Side:
        if not _agrees_to_this_letter(exchange.consents(side), last, today):
            sentence = (
                f"Each letter needs a consent, and that of the {side} to this one is missing."
            )
            key = "consent_per_letter"
            yield _by_rule(ReasonCode.CONSENT_MISSING, sentence, rule, key, Outcome.HELD)


def _agrees_to_this_letter(consents: Consents, last: date | None, today: date) -> bool:
    """A consent counts for one letter: it has to be younger than the `last` one passed on."""
    if consents.letters is not LetterConsent.GRANTED or consents.letters_on is None:
        return False
    return consents.letters_on <= today and (last is None or consents.letters_on > last)


def _undeliverable(exchange: Exchange, reader: Side) -> Iterator[Reason]:
    if exchange.deliverable(reader) is Deliverability.NO:
        yield _held(ReasonCode.UNDELIVERABLE, f"A letter cannot reach the {reader} at present.")


def _never(exchange: Exchange, rule: PairRule) -> Iterator[Reason]:
    if rule.direct_contact.value is DirectContact.NEVER:
        sentence = "Direct contact is never allowed between these two sides."
        yield _by_rule(ReasonCode.NO_DIRECT_CONTACT, sentence, rule, "direct_contact")
    if exchange.cord_blood and rule.cord_blood_direct_contact.value is CordBlood.NEVER:
        sentence = "Direct contact is never allowed after a gift of cord blood."
        yield _by_rule(ReasonCode.NO_DIRECT_CONTACT, sentence, rule, CORD_BLOOD.key)


def _period_not_over(exchange: Exchange, today: date, rule: PairRule) -> Iterator[Reason]:
    clock = anonymity_clock(exchange, rule)
    if rule.unknowns(CONTACT_FIELDS) or clock.is_over(today):
        return
    code = ReasonCode.DATES_MISSING if clock.start is None else ReasonCode.PERIOD_NOT_OVER
    yield _by_rule(code, clock.sentence, rule, "anonymity_months", Outcome.HELD)


def _release(exchange: Exchange, side: Side, today: date, rule: PairRule) -> Iterator[Reason]:
    """Both signatures are always needed, whatever a row says."""
    consents = exchange.consents(side)
    if consents.letters is LetterConsent.REFUSED:
        sentence = f"The {side} has refused letters; ask whether direct contact is wished."
        yield _held(ReasonCode.CONTACT_DECLINED, sentence)
    if not _done(consents.release_signed_on, today):
        sentence = f"The {side} has not signed the consent to direct contact."
        yield _held(ReasonCode.RELEASE_NOT_SIGNED, sentence)
    counselling = Need.COUNSELLING in rule.direct_contact_needs.value
    if counselling and not _done(consents.counselled_on, today):
        sentence = f"The {side} has not been counselled about direct contact."
        key = "direct_contact_needs"
        yield _by_rule(ReasonCode.COUNSELLING_MISSING, sentence, rule, key, Outcome.HELD)


def _done(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _recipient_starts(exchange: Exchange, rule: PairRule) -> Iterator[Reason]:
    """The patient starts by signing first, on the same day at the latest."""
    if Need.RECIPIENT_STARTS not in rule.direct_contact_needs.value:
        return
    patient = exchange.patient_consents.release_signed_on
    donor = exchange.donor_consents.release_signed_on
    if patient is None or (donor is not None and donor < patient):
        sentence = "The patient asks for direct contact first, and has not."
        key = "direct_contact_needs"
        yield _by_rule(ReasonCode.RECIPIENT_MUST_START, sentence, rule, key, Outcome.HELD)
