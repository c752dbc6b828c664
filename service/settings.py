"""
Every setting of the service, read once at start from `LETTERS_*` and the command line.

Contract: paths are absolute after `Settings` is made; nothing else reads the environment.
"""

import math
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from limits import parse_many
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from anonymizer.model import OutgoingFormat

MEBIBYTE = 1024 * 1024
PREFIX = "LETTERS_"
#: Goes into the trail behind "operator:", which the database keeps in 32 characters.
OPERATOR_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$"


class Settings(BaseSettings):
    """Settings with their defaults; `LETTERS_DATA=/srv/letters` sets `data`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, hide_input_in_errors=True, extra="forbid"
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
    key_file: Path | None = Field(
        default=None,
        description="Keys of letters, readable to their owner only; `keys/letters.keys` in the "
        "data folder.",
    )
    identity_key_file: Path | None = Field(
        default=None,
        description="Keys of cases and donor numbers; `keys/identity.keys` in the data folder.",
    )
    key_command: str | None = Field(
        default=None,
        repr=False,
        description="Command that prints all keys, for a key service; then no key file is read.",
    )
    anchor_folder: Path | None = Field(
        default=None,
        description="Where the end of the audit trail is noted; `anchors` in the data folder. "
        "Put it on another disk or machine than the database.",
    )
    anchor_every_s: float = Field(
        default=300.0, gt=0, description="How often the end of the audit trail is noted."
    )
    keep_identity_days: int = Field(
        default=0,
        ge=0,
        description="Days after dispatch until the letter's copy of known identifiers is erased.",
    )
    keep_findings_days: int = Field(
        default=30, ge=0, description="Days after dispatch until drafts and corrections are erased."
    )
    keep_original_days: int = Field(
        default=90,
        ge=0,
        description="Days after dispatch until the file as it came in and the original text are "
        "erased; what its reader was told stays for the check over time.",
    )
    keep_letters_days: int | None = Field(
        default=None,
        ge=0,
        description="Days after dispatch until the rest of a letter is erased. Not given: never.",
    )
    backup_recipients: Path | None = Field(
        default=None,
        description="File with the public keys (age) that backups are sealed for, one a line; the "
        "private keys are elsewhere.",
    )
    key_copies: Path | None = Field(
        default=None,
        description="Folder for the copies of data keys that belong to backups; `key-copies` in "
        "the folder of the backups. Never archive it.",
    )
    keep_key_copies_days: int = Field(
        default=7,
        ge=1,
        description="Days after which `backup` deletes copies of data keys: so long may something "
        "that was erased still be opened by whoever has backups, their private key and the keys.",
    )
    drill_database: str | None = Field(
        default=None,
        repr=False,
        description="SQLAlchemy URL of an empty PostgreSQL database in which each backup is tried "
        "out; on SQLite a temporary folder is used.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port to listen on.")
    api_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port for the interface (`/v1`) alone; `port` then answers pages only.",
    )
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
        default=180, gt=0, description="A piece of work that takes longer is given to others."
    )
    heartbeat_s: float = Field(
        default=3.0, gt=0, description="How often a worker shows that it lives."
    )
    worker_gone_s: float = Field(
        default=15.0, gt=0, description="A worker that shows nothing for so long is taken for dead."
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
        default=2000, ge=0, description="Below so much free disk no letters are taken in."
    )
    disk_folders: tuple[Path, ...] = Field(
        default=(),
        description="Folders beside the data folder whose disks must have the reserve too, such as "
        "that of a PostgreSQL server on this machine.",
    )
    database_limit_mb: int | None = Field(
        default=None, gt=0, description="Size the database may grow to, with the reserve in it."
    )
    session_idle_s: int = Field(default=1800, description="Idle time before signing in again.")
    session_absolute_s: int = Field(default=36_000, description="Longest session.")
    sign_in_link_s: int = Field(default=86_400, description="How long a sign-in link works.")
    proof_s: int = Field(
        default=300,
        ge=30,
        description="How long somebody who has shown who they are may take dangerous steps (roles, "
        "keys, addresses, release of identities, resuming to send) before they are asked again.",
    )
    local_accounts: bool = Field(
        default=True, description="People may set a password and codes, and sign in with them."
    )
    sign_in_rate: str = Field(
        default="5/minute;20/hour;60/day",
        description="Tries to sign in per person and browser or address; the pauses grow.",
    )
    sign_in_account_rate: str = Field(
        default="30/minute",
        description="Tries per person from browsers that never signed them in, all together.",
    )
    sign_in_address_rate: str = Field(
        default="120/minute", description="Tries to sign in per address."
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Proxies (address or CIDR) whose X-Forwarded-For is believed."
    )
    oidc_issuer: str | None = Field(
        default=None, description="Issuer of the identity provider (OpenID Connect)."
    )
    oidc_client_id: str | None = Field(default=None, description="Our id at the provider.")
    oidc_client_secret_file: Path | None = Field(
        default=None, description="File with our secret at the provider, readable by us alone."
    )
    oidc_scopes: str = Field(
        default="openid profile", description="Scopes that are asked of the provider."
    )
    oidc_roles_claim: str | None = Field(
        default=None, description="Claim with the person's groups; without it roles are set here."
    )
    oidc_roles: dict[str, str] = Field(
        default={}, description="Group of the provider to role, as JSON."
    )
    oidc_second_factor: tuple[str, ...] = Field(
        default=(), description="Values of `acr` or `amr` of which the provider must confirm one."
    )
    api_rate: str = Field(default="1200/minute", description="Requests per API key.")
    api_uploads: int = Field(
        default=16, ge=1, description="Requests of one API key at the same time."
    )
    webhooks: Path | None = Field(
        default=None, description="File that says which registry client is told at which address."
    )
    smtp_host: str | None = Field(default=None, description="The site's mail server for letters.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_sender: str | None = Field(
        default=None, description="Mail address that letters come from and that mail returns to."
    )
    smtp_implicit_tls: bool = Field(
        default=False, description="TLS from the first byte (port 465) instead of STARTTLS."
    )
    smtp_user: str | None = Field(default=None, description="User at the mail server.")
    smtp_password_file: Path | None = Field(
        default=None, description="File with the password there, readable by us alone."
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="Who signed its certificate; without it the system's list."
    )
    sftp_key_file: Path | None = Field(
        default=None, description="Private key that the SFTP servers of recipients know us by."
    )
    returned_mail: Path | None = Field(
        default=None, description="Maildir in which mail to the sender arrives: receipts, bounces."
    )
    endpoint_delay_h: float = Field(
        default=24.0, ge=0, description="Hours until a confirmed address of a recipient holds."
    )
    endpoint_check: bool = Field(
        default=True,
        description="A new address holds only once its recipient has told the code that was sent "
        "there.",
    )
    purge_every_h: float = Field(
        default=24.0,
        ge=0,
        description="Hours between two purges by the workers; 0 leaves it to the command `purge`.",
    )
    second_reader_always: bool = Field(default=False, description="Two people read every letter.")
    second_reader_words: int | None = Field(
        default=1000, ge=0, description="Two people read a letter with more words than that."
    )
    second_reader_suggestions: int | None = Field(
        default=20,
        ge=0,
        description="Two people read a letter of which the program left more passages undecided.",
    )
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
    metrics_token_file: Path | None = Field(
        default=None,
        description="File with the token that the monitoring shows, readable by us alone; without "
        "it nobody gets figures.",
    )
    canary_every_s: float = Field(
        default=3600.0, gt=0, description="How often the pipeline is asked whether it still finds."
    )
    operator: str | None = Field(
        default=None,
        pattern=OPERATOR_NAME,
        description="Account of the person who runs a command, for the audit trail: at most 20 "
        "letters, digits, dots, dashes, underscores. Not given: the account that was signed in to.",
    )
    old_python: bool = Field(
        default=False,
        description="Start for other people although this Python is older than 3.11.8, such as one "
        "that a distribution mends without a new number.",
    )
    log_json: bool = Field(default=False, description="Logs as JSON lines instead of text.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            message = "must be a name of the IANA time zone database such as Europe/Berlin"
            raise ValueError(message)
        return name

    @field_validator("sign_in_rate", "sign_in_account_rate", "sign_in_address_rate", "api_rate")
    @classmethod
    def _is_a_rate(cls, rate: str) -> str:
        try:
            parse_many(rate)
        except ValueError:
            message = "must be rates such as 5/minute;20/hour"
            raise ValueError(message) from None
        return rate

    @model_validator(mode="after")
    def _parts_are_erased_in_order(self) -> "Settings":
        days = [self.keep_identity_days, self.keep_findings_days, self.keep_original_days]
        days += [] if self.keep_letters_days is None else [self.keep_letters_days]
        if days != sorted(days):
            message = "keep_identity_days, …findings…, …original…, …letters… may not fall"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _go_together(self) -> "Settings":
        if self.database_limit_mb is not None and self.database_limit_mb <= self.disk_reserve_mb:
            message = "LETTERS_DATABASE_LIMIT_MB must be more than LETTERS_DISK_RESERVE_MB"
            raise ValueError(message)
        for one, other in (
            ("smtp_host", "smtp_sender"),
            ("smtp_user", "smtp_password_file"),
        ):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                message = f"LETTERS_{one.upper()} and LETTERS_{other.upper()} go together: set both"
                raise ValueError(message)
        return self

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
    def key_files(self) -> tuple[Path, Path]:
        """The key files: of letters, and of identities."""
        folder = self.data_folder / "keys"
        letters = self.key_file or folder / "letters.keys"
        identity = self.identity_key_file or folder / "identity.keys"
        return letters.expanduser().absolute(), identity.expanduser().absolute()

    @property
    def keys_beside_data(self) -> bool:
        """True while whoever copies the data folder has the keys as well."""
        inside = any(path.is_relative_to(self.data_folder) for path in self.key_files)
        return self.key_command is None and inside

    @property
    def anchor_folder_path(self) -> Path:
        """The folder with what is noted outside the database."""
        return (self.anchor_folder or self.data_folder / "anchors").expanduser().absolute()

    @property
    def outbox_folder(self) -> Path:
        """The folder with one folder per recipient."""
        return (self.outbox or self.data_folder / "outbox").expanduser().resolve()

    @property
    def claim_lease(self) -> timedelta:
        """How long a claim holds without activity."""
        return timedelta(seconds=self.claim_lease_s)

    @property
    def looks(self) -> int:
        """So many heartbeats without a sign make a worker dead."""
        return max(1, math.ceil(self.worker_gone_s / self.heartbeat_s))

    @property
    def base_url(self) -> str:
        """How people reach the service."""
        # an address to listen on everywhere is none to go to
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")
