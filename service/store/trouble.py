"""
What is wrong with a database, in a sentence with the remedy; statements and values are never told.

Contract: `told` makes `DatabaseTrouble` of what the drivers say about disks, servers and files, and
leaves everything else alone: a mistake of ours must not look like one of the machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.workflow.errors import DatabaseTrouble

#: What SQLite says, and what that means to whoever runs the service. The first that fits counts.
_SQLITE = (
    (
        ("disk is full", "disk i/o error"),
        (
            "the disk is full or fails, and nothing more can be stored. What was taken in is safe. "
            "Make room on this disk; the service then goes on by itself"
        ),
    ),
    (
        ("readonly", "read-only"),
        (
            "the database can only be read. Give the file and its folder back to the service's own "
            "user, or mount the disk for writing"
        ),
    ),
    (
        ("unable to open",),
        (
            "the database cannot be opened. Its folder must be there, and the service's own user "
            "must be able to write to it; a disk that is mounted read-only will not do"
        ),
    ),
    (
        ("malformed", "not a database"),
        (
            "this is no database, or a damaged one. Leave it as it is, and restore the last backup "
            "beside it with `anonymizer-service restore`"
        ),
    ),
    (
        ("locked", "busy"),
        "another program holds the database. Stop it and try again",
    ),
)
_POSTGRESQL_FULL = "no space left on device"


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Say what is wrong with the database at this address, when the machine or the file is."""
    try:
        yield
    except PoolTimeout:
        message = "All connections to the database are in use. Try again in a moment."
        raise DatabaseTrouble(message) from None
    except DBAPIError as error:
        sentence = _sentence(error, url)
        if sentence is None:
            raise
        # "from None": the driver's words name statements
        raise DatabaseTrouble(sentence) from None


def _sentence(error: DBAPIError, url: URL) -> str | None:
    said = str(error.orig).lower()
    if url.get_backend_name() == "sqlite":
        if type(error) not in {OperationalError, DatabaseError}:
            return None
        for signs, meaning in _SQLITE:
            if any(sign in said for sign in signs):
                return f"{url.database}: {meaning}."
        return None
    if not isinstance(error, OperationalError):
        return None
    where = f"{url.host or 'PostgreSQL'}:{url.port or 5432}/{url.database}"
    if _POSTGRESQL_FULL in said:
        return (
            f"{where}: the disk of the database server is full. Make room there; nothing is lost."
        )
    return (
        f"{where}: the database server cannot be reached, has just been restarted, or does not let "
        "us in. Check that it runs, and address, user and password in LETTERS_DATABASE; a service "
        "that runs goes on by itself when the server is back."
    )
