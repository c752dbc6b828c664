"""A marked letter walks every path; its mark is found where letters belong and nowhere else."""

import io
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.actions.backup import make_backup
from service.actions.checking import AnchorKind, anchor_audit
from service.app import create_app
from service.logs import configure_logs, get_logger
from service.store.contact_releases import StoredRelease, insert_release
from service.store.schema import metadata
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.people import Role
from tests.documents.hidden_pdf_places import page_image, saved
from tests.documents.make_mail import mail
from tests.documents.make_office import docx, paragraph
from tests.factories import (
    LETTER,
    NUMBER,
    add,
    approved,
    bring_in,
    claimed,
    drafted,
    make_desk,
    send_back,
    version_of,
    work_all,
)
from tests.integration import postgresql
from tests.integration.server import served

MARK = "Quincampoix"


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, by us and by libraries."""
    stream = io.StringIO()
    configure_logs(as_json=True)
    root = logging.getLogger()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers.clear()
    root.setLevel(logging.WARNING)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged."""
    with listening() as stream:
        yield stream


def marked(extra: str = "") -> str:
    """A letter with the mark."""
    return f"{extra} {MARK} {LETTER}"


def test_the_mark_is_in_no_log_and_no_audit_row(desk: Desk, log: io.StringIO) -> None:
    """Drafted, held, failed, corrected, returned, approved, dispatched."""
    anna, cora = add(desk, "Anna"), add(desk, "Cora", Role.COORDINATOR)
    approved(desk, anna, marked())
    for extra in ("GERMAN", "FAULT", "LEAK", "BUG"):
        bring_in(desk, marked(extra))
    work_all(desk)
    letter_id = claimed(desk, anna, marked())
    send_back(desk, anna, letter_id, reason=MARK, text=f"Dear {MARK}, no.")
    letter_id = drafted(desk, f"{MARK} without a number")
    version = version_of(desk, letter_id)
    actions.allocate_letter(
        desk, cora, letter_id=letter_id, version=version, case_id="C-1", reason=MARK
    )
    work_all(desk)
    assert MARK not in log.getvalue()
    assert NUMBER not in log.getvalue()
    with desk.database.reading() as connection:
        rows = connection.execute(sql("SELECT * FROM audit_events")).all()
    assert MARK not in repr(rows)
    assert NUMBER not in repr(rows)


def test_what_is_hidden_in_a_file_is_in_no_log_and_no_audit_row(
    desk: Desk, log: io.StringIO
) -> None:
    """Read, held, typed by a person; each file with the mark where nobody looks."""
    anna = add(desk, "Anna")
    hidden = paragraph(MARK, "<w:vanish/>")
    files = (
        docx(paragraph(marked()) + hidden),
        mail(marked(), head=f"X-Writer: {MARK}\r\n"),
        docx(paragraph(marked()) + hidden)[:400],
        _scan(),
    )
    ids = [bring_in(desk, content, cover_number=NUMBER) for content in files]
    work_all(desk)
    actions.transcribe_letter(
        desk, anna, letter_id=ids[-1], version=version_of(desk, ids[-1]), text=marked()
    )
    work_all(desk)
    shown = actions.open_letter(desk, anna, letter_id=ids[0])
    assert shown.file is not None
    assert MARK in shown.file.passages[0].text
    assert MARK not in repr(shown)
    assert MARK not in log.getvalue()
    with desk.database.reading() as connection:
        rows = connection.execute(sql("SELECT * FROM audit_events")).all()
        held = connection.execute(sql("SELECT holds, summary FROM letters")).all()
    assert MARK not in repr((rows, held))


def _scan() -> bytes:
    """A picture that nobody can read, and whose file tells more than it shows."""
    owner = PngInfo()
    owner.add_text("Author", MARK)
    return saved(page_image(()), "PNG", pnginfo=owner)


def test_no_table_holds_a_letter_or_an_identity_in_the_clear(desk: Desk) -> None:
    """Whatever path the letter took: drafted, held, typed, returned, sent, translated."""
    _walk_every_path(desk)
    assert tables_with_mark(desk) == set()


def tables_with_mark(desk: Desk) -> set[tuple[str, str]]:
    """Tables and columns in which the mark can be read."""
    found = set()
    with desk.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sql(f'SELECT * FROM "{table.name}"')).mappings():  # noqa: S608
                found |= {(table.name, name) for name, value in row.items() if has_mark(value)}
    return found


@pytest.fixture(params=postgresql.engines())
def lone_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a server of its own: other tests write open rows of old versions into theirs."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'letters.db'}"
        if request.param == "postgresql":
            server = stack.enter_context(postgresql.server())
            url = stack.enter_context(postgresql.database(server))
        made = make_desk(tmp_path, url=url)
        stack.callback(made.database.close)
        yield made


def test_the_mark_is_in_no_file(
    lone_desk: Desk, log: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Database, write-ahead log, temporary files, notes, backups; the files of PostgreSQL."""
    desk = lone_desk
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    _walk_every_path(desk)
    _force_errors(desk)
    anchor_audit(desk, AnchorKind.COMMAND)
    make_backup(desk, OPERATOR, folder=tmp_path / "backups", unsealed=True)
    folders = [tmp_path, *_server_folder(desk)]
    sent = desk.settings.outbox_folder
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        # what was approved and sent is for its recipient
        if path.is_file() and not path.is_relative_to(sent)
    ]
    assert len(files) > 3
    assert [path.name for path in files if has_mark(_content(path))] == []
    assert MARK not in log.getvalue()
    assert NUMBER not in log.getvalue()


def test_an_upload_is_never_written_to_a_temporary_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large: it stays in memory until it is sealed."""
    rolled: list[object] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", rolled.append)
    app = create_app(desk.settings, desk=desk, work=False)
    headers = {
        "Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}",
        "Idempotency-Key": "large",
    }
    large = (marked() * 3000).encode()
    with served(app) as url:
        answer = httpx.post(f"{url}/v1/letters", headers=headers, files={"file": ("l.txt", large)})
    assert len(large) > 200_000
    assert answer.status_code in {202, 413}
    assert not rolled


def _walk_every_path(desk: Desk) -> None:
    anna, cora = add(desk, "Anna Proof"), add(desk, "Cora Coordinator", Role.COORDINATOR)
    approved(desk, anna, marked())
    for extra in ("GERMAN", "FAULT", "LEAK", "BUG"):
        bring_in(desk, marked(extra))
    hidden = docx(paragraph(marked()) + paragraph(MARK, "<w:vanish/>"))
    for content in (hidden, mail(marked(), head=f"X-Writer: {MARK}\r\n"), hidden[:400]):
        bring_in(desk, content, cover_number=NUMBER)
    scan = bring_in(desk, _scan(), cover_number=NUMBER)
    work_all(desk)
    actions.transcribe_letter(
        desk, anna, letter_id=scan, version=version_of(desk, scan), text=marked("typed")
    )
    letter_id = claimed(desk, anna, marked())
    send_back(desk, anna, letter_id, reason=MARK, text=f"Dear {MARK}, no.")
    letter_id = drafted(desk, f"{MARK} without a number")
    version = version_of(desk, letter_id)
    actions.allocate_letter(
        desk, cora, letter_id=letter_id, version=version, case_id="C-1", reason=MARK
    )
    letter_id = claimed(desk, anna, marked("noted"))
    actions.write_note(desk, anna, letter_id=letter_id, text=MARK)
    version = version_of(desk, letter_id)
    actions.pass_to_senior(desk, anna, letter_id=letter_id, version=version, reason=MARK)
    actions.search_letters(desk, anna, query=NUMBER)
    release = StoredRelease(
        release_id="r1", case_id="C-1", reason=MARK, proposed_at=desk.now(), proposed_by="p"
    )
    event = AuditEvent(at=desk.now(), actor="p", action=AuditAction.RELEASE_PROPOSED)
    with desk.database.writing() as tx:
        insert_release(tx, release, event=event)
    work_all(desk)


def _force_errors(desk: Desk) -> None:
    """A statement that fails with a letter among its values, logged with its traceback."""
    letters = metadata.tables["letters"]
    for values in ({"letter_id": MARK, "text": MARK}, {"letter_id": MARK, "state": MARK * 9}):
        try:
            with desk.database.writing() as tx:
                tx.connection.execute(letters.insert().values(**values))
        except Exception:
            get_logger("test").exception("forced.failed")
            logging.getLogger("some.library").exception("failed")


def _server_folder(desk: Desk) -> tuple[Path, ...]:
    """Where PostgreSQL keeps tables and write-ahead log, when that is on this machine."""
    if desk.database.is_sqlite:
        return ()
    with desk.database.reading() as connection:
        folder = Path(connection.execute(sql("SHOW data_directory")).scalar_one())
    with desk.database.writing() as tx:
        tx.connection.execute(sql("CHECKPOINT"))
    return (folder,) if os.access(folder, os.R_OK) else ()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        # a file of the database server that is gone by now
        return b""


def test_the_mark_comes_back_in_no_answer(desk: Desk, log: io.StringIO, tmp_path: Path) -> None:
    """From no route of the interface, well or badly asked."""
    del tmp_path
    app = create_app(desk.settings, desk=desk, work=False)
    headers = {"Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}"}
    bodies = [
        {"id": MARK, "text": marked()},
        {"id": MARK, "text": [MARK]},
        {"id": MARK, "text": MARK, "direction": MARK},
        {MARK: MARK},
    ]
    with served(app) as url, httpx.Client(base_url=url, headers=headers) as client:
        for number, body in enumerate(bodies):
            key = {"Idempotency-Key": f"{MARK}-{number}"}
            answer = client.post(f"/v1/letters?{MARK}={MARK}", json=body, headers=key)
            assert MARK not in answer.text
            if answer.status_code == 202:
                assert MARK not in client.get(f"/v1/letters/{answer.json()['id']}").text
    assert MARK not in log.getvalue()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"POST", "GET"} <= {line.get("method") for line in lines}


def test_logs_keep_listed_keys_and_drop_messages(log: io.StringIO) -> None:
    """Whatever a programmer or a library puts in."""
    get_logger("ours").info("event.name", letter_id="1", text=MARK, name=MARK)
    logging.getLogger("some.library").warning("read %s", MARK)
    try:
        int(MARK)
    except ValueError:
        logging.getLogger("some.library").exception("failed on %s", MARK)
        get_logger("ours").exception("ours.failed")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert MARK not in log.getvalue()
    assert [line["event"] for line in lines] == [
        "event.name",
        "library.message",
        "library.message",
        "ours.failed",
    ]
    assert [line.get("exception") for line in lines] == [None, None, "ValueError", "ValueError"]


def test_no_record_shows_its_text_in_a_repr(desk: Desk) -> None:
    """A `repr` ends up in tracebacks."""
    anna = add(desk, "Anna")
    letter_id = drafted(desk, marked())
    seen = actions.open_letter(desk, anna, letter_id=letter_id)
    assert MARK not in repr(seen)
    assert NUMBER not in repr(replace(seen, history=()))


def has_mark(value: object) -> bool:
    """True where the mark or the donor number can be read, in either encoding."""
    if isinstance(value, bytes | memoryview):
        content = bytes(value)
        forms = [text.encode(form) for text in (MARK, NUMBER) for form in ("utf-8", "utf-16-le")]
        return any(form in content for form in forms)
    return MARK in str(value) or NUMBER in str(value)
