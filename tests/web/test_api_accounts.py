"""Local accounts: a link enrols, password and code sign in, tries are counted, sessions end."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from service import actions
from service.actions import Desk
from service.actions.access import (
    OPERATOR,
    SignedIn,
    make_sign_in_link,
    own_sessions,
    person_of_session,
    use_sign_in_link,
)
from service.actions.accounts import (
    Attempt,
    LocalSession,
    NewAccount,
    prepare_account,
    save_account,
    sign_in,
)
from service.actions.limiting import address_group
from service.app import create_app
from service.identity import passwords
from service.identity.codes import code_at, new_seed, step_of
from service.identity.passwords import check_password, hash_password, is_password
from service.store.accounts import find_account
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, TooOften
from service.workflow.people import Person, Role
from tests.factories import add, clock_of, make_desk
from tests.web.actors import browser

PASSWORD = "violin gravel seldom harbour"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Hundreds of tries in little time; the test about the hash itself takes the real one."""
    passwords._nobody.cache_clear()
    if request.node.name != "test_a_password_is_kept_as_argon2id":
        cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        monkeypatch.setattr(passwords, "_HASHER", cheap)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a clock that stands still."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna")


def by_link(desk: Desk, person: Person) -> SignedIn:
    """The person, just signed in by a link."""
    token = make_sign_in_link(desk, OPERATOR, name=person.name).rpartition("/")[2]
    found = person_of_session(desk, use_sign_in_link(desk, token).cookie_value)
    assert found is not None
    return found


def enrolled(desk: Desk, person: Person, *, password: str = PASSWORD) -> str:
    """Set the person's account by a link; the seed of their codes."""
    who, seed = by_link(desk, person), new_seed()
    code = code_at(seed, desk.now())
    save_account(desk, who, NewAccount(seed=seed, code=code, password=password, again=password))
    clock_of(desk).forward(minutes=2)
    return seed


def attempt(desk: Desk, seed: str, **changes: object) -> LocalSession:
    """A try of Anna at home that is right unless something is changed."""
    values: dict[str, object] = {
        "name": "Anna",
        "password": PASSWORD,
        "code": code_at(seed, desk.now()),
        "address": HOME,
        **changes,
    }
    return sign_in(desk, Attempt(**values))  # type: ignore[arg-type]  # names of its fields


def test_password_and_code_open_a_session(desk: Desk, anna: Person) -> None:
    """As the person who enrolled."""
    seed = enrolled(desk, anna)
    opened = attempt(desk, seed)
    found = person_of_session(desk, opened.session.cookie_value)
    assert found is not None
    assert (found.person, found.method) == (anna, "password")


def test_whatever_is_wrong_the_answer_is_the_same(desk: Desk, anna: Person) -> None:
    """Name, password, code, a person without an account: one sentence."""
    seed = enrolled(desk, anna)
    add(desk, "Ben")
    wrong: tuple[dict[str, object], ...] = (
        {"name": "Nobody"},
        {"name": "Ben"},
        {"password": PASSWORD + "!"},
        {"code": "000000"},
        {"code": ""},
        {"code": "\ud800"},
        {"password": "x" * 100_000},
    )
    said = set()
    for number, changes in enumerate(wrong):
        with pytest.raises(NotAllowed) as refused:
            attempt(desk, seed, address=f"203.0.113.{number}", **changes)
        said.add(refused.value.reason)
    assert len(said) == 1


def test_a_code_counts_once(desk: Desk, anna: Person) -> None:
    """Whoever looks over a shoulder comes too late."""
    seed = enrolled(desk, anna)
    attempt(desk, seed)
    with pytest.raises(NotAllowed):
        attempt(desk, seed)
    clock_of(desk).forward(seconds=30)
    attempt(desk, seed)


def test_a_clock_may_differ_by_one_step(desk: Desk) -> None:
    """Not by two."""
    seed, now = new_seed(), desk.now()
    for seconds, fits in ((-61, False), (-30, True), (0, True), (30, True), (61, False)):
        clock_of(desk).forward(seconds=seconds)
        code = code_at(seed, desk.now())
        clock_of(desk).forward(seconds=-seconds)
        assert (step_of(seed, code, now=now) is not None) is fits


def test_a_stranger_cannot_lock_a_person_out(desk: Desk, anna: Person) -> None:
    """After hours of tries from many addresses her own browser signs in at the first try."""
    seed = enrolled(desk, anna)
    known = attempt(desk, seed).browser
    refused = 0
    for number in range(60):
        try:
            attempt(desk, seed, password="guess", address=f"203.0.113.{number % 20}")
        except TooOften:
            refused += 1
        except NotAllowed:
            pass
        clock_of(desk).forward(seconds=1)
    assert refused > 20
    clock_of(desk).forward(seconds=30)
    assert attempt(desk, seed, browser=known, address=ELSEWHERE).session.person == anna


def test_pauses_grow_and_end(desk: Desk, anna: Person) -> None:
    """Five tries a minute, twenty an hour, sixty a day from one address; then it works again."""
    seed = enrolled(desk, anna)
    waits, tries = [], 0
    for _ in range(200):
        try:
            attempt(desk, seed, password="guess")
        except TooOften as refused:
            waits.append(refused.retry_after_s)
            clock_of(desk).forward(seconds=refused.retry_after_s)
        except NotAllowed:
            tries += 1
        if len(waits) > 14:
            break
    assert tries <= 60
    assert waits[0] <= 60
    assert max(waits) > 3000
    clock_of(desk).forward(days=1)
    assert attempt(desk, seed).session.person == anna


def test_tries_at_the_limit_are_in_the_trail(desk: Desk, anna: Person) -> None:
    """Once, not once per try."""
    seed = enrolled(desk, anna)
    for _ in range(9):
        with pytest.raises((NotAllowed, TooOften)):
            attempt(desk, seed, password="guess")
    auditor = add(desk, "Otto", Role.AUDITOR)
    events = [one.action for one in actions.list_audit(desk, auditor)]
    assert events.count(AuditAction.SIGN_IN_REFUSED) == 1


def test_right_tries_do_not_count(desk: Desk, anna: Person) -> None:
    """Whoever signs in often is not taken for a stranger."""
    seed = enrolled(desk, anna)
    for _ in range(30):
        attempt(desk, seed)
        clock_of(desk).forward(seconds=30)


def test_a_new_link_recovers_and_everybody_notices(desk: Desk, anna: Person) -> None:
    """The former password, codes and sessions end when the link is used."""
    seed = enrolled(desk, anna)
    old = attempt(desk, seed).session.cookie_value
    token = make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]
    assert person_of_session(desk, old) is not None
    new = use_sign_in_link(desk, token)
    assert person_of_session(desk, old) is None
    clock_of(desk).forward(seconds=30)
    with pytest.raises(NotAllowed):
        attempt(desk, seed)
    assert person_of_session(desk, new.cookie_value) is not None


def test_signing_in_rotates_the_session(desk: Desk, anna: Person) -> None:
    """The session that the browser had before is dead."""
    seed = enrolled(desk, anna)
    first = attempt(desk, seed).session.cookie_value
    clock_of(desk).forward(seconds=30)
    second = attempt(desk, seed, former=first).session.cookie_value
    assert person_of_session(desk, first) is None
    assert person_of_session(desk, second) is not None


def test_a_left_desk_sets_no_password(desk: Desk, anna: Person) -> None:
    """A session is not enough: a fresh link, or the present password and code."""
    seed = enrolled(desk, anna)
    who = person_of_session(desk, attempt(desk, seed).session.cookie_value)
    assert who is not None
    clock_of(desk).forward(seconds=30)
    fresh = new_seed()
    new = {"seed": fresh, "code": code_at(fresh, desk.now()), "password": PASSWORD + " oak"}
    with pytest.raises(NotAllowed):
        save_account(desk, who, NewAccount(**new, again=new["password"]))
    proof = {"former_password": PASSWORD, "former_code": code_at(seed, desk.now())}
    save_account(desk, who, NewAccount(**new, again=new["password"], **proof))


def test_half_an_hour_after_a_link_it_proves_nothing_any_more(desk: Desk, anna: Person) -> None:
    """The page says so."""
    who = by_link(desk, anna)
    assert prepare_account(desk, who).may_set
    clock_of(desk).forward(minutes=31)
    assert not prepare_account(desk, who).may_set


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 300, "aaaaaaaaaaaaaaaaaaaa", "passwordpassword1", "Anna Anna Anna Anna"],
)
def test_a_weak_password_is_refused(password: str) -> None:
    """Too short, too long, on a list, one's own name."""
    with pytest.raises(BadRequest):
        check_password(password, name="Anna Schmidt")


def test_a_password_is_kept_as_argon2id(desk: Desk, anna: Person) -> None:
    """64 MiB, three rounds; equal passwords look different."""
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,")
    assert is_password(first, PASSWORD)
    assert not is_password(None, PASSWORD)
    enrolled(desk, anna)
    stored = b"".join(path.read_bytes() for path in desk.settings.data_folder.glob("letters.db*"))
    with desk.database.reading() as connection:
        account = find_account(connection, anna.person_id)
    assert account is not None
    assert account.code_seed not in repr(account)
    assert PASSWORD.encode() not in stored
    assert account.code_seed.encode() not in stored


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("not an address", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, group: str) -> None:
    """Its owner has 2^64 of them."""
    assert address_group(address) == group


def test_switched_off_no_password_opens_anything(desk: Desk, anna: Person) -> None:
    """Sites with a provider may want no other way."""
    seed = enrolled(desk, anna)
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"local_accounts": False}))
    with pytest.raises(NotAllowed, match="switched off"):
        attempt(desk, seed)


def test_the_pages_lead_from_a_link_to_a_password(desk: Desk, anna: Person) -> None:
    """Link, account, sign out, sign in; a list of sessions, and ending the others."""
    del anna
    link = "/sign-in/" + make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        web.post(link)
        shown = web.get("/review/account").text
        seed, token = hidden(shown, "seed"), hidden(shown, "csrf_token")
        form = {"password": PASSWORD, "again": PASSWORD, "seed": seed, "csrf_token": token}
        wrong = web.post("/review/account", data={**form, "code": "000000"})
        assert wrong.status_code == 422
        saved = web.post("/review/account", data={**form, "code": code_at(seed, desk.now())})
        assert saved.headers["location"] == "/review/account?said=account-saved"
        web.cookies.clear()
        clock_of(desk).forward(minutes=1)
        typed = {"name": "Anna", "password": PASSWORD, "code": code_at(seed, desk.now())}
        assert web.post("/sign-in", data={**typed, "password": "x"}).status_code == 403
        assert web.post("/sign-in", data=typed).status_code == 303
        assert web.get("/review").status_code == 200
        shown = web.get("/review/account").text
        assert "this browser" in shown
        assert "password and code" in shown


def test_too_many_tries_are_answered_429(desk: Desk, anna: Person) -> None:
    """With the time to wait, and nothing about the person."""
    del anna
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        answers = [
            web.post("/sign-in", data={"name": name, "password": "x", "code": "1"})
            for name in ("Anna", "Nobody")
            for _ in range(6)
        ]
    assert [one.status_code for one in answers] == ([403] * 5 + [429]) * 2
    assert int(answers[5].headers["retry-after"]) > 0
    assert strip(answers[5]) == strip(answers[11])


def test_own_sessions_are_listed_without_those_that_ran_out(desk: Desk, anna: Person) -> None:
    """The one in use is marked."""
    by_link(desk, anna)
    clock_of(desk).forward(minutes=31)
    who = by_link(desk, anna)
    assert [one.is_this for one in own_sessions(desk, who)] == [True]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def strip(answer: httpx.Response) -> str:
    """The page without its forgery token."""
    return re.sub(r'value="[^"]*"', "", answer.text)


def test_an_unknown_name_costs_as_much_as_a_known_one(
    desk: Desk, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password is compared in either case, so the time tells nothing."""
    enrolled(desk, anna)
    compared: list[str] = []
    hasher = passwords._HASHER

    class Counting:
        """Counts comparisons."""

        def hash(self, password: str) -> str:
            """As before."""
            return hasher.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            """As before, counted."""
            compared.append(stored.split("$")[3])
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for name in ("Anna", "Nobody"):
        with pytest.raises(NotAllowed):
            attempt(
                desk, new_seed(), name=name, password="guess", address=f"2001:db8:{len(name)}::1"
            )
    assert len(compared) == 2
    assert len(set(compared)) == 1
