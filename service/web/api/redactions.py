"""`POST /v1/redactions`: one letter in, the machine's proposal out; nothing is stored."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from anonymizer.answer import answer, parse_request
from anonymizer.errors import RulesError
from anonymizer.model import Circumstances, Draft, Letter
from service.actions.desk import Desk
from service.actions.keys import check_key_holds
from service.actions.site_pipeline import site_pipeline
from service.web.api.body import read_json
from service.web.api.keys import Client
from service.web.api.schemas import JSON_BODY, RedactionAnswer, problems
from service.web.problems import HttpProblem
from service.web.security import TheDesk

router = APIRouter(prefix="/v1", tags=["redactions"])


@router.post(
    "/redactions",
    response_model=RedactionAnswer,
    openapi_extra=JSON_BODY,
    responses=problems(400, 408, 413, 415, 422, 503),
)
async def post_redaction(request: Request, desk: TheDesk, client: Client) -> JSONResponse:
    """What the machine would take out of a letter. A proposal: no person has looked at it."""
    if desk.fault:
        raise HttpProblem(503, f"No letter is drafted: {desk.fault}.")
    letter, circumstances = parse_request(await read_json(request))
    # a key that was revoked while the letter came in is answered nothing
    await asyncio.to_thread(check_key_holds, desk, client.key_id)
    try:
        draft = await asyncio.wait_for(
            asyncio.to_thread(_draft, desk, letter, circumstances),
            timeout=desk.settings.draft_timeout_s,
        )
    except TimeoutError:
        raise HttpProblem(503, "The letter took too long. Nothing was drafted.") from None
    except RulesError:
        message = "The words of this site cannot be loaded. Nothing was drafted."
        raise HttpProblem(503, message) from None
    return JSONResponse(answer(draft))


def _draft(desk: Desk, letter: Letter, circumstances: Circumstances) -> Draft:
    return site_pipeline(desk).draft(letter, circumstances)
