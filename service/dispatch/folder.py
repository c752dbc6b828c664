"""
Writes an approved letter and its routing slip to the folder of its recipient.

The slip carries the donor number: it is a file of its own, for those who pass the letter on.

Contract: `<outbox>/<recipient>/<dispatch_id>/` appears with all files complete or not at all
(written beside, flushed to disk, renamed). Doing it twice leaves the same folder; a folder that
is there with other content raises, and is left as it is.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anonymizer.cases import is_folder_name
from service.dispatch.document import Outgoing
from service.workflow.errors import DispatchFailed, DispatchRefused
from service.workflow.recipients import RecipientRole, role_of_recipient
from service.workflow.records import Approval

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

    def deliver(
        self,
        dispatch_id: str,
        approval: Approval,
        *,
        on: date,
        outgoing: Outgoing | None = None,
    ) -> Path:
        """Write letter and slip; returns their folder. Without a document its bare text leaves."""
        letter = outgoing or Outgoing.bare(approval.text)
        if not is_folder_name(approval.recipient_id):
            message = "The id of the recipient cannot name a folder."
            raise DispatchRefused(message)
        target = self.outbox / approval.recipient_id / dispatch_id
        try:
            if target.exists():
                _check_same(target, letter)
                return target
            _write_folder(target, parcel_files(dispatch_id, approval, on, letter))
        except OSError:
            # the system's message names paths, not letters, but the page shows only our sentence
            raise DispatchFailed from None
        return target


def parcel_files(
    dispatch_id: str, approval: Approval, on: date, letter: Outgoing
) -> dict[str, bytes]:
    """Everything that a recipient gets, by the names of the files: the letter and its slip."""
    slip = routing_slip(dispatch_id, approval, on, letter)
    return {**letter.files, SLIP_FILE: slip.encode("utf-8")}


def routing_slip(dispatch_id: str, approval: Approval, on: date, letter: Outgoing) -> str:
    """What the recipient needs to pass the letter on; nothing about the writer."""
    digests = "".join(f"SHA-256 of {name}: {one}\n" for name, one in letter.digests.items())
    recipient, reader = _PASSED_ON[role_of_recipient(approval.direction)]
    return (
        f"Dispatch: {dispatch_id}\n"
        f"Case: {approval.case_id}\n"
        f"Donor number: {approval.donor_number}\n"
        f"{recipient}: {approval.recipient_id}\n"
        f"Pass on to: {reader}\n"
        f"Direction: {approval.direction.value.replace('_', ' ')}\n"
        f"Date: {on.isoformat()}\n"
        f"{digests}"
    )


def _check_same(target: Path, letter: Outgoing) -> None:
    # the slip's date may differ when a second attempt falls on the next day; the letter may not
    for name, content in letter.files.items():
        there = target / name
        if not there.is_file() or there.read_bytes() != content:
            message = "Another letter lies under this dispatch id."
            raise DispatchRefused(message)
    if not (target / SLIP_FILE).is_file():
        raise DispatchFailed


def _write_folder(target: Path, files: dict[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # dot first: whoever collects the letters does not see half a folder
    beside = target.parent / f".{target.name}.part"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    for name, content in files.items():
        with (beside / name).open("wb") as stream:
            stream.write(content)
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
