"""
The way out of a site: the folder, its mail server, its key for the SFTP servers of recipients.

Contract: which way a letter goes, and to whom, is in the endpoint of the directory and nowhere
else. A way that this site has not set up sends nothing and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from service.dispatch.document import Outgoing, Press
from service.dispatch.folder import FolderDispatch, parcel_files
from service.dispatch.mail import MailServer, send_mail
from service.dispatch.sealing import load_certificate
from service.dispatch.sftp import SftpAccess, check_host_key, upload
from service.workflow.endpoints import ChannelKind, Endpoint, check_address, folder_endpoint
from service.workflow.errors import DispatchRefused
from service.workflow.records import Approval

#: What a new address gets instead of a letter.
CHECK_FILE = "address-check.txt"
_CHECK = """This is no letter. It shows that letters of the registry reach you at this address.

Code: {code}

Please tell this code to the registry by telephone, under the number that you know from before.
Did you not expect this? Then tell the registry as well, and pass the code on to nobody.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Every way out that the site has set up."""

    folder: FolderDispatch
    clock: Callable[[], datetime]
    press: Press = field(default_factory=Press)
    mail: MailServer | None = None
    sftp: SftpAccess | None = None

    def deliver(
        self,
        dispatch_id: str,
        approval: Approval,
        *,
        on: date,
        outgoing: Outgoing | None = None,
        endpoint: Endpoint | None = None,
    ) -> object:
        """Hand letter and slip over by the way of the endpoint."""
        endpoint = endpoint or folder_endpoint(approval.recipient_id)
        if endpoint.recipient_id != approval.recipient_id:
            message = "The address belongs to another recipient."
            raise DispatchRefused(message)
        if endpoint.kind is ChannelKind.FOLDER:
            return self.folder.deliver(dispatch_id, approval, on=on, outgoing=outgoing)
        letter = outgoing or Outgoing.bare(approval.text)
        files = parcel_files(dispatch_id, approval, on, letter)
        self._hand_over(files, endpoint, dispatch_id, on)
        return None

    def ask(self, check_id: str, endpoint: Endpoint, code: str, *, on: date) -> None:
        """Send a code to an address, so that its recipient can show that it is theirs."""
        if endpoint.kind is ChannelKind.FOLDER:
            message = "A folder on this site is not asked for a code."
            raise DispatchRefused(message)
        text = _CHECK.format(code=code)
        self._hand_over({CHECK_FILE: text.encode("utf-8")}, endpoint, check_id, on)

    def _hand_over(
        self, files: dict[str, bytes], endpoint: Endpoint, dispatch_id: str, on: date
    ) -> None:
        if endpoint.kind is ChannelKind.SMTP:
            self._send(files, endpoint, dispatch_id, on)
        else:
            self._upload(files, endpoint, dispatch_id)

    def _send(
        self, files: dict[str, bytes], endpoint: Endpoint, dispatch_id: str, on: date
    ) -> None:
        if self.mail is None:
            _not_set_up("mail server (LETTERS_SMTP_HOST and LETTERS_SMTP_SENDER)")
        else:
            send_mail(
                files,
                endpoint,
                dispatch_id=dispatch_id,
                on=on,
                now=self.clock(),
                server=self.mail,
            )

    def _upload(self, files: dict[str, bytes], endpoint: Endpoint, dispatch_id: str) -> None:
        if self.sftp is None:
            _not_set_up("key for SFTP (LETTERS_SFTP_KEY_FILE)")
        else:
            upload(files, endpoint, dispatch_id=dispatch_id, access=self.sftp)


def check_endpoint(endpoint: Endpoint, *, now: datetime) -> None:
    """Raise `BadRequest`, with what is wrong, unless a letter could go there."""
    check_address(endpoint)
    if endpoint.kind is ChannelKind.SMTP:
        load_certificate(endpoint.pinned, now=now)
    if endpoint.kind is ChannelKind.SFTP:
        check_host_key(endpoint.pinned)


def _not_set_up(what: str) -> None:
    message = f"This service has no {what}. Nothing was sent."
    raise DispatchRefused(message)
