"""
Every error the library raises on purpose, in one tree.

A message never carries letter text, names or numbers: it may end up in a log,
on a terminal or in an HTTP answer. The class docstring is the default message.
"""


class AnonymizerError(Exception):
    """The letter could not be processed."""

    #: Exit code of the command line for this class of error.
    exit_code = 70

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class UnreadableInput(AnonymizerError):
    """The input is not a letter that can be read."""

    exit_code = 10


class Unreadable(UnreadableInput):
    """
    The document cannot be read; it is held for a person and its original is kept.

    `code` is for reports and counters, `sentence` is for a proofreader. Neither holds a word
    of the document or the name of its file.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class OverLimit(Unreadable):
    """The document is larger than a limit allows; the sentence names the limit."""


class RulesError(AnonymizerError):
    """A rules file is missing or not valid."""

    exit_code = 11


class ModelError(AnonymizerError):
    """A model file is missing or is not the file that was released."""

    exit_code = 12


class RecognizerFailed(AnonymizerError):
    """A recogniser raised an error or did not finish in time."""


class NotRead(RecognizerFailed):
    """Not every character of the letter was read to its end."""


class RedactionFailed(AnonymizerError):
    """The redacted text could not be produced from the treatments."""
