"""The machine: settings, folders, disk, key files, programs beside us, the model and its canary."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anonymizer.documents.ocr import is_installed
from anonymizer.errors import AnonymizerError
from service.app import load_pipeline
from service.doctor.report import Finding, fail, ok, warn
from service.doctor.room import in_gibibytes, room
from service.doctor.site import Site, owner_trouble
from service.settings import Settings
from service.settings_trouble import unknown_variables
from service.store.opening import read_keys
from service.vault.agefile import read_recipients
from service.vault.keyring import Purpose
from service.vault.tokenfile import read_token
from service.workflow.errors import KeyTrouble, ServiceError

#: From here on Python refuses archives whose files overlap; ours are checked by us as well.
_PYTHON = (3, 11, 8)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# linux/sched.h
_NEWUSER = 0x10000000
_NEWNET = 0x40000000
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


def look_at_settings(site: Site) -> Iterator[Finding]:
    """Whether they fit together."""
    unknown = unknown_variables()
    if unknown:
        yield warn(
            "settings",
            f"no settings and without effect: {', '.join(unknown)}",
            "correct the names; docs/reference/settings.md lists all of them",
        )
    else:
        yield ok("settings", "every LETTERS_ variable is a setting")
    yield from _look_at_https(site.settings)
    yield from _look_at_token(site.settings)
    yield from _look_at_recipients(site)
    if sys.version_info < _PYTHON:
        yield warn(
            "python",
            f"Python {sys.version.split()[0]}",
            f"update to Python {'.'.join(map(str, _PYTHON))} or later",
        )
    else:
        yield ok("python", f"Python {sys.version.split()[0]}")


def _look_at_https(settings: Settings) -> Iterator[Finding]:
    https = settings.base_url.startswith("https://")
    if https and settings.secure_cookies:
        yield ok("https", f"people reach {settings.base_url}, cookies travel over HTTPS only")
    elif https:
        yield fail(
            "https",
            "LETTERS_PUBLIC_URL is https, and cookies would also travel without it",
            "set LETTERS_SECURE_COOKIES=true",
        )
    elif settings.host in _LOOPBACK:
        yield warn(
            "https",
            f"only this machine can reach {settings.base_url}",
            "for other people: a TLS proxy, LETTERS_PUBLIC_URL and LETTERS_SECURE_COOKIES=true",
        )
    else:
        yield fail(
            "https",
            f"{settings.host} is reached over plain HTTP: letters can be read on their way",
            "listen on 127.0.0.1 behind a TLS proxy (docs/operate/deploy)",
        )
    if https and not settings.trusted_proxies:
        yield warn(
            "proxy",
            "no proxy is trusted: all people seem to come from one address and share its limits",
            "set LETTERS_TRUSTED_PROXIES to the address of the proxy",
        )


def _look_at_token(settings: Settings) -> Iterator[Finding]:
    if settings.metrics_token_file is None:
        yield warn(
            "monitoring",
            "nobody gets figures",
            "set LETTERS_METRICS_TOKEN_FILE (docs/operate/monitoring.md)",
        )
        return
    try:
        read_token(settings.metrics_token_file)
    except ServiceError as error:
        yield fail("monitoring", error.reason, "the service does not start before that")
    else:
        yield ok("monitoring", f"the token is in {settings.metrics_token_file}")


def _look_at_recipients(site: Site) -> Iterator[Finding]:
    settings = site.settings
    if settings.backup_recipients is None:
        yield warn(
            "backup sealing",
            "nobody is named whom backups are sealed for",
            "set LETTERS_BACKUP_RECIPIENTS (docs/operate/backup.md)",
        )
    else:
        try:
            count = len(read_recipients(settings.backup_recipients))
        except ServiceError as error:
            yield fail("backup sealing", error.reason, "no backup is made before that")
        else:
            yield ok("backup sealing", f"backups are sealed for {count} public keys")
    if site.sqlite_file is None and settings.drill_database is None:
        yield warn(
            "trial of backups",
            "backups are not tried out: PostgreSQL needs a database for it",
            "set LETTERS_DRILL_DATABASE to an empty one (docs/operate/backup.md)",
        )


def look_at_folders(site: Site) -> Iterator[Finding]:
    """Whether there is room, whether we can write, whether others can look in."""
    settings = site.settings
    yield from _look_at_folder("data folder", settings.data_folder, private=True)
    if settings.data_folder.is_dir():
        yield _room(settings)
    yield from _look_at_folder("outbox", settings.outbox_folder, private=False)
    yield from _look_at_folder("anchor folder", settings.anchor_folder_path, private=False)
    if settings.anchor_folder_path.is_relative_to(settings.data_folder):
        yield warn(
            "anchors",
            "the notes of the audit trail lie beside the database",
            "put LETTERS_ANCHOR_FOLDER on another disk or machine (docs/operate/audit.md)",
        )
    if settings.returned_mail is not None:
        yield from _look_at_folder("returned mail", settings.returned_mail, private=False)


def _look_at_folder(name: str, folder: Path, *, private: bool) -> Iterator[Finding]:
    if not folder.is_dir():
        yield warn(
            name, f"{folder} is not there", "it is made when it is needed; else make it yourself"
        )
        return
    if trouble := owner_trouble(folder) if private else None:
        yield fail(name, trouble, "run this as the user of the service")
        return
    if private and folder.stat().st_mode & _PRIVATE:
        yield fail(name, f"{folder} can be opened by others", f"chmod 700 {folder}")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"written by the doctor")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        yield fail(
            name,
            f"{folder} cannot be written ({os.strerror(error.errno or 0)})",
            "make it writable for the user of the service; look at the mount and at the room",
        )
    else:
        yield ok(name, f"{folder} can be written")


def _room(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_folder).free
    return room(
        "disk",
        f"{in_gibibytes(free)} are free",
        free=free,
        reserve_mb=settings.disk_reserve_mb,
        full="make room, or give the data folder a larger disk",
        soon_full="make room",
    )


def look_at_keys(site: Site) -> Iterator[Finding]:
    """Whether the keys are there, readable to us alone, one for every purpose."""
    settings = site.settings
    if settings.key_command is None and not any(path.exists() for path in settings.key_files):
        yield from _no_keys(site)
        return
    try:
        keys = read_keys(settings)
        for purpose in Purpose:
            keys.newest(purpose)
    except KeyTrouble as error:
        yield fail("keys", error.reason, "docs/operate/keys.md")
        return
    where = "the key command" if settings.key_command else "the key files"
    yield ok("keys", f"{len(keys.keys)} keys in {where}, one or more for every purpose")
    if settings.keys_beside_data:
        yield warn(
            "place of keys",
            "the keys lie in the data folder: whoever copies it can read everything",
            "move them and set LETTERS_KEY_FILE and LETTERS_IDENTITY_KEY_FILE",
        )


def _no_keys(site: Site) -> Iterator[Finding]:
    database = site.sqlite_file
    if database is not None and not database.exists():
        yield warn("keys", "there are none yet", "the first start makes them; back them up then")
        return
    yield fail(
        "keys",
        f"{site.settings.key_files[0]} and {site.settings.key_files[1]} are not there",
        "put them back from your copy; for a new PostgreSQL database the first start makes them",
    )


def look_at_model(site: Site) -> Iterator[Finding]:
    """Whether model and rules are as they were made, and find the canary."""
    try:
        pipeline = load_pipeline(site.settings)
        fault = pipeline.canary_fault()
    except AnonymizerError as error:
        yield fail("model", str(error), "install the program again, or correct the site's rules")
        return
    if fault:
        yield fail(
            "canary", f"{fault}", "letters wait: take back the last change of model or rules"
        )
        return
    yield ok("model", "model and rules are whole (SHA-256)")
    yield ok("canary", "the names of the canary are found")


def _reading() -> Finding:
    """Whether the process that reads a stranger's file can give up the network."""
    program = (
        "import ctypes, sys; unshare = ctypes.CDLL(None).unshare; "
        f"sys.exit(unshare({_NEWNET}) != 0 and unshare({_NEWUSER | _NEWNET}) != 0)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter with our own words
        [sys.executable, "-I", "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    if done.returncode == 0:
        return ok("reading of files", "the process that reads them gives up the network")
    return warn(
        "reading of files",
        "the process that reads them keeps the network: it may make no namespaces here",
        "allow user and network namespaces (RestrictNamespaces, seccomp of the container), or "
        "give the worker no way out of the house",
    )


def look_at_programs(site: Site) -> Iterator[Finding]:
    """Tesseract with its languages; PostgreSQL's programs where they are needed."""
    missing = [one for one in site.settings.scan_languages if not is_installed(one)]
    if missing:
        yield fail(
            "scans",
            f"Tesseract cannot read: {', '.join(missing)}",
            "install tesseract-ocr and the package of each language, such as tesseract-ocr-deu",
        )
    else:
        yield ok("scans", f"Tesseract reads: {', '.join(site.settings.scan_languages)}")
    yield _reading()
    if site.sqlite_file is not None:
        return
    absent = [name for name in ("pg_dump", "pg_restore") if shutil.which(name) is None]
    if absent:
        yield fail(
            "backup programs",
            f"not found: {', '.join(absent)}",
            "install postgresql-client in the version of the server",
        )
    else:
        yield ok("backup programs", "pg_dump and pg_restore are there")
