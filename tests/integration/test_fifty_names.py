"""
Fifty invented people walk every way in and out; none of them is read where letters do not belong.

Their names, addresses, telephone and donor numbers come by the interface, by files, by the pages,
by the command line and by the case list, are drafted by the real pipeline, corrected, approved,
sent, asked for wrongly, and made to fail. Then logs, figures, answers, the trail, every file of
the database, temporary files, backups and the letters that left are searched for each of them.
"""

import base64
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner

from anonymizer.model import Direction
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import make_backup
from service.actions.checking import AnchorKind, anchor_audit
from service.app import create_app
from service.cli import app as service_app
from service.store.letters import find_letters
from service.workflow.people import Role
from service.workflow.states import LetterState
from tests.documents.make_mail import mail
from tests.documents.make_office import docx, paragraph
from tests.factories import (
    HEADER,
    bring_in,
    decide_suggestions,
    donor_number,
    make_desk,
    version_of,
    view,
    work_all,
)
from tests.integration.server import served
from tests.integration.test_no_trace import listening
from tests.web.actors import key_actor, signed_in_actor

FIRST = "Oda Jorin Këtlin Márton Żaneta Søren Iñaki Brigid Tómas Čeněk".split()
LAST = (
    "Quelmbach Zirnstorff Ødegrund Wojtulak Brzęczyk Härtlmoser Fjellvang Okwudili Tşemberk "
    "Drăgunescu Vlčkanová Ströhlinger Ymbertson Ngalubo Pfützreuter Kwiatoszyk Møllstrand "
    "Ghyselbrecht Tóthfalvy Xhemalaj Rzeźnikowski Aðalbrand Lüdtkenhaus Zubiagoitia Čapkovičová "
    "Mbongweni Schnürpel Jürgenthal Hvistendorf Þorgrímdal Cârlovan Wächtersohn Okonjwe Zsigárdi "
    "Bjørnskov Kräutlmann Vandelvelt Dziubałtow Échevarne Quistgård Ullmannsen Fáykiss Grünzweilig "
    "Iwaszkowic Jędrzelak Nyströmer Öschlbeck Parthenakos Rasmussdal Szélpataki"
).split()
TOKEN = "monitoring-token-of-forty-characters-0050"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    mail: str
    telephone: str
    number: str

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be found nowhere, whole."""
        surname = self.name.rpartition(" ")[2]
        return (surname, surname.upper(), self.mail, self.telephone, self.number)

    @property
    def letter(self) -> str:
        """What they write."""
        return (
            f"Dear friend,\n\nmy name is {self.name}. I was happy to hear that the cells have "
            "helped you, and I think of you often. I hope that you feel stronger every week and "
            f"that you can go outside again. You can write to me at {self.mail} or call me under "
            f"{self.telephone}. I wish you and your family all the best.\n\nWith kind regards\n"
            f"{self.name}\n\nDonor number {self.number}\n"
        )

    @property
    def case_row(self) -> str:
        """Their row of the case list."""
        case = f"C-{self.number[-6:]}"
        return f"{self.number},{case},DE,US,CL-9,Ninth Clinic,PERSON={self.name},,2024-03-01"


PEOPLE = tuple(
    Invented(
        name=f"{FIRST[index % len(FIRST)]} {last}",
        mail=f"{last.lower()}.{index}@example.org",
        telephone=f"+49 1525 55{index:02d}917",
        number=donor_number(7000 + index),
    )
    for index, last in enumerate(LAST)
)


def forms(mark: str) -> Iterator[bytes]:
    """The ways in which a mark may be written down."""
    for one in {mark, json.dumps(mark)[1:-1], quote(mark)}:
        yield one.encode()
    yield mark.encode("utf-16-le")
    # base64 of it, wherever it begins: without the characters at the ends that neighbours share
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + mark.encode())[4:-4]


FORMS = tuple(
    {one for person in PEOPLE for mark in person.marks for one in forms(mark) if len(one) > 6}
)


def told_in(content: str | bytes) -> set[bytes]:
    """Which of them can be read there."""
    found = content.encode() if isinstance(content, str) else content
    return {one for one in FORMS if one in found}


@dataclass(slots=True)
class Walked:
    """What fifty people left behind."""

    desk: Desk
    said: list[str]
    log: io.StringIO
    sent: int


@pytest.fixture(scope="module")
def walked(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """Everything that they do, on a real pipeline behind real HTTP."""
    folder = tmp_path_factory.mktemp("fifty")
    temporary = folder / "temporary"
    temporary.mkdir()
    token = folder / "token"
    token.write_text(TOKEN, "utf-8")
    token.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch, listening() as log:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", None)
        desk = make_desk(folder / "data", pipeline=pipeline, metrics_token_file=token)
        said = list(_command_line(desk, folder))
        with (
            served(create_app(desk.settings, desk=desk, work=False)) as url,
            httpx.Client(base_url=url, timeout=120) as web,
        ):
            said += _bring_all_in(desk, web)
            work_all(desk)
            said += _pages_without_letters(desk, web)
        sent = _approve_some(desk)
        anchor_audit(desk, AnchorKind.COMMAND)
        make_backup(desk, OPERATOR, folder=folder / "backups", unsealed=True)
        yield Walked(desk=desk, said=said, log=log, sent=sent)
        desk.database.close()


def _command_line(desk: Desk, folder: Path) -> Iterator[str]:
    """The case list, good and bad; letters drafted without the service; the doctor."""
    run, data = CliRunner(), ["--data", str(desk.settings.data_folder)]
    head = f"{HEADER},transplant_dates"
    rows = [one.case_row for one in PEOPLE]
    spoilt = folder / "spoilt.csv"
    spoilt.write_text(
        "\n".join([head, *(row.replace(",DE,", ",Nowhere,") for row in rows)]), "utf-8"
    )
    refused = run.invoke(service_app, ["cases", "import", str(spoilt), *data])
    assert refused.exit_code == 1
    good = folder / "cases.csv"
    good.write_text("\n".join([head, *rows]), "utf-8")
    taken = run.invoke(service_app, ["cases", "import", str(good), *data])
    assert taken.exit_code == 0
    spoilt.unlink()
    good.unlink()
    yield from (refused.output, taken.output)
    letters = folder / "letters"
    letters.mkdir()
    for number, one in enumerate(PEOPLE[:5]):
        (letters / f"{number}.txt").write_text(one.letter, "utf-8")
    # a process of its own: it turns off all that libraries log
    program = (sys.executable, "-m", "anonymizer", "redact", letters, "--out", folder / "drafts")
    countries = ("--writer-country", "DE", "--reader-country", "US")
    drafted = subprocess.run([*program, *countries], capture_output=True, text=True, check=False)
    yield from (drafted.stdout, drafted.stderr)
    for path in letters.iterdir():
        path.unlink()
    for command in (["doctor"], ["audit", "verify"], ["keys", "status"], ["purge", "--dry-run"]):
        ran = run.invoke(service_app, [*command, *data])
        yield ran.output


def _bring_all_in(desk: Desk, web: httpx.Client) -> Iterator[str]:
    """By five ways in turn, and each of them once more as it must not be."""
    client, staff = key_actor(desk, "registry"), signed_in_actor(desk, Role.COORDINATOR)
    for index, one in enumerate(PEOPLE):
        allowed = {**client.headers, "Idempotency-Key": f"key-{index}"}
        body = {"id": str(index), "text": one.letter, "direction": "donor_to_patient"}
        office = docx("".join(paragraph(line) for line in one.letter.split("\n") if line))
        files = {
            1: ("letter.docx", office),
            2: ("letter.eml", mail(one.letter, head=f"X-Writer: {quote(one.name)}\r\n")),
        }
        way = index % 5
        if way == 0:
            yield web.post("/v1/letters", headers=allowed, json=body).text
        elif way in files:
            sent = {"file": files[way]}
            fields = {"direction": "donor_to_patient"}
            yield web.post("/v1/letters", headers=allowed, files=sent, data=fields).text
        elif way == 3:
            cookie = {"Cookie": f"session={staff.cookies['session']}"}
            form = {"csrf_token": staff.csrf, "text": one.letter, "direction": "donor_to_patient"}
            answer = web.post("/review/new", headers=cookie, data=form)
            yield f"{answer.headers.get('location')} {answer.status_code}"
            assert answer.status_code == 303
        else:
            bring_in(desk, one.letter, direction=Direction.DONOR_TO_PATIENT)
        yield from _ask_wrongly(web, one, allowed)


def _ask_wrongly(web: httpx.Client, one: Invented, allowed: dict[str, str]) -> Iterator[str]:
    spoilt = {**allowed, "Idempotency-Key": quote(one.name), "User-Agent": quote(one.name)}
    body = {"id": "1", "text": one.letter, "direction": one.name, one.name: one.mail}
    for answer in (
        web.post(f"/v1/letters?writer={quote(one.name)}", headers=spoilt, json=body),
        web.post("/v1/letters", headers=spoilt, content=f'{{"text": "{one.letter}'.encode()),
        web.post("/v1/letters", headers={"Authorization": f"Bearer {quote(one.mail)}"}, json=body),
        web.get(f"/review/letters/{quote(one.name)}"),
        web.post("/sign-in", data={"name": one.name, "password": one.mail, "code": one.number}),
    ):
        yield answer.text


def _pages_without_letters(desk: Desk, web: httpx.Client) -> Iterator[str]:
    """What people see who read no letters, and the lists of those who do."""
    auditor, admin = signed_in_actor(desk, Role.AUDITOR), signed_in_actor(desk, Role.ADMIN)
    senior = signed_in_actor(desk, Role.SENIOR)
    for actor, paths in (
        (auditor, ("/review/audit",)),
        (admin, ("/review/people", "/review/keys")),
        (senior, ("/review", "/review/dispatch", "/review/waiting", "/review/insight")),
    ):
        for path in paths:
            answer = web.get(path, headers={"Cookie": f"session={actor.cookies['session']}"})
            assert answer.status_code == 200, path
            yield answer.text
    figures = web.get("/health/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert figures.status_code == 200
    yield figures.text
    yield web.get("/health/ready").text


def _approve_some(desk: Desk) -> int:
    """Letters that leave, and one that is sent back to its writer's registry by a fault."""
    anna = signed_in_actor(desk, Role.PROOFREADER).person
    assert anna is not None
    with desk.database.reading() as connection:
        ready = find_letters(connection, states=frozenset({LetterState.READY}))
    for one in ready[:20]:
        version = version_of(desk, one.letter_id)
        actions.claim_letter(desk, anna, letter_id=one.letter_id, version=version)
        decide_suggestions(desk, anna, one.letter_id)
        seen = view(desk, anna, one.letter_id)
        actions.approve_letter(
            desk,
            anna,
            letter_id=one.letter_id,
            version=seen.version,
            digest=seen.digest or "",
        )
    work_all(desk)
    return len(ready)


def test_they_came_in_by_every_way_and_were_drafted(walked: Walked) -> None:
    """Else nothing would be shown here."""
    with walked.desk.database.reading() as connection:
        count = connection.execute(sql("SELECT count(*) FROM letters")).scalar_one()
    assert len(PEOPLE) == len({one.name for one in PEOPLE}) == 50
    assert count == 50
    assert walked.sent >= 20


def test_they_are_in_no_log(walked: Walked) -> None:
    """Ours and the libraries', at their most talkative."""
    assert len(walked.log.getvalue().splitlines()) > 100
    assert told_in(walked.log.getvalue()) == set()


def test_they_are_in_no_answer_figure_page_or_command(walked: Walked) -> None:
    """But on the pages of the letters themselves."""
    assert len(walked.said) > 250
    assert set(chain.from_iterable(told_in(one) for one in walked.said)) == set()


def test_they_are_in_no_event(walked: Walked) -> None:
    """Of the trail."""
    with walked.desk.database.reading() as connection:
        rows = connection.execute(sql("SELECT * FROM audit_events")).all()
    assert len(rows) > 150
    assert told_in(repr(rows)) == set()


def test_they_are_in_no_file(walked: Walked) -> None:
    """Database, write-ahead log, temporary files, notes, backups, and the letters that left."""
    folder = walked.desk.settings.data_folder.parent
    drafts = folder / "drafts"
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if not path.is_relative_to(drafts)]
    left = [path for path in kept if path.is_relative_to(walked.desk.settings.outbox_folder)]
    letters = [path for path in left if "slip" not in path.name]
    others = [path for path in kept if path not in left]
    assert len(letters) >= 20
    assert len(others) > 8
    assert {path.name: told for path in others if (told := told_in(path.read_bytes()))} == {}
    assert {path.name: told for path in letters if (told := told_in(path.read_bytes()))} == {}


def test_each_of_them_would_be_found() -> None:
    """As text, as JSON, in an address, in two encodings, inside base64."""
    for one in PEOPLE:
        surname = one.name.rpartition(" ")[2]
        for written in (
            f"… {surname} …".encode(),
            json.dumps({"name": surname}).encode(),
            quote(f"/{surname}").encode(),
            surname.encode("utf-16-le"),
            base64.b64encode(one.letter.encode()),
        ):
            assert told_in(written), (surname, written)
