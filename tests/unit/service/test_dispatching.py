"""Nothing leaves that differs from what was approved, and nothing leaves twice."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from anonymizer.model import (
    Direction,
    EntityKind,
    KnownIdentifier,
    LanguageVerdict,
    Letter,
    OutgoingFormat,
    RegisteredCase,
    Residual,
    Span,
    Treatment,
    text_digest,
)
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.dispatching import dispatch_next
from service.actions.leasing import enter, take_from_everybody
from service.dispatch.document import Outgoing, Press
from service.dispatch.folder import FolderDispatch
from service.dispatch.parcel import check_parcel
from service.workflow.corrections import machine_marks
from service.workflow.errors import DispatchFailed, DispatchRefused
from service.workflow.people import Person, Role
from service.workflow.recipients import RecipientRole, recipient_of
from service.workflow.records import Approval, Proof
from service.workflow.states import LetterState
from tests.factories import (
    CASES,
    DATED_CASES,
    add,
    approved,
    make_desk,
    state_of,
    version_of,
    view,
    work_all,
)
from tests.factories import PLAIN_LETTER as PLAIN
from tests.fakes import TREATMENT
from tests.small_pipeline import SmallPipeline, SmallRedrafted

TEXT = "Dear friend, my name is [name 1]."
APPROVAL = Approval(
    approval_id="a" * 32,
    letter_id="b" * 32,
    digest=text_digest(TEXT),
    text=TEXT,
    case_id="C-1",
    donor_number="4970",
    recipient_id="CL-1",
    direction=Direction.DONOR_TO_PATIENT,
    person_id="p",
    rules_digest="0" * 64,
)
CASE = RegisteredCase(
    case_id="C-1",
    donor_number="4970",
    donor_country="DE",
    patient_country="US",
    clinic_id="CL-1",
    clinic_name="First",
)
PROOF = Proof(
    marks=machine_marks(()), outgoing=TEXT, replacements=(), residuals=(), digest=APPROVAL.digest
)
APPROVER = Person(person_id="p", name="P", roles=frozenset({Role.PROOFREADER}))
ON = date(2026, 3, 2)


@dataclass(slots=True)
class KnowingPipeline(SmallPipeline):
    """A small pipeline whose leak check looks for what the register knows."""

    def redraft(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        known: tuple[KnownIdentifier, ...] = (),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> SmallRedrafted:
        """A residual for each known value that is still there."""
        made = SmallPipeline.redraft(self, letter, treatments, verdict=verdict)
        residuals = tuple(
            Residual(span=Span(start=0, end=1), kind=one.kind, source="known")
            for one in known
            if one.value in made.redaction.text
        )
        return SmallRedrafted(made.redaction, residuals)


def test_what_was_approved_passes() -> None:
    """The very text, case, recipient and approver."""
    check_parcel(APPROVAL, proof=PROOF, case=CASE, approver=APPROVER)


@pytest.mark.parametrize(
    ("approval", "proof", "case", "approver"),
    [
        (replace(APPROVAL, text=TEXT + " "), PROOF, CASE, APPROVER),
        (APPROVAL, replace(PROOF, digest="0" * 64), CASE, APPROVER),
        (APPROVAL, None, CASE, APPROVER),
        (APPROVAL, PROOF, None, APPROVER),
        (APPROVAL, PROOF, replace(CASE, donor_number="4971"), APPROVER),
        (APPROVAL, PROOF, replace(CASE, clinic_id="CL-2"), APPROVER),
        (replace(APPROVAL, direction=Direction.PATIENT_TO_DONOR), PROOF, CASE, APPROVER),
        (APPROVAL, PROOF, CASE, None),
        (APPROVAL, PROOF, CASE, replace(APPROVER, active=False)),
        (APPROVAL, PROOF, CASE, replace(APPROVER, roles=frozenset({Role.ADMIN}))),
        (
            replace(APPROVAL, recipient_id="../x"),
            PROOF,
            replace(CASE, clinic_id="../x"),
            APPROVER,
        ),
    ],
    ids=[
        "text",
        "proof",
        "no proof",
        "no case",
        "number",
        "clinic",
        "clinic for a patient's letter",
        "no approver",
        "approver left",
        "approver's role",
        "clinic climbs out",
    ],
)
def test_any_difference_sends_nothing(
    approval: Approval, proof: Proof | None, case: RegisteredCase | None, approver: Person | None
) -> None:
    """Each part of the approval is compared."""
    with pytest.raises(DispatchRefused):
        check_parcel(approval, proof=proof, case=case, approver=approver)


def test_a_clinic_changed_after_approval_stops_the_letter(
    desk: Desk, anna: Person, sena: Person
) -> None:
    """It goes back to review and needs a new approval."""
    letter_id = approved(desk, anna)
    changed = CASES.replace(b"CL-1,First Clinic", b"CL-9,Ninth Clinic")
    actions.import_cases(desk, OPERATOR, content=changed, file_name="cases.csv")
    dispatch_next(desk, enter(desk))
    seen = view(desk, sena, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "to another place" in seen.holds[0].reason
    assert not desk.settings.outbox_folder.exists()
    actions.reopen_letter(
        desk, sena, letter_id=letter_id, version=seen.version, reason="Clinic moved"
    )
    assert state_of(desk, letter_id) is LetterState.READY


def test_a_full_disk_is_tried_again_and_then_told(desk: Desk, anna: Person) -> None:
    """An outbox that cannot be written sends nothing and loses nothing."""
    letter_id = approved(desk, anna)
    desk.settings.outbox_folder.write_text("a file where the folder should be")
    for _ in range(desk.settings.max_attempts):
        assert state_of(desk, letter_id) is LetterState.APPROVED
        dispatch_next(desk, enter(desk))
    assert state_of(desk, letter_id) is LetterState.DISPATCH_FAILED
    desk.settings.outbox_folder.unlink()
    version = version_of(desk, letter_id)
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="Disk mended")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED


def test_delivering_twice_leaves_one_folder(tmp_path: Path) -> None:
    """After a crash between writing and noting it."""
    way_out = FolderDispatch(outbox=tmp_path)
    first = way_out.deliver("d1", APPROVAL, on=ON)
    before = (first / "letter.txt").stat().st_mtime_ns
    assert way_out.deliver("d1", APPROVAL, on=ON) == first
    assert (first / "letter.txt").stat().st_mtime_ns == before
    assert [path.name for path in (tmp_path / "CL-1").iterdir()] == ["d1"]


def test_another_letter_under_the_same_id_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written over."""
    way_out = FolderDispatch(outbox=tmp_path)
    folder = way_out.deliver("d1", APPROVAL, on=ON)
    with pytest.raises(DispatchRefused):
        way_out.deliver("d1", replace(APPROVAL, text="Another"), on=ON)
    assert (folder / "letter.txt").read_text() == TEXT


def test_half_a_folder_of_a_crash_is_replaced(tmp_path: Path) -> None:
    """The recipient never sees it: its name begins with a dot."""
    half = tmp_path / "CL-1" / ".d1.part"
    half.mkdir(parents=True)
    (half / "letter.txt").write_text("Dear fr")
    folder = FolderDispatch(outbox=tmp_path).deliver("d1", APPROVAL, on=ON)
    assert (folder / "letter.txt").read_text() == TEXT
    assert not half.exists()


def test_a_recipients_id_cannot_leave_the_outbox(tmp_path: Path) -> None:
    """Also when somebody calls the dispatch alone."""
    way_out = FolderDispatch(outbox=tmp_path / "outbox")
    with pytest.raises(DispatchRefused):
        way_out.deliver("d1", replace(APPROVAL, recipient_id="../../etc"), on=ON)


def test_an_outbox_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "CL-1").write_text("in the way")
    with pytest.raises(DispatchFailed):
        FolderDispatch(outbox=tmp_path).deliver("d1", APPROVAL, on=ON)


@pytest.mark.parametrize(
    ("direction", "recipient_id", "told"),
    [
        (Direction.DONOR_TO_PATIENT, "CL-1", ("Clinic: CL-1\n", "Pass on to: the patient\n")),
        (
            Direction.PATIENT_TO_DONOR,
            "donor-centre-DE",
            ("Donor centre: donor-centre-DE\n", "Pass on to: the donor\n"),
        ),
    ],
)
def test_the_slip_says_where_and_nothing_about_the_writer(
    tmp_path: Path, direction: Direction, recipient_id: str, told: tuple[str, ...]
) -> None:
    """Number, case, the recipient with its role, direction, date."""
    approval = replace(APPROVAL, direction=direction, recipient_id=recipient_id)
    folder = FolderDispatch(outbox=tmp_path).deliver("d1", approval, on=ON)
    slip = (folder / "routing-slip.txt").read_text()
    way = direction.value.replace("_", " ")
    assert all(word in slip for word in ("4970", "C-1", way, "2026-03-02", *told))


@pytest.mark.parametrize(
    ("direction", "role", "recipient_id"),
    [
        (Direction.DONOR_TO_PATIENT, RecipientRole.CLINIC, "CL-1"),
        (Direction.PATIENT_TO_DONOR, RecipientRole.DONOR_CENTRE, "donor-centre-DE"),
    ],
)
def test_case_and_direction_say_who_gets_the_letter(
    direction: Direction, role: RecipientRole, recipient_id: str
) -> None:
    """A patient's letter never comes back to the patient's own clinic."""
    found = recipient_of(CASE, direction)
    assert (found.role, found.recipient_id) == (role, recipient_id)


def test_a_patients_letter_goes_to_the_donor_centre(desk: Desk, anna: Person) -> None:
    """From the post to the folder, and nowhere else."""
    letter_id = approved(desk, anna, direction=Direction.PATIENT_TO_DONOR)
    assert view(desk, anna, letter_id).routing.reader_country == "DE"
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    (folder,) = desk.settings.outbox_folder.iterdir()
    assert folder.name == "donor-centre-DE"


def test_a_donor_who_moved_after_approval_stops_the_letter(desk: Desk, anna: Person) -> None:
    """The donor centre of another country is another recipient."""
    letter_id = approved(desk, anna, direction=Direction.PATIENT_TO_DONOR)
    changed = CASES.replace(b"C-1,DE,US", b"C-1,FR,US")
    actions.import_cases(desk, OPERATOR, content=changed, file_name="cases.csv")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCH_FAILED
    assert not desk.settings.outbox_folder.exists()


@pytest.mark.parametrize("form", OutgoingFormat)
def test_a_dispatch_cut_off_after_writing_delivers_the_same_bytes_again(
    tmp_path: Path, form: OutgoingFormat
) -> None:
    """The same id, the same file, in every format; another format under the id is refused."""
    desk = make_desk(tmp_path, outgoing_format=form)
    letter_id = approved(desk, add(desk, "Anna Proof"))
    deliver = FolderDispatch.deliver
    with pytest.MonkeyPatch.context() as patched:

        def deliver_and_die(*arguments: object, **named: object) -> Path:
            deliver(*arguments, **named)  # type: ignore[arg-type]  # passed on
            raise KeyboardInterrupt

        patched.setattr(FolderDispatch, "deliver", deliver_and_die)
        with pytest.raises(KeyboardInterrupt):
            dispatch_next(desk, enter(desk))
    (letter,) = desk.settings.outbox_folder.rglob(f"letter.{form.value}")
    before = (letter.read_bytes(), letter.stat().st_mtime_ns)
    assert state_of(desk, letter_id) is LetterState.APPROVED
    take_from_everybody(desk)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert (letter.read_bytes(), letter.stat().st_mtime_ns) == before
    slip = (letter.parent / "routing-slip.txt").read_text()
    assert hashlib.sha256(before[0]).hexdigest() in slip
    desk.database.close()


def test_another_format_under_the_same_id_is_left_alone(tmp_path: Path) -> None:
    """The site changed its format between a crash and the next start."""
    way_out = FolderDispatch(outbox=tmp_path)
    folder = way_out.deliver("d1", APPROVAL, on=ON)
    pdf = Outgoing(form=OutgoingFormat.PDF, content=b"%PDF-1.7")
    with pytest.raises(DispatchRefused):
        way_out.deliver("d1", APPROVAL, on=ON, outgoing=pdf)
    assert sorted(one.name for one in folder.iterdir()) == ["letter.txt", "routing-slip.txt"]


@pytest.mark.parametrize("form", OutgoingFormat)
def test_the_release_gate_refuses_what_the_register_knows(form: OutgoingFormat) -> None:
    """Also when the approved text holds it: no document leaves with it."""
    known = (KnownIdentifier(kind=EntityKind.PERSON, value="dear friend"),)
    with pytest.raises(DispatchRefused, match="known identifier"):
        Press(form=form).letter(
            APPROVAL, known, registry=None, language="en", rescan=lambda _text, _known: ()
        )


@pytest.mark.parametrize("form", [OutgoingFormat.DOCX, OutgoingFormat.PDF])
def test_a_finding_that_was_not_approved_refuses_the_document(form: OutgoingFormat) -> None:
    """Whatever the detectors see in the file and did not see in the text."""
    seen: list[str] = []

    def rescan(text: str, _known: tuple[KnownIdentifier, ...]) -> tuple[Treatment, ...]:
        seen.append(text)  # the file is searched first, then the text
        return () if len(seen) > 1 else (TREATMENT,)

    with pytest.raises(DispatchRefused, match="was not approved"):
        Press(form=form).letter(APPROVAL, (), registry=None, language="en", rescan=rescan)


def test_what_cannot_be_printed_is_refused_and_not_dropped() -> None:
    """A character from a private alphabet."""
    odd = replace(APPROVAL, text=f"{TEXT} \ue000")
    with pytest.raises(DispatchRefused, match="cannot be shown"):
        Press(form=OutgoingFormat.PDF).letter(
            odd, (), registry=None, language=None, rescan=lambda _text, _known: ()
        )


def test_a_name_that_the_register_learned_after_approval_stops_the_letter(
    tmp_path: Path, sena: Person
) -> None:
    """The leak check is asked once more, with the case as it is now."""
    desk = make_desk(tmp_path, pipeline=KnowingPipeline())
    letter_id = approved(desk, add(desk, "Anna Proof"), "Dear friend, I am Quentin. " + PLAIN)
    learned = DATED_CASES.replace(b"PERSON=Anna Schmidt", b"PERSON=Quentin")
    actions.import_cases(desk, OPERATOR, content=learned, file_name="cases.csv")
    work_all(desk)
    seen = view(desk, sena, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "The register knows something by now" in seen.holds[0].reason
    assert not desk.settings.outbox_folder.exists()
    desk.database.close()
