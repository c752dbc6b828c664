"""
What a look at the site found, as a table for people and as JSON for programs.

Contract: `found` and `remedy` are sentences of ours with paths, hosts, counts and codes; never a
secret, a letter, a person, or what a library or a server said.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Grade(StrEnum):
    """How it stands: as it must be, works but should be changed, does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `remedy` is empty when nothing is to be done."""

    check: str
    grade: Grade
    found: str
    remedy: str = ""


def ok(check: str, found: str) -> Finding:
    """It is as it must be."""
    return Finding(check=check, grade=Grade.OK, found=found)


def warn(check: str, found: str, remedy: str) -> Finding:
    """It works, and should be changed."""
    return Finding(check=check, grade=Grade.WARN, found=found, remedy=remedy)


def fail(check: str, found: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(check=check, grade=Grade.FAIL, found=found, remedy=remedy)


_COLOURS = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "bold red"}
#: Where nobody looks at a terminal, lines are this wide.
_WIDTH = 140


def print_table(findings: Iterable[Finding]) -> None:
    """One row for each finding, and a line that counts them."""
    shown = tuple(findings)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    table = Table("", "check", "found", "what to do", box=None, pad_edge=False, expand=False)
    for one in shown:
        # as text, so that a path with brackets is not taken for a colour
        cells = map(Text, (one.check, one.found, one.remedy))
        table.add_row(Text(one.grade.value, style=_COLOURS[one.grade]), *cells)
    console.print(table)
    counts = ", ".join(f"{sum(one.grade is grade for one in shown)} {grade}" for grade in Grade)
    console.print(Text(counts))


def as_json(findings: Iterable[Finding]) -> str:
    """`{"ok": …, "checks": […]}`; `ok` is false when something fails."""
    shown = tuple(findings)
    told = {"ok": not failed(shown), "checks": [asdict(one) for one in shown]}
    return json.dumps(told, indent=2)


def failed(findings: Iterable[Finding]) -> bool:
    """True when something does not work."""
    return any(one.grade is Grade.FAIL for one in findings)
