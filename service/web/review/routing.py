"""
What every route of the pages shares: who asks, the desk, and the check of unsafe methods.

Contract: a POST route takes `Unsafe` as a dependency of its router; no route reads the session
or the token itself.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from service.actions.desk import Desk
from service.web.security import SessionPerson, get_desk, verify_csrf

TheDesk = Annotated[Desk, Depends(get_desk)]
Who = SessionPerson


def reading() -> APIRouter:
    """A router for pages that change nothing."""
    return APIRouter(include_in_schema=False)


def changing() -> APIRouter:
    """A router for forms: each one is checked against forgery."""
    return APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
