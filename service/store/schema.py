"""
The tables, as SQLAlchemy sees them; the migrations make exactly these (a test compares).

Letter text stands in letters.content, letters.text, earlier_texts.text, readings.content,
page_images.content, outgoing_pictures.words and .content, drafts.content, corrections.content,
proofs.* and approvals.text, and nowhere else; notices.text is what its writer is told.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator

from service.store.columns import SealedBytes, SealedText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, always UTC: SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive time cannot be stored"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC again."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _letter_id(**more: Any) -> "Column[str]":
    return Column("letter_id", String(32), ForeignKey("letters.letter_id"), **more)


letters = Table(
    "letters",
    metadata,
    Column("letter_id", String(32), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("client", String(100)),
    Column("content", SealedBytes, nullable=False),
    Column("text", SealedText),
    Column("digest", String(64), nullable=False),
    Column("text_digest", String(64)),
    Column("duplicate_of", String(32)),
    Column("direction", String(20)),
    Column("cover_number", SealedText),
    Column("circumstances", SealedText, nullable=False),
    Column("case_id", String(64), index=True),
    Column("allocation_reason", SealedText),
    Column("language_released", Boolean, nullable=False),
    Column("exchange_released", Text, nullable=False, server_default="[]"),
    Column("state_reason", SealedText),
    Column("holds", Text, nullable=False),
    Column("summary", SealedText, nullable=False),
    Column("claimed_by", String(32)),
    Column("lease_until", UtcTime),
    Column("lease_token", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("draft_number", Integer, nullable=False),
    Column("worker_id", String(32), index=True),
    Column("erased", String(40)),
    Column("urgent", Boolean, nullable=False, server_default=false()),
    Column("for_senior", Boolean, nullable=False, server_default=false()),
    Column("language", String(8)),
    Column("writer_country", String(8)),
    Column("reader_country", String(8)),
    Index(None, "state", "received_at"),
    Index("ix_letters_state_changed_at", "state", "changed_at"),
    Index(None, "text_digest"),
)

#: What a letter said before a translation took its place; number 1 is as it came in.
earlier_texts = Table(
    "earlier_texts",
    metadata,
    _letter_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", SealedText, nullable=False),
    Column("replaced_at", UtcTime, nullable=False),
    Column("replaced_by", String(32), nullable=False),
)

#: What was read from a letter's file: its text, passages beside it, warnings, pictures by name.
readings = Table(
    "readings",
    metadata,
    _letter_id(primary_key=True),
    Column("read_at", UtcTime, nullable=False),
    Column("content", SealedText, nullable=False),
)

#: The pages of a scan, drawn anew for the person who compares or types them.
page_images = Table(
    "page_images",
    metadata,
    _letter_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("media_type", String(20), nullable=False),
    Column("content", SealedBytes, nullable=False),
)

#: A picture of the file as a person lets it go with the letter, or thinks of letting it go.
outgoing_pictures = Table(
    "outgoing_pictures",
    metadata,
    _letter_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sort", String(10), nullable=False),
    Column("boxes", Text, nullable=False),
    Column("words", SealedText, nullable=False),
    Column("media_type", String(20), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content", SealedBytes, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", String(32), nullable=False),
    Column("approved_at", UtcTime),
    Column("approved_by", String(32)),
)

drafts = Table(
    "drafts",
    metadata,
    _letter_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("content", SealedText, nullable=False),
    Column("routing", SealedText),
    Column("case_id", String(64), index=True),
)

proofs = Table(
    "proofs",
    metadata,
    _letter_id(primary_key=True),
    Column("draft_number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", SealedText, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    _letter_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("draft_number", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("author", String(32), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("content", SealedText, nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("redoable", Boolean, nullable=False, server_default=false()),
)

approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", String(32), primary_key=True),
    _letter_id(nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("text", SealedText, nullable=False),
    Column("case_id", String(64), nullable=False, index=True),
    Column("donor_number", SealedText, nullable=False),
    Column("recipient_id", String(64), nullable=False),
    Column("direction", String(20), nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("approved_at", UtcTime, nullable=False),
    Column("rules_digest", String(64), nullable=False, server_default=""),
    Column("endpoint_version", Integer, nullable=False, server_default="0"),
    Column("endpoint_digest", String(64), nullable=False, server_default=""),
    Column("pictures", Text, nullable=False, server_default="[]"),
    Column("form", String(10)),
    Column("first_reader_id", String(32)),
    Column("second_reader_id", String(32)),
)

dispatches = Table(
    "dispatches",
    metadata,
    Column("dispatch_id", String(32), primary_key=True),
    _letter_id(nullable=False, index=True),
    Column("approval_id", String(32), ForeignKey("approvals.approval_id"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("receipt_at", UtcTime),
    Column("receipt_by", String(32)),
    Column("bounced_at", UtcTime),
    UniqueConstraint("approval_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", String(32), primary_key=True),
    _letter_id(nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("language", String(2), nullable=False),
    Column("text", SealedText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("given_out_at", UtcTime),
)

#: Both sides may learn who the other is: proposed by one person, confirmed by another.
contact_releases = Table(
    "contact_releases",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("case_id", String(64), nullable=False, index=True),
    Column("reason", SealedText, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("confirmed_at", UtcTime),
    Column("confirmed_by", String(32)),
    Column("rules_digest", String(64)),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", String(32)),
)

clinics = Table(
    "clinics",
    metadata,
    Column("clinic_id", String(64), primary_key=True),
    Column("clinic_name", String(200), nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("donor_number_code", String(64), nullable=False),
    Column("donor_number", SealedText, nullable=False),
    Column("donor_country", String(2), nullable=False),
    Column("patient_country", String(2), nullable=False),
    Column("clinic_id", String(64), ForeignKey("clinics.clinic_id"), nullable=False),
    Column("known_donor", SealedText, nullable=False),
    Column("known_patient", SealedText, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("patient_reference_code", String(64)),
    Column("patient_reference", SealedText),
    Column("donor_registry", String(64)),
    Column("patient_registry", String(64)),
    Column("donor_language", String(2)),
    Column("patient_language", String(2)),
    Column("cord_blood", Boolean, nullable=False, server_default=false()),
    Column("donation_dates", SealedText, nullable=False),
    Column("transplant_dates", SealedText, nullable=False),
    Column("infusion_dates", SealedText, nullable=False),
    Column("donor_consents", Text, nullable=False, server_default="{}"),
    Column("patient_consents", Text, nullable=False, server_default="{}"),
    Column("donor_deliverable", String(10), nullable=False, server_default="unknown"),
    Column("patient_deliverable", String(10), nullable=False, server_default="unknown"),
    Column("pathway", SealedText, nullable=False),
    # the days are sealed; that there is none is not
    Column("no_donation_day", Boolean, nullable=False, server_default=false()),
    Column("no_transplant_day", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("donor_number_code", name="uq_cases_donor_number"),
    Index("ix_cases_patient_reference", "patient_reference_code"),
)

answered_requests = Table(
    "answered_requests",
    metadata,
    Column("client", String(100), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("payload_digest", String(64), nullable=False),
    _letter_id(nullable=False),
    Column("at", UtcTime, nullable=False),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("letter_id", String(32), index=True),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

#: One row: where the chain ends. Locked while an event is appended, so appenders queue up.
audit_head = Table(
    "audit_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: How recipients are reached: proposed by one person, confirmed by another.
endpoints = Table(
    "endpoints",
    metadata,
    Column("endpoint_id", String(32), primary_key=True),
    Column("recipient_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("address", String(300), nullable=False),
    Column("pinned", Text, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("confirmed_at", UtcTime),
    Column("confirmed_by", String(32)),
    Column("holds_from", UtcTime),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", String(32)),
    # the check of a new address: the recipient tells a code that was sent there
    Column("ask_tries", Integer, nullable=False, server_default="0"),
    Column("ask_next_at", UtcTime),
    Column("asked_at", UtcTime),
    Column("ask_failure", String(300)),
    Column("answered_at", UtcTime),
    Column("answered_by", String(32)),
    UniqueConstraint("recipient_id", "version"),
)

#: One row per working thread; `beat` goes up while it lives.
workers = Table(
    "workers",
    metadata,
    Column("worker_id", String(32), primary_key=True),
    Column("beat", Integer, nullable=False),
)

#: The wrapped key of a letter ("letter/…"), of what its drafts hold of identities ("known/…") or
#: of a case ("case/…"). Without `wrapped` it was destroyed, and all that it sealed with it.
data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("purpose", String(10), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("master_id", String(32), nullable=False),
    Column("wrapped", SealedBytes),
    Column("destroyed_at", UtcTime),
    Index("ix_data_keys_purpose", "purpose", "master_id"),
)

#: By which the master keys in the key files are recognised. The keys themselves are never here.
master_keys = Table(
    "master_keys",
    metadata,
    Column("purpose", String(10), primary_key=True),
    Column("master_id", String(32), primary_key=True),
    Column("check_value", String(32), nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

#: Cases of which nothing is erased while their row is here.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("by", String(120), nullable=False),
)
