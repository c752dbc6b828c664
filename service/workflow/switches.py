"""Why the whole service may be told to send nothing."""

from enum import StrEnum


class PauseReason(StrEnum):
    """Why dispatch was stopped."""

    ASKED = "asked"
    """Somebody stopped it."""
    RESTORED = "restored"
    """The database is an older one: what left since then is not known to it."""
    AUDIT_BROKEN = "audit_broken"
    """The audit trail was changed, so nothing in the database can be relied on."""


#: What people read about each reason.
PAUSE_SENTENCES: dict[PauseReason, str] = {
    PauseReason.ASKED: "Somebody stopped the sending of letters.",
    PauseReason.RESTORED: (
        "The database comes from a backup. Ask the recipients what they got since then, "
        "before letters are sent again."
    ),
    PauseReason.AUDIT_BROKEN: "The audit trail was changed. Find out by whom before letters leave.",
}
