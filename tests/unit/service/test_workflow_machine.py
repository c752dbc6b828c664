"""No sequence of actions sends a text that nobody approved."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from anonymizer.model import EntityKind, text_digest
from anonymizer.notices import NoticeKind
from service import actions
from service.actions.access import OPERATOR
from service.actions.drafting import take_letter
from service.actions.leasing import enter, take_from_everybody
from service.worker import Worker
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import ServiceError
from service.workflow.people import Person, Role
from service.workflow.readings import Reader
from service.workflow.states import LetterState
from tests.factories import (
    CASES,
    LETTER,
    PLAIN_LETTER,
    add,
    bring_in,
    clock_of,
    decide_suggestions,
    make_desk,
    state_of,
    view,
    work_all,
)

TEXTS = [LETTER, PLAIN_LETTER, "Dear friend.", f"GERMAN {LETTER}", f"LEAK {LETTER}", "BUG"]
#: Mostly the first proofreader and the first letter, so that sequences get somewhere.
who = st.sampled_from([0, 0, 0, 0, 1, 2, 3])
which = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
#: Now and then a version or a digest that is not the one on the screen.
slips = st.sampled_from([0, 0, 0, 0, 1])


class Workflow(RuleBasedStateMachine):
    """People and the worker do anything in any order; refusals are fine, leaks are not."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = make_desk(Path(self.folder.name))
        self.people = [
            add(self.desk, "Anna"),
            add(self.desk, "Ben"),
            add(self.desk, "Cora", Role.COORDINATOR),
            add(self.desk, "Sena", Role.SENIOR),
        ]
        self.letters: list[str] = []
        #: letter id -> the texts that a person approved while looking at exactly them
        self.approved: dict[str, set[str]] = {}

    def teardown(self) -> None:
        """Give the folder back."""
        self.desk.database.close()
        self.folder.cleanup()

    @initialize(text=st.sampled_from([LETTER, PLAIN_LETTER]))
    def begin(self, text: str) -> None:
        """There is something to do."""
        self.letters.append(bring_in(self.desk, text))
        work_all(self.desk)

    @rule(text=st.sampled_from(TEXTS))
    def receive(self, text: str) -> None:
        """A letter comes in."""
        if len(self.letters) < 4:
            self.letters.append(bring_in(self.desk, text))

    @rule()
    def work(self) -> None:
        """The worker does a few things."""
        for _ in range(3):
            Worker(self.desk).work_once()

    @rule()
    def die(self) -> None:
        """A worker takes a letter and is never seen again."""
        take_letter(self.desk, enter(self.desk))
        take_from_everybody(self.desk)

    @rule(minutes=st.sampled_from([1, 20]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        clock_of(self.desk).forward(minutes=minutes)

    @rule(clinic=st.sampled_from([b"CL-1,First", b"CL-8,Eighth"]))
    def change_clinic(self, clinic: bytes) -> None:
        """The registry says that the case belongs to another clinic."""
        content = CASES.replace(b"CL-1,First", clinic)
        actions.import_cases(self.desk, OPERATOR, content=content, file_name="cases.csv")

    @rule(who=who, which=which)
    def take_up_and_mask(self, who: int, which: int) -> None:
        """Somebody claims and decides, one after the other."""
        self.claim(who=who, which=which, slip=0)
        self.mask_what_is_open(who=who, which=which)

    @rule(who=who, which=which, slip=slips)
    def claim(self, who: int, which: int, slip: int) -> None:
        """Somebody claims."""
        self._act(actions.claim_letter, who, which, slip)

    @rule(who=who, which=which, slip=slips)
    def release(self, who: int, which: int, slip: int) -> None:
        """Somebody gives back."""
        self._act(actions.release_claim, who, which, slip)

    @rule(who=who, which=which)
    def mask_what_is_open(self, who: int, which: int) -> None:
        """Somebody decides every suggestion."""
        if which < len(self.letters):
            with suppress(ServiceError):
                decide_suggestions(self.desk, self.people[who], self.letters[which])

    @rule(who=who, which=which, slip=slips, start=st.integers(0, 30), kind=st.booleans())
    def correct(self, who: int, which: int, slip: int, start: int, kind: bool) -> None:
        """Somebody marks a passage, or keeps one."""
        add_one = Correction(
            kind=CorrectionKind.ADD, start=start, end=start + 6, entity_kind=EntityKind.PLACE
        )
        keep = Correction(kind=CorrectionKind.REMOVE, finding_id="f1", reason="Harmless.")
        self._act(actions.correct, who, which, slip, corrections=(add_one if kind else keep,))

    @rule(who=who, which=which)
    def undo(self, who: int, which: int) -> None:
        """Somebody takes the last step back."""
        self._act(actions.undo_last, who, which, 0)

    @rule(who=who, which=which)
    def pass_to_senior(self, who: int, which: int) -> None:
        """Somebody hands the letter to a senior, who is not there every day."""
        self._act(actions.pass_to_senior, who, which, 0, reason="Hard.")

    @rule(who=who, which=which, slip=slips, reader=st.sampled_from(Reader))
    def settle(self, who: int, which: int, slip: int, reader: Reader) -> None:
        """Somebody settles what two readings differ in, or invents a difference."""
        for choices in ({1: reader}, {1: reader, 2: reader}):
            self._act(actions.settle_readings, who, which, slip, choices=choices)

    @rule(who=who, which=which)
    def read_again(self, who: int, which: int) -> None:
        """Somebody takes the second reading up again."""
        self._act(actions.read_again, who, which, 0)

    @rule(who=who, which=which, slip=slips, other=slips)
    def approve(self, who: int, which: int, slip: int, other: int) -> None:
        """Somebody approves, perhaps from an old tab."""
        if which >= len(self.letters):
            return
        person, letter_id = self.people[who], self.letters[which]
        seen = view(self.desk, person, letter_id)
        digest = text_digest("another text") if other else (seen.digest or "")
        with suppress(ServiceError):
            actions.approve_letter(
                self.desk,
                person,
                letter_id=letter_id,
                version=seen.version - slip,
                digest=digest,
            )
            assert seen.open_suggestions == 0
            assert not seen.residuals
            assert digest == text_digest(seen.outgoing or "")
            # nobody is their own second reader, and a first reading alone lets nothing out
            assert seen.readings is None or seen.readings.first_reader != person.name
            if state_of(self.desk, letter_id) is LetterState.APPROVED:
                self.approved.setdefault(letter_id, set()).add(seen.outgoing or "")

    @rule(who=who, which=which, at_once=st.booleans())
    def approve_what_is_seen(self, who: int, which: int, at_once: bool) -> None:
        """Somebody claims, decides, approves what is on the screen; perhaps it leaves at once."""
        self.take_up_and_mask(who=who, which=which)
        self.approve(who=who, which=which, slip=0, other=0)
        if at_once:
            self.work()

    @rule(who=who, which=which, decide=st.integers(0, 4))
    def decide(self, who: int, which: int, decide: int) -> None:
        """Somebody returns, holds, reopens, releases or allocates."""
        if decide == 4:
            self._act(actions.allocate_letter, who, which, 0, reason="r", case_id="C-1")
            return
        if decide == 0:
            told = {"kind": NoticeKind.RETURNED_CONTENT, "language": "en", "text": "No."}
            self._act(actions.return_to_writer, who, which, 0, reason="r", **told)
            return
        action = [actions.hold_letter, actions.reopen_letter, actions.resolve_language_hold]
        self._act(action[decide - 1], who, which, 0, reason="r")

    @invariant()
    def nothing_unapproved_has_left(self) -> None:
        """Each letter in the outbox is a text that was approved, sent once."""
        sent = [
            path.read_text("utf-8") for path in self.desk.settings.outbox_folder.rglob("letter.txt")
        ]
        texts = [text for approved in self.approved.values() for text in approved]
        assert all(text in texts for text in sent)
        assert len(sent) <= len(self.approved)

    @invariant()
    def dispatched_means_approved(self) -> None:
        """And every letter is still there."""
        for letter_id in self.letters:
            if state_of(self.desk, letter_id) is LetterState.DISPATCHED:
                assert letter_id in self.approved

    @invariant()
    def the_trail_holds(self) -> None:
        """Whatever was refused or rolled back."""
        actions.verify_audit(self.desk)

    def _act(
        self, action: Callable[..., object], who: int, which: int, slip: int, **more: object
    ) -> None:
        if which >= len(self.letters):
            return
        person, letter_id = self.people[who], self.letters[which]
        version = self._version(person, letter_id) - slip
        with suppress(ServiceError):
            action(self.desk, person, letter_id=letter_id, version=version, **more)

    def _version(self, person: Person, letter_id: str) -> int:
        return view(self.desk, person, letter_id).version


TestWorkflow = Workflow.TestCase
TestWorkflow.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
