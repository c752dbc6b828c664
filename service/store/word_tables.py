"""The table of the site's words; what they say is sealed, for they may be names of people."""

from sqlalchemy import Boolean, Column, Integer, String, Table, UniqueConstraint

from service.store.columns import SealedText
from service.store.schema import UtcTime, metadata

#: Words put on a list or taken off it: proposed by one person, confirmed by another.
site_word_changes = Table(
    "site_word_changes",
    metadata,
    Column("change_id", String(32), primary_key=True),
    Column("adds", Boolean, nullable=False),
    Column("use", String(20), nullable=False),
    Column("language", String(8), nullable=False),
    Column("words", SealedText, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("version", Integer),
    Column("confirmed_at", UtcTime),
    Column("confirmed_by", String(32)),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", String(32)),
    UniqueConstraint("version"),
)
