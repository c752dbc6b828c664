"""
Whether a known vulnerability is among the libraries, as pip-audit tells.

Contract: a found vulnerability fails, unless a dated exception names it. Where the service that
knows them cannot be asked, or knows not one of the libraries (an index of the house often does
not), the verdict is "not checked", never "clean".
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.supply.bill import Component

_TABLE = Path(__file__).parent / "exceptions.toml"
_ASK = ("pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")

#: Takes pinned requirements, returns what pip-audit prints.
Ask = Callable[[str], str]


class Outcome(StrEnum):
    """How the question ended."""

    CLEAN = "clean"
    VULNERABLE = "vulnerable"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome, and sentences about it."""

    outcome: Outcome
    sentences: tuple[str, ...]


def audit(
    components: Iterable[Component],
    *,
    today: date,
    ask: Ask | None = None,
    exceptions: Path = _TABLE,
) -> Verdict:
    """What is known about these libraries."""
    pinned = [f"{one['name']}=={one['version']}" for one in components]
    printed = (ask or _pip_audit)("\n".join(pinned) + "\n")
    try:
        told = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _not_checked("The service that knows vulnerabilities could not be asked.")
    return _verdict(told, _excepted(exceptions, today))


def _verdict(told: list[dict[str, Any]], excepted: frozenset[str]) -> Verdict:
    checked = [one for one in told if "skip_reason" not in one]
    skipped = [one["name"] for one in told if "skip_reason" in one]
    if not checked:
        return _not_checked("The service that was asked knows none of the libraries.")
    found = tuple(
        f"{one['name']} {one['version']} has {each['id']}; {_mended(each)}."
        for one in checked
        for each in one["vulns"]
        if not excepted & {each["id"], *each.get("aliases", ())}
    )
    if found:
        return Verdict(outcome=Outcome.VULNERABLE, sentences=found)
    known = f"{len(checked)} libraries, no known vulnerability."
    unknown = (f"Not known there: {', '.join(sorted(skipped))}.",) if skipped else ()
    return Verdict(outcome=Outcome.CLEAN, sentences=(known, *unknown))


def _mended(found: dict[str, Any]) -> str:
    versions = ", ".join(found.get("fix_versions", ()))
    return f"mended in {versions}" if versions else "not mended yet"


def _not_checked(why: str) -> Verdict:
    advice = "Repeat this where the Internet can be reached, before a release at the latest."
    return Verdict(outcome=Outcome.NOT_CHECKED, sentences=(why, advice))


def _excepted(path: Path, today: date) -> frozenset[str]:
    entries = tomllib.loads(path.read_text("utf-8")).get("exception", [])
    return frozenset(one["id"] for one in entries if one["until"] >= today and one["reason"])


def _pip_audit(requirements: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(requirements)
        file.flush()
        command = [sys.executable, "-m", *_ASK, "--timeout", "5", "--requirement", file.name]
        # it exits with 1 both for a vulnerability and for a failure: what it printed tells which
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout
