"""
What every action works with: the store, the pipeline, the clock, the way out, the settings.

The pipeline is named by what the actions ask of it, so a test can bring a small one.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from anonymizer.exchange import ExchangeRules
from anonymizer.model import (
    CaseRegister,
    Circumstances,
    CombinationRule,
    Draft,
    Finding,
    KnownIdentifier,
    LanguageVerdict,
    Letter,
    Policy,
    Redaction,
    Residual,
    Routing,
    SiteWords,
    Span,
    Treatment,
    TreatmentAction,
)
from anonymizer.notices import NoticeTemplates, load_notice_templates
from service.dispatch.document import Outgoing, Press
from service.identity.provider import Provider
from service.settings import Settings
from service.store.database import Database
from service.store.size import KnownSize
from service.webhooks.listeners import Listener
from service.workflow.endpoints import Endpoint
from service.workflow.records import Approval


class Redrafted(Protocol):
    """The outgoing text after a person's corrections, and what is still readable in it."""

    @property
    def redaction(self) -> Redaction:
        """The outgoing text."""
        ...

    @property
    def residuals(self) -> tuple[Residual, ...]:
        """What should be gone and is not."""
        ...


class Drafter(Protocol):
    """The part of `anonymizer.pipeline.Pipeline` that the service uses."""

    @property
    def policy(self) -> Policy:
        """The rulings per kind."""
        ...

    @property
    def exchange(self) -> ExchangeRules:
        """Who may write to whom; the same rows hold for the draft and for every later look."""
        ...

    @property
    def combination_rules(self) -> tuple[CombinationRule, ...]:
        """Which kinds identify together."""
        ...

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = ...,
        register: CaseRegister | None = None,
    ) -> Draft:
        """The machine's proposal; never raises for a bad letter."""
        ...

    def policy_for(self, routing: Routing) -> Policy:
        """The rulings for a letter that goes this way: those of the policy and of the pair."""
        ...

    def redraft(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        known: tuple[KnownIdentifier, ...] = (),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> Redrafted:
        """The outgoing text of these treatments; `verdict` is the draft's, here and below."""
        ...

    def rescan(self, text: str, known: tuple[KnownIdentifier, ...] = ()) -> tuple[Treatment, ...]:
        """Detection and policy on any text."""
        ...

    def replacement_for(
        self,
        letter: Letter,
        finding: Finding,
        action: TreatmentAction,
        *,
        verdict: LanguageVerdict | None = None,
    ) -> Treatment:
        """How a passage is treated that a person hides."""
        ...

    def renumbered(
        self,
        letter: Letter,
        treatments: tuple[Treatment, ...],
        own: frozenset[Span] = frozenset(),
        *,
        verdict: LanguageVerdict | None = None,
    ) -> tuple[Treatment, ...]:
        """The same treatments with placeholders numbered; in the passages `own` none is printed."""
        ...

    def with_words(self, words: SiteWords) -> "Drafter":
        """The same pipeline with the words of the site in force."""
        ...


class WayOut(Protocol):
    """How an approved letter leaves."""

    @property
    def press(self) -> Press:
        """What makes the document to deliver."""
        ...

    def deliver(
        self,
        dispatch_id: str,
        approval: Approval,
        *,
        on: date,
        outgoing: Outgoing | None = None,
        endpoint: Endpoint | None = None,
    ) -> object:
        """Hand the letter over; the same dispatch id twice is one delivery."""
        ...

    def ask(self, check_id: str, endpoint: Endpoint, code: str, *, on: date) -> None:
        """Send a code to an address that is new; as `deliver`, without a letter."""
        ...


@dataclass(slots=True)
class Assembled:
    """
    The pipeline as `site_pipeline` put it together last: one per process, shared by all threads.

    Without words of the site nothing is here, and the desk's own pipeline drafts.
    """

    base: Drafter | None = None
    database: Database | None = None
    version: int = 0
    pipeline: Drafter | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """
    Everything an action needs besides the person who asks.

    With a `fault`, a sentence without letter text, the pipeline must not draft: letters wait.
    `pipeline` knows no word of the site; whoever drafts or searches asks `site_pipeline`.
    """

    database: Database
    pipeline: Drafter
    way_out: WayOut
    settings: Settings
    clock: Callable[[], datetime] = utc_now
    fault: str | None = None
    notices: NoticeTemplates = field(default_factory=load_notice_templates)
    provider: Provider | None = None
    """The identity provider of the site, where there is one."""
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    """Registry clients that are told the status of their letters."""
    assembled: Assembled = field(default_factory=Assembled, repr=False, compare=False)
    """What `site_pipeline` keeps; nothing else looks at it."""

    size: KnownSize = field(default_factory=KnownSize, repr=False, compare=False)
    """How large the database is."""

    def now(self) -> datetime:
        """The time of the injected clock."""
        return self.clock()

    @property
    def exchange_rules(self) -> ExchangeRules:
        """The rules of the exchange, those by which the pipeline drafts."""
        return self.pipeline.exchange

    def today(self) -> date:
        """The day it is where the keeping registry is."""
        return self.now().astimezone(self.settings.zone).date()
