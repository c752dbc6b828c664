"""The directory of recipients in the pages, and the switch that stops all sending."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.workflow.people import Role
from tests.dispatch.certificates import identity
from tests.factories import make_desk
from tests.integration.server import served
from tests.web.actors import Actor, signed_in_actor

FORM = {
    "recipient": "CL-1",
    "kind": "smtp",
    "address": "letters@clinic.example",
    "pinned": identity("clinic.example").pem,
}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, Actor, Actor]]:
    """The pages over HTTP, with a coordinator and a senior."""
    desk = make_desk(tmp_path)
    actors = [signed_in_actor(desk, role) for role in (Role.COORDINATOR, Role.SENIOR)]
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        yield url, actors[0], actors[1]
    desk.database.close()


def press(url: str, who: Actor, path: str, **fields: str) -> httpx.Response:
    """Send a form as this person."""
    return httpx.post(
        f"{url}{path}",
        data={"csrf_token": who.csrf, **fields},
        cookies=dict(who.cookies),
        headers={"Origin": url},
        follow_redirects=True,
        timeout=30,
    )


def test_one_proposes_and_another_confirms(address: tuple[str, Actor, Actor]) -> None:
    """The page says to the first that it takes a second."""
    url, first, second = address
    page = press(url, first, "/review/endpoints", **FORM)
    assert "A second person has to confirm it" in page.text
    path = page.text.partition('action="/review/endpoints/')[2].partition('"')[0]
    refused = press(url, first, f"/review/endpoints/{path}")
    assert (refused.status_code, "Another person" in refused.text) == (409, True)
    confirmed = press(url, second, f"/review/endpoints/{path}")
    assert "holds from" in confirmed.text
    assert "Confirm</button>" not in confirmed.text


def test_what_is_wrong_with_an_address_is_said(address: tuple[str, Actor, Actor]) -> None:
    """And nothing is proposed."""
    url, first, _ = address
    page = press(url, first, "/review/endpoints", **{**FORM, "address": "a@b.example, c@d.example"})
    assert page.status_code == 409
    assert "exactly one mail address" in page.text
    assert "not yet" not in page.text


@pytest.mark.parametrize(
    "wrong", [{"address": "a@b.example, c@d.example"}, {"kind": "pigeon"}, {"pinned": "\nno <key>"}]
)
def test_what_was_typed_for_a_refused_address_stays(
    address: tuple[str, Actor, Actor], wrong: dict[str, str]
) -> None:
    """A certificate is not typed twice; the empty form is back once it is proposed."""
    url, first, _ = address
    typed = {**FORM, **wrong}
    refused = press(url, first, "/review/endpoints", **typed)
    assert refused.status_code == 409
    form = refused.text.partition('action="/review/endpoints"')[2].partition("</form>")[0]
    assert f'name="recipient" value="{typed["recipient"]}"' in form
    assert f'name="address" value="{typed["address"]}"' in form
    assert ('value="smtp" selected' in form) == (typed["kind"] == "smtp")
    pinned = unescape(form.partition("<textarea")[2].partition(">")[2].partition("</textarea")[0])
    assert pinned.removeprefix("\n") == typed["pinned"]
    done = press(url, first, "/review/endpoints", **FORM)
    assert 'name="recipient" value=""' in done.text


def test_everybody_sees_that_sending_is_stopped(address: tuple[str, Actor, Actor]) -> None:
    """On every page, until it is resumed."""
    url, first, second = address
    stopped = press(url, first, "/review/dispatch/stop")
    assert "No letter is sent at the moment" in stopped.text
    queue = httpx.get(f"{url}/review", cookies=dict(second.cookies), timeout=30)
    assert "Somebody stopped the sending of letters" in queue.text
    resumed = press(url, second, "/review/dispatch/resume")
    assert "No letter is sent at the moment" not in resumed.text


def test_stopping_everything_is_asked_once(address: tuple[str, Actor, Actor]) -> None:
    """Without JavaScript too: the button that stops is folded under what it would do."""
    url, first, _ = address
    shown = httpx.get(f"{url}/review/dispatch", cookies=dict(first.cookies), timeout=30).text
    folded = shown.partition('id="stop-sending"')[2].partition("</details>")[0]
    assert "No letter leaves any more" in folded
    assert folded.count("<button") == shown.count('action="/review/dispatch/stop"') == 1
    press(url, first, "/review/dispatch/stop")
    shown = httpx.get(f"{url}/review/dispatch", cookies=dict(first.cookies), timeout=30).text
    assert "Resume sending" in shown
    assert 'action="/review/dispatch/stop"' not in shown


def test_hours_are_whole_where_they_are(address: tuple[str, Actor, Actor]) -> None:
    """A day is 24 hours, not 24.0."""
    url, first, _ = address
    shown = httpx.get(f"{url}/review/endpoints", cookies=dict(first.cookies), timeout=30).text
    assert "holds after 24 hours" in shown
