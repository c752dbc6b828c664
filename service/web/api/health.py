"""Whether the process lives, and whether it can do its work. No figures, no key needed."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from service.store.migrate import is_current
from service.web.problems import problem
from service.web.security import TheDesk

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "live"})


@router.get("/ready")
def ready(request: Request, desk: TheDesk) -> JSONResponse:
    """Database, pipeline and worker do their work."""
    if desk.fault:
        return problem(503, f"No letter is drafted: {desk.fault}.")
    worker = request.app.state.worker
    if not is_current(desk.database) or (worker is not None and not worker.is_alive):
        return problem(503, "The service is not ready to work.")
    return JSONResponse({"status": "ready"})
