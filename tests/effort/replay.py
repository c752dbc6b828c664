"""
The run: a real service in a folder of its own, its letters, and two people who read them.

Contract: letters come in over HTTP as from a registry's system and are claimed in the order of the
queue; the second person reads what two people have to read. Only counts leave this module.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chaos.store_states import states
from tests.chromium import CHROMIUM, FLAGS
from tests.effort.figures import Effort
from tests.effort.letters import Replayed, case_list, write_rules
from tests.effort.reader import Act, Reader, Stuck, Where
from tests.integration.server import RunningService

_UNDER_WAY = ("received", "drafting")
_READERS = ("First reader", "Second reader")


@dataclass(frozen=True, kw_only=True)
class House:
    """The running service, and how to get in."""

    service: RunningService
    key: str
    links: tuple[str, ...]

    @property
    def states(self) -> Counter[str]:
        """How many letters there are in each state."""
        return Counter(states(f"sqlite:///{self.service.data / 'letters.db'}"))


@contextmanager
def open_house(folder: Path, letters: Sequence[Replayed], **settings: str) -> Iterator[House]:
    """The service with the cases and rules of these letters, and two proofreaders."""
    (folder / "data").mkdir(mode=0o700)
    write_rules(folder / "rules", letters)
    (folder / "cases.csv").write_text(case_list(letters), "utf-8")
    service = RunningService(folder / "data")
    environment = {
        "LETTERS_RULES_FOLDER": str(folder / "rules"),
        "LETTERS_PORT": str(service.port),
        **settings,
    }
    imported = service.run("cases", "import", folder / "cases.csv", **environment)
    assert imported.returncode == 0, "the cases were not imported"
    links = []
    for name in _READERS:
        told = service.run("user", "add", name, "--role", "proofreader", **environment).stdout
        links.append(next(word for word in told.split() if "/sign-in/" in word))
    key = service.add_key()
    service.start(**environment)
    try:
        yield House(service=service, key=key, links=tuple(links))
    finally:
        service.stop()


def replay(folder: Path, letters: Sequence[Replayed], *, count: int, **settings: str) -> Effort:
    """Let people work through the first `count` of these letters that reach a proofreader."""
    with open_house(folder, letters, **settings) as house, sync_playwright() as playwright:
        held = _bring_in(house, letters, count)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        effort = _read(house, browser, letters, held)
        browser.close()
        return effort


def _bring_in(house: House, letters: Sequence[Replayed], count: int) -> int:
    """Send letters in until so many wait for a proofreader; how many wait for somebody else."""
    headers = {"Authorization": f"Bearer {house.key}"}
    waiting = list(letters)
    with httpx.Client(base_url=house.service.url, headers=headers) as http:
        while waiting and (missing := count - house.states["ready"]) > 0:
            for one in waiting[:missing]:
                _post(http, one)
            del waiting[:missing]
            while any(house.states[name] for name in _UNDER_WAY):
                sleep(0.2)
    return house.states.total() - house.states["ready"]


def _post(http: httpx.Client, one: Replayed) -> None:
    body = {
        "id": str(one.number),
        "text": one.gold.text,
        "direction": one.gold.direction.value,
        "donor_number": one.donor_number,
    }
    answer = http.post("/v1/letters", json=body, headers={"Idempotency-Key": str(one.number)})
    answer.raise_for_status()


def _read(house: House, browser: Browser, letters: Sequence[Replayed], held: int) -> Effort:
    known = {one.gold.text: one for one in letters}
    done: dict[int, Counter[Act]] = defaultdict(Counter)
    readings: Counter[int] = Counter()
    stuck: dict[int, Where] = {}
    for link in house.links:
        reader = Reader(_signed_in(browser, link), house.service.url)
        # after the first claim each approval leads to the next letter
        while reader.letter() is not None or reader.claim():
            one = known[reader.letter() or ""]
            _tried(reader, one, stuck)
            done[one.number] += reader.done
            readings[one.number] += 1
            reader.done = Counter()
            if one.number in stuck:
                break
    return Effort(
        letters={number: acts for number, acts in done.items() if number not in stuck},
        stuck=stuck,
        held=held,
        twice=sum(1 for times in readings.values() if times > 1),
    )


def _tried(reader: Reader, one: Replayed, stuck: dict[int, Where]) -> None:
    try:
        reader.work(one.gold.marks)
    except Stuck as trouble:
        stuck[one.number] = trouble.where


def _signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/review**")
    return page
