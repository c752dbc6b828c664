"""
Sealing: AES-256-GCM under a data key, bound to the very place where the result is kept.

Contract: what is sealed for one place (table, column, record) opens in that place and no other,
so a row that was swapped with another one is refused and never shown. Nonces are 96 random bits;
a data key belongs to one letter or one case, so it never seals near the 2^32 messages that random
nonces allow (NIST SP 800-38D, section 8.3).
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.workflow.errors import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
#: The first byte of everything sealed; another form would get another number.
_FORM = b"\x01"
_PURPOSE = "letter-anonymizer sealed 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something sealed is kept: `record` is the row's primary key, joined with "/"."""

    table: str
    column: str
    record: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What may be stored: form, nonce, ciphertext, tag. Columns for letters take nothing else."""

    data: bytes = field(repr=False)


class DataKey:
    """The key of one letter or one case. `key_id` says which, and becomes part of every seal."""

    __slots__ = ("_cipher", "key_id")

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.key_id = key_id
        self._cipher = AESGCM(secret)

    def seal(self, place: Place, plain: bytes) -> Sealed:
        """The bytes, sealed for this place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return Sealed(_FORM + nonce + self._cipher.encrypt(nonce, plain, _bound(place, self)))

    def open(self, place: Place, sealed: Sealed) -> bytes:
        """The bytes that were sealed for this place, or `SealBroken`."""
        data = sealed.data
        if len(data) < len(_FORM) + _NONCE_BYTES + _TAG_BYTES or not data.startswith(_FORM):
            raise SealBroken
        nonce, sealed_bytes = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, sealed_bytes, _bound(place, self))
        except InvalidTag:
            raise SealBroken from None


def new_secret() -> bytes:
    """32 random bytes of the operating system."""
    return secrets.token_bytes(KEY_BYTES)


def joined(parts: Iterable[str]) -> bytes:
    """The parts as bytes, each after its length: no two lists of parts give the same bytes."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def _bound(place: Place, key: DataKey) -> bytes:
    return joined((_PURPOSE, place.table, place.column, place.record, key.key_id))
