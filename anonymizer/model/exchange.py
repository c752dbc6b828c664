"""
The exchange of letters between one donor and one patient: who, when, with whose consent.

Every date is a local date in the time zone of the registry that keeps the record; whoever has an
instant turns it into such a date first.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from anonymizer.model.kinds import Direction


class Side(StrEnum):
    """The two sides of an exchange."""

    DONOR = "donor"
    PATIENT = "patient"


class LetterConsent(StrEnum):
    """What a side said when it was asked about letters."""

    GRANTED = "granted"
    UNASKED = "unasked"
    REFUSED = "refused"


class Deliverability(StrEnum):
    """Whether a letter can reach a side at all."""

    YES = "yes"
    UNKNOWN = "unknown"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """
    What one side has agreed to.

    `letters_on` is the day of the answer about letters: where each letter needs its own consent,
    an answer is used up by a letter passed on that day or later. `release_signed_on` is the day of
    the signature under the consent to direct contact, `counselled_on` the day of the talk about it.
    """

    letters: LetterConsent = LetterConsent.UNASKED
    letters_on: date | None = None
    release_signed_on: date | None = None
    counselled_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """
    What the rules of the exchange ask about one donor and one patient.

    Countries are ISO 3166-1 alpha-2 codes, registries ids of `rules/exchange/registries.toml` or
    None where the country's own row is to hold. `donation_dates` are the days on which this donor
    gave for this patient, `transplant_dates` and `infusion_dates` (donor lymphocytes) those on
    which the patient received these cells; planned days may stand there as well. `donor_letters`
    and `patient_letters` are the days on which letters of that side were passed on.
    """

    donor_country: str
    patient_country: str
    donor_registry: str | None = None
    patient_registry: str | None = None
    cord_blood: bool = False
    donation_dates: tuple[date, ...] = ()
    transplant_dates: tuple[date, ...] = ()
    infusion_dates: tuple[date, ...] = ()
    donor_consents: Consents = field(default_factory=Consents)
    patient_consents: Consents = field(default_factory=Consents)
    donor_letters: tuple[date, ...] = ()
    patient_letters: tuple[date, ...] = ()
    donor_deliverable: Deliverability = Deliverability.UNKNOWN
    patient_deliverable: Deliverability = Deliverability.UNKNOWN

    def consents(self, side: Side) -> Consents:
        """What this side has agreed to."""
        return self.donor_consents if side is Side.DONOR else self.patient_consents

    def deliverable(self, side: Side) -> Deliverability:
        """Whether a letter can reach this side."""
        return self.donor_deliverable if side is Side.DONOR else self.patient_deliverable

    def passed_on(self, direction: Direction) -> tuple[date, ...]:
        """The days on which letters of this direction were passed on."""
        from_donor = direction is Direction.DONOR_TO_PATIENT
        return self.donor_letters if from_donor else self.patient_letters
