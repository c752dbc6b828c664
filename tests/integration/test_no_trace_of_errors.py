"""
A marked letter, and everything that can go wrong with it: its mark is in no log, answer or file.

Every function of the store, the dispatch, the vault and the library that a use case calls is
made to fail in turn, with the letter in its message, while letters walk over HTTP and through the
worker. And a real process is fed marks in every place of a request, asked for its figures, and
made to crash.
"""

import io
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import httpx
import pytest

from service.actions import Desk
from service.app import create_app
from service.logs import get_logger
from service.workflow.people import Role
from tests.documents.make_office import docx, paragraph
from tests.factories import NUMBER, bring_in, make_desk, version_of, work_all
from tests.integration.server import RunningService, served
from tests.integration.test_no_trace import MARK, has_mark, listening, marked, tables_with_mark
from tests.web.actors import Actor, key_actor, signed_in_actor

#: Where the parts live that a use case calls.
BELOW = (
    "service.store.",
    "service.dispatch.",
    "service.vault.",
    "service.webhooks.",
    "anonymizer.",
)
Call = Callable[..., object]
#: A function's name, and the places where the use cases hold it.
Uses = dict[str, list[tuple[object, str]]]


def uses() -> Uses:
    """Every function below that a use case calls."""
    found: Uses = {}
    for module in [one for name, one in sys.modules.items() if name.startswith("service.actions.")]:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__.startswith(BELOW):
                found.setdefault(f"{value.__module__}.{value.__name__}", []).append((module, name))
    return dict(sorted(found.items()))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged."""
    with listening() as stream:
        yield stream


class House:
    """A desk behind real HTTP, with a client and two members of staff."""

    def __init__(self, desk: Desk, web: httpx.Client) -> None:
        self.desk, self.web = desk, web
        self.client = key_actor(desk, "registry")
        self.staff = [signed_in_actor(desk, role) for role in (Role.PROOFREADER, Role.SENIOR)]
        self.answers: list[httpx.Response] = []
        self.walks = 0

    def walk(self) -> None:
        """A letter through the interface, the worker and the pages, come what may."""
        self.walks += 1
        key = {**self.client.headers, "Idempotency-Key": f"{MARK}-{self.walks}"}
        body = {"id": MARK, "text": marked(), "direction": "donor_to_patient"}
        taken = self._ask("POST", "/v1/letters", headers=key, json=body)
        self._ask("POST", "/v1/redactions", headers=key, json=body)
        self.work()
        if taken.status_code != 202:
            return
        letter_id = taken.json()["id"]
        path = f"/review/letters/{letter_id}"
        self._ask("GET", f"/v1/letters/{letter_id}", headers=key)
        proofreader, senior = self.staff
        for tail in ("", "/final", "/notices"):
            self._page(senior, "GET", path + tail)
        for step, form in (
            ("claim", {}),
            ("accept", {"kind": "OCCUPATION"}),
            ("notes", {"text": MARK}),
            ("mark", {"words": MARK, "kind": "PERSON"}),
            ("hold", {"reason": MARK}),
        ):
            self._page(proofreader, "POST", f"{path}/{step}", form, letter_id)
        self.work()

    def work(self) -> None:
        """What the worker's loop does: it outlives any single letter."""
        try:
            work_all(self.desk)
        except Exception as error:  # noqa: BLE001 - as in the worker
            get_logger("service.worker").error("worker.failed", exc_info=error)

    def _page(
        self, who: Actor, method: str, path: str, form: dict[str, str] | None = None, of: str = ""
    ) -> None:
        data = {"csrf_token": who.csrf, "version": self._version(of), **(form or {})}
        cookie = {"Cookie": f"session={who.cookies['session']}"}
        self._ask(method, path, headers=cookie, data=data if method == "POST" else None)

    def _version(self, letter_id: str) -> str:
        try:
            return str(version_of(self.desk, letter_id)) if letter_id else "1"
        except Exception:  # noqa: BLE001 - whatever it is
            # the very function that fails at the moment
            return "1"

    def _ask(self, method: str, path: str, **options: object) -> httpx.Response:
        answer = self.web.request(method, path, **options)  # type: ignore[arg-type]  # passed on
        self.answers.append(answer)
        return answer


@pytest.mark.slow
def test_the_mark_is_nowhere_when_any_function_fails(
    tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One function after the other, with the letter in the message of its exception."""
    desk = make_desk(tmp_path, api_rate="99999/minute")
    with (
        served(create_app(desk.settings, desk=desk, work=False)) as url,
        httpx.Client(base_url=url, timeout=60) as web,
    ):
        house = House(desk, web)
        every = uses()
        on_the_way = met_by(house, every, monkeypatch)
        for name in on_the_way:
            with monkeypatch.context() as patch:
                for module, attribute in every[name]:
                    patch.setattr(module, attribute, fail)
                house.walk()
            failed = [one for one in house.answers if one.status_code >= 400]
            assert not [one for one in failed if has_mark(one.text)], name
            assert not has_mark(log.getvalue()), name
            house.answers.clear()
        house.walk()
        assert {one.status_code for one in house.answers} <= {200, 202, 303}
    assert len(on_the_way) > 40
    assert log.getvalue().count("RuntimeError") > 40
    assert tables_with_mark(desk) == set()
    desk.database.close()


def met_by(house: House, every: Uses, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that a letter meets when all goes well."""
    met: set[str] = set()

    def noting(name: str, call: Call) -> Call:
        def noted(*arguments: object, **named: object) -> object:
            met.add(name)
            return call(*arguments, **named)

        return noted

    with monkeypatch.context() as patch:
        for name, places in every.items():
            for module, attribute in places:
                patch.setattr(module, attribute, noting(name, getattr(module, attribute)))
        house.walk()
    return sorted(met)


def fail(*arguments: object, **named: object) -> object:
    """Fail with the letter, and with everything that was handed over, in the message."""
    message = f"{marked()} {arguments!r} {named!r}"
    raise RuntimeError(message)


@pytest.mark.slow
def test_a_real_process_leaves_no_mark_behind_when_it_crashes(
    running: RunningService, tmp_path: Path
) -> None:
    """In requests good and bad, figures, the doctor's words, and what a crash writes."""
    temporary, token = tmp_path / "temporary", tmp_path / "token"
    temporary.mkdir()
    token.write_text("figures-figures-figures-figures-figures\n", "utf-8")
    token.chmod(0o600)
    settings = {"TMPDIR": str(temporary), "LETTERS_METRICS_TOKEN_FILE": str(token)}
    key = running.add_key()
    running.start(**settings)
    with httpx.Client(base_url=running.url, timeout=60) as web:
        _feed(web, key)
        figures = web.get(
            "/health/metrics", headers={"Authorization": f"Bearer {token.read_text().strip()}"}
        )
        said = [figures.text, web.get("/health/ready").text, web.get(f"/{MARK}").text]
    assert figures.status_code == 200
    for command in (("doctor",), ("audit", "verify"), ("keys", "status"), ("webhook", "list")):
        ran = running.run(*command, **settings)
        said += [ran.stdout, ran.stderr]
    running.crash(signal.SIGABRT)
    assert [text[:60] for text in said if has_mark(text)] == []
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert running.output in kept
    assert len(kept) > 3
    assert [path.name for path in kept if has_mark(path.read_bytes())] == []
    assert [path.name for path in kept if path.name.startswith("core")] == []


def _feed(web: httpx.Client, key: str) -> None:
    """The mark in every place where a request can carry one."""
    allowed = {"Authorization": f"Bearer {key}"}
    telling = {"User-Agent": MARK, "Referer": f"http://{MARK}/", "X-Forwarded-For": MARK}
    hidden = docx(paragraph(marked()) + paragraph(MARK, "<w:vanish/>"))
    good = {"id": MARK, "text": marked(), "direction": "donor_to_patient", "donor_number": NUMBER}
    for number, options in enumerate(
        (
            {"json": good},
            {"json": {**good, MARK: MARK}},
            {"json": {**good, "direction": MARK}},
            {"content": f'{{"text": "{MARK}'.encode()},
            {"files": {"file": (f"{MARK}.docx", hidden)}},
            {"files": {"file": (f"{MARK}.docx", hidden[:500])}},
            {"files": {"file": (f"{MARK}.eml", f"From: {MARK}\n\n{MARK}".encode())}},
        )
    ):
        headers = {**allowed, **telling, "Idempotency-Key": f"{MARK}{number}"}
        answer = web.post(f"/v1/letters?{MARK}={MARK}", headers=headers, **options)  # type: ignore[arg-type]  # on purpose
        assert not has_mark(answer.text)
    web.post("/v1/letters", headers={"Authorization": f"Bearer {MARK}"}, json=good)
    web.post("/v1/redactions", headers=allowed, json=good)
    web.post("/sign-in", data={"name": MARK, "password": MARK, "code": MARK}, headers=telling)
    web.request(MARK, f"/review/letters/{MARK}", headers={"Cookie": f"session={MARK}"})


def test_the_mark_would_be_found(desk: Desk, log: io.StringIO) -> None:
    """In a log line, in bytes of both encodings, and in a column that is not sealed."""
    assert has_mark(f"… {MARK} …")
    assert has_mark(MARK.encode("utf-16-le"))
    assert has_mark(json.dumps({"a": NUMBER}))
    logging.getLogger().handlers[0].handle(
        logging.LogRecord("x", logging.ERROR, "f.py", 1, MARK, None, None)
    )
    assert log.getvalue()
    bring_in(desk, marked())
    assert tables_with_mark(desk) == set()
