"""A real mail server for tests: aiosmtpd with STARTTLS, that can refuse, and break off."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der

from service.dispatch.mail import MailServer
from tests.dispatch.certificates import Identity, identity
from tests.integration.server import free_port

SENDER = "letters@registry.example"


@dataclass(kw_only=True)
class Delivered:
    """A mail that the server has taken: envelope and content."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def opened(self, owner: Identity) -> dict[str, bytes]:
        """What is in the envelope, for whoever has the key."""
        envelope = self.message.get_payload(decode=True)
        assert isinstance(envelope, bytes)
        inner = message_from_bytes(
            pkcs7_decrypt_der(envelope, owner.certificate, owner.key, []), policy=policy.default
        )
        return {
            str(part.get_filename()): bytes(part.get_payload(decode=True))
            for part in inner.walk()
            if part.get_filename()
        }


@dataclass(kw_only=True)
class Sink:
    """Takes every mail, unless it is told to refuse or to break off."""

    delivered: list[Delivered] = field(default_factory=list)
    say_to_recipient: str = "250 OK"
    say_to_content: str = "250 OK"
    break_after_content: bool = False

    async def handle_RCPT(  # noqa: N802 - the library's name and arguments
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Who shall get it."""
        if self.say_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.say_to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """The mail is here."""
        if self.say_to_content.startswith("250"):
            self.delivered.append(
                Delivered(
                    sender=envelope.mail_from or "",
                    recipients=list(envelope.rcpt_tos),
                    content=envelope.original_content or b"",
                )
            )
        if self.break_after_content:
            assert server.transport is not None
            server.transport.close()
        return self.say_to_content


@contextmanager
def mail_server(
    folder: Path, sink: Sink, *, name: str = "localhost", with_tls: bool = True
) -> Iterator[MailServer]:
    """The server at work, and how the service reaches it."""
    folder.mkdir(parents=True, exist_ok=True)
    chain, key = identity(name).write(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    # the library asks its own port whether it is there, so it cannot be chosen by the system
    port = free_port()
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=port,
        tls_context=context if with_tls else None,
        require_starttls=with_tls,
    )
    controller.start()
    try:
        yield MailServer(host="localhost", port=port, sender=SENDER, ca_file=chain)
    finally:
        controller.stop()
