"""Keys for tests that open a database themselves: always the same ones."""

from service.vault.keyring import KeyRing, MasterKey, Purpose

RING = KeyRing(
    MasterKey(purpose=purpose, key_id="test-1", secret=purpose.value.encode().ljust(32, b"."))
    for purpose in Purpose
)
