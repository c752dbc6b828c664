"""
Every refusal of the service, in one tree.

Contract: a message is a sentence for the person who asked; it never carries letter text, names
or numbers. The class docstring is the default message.
"""

from anonymizer.model import Hold


class ServiceError(Exception):
    """The service could not do this."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def reason(self) -> str:
        """The sentence for the person."""
        return str(self.args[0])


class NotAllowed(ServiceError):
    """This needs a role that you do not have."""


class NotFound(ServiceError):
    """There is nothing under this id, or it is not yours to see."""


class StaleVersion(ServiceError):
    """The letter was changed in the meantime. Open it again and look at the new state."""


class IllegalTransition(ServiceError):
    """The letter is in a state in which this cannot be done."""


class NotReady(ServiceError):
    """The letter is not ready for this decision."""


class BadRequest(ServiceError):
    """The request is not complete or not valid."""


class TooLarge(ServiceError):
    """The letter is larger than the limit."""


class DiskFull(ServiceError):
    """There is too little room to store letters safely. Try again later."""


class KeyReused(ServiceError):
    """This Idempotency-Key was used before with another letter."""


class KeyInProgress(ServiceError):
    """A request with this Idempotency-Key is still being worked on. Try again in a moment."""


class BadImport(ServiceError):
    """The case file has rows that cannot be read. Nothing was imported."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class CaseConflict(ServiceError):
    """Another case has this id or donor number already."""


class DispatchRefused(ServiceError):
    """The letter differs from what was approved. Nothing was sent."""


class ExchangeForbids(DispatchRefused):
    """The rules of the exchange do not let this letter go now. Nothing was sent."""

    def __init__(self, holds: tuple[Hold, ...] = ()) -> None:
        super().__init__(" ".join(hold.reason for hold in holds) or None)
        self.holds = holds


class DispatchFailed(ServiceError):
    """The letter could not be written to the folder of its recipient."""


class AuditBroken(ServiceError):
    """The audit trail was changed after it was written."""


class DataFolderBusy(ServiceError):
    """Another service is running on this data folder."""
