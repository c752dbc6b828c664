"""Allocation: every way a donor number can be missing, wrong or doubled asks a person."""

from dataclasses import dataclass

import pytest

from anonymizer.allocation import allocate
from anonymizer.canonical import detection_view
from anonymizer.donor_number import DonorNumberForm, canonical_donor_number
from anonymizer.model import Case, Circumstances, Direction, EntityKind, Letter, Stage
from tests.unit.parts import GRID, OTHER_GRID, case, known, letter

DAMAGED = GRID[:-1] + "2"
ABROAD = Circumstances(writer_country="FR", reader_country="GB")


@dataclass(frozen=True)
class Register:
    """A case register in memory."""

    cases: tuple[Case, ...] = ()

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """The cases with this number, in its canonical form."""
        return tuple(
            one for one in self.cases if canonical_donor_number(one.donor_number) == donor_number
        )

    def find_cases_of_patient(self, reference: str) -> tuple[Case, ...]:
        """The cases of the patient with this reference."""
        return tuple(one for one in self.cases if one.patient_reference == reference)


#: cover, text, code of the hold without a register, and with one that knows GRID only.
TABLE = [
    (None, "no number", "number_missing", "number_missing"),
    ("", "no number", "number_missing", "number_missing"),
    (" - ", "no number", "number_missing", "number_missing"),
    (GRID, "no number", None, None),
    (None, f"number {GRID}", None, None),
    (GRID, f"number {GRID}", None, None),
    (GRID.lower(), "6939 XYZ0 0012 3456 731", None, None),
    ("6939-XYZ0001234567-31", f"number {GRID}", None, None),
    (GRID, f"{GRID} and again {GRID}", None, None),
    (GRID, f"my donor number is {GRID} and I wave", None, None),
    (OTHER_GRID, "no number", None, "number_unknown"),
    (None, f"number {OTHER_GRID}", None, "number_unknown"),
    (GRID, f"number {OTHER_GRID}", "numbers_differ", "numbers_differ"),
    (None, f"{GRID} or {OTHER_GRID}", "numbers_several", "numbers_several"),
    (GRID, f"{GRID} or {OTHER_GRID}", "numbers_several", "numbers_several"),
    (DAMAGED, "no number", "number_invalid", "number_invalid"),
    (None, f"number {DAMAGED}", "number_invalid", "number_invalid"),
    (GRID, f"number {DAMAGED}", "number_invalid", "number_invalid"),
    (DAMAGED, f"number {GRID}", "number_invalid", "number_invalid"),
    ("12345678", "no number", "number_invalid", "number_invalid"),
    ("Anna", "no number", "number_invalid", "number_invalid"),
]


def hold_code(
    cover: str | None,
    text: str,
    register: Register | None,
    form: DonorNumberForm = DonorNumberForm(),  # noqa: B008
) -> str | None:
    """The code of the hold, or None."""
    allocation = allocate(
        letter(text, cover=cover), detection_view(text).text, ABROAD, form, register
    )
    if allocation.hold is None:
        return None
    assert allocation.hold.stage is Stage.ALLOCATION
    assert GRID not in allocation.hold.reason
    return allocation.hold.code


@pytest.mark.parametrize(("cover", "text", "without", "with_one"), TABLE)
def test_a_number_leads_to_a_case_or_to_a_person(
    cover: str | None, text: str, without: str | None, with_one: str | None
) -> None:
    """Only one valid number that cover and text agree about allocates a letter."""
    assert hold_code(cover, text, None) == without
    assert hold_code(cover, text, Register((case(),))) == with_one


def test_two_cases_with_one_number_ask_a_person() -> None:
    """The letter could go to the wrong patient."""
    both = Register((case(case_id="C-1"), case(case_id="C-2")))
    assert hold_code(GRID, "no number", both) == "number_ambiguous"


@pytest.mark.parametrize(
    ("cover", "text", "code"),
    [
        ("12345678", "no number", None),
        ("12 34 56 78", "my donor number is 12345678", None),
        ("12345678", "my donor number is 87654321", "numbers_differ"),
        ("1234567", "no number", "number_invalid"),
        (None, "my donor number is 1234567.", "number_invalid"),
    ],
)
def test_a_site_with_its_own_numbers(cover: str | None, text: str, code: str | None) -> None:
    """The formats of the site hold for cover and text alike."""
    assert hold_code(cover, text, None, DonorNumberForm(formats=("[0-9]{8}",))) == code


def test_a_hidden_number_counts() -> None:
    """A number with invisible characters inside is read as the reader sees it."""
    assert hold_code(GRID, "number 6939DKM\u200b0013926127 26", None) == "numbers_differ"


@pytest.mark.parametrize(
    ("direction", "writer", "reader"),
    [
        (Direction.DONOR_TO_PATIENT, "DE", "US"),
        (Direction.PATIENT_TO_DONOR, "US", "DE"),
        (None, "DE", "US"),
    ],
)
def test_the_case_gives_countries_and_clinic(
    direction: Direction | None, writer: str, reader: str
) -> None:
    """The register knows better than the caller."""
    sent = Letter.from_text("x", "text", cover_number=GRID, direction=direction)
    routing = allocate(sent, sent.text, ABROAD, DonorNumberForm(), Register((case(),))).routing
    assert (routing.writer_country, routing.reader_country) == (writer, reader)
    assert (routing.case_id, routing.clinic_id) == ("C-1", "CL-1")
    assert routing.donor_number == GRID


def test_known_identifiers_of_register_and_caller_are_joined() -> None:
    """Neither side's knowledge is lost, and nothing is looked for twice."""
    own = known(EntityKind.PLACE, "Ulm")
    same = case().known_identifiers[0]
    circumstances = Circumstances(known_identifiers=(own, same))
    sent = letter("text")
    routing = allocate(
        sent, sent.text, circumstances, DonorNumberForm(), Register((case(),))
    ).routing
    assert routing.known_identifiers == (same, own)


def test_without_a_register_the_caller_knows_the_rest() -> None:
    """Stateless use: countries and known identifiers are the caller's."""
    circumstances = Circumstances(
        writer_country="PL", known_identifiers=(known(EntityKind.PERSON, "Ada"),)
    )
    sent = letter("text")
    routing = allocate(sent, sent.text, circumstances, DonorNumberForm()).routing
    assert (routing.donor_number, routing.writer_country, routing.reader_country) == (
        GRID,
        "PL",
        None,
    )
    assert routing.known_identifiers == circumstances.known_identifiers
    assert routing.case_id is None


def test_a_letter_without_a_case_keeps_what_the_caller_knows() -> None:
    """The known identifiers are looked for even when the letter is held."""
    circumstances = Circumstances(known_identifiers=(known(EntityKind.PERSON, "Ada"),))
    sent = letter("text", cover=None)
    allocation = allocate(sent, sent.text, circumstances, DonorNumberForm(), Register())
    assert allocation.hold is not None
    assert allocation.routing.known_identifiers == circumstances.known_identifiers
