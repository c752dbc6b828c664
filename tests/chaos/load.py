"""
A busy registry: a backlog, proofreaders at their pages, clients that post; how long each one waits.

    python -m tests.chaos.load --backlog 10000 --seconds 120
    python -m tests.chaos.load --throughput 1,2,4 --backlog 600

The service and its database share two cores; whoever asks has the others, as in the field, where
they sit at other machines. Clients post at a fixed rate, whether or not the answer before has
come: the time of an answer counts from when it was due. A proofreader looks at the queue for 1 to
3 seconds, at the letter for 2 to 6 and at its last reading for 2 to 6: several times as fast as
people read, so 20 of them stand for many more. They come one after the other within the first ten
seconds. Prints percentiles, errors, letters drafted per second and memory.

With `--throughput` nobody asks: only the backlog is drafted, by so many workers on two cores, with
the database on the others, as if it were another machine. Ends with status 1 when a figure is
above its limit.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import mean
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
from tests.chaos.letters import MOST, case_list, letter_of
from tests.chaos.processes import Nursery, memory_mb, move_to, pin
from tests.chaos.run import wait_for_api
from tests.chaos.store_states import states
from tests.chaos.times import Times
from tests.integration.server import free_port

#: So many letters of the backlog belong to a case.
_LETTERS_OF_A_CASE = 5
_COME_WITHIN_S = 10.0
#: Memory may grow by so much from the second quarter of a run to its last one.
_GROWS = 1.10
#: A shorter run says nothing about memory.
_TELLS_MEMORY_S = 600
#: What two workers draft more than one.
_LEAST_GAIN = 1.7
_LIMITS_MS = {"intake": 300.0, "queue page": 200.0, "letter page": 200.0}
_LETTER = re2.compile(r'href="(/review/letters/[0-9a-f]{32})"')
_FIELD = re2.compile(r'name="(csrf_token|version|digest)" value="([^"]*)"')


def main() -> int:
    """Run on each database and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.load", description=__doc__)
    parser.add_argument("--backlog", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--proofreaders", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--per-second", type=float, default=1.0, help="letters of one client")
    parser.add_argument("--workers", type=int, default=1, help="processes that draft and send")
    parser.add_argument("--throughput", help="measure drafting alone, by so many workers: 1,2,4")
    parser.add_argument("--cores", type=int, default=2, help="of the service and its database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    engines = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    if options.throughput:
        enough = [_throughput(options, engine) for engine in engines]
        return 0 if all(enough) else 1
    cores, others = pin(options.cores)
    held = True
    for engine in engines:
        # the database is started from here, and stays on these cores
        move_to(cores)
        with (
            tempfile.TemporaryDirectory(prefix="letters-load-") as name,
            database(engine, name) as url,
        ):
            print(f"{engine}: {options}", flush=True)
            move_to(others)
            held = run(options, url, Path(name), cores) and held
    return 0 if held else 1


def run(options: argparse.Namespace, url: str, folder: Path, cores: list[int]) -> bool:
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
    nursery = Nursery(folder / "service.log", cores=cores)
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
    _store_backlog(desk, options)
    links = []
    for number in range(options.proofreaders):
        name = f"Reader {number}"
        add_person(desk, OPERATOR, name=name, roles=frozenset({Role.PROOFREADER}))
        links.append(make_sign_in_link(desk, OPERATOR, name=name))
    return links, add_key(desk, OPERATOR, client="registry", scopes=SCOPES)


def _store_backlog(desk: Desk, options: argparse.Namespace) -> None:
    cases, began = _cases(options), time.monotonic()
    actions.import_cases(desk, OPERATOR, content=case_list(cases), file_name="cases.csv")
    for number in range(options.backlog):
        letter = letter_of(number % MOST, cases=cases)
        incoming = IncomingLetter(
            content=letter.text.encode(),
            channel=Channel.API,
            direction=Direction(letter.direction),
        )
        request = ClientRequest(client="registry", idempotency_key=f"backlog-{number}")
        receive_client_letter(desk, incoming=incoming, request=request)
    took = time.monotonic() - began
    print(f"  backlog of {options.backlog} taken in within {took:.0f} s", flush=True)


def _cases(options: argparse.Namespace) -> int:
    return max(100, int(options.backlog) // _LETTERS_OF_A_CASE)


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
        threading.Thread(target=_post, args=(url, key, times, stop, n, options))
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
    held = times.tell(_LIMITS_MS)
    print(f"  drafted        {drafted:7.1f} letters/s")
    return _tell_memory(memory, took) and held


def _tell_memory(memory: list[float], took: float) -> bool:
    """The memory of all processes; True when it does not grow, or the run is too short to say."""
    quarter = max(1, len(memory) // 4)
    early, late = mean(memory[quarter : 2 * quarter] or memory), mean(memory[-quarter:])
    flat = took < _TELLS_MEMORY_S or late <= early * _GROWS
    print(
        f"  memory         {memory[0]:7.0f} MB at first, {early:.0f} MB in the second quarter, "
        f"{late:.0f} MB in the last (limit: {early * _GROWS:.0f}), {max(memory):.0f} MB at most",
        flush=True,
    )
    return flat


def _throughput(options: argparse.Namespace, engine: str) -> bool:
    """Letters per second that so many workers draft on these cores; True when two gain enough."""
    cores, others = pin(options.cores)
    rates: dict[int, float] = {}
    for count in map(int, options.throughput.split(",")):
        move_to(others or cores)
        with (
            tempfile.TemporaryDirectory(prefix="letters-load-") as name,
            database(engine, name) as url,
        ):
            rates[count] = _drafted_per_s(options, url, Path(name), cores, count)
        print(f"{engine}: {count} workers draft {rates[count]:.1f} letters/s", flush=True)
    # the next one begins with all cores again
    move_to([*cores, *others])
    gain = rates.get(2, 0.0) / rates.get(1, 1.0)
    if 1 in rates and 2 in rates:
        print(f"{engine}: two draft {gain:.2f} times as many as one (limit: {_LEAST_GAIN})")
        return engine == "sqlite" or gain >= _LEAST_GAIN
    return True


def _drafted_per_s(
    options: argparse.Namespace, url: str, folder: Path, cores: list[int], count: int
) -> float:
    """Measured between the first tenth of the backlog and the last one."""
    settings = {"data": str(folder / "data"), "database": url, "disk_reserve_mb": 0}
    desk = open_desk(Settings(**settings), pipeline=Pipeline.load())  # type: ignore[arg-type]  # checked by pydantic
    nursery = Nursery(folder / "service.log", cores=cores)
    try:
        _store_backlog(desk, options)
        for _ in range(count):
            nursery.start("worker", settings)
        tenth = max(1, options.backlog // 10)
        begin, at_begin = _wait_for(url, options.backlog - tenth)
        end, at_end = _wait_for(url, tenth)
        return (at_begin - at_end) / (end - begin)
    finally:
        nursery.close()
        desk.database.close()


def _wait_for(url: str, most: int) -> tuple[float, int]:
    """When at most so many letters wait for a draft, and how many it were."""
    while (left := states(url).get("received", 0)) > most:
        time.sleep(0.05)
    return time.monotonic(), left


def _post(  # noqa: PLR0917 - called by a thread
    url: str, key: str, times: Times, stop: threading.Event, who: int, options: argparse.Namespace
) -> None:
    """A registry's client: letters at a fixed rate."""
    rate, cases = options.per_second, _cases(options)
    # not all of them at the same instant
    due, number = time.monotonic() + who / (rate * options.clients), who
    stop.wait(due - time.monotonic())
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30) as http:
        while not stop.is_set():
            letter = letter_of(number % MOST, cases=cases)
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
    stop.wait(chance.uniform(0, _COME_WITHIN_S))
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
