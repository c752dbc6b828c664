"""
Which registry client is told at which address: a file of the operator, read at start.

Contract: addresses come from this file only, never from a request. A file that others can read,
an address that is not https, a short secret: the service refuses to start and says what to do.

    [my-registry]
    address = "https://registry.example/letters"
    secret = "at least 32 random characters"
    former_secret = "…"        # signs as well, while the client changes over
    private_network = false    # true lets the address be one inside the house, or plain http
"""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service.workflow.errors import ServiceError

_SHORTEST_SECRET = 32
_FIELDS = {"address", "secret", "former_secret", "private_network"}


class BadListeners(ServiceError):
    """The file of the webhooks cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A registry client that wants to be told."""

    client: str
    address: str
    secrets: tuple[str, ...] = field(repr=False)
    """The first is the one in use."""
    private_network: bool = False


def read_listeners(path: Path | None) -> Mapping[str, Listener]:
    """The listeners by client; none without a file. Raises `BadListeners`."""
    if path is None:
        return {}
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise _bad(path, "others can read it, and it holds secrets: chmod 600 it")
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise _bad(path, "it cannot be read") from None
    except ValueError:
        # "from None": the error quotes the line, which may be a secret
        raise _bad(path, "it is not TOML in UTF-8") from None
    return {client: _listener(path, client, table) for client, table in tables.items()}


def _listener(path: Path, client: str, table: Any) -> Listener:
    if not isinstance(table, dict) or set(table) - _FIELDS:
        raise _bad(path, f"[{client}] has the fields {', '.join(sorted(_FIELDS))} and no others")
    private, address = table.get("private_network", False), table.get("address")
    if not isinstance(private, bool):
        raise _bad(path, f"private_network of [{client}] is true or false")
    if not isinstance(address, str) or not _is_address(address, private=private):
        raise _bad(path, f"the address of [{client}] begins with https:// and holds no password")
    secrets = tuple(table[name] for name in ("secret", "former_secret") if name in table)
    if "secret" not in table or not all(
        isinstance(one, str) and len(one) >= _SHORTEST_SECRET for one in secrets
    ):
        raise _bad(path, f"[{client}] needs a secret of {_SHORTEST_SECRET} characters or more")
    return Listener(client=client, address=address, secrets=secrets, private_network=private)


def _is_address(address: str, *, private: bool) -> bool:
    parts = urlsplit(address)
    right_scheme = parts.scheme == "https" or (private and parts.scheme == "http")
    # the secret signs; a password in an address would end up in lists and logs
    return right_scheme and bool(parts.hostname) and "@" not in parts.netloc


def _bad(path: Path, what: str) -> BadListeners:
    return BadListeners(f"{path}: {what}.")
