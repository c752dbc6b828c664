"""
Who may do what, cell by cell: every role × every route × whose letter it is.

Generated from the routes of the application and the table of permissions: a route that appears
without an entry fails, and so does an entry without a route.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest

from service import actions
from service.actions.access import OPERATOR, add_person, make_sign_in_link, use_sign_in_link
from service.app import create_app
from service.store.accounts import find_account
from service.store.people import sessions_of
from service.web.permissions import (
    OPEN,
    ROUTES,
    SIGNED_IN,
    UndeclaredRoute,
    check_every_route_is_declared,
    routes_of,
)
from service.web.security import permitted
from service.workflow.people import SCOPES, TABLE, Permission, Role
from tests.factories import CASES, version_of
from tests.web.actors import (
    CLIENT,
    MARK,
    OTHER_CLIENT,
    Actor,
    House,
    browser,
    house,
    key_actor,
    letter_of_client,
)

PAGES = sorted(route for route in ROUTES if not route[1].startswith(("/v1", "/health")))
INTERFACE = sorted(route for route in ROUTES if route[1].startswith("/v1"))
_NUMBERS = count(1)

#: How the table refuses.
BY_TABLE = "needs the role"

#: What a form needs to get past its own checks, so that only the permission can refuse it.
FORMS: Mapping[str, Mapping[str, str]] = {
    "decide": {"finding": "f1", "step": "remove"},
    "accept": {"kind": "OCCUPATION"},
    "resize": {"finding": "f1", "words": "is Anna"},
    "mark": {"words": "friend", "kind": "PERSON"},
    "approve": {"digest": "0" * 64, "read_it": "true"},
    "rules/release": {"seal": "x"},
    "return": {
        "kind": "returned_content",
        "language": "en",
        "of_kind": "returned_content",
        "of_language": "en",
        "text": "Dear writer, no.",
    },
    "notices/given": {"notice": "0" * 32},
    "transcription": {"text": "Dear friend"},
    "note": {"text": "Dear friend", "note": "A note"},
    "translation": {"text": "Dear friend"},
    "notes": {"text": "A note"},
    "new": {"text": f"Dear {MARK}"},
    "cases": {"case_id": "N-1", "donor_number": "1", "clinic_id": "CL-1", "clinic_name": "First"},
    "make": {"sort": "photo"},
    "people": {"name": "New", "roles": "proofreader"},
    "keys": {"client": "new", "scopes": "letters:write"},
    "words": {"words": "Lindenhof", "use": "hospital"},
    "try": {"sentence": "A sentence."},
}
FILES = {"/review/cases/import": {"file": ("cases.csv", CASES)}}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for every cell."""
    with house(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.fixture(scope="module")
def web(here: House) -> Iterator[httpx.Client]:
    """The application."""
    with browser(here.app) as made:
        yield made


@pytest.fixture(scope="module")
def bare(here: House) -> Iterator[httpx.Client]:
    """The application without the check of routes: only the actions are left to refuse."""
    app = create_app(here.desk.settings, desk=here.desk, work=False)
    app.dependency_overrides[permitted] = lambda: None
    letter_of_client(here.desk, "third", "a letter that is free to be claimed")
    with browser(app) as made:
        yield made


def address(here: House, path: str) -> str:
    """The path with something that exists in every place."""
    auditor = here.staff[Role.AUDITOR].person
    assert auditor is not None
    return path.format(
        letter_id=here.letter_id,
        case_id="C-1",
        number=1,
        token="no-such-token",
        person_id=auditor.person_id,
        key_id="0" * 16,
        delivery_id="0" * 32,
        endpoint_id="0" * 32,
        copy_id="0" * 32,
        change_id="0" * 32,
    )


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form as it is sent."""

    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] | None = None


def ask(
    web: httpx.Client, actor: Actor, method: str, path: str, sent: Sent = Sent()
) -> httpx.Response:
    """A request of this actor, with everything its own pages would send."""
    cookie = {"Cookie": f"session={actor.cookies['session']}"} if actor.cookies else {}
    return web.request(
        method,
        path,
        headers={**actor.headers, **cookie},
        data={"csrf_token": actor.csrf, **sent.form} if method == "POST" else None,
        files=sent.files,
    )


def is_sent_to_sign_in(answer: httpx.Response) -> bool:
    """Where everybody without a session ends up."""
    return answer.status_code == 303 and answer.headers["location"] == "/sign-in"


def test_the_table_names_every_route_and_no_other(here: House) -> None:
    """A new page cannot be forgotten, a removed one leaves no door."""
    found = {
        (method, route.path)
        for route in routes_of(here.app.routes)
        for method in sorted(route.methods or ())
    }
    assert found == set(ROUTES)
    assert {route.path for route in routes_of(here.app.routes) if route.path == ""} == set()


def test_a_route_without_an_entry_stops_the_start(here: House) -> None:
    """With the name of the file to add it to."""
    app = create_app(here.desk.settings, desk=here.desk, work=False)
    app.add_api_route("/review/forgotten", lambda: "", methods=["GET"])
    with pytest.raises(UndeclaredRoute, match="Add it to ROUTES"):
        check_every_route_is_declared(app.routes)


def test_every_permission_is_given_to_somebody_and_no_role_may_all() -> None:
    """And nobody who gives out roles or keys reads a letter."""
    assert set(TABLE) == set(Permission)
    for role in Role:
        assert any(role not in roles for roles in TABLE.values())
    reading = {Permission.READ_LETTERS, Permission.READ_FILES, Permission.SEE_QUEUE}
    for permission in reading:
        assert not TABLE[permission] & {
            Role.ADMIN,
            Role.AUDITOR,
            Role.REGISTRY_CLIENT,
            Role.OPERATOR,
        }
    auditor = {permission for permission, roles in TABLE.items() if Role.AUDITOR in roles}
    assert auditor == {Permission.SEE_AUDIT, Permission.KEEP_OWN_ACCOUNT}


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_pages_open_to_whom_the_table_says(
    here: House, web: httpx.Client, method: str, path: str
) -> None:
    """Every role, and nobody; a form is sent empty, so that nothing is done."""
    need, where = ROUTES[(method, path)], address(here, path)
    if path == "/sign-out":
        return
    for actor in here.actors:
        answer = ask(web, actor, method, where)
        assert answer.status_code < 500
        if need is OPEN:
            assert not is_sent_to_sign_in(answer)
        elif actor.role is None:
            assert is_sent_to_sign_in(answer), actor.name
        elif not isinstance(need, Permission) or actor.role in TABLE[need]:
            # somebody else's letter may be refused to them, for another reason
            assert answer.status_code != 403 or BY_TABLE not in answer.text, actor.name
            assert not is_sent_to_sign_in(answer), actor.name
        else:
            assert answer.status_code == 403, actor.name
            assert BY_TABLE in answer.text, actor.name
        if actor.role not in TABLE[Permission.READ_LETTERS]:
            assert MARK not in answer.text, actor.name


@pytest.mark.parametrize(
    ("method", "path"), [one for one in PAGES if isinstance(ROUTES[one], Permission)]
)
def test_actions_refuse_by_themselves(
    here: House, bare: httpx.Client, method: str, path: str
) -> None:
    """With the check of routes taken away and complete forms: nothing is read, nothing is done."""
    need, where = ROUTES[(method, path)], address(here, path)
    assert isinstance(need, Permission)
    before = actions.verify_audit(here.desk)
    ending = next((one for one in sorted(FORMS, key=len) if path.endswith(f"/{one}")), "")
    seen = "1" if "/cases/" in path else str(version(here))
    common = {"version": seen, "reason": "x", "case_id": "C-1", "text": "x", "words": "x"}
    form = {**common, **FORMS.get(ending, {})}
    for actor in here.staff.values():
        if actor.role in TABLE[need]:
            continue
        answer = ask(bare, actor, method, where, Sent(form=form, files=FILES.get(path)))
        assert answer.status_code in {403, 404}, actor.name
        assert MARK not in answer.text, actor.name
    assert actions.verify_audit(here.desk) == before


@pytest.mark.parametrize(("method", "path"), INTERFACE)
def test_the_interface_opens_to_keys_of_the_right_scope(
    here: House, web: httpx.Client, method: str, path: str
) -> None:
    """One key per scope; sessions of the staff open nothing there."""
    need = ROUTES[(method, path)]
    where = path.format(letter_id=here.client_letter_id)
    for actor in here.actors:
        assert ask(web, actor, method, where).status_code == 401, actor.name
    for scope in SCOPES:
        actor = key_actor(here.desk, CLIENT, scopes={scope})
        answer = ask(web, actor, method, where)
        assert answer.status_code != 401
        assert (answer.status_code == 403) == (need is not SIGNED_IN and need is not scope)
        assert MARK not in answer.text


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_a_key_opens_no_page(here: House, web: httpx.Client, method: str, path: str) -> None:
    """Whatever it is good for."""
    if ROUTES[(method, path)] is OPEN:
        return
    answer = ask(web, key_actor(here.desk, CLIENT), method, address(here, path))
    assert is_sent_to_sign_in(answer)


@pytest.mark.parametrize("path", ["/v1/letters/{}", "/v1/letters/{}/notices"])
def test_a_client_sees_its_own_letters_only(here: House, web: httpx.Client, path: str) -> None:
    """Others do not exist for it: neither another client's, nor what the staff brought in."""
    own, other = key_actor(here.desk, CLIENT), key_actor(here.desk, OTHER_CLIENT)
    mine = ask(web, own, "GET", path.format(here.client_letter_id))
    assert mine.status_code == 200
    assert MARK not in mine.text
    assert ask(web, other, "GET", path.format(here.client_letter_id)).status_code == 404
    for actor in (own, other):
        assert ask(web, actor, "GET", path.format(here.letter_id)).status_code == 404


@pytest.mark.parametrize(
    "step",
    [
        "release",
        "approve",
        "hold",
        "decide",
        "resize",
        "mark",
        "undo",
        "redo",
        "accept",
        "rules/hold",
    ],
)
def test_a_letter_is_decided_by_whoever_claimed_it(
    here: House, web: httpx.Client, step: str
) -> None:
    """A colleague with the same role, and one with a higher one, are refused."""
    path, before = f"/review/letters/{here.letter_id}/{step}", version(here)
    form = {"version": str(before), "reason": "x", **FORMS.get(step, {})}
    answer = ask(web, here.staff[Role.SENIOR], "POST", path, Sent(form=form))
    assert answer.status_code in {403, 409, 422} or "said=stale" in answer.headers["location"]
    assert version(here) == before


def test_a_session_is_ended_by_its_owner_only(here: House, web: httpx.Client) -> None:
    """The hash of somebody else's session names nothing."""
    coordinator = here.staff[Role.COORDINATOR].person
    assert coordinator is not None
    with here.desk.database.reading() as connection:
        theirs = sessions_of(connection, coordinator.person_id)[0].id_hash
    form = {"session": theirs}
    admin, owner = here.staff[Role.ADMIN], here.staff[Role.COORDINATOR]
    assert ask(web, admin, "POST", "/review/account/sessions", Sent(form=form)).status_code == 404
    assert ask(web, owner, "GET", "/review/account").status_code == 200


def test_a_change_of_roles_counts_at_once(here: House, web: httpx.Client) -> None:
    """In sessions that are open; without access they are dead."""
    desk, admin = here.desk, here.staff[Role.ADMIN]
    actor = _newcomer(here)
    assert actor.person is not None
    path = f"/review/people/{actor.person.person_id}"
    assert ask(web, actor, "GET", "/review").status_code == 200
    ask(web, admin, "POST", path, Sent(form={"roles": "auditor", "active": "true"}))
    assert ask(web, actor, "GET", "/review").status_code == 403
    ask(web, admin, "POST", path, Sent(form={"roles": "auditor"}))
    assert is_sent_to_sign_in(ask(web, actor, "GET", "/review/audit"))
    with desk.database.reading() as connection:
        assert find_account(connection, actor.person.person_id) is None


def test_nobody_gives_roles_to_themselves(here: House, web: httpx.Client) -> None:
    """Nor joins reading letters and giving out roles in one person."""
    admin = here.staff[Role.ADMIN]
    assert admin.person is not None
    own = f"/review/people/{admin.person.person_id}"
    assert (
        ask(web, admin, "POST", own, Sent(form={"roles": "senior", "active": "true"})).status_code
        == 403
    )
    form = {"name": "Two hats", "roles": "admin"}
    answer = web.post(
        "/review/people",
        data={**form, "csrf_token": admin.csrf, "roles": ["admin", "proofreader"]},
        headers={"Cookie": f"session={admin.cookies['session']}"},
    )
    assert answer.status_code == 422
    assert "no other role" in answer.text


def version(here: House) -> int:
    """The version of the claimed letter."""
    return version_of(here.desk, here.letter_id)


def _newcomer(here: House) -> Actor:
    roles = frozenset({Role.PROOFREADER})
    person = add_person(here.desk, OPERATOR, name=f"New {next(_NUMBERS)}", roles=roles)
    link = make_sign_in_link(here.desk, OPERATOR, name=person.name)
    session = use_sign_in_link(here.desk, link.rpartition("/")[2])
    return Actor(
        name="newcomer",
        role=Role.PROOFREADER,
        person=person,
        cookies={"session": session.cookie_value},
        csrf=session.csrf_token,
    )
