"""The container's file fits program, units and pages, as far as can be seen without building it."""

import re

import pytest

from anonymizer.documents import ocr
from anonymizer.documents.limits import MEBI
from anonymizer.documents.reader import DEFAULT_LIMITS
from service import serving
from service.settings import Settings
from service.web.permissions import OPEN, ROUTES
from tests.contract.source import ROOT

DEPLOY = ROOT / "docs/operate/deploy"
FILE = (DEPLOY / "Containerfile").read_text("utf-8")
#: Without comments, each instruction on one line.
INSTRUCTIONS = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", FILE, flags=re.MULTILINE)).splitlines()
PAGE = (DEPLOY / "README.md").read_text("utf-8")
OPTIONS = PAGE.split("OPTIONS=(", 1)[1].split("\n)", 1)[0].split()
SETTINGS = (DEPLOY / "letters.env").read_text("utf-8")
HARDENING = (DEPLOY / "systemd/letters-.service.d/hardening.conf").read_text("utf-8")
ALL_IN_ONE = (DEPLOY / "systemd/letters-all.service").read_text("utf-8")
PORT = Settings.model_fields["port"].default


def values(instruction: str) -> list[str]:
    """What stands behind each instruction of this name."""
    return [line.partition(" ")[2] for line in INSTRUCTIONS if line.startswith(f"{instruction} ")]


def option(name: str) -> str:
    """What the page gives to this option of `podman run`."""
    (value,) = [one.partition("=")[2] for one in OPTIONS if one.startswith(f"--{name}=")]
    return value


def packages(text: str) -> set[str]:
    """What an `apt-get install` in this text installs."""
    (line,) = re.findall(r"apt-get install ([^&#\n]*)", text)
    return {word for word in line.split() if not word.startswith("-")}


def test_every_language_of_the_rules_can_be_scanned() -> None:
    """Tesseract's data for it are a package of its own."""
    paths = (ROOT / "rules/languages").glob("*.toml")
    wanted = {f"tesseract-ocr-{ocr._NAMES[path.stem]}" for path in paths}
    assert len(wanted) >= 6
    assert wanted <= packages("\n".join(values("RUN")))


def test_what_a_page_has_installed_beside_the_program_is_in_the_image() -> None:
    """Except Python itself, which the base has, and the proxy in front."""
    page = packages((ROOT / "docs/operate/install.md").read_text("utf-8"))
    assert page - {"python3-venv", "nginx-light"} <= packages("\n".join(values("RUN")))


def test_what_is_copied_is_what_may_be_read() -> None:
    """Nothing of the history, of an environment or of a running service reaches a builder."""
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignore if not line.startswith("#")]
    assert rules[0] == "*"
    let_through = {line[1:] for line in rules if line.startswith("!")}
    copied = [one for one in values("COPY") if not one.startswith("--from")]
    assert let_through == {source for one in copied for source in one.split()[:-1]}
    assert "**/__pycache__" in rules[-1]


def test_every_library_is_checked_by_its_hash() -> None:
    """What takes none of them is told to ask no index."""
    for line in values("RUN"):
        for command in line.split("&&"):
            if re.search(r"pip\b.* (?:install|wheel) ", command):
                assert "--require-hashes" in command or "--no-index" in command, command


def test_program_and_user_are_where_units_and_pages_look_for_them() -> None:
    """One path, one name."""
    (program,) = re.findall(r"^ExecStart=(\S+)/bin/anonymizer-service", ALL_IN_ONE, re.MULTILINE)
    assert f"--from=build {program} {program}" in values("COPY")
    assert f"PATH={program}/bin:" in "\n".join(values("ENV"))
    (user,) = re.findall(r"^User=(\w+)$", HARDENING, re.MULTILINE)
    assert values("USER") == ["10001:10001"]
    assert re.search(rf"useradd --uid 10001 .* {user} ", "\n".join(values("RUN")))


def test_every_place_that_settings_name_has_a_volume_or_a_file() -> None:
    """Each volume belongs to the user of the image; the file system itself is read-only."""
    places = {one.split(":")[1] for one in OPTIONS if one.startswith("--volume=")}
    places.add(re.findall(r"target=([^,]+)", option("secret"))[0])
    named = re.findall(r"^LETTERS_\w+=(/\S+)$", SETTINGS, re.MULTILINE)
    assert len(named) >= 6
    assert not [one for one in named if not any(f"{one}/".startswith(f"{p}/") for p in places)]
    (owned,) = re.findall(r"--owner letters [^/&]*([^&]*)", "\n".join(values("RUN")))
    volumes = {place for place in places if place.startswith("/var/") or place.endswith("/keys")}
    assert volumes == set(owned.split())
    for folder in re.findall(r"^StateDirectory=(.*)$", HARDENING, re.MULTILINE)[0].split():
        assert f"/var/lib/{folder}" in volumes
    assert not values("VOLUME")


def test_ports_are_those_of_the_settings() -> None:
    """Pages and interface, and the one that the health check asks."""
    (interface,) = re.findall(r"^LETTERS_API_PORT=(\d+)$", SETTINGS, re.MULTILINE)
    assert values("EXPOSE") == [f"{PORT} {interface}"]
    for port in (PORT, interface):
        assert f"--publish=127.0.0.1:{port}:{port}" in PAGE
    (check,) = values("HEALTHCHECK")
    assert f"'127.0.0.1', {PORT}," in check
    assert ROUTES["GET", "/health/live"] == OPEN
    assert "'GET', '/health/live'" in check


@pytest.mark.parametrize(
    "word", ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--init"]
)
def test_the_page_runs_it_protected(word: str) -> None:
    """As the units are."""
    assert word in OPTIONS


def test_limits_fit_the_units_and_the_program() -> None:
    """Memory without swap; a scan fits into memory; what is under way has its time to end."""
    (memory,) = re.findall(r"^MemoryMax=(\d+)G$", ALL_IN_ONE, re.MULTILINE)
    assert option("memory") == option("memory-swap") == f"{memory}g"
    assert f"TasksMax={option('pids-limit')}" in ALL_IN_ONE
    assert int(option("shm-size").removesuffix("m")) * MEBI > DEFAULT_LIMITS.memory_bytes
    assert int(option("stop-timeout")) > serving._GRACE_S
