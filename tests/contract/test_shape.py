"""The shape of the code: small files, small functions, names that say something."""

import ast
from pathlib import Path

import pytest

from tests.contract.source import (
    PACKAGES,
    ROOT,
    functions,
    imported,
    python_files,
    relative,
    tree,
)

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
#: Say nothing about what is in them, so everything ends up in them.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "base"}

MAY_USE_RE = {
    # Words must be cut exactly as in training, and RE2 knows no Unicode word characters; the
    # pattern has a bounded repetition and no alternatives that overlap.
    "anonymizer/detection/tagger.py",
}

SOURCES = python_files(*PACKAGES)
EVERYTHING = python_files(*PACKAGES, "tests", "docs")


@pytest.mark.parametrize("path", EVERYTHING, ids=relative)
def test_a_file_is_short(path: Path) -> None:
    """A file that grows past the limit holds two ideas."""
    assert len(path.read_text("utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_functions_are_short(path: Path) -> None:
    """A function fits on a screen; the options of a command are no lines of thought."""
    long = [
        node.name
        for node in functions(path)
        if (node.end_lineno or 0) - node.body[0].lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", EVERYTHING, ids=relative)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    """Every file begins with a docstring; migrations too."""
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_has_a_telling_name(path: Path) -> None:
    """No drawers for everything."""
    assert path.stem not in EMPTY_NAMES
    assert not EMPTY_NAMES & set(path.relative_to(ROOT).parts)


@pytest.mark.parametrize("path", python_files("anonymizer", "service/workflow"), ids=relative)
def test_what_is_public_has_a_docstring(path: Path) -> None:
    """Whoever calls a function need not read it."""
    public = [
        node
        for parent in ast.walk(tree(path))
        if isinstance(parent, ast.Module | ast.ClassDef)
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not (isinstance(parent, ast.ClassDef) and parent.name.startswith("_"))
    ]
    assert not [node.name for node in public if not ast.get_docstring(node)]


@pytest.mark.parametrize("path", python_files("anonymizer"), ids=relative)
def test_letters_never_meet_the_standard_regular_expressions(path: Path) -> None:
    """A short sentence can hang them for seconds; RE2 takes linear time."""
    assert "re" not in set(imported(path)) or relative(path) in MAY_USE_RE


@pytest.mark.parametrize("path", python_files("tests"), ids=relative)
def test_every_test_states_its_promise(path: Path) -> None:
    """In one sentence, beside its name."""
    tests = [node for node in functions(path) if node.name.startswith("test_")]
    assert not [node.name for node in tests if not ast.get_docstring(node)]
