"""Whether the process lives, and whether it can do its work. No figures, no key needed."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from service.actions.desk import Desk
from service.actions.receiving import check_room
from service.canary import Canary
from service.logs import get_logger
from service.store.datakeys import check_master_keys
from service.store.figures import is_writable
from service.store.migrate import is_current
from service.store.switches import find_dispatch_pause
from service.web.problems import problem
from service.web.security import TheDesk
from service.workflow.errors import DiskFull, KeyTrouble
from service.workflow.switches import PauseReason

router = APIRouter(prefix="/health", tags=["health"])
log = get_logger(__name__)


@router.get("/live")
def live() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "live"})


@router.get("/ready")
def ready(request: Request, desk: TheDesk) -> JSONResponse:
    """Canary, worker, room, database, keys and trail: all that its work needs."""
    trouble = next(_troubles(request, desk), None)
    if trouble is not None:
        return problem(503, trouble)
    return JSONResponse({"status": "ready"})


def _troubles(request: Request, desk: Desk) -> Iterator[str]:
    """What is not as it must be, in sentences that name nothing of the site."""
    canary: Canary = request.app.state.canary
    worker = request.app.state.worker
    if canary.fault:
        yield f"No letter is drafted: {canary.fault}."
    if not canary.is_fresh:
        yield "The canary of the pipeline was not asked for too long."
    if worker is not None and not worker.is_alive:
        yield "The worker of this process has stopped."
    try:
        check_room(desk)
        yield from _of_database(desk)
    except DiskFull:
        yield "There is too little room, on a disk or in the database, to take letters in."
    except KeyTrouble:
        yield "The keys do not fit the database."
    except Exception as error:
        # whatever it is, the answer is the same and the place stands in the log
        log.error("ready.failed", exc_info=error)
        yield "The database does not answer."


def _of_database(desk: Desk) -> Iterator[str]:
    if not is_current(desk.database):
        yield "The database does not have the schema of this version."
        return
    with desk.database.reading() as connection:
        check_master_keys(connection)
        pause, writable = find_dispatch_pause(connection), is_writable(connection)
    if not writable:
        yield "The database can be read and not written."
    if pause is not None and pause.reason is PauseReason.AUDIT_BROKEN:
        yield "The audit trail does not hold; nothing is sent."
