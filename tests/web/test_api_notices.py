"""`/v1/letters/{id}/notices`: what a writer is told, for the client that posted the letter."""

import json

import httpx

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.workflow.people import Role
from tests.factories import add, version_of, work_all
from tests.web.test_api_letters import client, desk, post

__all__ = ["client", "desk"]


def notices(client: httpx.Client, letter_id: str) -> list[dict[str, str]]:
    """The notices of a letter."""
    response = client.get(f"/v1/letters/{letter_id}/notices")
    assert response.status_code == 200
    assert response.json()["id"] == letter_id
    found: list[dict[str, str]] = response.json()["notices"]
    return found


def test_the_acknowledgement_is_there_at_once(client: httpx.Client) -> None:
    """As a text with its kind and its language, and the same one every time."""
    letter_id = post(client).json()["id"]
    (first,) = notices(client, letter_id)
    assert set(first) == {"id", "kind", "language", "text", "made_at"}
    assert (first["kind"], first["language"]) == ("received", "en")
    assert first["text"].startswith("Dear writer,")
    assert notices(client, letter_id) == [first]


def test_a_return_letter_is_fetched_as_it_was_sent(client: httpx.Client, desk: Desk) -> None:
    """With the status that says so, and nothing for colleagues in it."""
    letter_id = post(client).json()["id"]
    work_all(desk)
    sena = add(desk, "Sena", Role.SENIOR)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, sena, letter_id=letter_id, version=version)
    shown = actions.prepare_return(desk, sena, letter_id=letter_id)
    actions.return_to_writer(
        desk,
        sena,
        letter_id=letter_id,
        version=shown.version,
        kind=shown.kind,
        language="en",
        text="Dear writer, please leave out the address.",
        reason="Secret among colleagues.",
    )
    found = notices(client, letter_id)
    assert found[0]["text"] == "Dear writer, please leave out the address.\n"
    assert client.get(f"/v1/letters/{letter_id}").json()["status"] == "returned_to_you"
    assert "colleagues" not in json.dumps(found)


def test_another_clients_notices_do_not_exist(client: httpx.Client, desk: Desk) -> None:
    """Nor are they made by asking."""
    letter_id = post(client).json()["id"]
    other = add_key(desk, OPERATOR, client="another")
    headers = {"Authorization": f"Bearer {other}"}
    response = client.get(f"/v1/letters/{letter_id}/notices", headers=headers)
    assert response.status_code == 404
    sena = add(desk, "Sena", Role.SENIOR)
    assert actions.open_notices(desk, sena, letter_id=letter_id).notices == ()
    assert client.get(f"/v1/letters/{'0' * 32}/notices").status_code == 404
