"""
What can be wrong with corpus data. Messages name file, line and reason, never letter text.

Held-out letters are read by the scorer only; an error about one must not quote it.
"""


class CorpusError(ValueError):
    """A corpus file does not keep the format of GUIDELINES.md."""


class MarkupError(CorpusError):
    """Inline markup cannot be read; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
