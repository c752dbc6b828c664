"""Certain things are documented, and what is documented is so."""

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from anonymizer.answer import FIELDS, answer
from anonymizer.batch.answers import unreadable_answer
from anonymizer.batch.report import OWN_FIELDS
from anonymizer.cli import app
from anonymizer.model import Circumstances, Letter
from anonymizer.outcome import ExitCode
from tests.contract.source import ROOT, relative, tracked_files
from tests.fakes import TREATMENT, FakePipeline

DOCS = ROOT / "docs"
PAGES = [path for path in tracked_files() if path.suffix == ".md"]
COMMAND_LINE_PAGE = (DOCS / "guide/command-line.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app)


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted((DOCS / "reference").glob("*.md")), ids=relative)
def test_reference_pages_are_as_generated(path: Path) -> None:
    """Kinds, exit codes, states and settings come from the code; `make docs` writes them."""
    page = path.read_text("utf-8")
    assert page == _generate().regenerated(page)


def _leaves(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, object]]:
    children = getattr(command, "commands", {})
    if not children:
        return [(" ".join(path), command)]
    return [leaf for name, child in children.items() for leaf in _leaves(child, (*path, name))]


@pytest.mark.parametrize(("name", "command"), _leaves(COMMANDS), ids=lambda value: str(value)[:20])
def test_every_command_and_option_is_documented(name: str, command: object) -> None:
    """On the page about the command line, and with an example in its own help."""
    assert f"anonymizer {name}" in COMMAND_LINE_PAGE
    options = [
        option for p in getattr(command, "params", []) for option in p.opts if "--" in option
    ]
    assert not [option for option in options if option not in COMMAND_LINE_PAGE + "--text --help"]
    assert f"anonymizer {name}" in str(getattr(command, "help", ""))


def test_help_names_every_exit_code() -> None:
    """Whoever writes a script finds them where the command is explained."""
    text = dict(_leaves(COMMANDS))["redact"].help  # type: ignore[attr-defined]
    assert not [code for code in ExitCode if not re.search(rf"\b{code.value} ", text)]


def test_every_field_of_answer_and_report_is_documented() -> None:
    """On the page about JSON."""
    page = (DOCS / "reference/json.md").read_text("utf-8")
    draft = FakePipeline("1").draft(Letter.from_text("1", "Dear donor"), Circumstances(), None)
    (finding,) = answer(replace(draft, treatments=(TREATMENT,)))["findings"]
    fields = [*answer(draft), *finding, *FIELDS, *OWN_FIELDS]
    assert not [field for field in fields if f"`{field}`" not in page]


def test_an_unreadable_letter_is_answered_with_the_same_fields() -> None:
    """In the same order."""
    draft = FakePipeline("1").draft(Letter.from_text("1", "Dear donor"), Circumstances(), None)
    assert list(unreadable_answer("1", "Because.", {})) == list(
        json.loads(json.dumps(answer(draft)))
    )


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    """A page that was moved takes its links along."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8"))
    assert not [link for link in links if not (path.parent / link).exists()]


def test_every_decision_is_listed() -> None:
    """The first page of the documentation leads to each, and numbers have no gaps."""
    decisions = sorted((DOCS / "adr").glob("*.md"))
    index = (DOCS / "README.md").read_text("utf-8")
    assert not [path.name for path in decisions if f"adr/{path.name}" not in index]
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))


@pytest.mark.parametrize("path", sorted((DOCS / "adr").glob("*.md")), ids=relative)
def test_a_decision_says_what_it_has_to(path: Path) -> None:
    """Context, decision, what was rejected, how we would notice; one screen."""
    text = path.read_text("utf-8")
    headings = ["Context", "Decision", "Rejected", "How we would notice it was wrong"]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == headings
    assert len(text.splitlines()) <= 50


def test_the_readme_names_the_two_commands_that_exist() -> None:
    """A newcomer types them first."""
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)) <= targets
    assert {"run", "test"} <= targets


def test_the_row_that_the_guide_shows_is_enough_to_let_letters_go(tmp_path: Path) -> None:
    """Whoever copies it is not held by a field that the page forgot."""
    page = (DOCS / "guide/exchange.md").read_text("utf-8")
    row = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert row is not None
    file = tmp_path / "exchange/countries.toml"
    file.parent.mkdir()
    file.write_text("\n".join(map(str.strip, row.group(1).splitlines())), "utf-8")
    shown = CliRunner().invoke(app, ["rules", "show", "DE", "SE", "--rules", str(tmp_path)])
    assert shown.exit_code == 0
    assert "Letters are held" not in shown.output
    assert "Letters are held" in CliRunner().invoke(app, ["rules", "show", "DE", "SE"]).output
