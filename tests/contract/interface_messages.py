"""
Every text of the interface, as the catalogues of other languages must hold it.

Contract: three kinds. Texts of templates, extracted by Babel through Jinja; words of the tables of
the pages; sentences written deeper that a page shows as they are, found in the syntax tree of the
modules named below: constants as they stand, f-strings as patterns with named places.
Run as a module it brings the catalogue up to date: new texts come in empty, old ones leave.
"""

import ast
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from jinja2 import nodes

from anonymizer.exchange import fields, verdict
from anonymizer.exchange.clock import ClockEvent
from anonymizer.model import LetterConsent
from service.actions.insight import AGE_NAMES
from service.web.language.choice import GERMAN
from service.web.language.words import PATTERN_FLAG, catalogue_path, read_catalogue
from service.web.review import (
    detail_words,
    errors,
    event_words,
    file_words,
    passages,
    register,
    rule_words,
    shortcut_words,
    word_forms,
    words,
)
from service.web.review.pages import ENVIRONMENT, MESSAGES, places_for
from service.web.review.queue import TABS
from service.workflow.people import ROLE_NAMES, Person, Role
from service.workflow.switches import PAUSE_SENTENCES

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "service/web/templates"

#: Where sentences are written that pages show.
_SENTENCES = (
    "service/actions",
    "service/identity",
    "service/web",
    "service/workflow",
    "anonymizer/allocation.py",
    "anonymizer/case_days.py",
    "anonymizer/cases.py",
    "anonymizer/combination_rules.py",
    "anonymizer/disguises.py",
    "anonymizer/documents",
    "anonymizer/exchange",
    "anonymizer/flags.py",
    "anonymizer/language.py",
    "anonymizer/language_rules.py",
    "anonymizer/intake.py",
    "anonymizer/pipeline.py",
    "anonymizer/policy.py",
)

#: Modules that speak to operators, to programs or to writers, never to a reader of the pages.
_NOT_HERE = (
    "service/actions/backup.py",
    "service/identity/site.py",
    "service/web/api",
    "service/web/language",
    "service/web/permissions.py",
    "anonymizer/documents/out/template.py",
    "anonymizer/exchange/book.py",
    "anonymizer/exchange/rows.py",
    "anonymizer/exchange/table.py",
    "anonymizer/combination_rules.py",
)

#: Sentences for logs, headers and faults of programming.
_NOT_TOLD = re.compile(
    r"^(?:Content-|HTTP|Cache-|X-)|^\{name\}[:,](?! \{value)|key files?\b|TOML|regular expression"
    r"|^The audit trail .*(?:event|noted|written)|database needs|^The (?:keys|backup) "
    r"|^(?:Message|Proof)\b.*[\[|]|DejaVu|=Joan|=Erika|^Example |^A key for|worker"
    r"|data folder|must be a table|identity provider must be"
)

#: A sentence or a title: a capital (or a place) first, and several words.
_SENTENCE = re.compile(r"^[A-Z{“].*[a-z]{2}.* .*[a-z]{2}", re.DOTALL)


#: A pattern with fewer letters of its own would fit what it does not mean.
_LEAST_LETTERS = 10
_SHORT_PATTERNS = frozenset(
    {
        "{file_name}, row {row}: {text}",
        "{file_name}, row {number}: {problem}",
        "{sentence} So says {key} in {join}.",
    }
)


#: Headers of the catalogue that would tell nothing, or change with every run.
_NOBODYS_HEADERS = re.compile(
    r'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|'
    r"Generated-By)[^\n]*\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Text:
    """One text: with two forms where it counts."""

    id: str
    many: str = ""
    is_pattern: bool = False


def every_text() -> tuple[Text, ...]:
    """All texts, each once, in an order that does not change by itself."""
    found: dict[str, Text] = {}
    for one in (*_of_templates(), *_of_calls(), *_of_tables(), *_of_sentences(), *_of_rules()):
        former = found.get(one.id)
        if former is None or (one.many and not former.many):
            found[one.id] = one
    return tuple(found.values())


def _of_templates() -> Iterator[Text]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        source = path.read_text("utf-8")
        options = {"silent": "false", "newstyle_gettext": "true"}
        for _, message, _, _ in extract(
            "jinja2.ext:babel_extract", io.BytesIO(source.encode()), options=options
        ):
            yield _text(message)
        for one in ENVIRONMENT.parse(source).find_all(nodes.Filter):
            words_of = [part.value for part in one.args if isinstance(part, nodes.Const)]
            if one.name == "plural":
                yield Text(id=words_of[0], many=words_of[1])


def _of_calls() -> Iterator[Text]:
    for path in sorted((ROOT / "service/web").rglob("*.py")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file):
                yield _text(message)
    yield Text(id="day", many="days")


def _text(message: object) -> Text:
    if isinstance(message, tuple):
        return Text(id=message[0], many=message[1])
    return Text(id=str(message))


def _of_tables() -> Iterator[Text]:
    tables: tuple[Mapping[Any, str], ...] = (
        words.KINDS,
        words.FAMILY_NAMES,
        words.OUTCOMES,
        words.CLASSES,
        words.DIRECTIONS,
        words.STATES,
        words.FINDERS,
        words.STAGES,
        words.FLAGS,
        words.STEPS,
        words.STEP_DUE,
        words.STEP_STATES,
        words.NOTICES,
        words.WRITER_STATUSES,
        event_words.EVENTS,
        *detail_words.EVERY_TABLE,
        file_words.KINDS,
        file_words.ORIGINS,
        rule_words.RULE_FIELDS,
        shortcut_words.SHORTCUTS,
        word_forms.USES,
        passages._CONTROL_NAMES,
        register.MISSING,
        PAUSE_SENTENCES,
        ROLE_NAMES,
        verdict._QUESTIONS,
    )
    for table in tables:
        yield from (Text(id=word) for word in table.values())
    lists = (
        *(words.KEEP_REASONS, words.HOLD_REASONS, words.SENIOR_REASONS, words.NEAR_CASES),
        AGE_NAMES,
    )
    yield from (Text(id=word) for one in lists for word in one)
    yield from (Text(id=one.text) for one in MESSAGES.values())
    yield from (Text(id=word) for pair in errors._HEADINGS.values() for word in pair)
    for tab in TABS:
        yield from map(_text, (tab.name, tab.empty_heading, tab.empty_advice))
    everybody = Person(person_id="0" * 32, name="", roles=frozenset(Role), active=True)
    named = ((place.name, place.waits) for place in places_for(everybody))
    yield from (Text(id=word) for words_of in named for word in words_of if word)
    yield from (
        Text(id=word)
        for word in (
            "donor",
            "patient",
            "nobody has told",
            "none found",
            "the service",
            "the operator",
            *_VALUES,
        )
    )


#: Codes that are shown as words.
_CODES: tuple[type[StrEnum], ...] = (
    *(one for one in vars(fields).values() if isinstance(one, type) and issubclass(one, StrEnum)),
    ClockEvent,
    LetterConsent,
)
_VALUES = tuple(
    one.value.replace("_", " ") for table in _CODES for one in table if one.value != "true"
)


def _of_sentences() -> Iterator[Text]:
    for path in _modules():
        tree = ast.parse(path.read_text("utf-8"))
        skipped = _not_sentences(tree)
        for node in ast.walk(tree):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = Text(id=node.value)
            elif isinstance(node, ast.JoinedStr):
                text = Text(id=_as_pattern(node), is_pattern=True)
            else:
                continue
            if _is_told(text):
                yield text
        yield from _default_sentences(path, tree)


#: How rows of rules are named inside sentences, alone and the first of several.
_ROWS = ("row {row} of {file_name}", "row {row} of {file_name} and {more}")


def _of_rules() -> Iterator[Text]:
    """Why a kind is treated as it is, what a combination tells, and how rows are named."""
    yield from (Text(id=one, is_pattern=True) for one in _ROWS)
    for path in sorted((ROOT / "rules").rglob("*.toml")):
        if path.parent.name == "policy" or path.name == "combinations.toml":
            yield from _told_by(tomllib.loads(path.read_text("utf-8")))


def _told_by(node: object) -> Iterator[Text]:
    if isinstance(node, list):
        for one in node:
            yield from _told_by(one)
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"reason", "sentence"} and isinstance(value, str):
                yield Text(id=value)
            yield from _told_by(value)


def _is_told(text: Text) -> bool:
    """A sentence or title for people; a pattern needs words of its own."""
    own = re.sub(r"\{\w+\}", "", text.id)
    enough = not text.is_pattern or len(re.findall(r"[A-Za-z]", own)) >= _LEAST_LETTERS
    told = _SENTENCE.match(text.id) and not _NOT_TOLD.search(text.id)
    return text.id in _SHORT_PATTERNS or bool(told and enough)


def _default_sentences(path: Path, tree: ast.AST) -> Iterator[Text]:
    """The docstrings of refusals are their sentences."""
    if path.name not in {"errors.py", "problems.py"}:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.bases:
            text = Text(id=(ast.get_docstring(node) or "").splitlines()[0])
            if _is_told(text):
                yield text


def _modules() -> Iterator[Path]:
    for name in _SENTENCES:
        place = ROOT / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if not path.relative_to(ROOT).as_posix().startswith(_NOT_HERE):
                yield path


def _not_sentences(tree: ast.AST) -> set[int]:
    """Docstrings, parts of f-strings, and the words of decorators and regular expressions."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
    return skipped


def _as_pattern(node: ast.JoinedStr) -> str:
    """`f"Box {number} is …"` as `Box {number} is …`, every place with a name of its own."""
    names: dict[str, str] = {}
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        written = ast.dump(part)
        name = _name_of(part)
        while names.get(name, written) != written:
            name += "_"
        names[name] = written
        text += "{" + name + "}"
    return text


def _name_of(part: ast.AST) -> str:
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute):
            return node.attr.strip("_").lower()
        if isinstance(node, ast.Name):
            return node.id.strip("_").lower()
    return "told"


def bring_up_to_date() -> tuple[int, int]:
    """Write the catalogue again; the number of texts, and of those without a translation."""
    path = catalogue_path(GERMAN)
    former = read_catalogue(GERMAN)
    made = Catalog(
        locale="de",
        project="letter-anonymizer",
        charset="utf-8",
        header_comment=former.header_comment or "",
        fuzzy=False,
    )
    missing = 0
    for text in every_text():
        old = former.get(text.id)
        string = old.string if old and old.string else ("", "") if text.many else ""
        if text.many and isinstance(string, str):
            string = (string, string)
        if not text.many and not isinstance(string, str):
            string = string[0]
        missing += not (string if isinstance(string, str) else all(string))
        key = (text.id, text.many) if text.many else text.id
        made.add(key, string, flags={PATTERN_FLAG} if text.is_pattern else set())
    written = io.BytesIO()
    write_po(written, made, width=98, sort_output=True, ignore_obsolete=True)
    path.write_text(_NOBODYS_HEADERS.sub("", written.getvalue().decode()), "utf-8")
    return len(every_text()), missing


if __name__ == "__main__":
    print(*bring_up_to_date())  # noqa: T201 - a tool for the command line
