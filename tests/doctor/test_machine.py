"""The doctor looks at the machine: settings, folders, keys, model, programs."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from anonymizer.pipeline import MODELS
from service.app import open_desk
from service.doctor.machine import (
    look_at_folders,
    look_at_keys,
    look_at_model,
    look_at_programs,
    look_at_settings,
)
from service.settings import Settings
from tests.doctor.asking import FAIL, OK, WARN, ask_settings
from tests.models import altered_models, useless_models
from tests.small_pipeline import SmallPipeline


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    """The settings of a site that was started once."""
    settings = Settings(data=tmp_path / "data")
    open_desk(settings, pipeline=SmallPipeline()).database.close()
    return settings


def test_a_variable_that_is_no_setting_is_named(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its value."""
    monkeypatch.setenv("LETTERS_DATABSE", "hunter2")
    found = ask_settings(site, look_at_settings)["settings"]
    assert found.grade is WARN
    assert "LETTERS_DATABSE" in found.found
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, WARN),
        ({"host": "192.0.2.1"}, FAIL),
        ({"public_url": "https://letters.example"}, FAIL),
        ({"public_url": "https://letters.example", "secure_cookies": True}, OK),
    ],
)
def test_letters_do_not_travel_in_the_clear(
    site: Settings, changes: dict[str, object], grade: object
) -> None:
    """Loopback is a trial, plain HTTP for others a fault."""
    found = ask_settings(site.model_copy(update=changes), look_at_settings)
    assert found["https"].grade is grade


def test_a_proxy_that_nobody_trusts_is_told(site: Settings) -> None:
    """The limits of sign-in would count all people as one."""
    https = site.model_copy(update={"public_url": "https://a.example", "secure_cookies": True})
    assert ask_settings(https, look_at_settings)["proxy"].grade is WARN
    trusted = https.model_copy(update={"trusted_proxies": ("127.0.0.1",)})
    assert "proxy" not in ask_settings(trusted, look_at_settings)


def test_a_token_that_others_can_read_is_told_without_it(site: Settings, tmp_path: Path) -> None:
    """The service would not start."""
    path = tmp_path / "token"
    path.write_text("s" * 40, "utf-8")
    path.chmod(0o644)
    changed = site.model_copy(update={"metrics_token_file": path})
    found = ask_settings(changed, look_at_settings)["monitoring"]
    assert found.grade is FAIL
    assert "s" * 40 not in repr(found)
    path.chmod(0o600)
    assert ask_settings(changed, look_at_settings)["monitoring"].grade is OK


def test_folders_are_written_to_and_left_as_they_were(site: Settings) -> None:
    """The doctor's own file is gone at once; it never had a name."""
    before = sorted(site.data_folder.rglob("*"))
    found = ask_settings(site, look_at_folders)
    assert found["data folder"].grade is OK
    assert found["disk"].grade is OK
    assert sorted(site.data_folder.rglob("*")) == before


def test_a_data_folder_that_others_can_open_is_told(site: Settings) -> None:
    """With the command that mends it."""
    site.data_folder.chmod(0o755)
    found = ask_settings(site, look_at_folders)["data folder"]
    assert found.grade is FAIL
    assert "chmod 700" in found.remedy


def test_a_folder_that_cannot_be_written_is_told(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only mount, or a full disk: the system's own word for it."""

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    found = ask_settings(site, look_at_folders)["data folder"]
    assert found.grade is FAIL
    assert os.strerror(errno.ENOSPC) in found.found


def test_too_little_room_is_told(site: Settings) -> None:
    """Before letters are refused, and when they are."""
    huge = site.model_copy(update={"disk_reserve_mb": 10**12})
    assert ask_settings(huge, look_at_folders)["disk"].grade is FAIL


def test_missing_keys_are_none_yet_or_lost(site: Settings, tmp_path: Path) -> None:
    """It depends on whether there is a database."""
    assert ask_settings(Settings(data=tmp_path / "new"), look_at_keys)["keys"].grade is WARN
    for path in site.key_files:
        path.unlink()
    found = ask_settings(site, look_at_keys)["keys"]
    assert found.grade is FAIL
    assert "copy" in found.remedy


def test_keys_that_others_can_read_are_told(site: Settings) -> None:
    """With the command; nothing of a key is shown."""
    site.key_files[0].chmod(0o640)
    found = ask_settings(site, look_at_keys)["keys"]
    assert found.grade is FAIL
    assert "chmod 600" in found.found
    secret = site.key_files[0].read_text("utf-8").split()[-1]
    assert secret not in repr(found)


def test_keys_beside_the_data_are_told_until_they_are_moved(site: Settings, tmp_path: Path) -> None:
    """The remedy names the settings."""
    found = ask_settings(site, look_at_keys)
    assert found["keys"].grade is OK
    assert found["place of keys"].grade is WARN
    moved = {}
    for name, path in zip(("key_file", "identity_key_file"), site.key_files, strict=True):
        moved[name] = path.rename(tmp_path / path.name)
    assert "place of keys" not in ask_settings(site.model_copy(update=moved), look_at_keys)


def test_a_file_with_one_purpose_missing_is_told(site: Settings) -> None:
    """Its letters could be opened and nobody's numbers."""
    path = site.key_files[1]
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(one for one in lines if not one.startswith("numbers")), "utf-8")
    found = ask_settings(site, look_at_keys)["keys"]
    assert found.grade is FAIL
    assert "numbers" in found.found


def test_the_model_is_whole_and_finds_its_canary(site: Settings) -> None:
    """As at the start of the service."""
    found = ask_settings(site, look_at_model)
    assert (found["model"].grade, found["canary"].grade) == (OK, OK)


def test_an_altered_and_a_useless_model_are_told_apart(site: Settings, tmp_path: Path) -> None:
    """One has another checksum, the other finds nothing."""
    assert MODELS.is_dir()
    altered = site.model_copy(update={"models_folder": altered_models(tmp_path / "altered")})
    assert ask_settings(altered, look_at_model)["model"].grade is FAIL
    useless = site.model_copy(update={"models_folder": useless_models(tmp_path / "useless")})
    assert ask_settings(useless, look_at_model)["canary"].grade is FAIL


def test_a_language_that_scans_cannot_be_read_in_is_named(site: Settings) -> None:
    """With the package to install."""
    assert ask_settings(site, look_at_programs)["scans"].grade is OK
    other = site.model_copy(update={"scan_languages": ("en", "xx")})
    found = ask_settings(other, look_at_programs)["scans"]
    assert found.grade is FAIL
    assert found.found.endswith("xx")


def test_a_reader_that_keeps_the_network_is_told(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system lets nobody make namespaces, files are read with the network at hand."""
    found = ask_settings(site, look_at_programs)["reading of files"]
    assert found.grade is OK
    nobody = "import sys; sys.exit(1)"
    refuse = replace_program(nobody)
    monkeypatch.setattr(subprocess, "run", refuse)
    found = ask_settings(site, look_at_programs)["reading of files"]
    assert found.grade is WARN
    assert "RestrictNamespaces" in found.remedy


def replace_program(program: str) -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """`subprocess.run` with this program in place of what Python is asked to run."""
    real = subprocess.run

    def run(command: list[str], **options: object) -> "subprocess.CompletedProcess[bytes]":
        if command[0] == sys.executable:
            command = [*command[:-1], program]
        return real(command, **options)  # type: ignore[call-overload,no-any-return]  # passed on

    return run
