"""
All routes of the pages in one router; the composition root includes it.

Contract: nothing but this list. The order matters where a fixed path and a path with an id meet.
"""

from fastapi import APIRouter

from service.web.review import (
    cases,
    coordination,
    correspondence,
    decisions,
    direct_contact,
    intake,
    letters,
    queue,
    sign_in,
    trail,
    transcription,
)

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
    correspondence.read,
    correspondence.change,
    direct_contact.change,
    cases.read,
    cases.change,
    intake.read,
    intake.change,
    transcription.read,
    transcription.change,
    trail.read,
):
    router.include_router(_part)
