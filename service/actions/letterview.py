"""Builds the views of `actions.views` from what the store holds. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from anonymizer.donor_number import DonorNumberForm, canonical_donor_number, is_grid
from anonymizer.model import Hold, RegisteredCase, Span, TreatmentAction
from anonymizer.patient_reference import canonical_patient_reference
from service.actions.beside import formats_of
from service.actions.desk import Desk
from service.actions.exchange_view import exchange_view
from service.actions.may_do import May, MayDo
from service.actions.opened import OpenedLetter
from service.actions.pair_policy import pair_rulings
from service.actions.second_reading import reasons_of
from service.actions.views import (
    EarlierTextView,
    FindingView,
    FlagView,
    HoldView,
    LanguageView,
    LetterView,
    QueueItem,
    ReadingsView,
    ReplacementView,
    ResidualView,
    RoutingView,
    SeenNumber,
    UnsentView,
)
from service.store.letters import StoredLetter
from service.workflow import gates
from service.workflow.corrections import Mark
from service.workflow.gates import Gate, Standing, refusal
from service.workflow.people import Person
from service.workflow.readings import Phase
from service.workflow.recipients import recipient_of
from service.workflow.records import masked
from service.workflow.states import LetterState
from service.workflow.waiting import is_kept, longest_stay

#: A draft that somebody still reads or will read.
_OPEN = frozenset(
    {
        LetterState.READY,
        LetterState.IN_REVIEW,
        LetterState.SECOND_READING,
        LetterState.ON_HOLD,
    }
)


def queue_item(
    row: StoredLetter, *, person: Person, names: Mapping[str, str], desk: Desk
) -> QueueItem:
    """One row of the queue."""
    summary, now = row.summary, desk.now()
    stay = longest_stay(desk.settings).get(row.state)
    due_at = row.changed_at + stay if stay is not None and not is_kept(row.holds) else None
    claimed = row.state is LetterState.IN_REVIEW and _runs(row.lease_until, now)
    return QueueItem(
        letter_id=row.letter_id,
        state=row.state,
        version=row.version,
        received_at=row.received_at,
        changed_at=row.changed_at,
        direction=row.direction,
        writer_country=summary.writer_country,
        reader_country=summary.reader_country,
        language=summary.language,
        words=summary.words,
        findings=summary.findings,
        open_suggestions=summary.open_suggestions,
        residuals=summary.residuals,
        flags=summary.flags,
        hold_reasons=tuple(hold.reason for hold in row.holds),
        claimed_by=names.get(row.claimed_by or "") if claimed else None,
        claimed_by_me=claimed and row.claimed_by == person.person_id,
        lease_until=row.lease_until if claimed else None,
        donor_number_masked=summary.number_masked or masked(row.cover_number),
        duplicate_of=row.duplicate_of,
        urgent=row.urgent,
        for_senior=row.for_senior,
        due_at=due_at,
        overdue=due_at is not None and due_at < now,
    )


def letter_view(
    desk: Desk,
    person: Person,
    opened: OpenedLetter,
    *,
    names: Mapping[str, str],
) -> LetterView:
    """One letter; the history is put in by the caller."""
    row, proof, draft = opened.row, opened.proof, opened.draft
    standing = opened.standing(desk)
    claimed = standing.lease_runs
    return LetterView(
        letter_id=row.letter_id,
        state=row.state,
        version=row.version,
        received_at=row.received_at,
        changed_at=row.changed_at,
        text=opened.content.text,
        findings=_findings(desk, opened, names),
        outgoing=proof.outgoing if proof else None,
        replacements=_replacements(opened),
        unsent=_unsent(opened),
        residuals=_residuals(opened),
        digest=proof.digest if proof else None,
        suggestions=draft.suggestions if draft else 0,
        open_suggestions=standing.open_suggestions,
        corrections=standing.corrections,
        holds=tuple(_hold(hold) for hold in row.holds),
        flags=_flags(opened),
        routing=_routing(desk, opened),
        exchange=exchange_view(desk, opened),
        earlier=_earlier(opened, names),
        file=opened.reading,
        pictures=opened.pictures,
        formats=formats_of(desk, opened),
        language=_language(opened),
        state_reason=row.state_reason,
        claimed_by=names.get(row.claimed_by or "") if claimed else None,
        claimed_by_me=claimed and row.claimed_by == person.person_id,
        lease_until=row.lease_until if claimed else None,
        duplicate_of=row.duplicate_of,
        may=may_do(person, standing),
        history=(),
        readings=_read_twice(desk, opened, names),
        urgent=row.urgent,
        new_words=opened.has_old_words and row.state in _OPEN,
    )


def may_do(person: Person, standing: Standing) -> MayDo:
    """Every action on the letter, asked for this person."""

    def ask(gate: Gate) -> May:
        reason = refusal(gate, person, standing)
        return May(allowed=reason is None, reason=reason)

    return MayDo(
        claim=ask(gates.check_claim),
        release=ask(gates.check_release),
        correct=ask(gates.check_correct),
        undo=ask(gates.check_undo),
        redo=ask(gates.check_redo),
        approve=ask(gates.check_approve),
        return_to_writer=ask(gates.check_return),
        hold=ask(gates.check_hold),
        reopen=ask(gates.check_reopen),
        allocate=ask(gates.check_allocate),
        release_exchange=ask(gates.check_release_exchange),
        recheck_exchange=ask(gates.check_recheck_exchange),
        give_to_exchange_desk=ask(gates.check_give_to_exchange_desk),
        translate=ask(gates.check_translate),
        transcribe=ask(gates.check_transcribe),
        choose_picture=ask(gates.check_choose_picture),
        resolve_language=ask(gates.check_resolve_language),
        pass_to_senior=ask(gates.check_pass_to_senior),
        settle=ask(gates.check_settle),
        note=ask(gates.check_note),
        set_urgent=ask(gates.check_set_urgent),
        draft_again=ask(gates.check_draft_again),
    )


def _read_twice(desk: Desk, opened: OpenedLetter, names: Mapping[str, str]) -> ReadingsView | None:
    reasons = reasons_of(desk, opened)
    if not reasons:
        return None
    done = opened.readings
    return ReadingsView(
        reasons=tuple(one.reason for one in reasons),
        phase=done.phase if done else Phase.FIRST,
        first_reader=names.get(done.first.person_id) if done else None,
    )


def _findings(
    desk: Desk, opened: OpenedLetter, names: Mapping[str, str]
) -> tuple[FindingView, ...]:
    text = opened.content.text or ""
    marks = opened.proof.marks if opened.proof else ()
    rulings = desk.pipeline.policy.rulings

    def can_generalize(mark: Mark) -> bool:
        ruling = rulings.get(mark.treatment.finding.kind)
        return ruling is not None and ruling.generalizer is not None

    of_pair = pair_rulings(desk, opened.draft.routing if opened.draft else None)

    def rule(mark: Mark) -> str | None:
        ruling = of_pair.get(mark.treatment.finding.kind)
        forbids = ruling is not None and ruling.forbids(TreatmentAction.KEEP)
        return ruling.sentence if ruling and forbids else None

    return tuple(
        replace(_finding(mark, text, names), can_generalize=can_generalize(mark), rule=rule(mark))
        for mark in marks
    )


def _finding(mark: Mark, text: str, names: Mapping[str, str]) -> FindingView:
    treatment, finding = mark.treatment, mark.treatment.finding
    return FindingView(
        finding_id=mark.finding_id,
        start=finding.span.start,
        end=finding.span.end,
        kind=finding.kind,
        identifier_class=treatment.identifier_class,
        action=treatment.action,
        reason=treatment.reason,
        rule_id=treatment.rule_id,
        recognizer=finding.recognizer,
        score=finding.score,
        replacement=treatment.replacement,
        entity=finding.entity,
        correction_author=names.get(mark.author, mark.author) if mark.author else None,
        corrected=mark.author is not None,
        can_generalize=False,
        text=text[finding.span.start : finding.span.end],
    )


def _replacements(opened: OpenedLetter) -> tuple[ReplacementView, ...]:
    if opened.proof is None:
        return ()
    ids: dict[Span, str] = {mark.span: mark.finding_id for mark in opened.proof.marks}
    return tuple(
        ReplacementView(
            finding_id=ids.get(one.source),
            source_start=one.source.start,
            source_end=one.source.end,
            target_start=one.target.start,
            target_end=one.target.end,
            kind=one.kind,
            replacement=one.replacement,
        )
        for one in opened.proof.replacements
    )


def _unsent(opened: OpenedLetter) -> tuple[UnsentView, ...]:
    return tuple(
        UnsentView(
            source=one.source, target_start=one.target, target_end=one.target + len(one.sent)
        )
        for one in (opened.proof.unsent if opened.proof else ())
    )


def _residuals(opened: OpenedLetter) -> tuple[ResidualView, ...]:
    return tuple(
        ResidualView(start=one.span.start, end=one.span.end, kind=one.kind, source=one.source)
        for one in (opened.proof.residuals if opened.proof else ())
    )


def _flags(opened: OpenedLetter) -> tuple[FlagView, ...]:
    return tuple(
        FlagView(
            kind=one.kind,
            reason=one.reason,
            start=one.span.start if one.span else None,
            end=one.span.end if one.span else None,
        )
        for one in (opened.draft.flags if opened.draft else ())
    )


def _hold(hold: Hold) -> HoldView:
    return HoldView(stage=hold.stage, code=hold.code, reason=hold.reason)


def _routing(desk: Desk, opened: OpenedLetter) -> RoutingView:
    row, case = opened.row, opened.case
    routing = opened.draft.routing if opened.draft else None
    number = case.donor_number if case else (routing.donor_number if routing else None)
    number = number or row.cover_number
    return RoutingView(
        direction=row.direction,
        donor_number=number,
        donor_number_is_grid=is_grid(canonical_donor_number(number or "")),
        case_id=case.case_id if case else None,
        writer_country=routing.writer_country if routing else None,
        reader_country=routing.reader_country if routing else None,
        recipient=recipient_of(case, row.direction) if case and row.direction else None,
        allocated_by_hand=row.case_id is not None,
        allocation_reason=row.allocation_reason,
        seen=_seen_numbers(desk, opened, case) if case and row.case_id is not None else (),
    )


def _seen_numbers(desk: Desk, opened: OpenedLetter, case: RegisteredCase) -> tuple[SeenNumber, ...]:
    """The number on the cover and those in the text, each compared with the case."""
    cover = opened.row.cover_number
    form = DonorNumberForm(formats=desk.settings.donor_number_formats)
    in_text = dict.fromkeys(found.number for found in form.find(opened.content.text or ""))
    seen = [
        SeenNumber(number=number, on_cover=False, of_case=number == case.donor_number)
        for number in in_text
    ]
    if cover:
        fits = _is_of_case(cover, case)
        seen.insert(0, SeenNumber(number=cover, on_cover=True, of_case=fits))
    return tuple(seen)


def _is_of_case(cover: str, case: RegisteredCase) -> bool:
    """True for either number of the case: a cover may show the one or the other."""
    if canonical_donor_number(cover) == case.donor_number:
        return True
    reference = canonical_patient_reference(case.patient_reference or "")
    return bool(reference) and canonical_patient_reference(cover) == reference


def _earlier(opened: OpenedLetter, names: Mapping[str, str]) -> tuple[EarlierTextView, ...]:
    return tuple(
        EarlierTextView(
            number=one.number,
            replaced_at=one.replaced_at,
            replaced_by=names.get(one.replaced_by, one.replaced_by),
            text=one.text,
        )
        for one in opened.earlier
    )


def _language(opened: OpenedLetter) -> LanguageView | None:
    verdict = opened.draft.language if opened.draft else None
    if verdict is None:
        return None
    return LanguageView(
        code=verdict.code,
        confidence=verdict.confidence,
        required=verdict.required,
        admitted=verdict.admitted,
    )


def _runs(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now
