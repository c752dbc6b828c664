"""
Bad input of the exchange: the message names file, row and remedy, and what was in force stays.

The register is filled by file, by form and by command; the rules are read once, when the service
starts.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymizer.exchange import BadRows, load_exchange_rules
from anonymizer.pipeline import Pipeline
from anonymizer.rulecheck import check_rulebook
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.exchange_desk import look_at_all_again
from service.actions.views import CaseView
from service.cli import app
from service.workflow.errors import BadImport, CaseConflict
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    HEADER,
    NUMBER,
    OTHER_NUMBER,
    add,
    donor_number,
    drafted,
    make_desk,
    state_of,
    work_all,
)
from tests.integration.server import RunningService

FREE = donor_number(7)
COLUMNS = f"{HEADER},donation_dates,transplant_dates,medical_on,donor_consents"
#: A row that is right; the tests put one mistake in.
GOOD = {
    "donor_number": FREE,
    "case_id": "C-7",
    "donor_country": "DE",
    "patient_country": "US",
    "clinic_id": "CL-7",
    "clinic_name": "Seventh Clinic",
    "known_donor": "",
    "known_patient": "",
    "donation_dates": "2026-02-10",
    "transplant_dates": "2026-02-11",
    "medical_on": "",
    "donor_consents": "",
}
#: What is wrong with one row (today is 2 March 2026), and what is said about it.
MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "a country that does not exist": (
        {"patient_country": "XX"},
        "patient_country must be a two-letter country code such as DE or US (ISO 3166-1).",
    ),
    "a country by a code that is none": (
        {"donor_country": "UK"},
        "donor_country must be a two-letter country code such as DE or US (ISO 3166-1).",
    ),
    "a medical that has not been yet": (
        {"medical_on": "2026-03-03"},
        "medical_on lies in the future; write it down when it was done.",
    ),
    "a consent that has not been given yet": (
        {"donor_consents": "granted 2026-04-01"},
        "donor_consents lies in the future",
    ),
    "a donation years ahead": (
        {"donation_dates": "2029-01-01", "transplant_dates": ""},
        "more than two years ahead",
    ),
    "a transplant years ahead": ({"transplant_dates": "2029-01-01"}, "more than two years ahead"),
    "a donation after the transplant": (
        {"donation_dates": "2026-02-12"},
        "transplant_dates lies before the first of donation_dates",
    ),
    "a day that is not in the calendar": (
        {"donation_dates": "2026-02-30"},
        "donation_dates must hold days such as 2026-01-31",
    ),
}
EVERY_MISTAKE = pytest.mark.parametrize(("cells", "told"), MISTAKES.values(), ids=MISTAKES.keys())

PROVENANCE = 'source = "Their letter"\nchecked = 2026-02-20\ncertainty = "firm"\n'
#: What a site was told by Ireland, all of it.
IRELAND = (
    '[IE]\nletters = "yes"\nearliest = "donation_day"\nfirst_writer = "either"\n'
    'consent_per_letter = "no"\nletters_per_side = "no_limit"\nwindow_months = "no_limit"\n'
    f"{PROVENANCE}"
)
#: What a person may do to that file, and what has to be said: file, row, remedy.
TYPOS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a key with a slip": (
        IRELAND.replace("letters = ", "leters = "),
        ("[IE]", "unknown key 'leters'", "did you mean 'letters'?"),
    ),
    "a value that is none": (
        IRELAND.replace('letters = "yes"', 'letters = "perhaps"'),
        ("[IE]", "letters: 'perhaps' is not one of yes, no, unknown"),
    ),
    "a country that does not exist": (
        IRELAND.replace("[IE]", "[IX]"),
        ("[IX]", "unknown country code; use ISO 3166-1"),
    ),
    "a day that is not in the calendar": (
        IRELAND.replace("2026-02-20", "2026-02-30"),
        ("countries.toml",),
    ),
    "a row without a source": (
        IRELAND.replace('source = "Their letter"\n', ""),
        ("[IE]", "source"),
    ),
    "no table at all": ("letters: yes\n", ("countries.toml", "TOML")),
}


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


def rows(*cells: dict[str, str]) -> bytes:
    """A case list."""
    lines = [",".join(one[name] for name in COLUMNS.split(",")) for one in cells]
    return "\n".join([COLUMNS, *lines, ""]).encode()


def second() -> dict[str, str]:
    """Another row that is right."""
    return {**GOOD, "case_id": "C-8", "donor_number": donor_number(8)}


def refused(desk: Desk, person: Person, content: bytes) -> tuple[str, ...]:
    """The problems of a list of which nothing is imported."""
    before = actions.cases_page(desk, person).rows
    with pytest.raises(BadImport) as error:
        actions.import_cases(desk, person, content=content, file_name="march.csv")
    assert actions.cases_page(desk, person).rows == before
    return error.value.problems


def test_the_row_without_a_mistake_is_imported(desk: Desk, cora: Person) -> None:
    """So that the mistakes below are the only ones."""
    assert (
        actions.import_cases(desk, cora, content=rows(GOOD, second()), file_name="march.csv") == 2
    )


@EVERY_MISTAKE
def test_a_mistake_in_a_list_names_file_row_and_remedy(
    desk: Desk, cora: Person, cells: dict[str, str], told: str
) -> None:
    """The right rows beside it are not imported either."""
    (problem,) = refused(desk, cora, rows(second(), {**GOOD, **cells}))
    assert problem.startswith("march.csv, row 3: ")
    assert told in problem
    assert FREE not in problem


@EVERY_MISTAKE
def test_the_same_mistake_in_a_form_is_refused_alike(
    desk: Desk, cora: Person, cells: dict[str, str], told: str
) -> None:
    """In a new case and in one that there is; the case stays as it was."""
    course = ("donation_dates", "transplant_dates", "medical_on", "donor_consents")
    wrong = {**GOOD, **cells}
    new = CaseView(
        **{name: wrong[name] for name in GOOD if name not in course},  # type: ignore[arg-type]  # its texts
        course={name: wrong[name] for name in course},
    )
    with pytest.raises(BadImport) as error:
        actions.save_case(desk, cora, case=new)
    assert told in error.value.problems[0]
    before = actions.open_case(desk, cora, case_id="C-1")
    dates = {name: wrong[name] for name in course}
    with pytest.raises(BadImport) as error:
        actions.change_case_cells(
            desk, cora, case_id="C-1", version=before.version, cells={**dates, **cells}
        )
    assert told in error.value.problems[0]
    assert actions.open_case(desk, cora, case_id="C-1") == before
    assert len(actions.cases_page(desk, cora).rows) == 2


@pytest.mark.parametrize(
    "name", ["a country that does not exist", "a donation after the transplant"]
)
def test_the_command_says_it_in_one_breath(tmp_path: Path, name: str) -> None:
    """And ends with a failure, so that a script notices."""
    cells, told = MISTAKES[name]
    file = tmp_path / "march.csv"
    file.write_bytes(rows({**GOOD, **cells}))
    done = CliRunner().invoke(app, ["cases", "import", str(file), "--data", str(tmp_path / "data")])
    assert done.exit_code == 1
    assert "Nothing was imported.\nmarch.csv, row 2: " in done.output
    assert told in done.output
    assert "Traceback" not in done.output


def test_two_rows_of_one_list_for_one_number_are_refused(desk: Desk, cora: Person) -> None:
    """Which of the two is open, the list has to say."""
    twice = {**second(), "donor_number": FREE}
    (problem,) = refused(desk, cora, rows(GOOD, twice))
    assert problem == (
        "march.csv, row 3: the donor number of row 2 again; each belongs to one case: keep the row "
        "of the case that is open."
    )


def test_a_second_case_for_a_number_of_the_register_is_refused(desk: Desk, cora: Person) -> None:
    """Every such row is named with the case that has the number, and never the number."""
    content = rows(
        {**GOOD, "donor_number": NUMBER},
        second(),
        {**GOOD, "case_id": "C-9", "donor_number": OTHER_NUMBER},
    )
    problems = refused(desk, cora, content)
    assert [problem[: len("march.csv, row 2")] for problem in problems] == [
        "march.csv, row 2",
        "march.csv, row 4",
    ]
    assert ["case C-1" in problems[0], "case C-2" in problems[1]] == [True, True]
    assert all("correct the number here" in problem for problem in problems)
    assert not [one for one in (NUMBER, OTHER_NUMBER) if one in " ".join(problems)]
    new = replace(actions.open_case(desk, cora, case_id="C-1"), case_id="C-9", version=0)
    with pytest.raises(CaseConflict, match="donor number already"):
        actions.save_case(desk, cora, case=new)


def test_a_letter_under_way_stays_where_it_is_when_a_list_is_refused(
    desk: Desk, cora: Person
) -> None:
    """The case that was there is still the one that counts."""
    letter_id = drafted(desk)
    late = {**GOOD, "case_id": "C-1", "donor_number": NUMBER, "donation_dates": "2026-02-12"}
    refused(desk, cora, rows(late))
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's rules folder, as it was when the service started."""
    folder = tmp_path_factory.mktemp("our-rules")
    (folder / "exchange").mkdir()
    countries(folder).write_text(IRELAND, "utf-8")
    return folder


@pytest.fixture
def running_desk(
    site: Path, pipeline: Pipeline, database_url: str, tmp_path: Path
) -> Iterator[Desk]:
    """A running service of that site, with an Irish case; the file is mended afterwards."""
    made = make_desk(tmp_path, url=database_url, pipeline=with_rules(pipeline, site))
    irish = {**GOOD, "patient_country": "IE"}
    actions.import_cases(made, OPERATOR, content=rows(irish), file_name="march.csv")
    yield made
    made.database.close()
    countries(site).write_text(IRELAND, "utf-8")


def countries(folder: Path) -> Path:
    """The file that people edit."""
    return folder / "exchange" / "countries.toml"


def with_rules(pipeline: Pipeline, folder: Path) -> Pipeline:
    """The pipeline that starts with the rules of the site as they are now."""
    return replace(pipeline, exchange=load_exchange_rules(site_folder=folder))


def letter() -> str:
    """A donor's letter to Ireland."""
    return (
        "Dear recipient,\n\nI often think of you and hope that you are getting better every day. "
        f"It was a small thing for me to give.\n\nWith my best wishes\n\nDonor number {FREE}\n"
    )


@pytest.mark.parametrize(("content", "told"), TYPOS.values(), ids=TYPOS.keys())
def test_a_typo_in_the_rules_changes_nothing_while_the_service_runs(
    running_desk: Desk, site: Path, content: str, told: tuple[str, ...]
) -> None:
    """The old rules stay in force; the check and the next start name file, row and remedy."""
    digest = running_desk.exchange_rules.digest
    before = drafted(running_desk, letter())
    countries(site).write_text(content, "utf-8")
    look_at_all_again(running_desk)
    after = drafted(running_desk, letter())
    assert [state_of(running_desk, one) for one in (before, after)] == [LetterState.READY] * 2
    assert running_desk.exchange_rules.digest == digest
    problems = check_rulebook(site, today=running_desk.today()).problems
    with pytest.raises(BadRows) as refused:
        load_exchange_rules(site_folder=site)
    for sentence in ("; ".join(problems), str(refused.value)):
        assert f"{site.name}/exchange/countries.toml" in sentence
        assert not [words for words in told if words not in sentence], sentence


def test_rules_that_became_stricter_count_from_the_next_start(
    running_desk: Desk, site: Path, pipeline: Pipeline
) -> None:
    """Letters that wait or are free are asked about again by the rules that are read then."""
    letter_id = drafted(running_desk, letter())
    countries(site).write_text(IRELAND.replace('letters = "yes"', 'letters = "no"'), "utf-8")
    restarted = replace(running_desk, pipeline=with_rules(pipeline, site))
    assert state_of(running_desk, letter_id) is LetterState.READY
    assert state_of(restarted, drafted(restarted, letter())) is LetterState.HELD_EXCHANGE
    seen = actions.open_letter(restarted, add(restarted, "Anna"), letter_id=letter_id)
    assert seen.exchange is not None
    assert [one.refused for one in seen.exchange.reasons] == [True]


def test_a_service_with_a_typo_in_its_rules_does_not_start(
    running: RunningService, tmp_path: Path
) -> None:
    """One sentence and a failure: better no service than one with half its rules."""
    countries(tmp_path).parent.mkdir()
    countries(tmp_path).write_text(TYPOS["a key with a slip"][0], "utf-8")
    done = running.run("serve", "--port", "0", LETTERS_RULES_FOLDER=str(tmp_path))
    assert done.returncode != 0
    assert f"{tmp_path.name}/exchange/countries.toml: [IE] unknown key" in done.stderr
    assert "Traceback" not in done.stderr
