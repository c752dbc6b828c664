"""A small crowd of clients that never finish, in front of the shipped proxy."""

import ssl
import time
from pathlib import Path

import httpx
import pytest

from service.actions.access import OPERATOR, add_key
from service.app import create_app
from tests.chaos.dribble import Sort, Target, crowd
from tests.chaos.proxy import API_NAME, NAME, NoProxy, program, proxy
from tests.chaos.slow import Seen
from tests.factories import make_desk
from tests.integration.server import served

COUNT = 40
FOR_S = 3.0


def test_clients_that_never_finish_wait_at_the_proxy(tmp_path: Path) -> None:
    """They hold their connections, others are served, and the service hears none of them."""
    desk = make_desk(tmp_path / "data")
    key = add_key(desk, OPERATOR, client="registry")
    app = create_app(desk.settings, desk=desk, work=False)
    with served(app) as url, proxy(tmp_path / "proxy", to_port=int(url.rsplit(":")[-1])) as front:
        target = Target(
            port=front.port,
            host=NAME,
            api_host=API_NAME,
            key=key,
            certificate=str(front.certificate),
        )
        trust = ssl.create_default_context(cafile=front.certificate)
        answers = []
        with (
            httpx.Client(base_url=front.pages, verify=trust, timeout=30) as http,
            crowd(target, COUNT) as end,
        ):
            until = time.monotonic() + FOR_S
            while time.monotonic() < until:
                answers.append(http.get("/sign-in").status_code)
            report = end()
    assert set(answers) == {200}
    assert report.refused == {}
    assert max(report.samples) == COUNT
    assert set(report.cut) == {sort.value for sort in Sort}
    heard = {
        sample.labels["route"]
        for family in app.state.meter.requests.collect()
        for sample in family.samples
    }
    assert "/v1/letters" not in heard
    desk.database.close()


def test_without_the_proxy_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, never left out."""
    monkeypatch.setattr("shutil.which", lambda *_a, **_k: None)
    with pytest.raises(NoProxy, match="nginx-light"):
        program()


def test_a_run_holds_only_when_everything_was_answered_in_time() -> None:
    """No request at all is no success either."""

    def holds(*, errors: int = 0, **times: list[float]) -> bool:
        seen = Seen()
        seen.times.update(times)
        seen.errors.update({"intake: HTTP 500": errors} if errors else {})
        return seen.holds

    assert not holds()
    assert holds(intake=[10.0] * 100)
    assert not holds(intake=[10.0] * 100, page=[10.0] * 90 + [2000.0] * 10)
    assert not holds(intake=[10.0] * 100, errors=1)
