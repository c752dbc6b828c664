"""All of `/v1` and `/health`, and the OpenAPI document."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from service.web.api import health, letters, metrics, notices, redactions
from service.web.api.keys import Client

router = APIRouter()
router.include_router(redactions.router)
router.include_router(letters.router)
router.include_router(notices.router)
router.include_router(health.router)
router.include_router(metrics.router)


@router.get("/v1/openapi.json", include_in_schema=False)
def openapi_document(request: Request, client: Client) -> JSONResponse:
    """The interface described; for clients only, as it tells an outsider where to knock."""
    del client
    return JSONResponse(openapi(request.app))


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the interface."""
    document = get_openapi(
        title="letter-anonymizer",
        version=app.version,
        description="De-identification of letters between stem-cell donors and patients.",
        routes=router.routes,
    )
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["ApiKey"] = {"type": "http", "scheme": "bearer"}
    for path, methods in document["paths"].items():
        if path.startswith("/v1/"):
            for operation in methods.values():
                operation["security"] = [{"ApiKey": []}]
    return document
