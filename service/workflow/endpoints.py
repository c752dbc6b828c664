"""
How a recipient is reached: one entry of the directory, in versions.

Contract: pure. An entry never changes: another address is another version. `digest` says exactly
what two people confirmed, and an approval is bound to it.
"""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

import re2

from service.workflow.errors import BadRequest


class ChannelKind(StrEnum):
    """By which way letters go to a recipient."""

    FOLDER = "folder"
    SMTP = "smtp"
    SFTP = "sftp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """
    One version of how a recipient is reached.

    `address` is empty for the folder, one mail address for SMTP, `sftp://user@host:port/folder` for
    SFTP. `pinned` is who must be there: the certificate (PEM) that mail is encrypted for, or the
    public key of the SFTP server (as in `known_hosts`, without the host).
    """

    recipient_id: str
    version: int
    kind: ChannelKind
    address: str = ""
    pinned: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, in hex."""
        every = [self.recipient_id, self.version, self.kind.value, self.address, self.pinned]
        return hashlib.sha256(json.dumps(every).encode("utf-8")).hexdigest()


#: One mailbox and nothing else: no list, no display name, no quoted part, no line break.
_MAILBOX = re2.compile(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"
)
_SSH_PORT = 22
_LONGEST_ADDRESS = 300


def folder_endpoint(recipient_id: str) -> Endpoint:
    """How a recipient is reached that the directory does not know: by the folder on this site."""
    return Endpoint(recipient_id=recipient_id, version=0, kind=ChannelKind.FOLDER)


def check_address(endpoint: Endpoint) -> None:
    """Raise `BadRequest`, with what is wrong, unless the address is one for its kind."""
    address = endpoint.address
    if len(address) > _LONGEST_ADDRESS:
        message = f"The address is longer than {_LONGEST_ADDRESS} characters."
        raise BadRequest(message)
    if endpoint.kind is ChannelKind.FOLDER and (address or endpoint.pinned):
        message = "A folder has no address and no key: leave both empty."
        raise BadRequest(message)
    if endpoint.kind is ChannelKind.SMTP and not _MAILBOX.match(address):
        message = "Give exactly one mail address, such as letters@clinic.example."
        raise BadRequest(message)
    if endpoint.kind is ChannelKind.SFTP:
        sftp_place(endpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpPlace:
    """A folder on an SFTP server."""

    host: str
    port: int
    user: str
    folder: str


def sftp_place(endpoint: Endpoint) -> SftpPlace:
    """The parts of an SFTP address, or `BadRequest`."""
    try:
        parts = urlsplit(endpoint.address)
        port = parts.port or _SSH_PORT
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), 0
    fits = (
        parts.scheme == "sftp"
        and parts.username
        and parts.hostname
        and not parts.password
        and not parts.query
        and not parts.fragment
        and parts.path.startswith("/")
        and ".." not in parts.path.split("/")
        and not any(sign.isspace() or not sign.isprintable() for sign in endpoint.address)
    )
    if not fits or not parts.username or not parts.hostname:
        message = (
            "Give the address as sftp://user@host/folder, with :port after the host where it is "
            "not 22, and without a password."
        )
        raise BadRequest(message)
    return SftpPlace(
        host=parts.hostname,
        port=port,
        user=parts.username,
        folder=parts.path.rstrip("/") or "/",
    )
