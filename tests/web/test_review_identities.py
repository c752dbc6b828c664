"""The page of a case masks who it is about, and shows it on one answer that nobody keeps."""

import re
from collections.abc import Iterator

import httpx
import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.app import create_app
from service.store.cases import find_stored_case
from service.workflow.people import Role
from tests.factories import NUMBER, make_desk
from tests.integration.server import served
from tests.web.actors import Actor, signed_in_actor

CASE = "/review/cases/C-1"
SECRETS = ("Anna Schmidt", "Bob Miller", "US4711082")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the small pipeline; the patient of the first case has a number."""
    made = make_desk(tmp_path_factory.mktemp("identities"))
    cells = {"patient_reference": "US4711082"}
    actions.change_case_cells(made, OPERATOR, case_id="C-1", version=1, cells=cells)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def cora(desk: Desk) -> Actor:
    """The coordinator."""
    return signed_in_actor(desk, Role.COORDINATOR)


@pytest.fixture(scope="module")
def web(desk: Desk, cora: Actor) -> Iterator[httpx.Client]:
    """Her browser."""
    app = create_app(desk.settings, desk=desk, work=False)
    with served(app) as url:
        cookies, origin = dict(cora.cookies), {"Origin": url}
        with httpx.Client(base_url=url, cookies=cookies, headers=origin, timeout=30) as made:
            yield made


def post(web: httpx.Client, cora: Actor, path: str, **form: str) -> httpx.Response:
    """Send a form of hers."""
    return web.post(path, data={"csrf_token": cora.csrf, **form})


def fields(html: str, form: str) -> dict[str, str]:
    """The fields of one form as a browser would send them back."""
    (part,) = re.findall(rf'<form method="post" action="{form}".*?</form>', html, re.DOTALL)
    inputs = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', part))
    texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', part, re.DOTALL)
    chosen = re.findall(
        r'<select[^>]* name="(\w+)".*?<option value="([^"]*)" selected', part, re.DOTALL
    )
    return {**inputs, **dict(texts), **dict(chosen)}


def kept(desk: Desk) -> tuple[str, ...]:
    """What the register knows of the first case."""
    with desk.database.reading() as connection:
        case = find_stored_case(connection, "C-1").case
    return (*(one.value for one in case.known), case.patient_reference or "")


def test_nothing_of_it_stands_on_the_page_or_in_the_list(web: httpx.Client) -> None:
    """The kinds do, and the end of the number; the list cuts the donor number short as well."""
    page, table = web.get(CASE).text, web.get("/review/cases").text
    for secret in SECRETS:
        assert secret not in page + table
    assert NUMBER not in table
    assert "…082" in page
    assert '<span class="masked">name' in page


def test_the_one_answer_shows_it_and_is_kept_nowhere(web: httpx.Client, cora: Actor) -> None:
    """No cache, no address: the same path opened is nothing, and the page masks it again."""
    answer = post(web, cora, f"{CASE}/identities", reason="compare")
    assert answer.status_code == 200
    for secret in SECRETS:
        assert secret in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Shown on this page only" in answer.text
    assert web.get(f"{CASE}/identities").status_code == 405
    assert "Anna Schmidt" not in web.get(CASE).text


def test_without_a_reason_the_page_asks_again(web: httpx.Client, cora: Actor) -> None:
    """With what was typed, and still masked."""
    for form in ({"own": "a call"}, {"reason": "other"}, {"reason": "other?", "own": "a call"}):
        answer = post(web, cora, f"{CASE}/identities", **form)
        assert answer.status_code == 422
        assert '<details class="menu" open>' in answer.text
        assert form.get("own", "") in answer.text
        assert "Anna Schmidt" not in answer.text


def test_saving_a_masked_form_changes_nothing_that_is_masked(
    web: httpx.Client, cora: Actor, desk: Desk
) -> None:
    """Neither form has the fields, so neither can empty them."""
    before = kept(desk)
    base = fields(web.get(CASE).text, "/review/cases")
    assert {"known_donor", "known_patient", "shown"} & set(base) == set()
    post(web, cora, "/review/cases", **{**base, "clinic_name": "Renamed Clinic"})
    course = fields(web.get(CASE).text, f"{CASE}/course")
    assert {"patient_reference", "shown"} & set(course) == set()
    answer = post(web, cora, f"{CASE}/course", **{**course, "donation_dates": "2026-01-31"})
    assert answer.status_code == 303
    assert kept(desk) == before


def test_a_form_that_shows_them_changes_and_empties_them(
    web: httpx.Client, cora: Actor, desk: Desk
) -> None:
    """As it says: an empty field that was seen is meant to be empty."""
    shown = post(web, cora, f"{CASE}/identities", reason="correct").text
    base = fields(shown, "/review/cases")
    assert base["known_donor"] == "PERSON=Anna Schmidt"
    refused = post(web, cora, "/review/cases", **{**base, "donor_country": "?"})
    assert refused.status_code == 422
    assert fields(refused.text, "/review/cases")["known_donor"] == "PERSON=Anna Schmidt"
    post(web, cora, "/review/cases", **{**base, "known_donor": "", "known_patient": "PLACE=Ulm"})
    shown = post(web, cora, f"{CASE}/identities", reason="correct").text
    course = fields(shown, f"{CASE}/course")
    assert course["patient_reference"] == "US4711082"
    post(web, cora, f"{CASE}/course", **{**course, "patient_reference": ""})
    assert kept(desk) == ("Ulm", "")
    # what is not there is not masked either: it can be filled in at once
    page = web.get(CASE).text
    assert fields(page, f"{CASE}/course")["patient_reference"] == ""
    assert fields(page, "/review/cases")["known_donor"] == ""


def test_the_page_speaks_german(web: httpx.Client, cora: Actor) -> None:
    """The form, the notice and the reasons."""
    web.cookies.set("language", "de")
    page = web.get(CASE).text
    assert "Warum Sie es sehen müssen" in page
    assert "Zum Vergleich mit einem Brief oder mit Unterlagen" in page
    answer = post(
        web, cora, f"{CASE}/identities", reason="compare", own="Herr Schmidt rief an, 030 12345"
    )
    assert "Ihre eigenen Worte wurden nicht aufbewahrt" in answer.text
    web.cookies.delete("language")
