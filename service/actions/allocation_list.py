"""
Step 2 by hand: the letters whose case is not clear, with the cases they may belong to.

Contract: candidates are proposals in a fixed order; nothing is chosen for the coordinator, and a
number that is nearly right is never corrected.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from anonymizer.donor_number import DonorNumberForm, canonical_donor_number
from anonymizer.model import RegisteredCase
from anonymizer.patient_reference import canonical_patient_reference, find_patient_references
from service.actions.desk import Desk
from service.actions.views import AllocationItem, CandidateCase
from service.store.cases import (
    cases_by_number,
    cases_by_reference,
    donor_numbers,
    patient_references,
)
from service.store.database import Connection
from service.store.letters import StoredLetter, find_content, find_letters
from service.workflow.people import Person, check_may_allocate
from service.workflow.states import LetterState

_MOST_CANDIDATES = 8
#: Two slips of the pen: a wrong character, a missing one, or two swapped.
_MOST_SLIPS = 2


#: Numbers, each with its case id or with the place where it stands.
_Numbers = tuple[tuple[str, str], ...]
_LookUp = Callable[[Connection, str], tuple[RegisteredCase, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """Every donor number and every patient reference, each with its case id."""

    numbers: _Numbers = field(repr=False)
    references: _Numbers = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The numbers of a letter, each with the place where it stands."""

    numbers: _Numbers = field(repr=False)
    references: _Numbers = field(repr=False)


def list_allocation(desk: Desk, person: Person) -> tuple[AllocationItem, ...]:
    """The letters that wait for a coordinator, the oldest first."""
    check_may_allocate(person)
    waiting = frozenset({LetterState.HELD_ALLOCATION})
    with desk.database.reading() as connection:
        rows = find_letters(connection, states=waiting)
        register = _Register(
            numbers=donor_numbers(connection) if rows else (),
            references=patient_references(connection) if rows else (),
        )
        return tuple(_item(desk, connection, row, register) for row in rows)


def _item(
    desk: Desk, connection: Connection, row: StoredLetter, register: _Register
) -> AllocationItem:
    form = DonorNumberForm(formats=desk.settings.donor_number_formats)
    text = find_content(connection, row.letter_id).text or ""
    in_text = tuple(dict.fromkeys(found.number for found in form.find(text)))
    called = tuple(dict.fromkeys(found.number for found in find_patient_references(text)))
    seen = _seen(row.cover_number, in_text, called)
    candidates: dict[str, CandidateCase] = {}
    for case, why in _candidates(connection, seen, register):
        candidates.setdefault(case.case_id, _candidate(case, why))
    return AllocationItem(
        letter_id=row.letter_id,
        version=row.version,
        received_at=row.received_at,
        direction=row.direction,
        hold_reasons=tuple(hold.reason for hold in row.holds),
        cover_number=row.cover_number,
        numbers_in_text=in_text,
        references_in_text=called,
        candidates=tuple(candidates.values())[:_MOST_CANDIDATES],
    )


def _seen(cover: str | None, in_text: tuple[str, ...], called: tuple[str, ...]) -> _Seen:
    """The number on the cover may be either of both kinds: it is looked for among both."""
    donor = [(canonical_donor_number(cover), "on the cover")] if cover else []
    patient = [(canonical_patient_reference(cover), "on the cover")] if cover else []
    return _Seen(
        numbers=(*donor, *((number, "in the letter") for number in in_text)),
        references=(*patient, *((number, "in the letter") for number in called)),
    )


def _candidates(
    connection: Connection, seen: _Seen, register: _Register
) -> Iterator[tuple[RegisteredCase, str]]:
    """Exact ones first; a number of one kind that is nearly right is never taken for the other."""
    kinds: tuple[tuple[str, _Numbers, _Numbers, _LookUp], ...] = (
        ("donor", seen.numbers, register.numbers, cases_by_number),
        ("patient", seen.references, register.references, cases_by_reference),
    )
    for kind, numbers, _, look_up in kinds:
        for number, where in numbers:
            for case in look_up(connection, number):
                yield case, f"its {kind} number stands {where}"
    for kind, numbers, registered, look_up in kinds:
        for number, where in numbers:
            for near in dict.fromkeys(one for one, _ in _nearly(number, registered)):
                for case in look_up(connection, near):
                    yield case, f"its {kind} number is nearly the one {where}"


def _nearly(number: str, register: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    slips = [
        (OSA.distance(number, registered, score_cutoff=_MOST_SLIPS), registered, case_id)
        for registered, case_id in register
    ]
    close = sorted(one for one in slips if 0 < one[0] <= _MOST_SLIPS)
    return [(registered, case_id) for _, registered, case_id in close[:_MOST_CANDIDATES]]


def _candidate(case: RegisteredCase, why: str) -> CandidateCase:
    return CandidateCase(
        case_id=case.case_id,
        donor_number=case.donor_number,
        donor_country=case.donor_country,
        patient_country=case.patient_country,
        clinic_id=case.clinic_id,
        clinic_name=case.clinic_name,
        why=why,
        patient_reference=case.patient_reference,
    )
