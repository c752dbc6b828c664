"""Cross-site requests against a signed-in person: generated, at least 200, and none may succeed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import httpx
import pytest

from service import actions
from service.web.permissions import OPEN, ROUTES
from service.workflow.people import Role
from tests.factories import version_of
from tests.web.actors import Actor, House, browser, house

FORMS = [
    path for (method, path), need in sorted(ROUTES.items()) if method == "POST" and need is not OPEN
]
PAGES_FORMS = [path for path in FORMS if not path.startswith("/v1")]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What another site makes the victim's browser send; the cookie is assumed to go along."""

    name: str
    token: str
    """The forgery token: right, wrong, of another session, or none."""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = "form"


ATTACKS = (
    Attack(name="a form without a token", token="none"),
    Attack(name="a form with a made-up token", token="wrong"),
    Attack(name="the attacker's own token", token="other"),
    Attack(
        name="a stolen token from another site",
        token="right",
        headers=(("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")),
    ),
    Attack(
        name="a stolen token from a sister site",
        token="right",
        headers=(("Sec-Fetch-Site", "same-site"),),
    ),
    Attack(name="an old browser", token="right", headers=(("Origin", "https://evil.example"),)),
    Attack(name="a sandboxed frame", token="right", headers=(("Origin", "null"),)),
    Attack(name="text that looks like JSON", token="none", body="text"),
    Attack(name="the token in the address", token="address"),
)
TRIES = list(product(PAGES_FORMS, ATTACKS))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A senior who is signed in, a letter in review."""
    with house(tmp_path_factory.mktemp("forgery")) as made:
        yield made


@pytest.fixture(scope="module")
def web(here: House) -> Iterator[httpx.Client]:
    """The victim's browser, without the protection of SameSite."""
    with browser(here.app) as made:
        yield made


def victims(here: House) -> tuple[Actor, ...]:
    """Whoever may use the most forms, letters and people."""
    return here.staff[Role.SENIOR], here.staff[Role.ADMIN], here.staff[Role.PROOFREADER]


def send(web: httpx.Client, here: House, victim: Actor, path: str, attack: Attack) -> int:
    """One try; how it is answered."""
    tokens = {
        "right": victim.csrf,
        "wrong": "A" * 43,
        "other": here.staff[Role.AUDITOR].csrf,
        "address": "",
        "none": "",
    }
    form = {
        "csrf_token": tokens[attack.token],
        "version": str(version_of(here.desk, here.letter_id)),
        "reason": "x",
        "name": "Mallory",
        "roles": "admin",
        "client": "mallory",
        "scopes": "letters:write",
        "active": "true",
    }
    person = here.staff[Role.AUDITOR].person
    assert person is not None
    names = ("token", "key_id", "delivery_id", "endpoint_id", "change_id", "proposal_id")
    where = path.format(
        letter_id=here.letter_id,
        case_id="C-1",
        number=1,
        person_id=person.person_id,
        recipient_id="CL-1",
        **dict.fromkeys(names, "0" * 32),
    )
    if attack.token == "address":
        where += f"?csrf_token={victim.csrf}"
    headers = {"Cookie": f"session={victim.cookies['session']}", **dict(attack.headers)}
    if attack.body == "text":
        headers["Content-Type"] = "text/plain"
        return web.post(where, content=b'{"a": "=1"}', headers=headers).status_code
    return web.post(where, data=form, headers=headers).status_code


def test_there_are_enough_tries() -> None:
    """Every form of the application, every attack."""
    assert len(TRIES) >= 200
    assert len(PAGES_FORMS) >= 30


def test_no_cross_site_request_succeeds(here: House, web: httpx.Client) -> None:
    """403 each time, and not one event in the trail."""
    before = actions.verify_audit(here.desk)[0]
    # looking up the version opens the letter, which is an event the first time
    version_of(here.desk, here.letter_id)
    opened = actions.verify_audit(here.desk)[0] - before
    victim = {path: victims(here)[number % 3] for number, path in enumerate(PAGES_FORMS)}
    codes = [send(web, here, victim[path], path, attack) for path, attack in TRIES]
    succeeded = [one for one, code in zip(TRIES, codes, strict=True) if code != 403]
    assert succeeded == []
    assert actions.verify_audit(here.desk)[0] == before + opened


def test_a_form_of_our_own_page_still_works(here: House, web: httpx.Client) -> None:
    """So that the test above does not count a service that refuses everything."""
    victim = here.staff[Role.SENIOR]
    own = Attack(name="our own page", token="right", headers=(("Sec-Fetch-Site", "same-origin"),))
    assert send(web, here, victim, "/review/account/sessions", own) == 303


@pytest.mark.parametrize("path", PAGES_FORMS)
def test_no_form_is_sent_by_a_link(here: House, web: httpx.Client, path: str) -> None:
    """What changes something does not answer to GET, unless a page of its own stands there."""
    if ("GET", path) in ROUTES or path == "/sign-out":
        return
    victim = here.staff[Role.SENIOR]
    headers = {"Cookie": f"session={victim.cookies['session']}"}
    names = ("token", "key_id", "delivery_id", "person_id", "endpoint_id", "change_id")
    filled = path.format(
        letter_id=here.letter_id,
        case_id="C-1",
        number=1,
        recipient_id="CL-1",
        proposal_id="0",
        **dict.fromkeys(names, "0" * 32),
    )
    assert web.get(filled, headers=headers).status_code in {404, 405, 422}
