"""
Requests generated from the OpenAPI document: no internal error, no letter comes back.

Every run draws other requests and prints its seed when it fails; `FUZZ_SEED` repeats a run and
`FUZZ_EXAMPLES` makes it longer: `make fuzz`.
"""

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.web.api.routes import openapi
from tests.integration.server import served
from tests.web.actors import CLIENT, MARK, House, house, key_actor

SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(2**32))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 40)

#: What every answer must keep, whatever was asked.
KEPT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS: list[tuple[str, str]] = [
    ("POST", "/v1/redactions"),
    ("POST", "/v1/letters"),
    ("GET", "/v1/letters/{letter_id}"),
    ("GET", "/v1/letters/{letter_id}/notices"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
]
#: Each in both modes; a route that takes nothing cannot be asked wrongly.
TRIED = [
    (method, path, mode)
    for method, path in OPERATIONS
    for mode in GenerationMode
    if not (path.startswith("/health") and mode is GenerationMode.NEGATIVE)
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose clients may ask as often as they like."""
    with house(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@dataclass(frozen=True, kw_only=True)
class Client:
    """A registry client that knows the interface as it describes itself."""

    address: str
    session: requests.Session
    interface: Any
    letter_id: str


@pytest.fixture(scope="module")
def client(here: House) -> Iterator[Client]:
    """A client with a key for everything."""
    with served(here.app) as url, requests.Session() as session:
        session.headers.update(key_actor(here.desk, CLIENT).headers)
        yield Client(
            address=url,
            session=session,
            interface=schemathesis.openapi.from_dict(openapi(here.app)),
            letter_id=here.client_letter_id,
        )


def test_every_operation_of_the_document_is_tried(client: Client) -> None:
    """The list above is complete."""
    found = [one.ok() for one in client.interface.get_all_operations()]
    assert {(one.method.upper(), one.path) for one in found} == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path", "mode"), TRIED)
def test_no_request_brings_an_internal_error_or_its_letter(
    client: Client, *, method: str, path: str, mode: GenerationMode
) -> None:
    """Right and wrong ones; and each answer is one that the document promises."""
    operation = client.interface[path][method]
    asked: Counter[int] = Counter()
    print(f"FUZZ_SEED={SEED} FUZZ_EXAMPLES={EXAMPLES}")  # noqa: T201  # shown when it fails

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), which=st.sampled_from(["own", "made"]))
    def try_one(case: Case[Any], which: str) -> None:
        if which == "own" and "letter_id" in (case.path_parameters or {}):
            case.path_parameters["letter_id"] = client.letter_id
        if isinstance(case.body, dict) and isinstance(case.body.get("text"), str):
            case.body["text"] = f"{MARK} {case.body['text']}"
        answer = case.call(base_url=client.address, session=client.session)
        asked[answer.status_code] += 1
        case.validate_response(answer, checks=KEPT)
        if not (path == "/v1/redactions" and answer.status_code == 200):
            assert MARK not in answer.text

    try_one()
    print(f"{method} {path} {mode.name}: {dict(sorted(asked.items()))}")  # noqa: T201
    assert asked
