"""
Cross-site requests against a signed-in person: generated, at least 200, and none may succeed.

Every route that changes something, times everything that another site can make a browser send. That
nothing happened is read off the whole database, not only off the answers.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import httpx
import pytest
from sqlalchemy import select

from service.actions import Desk
from service.store.schema import metadata
from service.web.permissions import OPEN, ROUTES
from service.workflow.people import Role
from tests.factories import version_of
from tests.web.actors import Actor, House, browser, house

POSTS = sorted(path for method, path in ROUTES if method == "POST")
PAGES_FORMS = [
    path for path in POSTS if not path.startswith("/v1") and ROUTES[("POST", path)] is not OPEN
]
#: Forms that need no session: somebody could be signed in as somebody else.
OPEN_FORMS = [path for path in POSTS if ROUTES[("POST", path)] is OPEN]
INTERFACE = [path for path in POSTS if path.startswith("/v1")]


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
    Attack(name="text that looks like JSON", token="none", body="text/plain"),
    Attack(name="JSON without a token", token="none", body="application/json"),
    Attack(name="a form with a file, without a token", token="none", body="multipart"),
    Attack(
        name="a form with a file and a stolen token",
        token="right",
        headers=(("Sec-Fetch-Site", "cross-site"),),
        body="multipart",
    ),
    Attack(
        name="a link that was dropped into the window",
        token="none",
        headers=(("Sec-Fetch-Site", "none"),),
    ),
    Attack(
        name="an origin that begins like ours",
        token="right",
        headers=(("Origin", "http://127.0.0.1.evil.example"),),
    ),
    Attack(name="no body at all", token="none", body="nothing"),
    Attack(name="the token in the address", token="address"),
)
FOREIGN = tuple(one for one in ATTACKS if one.headers and one.headers[0][1] != "none")
TRIES = [*product(PAGES_FORMS, ATTACKS), *product(OPEN_FORMS, FOREIGN)]


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
    where = address(here, path)
    if attack.token == "address":
        where += f"?csrf_token={victim.csrf}"
    headers = {"Cookie": f"session={victim.cookies['session']}", **dict(attack.headers)}
    if "/" in attack.body:
        headers["Content-Type"] = attack.body
        return web.post(where, content=b'{"a": "=1"}', headers=headers).status_code
    if attack.body == "nothing":
        return web.post(where, headers=headers).status_code
    files = {"file": ("a.txt", b"Dear friend")} if attack.body == "multipart" else None
    return web.post(where, data=form, files=files, headers=headers).status_code


class _Anything(dict[str, object]):
    """Whatever else is in an address names nothing that there is."""

    def __missing__(self, key: str) -> str:
        """An id of the usual length."""
        return "0" * 32


def address(here: House, path: str) -> str:
    """The path with something that exists in as many places as there can be."""
    person = here.staff[Role.AUDITOR].person
    assert person is not None
    places = {"letter_id": here.letter_id, "case_id": "C-1", "number": 1}
    return path.format_map(
        _Anything(places, person_id=person.person_id, recipient_id="CL-1", proposal_id="0")
    )


def content(desk: Desk) -> dict[str, str]:
    """A digest of every table; when sessions were last seen, and how often was asked, aside."""
    found = {}
    with desk.database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in {"counters", "sessions"}:
                continue
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            found[table.name] = hashlib.sha256("".join(rows).encode()).hexdigest()
    return found


def test_there_are_enough_tries() -> None:
    """Every form of the application, every attack; all routes that change something are in."""
    assert len(TRIES) >= 200
    assert len(PAGES_FORMS) >= 30
    assert {*PAGES_FORMS, *OPEN_FORMS, *INTERFACE} == set(POSTS)
    assert {method for method, _ in ROUTES} == {"GET", "POST"}


def test_no_cross_site_request_succeeds(here: House, web: httpx.Client) -> None:
    """403 each time, and not one row of the database is another one afterwards."""
    # looking up the version opens the letter, which is an event the first time
    version_of(here.desk, here.letter_id)
    before = content(here.desk)
    victim = {path: victims(here)[number % 3] for number, path in enumerate(POSTS)}
    codes = [send(web, here, victim[path], path, attack) for path, attack in TRIES]
    succeeded = [
        (path, attack.name, code)
        for (path, attack), code in zip(TRIES, codes, strict=True)
        if code != 403
    ]
    assert succeeded == []
    assert content(here.desk) == before


@pytest.mark.parametrize("path", INTERFACE)
def test_a_session_opens_nothing_of_the_interface(
    here: House, web: httpx.Client, path: str
) -> None:
    """A browser adds cookies by itself, and no browser adds a key."""
    before = content(here.desk)
    for victim in victims(here):
        assert {send(web, here, victim, path, attack) for attack in ATTACKS} == {401}
    assert content(here.desk) == before


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
    filled = address(here, path)
    assert web.get(filled, headers=headers).status_code in {404, 405, 422}
