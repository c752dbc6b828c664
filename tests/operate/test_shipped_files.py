"""What is shipped for operators fits this program: units, settings, alerts, container, pages."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import typer

from service import cli
from service.actions import Desk
from service.app import create_app
from service.logs import ALLOWED_KEYS
from service.settings import Settings
from service.store.database import Database
from service.store.migrate import revision_of, revisions
from tests.contract.source import ROOT
from tests.factories import make_desk
from tests.integration.server import served

OPERATE = ROOT / "docs/operate"
DEPLOY = OPERATE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("letters-*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
PROGRAM = "/usr/lib/letters/bin/anonymizer-service"
#: systemd counts what a unit may do; a service without any protection has 9.6.
MOST_EXPOSED = 20
PAGES = {path.name: path.read_text("utf-8") for path in OPERATE.glob("*.md")}
COMMANDS = typer.main.get_command(cli.app)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as an operator installs them, with a program that is there."""
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in folder.glob("*.service"):
        path.write_text(path.read_text("utf-8").replace(PROGRAM, sys.executable), "utf-8")
    shutil.copy(folder / "letters-drafts@.service", folder / "letters-drafts@1.service")
    return folder


def analyze(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Systemd's own look at units, without a running systemd."""
    return subprocess.run(
        [shutil.which("systemd-analyze") or "systemd-analyze", *arguments],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def names(folder: Path) -> list[str]:
    """Units and timers that can be started."""
    return sorted(
        path.name for path in folder.glob("letters-*.*") if path.is_file() and "@." not in path.name
    )


def test_systemd_takes_every_unit_without_a_word(units: Path) -> None:
    """Units, timers, and the drop-in with their protection."""
    done = analyze(units, "verify", "--man=no", *names(units))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_opens_files_of_strangers_reaches_nobody(units: Path) -> None:
    """As systemd reads unit and drop-ins together; the child that reads may still give up more."""
    done = analyze(units, "security", "--offline=true", "letters-drafts@1.service")
    lines = [line for line in done.stdout.splitlines() if line.startswith("✓")]
    for told in ("PrivateNetwork=", "RestrictAddressFamilies=~AF_(INET|INET6)", "IPAddressDeny="):
        assert any(told in line for line in lines), told
    done = analyze(units, "security", "--offline=true", "letters-sending.service")
    assert "✗ PrivateNetwork=" in done.stdout


def test_every_unit_is_protected(units: Path) -> None:
    """By what systemd counts; the drop-in holds for each of them."""
    for name in names(units):
        if name.endswith(".service"):
            done = analyze(units, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", name)
            assert done.returncode == 0, (name, done.stdout[-300:])


@pytest.mark.parametrize(
    "line",
    [
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "MemoryDenyWriteExecute=yes",
        "MemorySwapMax=0",
        "LimitCORE=0",
        # with "yes" the process that reads a file could not give up the network
        "RestrictNamespaces=user net",
    ],
)
def test_the_protection_that_the_service_counts_on_is_there(line: str) -> None:
    """Whatever systemd's own count would let pass."""
    text = (DEPLOY / "systemd/letters-.service.d/hardening.conf").read_text("utf-8")
    assert line in text.splitlines()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_a_command_that_there_is(path: Path) -> None:
    """With options that it has; every unit has a limit of memory."""
    text = path.read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, command, *options = shlex.split(line)
    assert program == PROGRAM
    known = [option for one in COMMANDS.commands[command].params for option in one.opts]  # type: ignore[attr-defined]
    known += [one for p in COMMANDS.commands[command].params for one in p.secondary_opts]  # type: ignore[attr-defined]
    assert not [one for one in options if one.startswith("--") and one not in known]
    assert re.search(r"^MemoryMax=\d", text, re.MULTILINE)


def test_the_settings_that_are_shipped_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are commented out too; all of them together are valid."""
    text = (DEPLOY / "letters.env").read_text("utf-8")
    found = dict(re.findall(r"^(?:# )?(LETTERS_[A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert {name.removeprefix("LETTERS_").lower() for name in found} <= set(Settings.model_fields)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.secure_cookies
    assert not settings.keys_beside_data
    assert settings.trusted_proxies == ("127.0.0.1",)


def test_every_figure_that_an_alert_asks_for_exists(tmp_path: Path) -> None:
    """An alert on a figure that was renamed never comes."""
    token = tmp_path / "token"
    token.write_text("t" * 40, "utf-8")
    token.chmod(0o600)
    desk: Desk = make_desk(tmp_path / "data", metrics_token_file=token, database_limit_mb=100_000)
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        told = httpx.get(f"{url}/health/metrics", headers={"Authorization": f"Bearer {'t' * 40}"})
    desk.database.close()
    alerts = (DEPLOY / "prometheus/alerts.yml").read_text("utf-8")
    asked = set(re.findall(r"\bletters_(?:site|machine|process)_[a-z_]*[a-z]\b", alerts))
    assert len(asked) > 12
    #: two figures are there only once there is something to tell
    later = {"letters_machine_audit_anchor_age_seconds", "letters_machine_clock_apart_seconds"}
    shown = set(re.findall(r"^(letters_[a-z_]+)", told.text, re.MULTILINE)) | later
    shown |= set(re.findall(r"^# TYPE (letters_[a-z_]+)", told.text, re.MULTILINE))
    histogram = {"letters_process_request_seconds_bucket", "letters_process_request_seconds_count"}
    refused = {"letters_process_refused_too_often_total"}
    assert asked <= shown | histogram | refused


def test_the_way_back_that_the_page_shows_works(tmp_path: Path) -> None:
    """The words between the quotes, with the number of the version before this one."""
    before = revisions()[-2]
    (program,) = re.findall(r'python -c "\n(.*?)"', PAGES["upgrade.md"], re.DOTALL)
    program = re.sub(r"target='\d+'", f"target='{before}'", program)
    settings = Settings(data=tmp_path / "data")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"LETTERS_DATA": str(settings.data_folder), "PATH": "/usr/bin:/bin"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    database = Database(settings.database_url)
    with database.reading() as connection:
        assert revision_of(connection) == before
    database.close()


def test_every_alert_is_explained() -> None:
    """On the page that whoever is woken opens."""
    alerts = re.findall(r"- alert: (\w+)", (DEPLOY / "prometheus/alerts.yml").read_text("utf-8"))
    assert len(alerts) == len(set(alerts)) > 10
    assert not [name for name in alerts if name not in PAGES["incident.md"]]


def test_the_container_has_two_stages_a_fixed_base_and_no_root() -> None:
    """And copies nothing that is not there."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert len(re.findall(r"^FROM \$\{BASE\}", text, re.MULTILINE)) == 2
    users = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    assert users == ["10001:10001"]
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        assert not [one for one in sources.split() if not (ROOT / one).exists()]


def test_every_command_of_the_operator_is_on_a_page() -> None:
    """Each can be found by whoever looks for it."""
    guide = (ROOT / "docs/guide").glob("*.md")
    told = "\n".join((*PAGES.values(), *(path.read_text("utf-8") for path in guide)))

    def leaves(command: object, path: tuple[str, ...] = ()) -> list[str]:
        children = getattr(command, "commands", {})
        if not children:
            return [" ".join(path)]
        return [one for name, child in children.items() for one in leaves(child, (*path, name))]

    missing = [one for one in leaves(COMMANDS) if not re.search(rf"\b{re.escape(one)}\b", told)]
    assert not missing


def test_every_page_for_operators_is_in_the_index() -> None:
    """Nothing is found that nobody leads to."""
    index = (OPERATE / "README.md").read_text("utf-8")
    pages = [path.name for path in OPERATE.glob("*.md") if path.name != "README.md"]
    assert not [name for name in pages if f"({name})" not in index]


def test_every_key_of_a_log_line_is_explained() -> None:
    """The list is short on purpose."""
    page = PAGES["monitoring.md"]
    assert not [key for key in ALLOWED_KEYS if f"`{key}`" not in page]
