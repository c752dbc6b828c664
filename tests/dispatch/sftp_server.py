"""A real SFTP server for tests: asyncssh on a folder, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from service.dispatch.sftp import SftpAccess
from service.workflow.endpoints import ChannelKind, Endpoint


class Clinic:
    """An SFTP server of a recipient: its folder, its address, its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0

    @property
    def public_key(self) -> str:
        """As `ssh-keyscan` prints it."""
        return self.host_key.export_public_key().decode("ascii").strip()

    def access(self, path: Path) -> SftpAccess:
        """The key by which it knows the service."""
        path.write_bytes(self.client_key.export_private_key())
        path.chmod(0o600)
        return SftpAccess(key_file=path)

    def endpoint(self, recipient_id: str = "CL-1", **changes: str) -> Endpoint:
        """How it stands in the directory."""
        return Endpoint(
            recipient_id=recipient_id,
            version=1,
            kind=ChannelKind.SFTP,
            address=changes.get("address", f"sftp://letters@127.0.0.1:{self.port}/in"),
            pinned=changes.get("pinned", self.public_key),
        )


@contextmanager
def sftp_server(folder: Path, factory: type[asyncssh.SFTPServer] | None = None) -> Iterator[Clinic]:
    """The server at work on `folder`, which has a folder `in`."""
    (folder / "in").mkdir(parents=True)
    clinic = Clinic(folder)
    loop = asyncio.new_event_loop()
    made = factory or asyncssh.SFTPServer
    keys = asyncssh.import_authorized_keys(clinic.client_key.export_public_key().decode("ascii"))

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[clinic.host_key],
            authorized_client_keys=keys,
            sftp_factory=lambda channel: made(channel, chroot=str(folder).encode()),
        )

    acceptor = loop.run_until_complete(listen())
    clinic.port = acceptor.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield clinic
    finally:
        asyncio.run_coroutine_threadsafe(_close(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(acceptor: asyncssh.SSHAcceptor) -> None:
    acceptor.close()
    await acceptor.wait_closed()
