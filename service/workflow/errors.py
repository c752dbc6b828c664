"""
Every refusal of the service, in one tree.

Contract: a message is a sentence for the person who asked; it never carries letter text, names
or numbers. The class docstring is the default message.
"""

from anonymizer.model import Hold, Span


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


class ProofNeeded(NotAllowed):
    """This step needs a fresh proof: show first that it is you."""


class NotFound(ServiceError):
    """There is nothing under this id, or it is not yours to see."""


class StaleVersion(ServiceError):
    """The letter was changed in the meantime. Open it again and look at the new state."""


class WorkerStopped(ServiceError):
    """The worker cannot go on: too many letters hang in it. Start it again."""


class WorkerGone(ServiceError):
    """This worker was taken for dead; its letters are with others."""


class IllegalTransition(ServiceError):
    """The letter is in a state in which this cannot be done."""


class NotReady(ServiceError):
    """The letter is not ready for this decision."""


class Uncovers(NotReady):
    """Something that the machine has taken out would become readable. Nothing was changed."""

    def __init__(self, spans: tuple[Span, ...]) -> None:
        super().__init__()
        self.spans = spans


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


class KeyRefused(ServiceError):
    """The API key is not valid any more. Nothing was taken in."""


class TooOften(ServiceError):
    """Too many requests. Try again later."""

    def __init__(self, message: str | None = None, *, retry_after_s: int = 60) -> None:
        super().__init__(message)
        self.retry_after_s = max(1, retry_after_s)


class ProviderFailed(ServiceError):
    """The identity provider did not confirm who you are. Try again, or ask your administrator."""


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


class DispatchPaused(ServiceError):
    """Sending is stopped for the whole service."""


class DispatchFailed(ServiceError):
    """The letter could not be written to the folder of its recipient."""


class DispatchUncertain(DispatchFailed):
    """The connection broke at the end: the recipient may have the letter, or not. It is sent again under the same id."""  # noqa: E501 - one sentence for a page


class AuditBroken(ServiceError):
    """The audit trail was changed after it was written."""


class DataFolderBusy(ServiceError):
    """Another service is running on this data folder."""


class KeyTrouble(ServiceError):
    """The keys of this service cannot be used."""


class KeysMissing(KeyTrouble):
    """A key is missing that this database needs. Put the key file back from your copy."""

    @classmethod
    def of(cls, purpose: str, key_id: str | None = None) -> "KeysMissing":
        """The key that is missing, by its id."""
        which = f"The key `{purpose} {key_id}`" if key_id else f"A key for `{purpose}`"
        return cls(f"{which} is not in the key files. Put it back from your copy of the keys.")

    @classmethod
    def file(cls, path: object) -> "KeysMissing":
        """The file that is missing."""
        return cls(
            f"{path}: there is no key file, and this database cannot be read without it. "
            "Put it back from your copy of the keys; no new one is made."
        )


class BadKeys(KeyTrouble):
    """The keys cannot be used as they are."""

    @classmethod
    def of(cls, name: object, why: str) -> "BadKeys":
        """What is wrong with a file of keys; nothing of it is quoted."""
        return cls(f"{name}: {why}.")


class SealBroken(KeyTrouble):
    """Something stored cannot be opened: it was changed, moved, or sealed with another key."""


class Erased(NotFound):
    """The text of this letter was erased when its time was over."""


class DatabaseTrouble(Exception):
    """
    The database cannot be used at the moment.

    No `ServiceError`: what catches a refusal to tell it to people must not tell them this.
    """

    @property
    def reason(self) -> str:
        """The sentence for whoever runs the service; it names the place of the database."""
        return str(self.args[0])


class BadSetting(ServiceError):
    """A setting is not valid."""


class CopyFailed(ServiceError):
    """The backup could not be made or restored."""
