"""The database: whether it answers, is of this version, whole, guarded, sealed, backed up."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from service.actions.checking import verify_trail
from service.doctor.report import Finding, fail, ok, warn
from service.doctor.room import in_gibibytes, room
from service.doctor.site import Site, desk_on, owner_trouble
from service.store.database import Connection, Database
from service.store.datakeys import check_master_keys
from service.store.figures import (
    audit_is_guarded,
    database_bytes,
    database_time,
    last_event_at,
)
from service.store.letters import count_by_state
from service.store.migrate import is_current, revision_of
from service.store.opening import read_keys
from service.store.size import left_of_limit
from service.store.switches import find_dispatch_pause
from service.store.workers import find_beats
from service.workflow.audit import AuditAction
from service.workflow.errors import AuditBroken, KeyTrouble
from service.workflow.states import LetterState

_BACKUP_OLD = timedelta(days=2)
_CLOCK_WARN = timedelta(seconds=2)
_CLOCK_FAIL = timedelta(seconds=60)


def look_at_database(site: Site) -> Iterator[Finding]:
    """Everything that one connection can tell."""
    if (file := site.sqlite_file) is not None:
        if not file.exists():
            yield warn("database", f"{file} is not there yet", "the first start makes it")
            return
        if trouble := owner_trouble(file):
            yield fail("database", trouble, "run this as the user of the service")
            return
    with closing(Database(site.settings.database_url)) as database:
        try:
            with database.reading() as connection:
                version = revision_of(connection)
        except Exception as error:  # noqa: BLE001 - its message may hold the password
            yield fail(
                "database",
                f"it does not answer ({type(error).__name__})",
                "is it running, and does LETTERS_DATABASE name the right server and user?",
            )
            return
        yield ok("database", "it answers")
        if not is_current(database):
            yield _other_schema(version)
            return
        yield ok("schema", f"version {version}, that of this program")
        yield from _look_inside(site, database)


def _other_schema(version: str | None) -> Finding:
    if version is None:
        return warn("schema", "the database is empty", "the first start makes its tables")
    return fail(
        "schema",
        f"version {version} is not that of this program",
        "an older one is changed at the next start (make a backup first); for a newer one install "
        "the program that wrote it (docs/operate/upgrade.md)",
    )


def _look_inside(site: Site, database: Database) -> Iterator[Finding]:
    try:
        database.unlock(read_keys(site.settings))
        with database.reading() as connection:
            check_master_keys(connection)
    except KeyTrouble as error:
        yield fail("sealing", error.reason, "docs/operate/keys.md")
    else:
        yield ok("sealing", "the keys are those that the database was sealed with")
        yield from _look_at_trail(site, database)
    with database.reading() as connection:
        yield _guard(connection)
        yield _room(site, connection)
        yield _clock(site, connection)
        yield _backup(site, connection)
        yield _workers(connection)
        yield _sending(connection)


def _look_at_trail(site: Site, database: Database) -> Iterator[Finding]:
    try:
        found = verify_trail(desk_on(site, database))
    except AuditBroken as error:
        yield fail("audit trail", error.reason, "stop sending and find out why (docs/operate)")
        return
    yield ok("audit trail", f"{found.seq} events, whole; the end is {found.seq}:{found.hash[:16]}…")
    if not found.anchors:
        yield warn(
            "audit notes",
            "the end of the trail was never noted outside the database",
            "the service notes it while it runs; is LETTERS_ANCHOR_FOLDER the same here?",
        )


def _guard(connection: Connection) -> Finding:
    if audit_is_guarded(connection):
        return ok("audit triggers", "the database refuses to change or remove events")
    return fail(
        "audit triggers",
        "the database would let events be changed: its triggers are missing or switched off",
        "restore a backup, or make the triggers of migration 0001 again; find out who removed them",
    )


def _room(site: Site, connection: Connection) -> Finding:
    settings, size = site.settings, database_bytes(connection)
    told = f"the database has {in_gibibytes(size)}"
    free = left_of_limit(settings, size)
    if free is None:
        if site.sqlite_file is not None or settings.disk_folders:
            return ok("database size", told)
        return warn(
            "database size",
            f"{told}, and nothing is known of the room on its server",
            "set LETTERS_DATABASE_LIMIT_MB to what it may grow to; on this machine name its folder "
            "in LETTERS_DISK_FOLDERS",
        )
    return room(
        "database size",
        f"{told}, {in_gibibytes(free)} are left",
        free=free,
        reserve_mb=settings.disk_reserve_mb,
        full="make room on its server, and then LETTERS_DATABASE_LIMIT_MB larger",
        soon_full="make room on its server",
    )


def _clock(site: Site, connection: Connection) -> Finding:
    theirs = database_time(connection)
    if theirs is None:
        newest = last_event_at(connection)
        if newest is not None and newest > site.now() + _CLOCK_WARN:
            return warn(
                "clock",
                "the newest event of the trail lies in the future: the clock went back",
                "synchronise the clock (timedatectl, chrony)",
            )
        return ok("clock", "no event lies in the future")
    apart = abs(theirs - site.now())
    told = f"{apart.total_seconds():.1f} s between this machine and the database"
    if apart > _CLOCK_FAIL:
        return fail("clock", told, "synchronise both clocks: leases of people run by them")
    if apart > _CLOCK_WARN:
        return warn("clock", told, "synchronise both clocks")
    return ok("clock", told)


def _backup(site: Site, connection: Connection) -> Finding:
    made = last_event_at(connection, AuditAction.DATA_BACKED_UP)
    if made is None:
        return warn(
            "backup",
            "none was made with `anonymizer-service backup`",
            "make one every day; with other means (docs/operate/backup.md) watch those",
        )
    age = site.now() - made
    told = f"the last one is {_days(age)} old ({_day(made)})"
    if age > _BACKUP_OLD:
        return warn("backup", told, "is the timer running? (docs/operate/backup.md)")
    return ok("backup", told)


def _days(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{age.days} days"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _workers(connection: Connection) -> Finding:
    counts = count_by_state(connection)
    waiting = counts.get(LetterState.RECEIVED, 0) + counts.get(LetterState.APPROVED, 0)
    workers = len(find_beats(connection))
    if waiting and not workers:
        return warn(
            "workers",
            f"no worker is entered, and {waiting} letters wait for one",
            "start `anonymizer-service serve` or `anonymizer-service worker`",
        )
    return ok("workers", f"{workers} threads are entered, {waiting} letters wait for one")


def _sending(connection: Connection) -> Finding:
    pause = find_dispatch_pause(connection)
    if pause is None:
        return ok("sending", "letters leave")
    return warn(
        "sending",
        f"all sending is stopped since {_day(pause.since)} ({pause.reason.value})",
        "find out why, then `anonymizer-service dispatch resume`",
    )
