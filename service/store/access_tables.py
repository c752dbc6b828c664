"""
Tables of people, their accounts and sessions, and of registry clients with their keys and words.

No letter stands here. Secrets are kept as hashes.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.store.columns import SealedText
from service.store.schema import UtcTime, metadata

#: What a key was good for before keys had scopes.
_ALL_SCOPES = "letters:write,letters:status,notices,redactions"

people = Table(
    "people",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("name"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.person_id"), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.person_id"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("method", String(10), nullable=False, server_default="link"),
    Column("proved_at", UtcTime),
)

#: The local account of a person: a password as argon2id hash, and the seed of the codes.
credentials = Table(
    "credentials",
    metadata,
    Column("person_id", String(32), ForeignKey("people.person_id"), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("code_seed", SealedText, nullable=False),
    Column("last_code", Integer, nullable=False),
    Column("set_at", UtcTime, nullable=False),
)

#: The keys of the letter page that a person has chosen, by action; nothing for the usual ones.
shortcuts = Table(
    "shortcuts",
    metadata,
    Column("person_id", String(32), ForeignKey("people.person_id"), primary_key=True),
    Column("bindings", Text, nullable=False),
)

#: Who a person is at the identity provider: issuer and subject, never an e-mail address.
identities = Table(
    "identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.person_id"), nullable=False),
    Column("linked_at", UtcTime, nullable=False),
)

#: Browsers that have signed a person in before: strangers cannot use up their tries.
known_browsers = Table(
    "known_browsers",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.person_id"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

#: Sign-ins that are under way at the identity provider.
provider_visits = Table(
    "provider_visits",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

#: How often something was tried within a window of time, shared by all processes.
rate_counters = Table(
    "rate_counters",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("client", String(100), nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Column("scopes", Text, nullable=False, server_default=_ALL_SCOPES),
    Column("addresses", Text, nullable=False, server_default=""),
    Column("last_used_at", UtcTime),
    Column("replaced_by", String(16)),
)

#: Status words for registry clients that want to be told; written with the change itself.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("client", String(100), nullable=False),
    Column("letter_id", String(32), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("lease_until", UtcTime),
    Column("done_at", UtcTime),
    Column("dead_at", UtcTime),
    Column("failure", String(40)),
    Index(None, "client", "done_at", "dead_at", "next_try_at"),
    Index("ix_webhook_deliveries_open", "done_at", "dead_at", "next_try_at"),
)
