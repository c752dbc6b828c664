"""
One-time codes of an authenticator app (TOTP, RFC 6238).

Contract: `step_of` names the time step that a code belongs to, so that whoever stores it can let
each code count once; a code of the neighbouring steps is taken as well, for clocks that differ.
"""

import hmac
from datetime import datetime

import pyotp
import re2

_STEP_S = 30
_SEED = re2.compile(r"^[A-Z2-7]{32}$")


def new_seed() -> str:
    """A fresh seed: 160 random bits in base32."""
    return pyotp.random_base32(32)


def is_seed(seed: str) -> bool:
    """True for what `new_seed` makes."""
    return _SEED.match(seed) is not None


def address_of(seed: str, name: str) -> str:
    """The `otpauth` address that authenticator apps read."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name="letter-anonymizer")


def code_at(seed: str, at: datetime) -> str:
    """The code of a moment."""
    return pyotp.TOTP(seed).at(int(at.timestamp()))


def step_of(seed: str, code: str, *, now: datetime) -> int | None:
    """The time step whose code this is, one step to either side of now, or None."""
    given = "".join(code.split()).encode("utf-8", "replace")
    current = int(now.timestamp()) // _STEP_S
    found = None
    for step in (current - 1, current, current + 1):
        wanted = pyotp.TOTP(seed).at(step * _STEP_S).encode()
        if hmac.compare_digest(wanted, given):
            found = step
    return found
