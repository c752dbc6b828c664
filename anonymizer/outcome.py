"""
How a run ends: the exit codes of the command line, and which one wins.

Scripts rely on these numbers; `docs/reference/exit-codes.md` lists them and a test compares.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Self

from anonymizer.errors import AnonymizerError
from anonymizer.model import DraftStatus, Stage


class ExitCode(IntEnum):
    """What the command line tells the calling script; `meaning` says it to a person."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """A member with its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    ALL_DRAFTED = 0, "All letters were drafted, or the command did what it was asked."
    USAGE = 2, "The command line is wrong; nothing was done."
    SOME_HELD = 3, "At least one letter waits for a person; every letter could be read."
    UNREADABLE_INPUT = 10, "At least one input could not be read as a letter."
    BAD_RULES = 11, "The rules are missing or not valid; nothing was done."
    MODEL_MISSING = 12, "A model is missing, altered or fails its canary; nothing was done."
    BUG = 70, "A bug in this program; the letters that met it are not drafted."
    NOT_WRITTEN = 74, "A file could not be written (full, not allowed); run it again to go on."
    INTERRUPTED = 130, "Stopped with Ctrl-C; run it again to go on."


class UsageRefused(AnonymizerError):
    """The options and paths given do not go together."""

    exit_code = ExitCode.USAGE


#: The code of a hold at intake for a document that was read, and has something to be looked at.
LOOK_AT_DOCUMENT = "look_at_document"
_WORST_FIRST = (
    ExitCode.BUG,
    ExitCode.UNREADABLE_INPUT,
    ExitCode.SOME_HELD,
    ExitCode.ALL_DRAFTED,
)


def exit_code_of(answer: Mapping[str, object]) -> ExitCode:
    """The exit code that one public answer stands for."""
    if answer["status"] == DraftStatus.DRAFTED:
        return ExitCode.ALL_DRAFTED
    holds = answer["holds"]
    unread = isinstance(holds, list) and any(
        hold["stage"] == Stage.INTAKE and hold["code"] != LOOK_AT_DOCUMENT for hold in holds
    )
    return ExitCode.UNREADABLE_INPUT if unread else ExitCode.SOME_HELD


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code of a run over many letters: the most serious one."""
    met = set(codes)
    return next((code for code in _WORST_FIRST if code in met), ExitCode.ALL_DRAFTED)
