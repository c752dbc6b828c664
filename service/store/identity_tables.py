"""The table of who had shown whom a case is about, and why; their own words are sealed."""

from sqlalchemy import Column, String, Table

from service.store.columns import SealedText
from service.store.schema import UtcTime, metadata

#: One row each time that somebody had the identities of a case shown.
identity_views = Table(
    "identity_views",
    metadata,
    Column("view_id", String(32), primary_key=True),
    Column("case_id", String(64), nullable=False, index=True),
    Column("person_id", String(32), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("words", SealedText),
)
