"""Who a letter is for: the case, what is known of both sides, and the routing that follows."""

from dataclasses import dataclass, field
from typing import Protocol

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
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCase:
    """A case as the register keeps it: what is known of each side stays apart."""

    case_id: str
    donor_number: str = field(repr=False)
    donor_country: str
    patient_country: str
    clinic_id: str
    clinic_name: str
    known_donor: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
    known_patient: tuple[KnownIdentifier, ...] = field(default=(), repr=False)

    @property
    def known(self) -> tuple[KnownIdentifier, ...]:
        """Both sides: neither may be readable in a letter."""
        return (*self.known_donor, *self.known_patient)

    def as_case(self) -> Case:
        """The case as the pipeline asks for it: what is known of both sides in one list."""
        return Case(
            case_id=self.case_id,
            donor_number=self.donor_number,
            donor_country=self.donor_country,
            patient_country=self.patient_country,
            clinic_id=self.clinic_id,
            known_identifiers=self.known,
        )


class CaseRegister(Protocol):
    """Where cases are looked up by donor number."""

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this canonical donor number; usually one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What a caller knows about a letter besides its text.

    Countries are ISO 3166-1 alpha-2 codes, `language` an ISO 639-1 code that overrides what the
    exchange would require. What is None is replaced by the strictest assumption.
    """

    writer_country: str | None = None
    reader_country: str | None = None
    language: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """
    Where the letter belongs. The donor number travels here and never in the text.

    Without a case register `case_id` and `clinic_id` are None and the countries are the caller's.
    """

    donor_number: str | None = field(repr=False)
    case_id: str | None = None
    direction: Direction | None = None
    writer_country: str | None = None
    reader_country: str | None = None
    clinic_id: str | None = None
    known_identifiers: tuple[KnownIdentifier, ...] = field(default=(), repr=False)
