"""What may be told about a bug: the error's class and where, never its message or a traceback."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """A bug that was met. Messages are left out: they may quote the text being worked on."""

    error_class: str
    where: str

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The class of `error` and the last line of this package that it passed."""
        if isinstance(error, CrashMet):
            return cls(error_class=error.crash.error_class, where=error.crash.where)
        ours = [
            f"anonymizer/{Path(frame.filename).relative_to(_PACKAGE).as_posix()}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(_PACKAGE)
        ]
        return cls(error_class=type(error).__name__, where=ours[-1] if ours else "a library")

    def __str__(self) -> str:
        return f"{self.error_class} at {self.where}"


class CrashMet(Exception):
    """A bug that another process met and that ends the run."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(str(crash))
        self.crash = crash
