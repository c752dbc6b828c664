"""
Secrets that are given out once and kept as a hash, and the event that says who did what.

Contract: a secret has 256 random bits; of it the store knows the SHA-256 only.
"""

import hashlib
import secrets

from service.actions.desk import Desk
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.people import Person


def new_secret() -> str:
    """256 random bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def event_of(desk: Desk, person: Person, action: AuditAction, **details: str | int) -> AuditEvent:
    """Something that this person does now."""
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
