"""What decides about access holds on SQLite and PostgreSQL alike, however many ask at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from anonymizer.model import Channel
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import OPERATOR, make_sign_in_link, person_of_session, use_sign_in_link
from service.actions.accounts import Attempt, NewAccount, save_account, sign_in
from service.actions.keys import add_key, check_key_holds, end_key, key_of, rotate_key
from service.actions.limiting import check_rate, forget_tries
from service.identity.codes import code_at, new_seed
from service.store.accounts import StoredVisit, begin_visit, end_visit, find_account
from service.store.letters import count_by_state
from service.store.webhooks import queue_status, take_delivery
from service.workflow.errors import KeyRefused, ServiceError, TooOften
from service.workflow.writer_status import WriterStatus
from tests.factories import LETTER, add, clock_of

PASSWORD = "violin gravel seldom harbour"


def succeeded(act: Callable[[], object], *, times: int = 16) -> int:
    """How many of so many at once were not refused."""

    def one(_: int) -> bool:
        try:
            act()
        except ServiceError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, range(times)))


def test_of_many_tries_at_once_as_many_count_as_are_allowed(desk: Desk) -> None:
    """Counted by the database, so that no process forgets another's."""
    assert succeeded(lambda: check_rate(desk, "5/minute", "somebody"), times=24) == 5
    with pytest.raises(TooOften) as refused:
        check_rate(desk, "5/minute", "somebody")
    assert refused.value.retry_after_s == 60
    check_rate(desk, "5/minute", "somebody else")
    clock_of(desk).forward(minutes=1)
    check_rate(desk, "5/minute", "somebody")
    for _ in range(4):
        check_rate(desk, "5/minute", "somebody")
    forget_tries(desk, "5/minute", "somebody")
    check_rate(desk, "5/minute", "somebody")


def test_a_code_opens_one_session_of_many_tries(desk: Desk) -> None:
    """Sixteen at once, one session; the seed is sealed and comes back."""
    anna, seed = add(desk, "Anna"), new_seed()
    token = make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]
    who = person_of_session(desk, use_sign_in_link(desk, token).cookie_value)
    assert who is not None
    new = NewAccount(seed=seed, code=code_at(seed, desk.now()), password=PASSWORD, again=PASSWORD)
    save_account(desk, who, new)
    with desk.database.reading() as connection:
        account = find_account(connection, anna.person_id)
    assert account is not None
    assert account.code_seed == seed
    clock_of(desk).forward(minutes=2)
    code = code_at(seed, desk.now())
    attempt = Attempt(name="Anna", password=PASSWORD, code=code, address="192.0.2.1")
    assert succeeded(lambda: sign_in(desk, attempt), times=4) == 1


def test_a_key_is_followed_by_one_key(desk: Desk) -> None:
    """Many rotate at once; two are valid afterwards."""
    key = add_key(desk, OPERATOR, client="registry").split("_")[1]
    assert succeeded(lambda: rotate_key(desk, OPERATOR, key_id=key)) == 1


def test_a_revoked_key_stores_no_letter(desk: Desk) -> None:
    """Looked at in the transaction that stores it."""
    key = add_key(desk, OPERATOR, client="registry")
    stored = key_of(desk, key)
    assert stored is not None
    check_key_holds(desk, stored.key_id)
    incoming = IncomingLetter(content=LETTER.encode(), channel=Channel.API)
    request = ClientRequest(client="registry", idempotency_key="k", key_id=stored.key_id)
    end_key(desk, OPERATOR, key_id=stored.key_id)
    with pytest.raises(KeyRefused):
        receive_client_letter(desk, incoming=incoming, request=request)
    with pytest.raises(KeyRefused):
        check_key_holds(desk, stored.key_id)
    with desk.database.reading() as connection:
        assert not count_by_state(connection)


def test_a_visit_to_the_provider_ends_once(desk: Desk) -> None:
    """Of many that come back with one state, one is let in."""
    visit = StoredVisit(
        state_hash="s" * 64, browser_hash="b" * 64, nonce="n", verifier="v", made_at=desk.now()
    )
    with desk.database.writing() as tx:
        begin_visit(tx, visit, life=timedelta(minutes=10))

    def end(_: int) -> bool:
        with desk.database.writing() as tx:
            return end_visit(tx, visit.state_hash) == visit

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(end, range(16))) == 1


def test_a_word_is_taken_by_one_worker_and_in_order(desk: Desk) -> None:
    """However many look; the next about the letter waits for it."""
    with desk.database.writing() as tx:
        for word in (WriterStatus.BEING_READ, WriterStatus.PASSED_ON):
            queue_status(tx, client="registry", letter_id="a" * 32, status=word, now=desk.now())

    def take(_: int) -> list[WriterStatus]:
        with desk.database.writing() as tx:
            found = take_delivery(tx, ["registry"], now=desk.now(), lease=timedelta(minutes=1))
        return [found.status] if found else []

    with ThreadPoolExecutor(8) as pool:
        taken = [one for found in pool.map(take, range(16)) for one in found]
    assert taken == [WriterStatus.BEING_READ]
    clock_of(desk).forward(minutes=2)
    assert take(0) == [WriterStatus.BEING_READ]
