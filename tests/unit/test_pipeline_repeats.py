"""Same letter, same rules, same draft: in any process, and without a network."""

import json
import os
import socket
import subprocess
import sys
from typing import NoReturn

import pytest

from anonymizer.answer import answer
from anonymizer.pipeline import Pipeline
from tests.unit.parts import PROSE, drafted

LETTERS = [
    f"{PROSE}My name is Anna Kowalska. I live in Radom with Piotr. Anna\u2019s mail: anna@web.de.",
    f"{PROSE}I am Tom, 57, a baker from Leeds. Call me on +49 151 2345678. Born 3 May 1964.\nTom",
    f"{PROSE}Rose and Mark met Hope in Paris. Paris is a friend of Rose. I hope Mark is well.",
]
_SCRIPT = """
import json, sys
from anonymizer.answer import answer
from tests.unit.parts import drafted, shipped_pipeline
for text in json.load(sys.stdin):
    print(json.dumps(answer(drafted(shipped_pipeline(), text))))
"""


def test_the_hash_seed_changes_nothing() -> None:
    """Six processes with six seeds write the same bytes."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.getcwd()},  # noqa: PTH109
        )
        for seed in range(6)
    ]
    written = [process.communicate(json.dumps(LETTERS).encode())[0] for process in running]
    assert written[0].count(b"\n") == len(LETTERS)
    assert len(set(written)) == 1


@pytest.mark.parametrize("text", LETTERS)
def test_a_second_draft_is_the_same(pipeline: Pipeline, text: str) -> None:
    """Nothing is remembered from one letter to the next."""
    first = answer(drafted(pipeline, text))
    drafted(pipeline, PROSE + "Greetings from Bartholomew in Szczebrzeszyn.")
    assert answer(drafted(pipeline, text)) == first


def test_no_network_is_used(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading and drafting work with every way out blocked, and the draft is the same."""
    before = [answer(drafted(pipeline, text)) for text in LETTERS]

    def refuse(*_args: object, **_named: object) -> NoReturn:
        message = "a network connection was tried"
        raise AssertionError(message)

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    fresh = Pipeline.load()
    assert [answer(drafted(fresh, text)) for text in LETTERS] == before
