"""A letter with its draft, proof and corrections, read in one transaction for one action."""

from dataclasses import dataclass, field
from datetime import date

from anonymizer.exchange import judge
from anonymizer.model import Direction, Exchange, KnownIdentifier, Letter, RegisteredCase
from service.actions.desk import Desk
from service.store.cases import PassedOn, find_case, passed_on_at
from service.store.database import Connection
from service.store.drafts import find_draft, find_journal, find_proof
from service.store.letters import LetterContent, StoredLetter, find_content, find_letter
from service.store.pictures import find_pictures
from service.store.readings import find_reading
from service.store.second_readings import find_readings
from service.store.site_words import words_version
from service.store.texts import EarlierText, find_earlier_texts
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.corrections import Journal, MadeCorrection, effective
from service.workflow.documents import FileReading
from service.workflow.errors import NotFound, StaleVersion
from service.workflow.exchange import Judged
from service.workflow.gates import Standing
from service.workflow.people import Person
from service.workflow.pictures import OutgoingPicture
from service.workflow.readings import Phase, TwoReadings
from service.workflow.records import MachineDraft, Proof
from service.workflow.states import LetterState
from service.workflow.writer_status import ABOUT_THE_OTHER_SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLetter:
    """A letter and everything that belongs to its current draft."""

    row: StoredLetter
    content: LetterContent
    draft: MachineDraft | None
    proof: Proof | None
    journal: Journal
    case: RegisteredCase | None
    passed_on: PassedOn = field(default_factory=PassedOn)
    earlier: tuple[EarlierText, ...] = ()
    reading: FileReading | None = None
    """What was read from its file; None for plain text."""
    pictures: tuple[OutgoingPicture, ...] = ()
    """The pictures of its file that go with it, or may."""
    readings: TwoReadings | None = None
    """The readings of its draft, once the first of two is done."""
    words_version: int = 0
    """The version of the words of the site that a new draft would be made with."""

    @property
    def corrections(self) -> tuple[MadeCorrection, ...]:
        """The corrections that count, in their order."""
        return self.journal.made

    @property
    def has_old_words(self) -> bool:
        """True when its draft was made with other words of the site than those in force."""
        told = self.draft.versions.get("words", "0") if self.draft else str(self.words_version)
        return told != str(self.words_version)

    @property
    def waits_in(self) -> LetterState:
        """The state in which it waits for a proofreader."""
        return LetterState.SECOND_READING if self.readings else LetterState.READY

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

    def exchange(self, desk: Desk, *, more: int = 0) -> Exchange | None:
        """
        What the rules of the exchange ask about its case, as it is now.

        `more` letters of the same direction count as passed on today.
        """
        if self.case is None:
            return None
        donor, patient = self.passed_on.days(desk.settings.zone)
        extra: tuple[date, ...] = (desk.today(),) * more
        if self.row.direction is Direction.PATIENT_TO_DONOR:
            return self.case.exchange(donor, (*patient, *extra))
        return self.case.exchange((*donor, *extra), patient)

    def judged(self, desk: Desk, *, more: int = 0) -> Judged:
        """What the rules of the exchange say today; nothing while case or direction is open."""
        exchange, direction = self.exchange(desk, more=more), self.row.direction
        if exchange is None or direction is None:
            return Judged()
        rule = desk.exchange_rules.rule_for(exchange)
        verdict = judge(exchange, direction, desk.today(), rule)
        return Judged(verdict=verdict, released=self.row.exchange_released)

    @property
    def needs_transcription(self) -> bool:
        """True while a person has to type the letter from the image of its file."""
        scan = self.reading is not None and self.reading.needs_transcription
        return scan and self.content.text is None

    def _is_kept(self, judged: Judged) -> bool:
        """True when the letter is kept because of its reader, today or since it was last judged."""
        held = any(hold.code in ABOUT_THE_OTHER_SIDE for hold in self.row.holds)
        return held or judged.about_the_other_side

    def standing(self, desk: Desk) -> Standing:
        """What decides what may be done with it."""
        judged = self.judged(desk)
        return Standing(
            state=self.row.state,
            claimed_by=self.row.claimed_by,
            lease_until=self.row.lease_until,
            now=desk.now(),
            open_suggestions=self.row.summary.open_suggestions,
            residuals=self.row.summary.residuals,
            corrections=len(effective(self.corrections)),
            can_undo=self.journal.last is not None,
            can_redo=self.journal.next is not None,
            has_proof=self.proof is not None,
            has_direction=self.row.direction is not None,
            has_case=self.case is not None,
            barrier=judged.barrier,
            refusal=judged.refusal,
            is_scan=self.reading is not None and self.reading.is_scan,
            kept_for_the_other_side=self._is_kept(judged),
            phase=self.readings.phase if self.readings else Phase.FIRST,
            first_reader=self.readings.first.person_id if self.readings else None,
            for_senior=self.row.for_senior,
            new_words=self.has_old_words,
        )


def read_letter(connection: Connection, letter_id: str) -> OpenedLetter:
    """Everything about a letter."""
    row = find_letter(connection, letter_id)
    draft = find_draft(connection, row)
    case_id = row.case_id or (draft.routing.case_id if draft and draft.routing else None)
    case = _case(connection, case_id)
    readings = find_readings(connection, row)
    seen_until = readings.corrections_until if readings else 0
    return OpenedLetter(
        row=row,
        content=find_content(connection, letter_id),
        draft=draft,
        proof=find_proof(connection, row),
        journal=find_journal(connection, row, after=seen_until),
        case=case,
        passed_on=passed_on_at(connection, case.case_id) if case else PassedOn(),
        earlier=find_earlier_texts(connection, letter_id),
        reading=find_reading(connection, letter_id),
        pictures=find_pictures(connection, letter_id),
        readings=readings,
        words_version=words_version(connection),
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
