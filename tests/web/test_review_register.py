"""The list of cases: searched without a trace, filtered by what is open, page by page."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from anonymizer.donor_number import canonical_donor_number
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.app import create_app
from service.web.review.register import Asked
from service.workflow.people import Role
from tests.factories import HEADER, NUMBER, OTHER_NUMBER, donor_number, drafted, make_desk
from tests.integration.server import served
from tests.web.actors import Actor, signed_in_actor

HERE = "/review/cases"
#: More than two pages, in three countries; one clinic has a name with more than ASCII in it.
MANY = tuple(
    f"{donor_number(100 + number)},M-{number:03},{country},US,{clinic},,,{reference},{consent}"
    for number in range(120)
    for country, clinic, reference, consent in [
        ("FR", "CL-EST,Hôpital de l’Été", f"FR-{10_000 + number}", "granted 2026-01-31")
        if number % 4 == 0
        else ("PL", "CL-POZ,Szpital w Poznaniu", "", "")
    ]
)
COLUMNS = "patient_reference,donor_consents,patient_consents"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with 122 cases."""
    made = make_desk(tmp_path_factory.mktemp("register"))
    rows = "\n".join(f"{row},{row.rpartition(',')[2]}" for row in MANY)
    content = f"{HEADER},{COLUMNS}\n{rows}\n".encode()
    actions.import_cases(made, OPERATOR, content=content, file_name="cases.csv")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def house(desk: Desk) -> Iterator[tuple[str, dict[Role, Actor]]]:
    """The pages over HTTP, with everybody of the staff."""
    actors = {role: signed_in_actor(desk, role) for role in sorted(_STAFF)}
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        yield url, actors


_STAFF = (Role.COORDINATOR, Role.SENIOR, Role.PROOFREADER, Role.AUDITOR, Role.ADMIN)


def look(house: tuple[str, dict[Role, Actor]], query: str = "", path: str = HERE) -> str:
    """The list as the coordinator sees it."""
    url, actors = house
    cookies = dict(actors[Role.COORDINATOR].cookies)
    answer = httpx.get(f"{url}{path}{query}", cookies=cookies, timeout=30)
    assert answer.status_code == 200
    return answer.text


def find(
    house: tuple[str, dict[Role, Actor]], query: str, role: Role = Role.COORDINATOR
) -> httpx.Response:
    """Send the search form; the answer is not followed."""
    url, actors = house
    return httpx.post(
        f"{url}{HERE}/find",
        data={"csrf_token": actors[role].csrf, "query": query},
        cookies=dict(actors[role].cookies),
        headers={"Origin": url},
        timeout=30,
    )


def cases_of(html: str) -> list[str]:
    """The ids in the table, from top to bottom."""
    links = html.split(f'<a href="{HERE}/')[1:]
    ids = [link.partition('"')[0] for link in links]
    return [one for one in ids if one not in {"new", "import"}]


def test_the_list_has_pages_and_says_how_many_cases(
    house: tuple[str, dict[Role, Actor]],
) -> None:
    """Every case stands on one page, in the order of the ids."""
    first, second, third = (look(house, f"?page={number}") for number in (1, 2, 3))
    assert "122 cases" in first
    assert "Page 1 of 3 · 122 cases" in first
    assert ">Previous<" not in first
    assert ">Next<" not in third
    ids = cases_of(first) + cases_of(second) + cases_of(third)
    assert (len(ids), len(set(ids))) == (122, 122)
    assert ids == sorted(ids)
    assert cases_of(look(house, "?page=99999999")) == cases_of(third)


def test_a_filter_leaves_the_others_out_and_stays_on_the_next_page(
    house: tuple[str, dict[Role, Actor]],
) -> None:
    """By the countries of both sides."""
    html = look(house, "?donor=PL&patient=US")
    assert "90 of 122 cases" in html
    assert 'href="/review/cases?donor=PL&amp;patient=US&amp;page=2"' in html
    assert '<option value="PL" selected>Poland</option>' in html
    both = cases_of(html) + cases_of(look(house, "?donor=PL&patient=US&page=2"))
    assert len(both) == 90
    assert not {one for one in both if int(one.removeprefix("M-")) % 4 == 0}
    assert cases_of(look(house, "?donor=PL&patient=DE")) == []


def test_what_is_missing_can_be_asked_for(house: tuple[str, dict[Role, Actor]]) -> None:
    """An answer about letters, and the patient's own number; both are stored openly."""
    without = look(house, "?missing=consent&donor=FR")
    assert cases_of(without) == []
    assert "92 of 122 cases" in look(house, "?missing=consent")
    assert "92 of 122 cases" in look(house, "?missing=patient_number")
    assert cases_of(look(house, "?missing=patient_number&donor=FR")) == []


def test_a_case_whose_day_is_missing_is_found_by_the_letter_that_waits(
    tmp_path: Path,
) -> None:
    """The days are sealed; that a letter waits for one is not."""
    made = make_desk(tmp_path, pipeline=Pipeline.load())
    rows = f"{donor_number(7)},W-1,DE,US,CL-1,First,,\n{donor_number(8)},W-2,DE,US,CL-1,First,,\n"
    content = f"{HEADER}\n{rows}".encode()
    actions.import_cases(made, OPERATOR, content=content, file_name="cases.csv")
    drafted(made, "Dear friend, thank you so much for everything.", cover_number=donor_number(7))
    cora = signed_in_actor(made, Role.COORDINATOR)
    with served(create_app(made.settings, desk=made, work=False)) as url:
        assert cases_of(look((url, {Role.COORDINATOR: cora}), "?missing=day")) == ["W-1"]
    made.database.close()


def test_a_number_is_found_however_it_is_written(house: tuple[str, dict[Role, Actor]]) -> None:
    """The case is shown at once, and the number stands in no address."""
    spaced = " ".join(NUMBER[start : start + 4] for start in range(0, len(NUMBER), 4))
    for written in (NUMBER, spaced, f"  {NUMBER.lower()} ", "C-1", "c-1"):
        answer = find(house, written)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/C-1")
    assert canonical_donor_number(spaced) == NUMBER
    assert find(house, "fr 10004").headers["location"] == f"{HERE}/M-004"


def test_part_of_a_number_finds_nothing(house: tuple[str, dict[Role, Actor]]) -> None:
    """Numbers are looked up by a code of the whole of them; the page says so."""
    answer = find(house, OTHER_NUMBER[:-1])
    assert answer.headers["location"] == f"{HERE}?said=no-case-found"
    assert "must be whole" in look(house, "?said=no-case-found")
    assert "sealed: nobody can search for them" in look(house)


def test_a_clinic_is_found_by_a_part_of_its_name(house: tuple[str, dict[Role, Actor]]) -> None:
    """In capitals or not, with letters that only some databases fold."""
    answer = find(house, "HÔPITAL été")
    assert answer.headers["location"] == f"{HERE}?clinic=CL-EST"
    html = look(house, "?clinic=CL-EST")
    assert "30 of 122 cases" in html
    assert "Only cases of Hôpital de l’Été." in html
    assert '<input type="hidden" name="clinic" value="CL-EST">' in html
    several = find(house, "cl-").headers["location"]
    assert several.count("clinic=") == 4


def test_a_search_leaves_no_trace(
    house: tuple[str, dict[Role, Actor]], desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in a log, nor in the trail, nor on the page that answers it."""
    before = actions.verify_audit(desk)
    with caplog.at_level(logging.DEBUG):
        for number in (NUMBER, "Quincampoix 4711"):
            answer = find(house, number)
            assert number not in answer.text + str(answer.headers)
    assert NUMBER not in caplog.text
    assert "Quincampoix" not in caplog.text
    assert actions.verify_audit(desk) == before


def test_nothing_typed_shows_all_cases(house: tuple[str, dict[Role, Actor]]) -> None:
    """An empty search is no mistake."""
    assert find(house, "  ").headers["location"] == HERE


@pytest.mark.parametrize("role", [Role.PROOFREADER, Role.AUDITOR, Role.ADMIN])
def test_who_may_not_allocate_neither_lists_nor_finds(
    house: tuple[str, dict[Role, Actor]], role: Role
) -> None:
    """Not by guessing numbers either."""
    url, actors = house
    assert find(house, NUMBER, role).status_code == 403
    for query in ("", "?donor=DE", "?case=C-1", "?missing=day"):
        answer = httpx.get(f"{url}{HERE}{query}", cookies=dict(actors[role].cookies), timeout=30)
        assert answer.status_code == 403
        assert "C-1" not in answer.text


HOSTILE = ("<b>", "' OR 1=1 --", "de", "D" * 5000, "%00", "../C-1", "Anna Müller", "9" * 5000)


@pytest.mark.parametrize("written", HOSTILE)
def test_what_is_no_code_is_no_filter(house: tuple[str, dict[Role, Actor]], written: str) -> None:
    """It is neither asked for, nor shown, nor does it break the page."""
    names = ("donor", "patient", "missing", "clinic", "case", "page")
    url, actors = house
    answer = httpx.get(
        f"{url}{HERE}",
        params=dict.fromkeys(names, written),
        cookies=dict(actors[Role.COORDINATOR].cookies),
        timeout=30,
    )
    codes = {"case": [written], "clinic": [written]}
    asked = Asked(**codes, donor=written, patient=written, missing=written, page=written)
    assert answer.status_code == 200
    if asked.wanted.is_set:
        # well-formed, and no case has it
        assert "No case fits this filter" in answer.text
    else:
        assert "122 cases" in answer.text
        assert asked.path(1) == HERE


def test_a_filter_that_nothing_fits_says_what_to_do(
    house: tuple[str, dict[Role, Actor]],
) -> None:
    """With a way back to all cases."""
    html = look(house, "?donor=ZZ")
    assert "No case fits this filter" in html
    assert f'<a href="{HERE}">show all cases</a>' in html
    assert "0 of 122 cases" in html


def test_an_empty_register_says_where_cases_come_from(tmp_path: Path) -> None:
    """And offers no search of nothing."""
    made = make_desk(tmp_path)
    with made.database.writing() as tx:
        tx.connection.exec_driver_sql("DELETE FROM cases")
    cora = signed_in_actor(made, Role.COORDINATOR)
    with served(create_app(made.settings, desk=made, work=False)) as url:
        html = look((url, {Role.COORDINATOR: cora}))
    assert "The register is empty" in html
    assert 'role="search"' not in html
    made.database.close()
