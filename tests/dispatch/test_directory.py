"""The directory of recipients under four eyes, and letters that leave by it, from end to end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from service import actions
from service.actions import Desk
from service.actions.dispatching import dispatch_next
from service.actions.endpoint_checks import answer_endpoint_check, code_of
from service.actions.endpoints import (
    confirm_proposed_endpoint,
    list_endpoints,
    propose_endpoint,
    withdraw_proposed_endpoint,
)
from service.actions.leasing import enter
from service.actions.returned_mail import (
    collect_returned_mail,
    record_bounce,
    record_dispatch_receipt,
)
from service.actions.sending import list_sent, pause_sending, resume_sending, sending_pause
from service.app import site_channels
from service.dispatch.document import Press
from service.dispatch.mail import MailServer
from service.store.releases import find_dispatch
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.dispatch.certificates import identity
from tests.dispatch.mail_server import SENDER, Sink, mail_server
from tests.dispatch.sftp_server import sftp_server
from tests.factories import (
    PLAIN_LETTER,
    add,
    approved,
    clock_of,
    make_desk,
    state_of,
    version_of,
    view,
    work_all,
)

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
    """A desk on a database of its own."""
    made = make_desk(tmp_path / "data", endpoint_delay_h=0)
    yield made
    made.database.close()


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Dinator", Role.COORDINATOR)


@pytest.fixture
def cole(desk: Desk) -> Person:
    """Another coordinator."""
    return add(desk, "Cole League", Role.COORDINATOR)


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


def confirmed(desk: Desk, cora: Person, cole: Person, endpoint: Endpoint = MAIL) -> None:
    """An entry that two people agreed on, whose recipient told its code."""
    endpoint_id = propose_endpoint(desk, cora, endpoint=endpoint)
    confirm_proposed_endpoint(desk, cole, endpoint_id=endpoint_id)
    (entry,) = list_endpoints(desk, cora)
    answer_endpoint_check(desk, cole, endpoint_id=endpoint_id, code=code_of(desk, entry))


def dispatch_id_of(desk: Desk, letter_id: str) -> str:
    """Under which a letter leaves."""
    with desk.database.reading() as connection:
        return find_dispatch(connection, letter_id).dispatch_id


def with_mail(desk: Desk, tmp_path: Path, server: MailServer) -> Desk:
    """The desk of a site with this mail server."""
    channels = site_channels(desk.settings, clock=desk.clock)
    settings = desk.settings.model_copy(
        update={"smtp_sender": SENDER, "returned_mail": tmp_path / "mailbox"}
    )
    return replace(desk, settings=settings, way_out=replace(channels, mail=server))


def test_nobody_confirms_what_they_proposed(desk: Desk, cora: Person, cole: Person) -> None:
    """Until a second person says yes, nothing has changed."""
    endpoint_id = propose_endpoint(desk, cora, endpoint=MAIL)
    with pytest.raises(NotAllowed, match="Another person"):
        confirm_proposed_endpoint(desk, cora, endpoint_id=endpoint_id)
    with pytest.raises(IllegalTransition, match="waits to be confirmed"):
        propose_endpoint(desk, cole, endpoint=MAIL)
    confirm_proposed_endpoint(desk, cole, endpoint_id=endpoint_id)
    (entry,) = list_endpoints(desk, cora)
    answer_endpoint_check(desk, cole, endpoint_id=endpoint_id, code=code_of(desk, entry))
    with pytest.raises(IllegalTransition):
        withdraw_proposed_endpoint(desk, cole, endpoint_id=endpoint_id)
    (entry,) = list_endpoints(desk, cora)
    assert (entry.proposed_by, entry.confirmed_by) == ("Cora Dinator", "Cole League")
    actions.verify_audit(desk)


def test_a_proofreader_keeps_no_directory(desk: Desk, anna: Person) -> None:
    """Who approves letters does not say where they go."""
    with pytest.raises(NotAllowed):
        propose_endpoint(desk, anna, endpoint=MAIL)
    with pytest.raises(NotAllowed):
        list_endpoints(desk, anna)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_id": "CL-77"},
        {"recipient_id": "../outbox"},
        {"address": "a@clinic.example, b@elsewhere.example"},
        {"pinned": ""},
        {"kind": ChannelKind.FOLDER},
        {"kind": ChannelKind.SFTP},
    ],
    ids=str,
)
def test_what_could_reach_nobody_is_not_proposed(
    desk: Desk, cora: Person, changes: dict[str, str]
) -> None:
    """With a sentence that says what to mend."""
    with pytest.raises(BadRequest):
        propose_endpoint(desk, cora, endpoint=replace(MAIL, **changes))  # type: ignore[arg-type]  # its fields
    assert not list_endpoints(desk, cora)


def test_a_confirmed_address_holds_after_its_pause(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """Until then letters go where they went; those approved before the change are then held."""
    slow = replace(desk, settings=desk.settings.model_copy(update={"endpoint_delay_h": 24.0}))
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        mailing = with_mail(slow, tmp_path, server)
        confirmed(slow, cora, cole)
        first = approved(mailing, anna, PLAIN_LETTER)
        work_all(mailing)
        second = approved(mailing, anna, f"{PLAIN_LETTER} 2")
        clock_of(desk).forward(hours=25)
        work_all(mailing)
        third = approved(mailing, anna, f"{PLAIN_LETTER} 3")
        work_all(mailing)
    assert state_of(desk, first) is LetterState.DISPATCHED
    assert len(list(desk.settings.outbox_folder.glob("CL-1/*"))) == 1
    assert state_of(desk, second) is LetterState.DISPATCH_FAILED
    assert "address of the recipient" in view(desk, anna, second).holds[0].reason
    assert state_of(desk, third) is LetterState.DISPATCHED
    (mail,) = sink.delivered
    assert dispatch_id_of(desk, third) in str(mail.message["Message-ID"])


def test_a_letter_reaches_its_clinic_by_mail(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """The approved bytes, readable to the clinic alone, under the id of the dispatch."""
    confirmed(desk, cora, cole)
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        mailing = with_mail(desk, tmp_path, server)
        letter_id = approved(mailing, anna, PLAIN_LETTER)
        work_all(mailing)
    (mail,) = sink.delivered
    outgoing = view(desk, anna, letter_id).outgoing
    assert mail.opened(CLINIC)["letter.txt"].decode() == outgoing
    assert "Case: C-1" in mail.opened(CLINIC)["routing-slip.txt"].decode()
    assert mail.recipients == ["letters@clinic.example"]
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert not desk.settings.outbox_folder.exists()


def test_a_letter_reaches_its_clinic_by_sftp(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """The approved bytes, in a folder with the id of the dispatch."""
    with sftp_server(tmp_path / "clinic") as clinic:
        confirmed(desk, cora, cole, clinic.endpoint())
        channels = site_channels(desk.settings, clock=desk.clock)
        access = clinic.access(tmp_path / "client.key")
        sending = replace(desk, way_out=replace(channels, sftp=access))
        letter_id = approved(sending, anna, PLAIN_LETTER)
        work_all(sending)
        (letter,) = (clinic.folder / "in").glob("*/letter.txt")
    assert letter.parent.name == dispatch_id_of(desk, letter_id)
    assert letter.read_text() == view(desk, anna, letter_id).outgoing


def test_a_mail_that_may_have_arrived_is_sent_again_under_the_same_id(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """The connection broke after the mail was taken: the clinic can tell that it is one letter."""
    confirmed(desk, cora, cole)
    sink = Sink(break_after_content=True)
    with mail_server(tmp_path / "mail", sink) as server:
        mailing = with_mail(desk, tmp_path, server)
        letter_id = approved(mailing, anna, PLAIN_LETTER)
        dispatch_next(mailing, enter(mailing))
        assert state_of(desk, letter_id) is LetterState.APPROVED
        assert "may have the letter" in view(desk, anna, letter_id).holds[0].reason
        sink.break_after_content = False
        work_all(mailing)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert len({one.message["Message-ID"] for one in sink.delivered}) == 1
    assert [one.opened(CLINIC)["letter.txt"] for one in sink.delivered[:1]] == [
        one.opened(CLINIC)["letter.txt"] for one in sink.delivered[1:]
    ]


def test_a_way_that_is_not_set_up_sends_nothing(
    desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """The letter waits for a person, with the settings that are missing."""
    confirmed(desk, cora, cole)
    without = replace(desk, way_out=site_channels(desk.settings, clock=desk.clock))
    letter_id = approved(without, anna, PLAIN_LETTER)
    work_all(without)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "LETTERS_SMTP_HOST" in seen.holds[0].reason


def test_while_sending_is_stopped_nothing_leaves(desk: Desk, cora: Person, anna: Person) -> None:
    """Letters wait, none is counted as tried; afterwards they go."""
    letter_id = approved(desk, anna, PLAIN_LETTER)
    pause_sending(desk, cora)
    assert dispatch_next(desk, enter(desk)) is None
    assert sending_pause(desk) is not None
    with pytest.raises(NotAllowed):
        resume_sending(desk, anna)
    resume_sending(desk, cora)
    with pytest.raises(IllegalTransition):
        resume_sending(desk, cora)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    sent = list_sent(desk, cora, since=desk.now(), until=desk.now() + timedelta(seconds=1))
    assert [(one.letter_id, one.recipient_id) for one in sent] == [(letter_id, "CL-1")]


def test_sending_stopped_at_the_last_moment_sends_nothing(
    desk: Desk, cora: Person, anna: Person
) -> None:
    """The worker has the letter in hand and has built its document."""
    letter_id = approved(desk, anna, PLAIN_LETTER)
    letter = desk.way_out.press.letter

    def print_and_stop(*arguments: object, **named: object) -> object:
        pause_sending(desk, cora)
        return letter(*arguments, **named)  # type: ignore[arg-type]  # passed on

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Press, "letter", lambda _self, *a, **n: print_and_stop(*a, **n))
        dispatch_next(desk, enter(desk))
    assert not desk.settings.outbox_folder.exists()
    assert state_of(desk, letter_id) is LetterState.APPROVED
    resume_sending(desk, cora)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    started = [
        one.details["attempt"]
        for one in view(desk, anna, letter_id).history
        if one.action == "dispatch.started"
    ]
    assert started == [1, 1]


def report(kind: str, fields: str, dispatch_id: str, *, domain: str = "registry.example") -> bytes:
    """A message about a mail of ours, as mail programs write it."""
    return (
        "From: MAILER-DAEMON@clinic.example\r\nTo: letters@registry.example\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nAbout your mail.\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{dispatch_id}@{domain}>\r\n\r\n--b--\r\n"
    ).encode()


BOUNCE = "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\n"
LATE = BOUNCE.replace("failed", "delayed")
SEEN = "Disposition: manual-action/MDN-sent-manually; displayed\r\n"


def arrive(desk: Desk, content: bytes) -> None:
    """A message arrives in the sender's mailbox and is looked at."""
    mailbox = desk.settings.returned_mail
    assert mailbox is not None
    (mailbox / "new").mkdir(parents=True, exist_ok=True)
    (mailbox / "new" / "1.host").write_bytes(content)
    assert collect_returned_mail(desk)
    assert not list((mailbox / "new").iterdir())


def sent_by_mail(
    desk: Desk, tmp_path: Path, cora: Person, cole: Person, anna: Person
) -> tuple[Desk, str]:
    """A letter that left by mail."""
    confirmed(desk, cora, cole)
    with mail_server(tmp_path / "mail", Sink()) as server:
        mailing = with_mail(desk, tmp_path, server)
        letter_id = approved(mailing, anna, PLAIN_LETTER)
        work_all(mailing)
    return mailing, letter_id


def test_a_letter_that_came_back_waits_for_a_person(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """It is sent nowhere else by itself; told twice it changes nothing."""
    mailing, letter_id = sent_by_mail(desk, tmp_path, cora, cole, anna)
    bounce = report("delivery-status", BOUNCE, dispatch_id_of(desk, letter_id))
    arrive(mailing, bounce)
    arrive(mailing, bounce)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "came back" in seen.holds[0].reason
    assert not list_sent(desk, cora, since=desk.now(), until=desk.now() + timedelta(1))
    actions.verify_audit(desk)


def test_a_confirmation_by_mail_ends_the_waiting(
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person
) -> None:
    """As one that a coordinator notes; without it the letter is late after a while."""
    mailing, letter_id = sent_by_mail(desk, tmp_path, cora, cole, anna)
    clock_of(desk).forward(days=31)
    assert [one.letter_id for one in actions.list_waiting_too_long(desk, cora)] == [letter_id]
    dispatch_id = dispatch_id_of(desk, letter_id)
    arrive(mailing, report("disposition-notification", SEEN, dispatch_id))
    assert not actions.list_waiting_too_long(desk, cora)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"From: x\r\n\r\nThank you, we have the letter.",
        report("delivery-status", LATE, "d" * 32),
        report("delivery-status", BOUNCE, "0" * 32),
        report("delivery-status", BOUNCE, "d" * 32, domain="elsewhere.example"),
        report("disposition-notification", SEEN.replace("displayed", "deleted"), "d" * 32),
        b"\xff\x00" * 50,
    ],
    ids=["empty", "words", "only late", "unknown", "another's", "deleted", "noise"],
)
def test_any_other_mail_changes_nothing(  # noqa: PLR0917 - fixtures
    tmp_path: Path, desk: Desk, cora: Person, cole: Person, anna: Person, message: bytes
) -> None:
    """It stays in the mailbox for a person."""
    mailing, letter_id = sent_by_mail(desk, tmp_path, cora, cole, anna)
    dispatch_id = dispatch_id_of(desk, letter_id)
    version = version_of(desk, letter_id)
    arrive(mailing, message.replace(b"d" * 32, dispatch_id.encode()))
    assert version_of(desk, letter_id) == version
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert list((tmp_path / "mailbox" / "cur").iterdir())


def test_receipts_and_bounces_can_be_told_by_hand(desk: Desk, cora: Person, anna: Person) -> None:
    """By the id that stands on the slip."""
    first = approved(desk, anna, PLAIN_LETTER)
    second = approved(desk, anna, f"{PLAIN_LETTER} 2")
    work_all(desk)
    record_dispatch_receipt(desk, cora, dispatch_id=dispatch_id_of(desk, first))
    record_bounce(desk, cora, dispatch_id=dispatch_id_of(desk, second))
    assert state_of(desk, second) is LetterState.DISPATCH_FAILED
    with pytest.raises(IllegalTransition):
        record_bounce(desk, cora, dispatch_id=dispatch_id_of(desk, second))
    clock_of(desk).forward(days=31)
    late = {one.letter_id for one in actions.list_waiting_too_long(desk, cora)}
    assert first not in late
