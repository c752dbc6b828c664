"""
Step 2 by hand: the letters whose case is not clear, with the cases they may belong to.

Contract: candidates are proposals in a fixed order; nothing is chosen for the coordinator, and a
number that is nearly right is never corrected.
"""

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from anonymizer.donor_number import DonorNumberForm, canonical_donor_number
from anonymizer.model import RegisteredCase
from service.actions.desk import Desk
from service.actions.views import AllocationItem, CandidateCase
from service.store.cases import cases_by_number, donor_numbers
from service.store.database import Connection
from service.store.letters import StoredLetter, find_content, find_letters
from service.workflow.people import Person, check_may_allocate
from service.workflow.states import LetterState

_MOST_CANDIDATES = 8
#: Two slips of the pen: a wrong character, a missing one, or two swapped.
_MOST_SLIPS = 2


def list_allocation(desk: Desk, person: Person) -> tuple[AllocationItem, ...]:
    """The letters that wait for a coordinator, the oldest first."""
    check_may_allocate(person)
    waiting = frozenset({LetterState.HELD_ALLOCATION})
    with desk.database.reading() as connection:
        rows = find_letters(connection, states=waiting)
        register = donor_numbers(connection) if rows else ()
        return tuple(_item(desk, connection, row, register) for row in rows)


def _item(
    desk: Desk, connection: Connection, row: StoredLetter, register: tuple[tuple[str, str], ...]
) -> AllocationItem:
    form = DonorNumberForm(formats=desk.settings.donor_number_formats)
    text = find_content(connection, row.letter_id).text or ""
    in_text = tuple(dict.fromkeys(found.number for found in form.find(text)))
    cover = canonical_donor_number(row.cover_number) if row.cover_number else None
    candidates: dict[str, CandidateCase] = {}
    for case, why in _candidates(connection, cover, in_text, register):
        candidates.setdefault(case.case_id, _candidate(case, why))
    return AllocationItem(
        letter_id=row.letter_id,
        version=row.version,
        received_at=row.received_at,
        direction=row.direction,
        hold_reasons=tuple(hold.reason for hold in row.holds),
        cover_number=row.cover_number,
        numbers_in_text=in_text,
        candidates=tuple(candidates.values())[:_MOST_CANDIDATES],
    )


def _candidates(
    connection: Connection,
    cover: str | None,
    in_text: tuple[str, ...],
    register: tuple[tuple[str, str], ...],
) -> Iterator[tuple[RegisteredCase, str]]:
    seen = [(cover, "cover")] if cover else []
    seen += [(number, "letter") for number in in_text]
    for number, where in seen:
        for case in cases_by_number(connection, number):
            yield case, f"its donor number stands on the {where}"
    for number, where in seen:
        for registered, _ in _nearly(number, register):
            for case in cases_by_number(connection, registered):
                yield case, f"its donor number is nearly the one on the {where}"


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
    )
