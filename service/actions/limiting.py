"""
How often something may be tried: the library `limits` on counters in our own database.

Contract: `check_rate` counts first and then refuses, so that many tries at once are no way around;
counters are shared by all processes and run on the desk's clock. Without the database there is
no answer, never a free pass.
"""

import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta
from math import ceil

from limits import parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from service.actions.desk import Desk
from service.store.counters import (
    count_up,
    counted,
    forget_counter,
    sweep_counters,
    window_end,
)
from service.workflow.errors import TooOften


class _Counters(Storage):
    """The counters as `limits` wants them."""

    STORAGE_SCHEME = None

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = self._desk.now()
        until = now + timedelta(seconds=expiry)
        with self._desk.database.writing() as tx:
            count, _ = count_up(tx, _hash(key), amount=amount, until=until, now=now)
            if count == amount:
                sweep_counters(tx, now=now)
        return count

    def get(self, key: str) -> int:
        with self._desk.database.reading() as connection:
            return counted(connection, _hash(key), now=self._desk.now())

    def get_expiry(self, key: str) -> float:
        with self._desk.database.reading() as connection:
            end = window_end(connection, _hash(key))
        return (end or self._desk.now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._desk.database.writing() as tx:
            sweep_counters(tx, now=datetime.max.replace(tzinfo=UTC))
        return None

    def clear(self, key: str) -> None:
        with self._desk.database.writing() as tx:
            forget_counter(tx, _hash(key))


def check_rate(desk: Desk, rates: str, *what: str, message: str | None = None) -> None:
    """Count this try; raise `TooOften`, with the time to wait, when one of the rates is used up."""
    limiter = FixedWindowRateLimiter(_Counters(desk))
    for rate in parse_many(rates):
        if not limiter.hit(rate, *what):
            end = limiter.get_window_stats(rate, *what).reset_time
            wait = ceil(end - desk.now().timestamp())
            raise TooOften(message, retry_after_s=wait)


def forget_tries(desk: Desk, rates: str, *what: str) -> None:
    """The tries before a success do not count."""
    limiter = FixedWindowRateLimiter(_Counters(desk))
    for rate in parse_many(rates):
        limiter.clear(rate, *what)


def address_group(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that an IPv6 customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = 32 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
