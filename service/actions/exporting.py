"""
What people corrected, as cases for the specification with invented words in them.

Contract: texts are opened here and nothing of them is given away: what leaves is made by
`service.workflow.invented`. Letters whose corrections were erased give nothing.
"""

import json
from collections.abc import Iterator, Mapping
from random import SystemRandom

from anonymizer.rulebook import load_words
from service.actions.desk import Desk
from service.actions.opened import read_letter
from service.store.audit import append_event
from service.store.letters import find_letters
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import Erased
from service.workflow.findings import false_masks, misses
from service.workflow.invented import Chance, InventedCase, invented_case, surviving_case
from service.workflow.people import Permission, Person, check_may
from service.workflow.states import LetterState

#: Lists of words that stand in anybody's letter.
_LISTS = ("function_words", "introductions", "kin", "place_cues", "residence_cues", "greetings")
_READ = frozenset({LetterState.APPROVED, LetterState.DISPATCHED, LetterState.DISPATCH_FAILED})
_MOST_LETTERS = 100_000


def export_corrections(
    desk: Desk, person: Person, *, chance: Chance | None = None
) -> tuple[InventedCase, ...]:
    """The corrections of every approved letter that still has them, without doubles."""
    check_may(person, Permission.EXPORT_CORRECTIONS)
    words = _harmless(desk)
    chosen = chance or SystemRandom()
    cases: dict[tuple[object, ...], InventedCase] = {}
    with desk.database.reading() as connection:
        ids = [row.letter_id for row in find_letters(connection, states=_READ, limit=_MOST_LETTERS)]
    for letter_id in ids:
        for case in _cases_of(desk, letter_id, words, chosen):
            cases.setdefault((case.language, case.kind, case.before, case.after), case)
    event = AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=AuditAction.CORRECTIONS_EXPORTED,
        details={"count": len(cases)},
    )
    with desk.database.writing() as tx:
        append_event(tx, event=event)
    return tuple(cases.values())


def written_corrections(cases: tuple[InventedCase, ...]) -> str:
    """The cases as a file of `corpus/spec`; their ids are numbers and tell no day."""
    head = "# Corrections of proofreaders, with invented words. Look at each before it is kept.\n"
    return head + "".join(_written(number, case) for number, case in enumerate(cases, start=1))


def _written(number: int, case: InventedCase) -> str:
    if case.kind is None:
        says = f"These words were hidden without need ({case.language})."
    else:
        says = f"A person found a passage of the kind {case.kind.value} ({case.language})."
    lines = (("id", f"found-{number}"), ("says", says), ("text", case.text))
    table = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines)
    return f"\n[[case]]\n{table}"


def _cases_of(
    desk: Desk, letter_id: str, words: Mapping[str, frozenset[str]], chance: Chance
) -> Iterator[InventedCase]:
    try:
        with desk.database.reading() as connection:
            opened = read_letter(connection, letter_id)
    except Erased:
        return
    text, draft, proof = opened.content.text, opened.draft, opened.proof
    if text is None or draft is None or proof is None:
        return
    language = draft.language.code if draft.language and draft.language.code else "en"
    harmless = words.get(language, frozenset())
    for mark in misses(draft.treatments, proof.marks):
        others = [other.span for other in proof.marks if other is not mark]
        case = invented_case(
            text,
            mark.span,
            mark.treatment.finding.kind,
            language=language,
            others=others,
            harmless=harmless,
            chance=chance,
        )
        if case is not None:
            yield case
    for one in false_masks(draft.treatments, proof.marks):
        kept = surviving_case(text, one.finding.span, language=language, harmless=harmless)
        if kept is not None:
            yield kept


def _harmless(desk: Desk) -> dict[str, frozenset[str]]:
    folder = desk.settings.rules_folder
    found: dict[str, frozenset[str]] = {}
    for name in _LISTS:
        for language, entries in load_words(name, site_folder=folder).items():
            single = frozenset(entry for entry in entries if " " not in entry)
            found[language] = found.get(language, frozenset()) | single
    return found
