"""
What every route of the pages shares: who asks, the desk, and the check of unsafe methods.

Contract: every route asks `permitted`, every POST route `verify_csrf` as well; no route reads the
session or the token itself.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from service.actions.desk import Desk
from service.web.security import SessionPerson, get_desk, lately_proved, permitted, verify_csrf

TheDesk = Annotated[Desk, Depends(get_desk)]
Who = SessionPerson


def reading() -> APIRouter:
    """A router for pages that change nothing."""
    return APIRouter(include_in_schema=False, dependencies=[Depends(permitted)])


def changing() -> APIRouter:
    """A router for forms: each one is checked against forgery, dangerous ones ask who it is."""
    checks = [Depends(verify_csrf), Depends(permitted), Depends(lately_proved)]
    return APIRouter(include_in_schema=False, dependencies=checks)
