"""
What the looks work on: the settings, and the database when it can be opened.

Contract: nothing is made that is not there. A database is neither migrated nor sealed, no key file
is written, and one that belongs to another user is left alone: opening it would leave files behind
that its owner cannot write.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from service.actions.desk import Desk, Drafter
from service.app import site_channels
from service.doctor.report import Finding
from service.settings import Settings
from service.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site at one moment."""

    settings: Settings
    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)

    @property
    def sqlite_file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        prefix = "sqlite:///"
        url = self.settings.database_url
        return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


Look = Callable[[Site], Iterator[Finding]]


class _NoPipeline:
    """Stands in where nothing is drafted."""

    def __getattr__(self, name: str) -> Any:
        message = "no pipeline for the doctor"
        raise AttributeError(message)


def desk_on(site: Site, database: Database) -> Desk:
    """A desk for looks at a database; it can draft nothing and is given nothing to send."""
    return Desk(
        database=database,
        pipeline=cast("Drafter", _NoPipeline()),
        way_out=site_channels(site.settings),
        settings=site.settings,
        clock=site.now,
    )


def owner_trouble(path: Path) -> str | None:
    """Why this user must not open what is there; None when it may."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return None
    if owner != os.geteuid():
        return f"{path} belongs to another user (uid {owner}) than the one who asks"
    return None
