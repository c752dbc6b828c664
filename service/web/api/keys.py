"""API keys: `Authorization: Bearer lk_…`. Everything under `/v1` needs one."""

from typing import Annotated

from fastapi import Depends, Request

from service.actions.access import client_of_key
from service.web.problems import HttpProblem
from service.web.security import TheDesk


def client_of(request: Request, desk: TheDesk) -> str:
    """The registry client that asks."""
    values = request.headers.getlist("authorization")
    scheme, _, key = (values[0] if len(values) == 1 else "").partition(" ")
    client = client_of_key(desk, key.strip()) if scheme.lower() == "bearer" else None
    if client is None:
        raise HttpProblem(401, "Send a valid API key as 'Authorization: Bearer …'.")
    return client


Client = Annotated[str, Depends(client_of)]
