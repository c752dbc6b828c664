"""
Every page, in both languages, light and dark, with everything folded out: axe-core finds nothing.

The list of pages is checked against the table of routes and against the templates: a new page that
nobody walks to fails here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from anonymizer.pipeline import Pipeline
from service.app import create_app
from service.web.language.choice import LANGUAGES
from service.web.permissions import ROUTES
from service.web.problems import HttpProblem
from service.web.review import pages
from service.web.review.errors import _HEADINGS
from service.workflow.people import STAFF_ROLES, Role
from tests.e2e.busy_house import CALM, BusyHouse, busy_house, empty_house
from tests.factories import START, view
from tests.integration.server import served
from tests.web import oidc_server
from tests.web.actors import Actor, House
from tests.web.actors import browser as browser_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_P, _S, _C, _A = Role.PROOFREADER, Role.SENIOR, Role.COORDINATOR, Role.ADMIN
_LETTER = "/review/letters/{letter_id}"

#: Routes that answer with something else than a page, and with what.
NO_PAGES = {
    "/": "goes on to the first place of the person",
    "/review/insight.csv": "a table for a spreadsheet",
    "/review/audit.csv": "a table for a spreadsheet",
    "/review/cases/template": "a table for a spreadsheet",
    f"{_LETTER}/pages/{{number}}": "a picture",
    f"{_LETTER}/pictures/{{number}}/made": "a picture",
}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop of the walk: who opens which route, for which letter, with what behind it."""

    route: str
    role: Role | None = Role.SENIOR
    letter: str = "claimed"
    query: str = ""
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form that is answered with a page; `now` as one about the letter in hand, as it is."""

    route: str
    role: Role | None
    form: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    now: bool = False
    token: bool = True


STOPS = (
    Stop(route="/sign-in", role=None),
    Stop(route="/sign-in/{token}", role=None),
    Stop(route="/sign-in/provider/return", role=None, status=403),
    Stop(route="/review/account"),
    Stop(route="/review/account/keys", role=_P),
    Stop(route="/review/settings", role=_C),
    Stop(route="/review/people", role=_A),
    Stop(route="/review/keys", role=_A),
    *(
        Stop(route="/review", role=_P, query=query)
        for query in (
            "",
            "tab=all",
            "tab=hold",
            "tab=returned",
            "tab=second",
            "tab=senior",
            "tab=mine&said=stale",
        )
    ),
    Stop(route="/review/found", query="ids={letter_id}"),
    Stop(route="/review/found", query="ids=" + "0" * 32),
    Stop(route="/review/insight"),
    *(
        Stop(route=_LETTER, role=_P, letter=letter)
        for letter in (
            *("claimed", "pictured", "hiding", "second", "answer", "sent", "returned", "held"),
            *("language", "rules", "no number", "scan", "received"),
        )
    ),
    *(Stop(route=_LETTER, letter=letter) for letter in ("claimed", "rules", "failed", "held")),
    Stop(route=_LETTER, role=_C, letter="language"),
    Stop(route=_LETTER, role=_C, letter="rules"),
    Stop(route=f"{_LETTER}/final", role=_P),
    Stop(route=f"{_LETTER}/final", role=_P, letter="hiding"),
    Stop(route=f"{_LETTER}/final", role=_P, letter="pictured"),
    Stop(route=f"{_LETTER}/readings", role=_P, letter="second"),
    Stop(route=f"{_LETTER}/return", letter="held"),
    Stop(route=f"{_LETTER}/return", role=_P),
    Stop(route=f"{_LETTER}/notices", letter="returned"),
    Stop(route=f"{_LETTER}/notices", letter="claimed"),
    Stop(route=f"{_LETTER}/transcription", role=_P, letter="scan"),
    Stop(route=f"{_LETTER}/pictures/{{number}}", role=_P, letter="pictured"),
    Stop(route=f"{_LETTER}/audit", letter="sent"),
    Stop(route="/review/new", role=_C),
    Stop(route="/review/allocation", role=_C),
    *(Stop(route="/review/dispatch", role=role) for role in (_S, _C)),
    Stop(route="/review/endpoints"),
    Stop(route="/review/waiting", role=_C),
    *(
        Stop(route="/review/cases", role=_C, query=query)
        for query in ("", "donor=DE&missing=day", "clinic=CL-1&case=C-1", "said=no-case-found")
    ),
    Stop(route="/review/cases/new", role=_C),
    Stop(route="/review/cases/import", role=_C),
    *(Stop(route="/review/cases/{case_id}", role=role) for role in (_S, _C)),
    Stop(route="/review/cases/{case_id}/copies", role=_C),
    Stop(route="/review/audit"),
    *(
        Stop(route="/review/audit", role=Role.AUDITOR, query=query)
        for query in ("", "action=letter.opened&letter={letter_id}", "case=C-1", "case=C-0")
    ),
)

TRIED = {"sentence": CALM, "words": "small thing", "use": "person", "language": "en"}
FORMS = (
    Sent(route="/review/account", role=_S, form={"password": "short"}, status=422),
    Sent(route="/review/people", role=_A, form={"name": "", "roles": "senior"}, status=422),
    Sent(route="/review/people", role=_A, form={"name": "Newcomer {number}", "roles": "senior"}),
    Sent(route="/review/keys", role=_A, form={"client": "", "scopes": "letters:write"}, status=422),
    Sent(route="/review/keys", role=_A, form={"client": "new", "scopes": "letters:write"}),
    Sent(route="/review/cases", role=_C, form={"case_id": "N-1", "donor_number": "1"}, status=422),
    Sent(route="/review/cases/C-1/identities", role=_C, form={"reason": ""}, status=422),
    Sent(route="/review/cases/C-1/identities", role=_C, form={"reason": "compare"}),
    Sent(route="/review/new", role=_C, form={"text": ""}, status=422),
    Sent(route="/review/endpoints", role=_S, form={"recipient": "donor-centre-PL"}, status=403),
    Sent(route="/review/allocation/find", role=_C, form={"find": "C-1"}),
    Sent(route="/review/settings/find", role=_C, form={"find": "oldtown"}),
    Sent(route="/review/settings/try", role=_C, form=TRIED),
    Sent(route=f"{_LETTER}/decide", role=_P, form={"step": "keep", "own_reason": "x"}, now=True),
    Sent(route=f"{_LETTER}/notes", role=_P, form={"text": CALM}, status=403, token=False),
    Sent(route="/sign-in", role=None, form={"name": "x", "password": "y", "code": "1"}, status=403),
    Sent(route="/sign-in/{token}", role=None, status=403),
    Sent(route="/sign-in/provider", role=None),
)

#: Everything that is folded away, and every dialog.
_UNFOLD = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
  return folded.length;
}"""
_DIALOGS = "() => [...document.querySelectorAll('dialog')].map(one => one.id)"
_AXE = "([where, options]) => axe.run(where ?? document, {resultTypes: ['violations'], ...options})"
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_SUBMIT = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


@dataclass(kw_only=True)
class Walk:
    """A browser of somebody, and everything that axe-core had to say on the way."""

    page: Page
    site: str
    language: str
    found: dict[str, list[str]] = field(default_factory=dict)

    def look(self, name: str) -> None:
        """Examine the page as it is now: with all unfolded, with each dialog, light and dark."""
        assert self.page.evaluate("document.documentElement.lang").startswith(self.language)
        self.page.evaluate(AXE_SCRIPT)
        # what is folded is only hidden: unfolded the page has everything that it has folded
        self.page.evaluate(_UNFOLD)
        self._both(name)
        for dialog in self.page.evaluate(_DIALOGS):
            self.page.evaluate("id => document.getElementById(id).showModal()", dialog)
            self._both(f"{name}, #{dialog}", where=f"#{dialog}")
            self.page.evaluate("id => document.getElementById(id).close()", dialog)

    def _both(self, name: str, *, where: str | None = None) -> None:
        self.page.emulate_media(color_scheme="light")
        self._run(name, where, {})
        self.page.emulate_media(color_scheme="dark")
        self._run(f"{name}, dark", where, _COLOURS)

    def _run(self, name: str, where: str | None, options: Mapping[str, Any]) -> None:
        violations = self.page.evaluate(_AXE, [where, options])["violations"]
        if violations:
            self.found[name] = [
                f"{one['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][:200]}"
                for one in violations
                for node in one["nodes"][:3]
            ]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyHouse]:
    """A house in which everything has happened."""
    with (
        oidc_server.running(START.timestamp) as provider,
        busy_house(tmp_path_factory.mktemp("busy"), Pipeline.load(), provider) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which nothing has happened yet."""
    with empty_house(tmp_path_factory.mktemp("empty")) as made:
        yield made


@pytest.fixture(scope="module")
def site(busy: BusyHouse) -> Iterator[str]:
    """The application, with one route more, which fails in every way there is."""
    app = busy.house.app

    @app.get("/failing/{status}")
    def fail(status: int) -> None:
        raise HttpProblem(status, "There is something that cannot be done.")

    with served(app) as url:
        yield url


def enter(browser: Browser, site: str, actor: Actor | None, language: str) -> Walk:
    """A browser of this person, with this language chosen."""
    context = browser.new_context(reduced_motion="reduce")
    cookies = {"language": language, **(actor.cookies if actor else {})}
    context.add_cookies([{"name": n, "value": v, "url": site} for n, v in cookies.items()])
    # the page that goes on to the identity provider stays to be looked at
    context.route(lambda url: not url.startswith(site), lambda route: route.fulfill(status=204))
    return Walk(page=context.new_page(), site=site, language=language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
def test_no_page_has_a_violation(
    busy: BusyHouse, site: str, browser: Browser, role: Role | None, language: str
) -> None:
    """Pages with letters and people on them, and the pages that answer a form."""
    actor = busy.house.staff[role] if role else None
    walk = enter(browser, site, actor, language)
    for stop in STOPS:
        if stop.role is role:
            path = path_of(busy, stop)
            answer = walk.page.goto(site + path)
            assert answer is not None
            assert answer.status == stop.status, path
            assert walk.page.url == site + path
            walk.look(f"{stop.route}?{stop.query} {stop.letter}")
    for number, sent in enumerate(FORMS):
        if sent.role is role:
            _send(walk, busy, sent, f"{language}{number}")
    walk.page.context.close()
    assert walk.found == {}


def path_of(busy: BusyHouse, stop: Stop) -> str:
    """Where the stop is in this house."""
    letter_id = busy.letters[stop.letter]
    query = f"?{stop.query}" if stop.query else ""
    return (stop.route + query).format(
        letter_id=letter_id, case_id="C-1", number=1, token=busy.sign_in_token
    )


def _headers(busy: BusyHouse, role: Role | None) -> dict[str, str]:
    return {"Cookie": f"session={busy.house.staff[role].cookies['session']}"} if role else {}


def _fields(busy: BusyHouse, sent: Sent, number: str) -> dict[str, str]:
    form = {name: value.format(number=number) for name, value in sent.form.items()}
    if sent.role and sent.token:
        form["csrf_token"] = busy.house.staff[sent.role].csrf
    if sent.now:
        senior = busy.house.staff[Role.SENIOR].person
        assert senior is not None
        shown = view(busy.house.desk, senior, busy.house.letter_id)
        form |= {"version": str(shown.version), "finding": shown.findings[0].finding_id}
    return form


def _action(busy: BusyHouse, sent: Sent) -> str:
    return sent.route.format(token="no-such-token", letter_id=busy.house.letter_id)


def _send(walk: Walk, busy: BusyHouse, sent: Sent, number: str) -> None:
    path = _action(busy, sent)
    walk.page.goto(f"{walk.site}/sign-in")
    with walk.page.expect_navigation() as navigation:
        walk.page.evaluate(_SUBMIT, [path, _fields(busy, sent, number)])
    assert navigation.value is not None
    assert navigation.value.status == sent.status, sent.route
    walk.look(f"POST {sent.route} {sorted(sent.form)}")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_error_has_a_violation(
    busy: BusyHouse, site: str, browser: Browser, language: str
) -> None:
    """Every heading that an error can have, and one status that has none of its own."""
    walk = enter(browser, site, busy.house.staff[_S], language)
    for status in (*_HEADINGS, 503):
        answer = walk.page.goto(f"{site}/failing/{status}")
        assert answer is not None
        assert answer.status == status
        walk.look(f"error {status}")
    walk.page.context.close()
    assert walk.found == {}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_no_empty_page_has_a_violation(
    empty: House, browser: Browser, role: Role, language: str
) -> None:
    """Nothing in the queue, nobody waiting, no case found."""
    routes = [stop for stop in STOPS if stop.role is role and "{" not in stop.route + stop.query]
    with served(create_app(empty.desk.settings, desk=empty.desk, work=False)) as site:
        walk = enter(browser, site, empty.staff[role], language)
        for stop in routes:
            query = f"?{stop.query}" if stop.query else ""
            walk.page.goto(f"{site}{stop.route}{query}")
            walk.look(f"empty {stop.route}{query}")
        walk.page.context.close()
    assert walk.found == {}


def test_the_walk_leads_to_every_page() -> None:
    """Whoever adds a page adds a stop, or says what it is instead of a page."""
    shown = {
        path
        for method, path in ROUTES
        if method == "GET" and not path.startswith(("/v1/", "/health/", "/metrics"))
    }
    assert {stop.route for stop in STOPS} == shown - set(NO_PAGES)
    assert set(NO_PAGES) <= shown


def test_the_walk_uses_every_template(busy: BusyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that only a form leads to, and parts of pages that only some letters show."""
    names: set[str] = set()
    original = pages.ENVIRONMENT.get_template

    def noting(name: Any, *arguments: Any, **options: Any) -> Any:
        names.add(str(name))
        return original(name, *arguments, **options)

    monkeypatch.setattr(pages.ENVIRONMENT, "get_template", noting)
    with browser_of(busy.house.app) as web:
        for stop in STOPS:
            web.get(path_of(busy, stop), headers=_headers(busy, stop.role))
        for sent in FORMS:
            path = _action(busy, sent)
            web.post(path, data=_fields(busy, sent, "t"), headers=_headers(busy, sent.role))
        web.get("/review/letters/" + "0" * 32, headers=_headers(busy, _S))
    folder = pages._TEMPLATES
    assert names == {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}


def test_a_violation_would_be_seen(busy: BusyHouse, site: str, browser: Browser) -> None:
    """So that the walk does not pass because nobody looks, in the dark neither."""
    walk = enter(browser, site, busy.house.staff[_S], "en")
    walk.page.goto(f"{site}/review/audit")
    walk.page.evaluate(
        """() => {
          const box = document.createElement("input");
          const faint = document.createElement("p");
          faint.textContent = "hardly to be read";
          faint.style.color = "light-dark(#fff, #333)";
          document.querySelector("main").append(box, faint);
        }"""
    )
    walk.look("made worse")
    seen = str(walk.found)
    assert "label: " in seen
    assert {"made worse", "made worse, dark"} <= set(walk.found)
    walk.page.context.close()
