"""Before a dangerous step people are asked again who they are, and lose nothing they typed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, all_people, person_of_session
from service.actions.accounts import Attempt, NewAccount, save_account, sign_in
from service.actions.provider_visits import link_person
from service.actions.sending import pause_sending, sending_pause
from service.app import create_app
from service.identity.codes import code_at, new_seed
from service.web.permissions import PROVED, ROUTES
from service.workflow.people import Person, Role
from tests.factories import add, clock_of, make_desk
from tests.web import test_api_provider
from tests.web.actors import Actor, browser, signed_in_actor
from tests.web.oidc_server import Provider
from tests.web.test_api_provider import bare_desk, provider

__all__ = ["bare_desk", "provider"]

PASSWORD = "violin gravel seldom harbour"
AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a clock that stands still."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    """The pages over HTTP."""
    with browser(create_app(desk.settings, desk=desk, work=False)) as made:
        yield made


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """Somebody with password and codes, signed in by them."""

    actor: Actor
    seed: str


def enrolled(desk: Desk, role: Role) -> Enrolled:
    """A person of this role who signed in by password and code just now."""
    actor, seed = signed_in_actor(desk, role), new_seed()
    who = person_of_session(desk, actor.cookies["session"])
    assert who is not None
    code = code_at(seed, desk.now())
    save_account(desk, who, NewAccount(seed=seed, code=code, password=PASSWORD, again=PASSWORD))
    clock_of(desk).forward(minutes=2)
    attempt = Attempt(
        name=who.person.name,
        password=PASSWORD,
        code=code_at(seed, desk.now()),
        address="192.0.2.1",
    )
    opened = sign_in(desk, attempt).session
    cookies = {"session": opened.cookie_value}
    return Enrolled(
        actor=Actor(name=role.value, role=role, cookies=cookies, csrf=opened.csrf_token), seed=seed
    )


def press(
    web: httpx.Client, actor: Actor, path: str, form: Mapping[str, str | list[str]] | None = None
) -> httpx.Response:
    """Send a form as this person."""
    return web.post(
        path,
        data={"csrf_token": actor.csrf, **(form or {})},
        headers={"Cookie": f"session={actor.cookies['session']}"},
    )


def asks(answer: httpx.Response) -> bool:
    """True for the page that asks who it is."""
    return answer.status_code == 403 and "Is it you?" in answer.text


def names(desk: Desk) -> set[str]:
    """Everybody there is."""
    return {one.person.name for one in all_people(desk, OPERATOR)}


def hidden(page: str) -> dict[str, str | list[str]]:
    """The fields that the page carries on."""
    found: dict[str, str | list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        if name == "again":
            continue
        told, before = unescape(value), found.get(name, [])
        several = [*([before] if isinstance(before, str) else before), told]
        found[name] = several if len(several) > 1 else told
    return found


def test_every_step_that_asks_is_a_route() -> None:
    """A step that was renamed does not lose its guard."""
    assert set(ROUTES) >= PROVED
    assert {method for method, _ in PROVED} == {"POST"}


NEW: dict[str, str | list[str]] = {
    "name": "Two <b>hats</b>",
    "roles": ["proofreader", "senior"],
}


def test_right_after_signing_in_nobody_is_asked(desk: Desk, web: httpx.Client) -> None:
    """They have just shown who they are."""
    admin = enrolled(desk, Role.ADMIN).actor
    assert press(web, admin, "/review/people", NEW).status_code == 200
    assert NEW["name"] in names(desk)


def test_later_the_step_is_done_only_after_password_and_code(desk: Desk, web: httpx.Client) -> None:
    """And with what was typed the first time; afterwards nobody is asked for a while."""
    admin = enrolled(desk, Role.ADMIN)
    clock_of(desk).forward(seconds=301)
    asked = press(web, admin.actor, "/review/people", NEW)
    assert asks(asked)
    assert NEW["name"] not in names(desk)
    kept = hidden(asked.text)
    assert {name: kept[name] for name in NEW} == NEW
    proof = {"proof_password": PASSWORD, "proof_code": code_at(admin.seed, desk.now())}
    done = press(web, admin.actor, "/review/people", {**kept, **proof})
    assert done.status_code == 200
    assert "Sign-in link for" in done.text
    assert NEW["name"] in names(desk)
    assert press(
        web, admin.actor, "/review/people", {"name": "Three", "roles": "senior"}
    ).is_success
    events = [one.action for one in actions.list_audit(desk, AUDITOR)]
    assert events.count("person.proved") == 1
    clock_of(desk).forward(seconds=301)
    assert asks(press(web, admin.actor, "/review/people", {"name": "Four", "roles": "senior"}))


@pytest.mark.parametrize(
    "changes",
    [{"proof_password": PASSWORD + "!"}, {"proof_code": "000000"}, {"proof_code": ""}],
    ids=["password", "code", "no code"],
)
def test_a_wrong_proof_does_nothing(desk: Desk, web: httpx.Client, changes: dict[str, str]) -> None:
    """It is asked again, and what was typed is still kept; the password never comes back."""
    admin = enrolled(desk, Role.ADMIN)
    clock_of(desk).forward(minutes=6)
    proof = {"proof_password": PASSWORD, "proof_code": code_at(admin.seed, desk.now()), **changes}
    answer = press(web, admin.actor, "/review/people", {**NEW, **proof})
    assert asks(answer)
    assert "is not right" in answer.text
    assert PASSWORD not in answer.text
    assert hidden(answer.text)["name"] == NEW["name"]
    assert NEW["name"] not in names(desk)


def test_a_code_proves_once(desk: Desk, web: httpx.Client) -> None:
    """Whoever looked over a shoulder cannot use it in another session."""
    admin = enrolled(desk, Role.ADMIN)
    clock_of(desk).forward(minutes=6)
    proof = {"proof_password": PASSWORD, "proof_code": code_at(admin.seed, desk.now())}
    assert press(web, admin.actor, "/review/people", {**NEW, **proof}).is_success
    again = signed_in_other(desk, admin)
    assert asks(press(web, again, "/review/people", {"name": "Five", "roles": "senior", **proof}))


def signed_in_other(desk: Desk, admin: Enrolled) -> Actor:
    """The same person in another browser, some time after they signed in there."""
    person = next(one.person for one in all_people(desk, OPERATOR) if "admin" in one.person.name)
    clock_of(desk).forward(seconds=30)
    code = code_at(admin.seed, desk.now())
    attempt = Attempt(name=person.name, password=PASSWORD, code=code, address="192.0.2.2")
    opened = sign_in(desk, attempt).session
    clock_of(desk).forward(minutes=6)
    cookies = {"session": opened.cookie_value}
    return Actor(name="again", role=Role.ADMIN, cookies=cookies, csrf=opened.csrf_token)


def test_tries_are_counted(desk: Desk, web: httpx.Client) -> None:
    """A session that was left open is no place to guess."""
    admin = enrolled(desk, Role.ADMIN)
    clock_of(desk).forward(minutes=6)
    wrong = {"proof_password": "no", "proof_code": "000000"}
    statuses = [
        press(web, admin.actor, "/review/people", {**NEW, **wrong}).status_code for _ in range(7)
    ]
    assert statuses[-1] == 429


def test_without_a_password_the_way_is_told(desk: Desk, web: httpx.Client) -> None:
    """Whoever came by a link needs a new one."""
    admin = signed_in_actor(desk, Role.ADMIN)
    clock_of(desk).forward(minutes=6)
    answer = press(web, admin, "/review/people", NEW)
    assert asks(answer)
    assert "user link NAME" in answer.text
    assert '<a href="/review/account">' in answer.text
    assert "Another administrator can make a link for you" in answer.text
    assert "proof_password" not in answer.text
    proof = {"proof_password": "", "proof_code": "123456"}
    assert asks(press(web, admin, "/review/people", {**NEW, **proof}))
    assert NEW["name"] not in names(desk)


def test_what_makes_things_safer_is_never_held_up(desk: Desk, web: httpx.Client) -> None:
    """Stopping needs no proof, resuming does."""
    lead = signed_in_actor(desk, Role.COORDINATOR)
    clock_of(desk).forward(minutes=6)
    assert press(web, lead, "/review/dispatch/stop").status_code == 303
    assert sending_pause(desk) is not None
    assert asks(press(web, lead, "/review/dispatch/resume"))
    assert sending_pause(desk) is not None


def test_who_may_not_is_not_asked_for_a_password(desk: Desk, web: httpx.Client) -> None:
    """The role is looked at first."""
    reader = signed_in_actor(desk, Role.PROOFREADER)
    clock_of(desk).forward(minutes=6)
    answer = press(web, reader, "/review/people", NEW)
    assert answer.status_code == 403
    assert "needs the role" in answer.text


def test_without_the_token_of_the_session_nothing_is_carried_on(
    desk: Desk, web: httpx.Client
) -> None:
    """Another site cannot make our page show what it likes."""
    admin = signed_in_actor(desk, Role.ADMIN)
    clock_of(desk).forward(minutes=6)
    forged = Actor(name="forged", cookies=admin.cookies, csrf="x")
    answer = press(web, forged, "/review/people", NEW)
    assert answer.status_code == 403
    assert "hats" not in answer.text


def test_the_provider_is_asked_to_let_the_person_sign_in_anew(
    bare_desk: Desk,
    provider: Provider,
    tmp_path: Path,
) -> None:
    """Only what it says about the moment counts: signed in there long ago is not enough."""
    desk = test_api_provider.at(bare_desk, provider, tmp_path)
    add(desk, "Olga", Role.COORDINATOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    pause_sending(desk, OPERATOR)
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        long_ago = int(desk.now().timestamp()) - 3000
        for auth_time, proved in ((None, False), (long_ago, False), ("now", False), (0, True)):
            provider.claims = {"name": "Olga"}
            if auth_time is not None:
                at = int(desk.now().timestamp()) if auth_time == 0 else auth_time
                provider.claims["auth_time"] = at
            back = provider.authorize(
                web.post("/sign-in/provider", data={"again": "true"})
                .headers["refresh"]
                .removeprefix("0; url=")
            )
            assert provider.asked[-1]["prompt"] == "login"
            assert provider.asked[-1]["max_age"] == "0"
            test_api_provider.come_back(web, back)
            session = person_of_session(desk, web.cookies["session"])
            assert session is not None
            answer = web.post("/review/dispatch/resume", data={"csrf_token": session.csrf_token})
            assert asks(answer) is not proved, auth_time
            if not proved:
                assert "Sign in with your organisation once more" in answer.text
    assert sending_pause(desk) is None
