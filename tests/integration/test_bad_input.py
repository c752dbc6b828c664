"""Whatever comes in: a clear sentence or a hold with its reason; nothing lost, nothing passed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from anonymizer.model import Channel, Letter, TreatmentAction
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk, IncomingLetter
from service.workflow.errors import TooLarge
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import NUMBER, OTHER_NUMBER, add, bring_in, view, work_all

BODY = "Dear friend, thank you so much for everything. I feel so much better and can run again."
SIGNED = f"{BODY}\nDonor number {NUMBER}\n"
DISGUISED = SIGNED + "We are so grate\u200bful and so hap\u200bpy for you. " * 15
HELD = {LetterState.HELD_FAULT, LetterState.HELD_ALLOCATION, LetterState.HELD_LANGUAGE}

UNREADABLE = {
    "an empty file": b"",
    "only blanks": b"  \n\t \n",
    "a picture called .txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "a zip called .txt": b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00" * 30,
    "a program": b"\x7fELF\x02\x01\x01" + b"\x00" * 300,
    "invalid UTF-8": b"Dear friend, \xff\xfe\xc3\x28 thank you" + b"\x80" * 30,
}
READABLE = {
    "UTF-8": SIGNED.encode(),
    "UTF-8 with a byte order mark": SIGNED.encode("utf-8-sig"),
    "UTF-16 with a byte order mark": SIGNED.encode("utf-16"),
    "UTF-16 without one, little end first": SIGNED.encode("utf-16-le"),
    "UTF-16 without one, big end first": SIGNED.encode("utf-16-be"),
    "line ends of three kinds": SIGNED.replace("\n", "\r\n").encode() + b"Bye\rnow\n",
}
UNCLEAR = {
    "only a signature": "Anna",
    "only a number": NUMBER,
    "no number": BODY,
    "two numbers": f"{SIGNED} Donor number {OTHER_NUMBER}",
    "an unknown number": f"{BODY}\nDonor number 1234567890128",
    "only emoji": "🎗🎗🎗",
    "only invisible characters": "\u200b\u200b\u2060",
    "full of invisible characters": DISGUISED,
    "German": f"Liebe Spenderin, ich danke dir von ganzem Herzen für alles.\n{NUMBER}",
}


@pytest.fixture
def anna(real_desk: Desk) -> Person:
    """A proofreader."""
    return add(real_desk, "Anna Proof")


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_is_kept_and_held(
    real_desk: Desk, anna: Person, content: bytes
) -> None:
    """The original bytes stay, with a reason that a person understands."""
    sena = replace(anna, roles=frozenset(type(next(iter(anna.roles)))))
    letter_id = bring_in(real_desk, content)
    work_all(real_desk)
    seen = view(real_desk, anna, letter_id)
    assert seen.state is LetterState.HELD_FAULT
    (hold,) = seen.holds
    assert len(hold.reason.split()) > 4
    assert "Traceback" not in hold.reason
    assert not seen.may.claim
    assert actions.original_file(real_desk, sena, letter_id=letter_id) == content


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE.keys())
def test_text_is_read_however_it_was_saved(real_desk: Desk, anna: Person, content: bytes) -> None:
    """And comes out without the donor number."""
    letter_id = bring_in(real_desk, content)
    work_all(real_desk)
    seen = view(real_desk, anna, letter_id)
    assert seen.state is LetterState.READY
    assert "\r" not in (seen.text or "\r")
    assert NUMBER not in (seen.outgoing or NUMBER)


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_a_letter_that_is_not_clear_is_held(real_desk: Desk, anna: Person, text: str) -> None:
    """Nobody can claim it before a person has settled why it waits."""
    letter_id = bring_in(real_desk, text)
    work_all(real_desk)
    seen = view(real_desk, anna, letter_id)
    assert seen.state in HELD
    assert seen.holds
    assert not seen.may.claim


@pytest.mark.parametrize(
    "content",
    [b"x" * 5_000_000, ("ä" * 200_001).encode(), ("y" * 200_001).encode("utf-16")],
    ids=["5 MB in one line", "one character too many", "as UTF-16"],
)
def test_a_letter_over_the_limit_is_refused_by_its_limit(
    real_desk: Desk, anna: Person, content: bytes
) -> None:
    """The sentence names the limit; nothing is stored."""
    with pytest.raises(TooLarge, match="200,000 characters"):
        bring_in(real_desk, content)
    assert actions.list_queue(real_desk, anna) == ()
    incoming = IncomingLetter(content=b"x" * (10 * 1024 * 1024 + 1), channel=Channel.UPLOAD)
    with pytest.raises(TooLarge, match="10 MB"):
        actions.receive_letter(real_desk, anna, incoming=incoming)


def test_a_letter_with_someone_elses_secrets_keeps_them(real_desk: Desk, anna: Person) -> None:
    """What the register knows of either side cannot be read in the outgoing text."""
    letter_id = bring_in(real_desk, f"{SIGNED}Your anna schmidt, and greetings to Bob Miller!")
    work_all(real_desk)
    outgoing = (view(real_desk, anna, letter_id).outgoing or "").casefold()
    assert "schmidt" not in outgoing
    assert "miller" not in outgoing


def test_a_letter_full_of_disguises_waits_until_a_person_lets_it_go(
    real_desk: Desk, anna: Person
) -> None:
    """With a reason of their own; what nobody sees does not go out."""
    letter_id = bring_in(real_desk, DISGUISED)
    work_all(real_desk)
    seen = view(real_desk, anna, letter_id)
    assert seen.state is LetterState.HELD_LANGUAGE
    (hold,) = seen.holds
    assert hold.code == "disguised"
    assert "release it where they hide nothing" in hold.reason
    actions.resolve_language_hold(
        real_desk, anna, letter_id=letter_id, version=seen.version, reason="A child's joke."
    )
    after = view(real_desk, anna, letter_id)
    assert (after.state, after.holds) == (LetterState.READY, ())
    assert "\u200b" not in (after.outgoing or "\u200b")


def test_a_clean_text_takes_the_place_of_a_disguised_letter(real_desk: Desk, anna: Person) -> None:
    """What was released for one text holds for no other: the new one walks the whole path."""
    letter_id = bring_in(real_desk, DISGUISED)
    work_all(real_desk)
    for content, state in (
        (DISGUISED.replace("\u200b", "\u2060"), LetterState.HELD_LANGUAGE),
        (SIGNED, LetterState.READY),
    ):
        version = view(real_desk, anna, letter_id).version
        actions.translate_letter(
            real_desk, anna, letter_id=letter_id, version=version, content=content.encode()
        )
        work_all(real_desk)
        assert view(real_desk, anna, letter_id).state is state


@dataclass(frozen=True)
class FailingRecognizer:
    """A recogniser that quotes the letter when it fails."""

    recognizer_id: str = "failing"

    def find(self, view: object) -> tuple[()]:
        """Fail."""
        message = f"cannot handle {view!r}"
        raise RuntimeError(message)


def test_a_recogniser_that_raises_holds_the_letter(
    real_desk: Desk, anna: Person, pipeline: Pipeline
) -> None:
    """Without a word of the letter in the reason."""
    detector = replace(
        pipeline.detector,
        recognizers=(*pipeline.detector.recognizers, FailingRecognizer()),
    )
    desk = replace(real_desk, pipeline=pipeline.having(detector))
    letter_id = bring_in(desk, SIGNED)
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.HELD_FAULT
    assert seen.outgoing is None
    assert "friend" not in " ".join(hold.reason for hold in seen.holds)


def test_letters_drafted_side_by_side_come_out_the_same(pipeline: Pipeline) -> None:
    """Worker and interface share one pipeline."""
    letters = [
        Letter.from_text(str(number), f"Dear donor, I am {name} from Ulm. {SIGNED}")
        for number, name in enumerate(["Katharina", "Peter", "Ayse", "John"] * 3)
    ]
    alone = [pipeline.draft(letter) for letter in letters]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(pipeline.draft, letters)) == alone


def test_the_real_path_ends_in_the_clinics_folder(real_desk: Desk, anna: Person) -> None:
    """Corrected with the real pipeline, approved, dispatched: names gone, number on the slip."""
    text = f"{SIGNED}My name is Katharina and I work as a baker in Ulm. Your Katharina"
    letter_id = bring_in(real_desk, text)
    work_all(real_desk)
    seen = view(real_desk, anna, letter_id)
    version = actions.claim_letter(real_desk, anna, letter_id=letter_id, version=seen.version)
    open_ones = tuple(
        actions.Correction(kind=actions.CorrectionKind.MASK, finding_id=one.finding_id)
        for one in seen.findings
        if one.action is TreatmentAction.SUGGEST
    )
    if open_ones:
        version = actions.correct(
            real_desk, anna, letter_id=letter_id, version=version, corrections=open_ones
        )
    digest = view(real_desk, anna, letter_id).digest or ""
    actions.approve_letter(real_desk, anna, letter_id=letter_id, version=version, digest=digest)
    work_all(real_desk)
    (folder,) = (real_desk.settings.outbox_folder / "CL-1").iterdir()
    sent = (folder / "letter.txt").read_text()
    assert "Katharina" not in sent
    assert NUMBER not in sent
    assert NUMBER in (folder / "routing-slip.txt").read_text()
