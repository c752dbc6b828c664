"""Figures for the monitoring: behind a token, honest about whose they are, and without anybody."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text as sql

from anonymizer.model import Stage
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.actions.drafting import take_letter
from service.actions.figures import MONITORING, OUTCOMES, WORK_EVENTS, Outcomes, figures
from service.actions.leasing import enter, take_from_everybody
from service.actions.sending import pause_sending
from service.app import create_app
from service.store.letters import count_by_state
from service.vault.tokenfile import BadToken
from service.web.permissions import ROUTES
from service.workflow.errors import NotAllowed
from service.workflow.people import Permission, Role, may
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    NUMBER,
    add,
    approved,
    bring_in,
    clock_of,
    drafted,
    make_desk,
    work_all,
)
from tests.integration.server import served

TOKEN = "monitoring-token-of-forty-characters-0001"
MARK = "Quincampoix"
PATH = "/health/metrics"
_STATES = {state.value for state in LetterState}
#: What a label may hold: closed lists, and the templates of routes.
ALLOWED = {
    "state": _STATES,
    "stage": {stage.value for stage in Stage},
    "work": {"draft", "dispatch", "exchange", "webhook"},
    "turn": {"due", "later", "taken"},
    "outcome": set(OUTCOMES),
    "event": set(WORK_EVENTS),
    "method": {"GET", "HEAD", "POST", "other"},
    "status": {"none", "1xx", "2xx", "3xx", "4xx", "5xx"},
    "route": {path for _, path in ROUTES} | {"unknown"},
}


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """The token of the monitoring."""
    path = tmp_path / "monitoring.token"
    path.write_text(f"{TOKEN}\n", "utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def desk(tmp_path: Path, token_file: Path) -> Iterator[Desk]:
    """A desk whose monitoring has a token."""
    made = make_desk(tmp_path / "data", metrics_token_file=token_file, api_rate="3/minute")
    yield made
    made.database.close()


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    """The application, asked by the monitoring."""
    with (
        served(create_app(desk.settings, desk=desk, work=False)) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as made,
    ):
        yield made


def samples(told: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every figure by name and labels, read by the library's own parser."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def figure(told: str, name: str, **labels: str) -> float:
    """One figure."""
    return samples(told)[name, tuple(sorted(labels.items()))]


def test_without_a_token_on_the_site_there_are_no_figures(tmp_path: Path) -> None:
    """For nobody, whatever they show; the answer is that of an address that does not exist."""
    desk = make_desk(tmp_path)
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        for shown in ({}, {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer None"}):
            answer = httpx.get(f"{url}{PATH}", headers=shown)
            assert answer.status_code == 404
            assert "letters_" not in answer.text
    desk.database.close()


@pytest.mark.parametrize("shown", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer \xe4", "Basic"])
def test_another_token_opens_nothing(web: httpx.Client, shown: str) -> None:
    """Nor an empty one, nor the right one said wrongly."""
    answer = web.get(PATH, headers={b"Authorization": shown.encode("latin-1")})
    assert answer.status_code == 401
    assert "letters_" not in answer.text


def test_no_session_and_no_api_key_opens_the_figures(desk: Desk, web: httpx.Client) -> None:
    """They are for the monitoring, and its token opens nothing else."""
    key = add_key(desk, OPERATOR, client="registry")
    assert web.get(PATH, headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert web.get("/v1/openapi.json").status_code == 401
    assert web.get("/review").status_code == 303
    for permission in Permission:
        assert may(MONITORING, permission) == (permission is Permission.SEE_FIGURES)
    for role in set(Role) - {Role.MONITORING}:
        with pytest.raises(NotAllowed):
            figures(desk, replace(MONITORING, roles=frozenset({role})), Outcomes())


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        ("short", 0o600, "32 characters"),
        (f"{TOKEN} {TOKEN}", 0o600, "one word"),
        (TOKEN, 0o640, "chmod 600"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_token_that_is_no_secret_stops_the_start(
    tmp_path: Path, desk: Desk, content: str | None, mode: int, why: str
) -> None:
    """With the remedy, and without the token."""
    path = tmp_path / "bad.token"
    if content is not None:
        path.write_text(content, "utf-8")
        path.chmod(mode)
    settings = desk.settings.model_copy(update={"metrics_token_file": path})
    with pytest.raises(BadToken, match=why) as refused:
        create_app(settings, desk=replace(desk, settings=settings), work=False)
    assert TOKEN not in str(refused.value)


def test_figures_say_how_many_letters_are_where_and_since_when(
    desk: Desk, web: httpx.Client
) -> None:
    """By state; the oldest by its age in that state, whatever the label none has is 0."""
    drafted(desk)
    bring_in(desk)
    bring_in(desk, "FAULT", cover_number=NUMBER)
    clock_of(desk).forward(hours=2)
    bring_in(desk)
    told = web.get(PATH).text
    assert figure(told, "letters_site_letters", state="received") == 3
    assert figure(told, "letters_site_letters", state="ready") == 1
    assert figure(told, "letters_site_letters", state="dispatched") == 0
    assert figure(told, "letters_site_oldest_seconds", state="received") == 7200
    assert figure(told, "letters_site_work", work="draft", turn="due") == 3
    work_all(desk)
    told = web.get(PATH).text
    assert figure(told, "letters_site_work", work="draft", turn="due") == 0
    assert figure(told, "letters_site_letters", state="held_fault") == 1
    assert figure(told, "letters_site_held", stage="detection") == 1
    with desk.database.reading() as connection:
        total = sum(count_by_state(connection).values())
    shown = (value for (name, _), value in samples(told).items() if name == "letters_site_letters")
    assert sum(shown) == total


def test_figures_say_what_became_of_dispatches(desk: Desk, web: httpx.Client) -> None:
    """Counted from the trail, whichever process sent them; each look adds what is new."""
    anna = add(desk, "Anna")
    for count in (1, 2):
        approved(desk, anna)
        work_all(desk)
        told = web.get(PATH).text
        assert figure(told, "letters_site_dispatches_total", outcome="sent") == count
    assert figure(told, "letters_site_dispatches_total", outcome="failed") == 0
    assert figure(told, "letters_site_dispatch_paused") == 0
    pause_sending(desk, OPERATOR)
    assert figure(web.get(PATH).text, "letters_site_dispatch_paused") == 1


def test_figures_say_what_befell_work(desk: Desk, web: httpx.Client) -> None:
    """Tries, failures, and letters that were taken back from a worker that died."""
    approved(desk, add(desk, "Anna"))
    bring_in(desk, "BUG", cover_number=NUMBER)
    work_all(desk)
    bring_in(desk)
    take_letter(desk, enter(desk))
    take_from_everybody(desk)
    told = web.get(PATH).text
    tried = figure(told, "letters_site_work_events_total", event="draft_tried")
    assert tried >= 3
    assert figure(told, "letters_site_work_events_total", event="draft_failed") >= 1
    assert figure(told, "letters_site_work_events_total", event="dispatch_tried") == 1
    assert figure(told, "letters_site_work_events_total", event="taken_back") == 1
    work_all(desk)
    told = web.get(PATH).text
    assert figure(told, "letters_site_work_events_total", event="draft_tried") == tried + 1


def test_what_the_gate_blocks_is_a_refused_dispatch(desk: Desk, web: httpx.Client) -> None:
    """Whatever differs between approval and sending; nothing leaves."""
    letter_id = approved(desk, add(desk, "Anna"))
    with desk.database.writing() as tx:
        change = sql("UPDATE approvals SET digest = 'other' WHERE letter_id = :id")
        tx.connection.execute(change, {"id": letter_id})
    work_all(desk)
    told = web.get(PATH).text
    assert figure(told, "letters_site_dispatches_total", outcome="refused") == 1
    assert figure(told, "letters_site_dispatches_total", outcome="sent") == 0


def test_a_figure_of_beats_moves_while_a_worker_lives(desk: Desk, web: httpx.Client) -> None:
    """One that stands still is what the alert looks for."""
    work_all(desk)
    assert figure(web.get(PATH).text, "letters_site_workers") == 1
    before = figure(web.get(PATH).text, "letters_site_worker_beats")
    with desk.database.writing() as tx:
        tx.connection.execute(sql("UPDATE workers SET beat = beat + 1"))
    assert figure(web.get(PATH).text, "letters_site_worker_beats") == before + 1


def test_requests_are_measured_by_the_template_of_their_route(
    desk: Desk, web: httpx.Client
) -> None:
    """Never by their address, their method's own word, or what stands in either."""
    web.get(f"/review/letters/{MARK}")
    web.get(f"/{MARK}?name={MARK}")
    web.request(MARK.upper(), "/review")
    told = web.get(PATH).text
    name = "letters_process_request_seconds_count"
    route = "/review/letters/{letter_id}"
    assert figure(told, name, method="GET", route=route, status="3xx") == 1
    assert figure(told, name, method="GET", route="unknown", status="4xx") == 1
    assert MARK.lower() not in told.lower()
    del desk


def test_refusals_because_of_a_rate_are_counted(desk: Desk, web: httpx.Client) -> None:
    """By route, not by who was refused."""
    key = add_key(desk, OPERATOR, client="registry")
    for _ in range(5):
        web.get("/v1/openapi.json", headers={"Authorization": f"Bearer {key}"})
    told = web.get(PATH).text
    assert figure(told, "letters_process_refused_too_often_total", route="/v1/openapi.json") == 2


def test_no_label_and_no_help_holds_anything_of_anybody(desk: Desk, web: httpx.Client) -> None:
    """After letters walked every way, labels are words of closed lists and nothing else."""
    anna = add(desk, MARK)
    add_key(desk, OPERATOR, client=MARK)
    letter_id = approved(desk, anna, f"{MARK} {LETTER}")
    for extra in ("GERMAN", "FAULT", "LEAK", "BUG"):
        bring_in(desk, f"{extra} {MARK} {LETTER}")
    work_all(desk)
    web.get(f"/review/letters/{letter_id}")
    told = web.get(PATH).text
    for name, labels in samples(told):
        for label, value in labels:
            if label == "le":
                assert re.fullmatch(r"[0-9.]+|\+Inf", value)
            else:
                assert value in ALLOWED[label], (name, label, value)
    for secret in (MARK, letter_id, NUMBER, "C-1", "CL-1", "Clinic", "Anna", str(anna.person_id)):
        assert secret not in told


def test_each_process_counts_its_own_requests_and_tells_the_same_of_the_site(
    desk: Desk, web: httpx.Client
) -> None:
    """Requests may be added up over processes, figures of the site may not: the names say which."""
    bring_in(desk)
    web.get("/sign-in")
    name = "letters_process_request_seconds_count"
    labels = {"method": "GET", "route": "/sign-in", "status": "2xx"}
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        other = httpx.get(f"{url}{PATH}", headers=web.headers).text
    ours = web.get(PATH).text
    assert figure(ours, name, **labels) == 1
    assert (name, tuple(sorted(labels.items()))) not in samples(other)
    same = {key: value for key, value in samples(ours).items() if key[0] == "letters_site_letters"}
    assert same.items() <= samples(other).items()
    assert all(
        key[0].startswith(("letters_site_", "letters_machine_", "letters_process_"))
        for key in samples(ours)
    ), "a figure must say whose it is"


def test_without_its_database_a_process_still_tells_of_itself(
    desk: Desk, web: httpx.Client
) -> None:
    """And says that it cannot tell of the site, rather than giving old figures."""
    with desk.database.writing() as tx:
        tx.connection.execute(sql("ALTER TABLE letters RENAME TO elsewhere"))
    told = web.get(PATH).text
    assert figure(told, "letters_site_database_up") == 0
    assert "letters_site_letters{" not in told
    assert figure(told, "letters_process_pipeline_ready") == 1


def test_the_machine_is_measured_too(desk: Desk, web: httpx.Client) -> None:
    """Room on the disk, the database's size, the trail and its note."""
    told = web.get(PATH).text
    for name in ("machine_disk_free_bytes", "site_database_bytes", "site_audit_events_total"):
        assert figure(told, f"letters_{name}") > 0
    assert "letters_machine_audit_anchor_age_seconds " not in told
    assert "letters_site_database_free_bytes " not in told
    assert figure(told, "letters_process_resident_memory_bytes") > 0
    del desk
