"""
`POST /v1/letters` and `GET /v1/letters/{id}`: letters into the proofreading queue.

Contract: 202 means that the letter and its audit row are on disk. The same Idempotency-Key with
the same letter gets the same answer, with another letter 422.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from anonymizer.answer import parse_request
from anonymizer.model import Channel, Letter
from service.actions import (
    ClientRequest,
    IncomingLetter,
    Received,
    check_room,
    letter_status,
    receive_client_letter,
)
from service.actions.correspondence_views import StatusView
from service.web.api.body import check_content_type, read_json
from service.web.api.keys import Client
from service.web.api.schemas import FILE_BODY, LetterReceipt, LetterStatus, problems
from service.web.problems import HttpProblem
from service.web.security import TheDesk
from service.workflow.errors import KeyInProgress
from service.workflow.writer_status import writer_status

router = APIRouter(prefix="/v1", tags=["letters"])

_FIELDS = frozenset({"donor_number", "direction", "writer_country", "reader_country", "language"})
_under_way: set[ClientRequest] = set()
_under_way_lock = threading.Lock()


@router.post(
    "/letters",
    status_code=202,
    response_model=LetterReceipt,
    openapi_extra=FILE_BODY,
    responses=problems(400, 408, 409, 413, 415, 422, 503),
)
async def post_letter(
    request: Request,
    desk: TheDesk,
    client: Client,
    idempotency_key: Annotated[str | None, Header(max_length=10_000)] = None,
) -> JSONResponse:
    """Put a letter into the queue, as JSON or as a file. Needs an Idempotency-Key."""
    asked = ClientRequest(
        client=client.name,
        idempotency_key=_checked_key(idempotency_key),
        key_id=client.key_id,
    )
    # it may have to ask the database
    await run_in_threadpool(check_room, desk)
    with _alone(asked):
        incoming = await _incoming(request)
        received = await run_in_threadpool(
            receive_client_letter, desk, incoming=incoming, request=asked
        )
    return JSONResponse(_receipt(received), status_code=202)


@router.get("/letters/{letter_id}", response_model=LetterStatus, responses=problems(404, 422))
def get_letter(desk: TheDesk, client: Client, letter_id: str) -> JSONResponse:
    """Where a letter is, in a word that its writer may be told. Not its text, and not why."""
    return JSONResponse(_status(letter_status(desk, client=client.name, letter_id=letter_id)))


async def _incoming(request: Request) -> IncomingLetter:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _from_form(request)
    letter, circumstances = parse_request(await read_json(request))
    content = letter.text.encode("utf-8")
    return _as_incoming(letter, content, circumstances=circumstances, is_typed=True)


async def _from_form(request: Request) -> IncomingLetter:
    check_content_type(request, "multipart/form-data")
    async with request.form(max_files=1, max_fields=20, max_part_size=100_000) as form:
        content = await _file_of(form)
        fields = _fields_of(form)
    # the same checks as for JSON; the file's bytes are read later, and held if they cannot be
    letter, circumstances = parse_request({"id": "-", "text": "-", **fields})
    return _as_incoming(letter, content, circumstances=circumstances)


async def _file_of(form: FormData) -> bytes:
    files = form.getlist("file")
    if len(files) != 1 or not isinstance(files[0], UploadFile):
        raise HttpProblem(422, "Send exactly one file in the field 'file'.")
    return await files[0].read()


def _fields_of(form: FormData) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in form.multi_items():
        if name == "file":
            continue
        if name not in _FIELDS or name in fields or not isinstance(value, str):
            raise HttpProblem(422, f"Known fields beside 'file' are: {', '.join(sorted(_FIELDS))}.")
        if value:
            fields[name] = value
    return fields


def _as_incoming(
    letter: Letter, content: bytes, *, circumstances: Any, is_typed: bool = False
) -> IncomingLetter:
    return IncomingLetter(
        content=content,
        channel=Channel.API,
        direction=letter.direction,
        cover_number=letter.cover_number,
        circumstances=circumstances,
        is_typed=is_typed,
    )


def _checked_key(key: str | None) -> str:
    if key is None:
        raise HttpProblem(400, "Send an Idempotency-Key, a fresh random one for each letter.")
    if not (key.strip() and len(key) <= 255 and key.isascii() and key.isprintable()):
        raise HttpProblem(400, "An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return key


@contextmanager
def _alone(asked: ClientRequest) -> Iterator[None]:
    """One request per key at a time; the store's unique key holds between processes."""
    with _under_way_lock:
        if asked in _under_way:
            raise KeyInProgress
        _under_way.add(asked)
    try:
        yield
    finally:
        with _under_way_lock:
            _under_way.discard(asked)


def _receipt(received: Received) -> dict[str, str]:
    return {
        "id": received.letter_id,
        "digest": received.digest,
        "status": writer_status(received.state, drafts=0).value,
    }


def _status(view: StatusView) -> dict[str, Any]:
    return {
        "id": view.letter_id,
        "digest": view.digest,
        "status": view.status.value,
        "received_at": view.received_at.isoformat(),
    }
