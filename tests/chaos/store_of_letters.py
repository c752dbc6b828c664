"""
Fills a store with many letters, quickly and as in the field.

Contract: every letter goes through the service's own functions and is sealed, drafted, decided and
on the trail like any other. The real pipeline drafts each text once; letters that differ in
nothing but their donor number share that draft, so that ten thousand take a minute or two.
"""

import contextlib
import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from anonymizer.model import (
    CaseRegister,
    Channel,
    Circumstances,
    Direction,
    Draft,
    Letter,
    TreatmentAction,
)
from corpus.gold import GoldLetter
from service import actions
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import OPERATOR, add_person
from service.actions.dispatching import dispatch_next
from service.actions.drafting import make_draft, store_draft, take_letter
from service.actions.leasing import enter, leave
from service.sample import sample_letters
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import ServiceError
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.chaos.letters import ChaosCase, case_list, case_of

#: A letter of the figures: so many words, and how far one may be off.
WORDS = 500
_OFF = 20
#: Of the letters that are ready, so many are decided, put on hold, or in somebody's hands.
_SENT, _ON_HOLD, _IN_REVIEW = 0.05, 0.02, 0.02
_LETTERS_OF_A_CASE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What there is now."""

    long_ones: tuple[str, ...]
    """Letters of about 500 words that are free, the oldest first."""
    people: tuple[Person, ...] = field(repr=False)


class Remembering:
    """The pipeline, which drafts a text once, whatever number stands in it."""

    def __init__(self, pipeline: Any, cases: int) -> None:
        self._pipeline = pipeline
        self._cases = {one.donor_number: one for one in map(case_of, range(1, cases + 1))}
        self._drafts: dict[tuple[str, str | None, str], Draft] = {}

    def __getattr__(self, name: str) -> Any:
        """Everything else is the pipeline's own."""
        return getattr(self._pipeline, name)

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """The pipeline's draft of this text, with the case of this letter."""
        case = self._cases[letter.cover_number or ""]
        text = letter.text.replace(case.donor_number, "#")
        key = (text, letter.direction, case.country)
        if key not in self._drafts:
            self._drafts[key] = self._pipeline.draft(letter, circumstances, register)
        first = self._drafts[key]
        routing = first.routing and replace(
            first.routing,
            donor_number=case.donor_number,
            case_id=first.routing.case_id and f"C-{case.number}",
            clinic_id=first.routing.clinic_id and case.clinic_id,
        )
        return replace(first, letter=letter, routing=routing)


def fill(desk: Desk, *, letters: int, seed: int) -> Filled:
    """Put so many letters into an empty store: most wait, others are decided, sent or held."""
    chance, cases = random.Random(seed), max(1, letters // _LETTERS_OF_A_CASE)
    actions.import_cases(desk, OPERATOR, content=case_list(cases), file_name="cases.csv")
    people = tuple(
        add_person(desk, OPERATOR, name=f"Reader {n}", roles=frozenset({Role.PROOFREADER}))
        for n in range(20)
    )
    desk = replace(desk, pipeline=Remembering(desk.pipeline, cases))
    for number in range(letters):
        _receive(desk, number, case_of(number % cases + 1))
    worker = enter(desk)
    long_ones = []
    while work := take_letter(desk, worker):
        state = store_draft(desk, work, make_draft(desk, work))
        if state is not LetterState.READY or _decided(desk, work.row.letter_id, people, chance):
            continue
        if abs(len(work.letter.text.split()) - WORDS) <= _OFF:
            long_ones.append(work.row.letter_id)
    while dispatch_next(desk, worker):
        pass
    leave(desk, worker)
    return Filled(long_ones=tuple(long_ones), people=people)


def text_of(number: int, case: ChaosCase) -> tuple[str, Direction]:
    """The text of letter `number`, every third one of about 500 words; and who wrote it."""
    samples = _samples()
    first = number // 3 % len(samples)
    text = samples[first].text
    if number % 3 == 0:
        for step in range(1, len(samples)):
            missing = WORDS - len(text.split())
            if missing <= 0:
                break
            # the middle of another letter: its head and its greetings would be there twice
            middle = samples[(first + step) % len(samples)].text.split("\n\n")[2:-1]
            text += "\n\n" + " ".join("\n\n".join(middle).split()[:missing])
    return f"{text}\nDonor number: {case.donor_number}\n", samples[first].direction


@cache
def _samples() -> tuple[GoldLetter, ...]:
    """The English sample letters whose number came beside them."""
    return tuple(one for one in sample_letters() if one.donor_number and one.language == "en")


def _receive(desk: Desk, number: int, case: ChaosCase) -> None:
    text, direction = text_of(number, case)
    incoming = IncomingLetter(
        content=text.encode(),
        channel=Channel.API,
        direction=direction,
        cover_number=case.donor_number,
        is_typed=True,
    )
    request = ClientRequest(client="registry", idempotency_key=f"filled-{number}")
    receive_client_letter(desk, incoming=incoming, request=request)


def _decided(desk: Desk, letter_id: str, people: tuple[Person, ...], chance: random.Random) -> bool:
    """Somebody took it up; False for a letter that goes on waiting."""
    what = chance.random()
    if what >= _SENT + _ON_HOLD + _IN_REVIEW:
        return False
    person = chance.choice(people)
    seen = actions.open_letter(desk, person, letter_id=letter_id)
    version = actions.claim_letter(desk, person, letter_id=letter_id, version=seen.version)
    if what < _ON_HOLD:
        actions.hold_letter(
            desk, person, letter_id=letter_id, version=version, reason="Ask the writer."
        )
    elif what < _ON_HOLD + _SENT:
        _approve(desk, person, letter_id)
    return True


def _approve(desk: Desk, person: Person, letter_id: str) -> None:
    seen = actions.open_letter(desk, person, letter_id=letter_id)
    hidden = tuple(
        Correction(kind=CorrectionKind.MASK, finding_id=one.finding_id)
        for one in seen.findings
        if one.action is TreatmentAction.SUGGEST
    )
    if hidden:
        actions.correct(desk, person, letter_id=letter_id, version=seen.version, corrections=hidden)
        seen = actions.open_letter(desk, person, letter_id=letter_id)
    # what a rule forbids or two people have to read stays in hand
    with contextlib.suppress(ServiceError):
        actions.approve_letter(
            desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
        )
