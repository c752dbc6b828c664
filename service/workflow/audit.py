"""
The audit trail: what an event is, and the chain that shows when one was changed.

Contract: details are ids, codes, numbers and digests, never text. `Details` refuses anything
that looks like more than that, so a letter cannot get in by mistake.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import re2


class AuditAction(StrEnum):
    """What happened, as `subject.verb`."""

    LETTER_RECEIVED = "letter.received"
    LETTER_READ = "letter.read"
    LETTER_DRAFTING = "letter.drafting"
    LETTER_DRAFTED = "letter.drafted"
    LETTER_HELD = "letter.held"
    LETTER_DRAFTED_AGAIN = "letter.drafted_again"
    LETTER_DRAFT_FAILED = "letter.draft_failed"
    LETTER_REQUEUED = "letter.requeued"
    LETTER_ALLOCATED = "letter.allocated"
    LETTER_EXCHANGE_HELD = "letter.exchange_held"
    LETTER_EXCHANGE_CHECKED = "letter.exchange_checked"
    LETTER_EXCHANGE_RELEASED = "letter.exchange_released"
    LETTER_TRANSLATED = "letter.translated"
    LETTER_TRANSCRIBED = "letter.transcribed"
    PICTURE_MADE = "picture.made"
    PICTURE_APPROVED = "picture.approved"
    PICTURE_WITHDRAWN = "picture.withdrawn"
    LETTER_LANGUAGE_RELEASED = "letter.language_released"
    LETTER_CLAIMED = "letter.claimed"
    LETTER_TAKEN_OVER = "letter.taken_over"
    LETTER_RELEASED = "letter.released"
    LETTER_OPENED = "letter.opened"
    LETTER_FILE_OPENED = "letter.file_opened"
    LETTER_CORRECTED = "letter.corrected"
    LETTER_CORRECTION_UNDONE = "letter.correction_undone"
    LETTER_CORRECTION_REDONE = "letter.correction_redone"
    LETTER_PUT_ON_HOLD = "letter.put_on_hold"
    LETTER_RETURNED = "letter.returned"
    LETTER_REOPENED = "letter.reopened"
    LETTER_READ_FIRST = "letter.read_first"
    LETTER_READ_SECOND = "letter.read_second"
    LETTER_READ_AGAIN = "letter.read_again"
    LETTER_SETTLED = "letter.settled"
    LETTER_PASSED_ON = "letter.passed_to_senior"
    LETTER_URGENT = "letter.urgent"
    LETTER_NOT_URGENT = "letter.not_urgent"
    LETTER_NOTED = "letter.noted"
    LETTERS_SEARCHED = "letters.searched"
    LETTER_APPROVED = "letter.approved"
    LETTER_DISPATCHED = "letter.dispatched"
    DISPATCH_STARTED = "dispatch.started"
    DISPATCH_FAILED = "dispatch.failed"
    DISPATCH_REFUSED = "dispatch.refused"
    DISPATCH_RECEIPT = "dispatch.receipt"
    DISPATCH_BOUNCED = "dispatch.bounced"
    DISPATCH_PAUSED = "dispatch.paused"
    DISPATCH_RESUMED = "dispatch.resumed"
    ENDPOINT_PROPOSED = "endpoint.proposed"
    ENDPOINT_CONFIRMED = "endpoint.confirmed"
    ENDPOINT_WITHDRAWN = "endpoint.withdrawn"
    ENDPOINT_ASKED = "endpoint.asked"
    ENDPOINT_NOT_ASKED = "endpoint.not_asked"
    ENDPOINT_ASKED_AGAIN = "endpoint.asked_again"
    ENDPOINT_ANSWERED = "endpoint.answered"
    WORD_PROPOSED = "word.proposed"
    WORD_CONFIRMED = "word.confirmed"
    WORD_WITHDRAWN = "word.withdrawn"
    NOTICE_WRITTEN = "notice.written"
    NOTICE_GIVEN_OUT = "notice.given_out"
    RELEASE_PROPOSED = "release.proposed"
    RELEASE_CONFIRMED = "release.confirmed"
    RELEASE_WITHDRAWN = "release.withdrawn"
    CASE_SAVED = "case.saved"
    CASE_CHANGED = "case.changed"
    CASE_IDENTITIES_SHOWN = "case.identities_shown"
    CASES_IMPORTED = "cases.imported"
    LETTER_ERASED = "letter.erased"
    CASE_ERASED = "case.erased"
    CASE_KEPT = "case.kept"
    CASE_NO_LONGER_KEPT = "case.no_longer_kept"
    DATA_PURGED = "data.purged"
    DATA_MISMATCH = "data.mismatch"
    COPY_PROPOSED = "copy.proposed"
    COPY_CONFIRMED = "copy.confirmed"
    COPY_WITHDRAWN = "copy.withdrawn"
    COPY_FETCHED = "copy.fetched"
    BREACH_REPORTED = "breach.reported"
    CORRECTIONS_EXPORTED = "corrections.exported"
    KEYS_ROTATED = "keys.rotated"
    DATA_BACKED_UP = "data.backed_up"
    DATA_RESTORED = "data.restored"
    PERSON_ADDED = "person.added"
    LINK_MADE = "person.link_made"
    PERSON_SIGNED_IN = "person.signed_in"
    PERSON_SIGNED_OUT = "person.signed_out"
    PERSON_PROVED = "person.proved"
    PERSON_CHANGED = "person.changed"
    SIGN_IN_REFUSED = "person.sign_in_refused"
    SESSION_ENDED = "person.session_ended"
    ACCOUNT_SET = "account.set"
    ACCOUNT_CLEARED = "account.cleared"
    IDENTITY_LINKED = "account.identity_linked"
    KEY_ADDED = "key.added"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"
    WEBHOOK_RETRIED = "webhook.retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Something a person or the service did. Written in the transaction that does it."""

    at: datetime
    actor: str
    action: AuditAction
    letter_id: str | None = None
    details: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            message = "an audit event needs an aware time"
            raise ValueError(message)
        for value in self.details.values():
            if isinstance(value, str) and not _CODE.match(value):
                message = "audit details hold ids, codes and digests only"
                raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event at its place in the chain."""

    seq: int
    event: AuditEvent
    previous_hash: str
    hash: str


#: The hash before the first event.
GENESIS = "0" * 64

#: Codes, ids, digests, comma lists of them. No spaces: a sentence does not fit in.
_CODE = re2.compile(r"^[A-Za-z0-9._:,+@/-]{0,512}$")


def event_hash(seq: int, event: AuditEvent, previous_hash: str) -> str:
    """SHA-256 over the event in one canonical form and the hash before it."""
    canonical = json.dumps(
        [
            seq,
            event.at.isoformat(),
            event.actor,
            event.action.value,
            event.letter_id,
            sorted(event.details.items()),
            previous_hash,
        ],
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def first_break(events: tuple[ChainedEvent, ...], *, after: str = GENESIS, seq: int = 0) -> int:
    """The sequence number of the first event that does not fit the chain, or 0."""
    expected, number = after, seq
    for one in events:
        number += 1
        fits = one.seq == number and one.previous_hash == expected
        if not fits or event_hash(one.seq, one.event, one.previous_hash) != one.hash:
            return number
        expected = one.hash
    return 0
