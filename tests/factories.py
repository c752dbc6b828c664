"""
Parts for tests of the service: a clock that is set, a small pipeline, people, letters at a state.

Letters reach a state by walking the real workflow with the real actions on a real database.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from anonymizer.donor_number import grid_check_digits
from anonymizer.model import (
    Channel,
    Direction,
    TreatmentAction,
)
from anonymizer.notices import NoticeKind
from service import actions
from service.actions import Desk, IncomingLetter
from service.actions.access import OPERATOR, add_person
from service.actions.desk import Drafter
from service.actions.views import LetterView
from service.dispatch.channels import Channels
from service.dispatch.document import Press
from service.dispatch.folder import FolderDispatch
from service.settings import Settings
from service.store.opening import open_database
from service.worker import Worker
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.small_pipeline import SmallPipeline

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

#: The same cases after a transplant: the rules let letters go.
DATED_CASES = (
    CASES.replace(b"known_patient\n", b"known_patient,transplant_dates\n")
    .replace(b"Bob Miller\n", b"Bob Miller,2026-03-01\n")
    .replace(b"Clinic,,\n", b"Clinic,,,2026-03-01\n")
)

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


def make_desk(
    folder: Path,
    *,
    url: str | None = None,
    pipeline: Drafter | None = None,
    clock: SetClock | None = None,
    **options: object,
) -> Desk:
    """A desk on a fresh database with the two cases of `DATED_CASES`."""
    values = {"data": folder, "database": url, "retry_pause_s": 0.0, **options}
    settings = Settings(**values)  # type: ignore[arg-type]  # checked by pydantic
    database = open_database(settings)
    now = clock or SetClock()
    desk = Desk(
        database=database,
        pipeline=pipeline or SmallPipeline(),
        way_out=Channels(
            folder=FolderDispatch(outbox=settings.outbox_folder),
            press=Press(form=settings.outgoing_format),
            clock=now,
        ),
        settings=settings,
        clock=now,
    )
    actions.import_cases(desk, OPERATOR, content=DATED_CASES, file_name="cases.csv")
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


def send_back(desk: Desk, person: Person, letter_id: str, **changes: object) -> int:
    """Return a letter to its writer with a text; the new version."""
    values = {
        "version": version_of(desk, letter_id),
        "kind": NoticeKind.RETURNED_CONTENT,
        "language": "en",
        "text": "Dear writer, please leave it out.",
        "reason": "For colleagues.",
        **changes,
    }
    return actions.return_to_writer(desk, person, letter_id=letter_id, **values)  # type: ignore[arg-type]  # passed on


def approved(desk: Desk, person: Person, text: str | bytes = LETTER, **more: object) -> str:
    """A letter that the person has approved and that waits for its dispatch; its id."""
    letter_id = claimed(desk, person, text, **more)
    decide_suggestions(desk, person, letter_id)
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    return letter_id
