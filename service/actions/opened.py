"""A letter with its draft, proof and corrections, read in one transaction for one action."""

from dataclasses import dataclass

from anonymizer.model import KnownIdentifier, Letter, RegisteredCase
from service.actions.desk import Desk
from service.store.cases import find_case
from service.store.database import Connection
from service.store.drafts import find_corrections, find_draft, find_proof
from service.store.letters import LetterContent, StoredLetter, find_content, find_letter
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.corrections import MadeCorrection, effective
from service.workflow.errors import NotFound, StaleVersion
from service.workflow.gates import Standing
from service.workflow.people import Person
from service.workflow.records import MachineDraft, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLetter:
    """A letter and everything that belongs to its current draft."""

    row: StoredLetter
    content: LetterContent
    draft: MachineDraft | None
    proof: Proof | None
    corrections: tuple[MadeCorrection, ...]
    case: RegisteredCase | None

    @property
    def letter(self) -> Letter:
        """The letter as the pipeline sees it."""
        return Letter(
            letter_id=self.row.letter_id,
            text=self.content.text or "",
            direction=self.row.direction,
            cover_number=self.row.cover_number,
            channel=self.row.channel,
            received_at=self.row.received_at,
        )

    @property
    def known(self) -> tuple[KnownIdentifier, ...]:
        """What the registry knows of both sides, from the register and from the client."""
        from_case = self.case.known if self.case else ()
        return (*from_case, *self.row.circumstances.known_identifiers)

    def standing(self, desk: Desk) -> Standing:
        """What decides what may be done with it."""
        return Standing(
            state=self.row.state,
            claimed_by=self.row.claimed_by,
            lease_until=self.row.lease_until,
            now=desk.now(),
            open_suggestions=self.row.summary.open_suggestions,
            residuals=self.row.summary.residuals,
            corrections=len(effective(self.corrections)),
            has_proof=self.proof is not None,
            has_direction=self.row.direction is not None,
            has_case=self.case is not None,
        )


def read_letter(connection: Connection, letter_id: str) -> OpenedLetter:
    """Everything about a letter."""
    row = find_letter(connection, letter_id)
    draft = find_draft(connection, row)
    case_id = row.case_id or (draft.routing.case_id if draft and draft.routing else None)
    return OpenedLetter(
        row=row,
        content=find_content(connection, letter_id),
        draft=draft,
        proof=find_proof(connection, row),
        corrections=find_corrections(connection, row),
        case=_case(connection, case_id),
    )


def read_letter_as_seen(connection: Connection, letter_id: str, version: int) -> OpenedLetter:
    """Everything about a letter, or `StaleVersion` when the person saw an older one."""
    opened = read_letter(connection, letter_id)
    if opened.row.version != version:
        raise StaleVersion
    return opened


def letter_event(
    desk: Desk,
    person: Person,
    action: AuditAction,
    letter_id: str,
    **details: str | int,
) -> AuditEvent:
    """The audit event of a person's action on a letter."""
    return AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=action,
        letter_id=letter_id,
        details=details,
    )


def _case(connection: Connection, case_id: str | None) -> RegisteredCase | None:
    if case_id is None:
        return None
    try:
        return find_case(connection, case_id)
    except NotFound:
        # the case was taken out of the register: the letter has nowhere to go until it is back
        return None
