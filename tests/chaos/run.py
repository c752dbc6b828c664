"""
One run under fire: letters come in over HTTP while every process is killed again and again.

Contract: the same seed gives the same kills in the same order, though not at the same instant. The
run ends by itself: after the last kill nothing is started by hand and everything has to drain.
"""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_person
from service.actions.endpoints import confirm_proposed_endpoint, propose_endpoint
from service.actions.keys import add_key
from service.app import open_desk
from service.settings import Settings
from service.workflow.people import SCOPES, Person, Role
from tests.chaos.check import Verdict, examine
from tests.chaos.failpoints import API_POINTS, WORKER_POINTS
from tests.chaos.letters import case_list
from tests.chaos.people import Client, Ledger, Proofreader
from tests.chaos.processes import Nursery, Place
from tests.chaos.sinks import Sinks, sinks
from tests.chaos.store_states import under_way
from tests.integration.server import free_port

_API_WITHIN_S = 180.0
_DRAIN_WITHIN_S = 60.0
#: A point that a process never reaches is given up after this, and it is killed all the same.
_POINT_WITHIN_S = 30.0
#: So many of the kills come at any moment; the others at a named point.
_AT_ONCE = 0.5
#: So many letters are posted before the client looks whether others still wait.
_AT_ONCE_POSTED = 20
#: A run with so many kills has to reach every named point.
_ALL_POINTS_FROM = 500


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does."""

    url: str
    letters: int
    kills: int
    seed: int
    workers: int = 3
    cases: int = 200
    clients: int = 6
    proofreaders: int = 2
    most_waiting: int = 60
    """
    The client waits while more letters than this are under way or unread: that many at most are
    left when the last process was killed, and have to be worked off from then on.
    """
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def longest_s(self) -> float:
        """A run that cannot end would say nothing: it stops and tells what it saw."""
        return 300 + 0.5 * self.letters + 6 * self.kills


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    verdict: Verdict
    kills: int
    at_points: dict[str, int]
    drained: "Drained"
    planned: Plan
    took_s: float
    errors: list[str]
    refused: dict[str, int]
    ended_by_themselves: int = 0
    """Processes that nobody killed: never."""

    @property
    def missed_points(self) -> tuple[str, ...]:
        """The named points at which no process died."""
        return tuple(sorted({*WORKER_POINTS, *API_POINTS} - set(self.at_points)))

    @property
    def holds(self) -> bool:
        """True when every promise was kept."""
        drained = self.drained.seconds <= _DRAIN_WITHIN_S
        if self.planned.kills >= _ALL_POINTS_FROM and self.missed_points:
            return False
        whole = self.verdict.accepted == self.planned.letters and self.kills >= self.planned.kills
        well = not self.errors and not self.ended_by_themselves
        return self.verdict.holds and drained and whole and well


@dataclass(frozen=True, kw_only=True)
class Drained:
    """
    What was left when the last process was killed, and how long it took, without a hand.

    The clock runs from the last kill until every letter is drafted, read by the proofreaders who
    were there all the time, and with its recipient.
    """

    seconds: float
    under_way: int
    """Letters that waited for a worker, or that a worker had in hand."""
    unread: int
    """Letters that had still to be approved, those under way to their draft among them."""


class Fire:
    """Kills one process after the other, at random moments and at named points."""

    def __init__(self, plan: Plan, nursery: Nursery, settings: dict[str, Any]) -> None:
        self._plan, self._nursery, self._settings = plan, nursery, settings
        self._random = random.Random(plan.seed)
        kinds = ["api", *["worker"] * plan.workers]
        self.places = [Place(kind=kind) for kind in kinds]
        self.kills = 0
        self.at_points: dict[str, int] = {}
        self._tried: dict[str, int] = {}
        self.ended_by_themselves = 0

    def light(self) -> None:
        """Start every process, none of them armed."""
        for place in self.places:
            self._start(place)

    def burn(self, ledger: Ledger, done: threading.Event) -> None:
        """Kill until all kills are done, spread over the letters that come in."""
        while not done.is_set() and self.kills < self._plan.kills:
            self._look()
            due = self._plan.kills * (len(ledger.accepted) + 1) / self._plan.letters
            free = [place for place in self.places if not place.armed]
            if self.kills >= due or not free:
                done.wait(0.01)
                continue
            self._strike(self._random.choice(free))
        # whoever is still armed would die after the last kill
        for place in self.places:
            if place.armed:
                self._again(place)

    def _strike(self, place: Place) -> None:
        """At once, or at a named point."""
        if self._random.random() < _AT_ONCE:
            time.sleep(self._random.uniform(0.005, 0.1))
            self._again(place)
            return
        points = API_POINTS if place.kind == "api" else WORKER_POINTS
        # those that were reached least so far; which of them, by chance
        point = min(points, key=lambda one: (self._tried.get(one, 0), self._random.random()))
        self._tried[point] = self._tried.get(point, 0) + 1
        self._again(place, point, self._random.randint(1, 3))

    def _look(self) -> None:
        """Put others in the place of those that reached their point, or never do."""
        for place in self.places:
            if not place.lives:
                if place.armed:
                    self.at_points[place.armed] = self.at_points.get(place.armed, 0) + 1
                else:
                    self.ended_by_themselves += 1
                self._again(place)
            elif place.armed and time.monotonic() - place.since > _POINT_WITHIN_S:
                self._again(place)

    def _again(self, place: Place, point: str = "", nth: int = 0) -> None:
        """It is killed, or was already, and another process takes its place."""
        place.kill()
        self.kills += 1
        self._start(place, point, nth)

    def _start(self, place: Place, point: str = "", nth: int = 0) -> None:
        place.armed, place.since = point, time.monotonic()
        place.pid = self._nursery.start(place.kind, self._settings, point, nth)


def run(plan: Plan, folder: Path) -> Outcome:
    """The whole run, in an empty folder and on an empty database."""
    began = time.monotonic()
    port = free_port()
    with sinks(folder, cases=plan.cases) as recipients:
        settings = {
            "data": str(folder / "data"),
            "database": plan.url,
            "port": port,
            "endpoint_delay_h": 0,
            "endpoint_check": False,
            "api_rate": "1000000/minute",
            "api_uploads": 1000,
            "disk_reserve_mb": 0,
            **recipients.settings,
            **plan.settings,
        }
        nursery = Nursery(folder / "service.log")
        desk = open_desk(Settings(**settings), pipeline=Pipeline.load())
        try:
            people = _prepare(desk, plan, recipients)
            key = add_key(desk, OPERATOR, client="registry", scopes=SCOPES)
            fire = Fire(plan, nursery, settings)
            fire.light()
            url = f"http://127.0.0.1:{port}"
            wait_for_api(url)
            ledger = Ledger()
            with closing(Client(url, key, ledger, cases=plan.cases)) as client:
                drained = _work_under_fire(plan, fire, desk, people, client, ledger)
            for place in fire.places:
                place.kill()
            verdict = examine(desk, plan.url, ledger, recipients.arrived())
        finally:
            nursery.close()
            desk.database.close()
    return Outcome(
        verdict=verdict,
        kills=fire.kills,
        at_points=fire.at_points,
        drained=drained,
        planned=plan,
        took_s=time.monotonic() - began,
        errors=ledger.errors,
        refused=dict(ledger.refused),
        ended_by_themselves=fire.ended_by_themselves,
    )


def _prepare(desk: Desk, plan: Plan, recipients: Sinks) -> list[Person]:
    actions.import_cases(desk, OPERATOR, content=case_list(plan.cases), file_name="cases.csv")
    first, second = (
        add_person(desk, OPERATOR, name=name, roles=frozenset({Role.COORDINATOR}))
        for name in ("First", "Second")
    )
    for endpoint in recipients.endpoints():
        endpoint_id = propose_endpoint(desk, first, endpoint=endpoint)
        confirm_proposed_endpoint(desk, second, endpoint_id=endpoint_id)
    return [
        add_person(desk, OPERATOR, name=f"Reader {n}", roles=frozenset({Role.PROOFREADER}))
        for n in range(plan.proofreaders)
    ]


def wait_for_api(url: str) -> None:
    """Wait until it answers."""
    until = time.monotonic() + _API_WITHIN_S
    while time.monotonic() < until:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health/live").status_code == 200:
                return
        time.sleep(0.05)
    message = "the service did not start"
    raise TimeoutError(message)


def _work_under_fire(  # noqa: PLR0917 - everybody who takes part
    plan: Plan, fire: Fire, desk: Desk, people: list[Person], client: Client, ledger: Ledger
) -> Drained:
    """Post, approve and kill; afterwards wait until the rest has drained."""
    posted, stop = threading.Event(), threading.Event()
    readers = [
        threading.Thread(
            target=Proofreader(desk, one, ledger, seed=plan.seed + n).work, args=(stop,)
        )
        for n, one in enumerate(people)
    ]
    burning = threading.Thread(target=fire.burn, args=(ledger, posted))
    try:
        for thread in (*readers, burning):
            thread.start()
        _post_all(plan, client, ledger, stop)
        burning.join(plan.longest_s)
        posted.set()
        burning.join()
        return _drain(plan, ledger)
    finally:
        posted.set()
        stop.set()
        for thread in (*readers, burning):
            thread.join()


def _post_all(plan: Plan, client: Client, ledger: Ledger, stop: threading.Event) -> None:
    """Every letter, as fast as they are worked off; no more once the run has taken too long."""
    until = time.monotonic() + plan.longest_s
    with ThreadPoolExecutor(plan.clients) as pool:
        for start in range(0, plan.letters, _AT_ONCE_POSTED):
            while _waiting(plan, ledger) > plan.most_waiting and time.monotonic() < until:
                time.sleep(0.1)
            if time.monotonic() > until:
                return
            if start and start % 1000 == 0:
                print(f"  {start} letters taken in", flush=True)
            numbers = range(start, min(start + _AT_ONCE_POSTED, plan.letters))
            list(pool.map(lambda number: client.post(number, stop), numbers))


def _waiting(plan: Plan, ledger: Ledger) -> int:
    return max(under_way(plan.url), ledger.unread())


def _drain(plan: Plan, ledger: Ledger) -> Drained:
    """From the last kill until nothing is under way and all that may go has gone."""
    began = time.monotonic()
    at_first, unread = under_way(plan.url), ledger.unread()
    while time.monotonic() - began < 2 * _DRAIN_WITHIN_S:
        if not _waiting(plan, ledger):
            break
        time.sleep(0.1)
    return Drained(seconds=time.monotonic() - began, under_way=at_first, unread=unread)
