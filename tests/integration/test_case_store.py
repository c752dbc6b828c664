"""Cases keep their course on SQLite and PostgreSQL alike, those of earlier versions too."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import inspect, text

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.register import case_view
from service.store.cases import StoreRegister, find_stored_case
from service.store.database import Database
from service.store.migrate import is_current, migrate, unmigrate
from service.workflow.errors import BadImport, StaleVersion
from tests.factories import HEADER, NUMBER, donor_number
from tests.keys import RING

OLD_CASE = f"""
INSERT INTO cases (case_id, donor_number, donor_country, patient_country, clinic_id, known_donor,
                   known_patient)
VALUES ('C-1', '{NUMBER}', 'DE', 'US', 'CL-1', '[]', '[]')
"""  # noqa: S608 - a number made here


def test_cases_of_an_earlier_version_are_read(database_url: str) -> None:
    """They have no days yet, and the way back loses only what it did not know."""
    database = Database(database_url, keys=RING)
    migrate(database, target="0002")
    with database.writing() as tx:
        tx.connection.execute(text("INSERT INTO clinics VALUES ('CL-1', 'First Clinic')"))
        tx.connection.execute(text(OLD_CASE))
    for _ in range(2):
        migrate(database)
        assert is_current(database)
        with database.reading() as connection:
            stored = find_stored_case(connection, "C-1")
            flags = connection.execute(text("SELECT no_donation_day, no_transplant_day FROM cases"))
        assert (stored.version, stored.case.donation_dates) == (1, ())
        assert list(map(bool, flags.one())) == [True, True]
        assert stored.case.donor_number == NUMBER
        unmigrate(database, target="0002")
        with database.reading() as connection:
            columns = {one["name"] for one in inspect(connection).get_columns("cases")}
        assert "version" not in columns
        assert len(columns) == 7
    database.close()


def test_every_field_of_a_case_comes_back(desk: Desk) -> None:
    """Through the tables of each engine, and found by the number of the patient."""
    template = actions.cases_page(desk, OPERATOR).rows[0]
    cells = {
        "patient_reference": "US4711082",
        "donor_registry": "dkms-de",
        "patient_registry": "nmdp",
        "donor_language": "de",
        "patient_language": "en",
        "cord_blood": "yes",
        "donation_dates": "2024-02-29;2026-01-31",
        "transplant_dates": "2024-03-01",
        "infusion_dates": "2025-03-01",
        "donor_consents": "granted 2024-01-05;counselled 2025-01-06;release 2026-02-28",
        "patient_consents": "refused 2024-04-01",
        "donor_deliverable": "no",
        "patient_deliverable": "yes",
        "asked_on": "2024-01-01",
        "consented_on": "2024-01-02",
        "checked_on": "2024-01-03",
        "medical_on": "2024-01-30",
        "injections_from": "2024-02-24",
        "week_on": "2024-03-07",
        "month_on": "2024-03-29",
        "year_on": "2025-02-28",
        "five_years_on": "",
    }
    actions.change_case_cells(
        desk, OPERATOR, case_id=template.case_id, version=template.version, cells=cells
    )
    with desk.database.reading() as connection:
        kept = find_stored_case(connection, template.case_id)
    assert case_view(kept, identities=True).course == cells
    (found,) = StoreRegister(desk.database, desk.settings.zone).find_cases_of_patient("US4711082")
    assert found.case_id == template.case_id


def test_cases_that_were_there_before_tell_which_day_they_lack(desk: Desk) -> None:
    """The step opens the sealed days; one that was damaged keeps nobody from starting."""
    for case_id, cells in (
        ("C-1", {"donation_dates": "2026-02-03", "transplant_dates": ""}),
        ("C-2", {"donation_dates": "2026-02-03", "transplant_dates": "2026-02-04"}),
    ):
        actions.change_case_cells(desk, OPERATOR, case_id=case_id, version=1, cells=cells)
    unmigrate(desk.database, target="0021")
    with desk.database.writing() as tx:
        damaged = "UPDATE cases SET donation_dates = 'AAAA' WHERE case_id = 'C-2'"
        tx.connection.execute(text(damaged))
    migrate(desk.database)
    flags = "SELECT case_id, no_donation_day, no_transplant_day FROM cases ORDER BY case_id"
    with desk.database.reading() as connection:
        found = [(one, bool(a), bool(b)) for one, a, b in connection.execute(text(flags))]
    assert found == [("C-1", False, True), ("C-2", False, False)]


def test_of_many_changes_at_once_one_wins(desk: Desk) -> None:
    """The others are told that the case has changed, and nothing of theirs is kept."""

    def change(day: int) -> bool:
        try:
            actions.change_case_cells(
                desk, OPERATOR, case_id="C-1", version=1, cells={"medical_on": f"2026-01-{day:02}"}
            )
        except StaleVersion:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(change, range(1, 7))) == 1
    assert actions.open_case(desk, OPERATOR, case_id="C-1").version == 2
    actions.verify_audit(desk)


def test_two_people_who_save_the_same_new_case_at_once_are_told(desk: Desk) -> None:
    """One of them: the other case is there. Neither sees an error of the database."""
    content = f"{HEADER}\n{donor_number(77)},N-77,DE,US,CL-1,First Clinic,,\n".encode()

    def save(_: int) -> bool:
        try:
            actions.import_cases(desk, OPERATOR, content=content, file_name="l.csv")
        except BadImport:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert any(pool.map(save, range(6)))
    assert len(actions.find_cases(desk, OPERATOR, query="N-77")) == 1
