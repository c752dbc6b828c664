"""
Types of columns: times that are always UTC, and columns that take nothing but what is sealed.

Contract: a column for letters or identities refuses plaintext, and gives back something that has
to be opened with the right key for the right place; forgetting to seal is an error, not a leak.
"""

import base64

from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from service.vault.sealing import Sealed


def _sealed(value: object) -> bytes:
    if not isinstance(value, Sealed):
        # never the value itself: it would be a letter
        message = "this column takes sealed values only"
        raise TypeError(message)
    return value.data


class SealedText(TypeDecorator[Sealed]):
    """Something sealed, as base64 in a text column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> str | None:
        """Refuse plaintext."""
        del dialect
        return None if value is None else base64.b64encode(_sealed(value)).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sealed | None:
        """Still sealed. What is no base64 opens nowhere."""
        del dialect
        if value is None:
            return None
        try:
            return Sealed(base64.b64decode(value, validate=True))
        except ValueError:
            return Sealed(b"")


class SealedBytes(TypeDecorator[Sealed]):
    """Something sealed, as bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Refuse plaintext."""
        del dialect
        return None if value is None else _sealed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """Still sealed."""
        del dialect
        return None if value is None else Sealed(bytes(value))
