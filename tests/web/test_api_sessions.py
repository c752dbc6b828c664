"""Sign-in, sessions, forgery: what holds for every page of the service."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.actions import Desk
from service.actions.access import OPERATOR, make_sign_in_link
from service.app import create_app
from service.web.security import cookie_name, set_session_cookie, signed_in, verify_csrf
from tests.factories import add, make_desk
from tests.integration.server import served

#: Pages without a session: the way to the queue, signing in, and what probes ask; the figures
#: have a token of their own (test_api_metrics).
OPEN = {
    "/language",
    "/",
    "/sign-in",
    "/sign-in/{token}",
    "/sign-in/provider",
    "/sign-in/provider/return",
    "/health/live",
    "/health/ready",
    "/health/metrics",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one proofreader."""
    made = make_desk(tmp_path)
    add(made, "Anna")
    yield made
    made.database.close()


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """The application."""
    return create_app(desk.settings, desk=desk, work=False)


@pytest.fixture
def browser(app: FastAPI) -> Iterator[httpx.Client]:
    """A browser that is not signed in."""
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as made:
        yield made


def link(desk: Desk) -> str:
    """The path of a fresh sign-in link."""
    return "/sign-in/" + make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]


def token_in(page: str) -> str:
    """The forgery token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the application."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
    return found


def dependencies(route: APIRoute) -> set[object]:
    """Everything a route depends on."""
    waiting = [route.dependant]
    found: set[object] = set()
    while waiting:
        one = waiting.pop()
        found.add(one.call)
        waiting += one.dependencies
    return found


def test_every_page_needs_a_session(app: FastAPI) -> None:
    """Unless it is on a short list: a new page cannot forget it."""
    assert len(routes(app)) > 20
    open_routes = {
        route.path
        for route in routes(app)
        if not route.path.startswith("/v1/") and signed_in not in dependencies(route)
    }
    assert open_routes <= OPEN


def test_every_form_is_checked_against_forgery(app: FastAPI) -> None:
    """All but signing in, which has nothing to lose before it, and the language of the pages."""
    unchecked = {
        route.path
        for route in routes(app)
        if not route.path.startswith("/v1/")
        and (route.methods or set()) - {"GET", "HEAD"}
        and verify_csrf not in dependencies(route)
    }
    assert unchecked <= {"/sign-in", "/sign-in/{token}", "/sign-in/provider", "/language"}


def test_a_link_is_used_by_its_button_only(browser: httpx.Client, desk: Desk) -> None:
    """Looking twice, then signing in, then it is spent."""
    path = link(desk)
    for _ in range(2):
        assert browser.get(path).status_code == 200
    answer = browser.post(path)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/review").status_code == 200
    assert browser.post(path).status_code == 403


def test_without_a_session_one_is_asked_to_sign_in(browser: httpx.Client) -> None:
    """Every page leads there, and says nothing else."""
    answer = browser.get("/review")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_form_of_another_site_does_nothing(browser: httpx.Client, desk: Desk) -> None:
    """Neither by origin, nor without the token, nor with a wrong one; our own form does."""
    browser.post(link(desk))
    token = token_in(browser.get("/review").text)
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf_token": "wrong"}, {}),
        ({"csrf_token": token}, {"Origin": "https://evil.example"}),
        ({"csrf_token": token}, {"Origin": "null"}),
        ({"csrf_token": token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf_token": token}, {"Sec-Fetch-Site": "same-site"}),
    ]
    for data, headers in attempts:
        assert browser.post("/sign-out", data=data, headers=headers).status_code == 403
    assert browser.get("/review").status_code == 200
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/sign-out", data={"csrf_token": token}, headers=own).status_code == 200
    assert browser.get("/review").status_code == 303


def test_signing_out_ends_the_session_on_the_server(browser: httpx.Client, desk: Desk) -> None:
    """A copied cookie is worth nothing afterwards."""
    browser.post(link(desk))
    cookie = browser.cookies["session"]
    token = token_in(browser.get("/review").text)
    answer = browser.post("/sign-out", data={"csrf_token": token})
    assert "storage" in answer.headers["clear-site-data"]
    again = browser.get("/review", headers={"Cookie": f"session={cookie}"})
    assert again.status_code == 303


def test_behind_https_the_cookie_is_bound_to_the_host() -> None:
    """`__Host-` and Secure."""
    assert cookie_name(secure=True) == "__Host-session"
    assert set_session_cookie.__doc__


def test_static_files_need_no_session_and_run_nothing(browser: httpx.Client) -> None:
    """They are the same for everybody."""
    answer = browser.get("/static/base.css")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/static/../app.py").status_code == 404
    assert browser.get("/static/%2e%2e/security.py").status_code == 404
