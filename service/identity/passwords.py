"""
Passwords: argon2id, and which ones are good enough.

Contract: a check takes as long for a person without an account as for one with; only a few hashes
are made at a time, because each takes 64 MiB of memory. Nothing here is ever logged or raised.
"""

import threading
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from service.workflow.errors import BadRequest

#: RFC 9106, second recommended option, with the memory that OWASP's ASVS asks for.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)
_AT_ONCE = threading.BoundedSemaphore(2)

SHORTEST = 15
LONGEST = 200
#: zxcvbn counts guesses; below this many (10 to the power) a password is on somebody's list.
_FEWEST_GUESSES_LOG10 = 10
#: zxcvbn takes time that grows with the square of the length.
_LOOKED_AT = 64


def hash_password(password: str) -> str:
    """The argon2id hash of a password that was checked."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """True when the password is the stored one; without a stored one it takes the same time."""
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _nobody(), password[: LONGEST + 1])
        except (Argon2Error, InvalidHashError):
            return False
    return stored is not None


def check_password(password: str, *, name: str) -> None:
    """Raise `BadRequest` with what is missing, unless the password is good enough."""
    if len(password) < SHORTEST:
        message = f"A password has at least {SHORTEST} characters. Four or five words will do."
        raise BadRequest(message)
    if len(password) > LONGEST:
        message = f"A password has at most {LONGEST} characters."
        raise BadRequest(message)
    known = [name, *name.split(), "letter", "anonymizer", "registry", "donor"]
    guesses = zxcvbn(password[:_LOOKED_AT], user_inputs=known, max_length=_LOOKED_AT)
    if guesses["guesses_log10"] < _FEWEST_GUESSES_LOG10:
        message = "This password is too easy to guess. Take words that do not belong together."
        raise BadRequest(message)


@cache
def _nobody() -> str:
    """A hash of nothing that anybody can type: compared where there is no account."""
    return _HASHER.hash("\x00 no such account")
