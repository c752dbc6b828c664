"""What the HTTP interface takes and gives, for OpenAPI. Requests are checked by hand, strictly."""

from typing import Any

from pydantic import BaseModel, Field

from anonymizer.model import Direction, EntityKind
from anonymizer.notices import NoticeKind
from service.workflow.writer_status import WriterStatus


class Problem(BaseModel):
    """An error (RFC 9457). It never repeats what was sent."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Too large"])
    status: int = Field(examples=[413])
    detail: str = Field(examples=["The request is larger than 10 MB."])


class Known(BaseModel):
    """Something that is known of one side and must not be readable in the letter."""

    kind: EntityKind
    value: str


class LetterRequest(BaseModel):
    """A letter as JSON."""

    id: str = Field(description="Your name for the letter; given back in the answer.")
    text: str = Field(description="The letter, at most 200,000 characters.")
    donor_number: str | None = Field(default=None, description="The number on the cover.")
    direction: Direction | None = None
    writer_country: str | None = Field(default=None, examples=["DE"])
    reader_country: str | None = Field(default=None, examples=["US"])
    language: str | None = Field(default=None, examples=["en"])
    known: list[Known] | None = None


class HoldAnswer(BaseModel):
    """Why the letter waits for a person."""

    stage: str
    code: str
    reason: str


class RedactionAnswer(BaseModel):
    """The machine's proposal. Offsets are code points of the letter's text, the end exclusive."""

    id: str
    status: str = Field(examples=["drafted", "held"])
    holds: list[HoldAnswer]
    language: dict[str, Any] | None
    text: str | None
    routing: dict[str, Any] | None
    findings: list[dict[str, Any]]
    flags: list[dict[str, Any]]
    combinations: list[dict[str, Any]]
    second_reading: list[dict[str, str]]
    versions: dict[str, str]


class LetterReceipt(BaseModel):
    """The letter is stored and will not be lost. `digest` is the SHA-256 of its bytes."""

    id: str
    digest: str
    status: WriterStatus


class LetterStatus(BaseModel):
    """Where the letter is, in a word that its writer may be told."""

    id: str
    digest: str
    status: WriterStatus
    received_at: str


class NoticeAnswer(BaseModel):
    """A text for the writer of the letter. `language` is an ISO 639-1 code."""

    id: str
    kind: NoticeKind
    language: str
    text: str
    made_at: str


class LetterNotices(BaseModel):
    """Every notice of the letter, in the order in which they were made."""

    id: str
    notices: list[NoticeAnswer]


#: The request body of both POSTs, written by hand because the routes read the body themselves.
JSON_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": LetterRequest.model_json_schema()}},
    }
}

FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": LetterRequest.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "donor_number": {"type": "string"},
                        "direction": {"type": "string", "enum": list(Direction)},
                        "writer_country": {"type": "string"},
                        "reader_country": {"type": "string"},
                        "language": {"type": "string"},
                    },
                }
            },
        },
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors a route may answer with."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {
        status: {"description": "Problem document", "content": content}
        for status in (401, 403, 429, *statuses)
    }
