"""The public answer for a letter that never reached the pipeline: same keys, held at intake."""

from collections.abc import Mapping

from anonymizer.model import DraftStatus, Stage


def unreadable_answer(
    letter_id: str | None,
    reason: str,
    versions: Mapping[str, str],
    *,
    code: str = "unreadable_input",
) -> dict[str, object]:
    """The answer for input that is not a letter. `reason` must not quote the input."""
    return {
        "id": letter_id,
        "status": DraftStatus.HELD.value,
        "holds": [{"stage": Stage.INTAKE.value, "code": code, "reason": reason}],
        "language": None,
        "text": None,
        "routing": None,
        "findings": [],
        "flags": [],
        "combinations": [],
        "second_reading": [],
        "versions": dict(versions),
    }


def failed_answer(letter_id: str | None, crash: str) -> dict[str, object]:
    """The answer for a letter that met a bug. Without versions, so the next run tries again."""
    reason = f"This program has a bug and could not read the letter ({crash})."
    return unreadable_answer(letter_id, reason, versions={})
