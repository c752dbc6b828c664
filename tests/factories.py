"""
Parts for tests of the service: a clock that is set, a small pipeline, people, letters at a state.

Letters reach a state by walking the real workflow with the real actions on a real database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from anonymizer.allocation import allocate
from anonymizer.donor_number import DonorNumberForm, grid_check_digits
from anonymizer.model import (
    CaseRegister,
    Channel,
    Circumstances,
    Direction,
    Draft,
    DraftStatus,
    EntityKind,
    Finding,
    Hold,
    IdentifierClass,
    KnownIdentifier,
    LanguageVerdict,
    Letter,
    Policy,
    Redaction,
    Replacement,
    Residual,
    Ruling,
    Span,
    Stage,
    Treatment,
    TreatmentAction,
)
from service import actions
from service.actions import Desk, IncomingLetter
from service.actions.access import OPERATOR, add_person
from service.actions.desk import Drafter
from service.actions.views import LetterView
from service.dispatch.folder import FolderDispatch
from service.settings import Settings
from service.store.database import Database
from service.store.migrate import migrate
from service.worker import Worker
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.people import Person, Role
from service.workflow.states import LetterState

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def donor_number(number: int) -> str:
    """An invented donor number with right check digits."""
    first = f"4970{number:013d}"
    return first + grid_check_digits(first)


NUMBER = donor_number(1)
OTHER_NUMBER = donor_number(2)
HEADER = (
    "donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,"
    "known_donor,known_patient"
)
CASES = (
    f"{HEADER}\n"
    f"{NUMBER},C-1,DE,US,CL-1,First Clinic,PERSON=Anna Schmidt,PERSON=Bob Miller\n"
    f"{OTHER_NUMBER},C-2,DE,GB,CL-2,Second Clinic,,\n"
).encode()

#: "Anna" is taken out, "nurse" is suggested.
LETTER = f"Dear friend, my name is Anna and I am a nurse.\nDonor number {NUMBER}"
#: Nothing to decide.
PLAIN_LETTER = f"Dear friend, thank you.\nDonor number {NUMBER}"


@dataclass(slots=True)
class SetClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def forward(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)


@dataclass(frozen=True, slots=True)
class SmallRedrafted:
    """What the small pipeline gives for corrected treatments."""

    redaction: Redaction
    residuals: tuple[Residual, ...] = ()


@dataclass(slots=True)
class SmallPipeline:
    """
    A pipeline of a few words, without a model.

    It hides Anna and donor numbers and suggests "nurse". Words steer it: GERMAN is held for its
    language, LEAK leaves a residual, FAULT holds for a failed recogniser, BUG raises.
    """

    drafted: list[str] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """One ruling for every kind."""
        rulings = {kind: _ruling(kind) for kind in EntityKind}
        return Policy(policy_id="small", rulings=rulings)

    @property
    def versions(self) -> Mapping[str, str]:
        """What it is."""
        return {"small": "1"}

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """A draft by the words in the letter."""
        if "BUG" in letter.text:
            raise ValueError(letter.text)
        self.drafted.append(letter.letter_id)
        allocation = allocate(letter, letter.text, circumstances, DonorNumberForm(), register)
        german = "GERMAN" in letter.text
        held = [allocation.hold] if allocation.hold else []
        if german:
            held.append(Hold(stage=Stage.LANGUAGE, code="wrong", reason="It is in German."))
        if "FAULT" in letter.text:
            hold = Hold(stage=Stage.DETECTION, code="failed", reason="A recogniser failed.")
            return self._draft(letter, (hold,))
        treatments = tuple(_treatments(letter))
        redrafted = self.redraft(letter, treatments)
        if redrafted.residuals:
            held.append(Hold(stage=Stage.LEAKCHECK, code="residual", reason="Still readable."))
        return replace(
            self._draft(letter, tuple(held)),
            routing=allocation.routing,
            language=LanguageVerdict(
                code="de" if german else "en", confidence=1.0, required=("en",), admitted=not german
            ),
            treatments=treatments,
            redaction=redrafted.redaction,
            residuals=redrafted.residuals,
        )

    def redraft(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        known: tuple[KnownIdentifier, ...] = (),
    ) -> SmallRedrafted:
        """Put the replacements in; the word LEAK left in the text is a residual."""
        del known
        text, replacements = "", []
        position = 0
        for one in sorted(treatments, key=lambda treatment: treatment.finding.span):
            if one.replacement is None:
                continue
            span = one.finding.span
            assert span.start >= position, "overlapping treatments"
            text += letter.text[position : span.start]
            target = Span(start=len(text), end=len(text) + len(one.replacement))
            text += one.replacement
            original = letter.text[span.start : span.end]
            replacements.append(
                Replacement(
                    source=span,
                    target=target,
                    original=original,
                    replacement=one.replacement,
                    kind=one.finding.kind,
                )
            )
            position = span.end
        text += letter.text[position:]
        where = text.find("LEAK")
        leak = Span(start=where, end=where + 4) if where >= 0 else None
        residual = Residual(span=leak, kind=EntityKind.PERSON, source="word") if leak else None
        return SmallRedrafted(
            Redaction(text=text, replacements=tuple(replacements)),
            (residual,) if residual else (),
        )

    def replacement_for(
        self, letter: Letter, finding: Finding, action: TreatmentAction
    ) -> Treatment:
        """The kind in brackets."""
        del letter
        return _treatment(finding, action)

    def renumbered(
        self, letter: Letter, treatments: tuple[Treatment, ...]
    ) -> tuple[Treatment, ...]:
        """As they are: the small pipeline numbers nothing."""
        del letter
        return treatments

    def _draft(self, letter: Letter, holds: tuple[Hold, ...]) -> Draft:
        return Draft(
            letter=letter,
            status=DraftStatus.HELD if holds else DraftStatus.DRAFTED,
            routing=None,
            language=None,
            treatments=(),
            redaction=None,
            holds=holds,
            versions=self.versions,
        )


def _ruling(kind: EntityKind) -> Ruling:
    return Ruling(
        kind=kind,
        identifier_class=IdentifierClass.DIRECT,
        action=TreatmentAction.REPLACE,
        placeholder=kind.value.lower(),
        mask_from=0.5,
        suggest_from=0.1,
        reason="It tells who somebody is.",
    )


def _treatments(letter: Letter) -> Iterable[Treatment]:
    for word, kind, action in (
        ("Anna", EntityKind.PERSON, TreatmentAction.REPLACE),
        ("nurse", EntityKind.OCCUPATION, TreatmentAction.SUGGEST),
    ):
        start = letter.text.find(word)
        while start >= 0:
            yield _treatment(_finding(start, len(word), kind), action)
            start = letter.text.find(word, start + 1)
    for found in DonorNumberForm().find(letter.text):
        size = found.span.end - found.span.start
        finding = _finding(found.span.start, size, EntityKind.DONOR_NUMBER)
        yield _treatment(finding, TreatmentAction.REPLACE)


def _finding(start: int, size: int, kind: EntityKind) -> Finding:
    span = Span(start=start, end=start + size)
    return Finding(span=span, kind=kind, score=0.9, recognizer="small")


def _treatment(finding: Finding, action: TreatmentAction) -> Treatment:
    words = {
        TreatmentAction.REPLACE: f"[{finding.kind.value.lower()}]",
        TreatmentAction.GENERALIZE: f"[some {finding.kind.value.lower()}]",
    }
    return Treatment(
        finding=finding,
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="It tells who somebody is.",
        rule_id="small",
        replacement=words.get(action),
    )


def make_desk(
    folder: Path,
    *,
    url: str | None = None,
    pipeline: Drafter | None = None,
    clock: SetClock | None = None,
    **options: object,
) -> Desk:
    """A desk on a fresh database with the two cases of `CASES`."""
    values = {"data": folder, "database": url, "retry_pause_s": 0.0, **options}
    settings = Settings(**values)  # type: ignore[arg-type]  # checked by pydantic
    database = Database(settings.database_url)
    migrate(database)
    desk = Desk(
        database=database,
        pipeline=pipeline or SmallPipeline(),
        way_out=FolderDispatch(outbox=settings.outbox_folder),
        settings=settings,
        clock=clock or SetClock(),
    )
    actions.import_cases(desk, OPERATOR, content=CASES, file_name="cases.csv")
    return desk


def clock_of(desk: Desk) -> SetClock:
    """The clock of a desk made here."""
    return cast("SetClock", desk.clock)


def add(desk: Desk, name: str, *roles: Role) -> Person:
    """A person with these roles; a proofreader when none is given."""
    return add_person(desk, OPERATOR, name=name, roles=frozenset(roles or {Role.PROOFREADER}))


def bring_in(
    desk: Desk,
    text: str | bytes = LETTER,
    *,
    direction: Direction | None = Direction.DONOR_TO_PATIENT,
    cover_number: str | None = None,
) -> str:
    """A letter that was just received; its id."""
    uploader = Person(person_id="uploader", name="U", roles=frozenset({Role.COORDINATOR}))
    content = text.encode() if isinstance(text, str) else text
    incoming = IncomingLetter(
        content=content,
        channel=Channel.UPLOAD,
        direction=direction,
        cover_number=cover_number,
    )
    return actions.receive_letter(desk, uploader, incoming=incoming).letter_id


def work_all(desk: Desk) -> None:
    """Let the worker do everything there is to do."""
    worker = Worker(desk)
    while worker.work_once():
        pass


def drafted(desk: Desk, text: str | bytes = LETTER, **more: object) -> str:
    """A letter that the worker has drafted; its id."""
    letter_id = bring_in(desk, text, **more)  # type: ignore[arg-type]  # passed on
    work_all(desk)
    return letter_id


def view(desk: Desk, person: Person, letter_id: str) -> LetterView:
    """The letter as the person sees it."""
    return actions.open_letter(desk, person, letter_id=letter_id)


def version_of(desk: Desk, letter_id: str) -> int:
    """The version the next action must name."""
    reader = Person(person_id="reader", name="R", roles=frozenset({Role.SENIOR}))
    return view(desk, reader, letter_id).version


def state_of(desk: Desk, letter_id: str) -> LetterState:
    """Where the letter is."""
    reader = Person(person_id="reader", name="R", roles=frozenset({Role.SENIOR}))
    return view(desk, reader, letter_id).state


def claimed(desk: Desk, person: Person, text: str | bytes = LETTER, **more: object) -> str:
    """A drafted letter that the person has claimed; its id."""
    letter_id = drafted(desk, text, **more)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, person, letter_id=letter_id, version=version)
    return letter_id


def decide_suggestions(desk: Desk, person: Person, letter_id: str) -> None:
    """Mask everything the machine left open."""
    seen = view(desk, person, letter_id)
    open_ones = tuple(
        Correction(kind=CorrectionKind.MASK, finding_id=one.finding_id)
        for one in seen.findings
        if one.action is TreatmentAction.SUGGEST
    )
    if open_ones:
        actions.correct(
            desk, person, letter_id=letter_id, version=seen.version, corrections=open_ones
        )


def approved(desk: Desk, person: Person, text: str | bytes = LETTER, **more: object) -> str:
    """A letter that the person has approved and that waits for its dispatch; its id."""
    letter_id = claimed(desk, person, text, **more)
    decide_suggestions(desk, person, letter_id)
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    return letter_id
