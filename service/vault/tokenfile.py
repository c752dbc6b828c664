"""
A secret that stands alone in a file: the token of the monitoring.

Contract: a file that is missing, that others can read or that holds too little is refused with the
remedy; nothing of its content is ever quoted.
"""

import stat
from pathlib import Path

from service.workflow.errors import ServiceError

_SHORTEST = 32


class BadToken(ServiceError):
    """The file of a token cannot be used."""


def read_token(path: Path) -> str:
    """The token in the file, without the line's end, or `BadToken`."""
    try:
        mode, token = path.stat().st_mode, path.read_text("utf-8").strip()
    except (OSError, ValueError):
        message = f"{path}: the token cannot be read; check the path, its owner and its rights."
        raise BadToken(message) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{path}: others than its owner can read the token; run `chmod 600` on it."
        raise BadToken(message)
    if len(token) < _SHORTEST or not token.isascii() or any(map(str.isspace, token)):
        message = (
            f"{path}: a token is one word of {_SHORTEST} characters or more; make one with "
            "`openssl rand -hex 32`."
        )
        raise BadToken(message)
    return token
