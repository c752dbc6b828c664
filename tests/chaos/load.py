"""
A busy registry: a backlog, proofreaders at their pages, clients that post; how long each one waits.

    python -m tests.chaos.load --backlog 10000 --seconds 120

Clients post at a fixed rate, whether or not the answer before has come: the time of an answer
counts from when it was due. Prints percentiles, errors, letters drafted per second and memory.
Ends with status 1 when a figure is above its limit.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import re2

from anonymizer.model import Channel, Direction
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import OPERATOR, add_person, make_sign_in_link
from service.actions.keys import add_key
from service.app import open_desk
from service.settings import Settings
from service.workflow.people import SCOPES, Role
from tests.chaos.__main__ import database
from tests.chaos.check import states
from tests.chaos.letters import MOST, case_list, letter_of
from tests.chaos.processes import Nursery, memory_mb
from tests.chaos.run import wait_for_api
from tests.integration.server import free_port

_CASES = 200
_LIMITS_MS = {"intake": 300.0, "queue page": 200.0, "letter page": 200.0}
_LETTER = re2.compile(r'href="(/review/letters/[0-9a-f]{32})"')
_FIELD = re2.compile(r'name="(csrf_token|version|digest)" value="([^"]*)"')


@dataclass(slots=True)
class Times:
    """How long each kind of request took, in milliseconds, and what went wrong."""

    by_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, since: float, status: int) -> None:
        """A request that was answered, from when it was due."""
        with self.lock:
            self.by_kind[kind].append((time.monotonic() - since) * 1000)
            if status >= 400:
                self.errors[f"{kind}: HTTP {status}"] += 1

    def failed(self, kind: str, error: Exception) -> None:
        """A request without an answer."""
        with self.lock:
            self.errors[f"{kind}: {type(error).__name__}"] += 1

    def percentile(self, kind: str, share: float) -> float:
        """So many milliseconds or less for this share of the requests."""
        found = sorted(self.by_kind[kind]) or [0.0]
        return found[min(len(found) - 1, int(share * len(found)))]


def main() -> int:
    """Run on each database and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.load", description=__doc__)
    parser.add_argument("--backlog", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--proofreaders", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--per-second", type=float, default=1.0, help="letters of one client")
    parser.add_argument("--workers", type=int, default=1, help="processes that draft and send")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    engines = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    held = True
    for engine in engines:
        with (
            tempfile.TemporaryDirectory(prefix="letters-load-") as name,
            database(engine, name) as url,
        ):
            print(f"{engine}: {options}")
            held = run(options, url, Path(name)) and held
    return 0 if held else 1


def run(options: argparse.Namespace, url: str, folder: Path) -> bool:
    """One database; True when every figure is within its limit."""
    port = free_port()
    settings = {
        "data": str(folder / "data"),
        "database": url,
        "port": port,
        "api_rate": "1000000/minute",
        "disk_reserve_mb": 0,
    }
    desk = open_desk(Settings(**settings), pipeline=Pipeline.load())  # type: ignore[arg-type]  # checked by pydantic
    nursery = Nursery(folder / "service.log")
    try:
        links, key = _prepare(desk, options)
        pids = [nursery.start("api", settings)]
        pids += [nursery.start("worker", settings) for _ in range(options.workers)]
        wait_for_api(f"http://127.0.0.1:{port}")
        return _measure(options, f"http://127.0.0.1:{port}", url, (links, key), pids)
    finally:
        nursery.close()
        desk.database.close()


def _prepare(desk: Desk, options: argparse.Namespace) -> tuple[list[str], str]:
    """The backlog, the people and the key. Letters are put in as by the API, without HTTP."""
    actions.import_cases(desk, OPERATOR, content=case_list(_CASES), file_name="cases.csv")
    began = time.monotonic()
    for number in range(options.backlog):
        letter = letter_of(number % MOST, cases=_CASES)
        incoming = IncomingLetter(
            content=letter.text.encode(),
            channel=Channel.API,
            direction=Direction(letter.direction),
        )
        request = ClientRequest(client="registry", idempotency_key=f"backlog-{number}")
        receive_client_letter(desk, incoming=incoming, request=request)
    print(f"  backlog of {options.backlog} taken in within {time.monotonic() - began:.0f} s")
    links = []
    for number in range(options.proofreaders):
        name = f"Reader {number}"
        add_person(desk, OPERATOR, name=name, roles=frozenset({Role.PROOFREADER}))
        links.append(make_sign_in_link(desk, OPERATOR, name=name))
    return links, add_key(desk, OPERATOR, client="registry", scopes=SCOPES)


def _measure(
    options: argparse.Namespace,
    url: str,
    store: str,
    access: tuple[list[str], str],
    pids: list[int],
) -> bool:
    links, key = access
    times, stop = Times(), threading.Event()
    # they open the letters first, so that there is something to read
    while states(store).get("ready", 0) < min(50, options.backlog // 2):
        time.sleep(0.5)
    began, before = time.monotonic(), states(store)
    people = [
        threading.Thread(target=_proofread, args=(url, link, times, stop, options.seed + n))
        for n, link in enumerate(links)
    ]
    clients = [
        threading.Thread(target=_post, args=(url, key, times, stop, n, options.per_second))
        for n in range(options.clients)
    ]
    for thread in (*people, *clients):
        thread.start()
    memory = [sum(map(memory_mb, pids))]
    while time.monotonic() - began < options.seconds:
        stop.wait(min(5.0, options.seconds / 4))
        memory.append(sum(map(memory_mb, pids)))
    stop.set()
    for thread in (*people, *clients):
        thread.join()
    took, after = time.monotonic() - began, states(store)
    waited = before.get("received", 0) - after.get("received", 0)
    drafted = (waited + len(times.by_kind["intake"])) / took
    return _tell(times, drafted, memory)


def _tell(times: Times, drafted: float, memory: list[float]) -> bool:
    held = not times.errors
    for kind, found in sorted(times.by_kind.items()):
        p50, p95, p99 = (times.percentile(kind, share) for share in (0.5, 0.95, 0.99))
        limit = _LIMITS_MS.get(kind)
        held = held and (limit is None or p95 <= limit)
        told = f" (limit of p95: {limit:.0f})" if limit else ""
        print(
            f"  {kind:14}{len(found):7} requests  p50 {p50:6.0f}  p95 {p95:6.0f}  "
            f"p99 {p99:6.0f}  max {max(found):6.0f} ms{told}"
        )
    print(f"  drafted        {drafted:7.1f} letters/s")
    first, last, most = memory[0], memory[-1], max(memory)
    print(
        f"  memory         {first:7.0f} MB at first, {last:.0f} MB at last, {most:.0f} MB at most"
    )
    print(f"  errors         {dict(times.errors) or 'none'}")
    print(f"  within limits  {'yes' if held else 'NO'}")
    return held


def _post(  # noqa: PLR0917 - called by a thread
    url: str, key: str, times: Times, stop: threading.Event, who: int, rate: float
) -> None:
    """A registry's client: letters at a fixed rate."""
    due, number = time.monotonic(), who
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30) as http:
        while not stop.is_set():
            letter = letter_of(number % MOST, cases=_CASES)
            body = {"id": str(number), "text": letter.text, "direction": letter.direction}
            try:
                answer = http.post(
                    f"{url}/v1/letters", json=body, headers={"Idempotency-Key": f"{who}-{number}"}
                )
                times.add("intake", due, answer.status_code)
            except httpx.HTTPError as error:
                times.failed("intake", error)
            number += 17
            due += 1 / rate
            stop.wait(max(0.0, due - time.monotonic()))


def _proofread(url: str, link: str, times: Times, stop: threading.Event, seed: int) -> None:
    """A proofreader: the queue, a letter, claim it, read it, approve it; with pauses."""
    chance = random.Random(seed)
    token = link.rpartition("/")[2]
    with httpx.Client(base_url=url, timeout=30, headers={"Origin": url}) as http:
        answer = http.post(f"/sign-in/{token}")
        if answer.status_code >= 400:
            times.add("sign-in", time.monotonic(), answer.status_code)
            return
        while not stop.is_set():
            try:
                _one_letter(http, times, stop, chance)
            except httpx.HTTPError as error:
                times.failed("page", error)


def _one_letter(
    http: httpx.Client, times: Times, stop: threading.Event, chance: random.Random
) -> None:
    queue = _get(http, times, "queue page", "/review")
    paths = _LETTER.findall(queue)
    stop.wait(chance.uniform(1, 3))
    if not paths:
        return
    path = chance.choice(paths)
    page = _get(http, times, "letter page", path)
    stop.wait(chance.uniform(2, 6))
    _press(http, times, f"{path}/claim", page)
    final = _get(http, times, "letter page", f"{path}/final")
    stop.wait(chance.uniform(2, 6))
    _press(http, times, f"{path}/approve", final, read_it="true")


def _get(http: httpx.Client, times: Times, kind: str, path: str) -> str:
    since = time.monotonic()
    answer = http.get(path)
    times.add(kind, since, answer.status_code)
    return answer.text


def _press(http: httpx.Client, times: Times, path: str, page: str, **more: Any) -> None:
    """Send the form of a page; that a colleague was quicker (409) is no error."""
    fields: dict[str, Any] = {**dict(_FIELD.findall(page)), **more}
    since = time.monotonic()
    answer = http.post(path, data=fields)
    status = answer.status_code
    times.add("decision", since, 200 if status in {403, 404, 409, 422} else status)


if __name__ == "__main__":
    sys.exit(main())
