"""Links, sessions, keys: each works exactly as long and as often as it should."""

import pytest

from service.actions import Desk
from service.actions.access import (
    FIRST_PERSON,
    OPERATOR,
    add_key,
    add_person,
    client_of_key,
    first_sign_in_link,
    link_is_usable,
    make_sign_in_link,
    person_of_session,
    sign_out,
    use_sign_in_link,
)
from service.workflow.errors import BadRequest, NotAllowed, NotFound
from service.workflow.people import Person, Role
from tests.factories import clock_of


def token_for(desk: Desk, person: Person) -> str:
    """A fresh link's token."""
    return make_sign_in_link(desk, OPERATOR, name=person.name).rpartition("/")[2]


def test_a_link_signs_in_once(desk: Desk, anna: Person) -> None:
    """Looking at it, as mail scanners do, uses nothing up."""
    token = token_for(desk, anna)
    assert link_is_usable(desk, token)
    assert link_is_usable(desk, token)
    session = use_sign_in_link(desk, token)
    assert session.person == anna
    assert not link_is_usable(desk, token)
    with pytest.raises(NotAllowed):
        use_sign_in_link(desk, token)


def test_a_link_works_for_a_day(desk: Desk, anna: Person) -> None:
    """An old mail opens nothing."""
    token = token_for(desk, anna)
    clock_of(desk).forward(hours=24)
    assert not link_is_usable(desk, token)
    with pytest.raises(NotAllowed):
        use_sign_in_link(desk, token)


def test_a_new_link_ends_the_one_before(desk: Desk, anna: Person) -> None:
    """Only the newest mail counts."""
    old, new = token_for(desk, anna), token_for(desk, anna)
    assert not link_is_usable(desk, old)
    assert link_is_usable(desk, new)


def test_a_session_ends_when_idle_and_when_old(desk: Desk, anna: Person) -> None:
    """Thirty minutes without a click, ten hours in all."""
    cookie = use_sign_in_link(desk, token_for(desk, anna)).cookie_value
    for _ in range(20):
        clock_of(desk).forward(minutes=29)
        assert person_of_session(desk, cookie)
    clock_of(desk).forward(minutes=31)
    assert person_of_session(desk, cookie) is None
    cookie = use_sign_in_link(desk, token_for(desk, anna)).cookie_value
    for _ in range(25):
        clock_of(desk).forward(minutes=25)
        signed_in = person_of_session(desk, cookie)
    assert signed_in is None


def test_signing_out_ends_the_session_at_once(desk: Desk, anna: Person) -> None:
    """The cookie is worth nothing afterwards."""
    cookie = use_sign_in_link(desk, token_for(desk, anna)).cookie_value
    signed_in = person_of_session(desk, cookie)
    assert signed_in is not None
    sign_out(desk, signed_in)
    assert person_of_session(desk, cookie) is None
    assert person_of_session(desk, "made-up") is None


def test_the_first_start_makes_one_person_and_a_link(desk: Desk) -> None:
    """And a new link at each start until somebody has signed in."""
    link = first_sign_in_link(desk)
    again = first_sign_in_link(desk)
    assert link is not None
    assert again is not None
    session = use_sign_in_link(desk, again.rpartition("/")[2])
    assert session.person.name == FIRST_PERSON
    assert first_sign_in_link(desk) is None


def test_no_first_person_is_made_beside_others(desk: Desk, anna: Person) -> None:
    """Whoever added people on the command line makes their links there."""
    del anna
    assert first_sign_in_link(desk) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x07b"])
def test_a_person_needs_a_readable_name(desk: Desk, name: str) -> None:
    """The history shows it."""
    with pytest.raises(BadRequest):
        add_person(desk, OPERATOR, name=name, roles=frozenset({Role.PROOFREADER}))


def test_names_are_unique_and_roles_needed(desk: Desk, anna: Person) -> None:
    """Two people of one name could not be told apart in the history."""
    with pytest.raises(BadRequest, match="this name"):
        add_person(desk, OPERATOR, name=anna.name, roles=frozenset({Role.SENIOR}))
    with pytest.raises(BadRequest, match="one role"):
        add_person(desk, OPERATOR, name="New", roles=frozenset())
    with pytest.raises(NotFound):
        make_sign_in_link(desk, OPERATOR, name="Nobody")
    with pytest.raises(NotAllowed):
        add_person(desk, anna, name="New", roles=frozenset({Role.SENIOR}))


def test_a_key_names_its_client_for_a_year(desk: Desk) -> None:
    """Another secret, another form, or a later time opens nothing."""
    key = add_key(desk, OPERATOR, client="registry")
    assert client_of_key(desk, key) == "registry"
    for wrong in ("", "lk", "lk__", key[:-1], key + "x", key.replace("lk_", "xx_"), "lk_\ud800_a"):
        assert client_of_key(desk, wrong) is None
    clock_of(desk).forward(days=365)
    assert client_of_key(desk, key) is None


@pytest.mark.parametrize("client", ["", " ", "x" * 61, "ä"])
def test_a_client_needs_a_plain_name(desk: Desk, client: str) -> None:
    """It stands in the audit trail."""
    with pytest.raises(BadRequest):
        add_key(desk, OPERATOR, client=client)


def test_no_secret_is_stored(desk: Desk, anna: Person) -> None:
    """Neither key, nor link, nor session can be read out of the database."""
    key = add_key(desk, OPERATOR, client="registry").split("_", 2)[2]
    token = token_for(desk, anna)
    cookie = use_sign_in_link(desk, token).cookie_value
    stored = b"".join(path.read_bytes() for path in desk.settings.data_folder.glob("letters.db*"))
    for secret in (key, token, cookie):
        assert secret.encode() not in stored
