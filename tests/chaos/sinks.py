"""
Where letters arrive in a run: folders, a mail server, an SFTP server; what each of them got.

Contract: shares nothing with the service's own record of what it sent. A sink is read at the end
from the files and mails themselves.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.workflow.endpoints import ChannelKind, Endpoint
from tests.chaos.letters import case_of
from tests.dispatch.certificates import Identity, identity
from tests.dispatch.mail_server import Sink, mail_server
from tests.dispatch.sftp_server import Clinic, sftp_server

#: Of ten clinics, so many get mail and so many SFTP; the others and the donor centre have a folder.
#: Letters to patients belong to cases with odd numbers (`letter_of`).
_BY_MAIL, _BY_SFTP = (1, 7), (3, 9)


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A letter at a recipient."""

    recipient_id: str
    dispatch_id: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Sinks:
    """Every recipient of a run."""

    outbox: Path
    mail: Sink
    owner: Identity
    clinic: Clinic
    settings: dict[str, Any]
    cases: int

    def endpoints(self) -> Iterator[Endpoint]:
        """What stands in the directory."""
        for number in range(1, self.cases + 1):
            recipient_id = case_of(number).clinic_id
            if number % 10 in _BY_MAIL:
                yield Endpoint(
                    recipient_id=recipient_id,
                    version=0,
                    kind=ChannelKind.SMTP,
                    address=f"{recipient_id.lower()}@clinic.example",
                    pinned=self.owner.pem,
                )
            elif number % 10 in _BY_SFTP:
                folder = self.clinic.folder / "in" / recipient_id
                folder.mkdir(exist_ok=True)
                address = f"sftp://letters@127.0.0.1:{self.clinic.port}/in/{recipient_id}"
                yield self.clinic.endpoint(recipient_id, address=address)

    def arrived(self) -> Iterator[Arrived]:
        """Everything that came, every time it came."""
        for root in (self.outbox, self.clinic.folder / "in"):
            for path in root.glob("*/*/letter.txt"):
                if not path.parent.name.startswith("."):
                    yield Arrived(
                        recipient_id=path.parent.parent.name,
                        dispatch_id=path.parent.name,
                        content=path.read_bytes(),
                    )
        for mail in self.mail.delivered:
            (recipient,) = mail.recipients
            yield Arrived(
                recipient_id=recipient.partition("@")[0].upper(),
                dispatch_id=str(mail.message["Message-ID"])[1:].partition("@")[0],
                content=mail.opened(self.owner)["letter.txt"],
            )


@contextmanager
def sinks(folder: Path, *, cases: int) -> Iterator[Sinks]:
    """The recipients at work."""
    with ExitStack() as stack:
        sink = Sink()
        server = stack.enter_context(mail_server(folder / "mail", sink))
        clinic = stack.enter_context(sftp_server(folder / "clinic"))
        access = clinic.access(folder / "client.key")
        settings = {
            "smtp_host": server.host,
            "smtp_port": server.port,
            "smtp_sender": server.sender,
            "smtp_ca_file": str(server.ca_file),
            "sftp_key_file": str(access.key_file),
            "outbox": str(folder / "outbox"),
        }
        yield Sinks(
            outbox=folder / "outbox",
            mail=sink,
            owner=identity("clinic.example"),
            clinic=clinic,
            settings=settings,
            cases=cases,
        )
