"""Letters of patients find their case by the patient's own number, exactly or not at all."""

from dataclasses import replace

import pytest

from anonymizer.allocation import allocate
from anonymizer.canonical import detection_view
from anonymizer.cases import CaseList
from anonymizer.donor_number import DonorNumberForm
from anonymizer.model import Case, Circumstances, Direction, EntityKind, Letter
from anonymizer.patient_reference import (
    canonical_patient_reference,
    find_patient_references,
    is_patient_reference,
)
from tests.unit.parts import (
    GRID,
    OTHER_GRID,
    PROSE,
    case,
    drafted,
    known,
    outgoing,
    shipped_pipeline,
)

MINE, OTHER = "US4711082", "US9988776"
CASES = (
    replace(case(GRID, "C-1"), patient_reference=MINE),
    replace(case(OTHER_GRID, "C-2"), patient_reference=OTHER),
)


def settled(
    cover: str | None,
    text: str,
    *,
    direction: Direction | None = Direction.PATIENT_TO_DONOR,
    cases: tuple[Case, ...] = CASES,
    form: DonorNumberForm = DonorNumberForm(),  # noqa: B008
) -> str | None:
    """The case id, or the code of the hold."""
    sent = Letter.from_text("1", text, cover_number=cover, direction=direction)
    found = allocate(sent, detection_view(text).text, Circumstances(), form, CaseList(cases))
    if found.hold is None:
        return found.routing.case_id
    assert MINE not in found.hold.reason
    assert found.routing.case_id is None
    return found.hold.code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("My patient number is US-4711 082, thank you", MINE),
        ("patient no. us4711082", MINE),
        ("Patient reference: US4711082.", MINE),
        ("Patient ref: US 4711082", MINE),
        ("my recipient ID = US/4711082", MINE),
        ("(patient's number US4711082)", MINE),
        ("Patientennummer: US4711082", MINE),
        ("I was a patient for 5 months", None),
        ("patient number one of 2024", None),
        ("patient number 12", None),
        ("The number US4711082 is on my wristband", None),
        ("impatient number US4711082", None),
    ],
)
def test_only_what_is_called_the_patients_number_counts(text: str, number: str | None) -> None:
    """Such a number has no form of its own that tells it from others."""
    assert [one.number for one in find_patient_references(text)] == ([number] if number else [])


@pytest.mark.parametrize(
    ("cover", "text", "result"),
    [
        (None, "patient number US-4711-082", "C-1"),
        ("us 4711082", "no number", "C-1"),
        ("US4711082", "my patient ref is US4711082", "C-1"),
        (GRID, "patient number US4711082", "C-1"),
        ("US4711082", f"donor number {GRID}", "C-1"),
        (None, f"donor number {GRID}, patient number US4711082", "C-1"),
        (GRID, "patient number US9988776", "references_differ"),
        (GRID, "patient number US4711083", "references_differ"),
        ("US9988776", f"donor number {GRID}", "references_differ"),
        ("US4711082", "patient number US9988776", "references_differ"),
        (None, "patient number US4711082 or patient number US9988776", "references_several"),
        (None, "patient number US4711083", "reference_unknown"),
        ("US4711083", "no number", "number_invalid"),
        ("US4711082", f"donor number {GRID} or {OTHER_GRID}", "numbers_several"),
        ("US4711082", f"donor number {GRID[:-1]}2", "number_invalid"),
        (None, f"patient number {GRID}", "C-1"),
        (None, "no number", "number_missing"),
    ],
)
def test_a_number_is_exact_and_agrees_or_asks_a_person(
    cover: str | None, text: str, result: str
) -> None:
    """A digit beside the right one is never corrected."""
    assert settled(cover, text) == result


def test_a_number_of_the_patient_carries_letters_of_the_patient_only() -> None:
    """Who wrote it is never concluded from the number."""
    text = "patient number US4711082"
    assert settled(None, text, direction=Direction.DONOR_TO_PATIENT) == "reference_of_reader"
    assert settled(None, text, direction=None) == "writer_unknown"
    assert settled(GRID, text, direction=Direction.DONOR_TO_PATIENT) == "C-1"


def test_a_patient_with_two_donors_asks_a_person() -> None:
    """The letter could go to the wrong one of both."""
    twice = tuple(replace(one, patient_reference=MINE) for one in CASES)
    assert settled(None, "patient number US4711082", cases=twice) == "reference_ambiguous"
    assert settled(OTHER_GRID, "patient number US4711082", cases=twice) == "C-2"


def test_a_case_without_a_number_takes_none_that_is_somebody_elses() -> None:
    """What the register does not know is no contradiction; what it knows of another case is."""
    cases = (replace(CASES[0], patient_reference=None), CASES[1])
    assert settled(GRID, "patient number US1234567", cases=cases) == "C-1"
    assert settled(GRID, "patient number US9988776", cases=cases) == "references_differ"


def test_a_number_that_is_a_donors_and_a_patients_asks_a_person() -> None:
    """Where a site's donor numbers look like its patients' numbers."""
    form = DonorNumberForm(formats=("[0-9]{8}",))
    cases = (
        case("12345678", "C-1"),
        replace(case("87654321", "C-2"), patient_reference="12345678"),
    )
    assert settled("12345678", "no number", cases=cases, form=form) == "cover_ambiguous"
    assert settled(None, "patient number 12345678", cases=cases, form=form) == "C-2"
    assert settled(None, "donor number 12345678", cases=cases, form=form) == "C-1"


def test_without_a_register_nothing_is_known_of_patients() -> None:
    """The stateless use asks for the donor number as before."""
    sent = Letter.from_text("1", "patient number US4711082")
    found = allocate(sent, sent.text, Circumstances(), DonorNumberForm())
    assert found.hold is not None
    assert found.hold.code == "number_missing"


def test_the_number_is_taken_out_of_the_letter() -> None:
    """In any way of writing, with or without the words before it."""
    text = PROSE + "My patient number is US-4711 082. They call me US4711082 here.\n"
    draft = drafted(shipped_pipeline(), text, known(EntityKind.OTHER_ID, MINE))
    assert "4711" not in outgoing(draft)


@pytest.mark.parametrize(
    ("written", "number"),
    [("us-4711 082", MINE), ("ＵＳ４７１１０８２", MINE), ("US.4711/082", MINE)],
)
def test_a_number_has_one_written_form(written: str, number: str) -> None:
    """Case, separators and wide characters do not matter."""
    assert canonical_patient_reference(written) == number
    assert is_patient_reference(number)
