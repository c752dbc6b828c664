"""
Figures for Prometheus, for whoever shows the token of the site's monitoring.

Contract: labels are closed lists of the program (states, stages, route templates, methods): never
an id, a name, a path or anything of a request. Without `LETTERS_METRICS_TOKEN_FILE` there are no
figures for anybody. `letters_site_…` comes from the database and is the same from every process,
`letters_machine_…` from every process of a machine; `letters_process_…` counts what this process
answered since it started.
"""

import hmac
import time
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonymizer.model import Stage
from service.actions.desk import Desk
from service.actions.figures import MONITORING, Figures, Outcomes, figures
from service.canary import Canary
from service.logs import get_logger
from service.vault.tokenfile import read_token
from service.web.permissions import need_of
from service.web.problems import HttpProblem
from service.workflow.people import Permission, Person, check_may
from service.workflow.states import LetterState

log = get_logger(__name__)
router = APIRouter(prefix="/health", include_in_schema=False)

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60)
#: Anybody can make up a method; only these become a label.
_METHODS = frozenset({"GET", "HEAD", "POST"})
_TOO_OFTEN = 429
_MEDIA_TYPE = "text/plain; version=0.0.4"

Families = Iterator[Metric]


class Meter:
    """What one process counts, and what it looks up when it is asked."""

    def __init__(self, desk: Desk, canary: Canary) -> None:
        path = desk.settings.metrics_token_file
        self.token = read_token(path) if path else None
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "letters_process_request_seconds",
            "Requests that this process answered, from the first byte of the request to the last "
            "of the answer; a slow client makes them long.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.refused = Counter(
            "letters_process_refused_too_often",
            "Requests that this process refused because of a rate limit (429).",
            ("route",),
            registry=self.registry,
        )
        ProcessCollector(namespace="letters", registry=self.registry)
        self.registry.register(_Site(desk, canary))

    def note(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A request was answered; status 0: it was not."""
        told = route or "unknown"
        known = method if method in _METHODS else "other"
        self.requests.labels(known, told, f"{status // 100}xx" if status else "none").observe(
            seconds
        )
        if status == _TOO_OFTEN:
            self.refused.labels(told).inc()


class RequestTimes:
    """Measures every request by the template of its route."""

    def __init__(self, app: ASGIApp, *, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, note how long it took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", None)
            self._meter.note(scope["method"], route, status, time.monotonic() - began)


def monitoring(request: Request) -> Person:
    """Whoever shows the token; without one on this site there is nothing here at all."""
    meter: Meter = request.app.state.meter
    if meter.token is None:
        raise HttpProblem(404, "There is nothing under this address.")
    shown = request.headers.get("authorization", "").encode("latin-1")
    if not hmac.compare_digest(shown, f"Bearer {meter.token}".encode()):
        raise HttpProblem(401, "The figures need the token of the monitoring.")
    need = need_of(request)
    if isinstance(need, Permission):
        check_may(MONITORING, need)
    return MONITORING


@router.get("/metrics")
def metrics(request: Request, who: Annotated[Person, Depends(monitoring)]) -> PlainTextResponse:
    """Every figure, in the text format of Prometheus."""
    del who
    meter: Meter = request.app.state.meter
    return PlainTextResponse(generate_latest(meter.registry), media_type=_MEDIA_TYPE)


class _Site(Collector):
    """What the database tells, looked up when somebody asks."""

    def __init__(self, desk: Desk, canary: Canary) -> None:
        self._desk, self._canary = desk, canary
        self._outcomes = Outcomes()

    def collect(self) -> Families:
        """Figures of the canary, and of the database where it answers."""
        yield _gauge(
            "letters_process_pipeline_ready",
            "1 while the pipeline of this process finds what its canary must find.",
            float(self._canary.fault is None),
        )
        yield _gauge(
            "letters_process_canary_age_seconds",
            "Since the canary of this process was asked last.",
            self._canary.age_s,
        )
        try:
            found = figures(self._desk, MONITORING, self._outcomes)
        except Exception as error:
            # figures of a database that does not answer would be old ones: there are none
            log.error("figures.failed", exc_info=error)
            yield _gauge("letters_site_database_up", _UP, 0.0)
            return
        yield _gauge("letters_site_database_up", _UP, 1.0)
        yield from _of_letters(found)
        yield from _of_dispatch(found)
        yield from _of_machine(found)

    def describe(self) -> Families:
        """Nothing: registering must not ask the database."""
        return iter(())


_UP = "1 when the database answered; without it there are no other figures of the site."


def _of_letters(found: Figures) -> Families:
    letters = GaugeMetricFamily("letters_site_letters", "Letters in each state.", labels=("state",))
    oldest = GaugeMetricFamily(
        "letters_site_oldest_seconds",
        "How long the letter has been in the state that has been longest in it; 0 for none.",
        labels=("state",),
    )
    for state in LetterState:
        letters.add_metric((state.value,), found.letters.get(state, 0))
        oldest.add_metric((state.value,), found.oldest_s.get(state, 0.0))
    work = GaugeMetricFamily(
        "letters_site_work",
        "Work for workers: due now, due after a pause, in the hands of a worker.",
        labels=("work", "turn"),
    )
    for name, waiting in found.work.items():
        work.add_metric((name, "due"), waiting.due)
        work.add_metric((name, "later"), waiting.later)
        work.add_metric((name, "taken"), waiting.taken)
    befell = CounterMetricFamily(
        "letters_site_work_events",
        "Tries of workers, and letters taken back from workers that stopped or were dead.",
        labels=("event",),
    )
    for name, count in found.work_events.items():
        befell.add_metric((name,), count)
    holds = GaugeMetricFamily(
        "letters_site_held", "Letters that a stage holds for a person.", labels=("stage",)
    )
    for stage in Stage:
        holds.add_metric((stage.value,), found.holds.get(stage, 0))
    yield from (letters, oldest, work, befell, holds)


def _of_dispatch(found: Figures) -> Families:
    outcomes = CounterMetricFamily(
        "letters_site_dispatches",
        "What became of dispatches, counted from the audit trail.",
        labels=("outcome",),
    )
    for name, count in found.outcomes.items():
        outcomes.add_metric((name,), count)
    yield outcomes
    yield _gauge(
        "letters_site_dispatch_paused",
        "1 while all sending is stopped.",
        float(found.dispatch_paused),
    )
    yield _gauge(
        "letters_site_webhooks_given_up",
        "Status words that registry clients did not take.",
        found.deliveries_given_up,
    )


def _of_machine(found: Figures) -> Families:
    yield _gauge("letters_site_workers", "Working threads that are entered.", found.workers)
    yield _gauge(
        "letters_site_worker_beats",
        "The beats of all workers together: a figure that stands still shows that none lives.",
        found.beats,
    )
    events = CounterMetricFamily("letters_site_audit_events", "Events of the audit trail.")
    events.add_metric((), found.audit_events)
    yield events
    for name, told, value in _of_rooms_and_clocks(found):
        if value is not None:
            yield _gauge(name, told, value)


def _of_rooms_and_clocks(found: Figures) -> tuple[tuple[str, str, float | None], ...]:
    return (
        (
            "letters_machine_audit_anchor_age_seconds",
            "Since the end of the trail was noted outside the database.",
            found.anchor_age_s,
        ),
        (
            "letters_machine_disk_free_bytes",
            "Free where the data folder of this machine is.",
            found.disk_free,
        ),
        (
            "letters_site_database_bytes",
            "The database: SQLite's files with their write-ahead log, or PostgreSQL's own word.",
            found.database_bytes,
        ),
        (
            "letters_site_database_free_bytes",
            "What is left of the size that the database may grow to.",
            found.database_free,
        ),
        (
            "letters_site_database_log_bytes",
            "SQLite's write-ahead log alone.",
            found.log_bytes,
        ),
        (
            "letters_machine_clock_apart_seconds",
            "How far the clock of the database is ahead of this machine's.",
            found.clock_apart_s,
        ),
    )


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
