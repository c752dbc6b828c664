"""
Hands a letter over to the mail server of the site, encrypted for the one recipient.

Contract: TLS with the server's name checked, or nothing is sent; exactly one recipient, that of the
directory; the same message id at every try, so that a mail taken twice is known as one. Nothing of
a letter stands in the message outside of the envelope.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from service.dispatch.sealing import load_certificate, sealed
from service.workflow.endpoints import ChannelKind, Endpoint, check_address
from service.workflow.errors import BadRequest, DispatchFailed, DispatchRefused, DispatchUncertain

_WITHIN_S = 30.0
_OK = 250
_PERMANENT = 500
_TAKES_TLS = 220
_SUBJECT = "A letter to pass on"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The site's own mail server, and whom letters come from."""

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    """TLS from the first byte (port 465); otherwise STARTTLS."""
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    """Who signed the server's certificate; without it the system's list."""

    @property
    def domain(self) -> str:
        """What message ids end with."""
        return self.sender.rpartition("@")[2]


def message_id(dispatch_id: str, server: MailServer) -> str:
    """The same for every try of a dispatch."""
    return f"<{dispatch_id}@{server.domain}>"


def send_mail(
    files: dict[str, bytes],
    endpoint: Endpoint,
    *,
    dispatch_id: str,
    on: date,
    now: datetime,
    server: MailServer,
) -> None:
    """
    Send the files to the endpoint.

    Raises `DispatchRefused` for what no other try mends, `DispatchUncertain` when the mail server
    may have taken the mail or not, `DispatchFailed` for everything else.
    """
    try:
        check_address(endpoint)
        certificate = load_certificate(endpoint.pinned, now=now)
    except BadRequest as error:
        raise DispatchRefused(error.reason) from None
    if endpoint.kind is not ChannelKind.SMTP:
        message = "The recipient is not reached by mail."
        raise DispatchRefused(message)
    content = _message(sealed(files, certificate), endpoint, dispatch_id, on, server)
    with _connected(server) as smtp:
        _announce(smtp, server.sender, endpoint.address)
        _hand_over(smtp, content)


def try_connection(server: MailServer) -> None:
    """Connect as for a letter (TLS, name, sign-in) and leave; `DispatchFailed` if it cannot be."""
    with _connected(server) as smtp, contextlib.suppress(OSError, smtplib.SMTPException):
        smtp.quit()


def _message(
    envelope: bytes, endpoint: Endpoint, dispatch_id: str, on: date, server: MailServer
) -> bytes:
    outer = EmailMessage(policy=SMTP)
    outer["From"] = server.sender
    outer["To"] = endpoint.address
    outer["Subject"] = _SUBJECT
    outer["Date"] = format_datetime(datetime.combine(on, time(), tzinfo=UTC))
    outer["Message-ID"] = message_id(dispatch_id, server)
    outer["Auto-Submitted"] = "auto-generated"
    # a clinic's program may confirm with it; see the folder of returned mail
    outer["Disposition-Notification-To"] = server.sender
    outer.set_content(envelope, maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    outer.set_param("smime-type", "enveloped-data")
    return outer.as_bytes()


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
        smtp = _open(server, context)
    except ssl.SSLCertVerificationError:
        message = "The certificate of the mail server is not valid for its name. Nothing was sent."
        raise DispatchFailed(message) from None
    except smtplib.SMTPAuthenticationError:
        message = "The mail server does not accept the user and password of this service."
        raise DispatchFailed(message) from None
    except (OSError, smtplib.SMTPException):
        message = "The mail server cannot be reached. Nothing was sent."
        raise DispatchFailed(message) from None
    try:
        yield smtp
    finally:
        smtp.close()


def _open(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.implicit_tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_WITHIN_S, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=_WITHIN_S)
    try:
        _prepare(smtp, server, context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _prepare(smtp: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    message = "The mail server offers no encryption (STARTTLS). Nothing was sent."
    try:
        if not server.implicit_tls and smtp.starttls(context=context)[0] != _TAKES_TLS:
            raise DispatchFailed(message)
    except smtplib.SMTPNotSupportedError:
        raise DispatchFailed(message) from None
    if server.user is not None and server.password_file is not None:
        smtp.login(server.user, server.password_file.read_text("utf-8").strip())


def _announce(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Say from whom and to whom; the server may still refuse."""
    try:
        smtp.ehlo_or_helo_if_needed()
        _check(smtp.mail(sender)[0], "The mail server does not accept the sender.")
        _check(smtp.rcpt(recipient)[0], "The mail server does not accept the recipient's address.")
    except (OSError, smtplib.SMTPException):
        message = "The mail server broke the connection before the letter. Nothing was sent."
        raise DispatchFailed(message) from None


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> None:
    try:
        code = smtp.data(content)[0]
    except smtplib.SMTPDataError as error:
        # it said so before the first byte of the letter
        _check(error.smtp_code, "The mail server does not accept the message.")
        raise DispatchFailed from None
    except (OSError, smtplib.SMTPException):
        raise DispatchUncertain from None
    _check(code, "The mail server does not accept the message.")


def _check(code: int, sentence: str) -> None:
    if code >= _PERMANENT:
        raise DispatchRefused(sentence)
    if code != _OK:
        message = f"{sentence[:-1]} at the moment."
        raise DispatchFailed(message)
