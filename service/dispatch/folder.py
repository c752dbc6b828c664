"""
Writes an approved letter and its routing slip to the folder of its recipient.

Contract: `<outbox>/<recipient>/<dispatch_id>/` appears with both files complete or not at all
(written beside, flushed to disk, renamed). Doing it twice leaves the same folder; a folder that
is there with other content raises, and is left as it is.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anonymizer.cases import is_folder_name
from service.workflow.errors import DispatchFailed, DispatchRefused
from service.workflow.recipients import RecipientRole, role_of_recipient
from service.workflow.records import Approval

LETTER_FILE = "letter.txt"
SLIP_FILE = "routing-slip.txt"

#: What the slip calls the recipient, and to whom the recipient passes the letter on.
_PASSED_ON = {
    RecipientRole.CLINIC: ("Clinic", "the patient"),
    RecipientRole.DONOR_CENTRE: ("Donor centre", "the donor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderDispatch:
    """Delivers into one folder per recipient under `outbox`."""

    outbox: Path

    def deliver(self, dispatch_id: str, approval: Approval, *, on: date) -> Path:
        """Write letter and slip; returns their folder."""
        if not is_folder_name(approval.recipient_id):
            message = "The id of the recipient cannot name a folder."
            raise DispatchRefused(message)
        files = {LETTER_FILE: approval.text, SLIP_FILE: routing_slip(dispatch_id, approval, on)}
        target = self.outbox / approval.recipient_id / dispatch_id
        try:
            if target.exists():
                _check_same(target, files)
                return target
            _write_folder(target, files)
        except OSError:
            # the system's message names paths, not letters, but the page shows only our sentence
            raise DispatchFailed from None
        return target


def routing_slip(dispatch_id: str, approval: Approval, on: date) -> str:
    """What the recipient needs to pass the letter on; nothing about the writer."""
    recipient, reader = _PASSED_ON[role_of_recipient(approval.direction)]
    return (
        f"Dispatch: {dispatch_id}\n"
        f"Case: {approval.case_id}\n"
        f"Donor number: {approval.donor_number}\n"
        f"{recipient}: {approval.recipient_id}\n"
        f"Pass on to: {reader}\n"
        f"Direction: {approval.direction.value.replace('_', ' ')}\n"
        f"Date: {on.isoformat()}\n"
        f"SHA-256 of {LETTER_FILE}: {approval.digest}\n"
    )


def _check_same(target: Path, files: dict[str, str]) -> None:
    # the slip's date may differ when a second attempt falls on the next day; the letter may not
    if (target / LETTER_FILE).read_bytes() != files[LETTER_FILE].encode("utf-8"):
        message = "Another letter lies under this dispatch id."
        raise DispatchRefused(message)
    if not (target / SLIP_FILE).is_file():
        raise DispatchFailed


def _write_folder(target: Path, files: dict[str, str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # dot first: whoever collects the letters does not see half a folder
    beside = target.parent / f".{target.name}.part"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    for name, text in files.items():
        with (beside / name).open("wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
    _flush_folder(beside)
    beside.rename(target)
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
