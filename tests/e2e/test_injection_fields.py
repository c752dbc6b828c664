"""
Script injection, field by field: every field of every form and every address that takes words.

Generated from the routes of the application: a field that somebody adds is tried without anybody
thinking of it. The tries are sent by a real browser, which shows the answers; afterwards every page
of the house is shown, by everybody who may open it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Browser

from anonymizer.pipeline import Pipeline
from service import actions
from service.web.permissions import OPEN, ROUTES, routes_of
from service.workflow.people import TABLE, Permission, Person, Role
from tests.e2e.busy_house import (
    CALM,
    CASE_TO_RELEASE,
    GERMAN,
    NEAR_NUMBER,
    RULES_NUMBER,
    BusyHouse,
    busy_house,
    drafted_letter,
    take_in_hand,
)
from tests.e2e.test_accessibility import NO_PAGES, STOPS, Stop, path_of
from tests.e2e.test_files import poor_scan
from tests.e2e.test_injection import TRIES, Watched, watch
from tests.factories import NUMBER, OTHER_NUMBER, START
from tests.integration.server import served
from tests.web import oidc_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_LETTER = "/review/letters/{letter_id}"
_ROLES = (Role.COORDINATOR, Role.SENIOR, Role.ADMIN, Role.PROOFREADER, Role.AUDITOR)
_NUMBERS = count(1)

#: What a form needs besides the field that is tried.
ALWAYS = {"reason": "x", "own": "", "text": "Dear friend, thank you.", "name": "Somebody"}
FORMS: dict[str, dict[str, str]] = {
    f"{_LETTER}/decide": {"step": "keep", "own_reason": "x", "reason": ""},
    f"{_LETTER}/mark": {"words": "friend", "kind": "PERSON"},
    f"{_LETTER}/return": {
        "kind": "returned_content",
        "language": "en",
        "of_kind": "returned_content",
        "of_language": "en",
        "own": "x",
    },
    f"{_LETTER}/pictures/{{number}}/make": {"sort": "photo"},
    "/review/people": {"roles": "proofreader"},
    "/review/keys": {"client": "somebody", "scopes": "letters:write", "days": "9"},
    "/review/endpoints": {"recipient": "donor-centre-PL", "kind": "folder"},
    "/review/allocation/{letter_id}": {"case_id": "C-1", "direction": "donor_to_patient"},
    "/review/cases": {
        "version": "0",
        "donor_number": NEAR_NUMBER,
        "donor_country": "DE",
        "patient_country": "US",
        "clinic_id": "CL-1",
        "clinic_name": "First Clinic",
    },
    "/review/new": {"cover_number": NUMBER, "direction": "donor_to_patient"},
}
#: Steps that a letter takes once: each try needs a letter of its own.
ONCE: dict[str, tuple[str | bytes, str, bool]] = {
    f"{_LETTER}/hold": (CALM, NUMBER, True),
    f"{_LETTER}/senior": (CALM, NUMBER, True),
    f"{_LETTER}/return": (CALM, NUMBER, True),
    f"{_LETTER}/language": (GERMAN, OTHER_NUMBER, False),
    f"{_LETTER}/translation": (GERMAN, OTHER_NUMBER, False),
    f"{_LETTER}/rules/release": (CALM, RULES_NUMBER, False),
    f"{_LETTER}/transcription": (poor_scan(), NUMBER, False),
    f"{_LETTER}/transcription/note": (poor_scan(), NUMBER, False),
    "/review/allocation/{letter_id}": (CALM, "", False),
}
#: Whose letter a step is tried on, where it is not the one in hand.
LETTERS = {"pictures": "pictured", "readings": "second", "notices": "returned", "rules": "rules"}
#: Fields whose words must have been seen somewhere: it is not enough that they were refused.
SHOWN = {
    (f"{_LETTER}/notes", "text"),
    (f"{_LETTER}/decide", "own_reason"),
    (f"{_LETTER}/hold", "own"),
    (f"{_LETTER}/senior", "own"),
    (f"{_LETTER}/return", "text"),
    (f"{_LETTER}/transcription", "text"),
    (f"{_LETTER}/transcription/note", "note"),
    (f"{_LETTER}/translation", "text"),
    ("/review/allocation/{letter_id}", "own"),
    ("/review/cases/{case_id}/release/propose", "reason"),
    ("/review/cases", "clinic_name"),
    ("/review/new", "text"),
    ("/review/people", "name"),
    ("/review/keys", "client"),
}
#: Read from the address without being declared.
RAW = (
    ("/review", "said"),
    *(("/sign-in/provider/return", name) for name in ("state", "code", "iss", "error")),
)

_SUBMIT = """([path, fields]) => {
  const form = document.getElementById("probe");
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const box = document.createElement("textarea");
    [box.name, box.value] = [name, value];
    form.append(box);
  }
  form.submit();
}"""
_FORM = """name => {
  const form = document.createElement("form");
  [form.id, form.method, form.enctype] = ["probe", "post", "multipart/form-data"];
  if (name) {
    const file = document.createElement("input");
    [file.type, file.name, file.id] = ["file", name, "probe-file"];
    form.append(file);
  }
  document.body.append(form);
}"""


@dataclass(frozen=True, kw_only=True)
class Try:
    """A try in one field of one route; without the token, as after the end of a session."""

    path: str
    name: str
    words: str
    tag: str
    is_file: bool
    token: bool


def fields_of(route: APIRoute, *, query: bool = False) -> Iterator[tuple[str, bool]]:
    """Every field of the form (or of the address) of a route, and whether it is a file."""
    waiting: list[Any] = [route.dependant]
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        for parameter in one.query_params if query else one.body_params:
            yield parameter.alias, "UploadFile" in str(parameter.field_info.annotation)


def page_routes(app: FastAPI, method: str) -> Iterator[APIRoute]:
    """The routes of the pages with this method."""
    for route in routes_of(app.routes):
        if method in (route.methods or ()) and not route.path.startswith(("/v1", "/health")):
            yield route


def tries(app: FastAPI, method: str) -> tuple[Try, ...]:
    """
    Tries for every field of every route, and in forms about letters one more without the token.

    The tag tells later where it came from.
    """
    words = cycle(TRIES[::7])
    return tuple(
        Try(
            path=route.path,
            name=name,
            words=next(words),
            tag=f"tag{next(_NUMBERS)}x",
            is_file=is_file,
            token=token,
        )
        for route in page_routes(app, method)
        for name, is_file in fields_of(route, query=method == "GET")
        for token in _tokens(method, route, name, is_file=is_file)
    )


def _tokens(method: str, route: APIRoute, name: str, *, is_file: bool) -> tuple[bool, ...]:
    """One try, three where words stay and are shown; a form about a letter comes back when old."""
    tokens = (True,) * (3 if (route.path, name) in SHOWN else 1)
    comes_back = method == "POST" and "{letter_id}" in route.path and not is_file
    return (*tokens, False) if comes_back else tokens


@dataclass(kw_only=True)
class Attack:
    """A house, a browser for each role, and what was seen of the tries."""

    busy: BusyHouse
    site: str
    browser: Browser
    seats: dict[Role | None, Watched] = field(default_factory=dict)
    seen: str = ""
    letters: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)

    def seat(self, role: Role | None) -> Watched:
        """The browser of this role."""
        if role not in self.seats:
            context = self.browser.new_context()
            if role:
                cookie = self.busy.house.staff[role].cookies["session"]
                context.add_cookies([{"name": "session", "value": cookie, "url": self.site}])
            self.seats[role] = Watched(page=context.new_page())
            watch(self.seats[role], self.site)
        return self.seats[role]

    def look(self, role: Role | None, path: str) -> None:
        """Open a page and keep what it says."""
        seat = self.seat(role)
        seat.go(self.site + path)
        self.seen += seat.page.content()

    def send(self, one: Try) -> None:
        """Send a form with the try in it, as a person who may send it."""
        role = role_for(one.path)
        page, form = self.seat(role).page, self._form(one, role)
        if not one.token:
            del form["csrf_token"]
        # the lightest of our answers: the form must come from here
        page.goto(f"{self.site}/health/live")
        page.evaluate(_FORM, one.name if one.is_file else None)
        if one.is_file:
            file = {"name": one.words[:80], "mimeType": "text/plain", "buffer": one.words.encode()}
            page.set_input_files("#probe-file", file)  # type: ignore[arg-type]  # as documented
        else:
            form[one.name] = f"{one.words} {one.tag}"
        path = self._place(one.path)
        with page.expect_navigation():
            page.evaluate(_SUBMIT, [path, form])
        if page.evaluate("window.hit"):
            self.seat(role).trouble.append(f"a script ran after {one.path}")
        self.seen += page.content()

    def _form(self, one: Try, role: Role | None) -> dict[str, str]:
        """A whole form, so that only the try can be what is refused."""
        form = {**ALWAYS, "case_id": f"N-{one.tag}", **FORMS.get(one.path, {})}
        # a form with a file takes no text beside it
        form |= {"text": ""} if one.is_file else {}
        form["csrf_token"] = self.busy.house.staff[role].csrf if role else ""
        if "{case_id}" in one.path:
            case = actions.open_case(self.busy.house.desk, self._senior, case_id=CASE_TO_RELEASE)
            form["version"] = str(case.version)
        if "{letter_id}" in one.path:
            letter_id = self._letter(one)
            self.letters.append(letter_id)
            self.returned += [letter_id] if one.path.endswith("/return") else []
            shown = actions.open_letter(self.busy.house.desk, self._senior, letter_id=letter_id)
            # another passage each time: one that was decided is not decided again
            findings = [finding.finding_id for finding in shown.findings] or [""]
            form["finding"] = findings[len(self.letters) % len(findings)]
            form["seal"] = shown.exchange.seal if shown.exchange else ""
            form["version"] = str(shown.version)
        return form

    def _letter(self, one: Try) -> str:
        """The letter to try it on: a new one where the step can be taken once only."""
        desk, letters = self.busy.house.desk, self.busy.letters
        if one.path in ONCE and one.token:
            content, number, claim = ONCE[one.path]
            letter_id = drafted_letter(desk, content, number)
            proofreader = self.busy.house.staff[Role.PROOFREADER].person
            if claim and proofreader:
                take_in_hand(desk, proofreader, letter_id)
            return letter_id
        part = one.path.removeprefix(_LETTER).strip("/").partition("/")[0]
        return letters[LETTERS.get(part, "claimed")]

    def _place(self, path: str) -> str:
        letter_id = self.letters[-1] if self.letters else ""
        places = {"letter_id": letter_id, "number": "1", "person_id": self.busy.somebody_id}
        return path.format_map(_Anything(places, case_id=CASE_TO_RELEASE))

    @property
    def _senior(self) -> Person:
        person = self.busy.house.staff[Role.SENIOR].person
        assert person is not None
        return person


class _Anything(dict[str, str]):
    """Whatever else is in an address names nothing that there is."""

    def __missing__(self, key: str) -> str:
        """An id of the usual length."""
        return "0" * 32


def role_for(path: str, method: str = "POST") -> Role | None:
    """Somebody who may ask this; letters are in the hands of the proofreader."""
    need = ROUTES[(method, path)]
    if need is OPEN:
        return None
    if not isinstance(need, Permission):
        return Role.AUDITOR
    if need is Permission.REVIEW or (path in ONCE and ONCE[path][2]):
        return Role.PROOFREADER
    return next(role for role in _ROLES if role in TABLE[need])


@pytest.fixture(scope="module")
def attack(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[tuple[Attack, tuple[Try, ...]]]:
    """The house after every try was sent and every page was shown."""
    with (
        oidc_server.running(START.timestamp) as provider,
        busy_house(tmp_path_factory.mktemp("fields"), Pipeline.load(), provider) as busy,
        served(busy.house.app) as site,
    ):
        made = Attack(busy=busy, site=site, browser=browser)
        sent = tries(busy.house.app, "POST")
        for one in sent:
            made.send(one)
        yield made, sent


def test_there_are_enough_tries(attack: tuple[Attack, tuple[Try, ...]]) -> None:
    """At least 200, in at least 100 fields."""
    _, sent = attack
    assert len(sent) >= 200
    assert len({(one.path, one.name) for one in sent}) >= 100


def test_no_try_in_a_field_of_a_form_runs(attack: tuple[Attack, tuple[Try, ...]]) -> None:
    """Neither in the answer nor on any page that is shown afterwards."""
    made, sent = attack
    for stop in STOPS:
        made.look(stop.role, path_of(made.busy, stop))
    for letter_id in dict.fromkeys(made.letters):
        made.look(Role.SENIOR, f"/review/letters/{letter_id}")
    for letter_id in made.returned:
        made.look(Role.SENIOR, f"/review/letters/{letter_id}/notices")
    assert {role: seat.trouble for role, seat in made.seats.items() if seat.trouble} == {}
    shown = {(one.path, one.name) for one in sent if one.tag in made.seen}
    assert sorted(SHOWN - shown) == []


def test_no_try_in_an_address_runs(attack: tuple[Attack, tuple[Try, ...]]) -> None:
    """Whatever an address may ask for: searches, filters, notices, and what a provider says."""
    made, _ = attack
    # a table or a picture is no page that could run anything, and a browser does not show it
    addresses = [one for one in tries(made.busy.house.app, "GET") if one.path not in NO_PAGES]
    named = [(one.path, one.name, one.words) for one in addresses]
    for path, name, words in (*named, *((*raw, words) for raw in RAW for words in TRIES[::40])):
        place = path_of(made.busy, Stop(route=path))
        made.look(role_for(path, "GET"), f"{place}?{name}={quote(words, safe='')}")
    assert {role: seat.trouble for role, seat in made.seats.items() if seat.trouble} == {}
