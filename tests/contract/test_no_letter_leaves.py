"""What the code must never do with a letter: print it, log it, show it in a traceback."""

import ast
from pathlib import Path

import pytest

from tests.contract.source import PACKAGES, imported, python_files, relative, tree

#: These talk to the person at the terminal; `explain` shows the letter to whoever asks.
COMMAND_LINE = {"anonymizer/cli.py", "anonymizer/commands.py", "anonymizer/progress.py"}
#: Attributes that hold letter text.
TEXT_FIELDS = {"text", "original", "cover_number", "donor_number"}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


#: Fields of records that hold whole letters or passages.
REPR_FIELDS = {"text", "original", "outgoing"}
#: Folders of the service whose records are about letters; those of `web` are sentences on pages.
RECORDS = [f"service/{folder}" for folder in ("actions", "dispatch", "store", "workflow")]


def _records(path: Path) -> list[ast.ClassDef]:
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]


def _calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", python_files("anonymizer"), ids=relative)
def test_only_the_command_line_prints(path: Path) -> None:
    """The library gives back what it found and says nothing."""
    prints = [c for c in _calls(path) if isinstance(c.func, ast.Name) and c.func.id == "print"]
    assert relative(path) in COMMAND_LINE or not prints


@pytest.mark.parametrize("path", python_files("anonymizer"), ids=relative)
def test_the_library_does_not_log(path: Path) -> None:
    """Except to turn the logging of other libraries off."""
    assert relative(path) == "anonymizer/quiet.py" or "logging" not in set(imported(path))


@pytest.mark.parametrize("path", python_files("service"), ids=relative)
def test_no_log_line_takes_a_field_with_text(path: Path) -> None:
    """Neither as a value nor inside an f-string."""
    logged = [
        node.attr
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in LOG_METHODS
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute)
    ]
    assert not TEXT_FIELDS & set(logged)


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_no_traceback_with_local_variables_is_set_up(path: Path) -> None:
    """Rich and structlog offer it; a local variable is the letter."""
    shown = [
        keyword
        for call in _calls(path)
        for keyword in call.keywords
        if keyword.arg in {"show_locals", "pretty_exceptions_show_locals"}
        if not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert not shown
    assert not {"rich.traceback", "cgitb"} & set(imported(path))


@pytest.mark.parametrize("path", python_files("anonymizer", *RECORDS), ids=relative)
def test_records_keep_letter_text_out_of_their_repr(path: Path) -> None:
    """A `repr` ends up in logs and tracebacks."""
    open_fields = [
        f"{record.name}.{ast.unparse(field.target)}"
        for record in _records(path)
        for field in record.body
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.target) in REPR_FIELDS
        if "str" in ast.unparse(field.annotation)
        if not (field.value and "repr=False" in ast.unparse(field.value))
    ]
    assert not open_fields
