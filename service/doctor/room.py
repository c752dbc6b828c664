"""How much room is left, on a disk or in a database, against the reserve that letters need."""

from service.doctor.report import Finding, fail, ok, warn
from service.settings import MEBIBYTE

_GIBIBYTE = 1024 * MEBIBYTE


def in_gibibytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / _GIBIBYTE:.1f} GiB"


def room(
    check: str, found: str, *, free: int, reserve_mb: int, full: str, soon_full: str
) -> Finding:
    """
    Whether `free` bytes are above the reserve, and well above it.

    `full` and `soon_full` say what to do below the reserve and below twice as much.
    """
    reserve = reserve_mb * MEBIBYTE
    if free < reserve:
        short = f"{found}, the reserve is {reserve_mb} MB: no letters are taken in"
        return fail(check, short, full)
    if free < 2 * reserve:
        return warn(check, f"{found}: soon no letters are taken in", soon_full)
    return ok(check, found)
