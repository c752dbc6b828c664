"""
The real service in its own process, and people in front of real browsers.

Every person gets a browser of their own that writes down what must not happen: a request to
another host, a script error, a message about the content security policy.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from typer.testing import CliRunner

from service.cli import app
from tests.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).parents[2]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")

# Two cores that four browsers share take longer than the five seconds of Playwright.
expect.set_options(timeout=20_000)

DONOR_NUMBER = "6939DKM752917034231"
#: Of this pair one country has no rule that anybody told.
HELD_NUMBER = "6939DKM797543231903"
#: A case of which no other test approves a letter.
QUIET_NUMBER = "6939DKM804621550734"
KNOWN = "PERSON=Franziska Lehmann"
CASES = f"""\
donor_number,case_id,donor_country,patient_country,clinic_id,clinic_name,known_donor,known_patient,transplant_dates
{DONOR_NUMBER},C-0003,DE,US,CL-US-COAST,Coast Transplant Center (invented),{KNOWN},,2024-03-01
4970000000000004200,C-0042,DE,US,CL-US-COAST,Coast Transplant Center (invented),,,2024-03-01
{QUIET_NUMBER},C-0050,DE,US,CL-US-COAST,Coast Transplant Center (invented),,,2024-03-01
{HELD_NUMBER},C-0009,DE,IE,CL-IE-SHORE,Shore Haematology Unit (invented),,,2025-07-01
"""


@dataclass(frozen=True, kw_only=True)
class Office:
    """The running service, and the command line beside it."""

    address: str
    data: Path

    @property
    def outbox(self) -> Path:
        """The folders of the clinics."""
        return self.data / "outbox"

    def command(self, *arguments: str) -> str:
        """Run `anonymizer-service` and return what it prints."""
        return _service(self.data, urlsplit(self.address).port or 0, *arguments)

    def new_person(self, name: str, *roles: str) -> str:
        """Add a person; returns the sign-in link that was printed."""
        options = [part for role in roles for part in ("--role", role)]
        # the same command in this process: starting another takes seconds, for hundreds of people
        environment = _environment(self.data, urlsplit(self.address).port or 0)
        done = CliRunner().invoke(app, ["user", "add", name, *options], env=environment)
        assert done.exit_code == 0, done.output
        return next(word for word in done.output.split() if "/sign-in/" in word)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A person in front of a browser."""

    page: Page
    office: Office
    javascript: bool = True
    trouble: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(self.office.address + path)

    def bring_in(self, text: str, *, number: str = DONOR_NUMBER) -> str:
        """Bring in a donor's letter and wait until it is drafted; returns its id."""
        self.go("/review/new")
        self.page.get_by_label("or the text of the letter").fill(text)
        self.page.get_by_label("Donor number on the cover").fill(number)
        self.page.get_by_label("Who wrote it").select_option("the donor")
        self.page.get_by_role("button", name="Take the letter in").click()
        found = re.search("[0-9a-f]{32}", self.page.url)
        assert found, self.page.url
        self.wait_for_draft(found.group())
        return found.group()

    def wait_for_draft(self, letter_id: str) -> None:
        """Load the letter again until its outgoing text is there."""
        for _ in range(240):
            self.go(f"/review/letters/{letter_id}")
            if self.page.locator("#outgoing").count():
                return
            time.sleep(0.25)
        message = "the letter was not drafted"
        raise AssertionError(message)

    def claim(self, letter_id: str) -> None:
        """Claim a letter and stay on its page."""
        self.go(f"/review/letters/{letter_id}")
        self.page.get_by_role("button", name="Claim this letter").click()
        expect(self.page.get_by_text("The letter is yours")).to_be_visible()
        self.listen()

    def listen(self) -> None:
        """Wait until the page listens to keys and mouse; nothing to wait for without JavaScript."""
        if self.javascript:
            expect(self.page.locator("html.scripted")).to_be_attached()

    def decide_everything(self) -> None:
        """Remove whatever is still to be decided."""
        accept = self.page.get_by_role("button", name=re.compile("^Remove (all|the suggested)"))
        if accept.count():
            accept.click()
            expect(accept).to_have_count(0)

    def final_read(self) -> None:
        """Go to the outgoing text and read it."""
        self.page.get_by_role("link", name="Read once more and approve").click()
        self.read_to_the_end()

    def read_to_the_end(self) -> None:
        """Scroll through the outgoing text, so that it can be approved; without scripts, tick."""
        if self.javascript:
            # before the scripts run, the buttons are those of a page without any
            self.listen()
            self.page.locator("#letter-end").scroll_into_view_if_needed()
            expect(self.page.locator("#approve-form button").first).to_be_enabled()
        else:
            self.page.get_by_label("I have read the whole letter").check()

    def poor_contrast(self) -> dict[str, str]:
        """Texts too faint to read, by their words, once the style sheets have come."""
        self.page.wait_for_load_state("load")
        found = self.page.evaluate(CONTRAST)
        assert found["measured"] > 5, self.page.url
        return dict(found["poor"])

    def original(self) -> str:
        """The text of the letter as the page holds it."""
        return self.page.locator("#original").text_content() or ""

    def outgoing(self) -> str:
        """The outgoing text as the page holds it."""
        return self.page.locator("#outgoing").text_content() or ""


TakeSeat = Callable[..., Seat]

#: Every person of a session has a name of their own.
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The service on a free port, with a data folder of its own."""
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


@contextmanager
def open_office(data: Path, **environment: str) -> Iterator[Office]:
    """The service on a free port, with these settings besides."""
    port = _free_port()
    cases = data / "cases.csv"
    cases.write_text(CASES, "utf-8")
    _service(data, port, "cases", "import", str(cases))
    with (data / "service.log").open("wb") as log:
        process = subprocess.Popen(
            _command("serve", "--port", str(port), "--data", str(data)),
            cwd=ROOT,
            env=_environment(data, port) | environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}")
            yield Office(address=f"http://127.0.0.1:{port}", data=data)
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; no longer than a file, because its loop keeps others from running."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def take_seat(office: Office, browser: Browser) -> Iterator[TakeSeat]:
    """Seats people who are signed in; at the end none of them may have seen trouble."""
    seats: list[Seat] = []

    def take(*roles: str, javascript: bool = True) -> Seat:
        name = f"Ruth {next(_NUMBERS)}"
        link = office.new_person(name, *(roles or ("proofreader", "coordinator", "senior")))
        context = browser.new_context(java_script_enabled=javascript, locale="en-GB")
        seat = Seat(page=context.new_page(), office=office, javascript=javascript)
        _watch(seat)
        seats.append(seat)
        seat.page.goto(link)
        seat.page.get_by_role("button", name="Sign in").click()
        return seat

    yield take
    for seat in seats:
        seat.page.context.close()
        assert seat.trouble == []


def _watch(seat: Seat) -> None:
    """Write down requests to other hosts, script errors and policy violations."""
    own = urlsplit(seat.office.address).netloc

    def on_request(request: Request) -> None:
        if urlsplit(request.url).netloc != own:
            seat.trouble.append(f"request to {urlsplit(request.url).netloc}")

    def on_message(message: ConsoleMessage) -> None:
        # refusals (403, 409 …) are answers, not trouble
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            seat.trouble.append(message.text)

    seat.page.context.on("request", on_request)
    seat.page.on("console", on_message)
    seat.page.on("pageerror", lambda error: seat.trouble.append(str(error)))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from service.cli import main; main()", *arguments]


def _environment(data: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "LETTERS_DATA": str(data),
        "LETTERS_PORT": str(port),
        "LETTERS_WORKER_PAUSE_S": "0.05",
    }


def _service(data: Path, port: int, *arguments: str) -> str:
    return subprocess.run(
        _command(*arguments),
        cwd=ROOT,
        env=_environment(data, port),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", address: str) -> None:
    for _ in range(600):
        assert process.poll() is None, "the service ended"
        try:
            if httpx.get(f"{address}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    message = "the service did not get ready"
    raise AssertionError(message)
