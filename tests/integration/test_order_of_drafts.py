"""Drafts are made in a fair order: no registry waits behind the backlog of another one."""

import random
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from anonymizer.model import Channel
from service import actions
from service.actions import ClientRequest, Desk, IncomingLetter
from service.actions.drafting import give_up_draft, take_letter
from service.actions.leasing import enter
from service.store.schema import letters
from tests.factories import LETTER, add, bring_in, clock_of, version_of

BACKLOG = 10_000
#: So many of the backlog are whole letters, the oldest ones; the others only wait.
WHOLE = 40


def post(desk: Desk, client: str, *, number: int = 1) -> list[str]:
    """So many letters of a registry, each a second after the one before; their ids."""
    posted = []
    for _ in range(number):
        clock_of(desk).forward(seconds=1)
        incoming = IncomingLetter(content=LETTER.encode(), channel=Channel.API)
        request = ClientRequest(client=client, idempotency_key=uuid.uuid4().hex)
        receipt = actions.receive_client_letter(desk, incoming=incoming, request=request)
        posted.append(receipt.letter_id)
    return posted


def take(desk: Desk, number: int) -> list[str]:
    """The ids of the letters that a worker takes next."""
    worker = enter(desk)
    taken = (take_letter(desk, worker) for _ in range(number))
    return [work.row.letter_id for work in taken if work is not None]


def test_ten_letters_do_not_wait_behind_ten_thousand_of_another_registry(desk: Desk) -> None:
    """Although all of those came before."""
    busy = post(desk, "busy", number=WHOLE)
    _multiply(desk, busy[-1])
    calm = post(desk, "calm", number=10)
    taken = take(desk, 24)
    assert set(calm) <= set(taken)
    # each in its own order, one after the other
    assert [one for one in taken if one in calm] == calm
    assert [one for one in taken if one not in calm] == busy[:14]


def test_letters_that_people_bring_in_have_their_turn_too(desk: Desk) -> None:
    """Neither they nor those of a registry go before the others."""
    clock_of(desk).forward(seconds=1)
    busy = post(desk, "busy", number=5)
    own = sorted(bring_in(desk, f"{one} {LETTER}") for one in range(2))
    assert take(desk, 5) == [busy[0], own[0], busy[1], own[1], busy[2]]


def test_one_registry_alone_is_served_from_the_oldest(desk: Desk) -> None:
    """As they came in."""
    posted = post(desk, "busy", number=6)
    assert take(desk, 10) == posted


def test_urgent_letters_go_before_all_others(desk: Desk) -> None:
    """The oldest of them first, whoever sent it; afterwards the turns go on."""
    anna = add(desk, "Anna Proof")
    busy, calm = post(desk, "busy", number=4), post(desk, "calm", number=2)
    for urgent in (calm[1], busy[3], busy[2]):
        version = version_of(desk, urgent)
        actions.set_urgent(desk, anna, letter_id=urgent, version=version, urgent=True)
    assert take(desk, 9) == [busy[2], busy[3], calm[1], busy[0], calm[0], busy[1]]


def test_who_has_to_wait_before_another_try_gives_the_turn_on(desk: Desk) -> None:
    """A registry whose letters fail stops nobody, and loses none of them."""
    slow = replace(desk, settings=desk.settings.model_copy(update={"retry_pause_s": 60.0}))
    busy, calm = post(desk, "busy", number=1), post(desk, "calm", number=3)
    worker = enter(slow)
    work = take_letter(slow, worker)
    assert work is not None
    assert work.row.letter_id == busy[0]
    give_up_draft(slow, work, code="timeout")
    assert take(desk, 9) == calm
    clock_of(desk).forward(minutes=2)
    assert take(desk, 9) == busy


@pytest.mark.parametrize("seed", range(3))
def test_nobody_waits_longer_than_one_turn_of_each(desk: Desk, seed: int) -> None:
    """While letters of n clients wait, each is served in n; another process goes by the turns."""
    random_ = random.Random(seed)  # noqa: S311 - a test
    clients = ("one", "two", "three", "four")
    waiting = {client: post(desk, client, number=random_.randint(1, 6)) for client in clients}
    passed_over = dict.fromkeys(clients, 0)
    while any(waiting.values()):
        (taken,) = take(desk, 1)
        for client in clients:
            if taken in waiting[client]:
                # the oldest of its own
                assert waiting[client].pop(0) == taken
                passed_over[client] = 0
            elif waiting[client]:
                passed_over[client] += 1
                assert passed_over[client] < len(clients)
        if random_.random() < 0.3:
            client = random_.choice(clients)
            waiting[client] += post(desk, client)
    assert take(desk, 1) == []


def _multiply(desk: Desk, letter_id: str) -> None:
    """More rows like this one, received after it: nobody gets as far as opening them."""
    with desk.database.writing() as tx:
        row = tx.connection.execute(select(letters).where(letters.c.letter_id == letter_id)).one()
        values = dict(row._mapping)
        ids = (f"{number:032}" for number in range(BACKLOG - WHOLE))
        later = values["received_at"] + timedelta(seconds=1)
        rows = [{**values, "letter_id": one, "received_at": later} for one in ids]
        tx.connection.execute(insert(letters), rows)
