"""Who a letter is for: the case, what is known of both sides, and the routing that follows."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from anonymizer.model.exchange import Consents, Deliverability, Exchange
from anonymizer.model.kinds import Direction, EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIdentifier:
    """Something the registry knows about one side and that must not be readable in the letter."""

    kind: EntityKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    A donor and a patient who may write to each other, as the case register knows them.

    Countries are ISO 3166-1 alpha-2 codes.
    """

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    patient_reference: str | None = field(default=None, repr=False)
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayDays:
    """
    The steps of a donation pathway that were done, each with its local day; None: not recorded.

    `checked_on` is the day of the extra checks, `week_on` to `five_years_on` are the follow-ups of
    the donor. The days of donation and transplant belong to the case itself.
    """

    asked_on: date | None = None
    consented_on: date | None = None
    checked_on: date | None = None
    medical_on: date | None = None
    injections_from: date | None = None
    week_on: date | None = None
    month_on: date | None = None
    year_on: date | None = None
    five_years_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCase:
    """
    A case as the register keeps it: what is known of each side stays apart.

    `patient_reference` is the patient's own number in its canonical form, by which letters of the
    patient are allocated. Languages are ISO 639-1 codes. All else is as in `Exchange`.
    """

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    clinic_name: str
    known_donor: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    known_patient: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    patient_reference: str | None = field(default=None, repr=False)
    donor_registry: str | None = None
    patient_registry: str | None = None
    donor_language: str | None = None
    patient_language: str | None = None
    cord_blood: bool = False
    donation_dates: tuple[date, ...] = ()
    transplant_dates: tuple[date, ...] = ()
    infusion_dates: tuple[date, ...] = ()
    donor_consents: Consents = field(default_factory=Consents)
    patient_consents: Consents = field(default_factory=Consents)
    donor_deliverable: Deliverability = Deliverability.UNKNOWN
    patient_deliverable: Deliverability = Deliverability.UNKNOWN
    pathway: PathwayDays = field(default_factory=PathwayDays)

    @property
    def known(self) -> tuple[KnownIdentifier, ...]:
        """Both sides and the patient's number: nothing of it may be readable in a letter."""
        number = self.patient_reference
        own = (KnownIdentifier(kind=EntityKind.OTHER_ID, value=number),) if number else ()
        return (*self.known_donor, *self.known_patient, *own)

    def as_case(self, exchange: Exchange | None = None) -> Case:
        """
        The case as the pipeline asks for it: what is known of both sides in one list.

        Without an `exchange` the rules of letters cannot be applied to it.
        """
        return Case(
            case_id=self.case_id,
            donor_number=self.donor_number,
            donor_country=self.donor_country,
            patient_country=self.patient_country,
            clinic_id=self.clinic_id,
            patient_reference=self.patient_reference,
            known_identifiers=self.known,
            exchange=exchange,
        )

    def exchange(
        self, donor_letters: tuple[date, ...] = (), patient_letters: tuple[date, ...] = ()
    ) -> Exchange:
        """What the rules of the exchange ask; the days on which letters were passed on come in."""
        return Exchange(
            donor_country=self.donor_country,
            patient_country=self.patient_country,
            donor_registry=self.donor_registry,
            patient_registry=self.patient_registry,
            cord_blood=self.cord_blood,
            donation_dates=self.donation_dates,
            transplant_dates=self.transplant_dates,
            infusion_dates=self.infusion_dates,
            donor_consents=self.donor_consents,
            patient_consents=self.patient_consents,
            donor_letters=donor_letters,
            patient_letters=patient_letters,
            donor_deliverable=self.donor_deliverable,
            patient_deliverable=self.patient_deliverable,
        )


class CaseRegister(Protocol):
    """Where cases are looked up by donor number or by the patient's number."""

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this canonical donor number; usually one."""
        ...

    def find_cases_of_patient(self, reference: str) -> tuple[Case, ...]:
        """Every case with this canonical patient reference; a patient may have two donors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What a caller knows about a letter besides its text.

    Countries are ISO 3166-1 alpha-2 codes, `language` an ISO 639-1 code that overrides what the
    exchange would require, `today` the local date of the registry. `case` is the case that a person
    has said the letter belongs to; then no number is asked. What else is None is replaced by the
    strictest assumption.
    """

    writer_country: str | None = None
    reader_country: str | None = None
    language: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    today: date | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """
    Where the letter belongs. The donor number travels here and never in the text.

    Without a case register `case_id`, `clinic_id` and `exchange` are None and the countries are the
    caller's.
    """

    donor_number: str | None = field(repr=False)
    case_id: str | None = None
    direction: Direction | None = None
    writer_country: str | None = None
    reader_country: str | None = None
    clinic_id: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    exchange: Exchange | None = None
