"""
Allocation: which case a letter belongs to, by its donor number.

The number stands on the cover (with the caller), in the text, or in both; then they must agree.
None, two, an unknown or a damaged one asks a person. A wrong number is never corrected here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from anonymizer.donor_number import DonorNumberForm, canonical_donor_number
from anonymizer.model import (
    Case,
    CaseRegister,
    Circumstances,
    Direction,
    Hold,
    KnownIdentifier,
    Letter,
    Routing,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Where a letter belongs as far as is known, and the hold when that is not enough."""

    routing: Routing
    hold: Hold | None


def allocate(
    letter: Letter,
    seen: str,
    circumstances: Circumstances,
    form: DonorNumberForm,
    register: CaseRegister | None = None,
) -> Allocation:
    """
    The routing of `letter`; `seen` is the text of its detection view.

    Without a register the countries are the caller's, and the number is checked for its form only.
    """
    number, hold = _donor_number(letter, seen, form)
    if number is None or hold is not None:
        return Allocation(routing=_routing(number, letter, circumstances), hold=hold)
    if register is None:
        return Allocation(routing=_routing(number, letter, circumstances), hold=None)
    return _in_register(number, letter, circumstances, register)


def _donor_number(
    letter: Letter, seen: str, form: DonorNumberForm
) -> tuple[str | None, Hold | None]:
    cover = canonical_donor_number(letter.cover_number or "")
    in_text = form.find(seen)
    numbers = sorted({one.number for one in in_text})
    if cover and not form.is_valid(cover):
        return None, _hold(
            "number_invalid",
            "The donor number on the cover is not valid: its check digits or its form are wrong.",
        )
    if any(not one.valid for one in in_text):
        return None, _hold(
            "number_invalid",
            "A donor number in the letter is not valid: its check digits or its form are wrong.",
        )
    if len(numbers) > 1:
        return None, _hold("numbers_several", "The letter quotes more than one donor number.")
    if cover and numbers and numbers[0] != cover:
        return None, _hold(
            "numbers_differ", "The donor number on the cover and the one in the letter differ."
        )
    number = cover or (numbers[0] if numbers else None)
    if number is None:
        return None, _hold(
            "number_missing", "There is no donor number on the cover or in the letter."
        )
    return number, None


def _in_register(
    number: str, letter: Letter, circumstances: Circumstances, register: CaseRegister
) -> Allocation:
    cases = register.find_cases(number)
    if len(cases) == 1:
        return Allocation(routing=route(cases[0], letter, circumstances), hold=None)
    hold = (
        _hold("number_ambiguous", "The register has more than one case with this donor number.")
        if cases
        else _hold("number_unknown", "The register has no case with this donor number.")
    )
    return Allocation(routing=_routing(number, letter, circumstances), hold=hold)


def route(case: Case, letter: Letter, circumstances: Circumstances) -> Routing:
    """The routing to a case that is known; a letter without a direction counts as the donor's."""
    direction = letter.direction or Direction.DONOR_TO_PATIENT
    from_donor = direction is Direction.DONOR_TO_PATIENT
    return Routing(
        donor_number=case.donor_number,
        case_id=case.case_id,
        direction=direction,
        writer_country=case.donor_country if from_donor else case.patient_country,
        reader_country=case.patient_country if from_donor else case.donor_country,
        clinic_id=case.clinic_id,
        known_identifiers=_both(case.known_identifiers, circumstances.known_identifiers),
    )


def _both(
    first: Iterable[KnownIdentifier], second: Iterable[KnownIdentifier]
) -> tuple[KnownIdentifier, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _routing(number: str | None, letter: Letter, circumstances: Circumstances) -> Routing:
    return Routing(
        donor_number=number,
        direction=letter.direction,
        writer_country=circumstances.writer_country,
        reader_country=circumstances.reader_country,
        known_identifiers=circumstances.known_identifiers,
    )


def _hold(code: str, reason: str) -> Hold:
    return Hold(stage=Stage.ALLOCATION, code=code, reason=reason)
