"""Steps over real HTTP: many at once, without a session, with another one, and far too late."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import httpx
import pytest

from service.actions import Desk, count_mine
from service.actions.access import OPERATOR, make_sign_in_link, use_sign_in_link
from service.store.people import end_sessions
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import decide_suggestions, state_of, version_of, view, work_all
from tests.web.actors import Actor, House, browser, house

NOTE = "She wrote from <b>Quedlinburg</b>,\nask the clinic."


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A letter in the hands of the proofreader."""
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def ask(home: House) -> Iterator[httpx.Client]:
    """A browser without cookies of its own."""
    with browser(home.app) as made:
        yield made


def reader(home: House) -> tuple[Actor, Person]:
    """Who has the letter."""
    actor = home.staff[Role.PROOFREADER]
    assert actor.person is not None
    return actor, actor.person


def post(ask: httpx.Client, actor: Actor, path: str, **form: str | int) -> httpx.Response:
    """Send a form as this person."""
    cookie = "; ".join(f"{name}={value}" for name, value in actor.cookies.items())
    headers = {"Cookie": cookie} if cookie else {}
    data = {"csrf_token": actor.csrf, **form}
    return ask.post(path, data=data, headers=headers, follow_redirects=False)


def letter(home: House, tail: str = "") -> str:
    """A path of the letter."""
    return f"/review/letters/{home.letter_id}{tail}"


def end_session(desk: Desk, person: Person) -> None:
    """The session is over, as after a long pause."""
    event = AuditEvent(
        at=desk.now(), actor=person.person_id, action=AuditAction.SESSION_ENDED, details={}
    )
    with desk.database.writing() as tx:
        end_sessions(tx, person.person_id, event=event)


def test_of_sixteen_approvals_at_once_one_acts(home: House, ask: httpx.Client) -> None:
    """All are answered like the one that acted, and one letter leaves."""
    actor, person = reader(home)
    decide_suggestions(home.desk, person, home.letter_id)
    seen = view(home.desk, person, home.letter_id)
    form: dict[str, str | int] = {
        "version": seen.version,
        "digest": seen.digest or "",
        "read_it": "true",
    }

    def approve(_: int) -> httpx.Response:
        return post(ask, actor, letter(home, "/approve"), **form)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(approve, range(16)))
    assert {one.status_code for one in answers} <= {303, 409}
    assert any("said=approved" in one.headers.get("location", "") for one in answers)
    assert state_of(home.desk, home.letter_id) is LetterState.APPROVED
    done = [one.action for one in view(home.desk, person, home.letter_id).history]
    assert done.count(AuditAction.LETTER_APPROVED) == 1
    work_all(home.desk)
    assert len(list((home.desk.settings.outbox_folder / "CL-1").iterdir())) == 1


def approval(home: House, person: Person, letter_id: str) -> dict[str, str | int]:
    """The form that approves the letter and asks for the next one."""
    decide_suggestions(home.desk, person, letter_id)
    seen = view(home.desk, person, letter_id)
    return {
        "version": seen.version,
        "digest": seen.digest or "",
        "read_it": "true",
        "next": "true",
    }


def test_an_approval_leads_to_the_next_letter(home: House, ask: httpx.Client) -> None:
    """It is claimed; when none is left, the queue says that the letter is approved."""
    actor, person = reader(home)
    release(home, ask, actor)
    first = claim_next(ask, actor)
    answer = post(ask, actor, f"{first}/approve", **approval(home, person, name_in(first)))
    second, _, said = answer.headers["location"].partition("?")
    assert second != first
    assert said == "said=approved-next"
    assert view(home.desk, person, name_in(second)).claimed_by_me
    answer = post(ask, actor, f"{second}/approve", **approval(home, person, name_in(second)))
    assert answer.headers["location"] == "/review?said=approved"


def test_the_dispatch_page_names_the_recipient(home: House, ask: httpx.Client) -> None:
    """As the letter's own page does; whoever looks needs no id of a clinic."""
    actor, person = reader(home)
    recipient = view(home.desk, person, home.letter_id).routing.recipient
    assert recipient is not None
    form = approval(home, person, home.letter_id)
    del form["next"]
    assert post(ask, actor, letter(home, "/approve"), **form).status_code == 303
    cookie = "; ".join(f"{name}={value}" for name, value in actor.cookies.items())
    shown = ask.get("/review/dispatch", headers={"Cookie": cookie}).text
    assert recipient.name
    assert f'data-label="Recipient">{escape(recipient.name)}</td>' in shown


def test_of_two_equal_approvals_one_claims_a_letter(home: House, ask: httpx.Client) -> None:
    """The second one leads to what the first one claimed, and takes nothing from colleagues."""
    actor, person = reader(home)
    form = approval(home, person, home.letter_id)
    for _ in range(2):
        answer = post(ask, actor, letter(home, "/approve"), **form)
    assert answer.headers["location"] == "/review?tab=mine"
    assert count_mine(home.desk, person) == 1
    assert state_of(home.desk, home.letter_id) is LetterState.APPROVED


def release(home: House, ask: httpx.Client, actor: Actor) -> None:
    """Give the letter in hand back."""
    post(ask, actor, letter(home, "/release"), version=version_of(home.desk, home.letter_id))


def claim_next(ask: httpx.Client, actor: Actor) -> str:
    """The path of the letter whose turn it is."""
    return post(ask, actor, "/review/claim").headers["location"].partition("?")[0]


def name_in(path: str) -> str:
    """The letter that a path is about."""
    return path.rpartition("/")[2]


def test_two_hundred_double_clicks_have_two_hundred_effects(home: House, ask: httpx.Client) -> None:
    """Of two equal forms sent at the same time one acts; the letter's journal counts them."""
    actor, person = reader(home)
    version = version_of(home.desk, home.letter_id)
    with ThreadPoolExecutor(2) as pool:
        for number in range(200):
            step = "remove" if number % 2 else "generalise"
            form: dict[str, str | int] = {
                "version": version + number,
                "finding": "f2",
                "step": step,
            }

            def click(_: int, form: dict[str, str | int] = form) -> str:
                return post(ask, actor, letter(home, "/decide"), **form).headers["location"]

            said = sorted(place.rpartition("=")[2] for place in pool.map(click, range(2)))
            assert said in (["generalised", "stale"], ["removed", "stale"])
    assert version_of(home.desk, home.letter_id) == version + 200
    done = [one.action for one in view(home.desk, person, home.letter_id).history]
    assert done.count(AuditAction.LETTER_CORRECTED) == 200


def test_double_clicks_on_undo_go_back_one_step(home: House, ask: httpx.Client) -> None:
    """And on redo forward one step; the second click finds another letter."""
    actor, person = reader(home)
    for step in ("remove", "generalise"):
        version = version_of(home.desk, home.letter_id)
        post(ask, actor, letter(home, "/decide"), version=version, finding="f2", step=step)
    texts = []
    for name in ("undo", "redo"):
        version = version_of(home.desk, home.letter_id)
        with ThreadPoolExecutor(8) as pool:
            places = pool.map(
                lambda _: post(ask, actor, letter(home, f"/{name}"), version=version),  # noqa: B023
                range(8),
            )
            said = [one.headers["location"].rpartition("=")[2] for one in places]
        assert said.count("stale") == 7
        texts.append(view(home.desk, person, home.letter_id).outgoing)
    assert texts[0] != texts[1]


def test_what_was_typed_survives_the_end_of_the_session(home: House, ask: httpx.Client) -> None:
    """The page gives it back, escaped; after signing in it is looked at once more and sent."""
    actor, person = reader(home)
    end_session(home.desk, person)
    lost = post(ask, actor, letter(home, "/notes"), text=NOTE)
    assert lost.status_code == 403
    assert "<b>Quedlinburg</b>" not in lost.text
    assert "&lt;b&gt;Quedlinburg&lt;/b&gt;" in lost.text
    assert 'href="/sign-in"' in lost.text
    assert actor.csrf not in lost.text

    again = signed_in_again(home, person)
    early = post(ask, again, letter(home, "/notes"), csrf_token="", text=NOTE)
    assert early.status_code == 403
    (token,) = set(re.findall('name="csrf_token" value="([^"]+)"', early.text))
    assert token == again.csrf
    assert "Quedlinburg" in early.text
    sent = post(ask, again, letter(home, "/notes"), csrf_token=token, text=NOTE)
    assert sent.status_code == 303
    (note,) = view(home.desk, person, home.letter_id).notes
    assert note.text == NOTE


@pytest.mark.parametrize(
    ("site", "pressed", "goes_on"),
    [
        ("same-origin", "true", True),
        ("same-origin", "", False),
        ("none", "true", False),
        (None, "true", False),
    ],
)
def test_only_what_our_page_sent_by_its_button_goes_on_by_itself(
    home: House, ask: httpx.Client, site: str | None, pressed: str, *, goes_on: bool
) -> None:
    """Where the browser does not say so, the person presses once more; nothing was done yet."""
    actor, person = reader(home)
    cookie = "; ".join(f"{name}={value}" for name, value in actor.cookies.items())
    headers = {"Cookie": cookie} | ({"Sec-Fetch-Site": site} if site else {})
    data = {"text": NOTE} | ({"sent_again": pressed} if pressed else {})
    shown = ask.post(letter(home, "/notes"), data=data, headers=headers)
    assert shown.status_code == 403
    assert ("data-goes-on" in shown.text) is goes_on
    # two presses where nothing goes on by itself: the second page says what the first one did
    assert ("<strong>Not sent yet.</strong>" in shown.text) is bool(pressed)
    assert "Keeps this note with the letter." in shown.text
    assert 'name="sent_again"' not in shown.text
    assert view(home.desk, person, home.letter_id).notes == ()


def test_a_form_without_words_leads_to_signing_in(home: House, ask: httpx.Client) -> None:
    """A click is made again in a moment; only what was typed is worth a page."""
    actor, person = reader(home)
    end_session(home.desk, person)
    answer = post(ask, actor, letter(home, "/undo"), version=1)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_passwords_are_never_given_back(home: House, ask: httpx.Client) -> None:
    """Forms of the account lead to signing in, whatever was typed."""
    actor, person = reader(home)
    end_session(home.desk, person)
    answer = post(ask, actor, "/review/account", password="four words and more")
    assert answer.status_code == 303
    assert "four words" not in answer.text


def test_another_site_gets_nothing_back(home: House, ask: httpx.Client) -> None:
    """What a foreign page sends is refused before anything is shown."""
    answer = ask.post(
        letter(home, "/notes"), data={"text": NOTE}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "Quedlinburg" not in answer.text


def test_the_question_lists_what_becomes_readable(home: House, ask: httpx.Client) -> None:
    """Escaped, with the form to send once more; without the question nothing changes."""
    actor, person = reader(home)
    before = view(home.desk, person, home.letter_id)
    form: dict[str, str | int] = {
        "version": before.version,
        "finding": "f1",
        "step": "keep",
        "reason": "Already general enough",
    }
    asked = post(ask, actor, letter(home, "/decide"), **form)
    assert asked.status_code == 200
    assert "<mark>Anna</mark>" in asked.text
    assert version_of(home.desk, home.letter_id) == before.version
    fields = dict(re.findall('type="hidden" name="([a-z_]+)" value="([^"]*)"', asked.text))
    fields.pop("csrf_token"), fields.pop("back")
    assert fields == {**{name: str(value) for name, value in form.items()}, "asked": "true"}
    done = post(ask, actor, letter(home, "/decide"), **fields)
    assert done.headers["location"].endswith("said=kept")
    assert "Anna" in (view(home.desk, person, home.letter_id).outgoing or "")


def test_keys_that_clash_come_back_as_typed(home: House, ask: httpx.Client) -> None:
    """The page says why, keeps what was typed and changes nothing."""
    actor, _ = reader(home)
    answer = post(ask, actor, "/review/account/keys", next="j", remove="j")
    assert answer.status_code == 422
    assert "The key j stands twice" in answer.text


def signed_in_again(home: House, person: Person) -> Actor:
    """The same person in a new session."""
    link = make_sign_in_link(home.desk, OPERATOR, name=person.name)
    session = use_sign_in_link(home.desk, link.rpartition("/")[2])
    return Actor(
        name=person.name,
        role=Role.PROOFREADER,
        person=person,
        cookies={"session": session.cookie_value},
        csrf=session.csrf_token,
    )
