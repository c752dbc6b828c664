"""Everybody who could ask: each role with a session, keys of two clients, and nobody."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fastapi import FastAPI

from anonymizer.model import Channel, Direction
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import (
    OPERATOR,
    add_key,
    make_sign_in_link,
    person_of_session,
    use_sign_in_link,
)
from service.app import create_app
from service.workflow.people import STAFF_ROLES, Person, Role
from tests.factories import LETTER, add, claimed, make_desk, work_all
from tests.integration.server import served

#: Stands in every letter here; whoever may not read letters must never see it.
MARK = "Quincampoix"
TEXT = f"{MARK} {LETTER}"
CLIENT, OTHER_CLIENT = "registry", "another"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody, as requests show them."""

    name: str
    role: Role | None = None
    person: Person | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every request."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@dataclass(frozen=True, kw_only=True)
class House:
    """A desk with letters in it, its application, and everybody."""

    desk: Desk
    app: FastAPI
    staff: Mapping[Role, Actor]
    letter_id: str
    client_letter_id: str

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Nobody, and the staff."""
        return (Actor(name="nobody"), *self.staff.values())


def letter_of_client(desk: Desk, client: str, key: str = "k") -> str:
    """A drafted letter that this client posted."""
    incoming = IncomingLetter(
        content=TEXT.encode(), channel=Channel.API, direction=Direction.DONOR_TO_PATIENT
    )
    request = ClientRequest(client=client, idempotency_key=key)
    letter_id = receive_client_letter(desk, incoming=incoming, request=request).letter_id
    work_all(desk)
    return letter_id


def signed_in_actor(desk: Desk, role: Role) -> Actor:
    """A person of this role with a session."""
    person = add(desk, f"{role.value} person", role)
    link = make_sign_in_link(desk, OPERATOR, name=person.name)
    session = use_sign_in_link(desk, link.rpartition("/")[2])
    assert person_of_session(desk, session.cookie_value) is not None
    return Actor(
        name=role.value,
        role=role,
        person=person,
        cookies={"session": session.cookie_value},
        csrf=session.csrf_token,
    )


def key_actor(desk: Desk, client: str, **options: object) -> Actor:
    """A registry client with a key."""
    key = add_key(desk, OPERATOR, client=client, **options)  # type: ignore[arg-type]  # passed on
    return Actor(name=f"key of {client}", role=Role.REGISTRY_CLIENT, key=key)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """A house with a letter in review, claimed by the proofreader, and one of a client."""
    desk = make_desk(folder, api_rate="100000/minute")
    staff = {role: signed_in_actor(desk, role) for role in sorted(STAFF_ROLES)}
    proofreader = staff[Role.PROOFREADER].person
    assert proofreader is not None
    yield House(
        desk=desk,
        app=create_app(desk.settings, desk=desk, work=False),
        staff=staff,
        letter_id=claimed(desk, proofreader, TEXT),
        client_letter_id=letter_of_client(desk, CLIENT),
    )
    desk.database.close()


@contextmanager
def browser(app: FastAPI) -> Iterator[httpx.Client]:
    """Something that asks, without cookies of its own."""
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as made:
        yield made
