"""A letter as the pages get it from the actions, for tests of the pages alone."""

import hashlib
from datetime import UTC, datetime, timedelta

from fastapi import Request

from anonymizer.model import (
    ContentFlagKind,
    Direction,
    EntityKind,
    IdentifierClass,
    TreatmentAction,
)
from service.actions.access import SignedIn
from service.actions.may_do import May, MayDo
from service.actions.views import (
    CombinationView,
    FindingView,
    FlagView,
    LanguageView,
    LetterView,
    ReplacementView,
    RoutingView,
    TellingLetter,
    ToldView,
)
from service.workflow.people import Person, Role
from service.workflow.recipients import Recipient, RecipientRole
from service.workflow.states import LetterState

LETTER_ID = "3f9a2c41" + "0" * 24
EARLIER_ID = "5b1d" + "0" * 28
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
YES = May(allowed=True)

TEXT = (
    "\nDear donor 😀,\n\n"
    "I am Anna and live in Oldtown. Anna is a baker, <script>alert('x')</script> & glad.\n\n"
    "zero\u200bwidth \u202edlrow\u202c\n"
    "Anna\n"
)

_NAME, _TOWN, _JOB = EntityKind.PERSON, EntityKind.PLACE, EntityKind.OCCUPATION
_PLAN: tuple[tuple[str, EntityKind, TreatmentAction, str | None], ...] = (
    ("Anna", _NAME, TreatmentAction.REPLACE, "[my name]"),
    ("Oldtown", _TOWN, TreatmentAction.REPLACE, "[my town]"),
    ("Anna", _NAME, TreatmentAction.REPLACE, "[my name]"),
    ("baker", _JOB, TreatmentAction.SUGGEST, None),
    ("glad", EntityKind.FAMILY, TreatmentAction.KEEP, None),
)


def findings() -> tuple[FindingView, ...]:
    """The passages of `TEXT`, found from left to right; the last Anna is missed."""
    place, made = 0, []
    for number, (words, kind, action, replacement) in enumerate(_PLAN, start=1):
        place = TEXT.index(words, place)
        made.append(
            FindingView(
                finding_id=f"f{number}",
                start=place,
                end=place + len(words),
                kind=kind,
                identifier_class=IdentifierClass.DIRECT,
                action=action,
                reason="A reason of the rules.",
                rule_id="rule/one",
                recognizer="ner.en",
                score=0.9,
                replacement=replacement,
                entity=None,
                correction_author=None,
                corrected=False,
                can_generalize=kind is _JOB,
                text=words,
            )
        )
        place += len(words)
    return tuple(made)


def outgoing() -> tuple[str, tuple[ReplacementView, ...]]:
    """The outgoing text and its changes."""
    text, place, changes = "", 0, []
    for one in findings():
        if one.replacement is None:
            continue
        text += TEXT[place : one.start]
        changes.append(
            ReplacementView(
                finding_id=one.finding_id,
                source_start=one.start,
                source_end=one.end,
                target_start=len(text),
                target_end=len(text) + len(one.replacement),
                kind=one.kind,
                replacement=one.replacement,
            )
        )
        text += one.replacement
        place = one.end
    return text + TEXT[place:], tuple(changes)


def told(words: str, kind: EntityKind, *, as_written: bool = True) -> ToldView:
    """A passage that tells something."""
    return ToldView(start=max(0, TEXT.find(words)), kind=kind, as_written=as_written, words=words)


def combination(*, earlier: bool) -> CombinationView:
    """A job and an age in this letter, or the age in one that came a month before."""
    job, age = told("baker", _JOB), told("[in my <fifties>]", EntityKind.AGE, as_written=False)
    here = TellingLetter(
        letter_id=LETTER_ID,
        received_at=NOON,
        here=True,
        passages=(job,) if earlier else (job, age),
    )
    before = TellingLetter(
        letter_id=EARLIER_ID,
        received_at=NOON - timedelta(days=31),
        here=False,
        passages=(age,),
    )
    return CombinationView(
        rule_id="job-age",
        sentence="A job and an age fit few people.",
        letters=(before, here) if earlier else (here,),
    )


def letter(*, version: int = 7, approve: May = YES, correct: May = YES) -> LetterView:
    """The letter in review, with one suggestion to decide."""
    text, changes = outgoing()
    flag = TEXT.index("live in")
    return LetterView(
        letter_id=LETTER_ID,
        state=LetterState.IN_REVIEW,
        version=version,
        received_at=NOON,
        changed_at=NOON,
        text=TEXT,
        findings=findings(),
        outgoing=text,
        replacements=changes,
        residuals=(),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        suggestions=1,
        open_suggestions=1,
        corrections=0,
        holds=(),
        flags=(
            FlagView(
                kind=ContentFlagKind.WISH_TO_MEET,
                reason="The writer wants to meet the reader.",
                start=flag,
                end=flag + 15,
            ),
        ),
        routing=RoutingView(
            direction=Direction.DONOR_TO_PATIENT,
            donor_number="DKM0000000",
            donor_number_is_grid=False,
            case_id="C-1",
            writer_country="DE",
            reader_country="US",
            recipient=Recipient(
                role=RecipientRole.CLINIC, country="US", recipient_id="clinic", name="The Clinic"
            ),
            allocated_by_hand=False,
            allocation_reason=None,
        ),
        language=LanguageView(code="en", confidence=0.99, required=("en",), admitted=True),
        state_reason=None,
        claimed_by="Ruth",
        claimed_by_me=True,
        lease_until=NOON,
        duplicate_of=None,
        may=MayDo(
            claim=May(allowed=False, reason="It is yours already."),
            release=YES,
            correct=correct,
            undo=May(allowed=False, reason="There is nothing to undo."),
            redo=May(allowed=False, reason="There is nothing to redo."),
            approve=approve,
            return_to_writer=YES,
            hold=YES,
            reopen=May(allowed=False, reason="It is open."),
            release_exchange=May(allowed=False, reason="The rules have nothing against it."),
            recheck_exchange=May(allowed=False, reason="The rules have nothing against it."),
            give_to_exchange_desk=May(allowed=False, reason="The rules have nothing against it."),
            translate=May(allowed=False, reason="The language is admitted."),
            transcribe=May(allowed=False, reason="There is no scan of this letter."),
            choose_picture=YES,
            allocate=May(allowed=False, reason="It has a case."),
            resolve_language=May(allowed=False, reason="The language is admitted."),
        ),
        history=(),
    )


def someone() -> SignedIn:
    """A proofreader who is signed in."""
    person = Person(person_id="p1", name="Ruth", roles=frozenset({Role.PROOFREADER}))
    return SignedIn(person=person, csrf_token="token-of-the-session", session_id="s")


def request(path: str = "/review", query: str = "") -> Request:
    """A request for a page."""
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
        }
    )
