"""Letters by mail, through a real mail server."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.dispatch.mail import MailServer, send_mail
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import DispatchFailed, DispatchRefused, DispatchUncertain
from tests.dispatch.certificates import identity
from tests.dispatch.mail_server import SENDER, Sink, mail_server
from tests.factories import START

CLINIC = identity("clinic.example")
FILES = {"letter.txt": "Dear donor, äöü.".encode(), "routing-slip.txt": b"Case: C-1\n"}
DISPATCH = "d" * 32


def endpoint(address: str = "letters@clinic.example", pinned: str | None = None) -> Endpoint:
    """The clinic in the directory."""
    key = CLINIC.pem if pinned is None else pinned
    return Endpoint(
        recipient_id="CL-1", version=1, kind=ChannelKind.SMTP, address=address, pinned=key
    )


def send(server: MailServer, to: Endpoint | None = None) -> None:
    """One try."""
    send_mail(
        FILES, to or endpoint(), dispatch_id=DISPATCH, on=START.date(), now=START, server=server
    )


def test_the_clinic_alone_can_open_what_it_gets(tmp_path: Path) -> None:
    """The very files, in an envelope for its key; nothing of them outside."""
    sink = Sink()
    with mail_server(tmp_path, sink) as server:
        send(server)
    (mail,) = sink.delivered
    assert mail.opened(CLINIC) == FILES
    assert (mail.sender, mail.recipients) == (SENDER, ["letters@clinic.example"])
    assert b"Dear donor" not in mail.content
    assert b"C-1" not in mail.content
    assert mail.message["Subject"] == "A letter to pass on"


def test_a_second_try_is_known_as_the_same_mail(tmp_path: Path) -> None:
    """The message id and everything outside of the envelope is the same."""
    sink = Sink()
    with mail_server(tmp_path, sink) as server:
        send(server)
        send(server)
    first, second = (one.message for one in sink.delivered)
    assert first["Message-ID"] == second["Message-ID"] == f"<{DISPATCH}@registry.example>"
    headers = [dict(one.items()) for one in (first, second)]
    assert headers[0] == headers[1]


@pytest.mark.parametrize(
    "address",
    [
        "a@clinic.example, b@elsewhere.example",
        "a@clinic.example\r\nBcc: b@elsewhere.example",
        "Clinic <a@clinic.example>",
        '"a b"@clinic.example',
        "a@clinic.example;b@elsewhere.example",
        "a@b@clinic.example",
        "clinic",
        "",
    ],
)
def test_only_one_plain_mailbox_is_an_address(tmp_path: Path, address: str) -> None:
    """Nothing that a mail program could take for two recipients."""
    sink = Sink()
    with mail_server(tmp_path, sink) as server, pytest.raises(DispatchRefused):
        send(server, endpoint(address))
    assert not sink.delivered


@pytest.mark.parametrize(
    "pinned",
    [
        "",
        "not a certificate",
        CLINIC.pem * 2,
        identity("old.example", start=START - timedelta(days=10), days=9).pem,
        identity("new.example", start=START + timedelta(days=1)).pem,
        identity("weak.example", bits=1024).pem,
    ],
    ids=["none", "nonsense", "two", "expired", "not yet", "weak"],
)
def test_without_a_good_certificate_nothing_is_sent(tmp_path: Path, pinned: str) -> None:
    """Never in the clear instead."""
    sink = Sink()
    with mail_server(tmp_path, sink) as server, pytest.raises(DispatchRefused):
        send(server, endpoint(pinned=pinned))
    assert not sink.delivered


def test_a_server_without_encryption_gets_nothing(tmp_path: Path) -> None:
    """Not even the address of the clinic."""
    sink = Sink()
    with (
        mail_server(tmp_path, sink, with_tls=False) as server,
        pytest.raises(DispatchFailed, match="no encryption"),
    ):
        send(server)
    assert not sink.delivered


def test_a_server_under_another_name_gets_nothing(tmp_path: Path) -> None:
    """Its certificate is right, but for somebody else."""
    sink = Sink()
    with (
        mail_server(tmp_path, sink, name="elsewhere.example") as server,
        pytest.raises(DispatchFailed, match="not valid for its name"),
    ):
        send(server)
    assert not sink.delivered


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"say_to_recipient": "550 no such user"}, DispatchRefused),
        ({"say_to_recipient": "450 greylisted"}, DispatchFailed),
        ({"say_to_content": "554 no"}, DispatchRefused),
        ({"say_to_content": "451 later"}, DispatchFailed),
        ({"break_after_content": True}, DispatchUncertain),
    ],
    ids=["unknown", "greylist", "content refused", "content later", "broken off"],
)
def test_what_the_server_says_decides_about_another_try(
    tmp_path: Path, change: dict[str, object], error: type[Exception]
) -> None:
    """For good, for now, or nobody knows: then the same message id makes one of two mails."""
    sink = Sink(**change)  # type: ignore[arg-type]  # its fields
    with mail_server(tmp_path, sink) as server, pytest.raises(error) as raised:
        send(server)
    assert type(raised.value) is error
    assert "clinic.example" not in str(raised.value)


def test_no_server_is_another_try_later() -> None:
    """Nothing was sent, and the sentence names no host."""
    server = MailServer(host="127.0.0.1", port=9, sender=SENDER)
    with pytest.raises(DispatchFailed, match="cannot be reached"):
        send(server)
