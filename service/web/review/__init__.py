"""
The pages of the proofreading desk: server-rendered, usable without JavaScript.

Contract: routes are thin; they read a form, call one action and show or redirect.
"""

from fastapi import APIRouter, FastAPI

from service.web.review import (
    coordination,
    decisions,
    intake,
    letters,
    queue,
    sign_in,
    trail,
)
from service.web.review.errors import error_page

__all__ = ["add_review_pages", "error_page", "router"]

router = APIRouter()
for _part in (
    sign_in.read,
    sign_in.change,
    queue.read,
    queue.change,
    letters.read,
    letters.change,
    decisions.change,
    coordination.read,
    coordination.change,
    intake.read,
    intake.change,
    trail.read,
):
    router.include_router(_part)


def add_review_pages(app: FastAPI) -> None:
    """Add every page to the application; static files are mounted by the composition root."""
    app.include_router(router)
