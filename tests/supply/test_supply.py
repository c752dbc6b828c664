"""What we depend on: a bill that is complete, licences on a list, vulnerabilities that stop."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.supply.bill import bill, libraries
from tests.supply.licences import is_allowed, load_terms, refused
from tests.supply.vulnerabilities import Outcome, audit

TODAY = date(2026, 11, 22)
LIBRARIES = [{"name": "one", "version": "1.0"}, {"name": "two", "version": "2.0"}]
NOTHING = {"name": "one", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "two", "skip_reason": "not found"}
HOLE = {
    "name": "two",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.1"]}],
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The bill of what runs here."""
    return bill()


@pytest.fixture
def exceptions(tmp_path: Path) -> Callable[[str], Path]:
    """A table of exceptions with these lines."""

    def written(lines: str) -> Path:
        path = tmp_path / "exceptions.toml"
        path.write_text(lines, "utf-8")
        return path

    return written


def answering(*told: dict[str, Any]) -> Callable[[str], str]:
    """A pip-audit that says this."""
    return lambda _: json.dumps({"dependencies": list(told), "fixes": []})


def test_the_bill_names_what_runs_and_no_tool_of_the_tests(document: dict[str, Any]) -> None:
    """In the format and with the versions; far dependencies too."""
    names = {one["name"].lower() for one in libraries(document)}
    assert document["bomFormat"] == "CycloneDX"
    assert {"fastapi", "spacy", "cryptography", "psycopg-binary", "h11"} <= names
    assert not {"pytest", "ruff", "mypy", "hypothesis", "playwright", "pip-audit"} & names
    assert all(one["version"] for one in libraries(document))


def test_the_bill_names_models_and_rules_by_their_digest(document: dict[str, Any]) -> None:
    """A model that was exchanged is another component."""
    ours = {one["name"]: one for one in document["components"] if one["type"] != "library"}
    assert {"rules", "anonymizer/models/en", "anonymizer/models/de"} <= set(ours)
    assert all(len(one["hashes"][0]["content"]) == 64 for one in ours.values())


def test_every_reference_of_the_bill_leads_to_a_component(document: dict[str, Any]) -> None:
    """Whoever reads it can follow who needs what."""
    known = {one["bom-ref"] for one in document["components"]}
    for one in document["dependencies"]:
        assert set(one.get("dependsOn", ())) <= known


def test_every_licence_is_on_the_list(document: dict[str, Any]) -> None:
    """And nothing on the list of read licences is there for nobody."""
    found = list(libraries(document))
    assert list(refused(found, load_terms())) == []
    assert set(load_terms().read) <= {one["name"].lower() for one in found}


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("MIT", True),
        ("MIT AND Apache-2.0", True),
        ("EPL-2.0 OR GPL-2.0-or-later", True),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("Some words of their own", False),
        ("LicenseRef-Proprietary", False),
    ],
)
def test_a_licence_is_met_by_what_is_allowed_alone(words: str, *, allowed: bool) -> None:
    """All parts of an AND, one part of an OR, nothing that nobody knows."""
    assert is_allowed(words, load_terms().allowed) == allowed


def test_a_library_without_a_licence_is_refused() -> None:
    """By its name, with what to do."""
    (sentence,) = refused([{"name": "secretive", "version": "1", "licenses": []}], load_terms())
    assert "secretive 1" in sentence
    assert "[read]" in sentence


def test_a_vulnerability_fails_with_its_name_and_what_mends_it() -> None:
    """So that somebody can act."""
    verdict = audit(LIBRARIES, today=TODAY, ask=answering(NOTHING, HOLE))
    assert verdict.outcome is Outcome.VULNERABLE
    assert verdict.sentences == ("two 2.0 has PYSEC-1; mended in 2.1.",)


@pytest.mark.parametrize(
    ("until", "outcome"), [("2026-11-22", Outcome.CLEAN), ("2026-11-21", Outcome.VULNERABLE)]
)
def test_an_exception_holds_until_its_day(
    exceptions: Callable[[str], Path], until: str, outcome: Outcome
) -> None:
    """By any of the names of the vulnerability."""
    table = exceptions(f'[[exception]]\nid = "CVE-1"\nuntil = {until}\nreason = "not reached"\n')
    verdict = audit(LIBRARIES, today=TODAY, ask=answering(NOTHING, HOLE), exceptions=table)
    assert verdict.outcome is outcome


@pytest.mark.parametrize("printed", ["", "no network", "[]", '{"error": 1}'])
def test_silence_is_not_taken_for_health(printed: str) -> None:
    """Where nobody could be asked, nothing was checked."""
    verdict = audit(LIBRARIES, today=TODAY, ask=lambda _: printed)
    assert verdict.outcome is Outcome.NOT_CHECKED


def test_an_index_that_knows_nothing_is_not_taken_for_health() -> None:
    """pip-audit itself calls that a success."""
    verdict = audit(LIBRARIES, today=TODAY, ask=answering(UNKNOWN))
    assert verdict.outcome is Outcome.NOT_CHECKED


def test_what_was_left_out_is_named() -> None:
    """A clean verdict says about what it says nothing."""
    verdict = audit(LIBRARIES, today=TODAY, ask=answering(NOTHING, UNKNOWN))
    assert verdict.outcome is Outcome.CLEAN
    assert "two" in verdict.sentences[-1]


def test_the_libraries_are_asked_for_by_their_exact_versions() -> None:
    """A range would be another library tomorrow."""
    asked: list[str] = []

    def noting(requirements: str) -> str:
        asked.append(requirements)
        return ""

    audit(LIBRARIES, today=TODAY, ask=noting)
    assert asked == ["one==1.0\ntwo==2.0\n"]
