"""
JSON bodies: the declared kind of content is checked here, the JSON by `anonymizer.strict_json`.

Contract: one meaning or a refusal with a fixed sentence that repeats nothing.
"""

from fastapi import Request

from anonymizer.errors import UnreadableInput
from anonymizer.strict_json import read_object
from service.web.problems import HttpProblem


async def read_json(request: Request) -> dict[str, object]:
    """The JSON object in the body."""
    check_content_type(request, "application/json")
    try:
        return read_object(await request.body())
    except UnreadableInput as error:
        raise HttpProblem(400, str(error)) from None


def check_content_type(request: Request, wanted: str) -> None:
    """Refuse another kind of content, another charset, and compressed bodies."""
    declared = request.headers.getlist("content-type")
    kind, _, parameters = (declared[0] if declared else "").partition(";")
    if len(declared) != 1 or kind.strip().lower() != wanted:
        raise HttpProblem(415, f"Send the letter as {wanted}.")
    charset = parameters.lower().partition("charset=")[2].strip(" \"'")
    if wanted == "application/json" and charset not in {"", "utf-8", "utf8"}:
        raise HttpProblem(415, "Send JSON as UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HttpProblem(415, "Send the body without compression.")
