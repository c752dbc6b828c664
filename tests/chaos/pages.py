"""
How long the service takes to answer when its store holds ten thousand letters.

    python -m tests.chaos.pages --letters 10000

The service, its database and whoever asks share two cores. One request follows the other, so that
a time is what the service needs, without waiting for others (`tests.chaos.load` measures that).
Times are taken from outside, from sending the request to the last byte of its answer, over real
HTTP. Ends with status 1 when a figure is above its limit.
"""

import argparse
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import re2

from anonymizer.pipeline import Pipeline
from service.actions import Desk
from service.actions.access import OPERATOR, add_person, make_sign_in_link
from service.actions.keys import add_key
from service.app import open_desk
from service.settings import Settings
from service.web.review.pages import STATIC_FOLDER
from service.workflow.people import SCOPES, Role
from tests.chaos.__main__ import database
from tests.chaos.letters import case_of
from tests.chaos.processes import Nursery, pin, processor_s
from tests.chaos.run import wait_for_api
from tests.chaos.store_of_letters import Filled, fill, text_of
from tests.chaos.store_states import states
from tests.chaos.times import Times
from tests.chromium import CHROMIUM, FLAGS
from tests.integration.server import free_port

#: Limits of p95, in milliseconds.
LIMITS_MS = {"queue page": 100.0, "letter page": 150.0, "action": 60.0, "intake": 300.0}
_FIRST_VIEW_MS = 1000.0
_MOST_SCRIPT_BYTES = 60_000
#: What people look at: the free letters most of all, also far down, and filtered.
_LISTS = (
    *("/review", "/review?tab=free&page=2", "/review?tab=free&page=90", "/review?tab=mine"),
    *("/review?tab=held", "/review?tab=all", "/review?tab=all&page=150", "/review?tab=sent"),
    *("/review?tab=free&direction=donor_to_patient", "/review?tab=all&writer=DE&reader=US"),
    "/review?tab=held&hold=no_case",
)
_FIELD = re2.compile(r'name="(csrf_token|version|digest)" value="([^"]*)"')
_FINDING = re2.compile(r'name="finding" value="([^"]*)"')
_ASSET = re2.compile(r'(?:href|src)="(/static/[^"]*)"')


def main() -> int:
    """Run on each database and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.pages", description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    # before anything is started: what is started inherits it
    print(f"on cores {pin(options.cores)[0]}, seed {options.seed}")
    engines = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    held = True
    for engine in engines:
        with (
            tempfile.TemporaryDirectory(prefix="letters-pages-") as name,
            database(engine, name) as url,
        ):
            print(f"{engine}:", flush=True)
            held = run(options, url, Path(name)) and held
    return 0 if held else 1


def run(options: argparse.Namespace, url: str, folder: Path) -> bool:
    """One database; True when every figure is within its limit."""
    port = free_port()
    settings: dict[str, Any] = {
        "data": str(folder / "data"),
        "database": url,
        "port": port,
        "api_rate": "1000000/minute",
        "disk_reserve_mb": 0,
    }
    desk = open_desk(Settings(**settings), pipeline=Pipeline.load())
    nursery = Nursery(folder / "service.log")
    try:
        began = time.monotonic()
        filled = fill(desk, letters=options.letters, seed=options.seed)
        print(f"  {options.letters} letters stored within {time.monotonic() - began:.0f} s")
        print(f"  {dict(sorted(states(url).items()))}", flush=True)
        visitor = _prepare(desk)
        pid = nursery.start("api", settings)
        wait_for_api(f"http://127.0.0.1:{port}")
        held = _measure(options, f"http://127.0.0.1:{port}", visitor, filled)
        print(f"  {processor_s(pid):7.1f} s of a core used by the service", flush=True)
        return held
    finally:
        nursery.close()
        desk.database.close()


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks: two links of a person whose pages show the most, and a client's key."""

    links: tuple[str, str]
    key: str


def _prepare(desk: Desk) -> Visitor:
    links = []
    for name in ("Visitor", "Browser"):
        roles = frozenset({Role.PROOFREADER, Role.COORDINATOR})
        add_person(desk, OPERATOR, name=name, roles=roles)
        links.append(make_sign_in_link(desk, OPERATOR, name=name))
    key = add_key(desk, OPERATOR, client="registry", scopes=SCOPES)
    return Visitor(links=(links[0], links[1]), key=key)


def _measure(options: argparse.Namespace, url: str, visitor: Visitor, filled: Filled) -> bool:
    times, chance = Times(), random.Random(options.seed)
    with signed_in(url, visitor.links[0]) as http:
        for number in range(options.requests):
            times.timed("queue page", http.get, _LISTS[number % len(_LISTS)])
        letters = chance.sample(filled.long_ones, min(len(filled.long_ones), options.requests))
        for number in range(options.requests):
            path = f"/review/letters/{letters[number % len(letters)]}"
            times.timed("letter page", http.get, path)
        _act(options, http, times, letters)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {visitor.key}"}) as http:
        for number in range(options.requests):
            _post(http, times, options.letters + number)
    held = times.tell(LIMITS_MS)
    return _first_view(url, visitor.links[1]) and held


@contextlib.contextmanager
def signed_in(url: str, link: str) -> Iterator[httpx.Client]:
    """A client with the session of whoever has the link."""
    with httpx.Client(base_url=url, timeout=60, headers={"Origin": url}) as http:
        http.post(f"/sign-in/{link.rpartition('/')[2]}")
        yield http


def _act(options: argparse.Namespace, http: httpx.Client, times: Times, letters: list[str]) -> None:
    """Claim a letter, decide about its passages, give it back; each one is an action."""
    done = 0
    for letter_id in letters:
        path = f"/review/letters/{letter_id}"
        for step in ("claim", "remove", "keep", "undo", "release"):
            if done >= options.requests:
                return
            page = http.get(path).text
            fields: dict[str, str] = dict(_FIELD.findall(page))
            if step in {"remove", "keep"}:
                finding = _FINDING.search(page)
                if finding is None:
                    continue
                fields |= {"finding": finding.group(1), "step": step, "reason": "It tells nothing."}
            where = "decide" if step in {"remove", "keep"} else step
            times.timed("action", http.post, f"{path}/{where}", data=fields)
            done += 1


def _post(http: httpx.Client, times: Times, number: int) -> None:
    case = case_of(number % 100 + 1)
    text, direction = text_of(number, case)
    body = {
        "id": str(number),
        "text": text,
        "direction": direction.value,
        "donor_number": case.donor_number,
    }
    headers = {"Idempotency-Key": f"measured-{number}"}
    times.timed("intake", http.post, "/v1/letters", json=body, headers=headers)


def _first_view(url: str, link: str) -> bool:
    """Everything that the first page needs, and how large its scripts are."""
    scripts = sum(path.stat().st_size for path in STATIC_FOLDER.rglob("*.js"))
    took, how = _in_browser(url, link) if Path(CHROMIUM).exists() else _without_browser(url, link)
    print(f"  first view     {took:7.0f} ms {how} (limit: {_FIRST_VIEW_MS:.0f})")
    print(f"  scripts        {scripts:7} bytes in all (limit: {_MOST_SCRIPT_BYTES})")
    return took <= _FIRST_VIEW_MS and scripts <= _MOST_SCRIPT_BYTES


def _in_browser(url: str, link: str) -> tuple[float, str]:
    """A browser that was never here, from the address to the end of loading."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    foreign: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.on("request", lambda one: None if one.url.startswith(url) else foreign.append(one.url))
        page.goto(f"{url}/sign-in/{link.rpartition('/')[2]}")
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{url}/review**")
        cookies = page.context.cookies()
        context = browser.new_context()
        context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gives it takes
        fresh = context.new_page()
        began = time.monotonic()
        fresh.goto(f"{url}/review", wait_until="load")
        took = (time.monotonic() - began) * 1000
        browser.close()
    return took, f"in Chromium, {len(foreign)} requests to other hosts"


def _without_browser(url: str, link: str) -> tuple[float, str]:
    with signed_in(url, link) as http:
        began = time.monotonic()
        for path in dict.fromkeys(_ASSET.findall(http.get("/review").text)):
            http.get(path)
        return (time.monotonic() - began) * 1000, "without a browser, one file after the other"


if __name__ == "__main__":
    sys.exit(main())
