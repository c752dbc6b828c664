"""
All routes of the pages in one router; the composition root includes it.

Contract: nothing but this list. The order matters where a fixed path and a path with an id meet.
"""

from fastapi import APIRouter

from service.web.review import (
    account,
    cases,
    coordination,
    correspondence,
    decisions,
    direct_contact,
    endpoints,
    insight,
    intake,
    keys,
    language,
    letters,
    notes,
    people,
    pictures,
    queue,
    readings,
    settings,
    shortcuts,
    sign_in,
    steps,
    subject_copies,
    trail,
    transcription,
)

router = APIRouter()
for _part in (
    sign_in.read,
    sign_in.change,
    language.read,
    account.read,
    account.change,
    shortcuts.read,
    shortcuts.change,
    people.read,
    people.change,
    keys.read,
    keys.change,
    queue.read,
    queue.change,
    letters.read,
    steps.change,
    decisions.change,
    readings.read,
    readings.change,
    notes.change,
    insight.read,
    coordination.read,
    coordination.change,
    correspondence.read,
    correspondence.change,
    direct_contact.change,
    endpoints.read,
    endpoints.change,
    cases.read,
    cases.change,
    subject_copies.read,
    subject_copies.change,
    intake.read,
    intake.change,
    transcription.read,
    transcription.change,
    pictures.read,
    pictures.change,
    settings.read,
    settings.change,
    trail.read,
):
    router.include_router(_part)
