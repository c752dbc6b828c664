"""
Files that only somebody elsewhere can open: age (https://age-encryption.org/v1), X25519 keys.

Contract: this machine holds public keys alone. A file that was changed, cut off or sealed for
somebody else raises `CopyFailed` and leaves nothing behind; nothing of a key is ever quoted.
"""

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

import pyrage

from service.workflow.errors import BadSetting, CopyFailed

_Key = TypeVar("_Key")
_PUBLIC = "age1…"
_PRIVATE = "AGE-SECRET-KEY-1…"


def read_recipients(path: Path) -> tuple[Any, ...]:
    """The public keys in a file, one a line, which nobody else can write; else `BadSetting`."""
    try:
        writable = path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    except OSError:
        writable = 0
    if writable:
        message = f"{path}: others can write there whom backups are for; run `chmod go-w` on it."
        raise BadSetting(message)
    try:
        return _keys(path, pyrage.x25519.Recipient.from_str)
    except (OSError, ValueError):
        message = f"{path}: this is no list of public keys ({_PUBLIC}), one a line."
        raise BadSetting(message) from None


def seal_file(source: Path, target: Path, recipients: Sequence[Any]) -> None:
    """Write the file anew, sealed for each of these; `target` must not be there."""

    def write(from_: IO[bytes], to: IO[bytes]) -> None:
        pyrage.encrypt_io(from_, to, list(recipients))

    _through(source, target, write, f"{target}: the backup cannot be sealed. Is the disk full?")


def open_file(source: Path, target: Path, identity: Path) -> None:
    """Open a sealed file with the private key in a file; `target` must not be there."""
    try:
        keys = _keys(identity, pyrage.x25519.Identity.from_str)
    except (OSError, ValueError):
        message = f"{identity}: this is no private key of age ({_PRIVATE})."
        raise CopyFailed(message) from None

    def write(from_: IO[bytes], to: IO[bytes]) -> None:
        pyrage.decrypt_io(from_, to, list(keys))

    message = f"{source}: it was changed, cut off, or sealed for another key."
    _through(source, target, write, message)


def _keys(path: Path, read: Callable[[str], _Key]) -> tuple[_Key, ...]:
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    try:
        found = tuple(read(line) for line in lines if line and not line.startswith("#"))
    except (pyrage.RecipientError, pyrage.IdentityError):
        # "from None": what it says may be part of a key
        raise ValueError from None
    if not found:
        raise ValueError
    return found


def _through(
    source: Path, target: Path, write: Callable[[IO[bytes], IO[bytes]], None], trouble: str
) -> None:
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        message = f"{target}: the file cannot be made, or is there already."
        raise CopyFailed(message) from None
    try:
        with source.open("rb") as opened, os.fdopen(descriptor, "wb") as written:
            write(opened, written)
            written.flush()
            os.fsync(written.fileno())
    except (OSError, pyrage.EncryptError, pyrage.DecryptError):
        target.unlink(missing_ok=True)
        raise CopyFailed(trouble) from None
