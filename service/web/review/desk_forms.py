"""
The forms about whole letters and cases as typed values.

Contract: a form that is incomplete raises `BadRequest` with a sentence that says what to add.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from anonymizer.model import Direction
from service.actions.views import CaseView
from service.web.review.forms import joined
from service.workflow.errors import BadRequest

Short = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=500)]
Long = Annotated[str, Form(max_length=4000)]
Version = Annotated[int, Form()]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A decision about a whole letter, with the state it was made on and the reason."""

    version: Version
    reason: Text = ""
    own: Text = ""

    @property
    def why(self) -> str:
        """The reason, chosen or written."""
        return required(
            joined(self.reason, self.own),
            "Give a reason, so that colleagues understand the decision later.",
        )


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The approval of exactly the text that was on the screen."""

    version: Version
    digest: Annotated[str, Form(pattern="^[0-9a-f]{64}$")]
    read_it: Annotated[bool, Form()] = False

    def check(self) -> None:
        """Raise unless the person said that the letter was read."""
        if not self.read_it:
            message = "Tick that you have read the whole letter, then approve it."
            raise BadRequest(message)


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Which case a letter belongs to; a typed case id goes before a chosen one."""

    version: Version
    case_id: Short = ""
    other_case: Short = ""
    reason: Text = ""
    own: Text = ""
    direction: Short = ""

    @property
    def case(self) -> str:
        """The id of the case."""
        return required(self.other_case or self.case_id, "Choose a case or type its id.")

    @property
    def why(self) -> str:
        """The reason, chosen or written."""
        return required(joined(self.reason, self.own), "Give a reason for this case.")


@dataclass(frozen=True, kw_only=True)
class CaseForm:
    """The case form as it was sent."""

    case_id: Short = ""
    donor_number: Short = ""
    donor_country: Short = ""
    patient_country: Short = ""
    clinic_id: Short = ""
    clinic_name: Short = ""
    known_donor: Long = ""
    known_patient: Long = ""

    def case(self) -> CaseView:
        """The case, without the spaces around what was typed."""
        return CaseView(
            case_id=self.case_id.strip(),
            donor_number=self.donor_number.strip(),
            donor_country=self.donor_country.strip().upper(),
            patient_country=self.patient_country.strip().upper(),
            clinic_id=self.clinic_id.strip(),
            clinic_name=self.clinic_name.strip(),
            known_donor=self.known_donor.strip(),
            known_patient=self.known_patient.strip(),
        )


@dataclass(frozen=True, kw_only=True)
class BroughtIn:
    """What a person says about a letter brought in by hand."""

    text: Annotated[str, Form()] = ""
    cover_number: Short = ""
    direction: Short = ""


def as_direction(code: str) -> Direction | None:
    """A direction from a form; what was left open is None."""
    return Direction(code) if code in set(Direction) else None


def required(value: str, message: str) -> str:
    """The value without spaces around it, or `BadRequest`."""
    if not value.strip():
        raise BadRequest(message)
    return value.strip()
