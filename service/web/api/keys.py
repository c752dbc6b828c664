"""
API keys: `Authorization: Bearer lk_…`. Everything under `/v1` needs one with the right scope.

Contract: key, address, scope and rate are checked before the body is read; of one key only so many
requests are under way at the same time.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.actions.desk import Desk
from service.actions.keys import key_of, person_of_key
from service.actions.limiting import check_rate
from service.store.clients import StoredKey
from service.web.permissions import need_of
from service.web.problems import HttpProblem
from service.web.security import TheDesk, client_address
from service.workflow.errors import NotAllowed, TooOften
from service.workflow.people import Permission, check_may

_under_way: Counter[str] = Counter()
_under_way_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """The registry client that asks, and the key it asks with."""

    name: str
    key_id: str


def client_of(request: Request, desk: TheDesk) -> Iterator[ApiClient]:
    """The registry client that asks; its request counts until it is answered."""
    key = _key(request, desk)
    check_rate(desk, desk.settings.api_rate, "key", key.key_id)
    need = need_of(request)
    if isinstance(need, Permission):
        check_may(person_of_key(key), need)
        if need not in key.scopes:
            message = f"This API key does not have the scope {need.value}."
            raise NotAllowed(message)
    _begin(key.key_id, most=desk.settings.api_uploads)
    try:
        yield ApiClient(name=key.client, key_id=key.key_id)
    finally:
        with _under_way_lock:
            _under_way[key.key_id] -= 1
            if not _under_way[key.key_id]:
                del _under_way[key.key_id]


Client = Annotated[ApiClient, Depends(client_of)]


def _key(request: Request, desk: Desk) -> StoredKey:
    values = request.headers.getlist("authorization")
    scheme, _, given = (values[0] if len(values) == 1 else "").partition(" ")
    address = client_address(request)
    key = key_of(desk, given.strip(), address=address) if scheme.lower() == "bearer" else None
    if key is None:
        raise HttpProblem(401, "Send a valid API key as 'Authorization: Bearer …'.")
    return key


def _begin(key_id: str, *, most: int) -> None:
    with _under_way_lock:
        if _under_way[key_id] >= most:
            message = "Too many requests of this key at the same time."
            raise TooOften(message, retry_after_s=1)
        _under_way[key_id] += 1
