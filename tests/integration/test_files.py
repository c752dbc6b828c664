"""Letters as files: posted, read in the worker, proofread, and out as a document built afresh."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from anonymizer.documents import read_document
from anonymizer.model import Direction, OutgoingFormat, Reading
from anonymizer.pipeline import Pipeline
from corpus.bench.ocr import wrong_words
from service import actions
from service.actions import Desk, SeenBeside, filing
from service.actions.access import OPERATOR, add_key
from service.app import create_app
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, NotFound, NotReady
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    DATED_CASES,
    NUMBER,
    add,
    bring_in,
    decide_suggestions,
    make_desk,
    send_back,
    state_of,
    view,
    work_all,
)
from tests.integration.file_samples import FORMS, HELD, HIDDEN, SECRET, TEXT, poor_scan
from tests.integration.server import served

#: Opens a desk that sends in a format, on the database of an address.
OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def sena() -> Person:
    """Somebody who may read letters."""
    return Person(person_id="s", name="S", roles=frozenset({Role.SENIOR}))


@pytest.fixture
def open_desk(pipeline: Pipeline, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a desk with the real pipeline; SQLite unless another database is given."""
    made: list[Desk] = []

    def opened(form: OutgoingFormat = OutgoingFormat.TXT, url: str | None = None) -> Desk:
        made.append(make_desk(tmp_path, url=url, pipeline=pipeline, outgoing_format=form))
        return made[-1]

    yield opened
    for desk in made:
        desk.database.close()


@contextmanager
def client_of(desk: Desk) -> Iterator[httpx.Client]:
    """A registry client; the worker runs only when a test lets it."""
    app = create_app(desk.settings, desk=desk, work=False)
    headers = {"Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}"}
    with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as made:
        yield made


def posted(client: httpx.Client, content: bytes, key: str) -> str:
    """The id of a letter that was posted as a file, by its donor."""
    response = client.post(
        "/v1/letters",
        headers={"Idempotency-Key": key},
        files={"file": ("letter.bin", content, "application/octet-stream")},
        data={"direction": Direction.DONOR_TO_PATIENT.value, "donor_number": NUMBER},
    )
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def approve(desk: Desk, anna: Person, letter_id: str) -> str:
    """Claim, decide, approve; the outgoing text."""
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.READY, (seen.state, seen.holds)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=seen.version)
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk,
        anna,
        letter_id=letter_id,
        version=seen.version,
        digest=seen.digest or "",
        beside=SeenBeside(hidden=seen.file is not None and seen.file.must_be_seen),
    )
    return seen.outgoing or ""


def sent(desk: Desk, form: OutgoingFormat) -> list[bytes]:
    """The letters in the outbox, in the order in which they went."""
    found = sorted(desk.settings.outbox_folder.rglob(f"letter.{form.value}"), key=os.path.getmtime)
    return [path.read_bytes() for path in found]


@pytest.mark.parametrize("form", OutgoingFormat)
def test_every_form_of_a_letter_leaves_as_the_same_text(
    open_desk: OpenDesk, database_url: str, form: OutgoingFormat
) -> None:
    """Text, mail, Word, OpenDocument, PDF and scan, posted and approved."""
    desk = open_desk(form, database_url)
    anna = add(desk, "Anna Proof")
    outgoing = {}
    with client_of(desk) as client:
        for name, content in FORMS.items():
            letter_id = posted(client, content, name)
            work_all(desk)
            outgoing[name] = approve(desk, anna, letter_id)
            work_all(desk)
            assert state_of(desk, letter_id) is LetterState.DISPATCHED, view(
                desk, anna, letter_id
            ).holds
    scan = outgoing.pop("scan")
    assert set(outgoing.values()) == {outgoing["txt"]}
    assert "Katharina" not in outgoing["txt"]
    errors = wrong_words(outgoing["txt"], scan)
    assert errors.some <= 0.05 * errors.all
    left = sent(desk, form)
    assert len(left) == len(FORMS)
    for content in left:
        assert b"Katharina" not in content
        words = read_document(content, languages=()).text.split()
        assert words in (outgoing["txt"].split(), scan.split())
    assert len(set(left)) <= 2, "the same text gives the same bytes"


@pytest.mark.parametrize("form", OutgoingFormat)
@pytest.mark.parametrize("place", HIDDEN)
def test_what_is_hidden_in_a_file_is_shown_and_never_leaves(
    open_desk: OpenDesk, place: str, form: OutgoingFormat
) -> None:
    """A known name beside the letter: listed for the proofreader, in no outgoing byte."""
    desk = open_desk(form)
    anna = add(desk, "Anna Proof")
    content, origin = HIDDEN[place]
    letter_id = bring_in(desk, content, cover_number=NUMBER)
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert seen.file is not None
    assert origin in {one.origin for one in seen.file.passages if SECRET in one.text}
    assert SECRET not in (seen.text or SECRET)
    approve(desk, anna, letter_id)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    files = [path for path in desk.settings.outbox_folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert b"schmidt" not in path.read_bytes().lower()
    (letter,) = sent(desk, form)
    assert "schmidt" not in str(read_document(letter, languages=())).lower()


@pytest.mark.parametrize("name", HELD)
def test_a_file_that_cannot_be_read_is_accepted_and_held_with_a_reason(
    desk: Desk, sena: Person, name: str
) -> None:
    """The client is told nothing else than for any letter; the original stays byte by byte."""
    content, code = HELD[name]
    with client_of(desk) as client:
        letter_id = posted(client, content, "k")
        work_all(desk)
        assert client.get(f"/v1/letters/{letter_id}").json()["status"] == "being_read"
        assert posted(client, content, "k") == letter_id
    seen = view(desk, sena, letter_id)
    (hold,) = seen.holds
    assert (seen.state, hold.code) == (LetterState.HELD_FAULT, code)
    assert len(hold.reason.split()) > 4
    assert not seen.may.claim
    assert actions.original_file(desk, sena, letter_id=letter_id) == content


def test_a_renamed_file_is_read_for_what_it_is(desk: Desk, sena: Person) -> None:
    """A PDF whose name promises text."""
    with client_of(desk) as client:
        response = client.post(
            "/v1/letters",
            headers={"Idempotency-Key": "k"},
            files={"file": ("letter.txt", FORMS["pdf"], "text/plain")},
        )
    work_all(desk)
    seen = view(desk, sena, response.json()["id"])
    assert "Every morning I walk along the river" in (seen.text or "")


def test_a_receipt_stays_the_same_whatever_became_of_the_file(desk: Desk) -> None:
    """Before it was read, after it, and for a file that cannot be read."""
    with client_of(desk) as client:
        for content in (FORMS["docx"], FORMS["docx"][:500], b""):
            key = f"k{len(content)}"
            receipts = []
            for _ in range(2):
                answer = client.post(
                    "/v1/letters", headers={"Idempotency-Key": key}, files={"file": content}
                )
                receipts.append(answer.json())
                work_all(desk)
            assert receipts[0] == receipts[1]


def test_the_same_words_in_another_file_are_a_duplicate(desk: Desk, sena: Person) -> None:
    """Told once both were read."""
    first = bring_in(desk, FORMS["docx"])
    work_all(desk)
    second = bring_in(desk, FORMS["odt"])
    work_all(desk)
    assert view(desk, sena, second).duplicate_of == first


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (Direction.DONOR_TO_PATIENT, ("de", "en")),
        (Direction.PATIENT_TO_DONOR, ("pl", "en")),
        (None, ("de", "pl", "en")),
    ],
)
def test_a_scan_is_read_in_the_language_of_its_writer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, direction: Direction, expected: tuple[str, ...]
) -> None:
    """As the case behind the number on the cover tells, and in the site's own."""
    header, row, *_ = DATED_CASES.decode().splitlines()
    cases = f"{header},donor_language,patient_language\n{row},de,pl\n".encode()
    actions.import_cases(desk, OPERATOR, content=cases, file_name="cases.csv")
    asked: list[tuple[str, ...]] = []

    def read(content: bytes, *, languages: tuple[str, ...], draw_pictures: bool) -> Reading:
        assert draw_pictures
        asked.append(languages)
        return read_document(content)

    monkeypatch.setattr(filing, "read_in_child", read)
    bring_in(desk, FORMS["docx"], direction=direction, cover_number=NUMBER)
    work_all(desk)
    assert asked == [expected]


class Doomed(subprocess.Popen[bytes]):
    """A process that is killed at its start, as long as there are readers of letters to kill."""

    left = 0

    def __init__(self, command: list[str], **options: Any) -> None:
        super().__init__(command, **options)
        if "anonymizer.documents.child" in command and Doomed.left:
            Doomed.left -= 1
            self.kill()


@pytest.fixture
def kill_readers(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Kills that many of the next readers."""
    monkeypatch.setattr(subprocess, "Popen", Doomed)

    def kill(count: int) -> None:
        monkeypatch.setattr(Doomed, "left", count)

    return kill


def test_a_reader_that_is_killed_is_tried_again(
    desk: Desk, sena: Person, kill_readers: Callable[[int], None]
) -> None:
    """The second one reads the letter."""
    letter_id = bring_in(desk, FORMS["docx"])
    kill_readers(1)
    work_all(desk)
    seen = view(desk, sena, letter_id)
    assert "Every morning" in (seen.text or "")
    failed = [one for one in seen.history if one.action == AuditAction.LETTER_DRAFT_FAILED.value]
    assert [one.details["code"] for one in failed] == ["reader_failed"]


def test_a_reader_that_always_dies_asks_a_person_who_may_have_it_tried_again(
    desk: Desk, sena: Person, kill_readers: Callable[[int], None]
) -> None:
    """After the last try; nothing is lost."""
    letter_id = bring_in(desk, FORMS["docx"])
    kill_readers(desk.settings.max_attempts)
    work_all(desk)
    seen = view(desk, sena, letter_id)
    assert seen.state is LetterState.HELD_FAULT
    assert [hold.code for hold in seen.holds] == ["reader_failed"]
    actions.reopen_letter(desk, sena, letter_id=letter_id, version=seen.version, reason="Again")
    work_all(desk)
    assert "Every morning" in (view(desk, sena, letter_id).text or "")


def test_a_poor_scan_is_typed_by_a_person_and_walks_the_path(
    open_desk: OpenDesk, database_url: str
) -> None:
    """What the machine read stays as the former text; nobody can send it without typing."""
    desk = open_desk(url=database_url)
    anna = add(desk, "Anna Proof")
    letter_id = bring_in(desk, poor_scan(), cover_number=NUMBER)
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert (seen.state, seen.text) == (LetterState.HELD_TRANSCRIPTION, None)
    assert seen.may.transcribe
    sent_back = send_back(desk, anna, letter_id)
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=sent_back, reason="Typed now")
    assert state_of(desk, letter_id) is LetterState.HELD_TRANSCRIPTION
    page = actions.open_transcription(desk, anna, letter_id=letter_id)
    image = actions.page_image(desk, anna, letter_id=letter_id, number=1)
    assert image.content.startswith(b"\x89PNG")
    assert SECRET.encode() in poor_scan()
    assert SECRET.encode() not in image.content
    actions.transcribe_letter(
        desk, anna, letter_id=letter_id, version=page.version, text=TEXT.replace("\n", "\r\n")
    )
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert (seen.state, seen.text) == (LetterState.READY, TEXT)
    assert [one.text for one in seen.earlier] == [page.file.text]
    assert seen.may.transcribe, "what was mistyped can be mended"
    approve(desk, anna, letter_id)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED


def test_a_scan_that_was_read_well_may_be_corrected_before_it_is_approved(
    desk: Desk, sena: Person
) -> None:
    """By whoever has claimed it, or while nobody has; then it is drafted again."""
    anna, ben = add(desk, "Anna Proof"), add(desk, "Ben Proof")
    letter_id = bring_in(desk, FORMS["scan"], cover_number=NUMBER)
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.READY
    version = actions.claim_letter(desk, anna, letter_id=letter_id, version=seen.version)
    with pytest.raises(NotAllowed):
        actions.transcribe_letter(desk, ben, letter_id=letter_id, version=version, text=TEXT)
    for text in ("  ", seen.text or ""):
        with pytest.raises(BadRequest):
            actions.transcribe_letter(desk, anna, letter_id=letter_id, version=version, text=text)
    actions.transcribe_letter(desk, anna, letter_id=letter_id, version=version, text=f"{TEXT}!")
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert (seen.state, seen.text, seen.claimed_by) == (LetterState.READY, f"{TEXT}!", None)


def test_only_scans_are_transcribed_and_only_readers_see_their_pages(desk: Desk) -> None:
    """A letter in Word has its own text; the image of a scan is letter text."""
    anna, otto = add(desk, "Anna Proof"), add(desk, "Otto Audit", Role.AUDITOR)
    word, scan = bring_in(desk, FORMS["docx"], cover_number=NUMBER), bring_in(desk, poor_scan())
    work_all(desk)
    with pytest.raises(NotReady):
        actions.open_transcription(desk, anna, letter_id=word)
    with pytest.raises(NotFound):
        actions.page_image(desk, anna, letter_id=word, number=1)
    for refused in (actions.open_transcription, partial(actions.page_image, number=1)):
        with pytest.raises(NotAllowed):
            refused(desk, otto, letter_id=scan)
