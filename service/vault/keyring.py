"""
The master keys: they wrap data keys, make look-up codes and sign anchors; they are never stored.

Contract: the newest key of a purpose is used for what is new, every key for what is there. A key
is recognised by its check value, so another key under the same id is refused and not tried.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from service.vault.sealing import KEY_BYTES, DataKey, Place, Sealed, joined, new_secret
from service.workflow.errors import KeysMissing


class Purpose(StrEnum):
    """What a master key is for; one key never serves two purposes."""

    LETTERS = "letters"
    """Wraps the data keys of letters."""
    TEXTS = "texts"
    """Makes the codes by which the same text is found again."""
    AUDIT = "audit"
    """Signs anchors of the audit trail, backups and the list of what was erased."""
    IDENTITY = "identity"
    """Wraps the data keys of cases: who belongs to which donor number."""
    NUMBERS = "numbers"
    """Makes the codes by which donor and patient numbers are found."""


#: In which of the two key files a purpose stands: letters and identities are opened by different
#: files, so that they can be kept by different people.
LETTER_PURPOSES = (Purpose.LETTERS, Purpose.TEXTS, Purpose.AUDIT)
IDENTITY_PURPOSES = (Purpose.IDENTITY, Purpose.NUMBERS)
#: The keys that can be rotated: everything they wrap can be wrapped anew.
ROTATED = (Purpose.LETTERS, Purpose.IDENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """One key of the key files."""

    purpose: Purpose
    key_id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            message = "a master key has 32 bytes"
            raise ValueError(message)

    @property
    def check(self) -> str:
        """Tells this key from any other without telling anything about it."""
        return self.sign("key check", self.purpose.value, self.key_id)[:32]

    def sign(self, *parts: str) -> str:
        """HMAC-SHA256 over the parts, in hex."""
        return hmac.new(self.secret, joined(parts), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A data key as it is stored: under which master key, and for whom."""

    owner: str
    generation: int
    purpose: Purpose
    master_id: str
    wrapped: Sealed

    @property
    def key_id(self) -> str:
        """The id that is part of everything the data key seals."""
        return f"{self.owner}/{self.generation}"


class KeyRing:
    """
    Every master key that the operator gave, in the order of the files.

    `again` reads them anew: a key that another process rotated to may stand there by now.
    """

    def __init__(
        self,
        keys: Iterable[MasterKey],
        again: Callable[[], tuple[MasterKey, ...]] | None = None,
    ) -> None:
        self.keys = tuple(keys)
        self._again = again

    def newest(self, purpose: Purpose) -> MasterKey:
        """The key for what is new, or `KeysMissing`."""
        for key in reversed(self.keys):
            if key.purpose is purpose:
                return key
        raise KeysMissing.of(purpose.value)

    def find(self, purpose: Purpose, key_id: str) -> MasterKey:
        """The key with this id, or `KeysMissing`."""
        found = self._find(purpose, key_id)
        if found is None and self._again is not None:
            self.keys = self._again()
            found = self._find(purpose, key_id)
        if found is None:
            raise KeysMissing.of(purpose.value, key_id)
        return found

    def _find(self, purpose: Purpose, key_id: str) -> MasterKey | None:
        for key in self.keys:
            if key.purpose is purpose and key.key_id == key_id:
                return key
        return None

    def new_data_key(
        self, purpose: Purpose, owner: str, *, generation: int = 1
    ) -> tuple[WrappedKey, DataKey]:
        """A data key for somebody new, wrapped and ready."""
        return self._wrapped(purpose, owner, generation, new_secret())

    def unwrap(self, stored: WrappedKey) -> DataKey:
        """The data key, or `KeysMissing` or `SealBroken`."""
        return DataKey(stored.key_id, self._secret(stored))

    def rewrap(self, stored: WrappedKey) -> WrappedKey:
        """The same data key under the newest master key."""
        return self._wrapped(stored.purpose, stored.owner, stored.generation, self._secret(stored))[
            0
        ]

    def code(self, purpose: Purpose, field_name: str, value: str) -> str:
        """The look-up code of a value: the same value of a field always has the same one."""
        return self.newest(purpose).sign("look-up", field_name, value)

    def _wrapped(
        self, purpose: Purpose, owner: str, generation: int, secret: bytes
    ) -> tuple[WrappedKey, DataKey]:
        master = self.newest(purpose)
        key = DataKey(f"{owner}/{generation}", secret)
        wrapped = _wrapping(master).seal(_kept(key.key_id), secret)
        stored = WrappedKey(
            owner=owner,
            generation=generation,
            purpose=purpose,
            master_id=master.key_id,
            wrapped=wrapped,
        )
        return stored, key

    def _secret(self, stored: WrappedKey) -> bytes:
        master = self.find(stored.purpose, stored.master_id)
        return _wrapping(master).open(_kept(stored.key_id), stored.wrapped)


def _wrapping(master: MasterKey) -> DataKey:
    return DataKey(f"{master.purpose.value}:{master.key_id}", master.secret)


def _kept(key_id: str) -> Place:
    return Place(table="data_keys", column="wrapped", record=key_id)
