"""
Allocation: which case a letter belongs to, by its donor number or the patient's own number.

A number stands on the cover (with the caller), in the text, or in both; then they must agree. The
patient's number counts only where the register has exactly this one, and alone it carries letters
of the patient only. None, two, an unknown or a damaged number asks a person. A wrong number is
never corrected here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from anonymizer.donor_number import DonorNumberForm, canonical_donor_number, has_grid_shape
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
from anonymizer.patient_reference import find_patient_references

#: Code of a hold: what a coordinator reads.
_REASONS = {
    "number_invalid": (
        "The donor number on the cover is not valid: its check digits or its form are wrong."
    ),
    "number_in_text_invalid": (
        "A donor number in the letter is not valid: its check digits or its form are wrong."
    ),
    "numbers_several": "The letter quotes more than one donor number.",
    "numbers_differ": "The donor number on the cover and the one in the letter differ.",
    "number_missing": "There is no donor number on the cover or in the letter.",
    "number_ambiguous": "The register has more than one case with this donor number.",
    "number_unknown": "The register has no case with this donor number.",
    "cover_ambiguous": (
        "The number on the cover is the donor number of one case and the patient number of another."
    ),
    "references_several": "The letter quotes more than one patient number.",
    "references_differ": (
        "The patient number in the letter is not the one on the cover or of the donor's case."
    ),
    "reference_unknown": (
        "There is no donor number, and the register has no case with the patient number given."
    ),
    "reference_ambiguous": "The register has more than one case with this patient number.",
    "reference_of_reader": (
        "The letter gives only the number of the patient, but it is the donor's letter."
    ),
    "writer_unknown": (
        "The letter gives only the number of the patient, and nobody has said who wrote it."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Where a letter belongs as far as is known, and the hold when that is not enough."""

    routing: Routing
    hold: Hold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """The numbers of a letter, each in canonical form; `damaged` tells of one in the text."""

    cover: str = field(repr=False)
    in_text: tuple[str, ...] = field(repr=False)
    damaged: bool
    references: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """What the numbers lead to: one case, or the code of the hold; a donor number if there is."""

    number: str | None = field(default=None, repr=False)
    case: Case | None = None
    code: str | None = None


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
    A case that a person has settled stands over what the numbers say.
    """
    if circumstances.case is not None:
        routing = route(circumstances.case, letter, circumstances)
        return Allocation(routing=routing, hold=None)
    numbers = _numbers(letter, seen, form)
    settled = (
        _by_form(numbers, form)
        if register is None
        else _in_register(numbers, letter.direction, form, register)
    )
    hold = _hold(settled.code) if settled.code else None
    if settled.case is not None and hold is None:
        return Allocation(routing=route(settled.case, letter, circumstances), hold=None)
    return Allocation(routing=_routing(settled.number, letter, circumstances), hold=hold)


def _numbers(letter: Letter, seen: str, form: DonorNumberForm) -> _Numbers:
    """A number that the text calls the patient's is no donor number, unless it looks like one."""
    called = tuple(find_patient_references(seen))
    found = tuple(
        one
        for one in form.find(seen)
        if has_grid_shape(one.number) or not any(one.span.overlaps(other.span) for other in called)
    )
    references = (
        one.number for one in called if not any(one.span.overlaps(other.span) for other in found)
    )
    return _Numbers(
        cover=canonical_donor_number(letter.cover_number or ""),
        in_text=tuple(sorted({one.number for one in found})),
        damaged=any(not one.valid for one in found),
        references=tuple(dict.fromkeys(references)),
    )


def _by_form(numbers: _Numbers, form: DonorNumberForm) -> _Settled:
    """The one donor number that cover and text agree about, as far as its form tells."""
    cover, in_text = numbers.cover, numbers.in_text
    if cover and not form.is_valid(cover):
        return _Settled(code="number_invalid")
    if numbers.damaged:
        return _Settled(code="number_in_text_invalid")
    if len(in_text) > 1:
        return _Settled(code="numbers_several")
    if cover and in_text and in_text[0] != cover:
        return _Settled(code="numbers_differ")
    number = cover or (in_text[0] if in_text else None)
    return _Settled(number=number, code=None if number else "number_missing")


def _in_register(
    numbers: _Numbers, direction: Direction | None, form: DonorNumberForm, register: CaseRegister
) -> _Settled:
    code = _cover_is_reference(numbers.cover, form, register)
    if code == "cover_ambiguous":
        return _Settled(code=code)
    if code is not None:
        references = tuple(dict.fromkeys((numbers.cover, *numbers.references)))
        numbers = _Numbers(
            cover="", in_text=numbers.in_text, damaged=numbers.damaged, references=references
        )
    settled = _by_form(numbers, form)
    if settled.number is not None:
        return _by_number(settled.number, numbers.references, register)
    if settled.code == "number_missing" and numbers.references:
        return _by_reference(numbers.references, direction, register, on_cover=code is not None)
    return settled


def _cover_is_reference(cover: str, form: DonorNumberForm, register: CaseRegister) -> str | None:
    """None: a donor number, or nothing known; else "reference", or the code of the hold."""
    if not cover:
        return None
    as_donor = register.find_cases(cover) if form.is_valid(cover) else ()
    as_patient = register.find_cases_of_patient(cover)
    if not as_patient or {one.case_id for one in as_donor} >= {one.case_id for one in as_patient}:
        return None
    return "cover_ambiguous" if as_donor else "reference"


def _by_number(number: str, references: tuple[str, ...], register: CaseRegister) -> _Settled:
    cases = register.find_cases(number)
    if len(cases) != 1:
        code = "number_ambiguous" if cases else "number_unknown"
        return _Settled(number=number, code=code)
    if any(not _may_be_of(one, cases[0], register) for one in references):
        return _Settled(number=number, code="references_differ")
    return _Settled(number=number, case=cases[0])


def _may_be_of(reference: str, case: Case, register: CaseRegister) -> bool:
    """True for the patient of the case; where the case has no such number, for nobody else's."""
    if case.patient_reference is not None:
        return reference == case.patient_reference
    return not register.find_cases_of_patient(reference)


def _by_reference(
    references: tuple[str, ...],
    direction: Direction | None,
    register: CaseRegister,
    *,
    on_cover: bool,
) -> _Settled:
    if len(references) > 1:
        return _Settled(code="references_differ" if on_cover else "references_several")
    cases = register.find_cases_of_patient(references[0])
    if len(cases) != 1:
        return _Settled(code="reference_ambiguous" if cases else "reference_unknown")
    if direction is None:
        return _Settled(code="writer_unknown")
    if direction is Direction.DONOR_TO_PATIENT:
        return _Settled(code="reference_of_reader")
    return _Settled(number=cases[0].donor_number, case=cases[0])


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
        exchange=case.exchange,
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


def _hold(code: str) -> Hold:
    public = "number_invalid" if code == "number_in_text_invalid" else code
    return Hold(stage=Stage.ALLOCATION, code=public, reason=_REASONS[code])
