"""Alive and ready are two questions: it is ready while all that its work needs is there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text as sql

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.checking import verify_or_stop
from service.actions.sending import resume_sending
from service.app import create_app
from service.canary import Canary, watched
from service.store.migrate import revisions, unmigrate
from service.vault.keyring import KeyRing
from service.workflow.errors import AuditBroken
from tests.factories import make_desk
from tests.integration.server import served
from tests.small_pipeline import SmallPipeline

MARK = "Quincampoix"


class FadingPipeline(SmallPipeline):
    """Finds its canary until it is told to lose it."""

    fault: str | None = None
    breaks = False

    def canary_fault(self) -> str | None:
        """As the real one."""
        if self.breaks:
            raise ValueError(MARK)
        return self.fault


@pytest.fixture
def pipeline() -> FadingPipeline:
    """A pipeline that is well."""
    return FadingPipeline()


@pytest.fixture
def desk(tmp_path: Path, pipeline: FadingPipeline) -> Iterator[Desk]:
    """A desk with it."""
    made = make_desk(tmp_path, pipeline=pipeline)
    yield made
    made.database.close()


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """The application, with no worker of its own."""
    return create_app(desk.settings, desk=desk, work=False)


def asked(app: FastAPI) -> tuple[int, str]:
    """Status and sentence of the question whether it is ready; it lives in any case."""
    with served(app) as url:
        assert httpx.get(f"{url}/health/live", timeout=60).status_code == 200
        answer = httpx.get(f"{url}/health/ready", timeout=60)
    return answer.status_code, answer.json().get("detail", "")


def test_it_is_ready_when_nothing_is_missing(app: FastAPI) -> None:
    """Without a sentence."""
    assert asked(app) == (200, "")


def test_a_canary_that_is_lost_makes_it_unready(app: FastAPI, pipeline: FadingPipeline) -> None:
    """And one that is found again ready; a pipeline that raises is one that lost it."""
    pipeline.fault = "the name was not found"
    app.state.canary.look()
    assert asked(app) == (503, "No letter is drafted: the name was not found.")
    pipeline.fault = None
    app.state.canary.look()
    assert asked(app)[0] == 200
    pipeline.breaks = True
    app.state.canary.look()
    assert asked(app) == (503, "No letter is drafted: the canary could not be asked.")


def test_a_canary_that_nobody_asked_for_long_makes_it_unready(tmp_path: Path) -> None:
    """Whatever was found back then."""
    desk = make_desk(tmp_path, canary_every_s=1e-9)
    status, sentence = asked(create_app(desk.settings, desk=desk, work=False))
    assert (status, "not asked for too long" in sentence) == (503, True)
    desk.database.close()


def test_a_canary_that_is_lost_while_it_runs_ends_the_process(
    desk: Desk, pipeline: FadingPipeline
) -> None:
    """Once; one that was lost from the start does not, or nobody could look at the letters."""
    ended: list[bool] = []
    pipeline.fault = "the name was not found"
    canary = Canary(desk)
    with watched(canary, every_s=0.001, end=lambda: ended.append(True)):
        while not ended:
            pass
    assert canary.fault
    before = len(ended)
    with watched(
        Canary(replace(desk, fault="lost")), every_s=0.001, end=lambda: ended.append(True)
    ):
        pass
    assert len(ended) == before == 1


def test_a_worker_that_ended_makes_it_unready(desk: Desk) -> None:
    """Letters would be taken in and lie there."""
    app = create_app(desk.settings, desk=desk, work=True)
    with served(app) as url:
        assert httpx.get(f"{url}/health/ready", timeout=60).status_code == 200
        app.state.worker.stop()
        answer = httpx.get(f"{url}/health/ready", timeout=60)
    assert answer.status_code == 503
    assert "worker" in answer.json()["detail"]


def test_keys_that_do_not_fit_make_it_unready(app: FastAPI, desk: Desk) -> None:
    """Nothing could be opened with them."""
    desk.database.unlock(KeyRing(()))
    assert asked(app) == (503, "The keys do not fit the database.")


def test_a_database_that_does_not_answer_makes_it_unready(app: FastAPI, desk: Desk) -> None:
    """With a sentence, not with an error."""
    with desk.database.writing() as tx:
        tx.connection.execute(sql("DROP TABLE master_keys"))
    assert asked(app) == (503, "The database does not answer.")


def test_a_disk_without_its_reserve_makes_it_unready(desk: Desk) -> None:
    """No letter is taken in; people go on with those that are there."""
    settings = desk.settings.model_copy(update={"disk_reserve_mb": 10**9})
    status, sentence = asked(
        create_app(settings, desk=replace(desk, settings=settings), work=False)
    )
    assert (status, "too little room" in sentence) == (503, True)


def test_a_database_without_its_reserve_makes_it_unready(desk: Desk) -> None:
    """As a disk does."""
    settings = desk.settings.model_copy(update={"database_limit_mb": 1000, "disk_reserve_mb": 1000})
    status, sentence = asked(
        create_app(settings, desk=replace(desk, settings=settings), work=False)
    )
    assert (status, "or in the database" in sentence) == (503, True)


def test_a_trail_that_does_not_hold_makes_it_unready(app: FastAPI, desk: Desk) -> None:
    """Until somebody has found out why, and lets letters go again."""
    with desk.database.writing() as tx:
        tx.connection.execute(sql("DROP TRIGGER audit_events_no_UPDATE"))
        tx.connection.execute(sql("UPDATE audit_events SET actor = 'other' WHERE seq = 1"))
    with pytest.raises(AuditBroken):
        verify_or_stop(desk)
    assert asked(app) == (503, "The audit trail does not hold; nothing is sent.")
    resume_sending(desk, OPERATOR)
    assert asked(app)[0] == 200


def test_a_database_that_can_only_be_read_makes_it_unready(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How that is asked is tested on both engines; root of a test may write everything."""
    monkeypatch.setattr("service.web.api.health.is_writable", lambda _: False)
    assert asked(app) == (503, "The database can be read and not written.")


def test_another_schema_makes_it_unready(app: FastAPI, desk: Desk) -> None:
    """Somebody took the database back while it ran."""
    unmigrate(desk.database, target=revisions()[-2])
    assert asked(app) == (503, "The database does not have the schema of this version.")
