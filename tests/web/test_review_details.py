"""Details of events are told in the person’s language: every key and every fixed word."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymizer.case_columns import COURSE_COLUMNS
from anonymizer.cases import COLUMNS
from anonymizer.exchange.verdict import ReasonCode
from anonymizer.model import Channel, Direction, DocumentKind, Origin, OutgoingFormat, Side, WordUse
from anonymizer.notices import NoticeKind
from service.vault.keyring import ROTATED
from service.web.language.choice import ENGLISH, GERMAN, choose
from service.web.language.words import sentences_of
from service.web.review.cause_words import CAUSES, REMARKS
from service.web.review.detail_words import (
    DETAILS,
    EVERY_TABLE,
    LANGUAGES,
    VALUES,
    actor_name,
    detail_name,
    detail_value,
)
from service.workflow.corrections import CorrectionKind
from service.workflow.endpoints import ChannelKind
from service.workflow.identities import ViewReason, Words
from service.workflow.people import STAFF_ROLES
from service.workflow.pictures import PictureSort
from service.workflow.retention import Part
from service.workflow.states import LetterState
from service.workflow.switches import PauseReason

ROOT = Path(__file__).parents[2]

#: What makes an event, and what of its arguments is no detail.
_MAKERS = frozenset({"event_of", "letter_event", "_event"})
_ABOUT = frozenset({"at", "actor", "action", "letter_id"})
#: Names under which details are gathered before the event is made.
_GATHERED = frozenset({"details", "told"})
#: Ids, numbers and digests: they are looked up elsewhere, and are the same in every language.
_AS_THEY_ARE = frozenset(
    {
        *("approval", "attempt", "batch", "boxes", "case", "change", "copy", "count", "delivery"),
        *("differences", "digest", "dispatch", "endpoint", "failed", "first", "follows", "hidden"),
        *("identity", "key", "letters", "number", "pictures", "readers", "recipient", "release"),
        *("rules", "scopes", "second", "subject", "text_version", "version", "words", "wrapped"),
    }
)

_CODE = re.compile(r"[a-z][a-z_]+")


def _trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        place = ROOT / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield path, ast.parse(path.read_text("utf-8"))


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _keys_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for key in node.keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value


def _keys_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node) in {*_MAKERS, "AuditEvent"}:
            for argument in (*node.args, *(one.value for one in node.keywords)):
                yield from _keys_of(argument)
            told = {one.arg for one in node.keywords if one.arg and one.arg not in _ABOUT}
            yield from told - {"details", "event"}
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id in _GATHERED for one in targets):
                yield from _keys_of(node.value)
        if isinstance(node, ast.FunctionDef) and node.name == "_told_of":
            for inner in ast.walk(node):
                yield from _keys_of(inner)


def written_keys() -> set[str]:
    """The keys of the details of all events, as the code writes them."""
    found = {purpose.value for purpose in ROTATED}
    for path, tree in _trees("service/actions", "service/worker.py"):
        if path.name not in {"trail.py", "trouble.py", "subject_access.py"}:
            found |= set(_keys_in(tree))
    for _, tree in _trees("service/store/reconciling.py"):
        for node in ast.walk(tree):
            found |= set(_keys_of(node))
    return {*found, "case", "side", "copy"}


def _constants(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def written_causes() -> set[str]:
    """Every code of a hold, of an unreadable file, and of a second reading."""
    codes: set[str] = {reason.value for reason in ReasonCode}
    for path, tree in _trees("anonymizer", "service/actions", "service/worker.py"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or "doctor" in path.parts:
                continue
            made, named = _name_of(node), {one.arg: one.value for one in node.keywords}
            if made in {"_hold", "_fault_hold", "_held"}:
                first = [one for one in node.args[:2] if isinstance(one, ast.Constant)]
                codes |= {one.value for one in first if isinstance(one.value, str)}
            if made in {"Hold", "Unreadable", "OverLimit", "SecondReading", "_give_up"} or (
                made in {"give_up_draft", "_Settled"} and "code" in named
            ):
                codes |= set(_constants(named["code"])) if "code" in named else set()
            if made == "refuse":
                limits = [named.get("limit"), *node.args[:1]]
                codes |= {f"over_limit_{told}" for one in limits if one for told in _constants(one)}
    for _, tree in _trees("anonymizer/allocation.py", "service/actions/drafting.py"):
        codes |= {key for node in ast.walk(tree) for key in _sentences_by_code(node)}
    return {one for one in codes if _CODE.fullmatch(one)}


def _sentences_by_code(node: ast.AST) -> Iterator[str]:
    """The codes of a table that has a sentence for each."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(
            isinstance(one, ast.Name) and one.id in {"_REASONS", "sentences"} for one in targets
        ):
            yield from _keys_of(node.value)


def written_remarks() -> set[str]:
    """Every code of a remark about a file that was read."""
    found: set[str] = set()
    for _, tree in _trees("anonymizer/documents"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name_of(node) in {"warn", "_warn"} and node.args:
                found |= set(_constants(node.args[0]))
            if isinstance(node, ast.Call) and _name_of(node) == "ReadingWarning":
                named = {one.arg: one.value for one in node.keywords}
                found |= set(_constants(named["code"]))
    # what comes over the wire from the reader was made by one of these
    return {one for one in found - {"code"} if _CODE.fullmatch(one)}


def test_every_detail_that_is_written_has_a_name() -> None:
    """And says how its value is told; no name is left of a detail that is gone."""
    assert written_keys() == set(DETAILS)
    counts = {one for one in DETAILS if "_with" in one or one == "letters_in_no_state"}
    assert set(DETAILS) == set(VALUES) | LANGUAGES | _AS_THEY_ARE | counts


def test_every_cause_and_remark_that_is_written_has_words() -> None:
    """What the trail cuts short as a code, a person reads."""
    assert written_causes() - set(CAUSES) == set()
    assert written_remarks() - set(REMARKS) == set()


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("channel", Channel),
        ("corrections", CorrectionKind),
        ("direction", Direction),
        ("fields", (*COLUMNS, *COURSE_COLUMNS)),
        ("form", OutgoingFormat),
        ("kind", (*DocumentKind, *ChannelKind)),
        ("kinds", NoticeKind),
        ("notice", NoticeKind),
        ("own_words", Words),
        ("part", Part),
        ("passages", Origin),
        ("reason", (*PauseReason, *ViewReason)),
        ("roles", STAFF_ROLES),
        ("side", Side),
        ("sort", PictureSort),
        ("state", LetterState),
        ("use", WordUse),
    ],
)
def test_every_fixed_value_has_words(key: str, codes: tuple[str, ...]) -> None:
    """Whatever code an event holds, none of it is shown raw."""
    known = {code for table in VALUES[key] for code in table}
    assert set(codes) <= known


def test_every_word_is_german_on_german_pages() -> None:
    """The catalogue has each; what reads the same in both languages is there as well."""
    german = sentences_of(GERMAN).single
    words = {word for table in EVERY_TABLE for word in table.values()}
    assert {word for word in words if word not in german} == set()


@pytest.fixture
def german() -> Iterator[None]:
    """The request is answered in German."""
    choose(GERMAN)
    yield
    choose(ENGLISH)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("holds", "wrong_language,no_case", "falsche Sprache, kein Fall"),
        ("passages", "table:3,mail_header:12", "Tabelle 3, Kopf der Mail 12"),
        ("corrections", "mask:f12,remove:a3", "entfernt f12, behalten a3"),
        ("language", "de", "Deutsch"),
        ("language", "all", "alle Sprachen"),
        ("saw_hidden", 0, "nein"),
        ("attempt", 2, "2"),
        ("digest", "ab_c", "ab_c"),
        ("holds", "never_heard_of", "never heard of"),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_value_is_told_in_the_language_of_the_page(key: str, value: str | int, told: str) -> None:
    """Lists, counts and ids too; a code of a later version stays one and breaks nothing."""
    assert detail_value(value, key) == told


@pytest.mark.usefixtures("german")
def test_names_of_details_and_actors_are_told_in_the_language_of_the_page() -> None:
    """But people, who are called what they are called."""
    assert detail_name("attempt") == "Versuch"
    assert detail_name("of_tomorrow") == "of tomorrow"
    assert actor_name("the service", "system") == "der Dienst"
    assert actor_name("operator:root", "operator:root") == "Betrieb (root)"
    assert actor_name("client:north", "client:north") == "System north"
    assert actor_name("Audit", "0" * 32) == "Audit"
