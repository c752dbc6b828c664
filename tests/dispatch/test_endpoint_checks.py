"""A new address holds only once its recipient has told the code that was really sent there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service import actions
from service.actions import Desk
from service.actions.endpoint_checks import (
    answer_endpoint_check,
    ask_endpoint_again,
    ask_next_endpoint,
    code_of,
)
from service.actions.endpoints import (
    confirm_proposed_endpoint,
    list_endpoints,
    propose_endpoint,
    withdraw_proposed_endpoint,
)
from service.actions.sending import pause_sending, resume_sending
from service.app import site_channels
from service.dispatch.channels import CHECK_FILE
from service.store.endpoints import StoredEndpoint, endpoint_now
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed, TooOften
from service.workflow.people import Person, Role
from tests.dispatch.certificates import identity
from tests.dispatch.mail_server import SENDER, Sink, mail_server
from tests.dispatch.sftp_server import sftp_server
from tests.factories import add, clock_of, make_desk

CLINIC = identity("clinic.example")
MAIL = Endpoint(
    recipient_id="CL-1",
    version=0,
    kind=ChannelKind.SMTP,
    address="letters@clinic.example",
    pinned=CLINIC.pem,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where an address holds without a pause."""
    made = make_desk(tmp_path / "data", endpoint_delay_h=0)
    yield made
    made.database.close()


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator, who proposes."""
    return add(desk, "Cora Dinator", Role.COORDINATOR)


@pytest.fixture
def cole(desk: Desk) -> Person:
    """Another coordinator, who confirms."""
    return add(desk, "Cole League", Role.COORDINATOR)


def agreed(desk: Desk, cora: Person, cole: Person, endpoint: Endpoint = MAIL) -> StoredEndpoint:
    """An entry that two people agreed on."""
    endpoint_id = propose_endpoint(desk, cora, endpoint=endpoint)
    confirm_proposed_endpoint(desk, cole, endpoint_id=endpoint_id)
    return entry(desk, cora)


def entry(desk: Desk, person: Person) -> StoredEndpoint:
    """The newest entry of the directory."""
    return list_endpoints(desk, person)[0]


def kind_now(desk: Desk) -> ChannelKind:
    """The way by which letters to the clinic go now."""
    with desk.database.reading() as connection:
        return endpoint_now(connection, "CL-1", now=desk.now()).kind


def told_code(text: str) -> str:
    """The code that stands in a message."""
    return text.partition("Code: ")[2].split()[0]


def test_the_code_that_arrives_by_mail_opens_the_address(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person
) -> None:
    """Encrypted for the clinic, and until it is told, letters go where they went."""
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        channels = site_channels(desk.settings, clock=desk.clock)
        mailing = replace(desk, way_out=replace(channels, mail=server))
        stored = agreed(mailing, cora, cole)
        assert ask_next_endpoint(mailing)
        assert not ask_next_endpoint(mailing)
    (mail,) = sink.delivered
    assert (mail.sender, mail.recipients) == (SENDER, ["letters@clinic.example"])
    code = told_code(mail.opened(CLINIC)[CHECK_FILE].decode())
    assert code.encode() not in bytes(mail.message)
    assert kind_now(desk) is ChannelKind.FOLDER
    answer_endpoint_check(desk, cole, endpoint_id=stored.endpoint_id, code=code.lower())
    assert kind_now(desk) is ChannelKind.SMTP
    assert not entry(desk, cora).waits
    assert actions.verify_audit(desk)


def test_the_code_arrives_by_sftp_once(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person
) -> None:
    """Asked for again, it is the same one, in the same folder."""
    with sftp_server(tmp_path / "clinic") as clinic:
        stored = agreed(desk, cora, cole, clinic.endpoint())
        channels = site_channels(desk.settings, clock=desk.clock)
        sending = replace(
            desk, way_out=replace(channels, sftp=clinic.access(tmp_path / "client.key"))
        )
        assert ask_next_endpoint(sending)
        ask_endpoint_again(sending, cora, endpoint_id=stored.endpoint_id)
        assert ask_next_endpoint(sending)
        (found,) = (clinic.folder / "in").glob(f"*/{CHECK_FILE}")
    assert found.parent.name == stored.endpoint_id
    assert told_code(found.read_text()) == code_of(desk, stored)


def test_who_proposed_an_address_cannot_answer_for_its_recipient(
    desk: Desk, cora: Person, cole: Person
) -> None:
    """Nor does a wrong code, nor the code of another entry."""
    stored = agreed(desk, cora, cole)
    endpoint_id = stored.endpoint_id
    with pytest.raises(NotAllowed, match="Another person"):
        answer_endpoint_check(desk, cora, endpoint_id=endpoint_id, code=code_of(desk, stored))
    other = replace(stored, endpoint_id="0" * 32)
    with pytest.raises(BadRequest, match="withdraw it"):
        answer_endpoint_check(desk, cole, endpoint_id=endpoint_id, code=code_of(desk, other))
    assert kind_now(desk) is ChannelKind.FOLDER


def test_codes_are_not_guessed(desk: Desk, cora: Person, cole: Person) -> None:
    """After ten tries in an hour even the right one waits."""
    stored = agreed(desk, cora, cole)
    for _ in range(10):
        with pytest.raises(BadRequest):
            answer_endpoint_check(desk, cole, endpoint_id=stored.endpoint_id, code="A" * 16)
    with pytest.raises(TooOften):
        answer_endpoint_check(
            desk, cole, endpoint_id=stored.endpoint_id, code=code_of(desk, stored)
        )


def test_what_could_not_be_sent_is_tried_again_and_told(
    desk: Desk, cora: Person, cole: Person
) -> None:
    """Five times; afterwards a person asks for it again."""
    without = replace(desk, way_out=site_channels(desk.settings, clock=desk.clock))
    agreed(without, cora, cole)
    tries = 0
    while ask_next_endpoint(without):
        tries += 1
        clock_of(desk).forward(minutes=11)
    assert tries == 5
    assert "LETTERS_SMTP_HOST" in (entry(desk, cora).ask_failure or "")
    ask_endpoint_again(without, cora, endpoint_id=entry(desk, cora).endpoint_id)
    assert ask_next_endpoint(without)


def test_an_address_whose_recipient_has_no_code_is_withdrawn(
    desk: Desk, cora: Person, cole: Person
) -> None:
    """It went to somebody else: it never holds, and another one may be proposed."""
    stored = agreed(desk, cora, cole)
    with pytest.raises(IllegalTransition, match="for its code"):
        propose_endpoint(desk, cole, endpoint=MAIL)
    withdraw_proposed_endpoint(desk, cole, endpoint_id=stored.endpoint_id)
    code = code_of(desk, stored)
    with pytest.raises(IllegalTransition, match="does not wait"):
        answer_endpoint_check(desk, cole, endpoint_id=stored.endpoint_id, code=code)
    with pytest.raises(IllegalTransition, match="does not wait"):
        ask_endpoint_again(desk, cora, endpoint_id=stored.endpoint_id)
    assert kind_now(desk) is ChannelKind.FOLDER
    propose_endpoint(desk, cole, endpoint=MAIL)


def test_while_sending_is_stopped_no_code_leaves(desk: Desk, cora: Person, cole: Person) -> None:
    """The switch stops everything that goes out."""
    agreed(desk, cora, cole)
    pause_sending(desk, cora)
    assert not ask_next_endpoint(desk)
    resume_sending(desk, cora)
    assert ask_next_endpoint(desk)


def test_a_folder_on_this_site_is_not_asked(desk: Desk, cora: Person, cole: Person) -> None:
    """There is nobody else at its end; the pause of the directory stays."""
    folder = Endpoint(recipient_id="CL-1", version=0, kind=ChannelKind.FOLDER)
    assert not agreed(desk, cora, cole, folder).waits
    assert not ask_next_endpoint(desk)
