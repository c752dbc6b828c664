"""
Those who work at the service in a run: the registry's client, and the proofreaders.

Contract: the client writes down what it was answered with 202, the proofreaders what they
approved; both before they go on. Whoever gets no answer asks again with the same key.
"""

import hashlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from service import actions
from service.actions import Desk
from service.workflow.errors import NotReady, ServiceError
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.chaos.letters import ChaosLetter, letter_of
from tests.chaos.store_states import ids_in

_ANSWER_WITHIN_S = 10.0


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What was promised: letters taken in, and texts approved."""

    accepted: dict[str, ChaosLetter] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    """Letter id → SHA-256 of the text that a proofreader saw before approving it."""
    approved: set[str] = field(default_factory=set)
    """Letters whose approval was answered: they must arrive."""
    answered_twice: int = 0
    """How often the same letter got another id: never."""
    left_open: set[str] = field(default_factory=set)
    """Letters in which the machine left a passage to a person."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals that proofreaders saw: two who reach for one letter."""
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def unread(self) -> int:
        """How many letters still have to be approved, drafted or not."""
        with self.lock:
            wanted = {one for one, letter in self.accepted.items() if letter.approve}
            return len(wanted - self.approved - self.left_open)


class Client:
    """Posts letters over HTTP, again and again until each one is answered."""

    def __init__(self, url: str, key: str, ledger: Ledger, *, cases: int) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=_ANSWER_WITHIN_S)
        self._ledger, self._cases = ledger, cases

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def post(self, number: int, stop: threading.Event) -> bool:
        """Post letter `number`; False when told to stop before it was answered."""
        letter = letter_of(number, cases=self._cases)
        body = {"id": str(number), "text": letter.text, "direction": letter.direction}
        headers = {"Idempotency-Key": f"letter-{number}"}
        again = False
        while not stop.is_set():
            try:
                answer = self._http.post("/v1/letters", json=body, headers=headers)
            except httpx.HTTPError:
                stop.wait(0.05)
                continue
            if answer.status_code == 202:
                self._note(answer.json()["id"], letter)
                if number % 20 or again:
                    return True
                # as if the answer had been lost on its way: the client asks once more
                again = True
                continue
            if answer.status_code not in {409, 429, 503}:
                with self._ledger.lock:
                    self._ledger.errors.append(f"HTTP {answer.status_code}")
                return True
            stop.wait(0.05)
        return False

    def _note(self, letter_id: str, letter: ChaosLetter) -> None:
        with self._ledger.lock:
            known = self._ledger.numbers.setdefault(letter.number, letter_id)
            self._ledger.answered_twice += known != letter_id
            self._ledger.accepted[letter_id] = letter


class Proofreader:
    """Claims what is ready, reads it, and approves exactly what it saw."""

    def __init__(self, desk: Desk, person: Person, ledger: Ledger, *, seed: int) -> None:
        self._desk, self._person, self._ledger = desk, person, ledger
        self._url = desk.database.url.render_as_string(hide_password=False)
        self._random = random.Random(seed)

    def work(self, stop: threading.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            if not self.approve_some():
                stop.wait(0.2)

    def approve_some(self) -> bool:
        """Approve a few letters; False when none is ready."""
        # what a proofreader has begun, they end
        ready = ids_in(self._url, LetterState.READY, LetterState.IN_REVIEW)
        mine = [one for one in ready if self._is_for_approval(one)]
        for one in self._random.sample(mine, min(len(mine), 20)):
            try:
                self._approve(one)
            except NotReady:
                # a passage that somebody has to decide: it stays, like those that nobody approves
                with self._ledger.lock:
                    self._ledger.left_open.add(one)
            except ServiceError as error:
                # a colleague was quicker, or the letter has moved on
                self._ledger.refused[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 - the database may be busy: try again
                with self._ledger.lock:
                    self._ledger.errors.append(type(error).__name__)
                time.sleep(0.1)
        return bool(mine)

    def _is_for_approval(self, letter_id: str) -> bool:
        letter = self._ledger.accepted.get(letter_id)
        open_ones = self._ledger.left_open
        return letter is not None and letter.approve and letter_id not in open_ones

    def _approve(self, letter_id: str) -> None:
        desk, person = self._desk, self._person
        seen = actions.open_letter(desk, person, letter_id=letter_id)
        version = seen.version
        if seen.state is LetterState.READY:
            version = actions.claim_letter(desk, person, letter_id=letter_id, version=version)
        digest = hashlib.sha256((seen.outgoing or "").encode()).hexdigest()
        with self._ledger.lock:
            self._ledger.seen[letter_id] = digest
        actions.approve_letter(
            desk, person, letter_id=letter_id, version=version, digest=seen.digest or ""
        )
        with self._ledger.lock:
            self._ledger.approved.add(letter_id)
