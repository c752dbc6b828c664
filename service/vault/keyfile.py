"""
Key files: read, made at the very first start, added to for a rotation; or a command that prints.

Contract: a file that others than its owner can read, that is damaged or that is missing is refused
with the remedy; nothing of its content is ever quoted. A file is never overwritten by a new one.

One key is one line, `purpose key-id base64`; lines that begin with `#` are for people. Of several
keys of one purpose the last one is the newest.
"""

import base64
import binascii
import os
import secrets
import shlex
import stat
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import re2

from service.vault.keyring import MasterKey, Purpose
from service.vault.sealing import KEY_BYTES, new_secret
from service.workflow.errors import BadKeys, KeysMissing

_KEY_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")
_COMMAND_WITHIN_S = 30
_HEAD = """\
# Keys of the letter service. Without them nothing that it stored can be read again; with them and
# the database everything can. Keep a copy where the database and its backups are not.
"""


def read_key_file(path: Path) -> tuple[MasterKey, ...]:
    """The keys of a file that nobody but its owner can read; `KeysMissing` or `BadKeys`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeysMissing.file(path) from None
    except OSError:
        raise BadKeys.of(path, "it cannot be read; check owner and rights") from None
    try:
        # of what was opened, so that nobody can put another file there in between
        _check_owner(path, os.fstat(descriptor))
        with os.fdopen(descriptor, encoding="utf-8", errors="replace", closefd=False) as stream:
            return parse_keys(stream.read(), name=str(path))
    finally:
        os.close(descriptor)


def _check_owner(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise BadKeys.of(path, "it is not a file")
    if status.st_uid not in {os.geteuid(), 0}:
        raise BadKeys.of(path, "it belongs to another user; make the service's user its owner")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKeys.of(path, "others than its owner can open it; run `chmod 600` on it")


def keys_of_command(command: str) -> tuple[MasterKey, ...]:
    """The keys that the operator's command prints, such as one that asks a key service."""
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, from the settings
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_COMMAND_WITHIN_S,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        # "from None": the error would carry what the command printed
        message = "LETTERS_KEY_COMMAND did not print keys. Run it by hand and see why."
        raise KeysMissing(message) from None
    return parse_keys(done.stdout.decode("utf-8", "replace"), name="LETTERS_KEY_COMMAND")


def make_key_file(path: Path, purposes: Iterable[Purpose], *, today: date) -> None:
    """A new file with one new key for each purpose; there must be none. Only the owner reads it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(beside, _HEAD + _lines(purposes, today))
    try:
        # a link, not a rename: a file that is there stays, and nobody reads half a file
        os.link(beside, path)
    finally:
        beside.unlink()
    _flush_folder(path.parent)


def add_keys(path: Path, purposes: Iterable[Purpose], *, today: date) -> None:
    """Put a newer key for each purpose behind the keys of a file, all or none."""
    read_key_file(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(beside, path.read_text("utf-8").rstrip("\n") + "\n" + _lines(purposes, today))
    beside.replace(path)
    _flush_folder(path.parent)


def parse_keys(content: str, *, name: str) -> tuple[MasterKey, ...]:
    """The keys of a file's content, or `BadKeys` with the number of the line."""
    keys = tuple(_parsed(content, name))
    if not keys:
        raise BadKeys.of(name, "there is no key in it; put the file back from your copy")
    if len({(key.purpose, key.key_id) for key in keys}) < len(keys):
        raise BadKeys.of(name, "two keys have the same purpose and id")
    return keys


def _parsed(content: str, name: str) -> Iterator[MasterKey]:
    for number, line in enumerate(content.splitlines(), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            key = _parsed_key(words)
            if key is None:
                raise BadKeys.of(name, f"line {number} is not `purpose key-id base64`")
            yield key


def _parsed_key(words: list[str]) -> MasterKey | None:
    """The key of a line. What is wrong with it is not said: the line may be a key."""
    if len(words) != 3 or words[0] not in set(Purpose) or not _KEY_ID.match(words[1]):
        return None
    try:
        secret = base64.b64decode(words[2], validate=True)
    except binascii.Error:
        return None
    if len(secret) != KEY_BYTES:
        return None
    return MasterKey(purpose=Purpose(words[0]), key_id=words[1], secret=secret)


def _lines(purposes: Iterable[Purpose], today: date) -> str:
    def line(purpose: Purpose) -> str:
        key_id = f"{today.isoformat()}-{secrets.token_hex(2)}"
        return f"{purpose.value} {key_id} {base64.b64encode(new_secret()).decode('ascii')}\n"

    return "".join(line(purpose) for purpose in purposes)


def _write(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
