"""
Puts a letter on the SFTP server of its recipient.

Contract: the server must show the very key that two people confirmed, or nothing is sent. The
folder `<dispatch_id>` appears with all files complete or not at all: written under another name,
read back, compared, renamed. Doing it twice leaves the same folder; other content is left alone.
"""

import asyncio
import contextlib
import posixpath
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from service.workflow.endpoints import Endpoint, sftp_place
from service.workflow.errors import BadRequest, DispatchFailed, DispatchRefused

_WITHIN_S = 120.0
_CONNECT_WITHIN_S = 30.0
#: The slip's date may differ when a second try falls on the next day; the letter may not.
_MAY_DIFFER = frozenset({"routing-slip.txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpAccess:
    """What this site shows to the SFTP servers of recipients."""

    key_file: Path


def check_host_key(pinned: str) -> asyncssh.SSHKey:
    """The public key of a server, or `BadRequest`."""
    try:
        return asyncssh.import_public_key(pinned)
    except (asyncssh.KeyImportError, ValueError):
        message = (
            "Give the server's public key as ssh-keyscan prints it, without the host: "
            "ssh-ed25519 AAAA…"
        )
        raise BadRequest(message) from None


def upload(
    files: dict[str, bytes], endpoint: Endpoint, *, dispatch_id: str, access: SftpAccess
) -> None:
    """
    Put the files into the folder of the endpoint.

    Raises `DispatchRefused` for what no other try mends, `DispatchFailed` for everything else.
    """
    with _told():
        asyncio.run(asyncio.wait_for(_upload(files, endpoint, dispatch_id, access), _WITHIN_S))


def try_connection(endpoint: Endpoint, access: SftpAccess) -> None:
    """
    Connect as for a letter, look whether its folder is there, write nothing.

    Raises as `upload` does.
    """
    with _told():
        asyncio.run(asyncio.wait_for(_look(endpoint, access), _CONNECT_WITHIN_S))


async def _look(endpoint: Endpoint, access: SftpAccess) -> None:
    async with _connected(endpoint, access) as sftp:
        if not await sftp.isdir(sftp_place(endpoint).folder):
            message = "The folder on the recipient's server is not there."
            raise DispatchRefused(message)


@contextmanager
def _told() -> Iterator[None]:
    """Sentences in place of what the library says, which names hosts and paths."""
    try:
        yield
    except BadRequest as error:
        raise DispatchRefused(error.reason) from None
    except asyncssh.HostKeyNotVerifiable:
        message = (
            "The recipient's server shows another key than the one in the directory. Nothing was "
            "sent. Ask the recipient whether their key was changed."
        )
        raise DispatchRefused(message) from None
    except asyncssh.PermissionDenied:
        message = "The recipient's server does not accept our key. Nothing was sent."
        raise DispatchFailed(message) from None
    except asyncssh.SFTPError:
        message = "The recipient's server refused to store the letter."
        raise DispatchFailed(message) from None
    except (OSError, asyncssh.Error, TimeoutError):
        message = "The recipient's server cannot be reached, or broke the connection."
        raise DispatchFailed(message) from None


async def _upload(
    files: dict[str, bytes], endpoint: Endpoint, dispatch_id: str, access: SftpAccess
) -> None:
    folder = sftp_place(endpoint).folder
    target = posixpath.join(folder, dispatch_id)
    # dot first: whoever collects the letters does not see half a folder
    beside = posixpath.join(folder, f".{dispatch_id}.part")
    async with _connected(endpoint, access) as sftp:
        if await sftp.exists(target):
            await _check_same(sftp, target, files)
            return
        if await sftp.exists(beside):
            await sftp.rmtree(beside)
        await sftp.mkdir(beside)
        for name, content in files.items():
            await _write(sftp, posixpath.join(beside, name), content)
        try:
            await sftp.rename(beside, target)
        except asyncssh.SFTPError:
            # another worker was quicker, or the server is full
            if not await sftp.exists(target):
                raise
            await _check_same(sftp, target, files)


@asynccontextmanager
async def _connected(endpoint: Endpoint, access: SftpAccess) -> AsyncIterator[asyncssh.SFTPClient]:
    place = sftp_place(endpoint)
    key = check_host_key(endpoint.pinned)
    async with (
        asyncssh.connect(
            place.host,
            place.port,
            username=place.user,
            client_keys=[str(access.key_file)],
            # this very key and no other; nothing of the user's own configuration
            known_hosts=([key], [], []),
            config=None,
            agent_path=None,
            preferred_auth="publickey",
            connect_timeout=_CONNECT_WITHIN_S,
            login_timeout=_CONNECT_WITHIN_S,
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):
        yield sftp


async def _write(sftp: asyncssh.SFTPClient, path: str, content: bytes) -> None:
    async with sftp.open(path, "wb") as stream:
        await stream.write(content)
        # not every server can; the reading back below is what counts
        with contextlib.suppress(asyncssh.SFTPOpUnsupported):
            await stream.fsync()
    if await _read(sftp, path) != content:
        raise DispatchFailed


async def _read(sftp: asyncssh.SFTPClient, path: str) -> bytes:
    async with sftp.open(path, "rb") as stream:
        return bytes(await stream.read())  # type: ignore[arg-type]  # bytes, as opened with "b"


async def _check_same(sftp: asyncssh.SFTPClient, target: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = posixpath.join(target, name)
        there = await sftp.exists(path)
        if not there or (name not in _MAY_DIFFER and await _read(sftp, path) != content):
            message = "Another letter lies under this dispatch id."
            raise DispatchRefused(message)
