"""
Who gets an approved letter: the case and the direction say it, nobody else.

Contract: a donor's letter goes to the clinic that treats the patient, a patient's letter to the
donor centre of the donor's country; the id names the recipient's folder in the outbox.
"""

from dataclasses import dataclass
from enum import StrEnum

from anonymizer.cases import DONOR_CENTRE_PREFIX
from anonymizer.model import Direction, RegisteredCase


class RecipientRole(StrEnum):
    """What the recipient is there for: passing the letter on to the reader."""

    CLINIC = "clinic"
    DONOR_CENTRE = "donor_centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a letter is sent. `name` is None where the register has none."""

    role: RecipientRole
    country: str
    recipient_id: str
    name: str | None


def role_of_recipient(direction: Direction) -> RecipientRole:
    """Who passes on a letter that goes in this direction."""
    to_donor = direction is Direction.PATIENT_TO_DONOR
    return RecipientRole.DONOR_CENTRE if to_donor else RecipientRole.CLINIC


def recipient_of(case: RegisteredCase, direction: Direction) -> Recipient:
    """The recipient of a letter of this case that goes in this direction."""
    role = role_of_recipient(direction)
    if role is RecipientRole.DONOR_CENTRE:
        centre = f"{DONOR_CENTRE_PREFIX}{case.donor_country}"
        return Recipient(role=role, country=case.donor_country, recipient_id=centre, name=None)
    return Recipient(
        role=role,
        country=case.patient_country,
        recipient_id=case.clinic_id,
        name=case.clinic_name,
    )


def recipient_named(recipient_id: str, name: str | None, *, country: str) -> Recipient:
    """The recipient with this id; `country` holds for a clinic, a centre's id tells its own."""
    if recipient_id.startswith(DONOR_CENTRE_PREFIX):
        own = recipient_id.removeprefix(DONOR_CENTRE_PREFIX)
        role = RecipientRole.DONOR_CENTRE
        return Recipient(role=role, country=own, recipient_id=recipient_id, name=None)
    role = RecipientRole.CLINIC
    return Recipient(role=role, country=country, recipient_id=recipient_id, name=name)
