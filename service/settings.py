"""
Every setting of the service, read once at start from `LETTERS_*` and the command line.

Contract: paths are absolute after `Settings` is made; nothing else reads the environment.
"""

import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from anonymizer.model import OutgoingFormat

MEBIBYTE = 1024 * 1024
_PREFIX = "LETTERS_"
#: What the tests alone read begins with this.
_FOR_TESTS = "LETTERS_TEST_"


class Settings(BaseSettings):
    """Settings with their defaults; `LETTERS_DATA=/srv/letters` sets `data`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, hide_input_in_errors=True, extra="forbid"
    )

    data: Path = Field(default=Path("data"), description="Folder of the database and the outbox.")
    database: str | None = Field(
        default=None,
        repr=False,
        description="SQLAlchemy URL; SQLite in the data folder when not given.",
    )
    outbox: Path | None = Field(
        default=None, description="Folder for outgoing letters; `outbox` in the data folder."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        default=None, description="How people reach the service, for printed links."
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only. Set it behind a TLS proxy."
    )
    rules_folder: Path | None = Field(
        default=None, description="Rules of the site, beside the built-in."
    )
    models_folder: Path | None = Field(default=None, description="Models other than the built-in.")
    spacy_pipeline: str | None = Field(
        default=None,
        description="Installed spaCy pipeline, or a folder with one, in place of our model.",
    )
    donor_number_formats: tuple[str, ...] = Field(
        default=(), description="Regular expressions of the site's own donor numbers."
    )
    time_zone: str = Field(
        default="Europe/Berlin",
        description="Time zone of the registry that keeps the cases; says which day today is.",
    )
    scan_languages: tuple[str, ...] = Field(
        default=("en",), description="Languages (ISO 639-1) that scans are read in."
    )
    outgoing_format: OutgoingFormat = Field(
        default=OutgoingFormat.TXT, description="What approved letters leave as: txt, docx or pdf."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Threads that draft letters.")
    worker_pause_s: float = Field(default=0.2, gt=0, description="Pause when nothing is to do.")
    draft_timeout_s: float = Field(
        default=120.0, gt=0, description="A draft that takes longer is held for a person."
    )
    draft_lease_s: int = Field(
        default=180, gt=0, description="After this the work of a dead worker is taken up again."
    )
    claim_lease_s: int = Field(
        default=900, gt=0, description="How long a claimed letter stays with a person who is idle."
    )
    max_attempts: int = Field(default=5, ge=1, description="Tries before a person is asked.")
    retry_pause_s: float = Field(default=2.0, ge=0, description="Pause before the second try.")
    max_body_bytes: int = Field(default=10 * MEBIBYTE, description="Largest request.")
    max_letter_characters: int = Field(default=200_000, description="Longest letter.")
    body_within_s: float = Field(default=60.0, gt=0, description="Time to send a request in.")
    disk_reserve_mb: int = Field(
        default=500, ge=0, description="Below so much free disk no letters are taken in."
    )
    session_idle_s: int = Field(default=1800, description="Idle time before signing in again.")
    session_absolute_s: int = Field(default=36_000, description="Longest session.")
    sign_in_link_s: int = Field(default=86_400, description="How long a sign-in link works.")
    remind_received_h: float = Field(
        default=1, gt=0, description="Hours until a letter without a draft is waiting too long."
    )
    remind_ready_days: float = Field(
        default=7, gt=0, description="Days until a letter that nobody claimed is waiting too long."
    )
    remind_review_days: float = Field(
        default=3, gt=0, description="Days until a letter in review is waiting too long."
    )
    remind_held_days: float = Field(
        default=14, gt=0, description="Days until a held letter is waiting too long."
    )
    remind_approved_days: float = Field(
        default=1, gt=0, description="Days until an approved letter that was not sent is late."
    )
    remind_receipt_days: float = Field(
        default=30, gt=0, description="Days until the recipient's receipt of a sent letter is late."
    )
    log_json: bool = Field(default=False, description="Logs as JSON lines instead of text.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            message = "must be a name of the IANA time zone database such as Europe/Berlin"
            raise ValueError(message)
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose days count."""
        return ZoneInfo(self.time_zone)

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return self.data.expanduser().resolve()

    @property
    def database_url(self) -> str:
        """The database to open."""
        return self.database or f"sqlite:///{self.data_folder / 'letters.db'}"

    @property
    def outbox_folder(self) -> Path:
        """The folder with one folder per recipient."""
        return (self.outbox or self.data_folder / "outbox").expanduser().resolve()

    @property
    def claim_lease(self) -> timedelta:
        """How long a claim holds without activity."""
        return timedelta(seconds=self.claim_lease_s)

    @property
    def draft_lease(self) -> timedelta:
        """How long a worker may take for one letter."""
        return timedelta(seconds=self.draft_lease_s)

    @property
    def base_url(self) -> str:
        """How people reach the service."""
        # an address to listen on everywhere is none to go to
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def unknown_variables() -> tuple[str, ...]:
    """Variables that look like settings and are none: what they were meant to set is not set."""
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    return tuple(
        name
        for name in sorted(os.environ)
        if name.upper().startswith(_PREFIX)
        and name.upper() not in known
        and not name.upper().startswith(_FOR_TESTS)
    )
