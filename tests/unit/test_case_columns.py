"""The columns that a case list may leave out: read, written again, merged, and refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.case_columns import COURSE_COLUMNS, read_consents, write_consents
from anonymizer.cases import (
    ALL_COLUMNS,
    case_list_template,
    cases_of,
    cells_of,
    read_case_rows,
    read_cases,
    write_rows,
)
from anonymizer.csv_table import BadTable
from anonymizer.model import (
    Consents,
    Deliverability,
    EntityKind,
    KnownIdentifier,
    LetterConsent,
    PathwayDays,
    RegisteredCase,
)
from tests.factories import HEADER, NUMBER

TODAY = date(2026, 3, 2)
BASE = f"{NUMBER},C-1,DE,US,CL-1,First Clinic,,"
DAYS = st.dates(date(1990, 1, 1), TODAY)
CONSENTS = st.builds(
    Consents,
    letters=st.just(LetterConsent.GRANTED) | st.just(LetterConsent.REFUSED),
    letters_on=st.none() | DAYS,
    release_signed_on=st.none() | DAYS,
    counselled_on=st.none() | DAYS,
) | st.builds(Consents, counselled_on=st.none() | DAYS)


def told(**cells: str) -> tuple[str, ...]:
    """What is said about a case with these cells; nothing when it is fine."""
    names, values = ",".join(cells), ",".join(cells.values())
    content = f"{HEADER},{names}\n{BASE},{values}\n".encode()
    try:
        read_cases(content, file_name="list.csv", today=TODAY)
    except BadTable as refused:
        return refused.problems
    return ()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"donation_dates": "31.01.2026"}, "donation_dates must hold days such as 2026-01-31"),
        ({"donation_dates": "2026-02-30"}, "donation_dates must hold days"),
        ({"donation_dates": "20260131"}, "donation_dates must hold days"),
        ({"medical_on": "2026-W05-6"}, "medical_on must be a day such as"),
        ({"medical_on": "2026-03-03"}, "medical_on lies in the future"),
        ({"donor_consents": "granted 2026-03-03"}, "donor_consents lies in the future"),
        ({"donation_dates": "2028-12-01"}, "more than two years ahead"),
        ({"donation_dates": "1974-05-20"}, "not a day of birth"),
        ({"asked_on": "1961-02-01"}, "not a day of birth"),
        (
            {"donation_dates": "2026-01-10", "transplant_dates": "2026-01-09"},
            "transplant_dates lies before the first of donation_dates",
        ),
        (
            {"donation_dates": "2026-01-10", "infusion_dates": "2026-01-09"},
            "infusion_dates lies before",
        ),
        ({"asked_on": "2026-01-10", "consented_on": "2026-01-09"}, "consented_on lies before"),
        ({"donation_dates": "2026-01-10", "week_on": "2026-01-09"}, "before the donation"),
        ({"donor_consents": "yes"}, "donor_consents must be written like granted"),
        ({"donor_consents": "granted 2026-01-01;refused 2026-02-01"}, "must be written like"),
        ({"donor_consents": "unasked 2026-01-01"}, "must be written like"),
        ({"donor_consents": "granted;release"}, "must be written like"),
        ({"patient_deliverable": "maybe"}, "patient_deliverable must be yes, no or unknown"),
        ({"donor_language": "german"}, "donor_language must be a two-letter language code"),
        ({"donor_registry": "DKMS Germany"}, "donor_registry must be the id of a row"),
        ({"patient_reference": "1234"}, "patient_reference must be 5 to 64 letters and digits"),
        ({"patient_reference": "ABCDEF"}, "with at least one digit"),
        ({"cord_blood": "1"}, "cord_blood must be yes or no"),
        ({"donation_date": "2026-01-01"}, "nearly donation_dates"),
    ],
)
def test_a_wrong_cell_names_file_row_column_and_remedy(
    cells: dict[str, str], sentence: str
) -> None:
    """And never what stands in it."""
    (problem,) = told(**cells)
    assert problem.startswith("list.csv, row ")
    assert sentence in problem
    assert not any(len(cell) > 8 and cell in problem for cell in cells.values())


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-09", "2028-02-29"])
def test_a_donation_may_be_planned(day: str) -> None:
    """Two years ahead at most."""
    assert told(donation_dates=day, transplant_dates=day) == ()


@pytest.mark.parametrize("country", ["XX", "EU", "UK", "DEU"])
def test_a_country_that_does_not_exist_is_refused(country: str) -> None:
    """Two letters alone are not enough: UK is a frequent slip for GB."""
    content = f"{HEADER}\n{BASE.replace(',DE,', f',{country},')}\n".encode()
    with pytest.raises(BadTable, match="donor_country must be a two-letter country code"):
        read_cases(content, file_name="list.csv")


def test_an_old_list_is_read_as_before() -> None:
    """Nothing of what it does not say is made up."""
    (case,) = read_cases(f"{HEADER}\n{BASE}\n".encode(), file_name="list.csv", today=TODAY)
    assert case.pathway == PathwayDays()
    assert case.exchange().donor_deliverable is Deliverability.UNKNOWN
    assert case.exchange().donor_consents == Consents()


def test_what_a_file_leaves_out_stays_as_it_is() -> None:
    """A list of countries and clinics does not wipe out the days of the coordinators."""
    content = f"{HEADER},donation_dates,medical_on\n{BASE},2026-01-10,2025-12-10\n".encode()
    (stored,) = read_cases(content, file_name="list.csv")
    rows = read_case_rows(f"{HEADER},medical_on\n{BASE},\n".encode(), file_name="list.csv")
    (merged,) = cases_of(rows, stored={"C-1": stored}, today=TODAY)
    assert merged.donation_dates == (date(2026, 1, 10),)
    assert merged.pathway.medical_on is None


def test_days_are_checked_against_those_of_the_register() -> None:
    """A transplant in the file, its donation in the register."""
    content = f"{HEADER},donation_dates\n{BASE},2026-01-10\n".encode()
    (stored,) = read_cases(content, file_name="list.csv")
    late = f"{HEADER},transplant_dates\n{BASE},2026-01-01\n".encode()
    with pytest.raises(BadTable, match="row 2: transplant_dates lies before"):
        cases_of(read_case_rows(late, file_name="list.csv"), stored={"C-1": stored})


def test_the_template_is_a_case_list_with_every_column() -> None:
    """Its invented row imports without a complaint."""
    content = case_list_template().encode()
    (case,) = read_cases(content, file_name="template.csv", today=date(2026, 1, 1))
    assert case.patient_reference == "EX20250042"
    assert content.decode().splitlines()[0] == ",".join(ALL_COLUMNS)


@given(consents=CONSENTS)
def test_consents_survive_writing_and_reading(consents: Consents) -> None:
    """Whatever a coordinator records."""
    assert read_consents(write_consents(consents)) == consents


@given(
    donation=st.dates(date(2000, 1, 1), TODAY - timedelta(days=30)),
    consents=CONSENTS,
    cord_blood=st.booleans(),
    reference=st.none() | st.from_regex("[A-Z]{2}[0-9]{4,9}", fullmatch=True),
)
def test_a_case_survives_writing_and_reading(
    donation: date, consents: Consents, cord_blood: bool, reference: str | None
) -> None:
    """Cells, file, and back."""
    case = RegisteredCase(
        case_id="C-1",
        donor_number=NUMBER,
        donor_country="DE",
        patient_country="US",
        clinic_id="CL-1",
        clinic_name="First Clinic",
        patient_reference=reference,
        donor_registry="dkms-de",
        patient_language="en",
        cord_blood=cord_blood,
        donation_dates=(donation,),
        transplant_dates=(donation, donation + timedelta(days=20)),
        donor_consents=consents,
        patient_deliverable=Deliverability.NO,
        pathway=PathwayDays(medical_on=donation - timedelta(days=30)),
    )
    content = write_rows([cells_of(case)]).encode()
    assert read_cases(content, file_name="list.csv", today=TODAY) == (case,)


def test_the_number_of_the_patient_is_known_and_must_not_be_readable() -> None:
    """Like everything that the registry knows of both sides."""
    content = f"{HEADER},patient_reference\n{BASE},US-4711 08\n".encode()
    (case,) = read_cases(content, file_name="list.csv")
    own = KnownIdentifier(kind=EntityKind.OTHER_ID, value="US471108")
    assert own in case.known
    assert own in case.as_case().known_identifiers
    assert "471108" not in repr(case) + repr(case.as_case())


def test_every_column_of_the_course_may_be_empty() -> None:
    """One by one."""
    for name in COURSE_COLUMNS:
        assert told(**{name: ""}) == ()
