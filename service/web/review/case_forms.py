"""
The forms about cases as typed values.

Contract: a form keeps what was typed, so that a refused one can be shown again; whether it is
right is said by the same checks as for a row of the case list.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated

from fastapi import Form

from anonymizer.case_columns import COURSE_COLUMNS, read_consents
from anonymizer.model import LetterConsent
from service.actions.views import CaseView

Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=4000)]
#: True for a form that showed the identities: only then an empty field of theirs empties something.
Shown = Annotated[bool, Form()]

_SIDES = ("donor", "patient")
#: Words of the consents cell that have a day of their own in the form.
_DATED = ("release", "counselled")


@dataclass(frozen=True, kw_only=True)
class CaseForm:
    """The form about who belongs to a case; `version` is 0 for a new one."""

    version: Annotated[int, Form()] = 0
    case_id: Short = ""
    donor_number: Short = ""
    donor_country: Short = ""
    patient_country: Short = ""
    clinic_id: Short = ""
    clinic_name: Short = ""
    known_donor: Long = ""
    known_patient: Long = ""
    shown: Shown = False

    def case(self) -> CaseView:
        """The case, without the spaces around what was typed."""
        return CaseView(
            version=self.version,
            case_id=self.case_id.strip(),
            donor_number=self.donor_number.strip(),
            donor_country=self.donor_country.strip().upper(),
            patient_country=self.patient_country.strip().upper(),
            clinic_id=self.clinic_id.strip(),
            clinic_name=self.clinic_name.strip(),
            known_donor=self._known(self.known_donor),
            known_patient=self._known(self.known_patient),
        )

    def _known(self, typed: str) -> str | None:
        """None for a field that was masked: what is kept stays."""
        typed = typed.strip()
        return typed if typed or self.shown or not self.version else None


@dataclass(frozen=True, kw_only=True)
class CourseForm:
    """The form about days, consents and numbers of a case, named like the columns of the list."""

    version: Annotated[int, Form()]
    patient_reference: Short = ""
    shown: Shown = False
    donor_registry: Short = ""
    patient_registry: Short = ""
    donor_language: Short = ""
    patient_language: Short = ""
    cord_blood: Short = ""
    donation_dates: Short = ""
    transplant_dates: Short = ""
    infusion_dates: Short = ""
    donor_letters: Short = ""
    donor_letters_on: Short = ""
    donor_release: Short = ""
    donor_counselled: Short = ""
    patient_letters: Short = ""
    patient_letters_on: Short = ""
    patient_release: Short = ""
    patient_counselled: Short = ""
    donor_deliverable: Short = ""
    patient_deliverable: Short = ""
    asked_on: Short = ""
    consented_on: Short = ""
    checked_on: Short = ""
    medical_on: Short = ""
    injections_from: Short = ""
    week_on: Short = ""
    month_on: Short = ""
    year_on: Short = ""
    five_years_on: Short = ""

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by the names of the fields; a number that was masked is none of them."""
        told = {name: str(value).strip() for name, value in asdict(self).items() if name != "shown"}
        if not (self.shown or told["patient_reference"]):
            del told["patient_reference"]
        return told

    def cells(self) -> dict[str, str]:
        """The cells of the columns that this form changes."""
        typed = self.typed
        consents = {f"{side}_consents": _consents_cell(typed, side) for side in _SIDES}
        return {name: typed[name] for name in COURSE_COLUMNS if name in typed} | consents


@dataclass(frozen=True, kw_only=True)
class IdentitiesForm:
    """Why somebody has to see who donor and patient are."""

    reason: Short = ""
    own: Annotated[str, Form(max_length=500)] = field(default="", repr=False)


def typed_of(case: CaseView) -> dict[str, str]:
    """The fields of the form for the case as it is kept."""
    fields = dict(case.course)
    for side in _SIDES:
        consents = read_consents(fields.pop(f"{side}_consents", ""))
        asked = consents.letters is not LetterConsent.UNASKED
        fields[f"{side}_letters"] = consents.letters.value if asked else ""
        fields[f"{side}_letters_on"] = _cell(consents.letters_on)
        fields[f"{side}_release"] = _cell(consents.release_signed_on)
        fields[f"{side}_counselled"] = _cell(consents.counselled_on)
    return fields


def _consents_cell(typed: Mapping[str, str], side: str) -> str:
    answer, day = typed[f"{side}_letters"], typed[f"{side}_letters_on"]
    # a day without an answer must not get lost: as "unasked" it is refused with a sentence
    parts = [f"{answer or LetterConsent.UNASKED} {day}".strip()] if answer or day else []
    parts += [f"{name} {typed[f'{side}_{name}']}" for name in _DATED if typed[f"{side}_{name}"]]
    return ";".join(parts)


def _cell(day: object) -> str:
    return "" if day is None else str(day)
