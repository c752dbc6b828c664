"""The directory of recipients in the pages, and the switch that stops all sending."""

from collections.abc import Iterator
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


def test_everybody_sees_that_sending_is_stopped(address: tuple[str, Actor, Actor]) -> None:
    """On every page, until it is resumed."""
    url, first, second = address
    stopped = press(url, first, "/review/dispatch/stop")
    assert "No letter is sent at the moment" in stopped.text
    queue = httpx.get(f"{url}/review", cookies=dict(second.cookies), timeout=30)
    assert "Somebody stopped the sending of letters" in queue.text
    resumed = press(url, second, "/review/dispatch/resume")
    assert "No letter is sent at the moment" not in resumed.text
