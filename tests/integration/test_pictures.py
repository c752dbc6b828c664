"""Pictures of a file: they stay here by default, and go when the rules and a person let them."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from anonymizer.exchange import load_exchange_rules
from anonymizer.model import Box, OutgoingFormat
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk, SeenBeside
from service.actions.access import OPERATOR
from service.store.datakeys import letter_envelope
from service.store.schema import outgoing_pictures
from service.workflow.audit import AuditAction
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotFound,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Person, Role
from service.workflow.pictures import PictureSort
from service.workflow.states import LetterState
from tests.documents.make_mail import attached, mixed, part
from tests.documents.make_office import docx, paragraph
from tests.documents.test_outgoing_picture import photo, told
from tests.factories import (
    NUMBER,
    add,
    bring_in,
    claimed,
    decide_suggestions,
    make_desk,
    state_of,
    view,
    work_all,
)
from tests.integration.file_samples import FORMS

BODY = "Dear friend, thank you so much for everything. Here is a picture of our house."
WORD = docx(paragraph(BODY), {"word/media/image1.jpeg": told(photo(), "JPEG")})
MAIL = mixed(part(BODY), attached(told(photo(), "PNG"), kind="image/png"))
#: Covers the words of `photo`.
BOX = Box(left=30, top=30, right=620, bottom=100)

#: Opens a desk where these values stand in the rows of both countries.
OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(pipeline: Pipeline, tmp_path: Path, database_url: str) -> Iterator[OpenDesk]:
    """A site's own rows stand above ours."""
    made: list[Desk] = []

    def opened(**fields: str) -> Desk:
        rules = tmp_path / f"rules{len(made)}"
        (rules / "exchange").mkdir(parents=True)
        rows = "".join(f'{key} = "{value}"\n' for key, value in fields.items())
        rows += 'source = "test"\nchecked = 2026-01-01\ncertainty = "firm"\n'
        toml = f"[DE]\n{rows}[US]\n{rows}"
        (rules / "exchange" / "countries.toml").write_text(toml, "utf-8")
        own = replace(pipeline, exchange=load_exchange_rules(site_folder=rules))
        made.append(make_desk(tmp_path, url=database_url, pipeline=own))
        return made[-1]

    yield opened
    for desk in made:
        desk.database.close()


def chosen(
    desk: Desk, anna: Person, letter_id: str, *, sort: PictureSort = PictureSort.PHOTO
) -> str:
    """The digest of the first picture, with its box, which the person lets go."""
    version = view(desk, anna, letter_id).version
    actions.make_picture(
        desk, anna, letter_id=letter_id, version=version, number=1, sort=sort, boxes=(BOX,)
    )
    page = actions.open_picture(desk, anna, letter_id=letter_id, number=1)
    assert page.made is not None
    assert page.objections == ()
    actions.approve_picture(
        desk,
        anna,
        letter_id=letter_id,
        version=page.version,
        number=1,
        digest=page.made.digest,
        looked=True,
    )
    return page.made.digest


def approve(desk: Desk, anna: Person, letter_id: str, *pictures: str) -> None:
    """Decide what is open and approve the letter with these pictures."""
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk,
        anna,
        letter_id=letter_id,
        version=seen.version,
        digest=seen.digest or "",
        beside=SeenBeside(pictures=pictures, hidden=True),
    )


def outbox(desk: Desk) -> dict[str, bytes]:
    """What lies in the outbox, by the name of the file."""
    files = [path for path in desk.settings.outbox_folder.rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize("content", [WORD, MAIL], ids=["in Word", "attached to a mail"])
def test_a_picture_goes_when_the_rules_and_a_person_let_it(
    open_desk: OpenDesk, content: bytes
) -> None:
    """As a file of its own, with boxes, without a word of what the camera told."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, content, cover_number=NUMBER)
    digest = chosen(desk, anna, letter_id)
    approve(desk, anna, letter_id, digest)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    files = outbox(desk)
    assert sorted(files) == ["letter.txt", "picture-1.png", "routing-slip.txt"]
    picture = files["picture-1.png"]
    assert hashlib.sha256(picture).hexdigest() == digest
    assert f"SHA-256 of picture-1.png: {digest}" in files["routing-slip.txt"].decode()
    assert all(b"brandt" not in one.lower() for one in files.values())
    with Image.open(BytesIO(picture)) as image:
        assert image.size == (640, 320)
        assert image.convert("L").crop((32, 32, 616, 96)).tobytes().strip(b"\0") == b""
    told_of = {one.action: one.details for one in view(desk, anna, letter_id).history}
    assert told_of[AuditAction.PICTURE_MADE.value]["digest"] == digest
    assert told_of[AuditAction.PICTURE_APPROVED.value]["digest"] == digest
    assert told_of[AuditAction.LETTER_APPROVED.value]["pictures"] == digest


def test_no_picture_goes_by_itself(open_desk: OpenDesk) -> None:
    """Whatever the rules allow; one that was only looked at stays here too."""
    desk = open_desk(photos="yes", gifts="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    version = view(desk, anna, letter_id).version
    actions.make_picture(
        desk,
        anna,
        letter_id=letter_id,
        version=version,
        number=1,
        sort=PictureSort.PHOTO,
        boxes=(BOX,),
    )
    approve(desk, anna, letter_id)
    work_all(desk)
    assert sorted(outbox(desk)) == ["letter.txt", "routing-slip.txt"]


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({}, set()),
        ({"photos": "no", "gifts": "no"}, set()),
        ({"photos": "yes", "gifts": "no"}, {PictureSort.PHOTO}),
        ({"photos": "no", "gifts": "small"}, {PictureSort.DRAWING}),
        ({"photos": "unknown", "gifts": "yes"}, {PictureSort.DRAWING}),
    ],
)
def test_the_rules_of_the_pair_decide_which_sort_may_go(
    open_desk: OpenDesk, fields: dict[str, str], allowed: set[PictureSort]
) -> None:
    """Photographs by `photos`, drawings and cards by `gifts`; the refusal names the row."""
    desk = open_desk(**fields)
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    page = actions.open_picture(desk, anna, letter_id=letter_id, number=1)
    assert {sort for sort, barrier in page.barriers.items() if barrier is None} == allowed
    for sort in set(PictureSort) - allowed:
        with pytest.raises(NotReady, match=r"in row .*countries\.toml"):
            chosen(desk, anna, letter_id, sort=sort)
    for sort in allowed:
        assert chosen(desk, anna, letter_id, sort=sort)


def test_words_that_identify_keep_a_picture_here(open_desk: OpenDesk) -> None:
    """Read by OCR and searched like a letter; under a box they are gone."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    seen = view(desk, anna, letter_id)
    actions.make_picture(
        desk,
        anna,
        letter_id=letter_id,
        version=seen.version,
        number=1,
        sort=PictureSort.PHOTO,
        boxes=(),
    )
    page = actions.open_picture(desk, anna, letter_id=letter_id, number=1)
    assert page.made is not None
    assert "Brandt" in page.made.words
    assert any("Cover it" in one for one in page.objections)
    with pytest.raises(NotReady, match="Cover it"):
        actions.approve_picture(
            desk,
            anna,
            letter_id=letter_id,
            version=page.version,
            number=1,
            digest=page.made.digest,
            looked=True,
        )
    assert chosen(desk, anna, letter_id)


def test_an_approval_covers_the_very_pictures_that_were_seen(open_desk: OpenDesk) -> None:
    """None, another one, and one too few are refused."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    digest = chosen(desk, anna, letter_id)
    for pictures in ((), ("0" * 64,), (digest, digest)):
        with pytest.raises(StaleVersion):
            approve(desk, anna, letter_id, *pictures)
    version = view(desk, anna, letter_id).version
    with pytest.raises(StaleVersion):
        actions.approve_picture(
            desk, anna, letter_id=letter_id, version=version, number=1, digest="0" * 64, looked=True
        )
    actions.withdraw_picture(desk, anna, letter_id=letter_id, version=version, number=1)
    with pytest.raises(StaleVersion):
        approve(desk, anna, letter_id, digest)
    approve(desk, anna, letter_id)


def test_a_picture_that_changed_after_its_approval_holds_the_letter(open_desk: OpenDesk) -> None:
    """Nothing leaves, neither picture nor letter."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    digest = chosen(desk, anna, letter_id)
    approve(desk, anna, letter_id, digest)
    with desk.database.writing() as tx:
        envelope = letter_envelope(tx.connection, letter_id)
        other = envelope.seal_bytes(
            outgoing_pictures.c.content, f"{letter_id}/1", told(photo(), "PNG")
        )
        tx.connection.execute(update(outgoing_pictures).values(content=other))
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "not the one that was approved" in seen.holds[0].reason
    assert outbox(desk) == {}


def test_rules_that_changed_after_the_approval_hold_the_letter(open_desk: OpenDesk) -> None:
    """The gate asks the rules of the moment of dispatch."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    digest = chosen(desk, anna, letter_id)
    approve(desk, anna, letter_id, digest)
    stricter = open_desk(photos="no")
    work_all(stricter)
    seen = view(stricter, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "photos" in seen.holds[0].reason
    assert outbox(stricter) == {}


def test_what_the_register_learns_later_is_searched_in_the_picture(open_desk: OpenDesk) -> None:
    """OCR reads the final bytes once more before they leave."""
    desk = open_desk(photos="yes")
    anna = add(desk, "Anna Proof")
    file = docx(paragraph(BODY), {"word/media/image1.png": told(photo("blue sky here"), "PNG")})
    letter_id = claimed(desk, anna, file, cover_number=NUMBER)
    version = view(desk, anna, letter_id).version
    actions.make_picture(
        desk,
        anna,
        letter_id=letter_id,
        version=version,
        number=1,
        sort=PictureSort.PHOTO,
        boxes=(),
    )
    page = actions.open_picture(desk, anna, letter_id=letter_id, number=1)
    assert page.made is not None
    digest = page.made.digest
    values = {"letter_id": letter_id, "version": page.version, "number": 1, "digest": digest}
    with pytest.raises(BadRequest, match="Tick"):
        actions.approve_picture(desk, anna, **values, looked=False)  # type: ignore[arg-type]
    actions.approve_picture(desk, anna, **values, looked=True)  # type: ignore[arg-type]
    approve(desk, anna, letter_id, digest)
    cases = (
        "donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,known_donor,"
        f"known_patient,transplant_dates\n{NUMBER},C-1,DE,US,CL-1,First Clinic,"
        "PERSON=Blue Sky,PERSON=Bob Miller,2026-03-01\n"
    )
    actions.import_cases(desk, OPERATOR, content=cases.encode(), file_name="cases.csv")
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.DISPATCH_FAILED
    assert "known identifier" in seen.holds[0].reason
    assert outbox(desk) == {}


def test_only_whoever_reads_the_letter_decides_about_its_pictures(open_desk: OpenDesk) -> None:
    """A colleague may look, an auditor may not; a page of a scan is no picture."""
    desk = open_desk(photos="yes")
    anna, ben = add(desk, "Anna Proof"), add(desk, "Ben Proof")
    otto = add(desk, "Otto Audit", Role.AUDITOR)
    letter_id = claimed(desk, anna, WORD, cover_number=NUMBER)
    assert not actions.open_picture(desk, ben, letter_id=letter_id, number=1).may
    version = view(desk, anna, letter_id).version
    values = {
        "letter_id": letter_id,
        "version": version,
        "number": 1,
        "sort": PictureSort.PHOTO,
        "boxes": (BOX,),
    }
    with pytest.raises(NotAllowed):
        actions.make_picture(desk, ben, **values)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        actions.open_picture(desk, otto, letter_id=letter_id, number=1)
    with pytest.raises(NotFound):
        actions.open_picture(desk, anna, letter_id=letter_id, number=2)
    outside = (Box(left=0, top=0, right=5000, bottom=5),)
    with pytest.raises(BadRequest, match="within the picture"):
        actions.make_picture(desk, anna, **{**values, "boxes": outside})  # type: ignore[arg-type]
    with pytest.raises(StaleVersion):
        actions.make_picture(desk, anna, **{**values, "version": version - 1})  # type: ignore[arg-type]
    scan = bring_in(desk, FORMS["scan"], cover_number=NUMBER)
    work_all(desk)
    with pytest.raises(NotFound):
        actions.open_picture(desk, anna, letter_id=scan, number=1)
    free = bring_in(desk, WORD, cover_number=NUMBER)
    work_all(desk)
    values.update(letter_id=free, version=view(desk, anna, free).version)
    with pytest.raises(IllegalTransition):
        actions.make_picture(desk, anna, **values)  # type: ignore[arg-type]


def test_what_the_file_hides_is_seen_before_the_letter_is_approved(open_desk: OpenDesk) -> None:
    """A deletion that is tracked: without the tick there is no approval."""
    desk = open_desk()
    anna = add(desk, "Anna Proof")
    deleted = '<w:p><w:del w:id="1"><w:r><w:delText>I am afraid.</w:delText></w:r></w:del></w:p>'
    letter_id = claimed(desk, anna, docx(paragraph(BODY) + deleted), cover_number=NUMBER)
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    assert seen.file is not None
    assert [one.text for one in seen.file.to_be_seen] == ["I am afraid."]
    with pytest.raises(NotReady, match="what the file hides"):
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
        )
    approve(desk, anna, letter_id)
    (approved,) = [
        one
        for one in view(desk, anna, letter_id).history
        if one.action == AuditAction.LETTER_APPROVED.value
    ]
    assert approved.details["saw_hidden"] == 1


def test_a_letter_that_its_format_cannot_show_is_approved_in_another(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """The reason is told before the approval, and what would do."""
    desk = make_desk(tmp_path, pipeline=pipeline, outgoing_format=OutgoingFormat.PDF)
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna, f"{BODY} 1 \ufe63 1", cover_number=NUMBER)
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    assert [one.form for one in seen.formats if one.objection] == [OutgoingFormat.PDF]
    values = {"letter_id": letter_id, "version": seen.version, "digest": seen.digest or ""}
    with pytest.raises(NotReady, match="Choose DOCX or plain text"):
        actions.approve_letter(desk, anna, **values)  # type: ignore[arg-type]
    word = SeenBeside(form=OutgoingFormat.DOCX)
    actions.approve_letter(desk, anna, **values, beside=word)  # type: ignore[arg-type]
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert "letter.docx" in outbox(desk)
    desk.database.close()
