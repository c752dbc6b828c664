"""What writers are told is kept with the letter, on both engines, and tells nothing of others."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anonymizer.model import Channel, Direction, Hold, Stage
from anonymizer.notices import RETURN_KINDS, NoticeKind
from service import actions
from service.actions import ClientRequest, Desk, IncomingLetter
from service.actions.correspondence_views import NoticeView
from service.actions.returning import LONGEST_NOTICE, suggested_kind
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotFound,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    NUMBER,
    add,
    approved,
    claimed,
    clock_of,
    decide_suggestions,
    drafted,
    make_desk,
    send_back,
    state_of,
    version_of,
    view,
    work_all,
)

KIND = NoticeKind.RETURNED_CONTENT


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


def posted(desk: Desk, text: str = LETTER, *, client: str = "registry") -> str:
    """A letter that a registry's client posted; its id."""
    incoming = IncomingLetter(
        content=text.encode(), channel=Channel.API, direction=Direction.DONOR_TO_PATIENT
    )
    request = ClientRequest(client=client, idempotency_key="k")
    return actions.receive_client_letter(desk, incoming=incoming, request=request).letter_id


def collected(desk: Desk, letter_id: str, client: str = "registry") -> list[NoticeKind]:
    """The kinds of the notices that the client fetches."""
    found = actions.collect_notices(desk, client=client, letter_id=letter_id)
    return [one.kind for one in found]


def kept(desk: Desk, person: Person, letter_id: str) -> tuple[NoticeView, ...]:
    """The notices of a letter as the staff sees them."""
    return actions.open_notices(desk, person, letter_id=letter_id).notices


def set_language(desk: Desk, cora: Person, **cells: str) -> None:
    """Change cells of the first case."""
    version = actions.open_case(desk, cora, case_id="C-1").version
    actions.change_case_cells(desk, cora, case_id="C-1", version=version, cells=cells)


def test_a_registry_fetches_what_its_writer_is_told(desk: Desk, anna: Person) -> None:
    """The acknowledgement at once, and that it was passed on when it was."""
    letter_id = posted(desk)
    assert collected(desk, letter_id) == [NoticeKind.RECEIVED]
    work_all(desk)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    assert collected(desk, letter_id) == [NoticeKind.RECEIVED]
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    clock_of(desk).forward(hours=1)
    work_all(desk)
    received, passed_on = actions.collect_notices(desk, client="registry", letter_id=letter_id)
    assert [received.kind, passed_on.kind] == [NoticeKind.RECEIVED, NoticeKind.PASSED_ON]
    assert "a name, an occupation and a number" in passed_on.text
    assert "Anna" not in passed_on.text
    assert "nurse" not in passed_on.text
    actions.verify_audit(desk)


def test_a_notice_is_made_once_and_given_out_once(desk: Desk, anna: Person) -> None:
    """Fetched again, it is the same one with the moment of the first time."""
    letter_id = posted(desk)
    (first,) = actions.collect_notices(desk, client="registry", letter_id=letter_id)
    assert first.given_out_at == desk.now()
    number, _ = actions.verify_audit(desk)
    clock_of(desk).forward(days=1)
    assert actions.collect_notices(desk, client="registry", letter_id=letter_id) == (first,)
    assert actions.verify_audit(desk)[0] == number


def test_of_many_who_ask_at_once_each_gets_the_same_notice(desk: Desk) -> None:
    """It is written once."""
    letter_id = posted(desk)

    def ask(_: int) -> str:
        (only,) = actions.collect_notices(desk, client="registry", letter_id=letter_id)
        return only.notice_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


def test_only_the_client_that_posted_a_letter_gets_its_notices(desk: Desk, anna: Person) -> None:
    """For another one, and for a letter brought in by hand, there is nothing there."""
    for letter_id in (posted(desk), drafted(desk)):
        with pytest.raises(NotFound):
            collected(desk, letter_id, client="another")
    assert kept(desk, anna, letter_id) == ()


def test_who_hears_that_a_letter_went_on_is_not_told_that_it_came(desk: Desk, anna: Person) -> None:
    """Nor who has it back: late acknowledgements are confusing."""
    for end in (claimed, approved):
        letter_id = end(desk, anna)
        if end is claimed:
            send_back(desk, anna, letter_id)
        work_all(desk)
        actions.make_notices(desk, anna, letter_id=letter_id)
        (only,) = kept(desk, anna, letter_id)
        assert only.kind is (KIND if end is claimed else NoticeKind.PASSED_ON)


def test_the_writer_is_told_in_the_language_of_the_case(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """That of the side that wrote, else that of the letter, else English."""
    set_language(desk, cora, donor_language="de", patient_language="pl")
    letter_id = posted(desk)
    work_all(desk)
    (notice,) = actions.collect_notices(desk, client="registry", letter_id=letter_id)
    assert (notice.language, notice.text[:9]) == ("de", "Guten Tag")
    reply = drafted(desk, direction=Direction.PATIENT_TO_DONOR)
    assert actions.prepare_return(desk, anna, letter_id=reply).language == "en"
    set_language(desk, cora, donor_language="")
    german = drafted(desk, f"GERMAN. Donor number {NUMBER}")
    shown = actions.prepare_return(desk, anna, letter_id=german)
    assert (shown.language, shown.kind) == ("de", NoticeKind.RETURNED_LANGUAGE)
    assert "Englisch" in shown.text


def test_a_letter_goes_back_with_the_text_that_a_person_left(desk: Desk, anna: Person) -> None:
    """State, reason and text together; the registry fetches it."""
    letter_id = posted(desk)
    work_all(desk)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    shown = actions.prepare_return(desk, anna, letter_id=letter_id)
    assert shown.may
    assert shown.kind is KIND
    send_back(desk, anna, letter_id, text=f"{shown.text}\r\nYours, the registry  ")
    assert state_of(desk, letter_id) is LetterState.RETURNED
    assert view(desk, anna, letter_id).state_reason == "For colleagues."
    returned = kept(desk, anna, letter_id)
    assert [one.kind for one in returned] == [KIND]
    assert returned[0].text.endswith("regards\n\nYours, the registry\n")
    assert (returned[0].made_by, returned[0].given_out_at) == ("Anna Proof", None)
    assert collected(desk, letter_id) == [KIND]
    assert kept(desk, anna, letter_id)[0].given_out_at == desk.now()


@pytest.mark.parametrize("kind", RETURN_KINDS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_reason_has_a_text_to_begin_with(
    desk: Desk, anna: Person, kind: NoticeKind, language: str
) -> None:
    """In both languages, whichever the person chooses."""
    letter_id = drafted(desk)
    shown = actions.prepare_return(desk, anna, letter_id=letter_id, kind=kind, language=language)
    assert (shown.kind, shown.language) == (kind, language)
    assert shown.text


@pytest.mark.parametrize(
    ("changes", "refusal", "words"),
    [
        ({"text": "  \n"}, BadRequest, "Write what the writer"),
        ({"text": "x" * (LONGEST_NOTICE + 1)}, BadRequest, "longer than"),
        ({"text": "You will hear from BOB  Miller."}, BadRequest, "about the other side"),
        ({"language": "xx"}, BadRequest, "in which language"),
        ({"kind": NoticeKind.RECEIVED}, BadRequest, "Choose why"),
        ({"version": 0}, StaleVersion, "changed in the meantime"),
    ],
)
def test_a_bad_return_changes_nothing(
    desk: Desk, anna: Person, changes: dict[str, object], refusal: type[Exception], words: str
) -> None:
    """Neither the state nor the notices; what is known of the other side never leaves like this."""
    letter_id = claimed(desk, anna)
    with pytest.raises(refusal, match=words):
        send_back(desk, anna, letter_id, **changes)
    assert state_of(desk, letter_id) is LetterState.IN_REVIEW
    assert kept(desk, anna, letter_id) == ()


def test_the_writers_own_name_may_stand_in_the_text(desk: Desk, anna: Person) -> None:
    """It is the other side's that must not."""
    letter_id = claimed(desk, anna)
    send_back(desk, anna, letter_id, text="Dear Anna Schmidt, please leave it out. Millerfield.")
    assert state_of(desk, letter_id) is LetterState.RETURNED


def test_a_letter_kept_because_of_the_other_side_is_not_returned(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """Its writer would learn what the other side said."""
    set_language(desk, cora, patient_consents="refused 2026-02-01")
    letter_id = drafted(desk)
    shown = actions.prepare_return(desk, cora, letter_id=letter_id)
    assert not shown.may
    assert "because of the other side" in (shown.may.reason or "")
    with pytest.raises(NotReady):
        send_back(desk, cora, letter_id)
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE


#: What a coordinator writes down about the reader after a letter was claimed.
ABOUT_THE_READER = {
    "declined": {"patient_consents": "refused 2026-02-01"},
    "cannot be reached": {"patient_deliverable": "no"},
    "not yet transplanted": {"donation_dates": "2026-03-01", "transplant_dates": "2026-03-05"},
}


@pytest.mark.parametrize("name", ABOUT_THE_READER)
def test_a_letter_in_review_is_not_returned_once_the_reader_has_declined(
    desk: Desk, anna: Person, cora: Person, name: str
) -> None:
    """Judged at that moment: page and action refuse, and its writer sees nothing of it."""
    letter_id = posted(desk)
    work_all(desk)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    assert view(desk, anna, letter_id).may.return_to_writer
    before = actions.letter_status(desk, client="registry", letter_id=letter_id)
    set_language(desk, cora, **ABOUT_THE_READER[name])
    with pytest.raises(NotReady, match="because of the other side"):
        send_back(desk, anna, letter_id)
    assert not view(desk, anna, letter_id).may.return_to_writer
    assert not actions.prepare_return(desk, anna, letter_id=letter_id).may
    version = version_of(desk, letter_id)
    actions.give_to_exchange_desk(desk, anna, letter_id=letter_id, version=version)
    for person in (anna, cora):
        with pytest.raises(NotReady, match="because of the other side"):
            send_back(desk, person, letter_id)
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE
    assert actions.letter_status(desk, client="registry", letter_id=letter_id) == before
    assert collected(desk, letter_id) == [NoticeKind.RECEIVED]


def test_a_letter_put_aside_is_not_returned_either(desk: Desk, anna: Person, cora: Person) -> None:
    """Wherever it waits; put back on its way, it waits for its reader."""
    letter_id = claimed(desk, anna)
    version = version_of(desk, letter_id)
    actions.hold_letter(desk, anna, letter_id=letter_id, version=version, reason="A question.")
    set_language(desk, cora, patient_consents="refused 2026-02-01")
    with pytest.raises(NotReady, match="because of the other side"):
        send_back(desk, anna, letter_id)
    version = version_of(desk, letter_id)
    actions.reopen_letter(desk, anna, letter_id=letter_id, version=version, reason="Answered.")
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE


def test_a_released_letter_can_be_returned_for_what_it_says(
    desk: Desk, anna: Person, cora: Person
) -> None:
    """A coordinator has settled what was known of its reader; what is left is the letter's own."""
    set_language(desk, cora, patient_deliverable="no")
    letter_id = drafted(desk)
    seen = view(desk, cora, letter_id)
    assert seen.exchange is not None
    actions.release_exchange(
        desk,
        cora,
        letter_id=letter_id,
        version=seen.version,
        seal=seen.exchange.seal,
        reason="The clinic forwards it.",
    )
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    send_back(desk, anna, letter_id)
    assert state_of(desk, letter_id) is LetterState.RETURNED


def test_a_reader_who_agrees_again_frees_the_return(desk: Desk, anna: Person, cora: Person) -> None:
    """And a letter of the other side is another matter altogether."""
    letter_id = claimed(desk, anna)
    reply = claimed(desk, anna, direction=Direction.PATIENT_TO_DONOR)
    set_language(desk, cora, patient_consents="refused 2026-02-01")
    send_back(desk, anna, reply)
    with pytest.raises(NotReady):
        send_back(desk, anna, letter_id)
    set_language(desk, cora, patient_consents="granted 2026-02-02")
    send_back(desk, anna, letter_id)
    assert {state_of(desk, one) for one in (letter_id, reply)} == {LetterState.RETURNED}


def test_who_may_not_return_a_letter_is_told_why(desk: Desk, anna: Person, cora: Person) -> None:
    """The page says what the action says."""
    letter_id = drafted(desk)
    shown = actions.prepare_return(desk, anna, letter_id=letter_id)
    with pytest.raises(IllegalTransition, match=shown.may.reason):
        send_back(desk, anna, letter_id)
    outsider = Person(person_id="x", name="X", roles=frozenset({Role.AUDITOR}))
    for attempt in (actions.prepare_return, actions.open_notices, actions.make_notices):
        with pytest.raises(NotAllowed):
            attempt(desk, outsider, letter_id=letter_id)


def test_letters_brought_in_by_hand_are_told_by_hand(desk: Desk, anna: Person) -> None:
    """A person has what is due written, and says when it has left the house."""
    letter_id = approved(desk, anna)
    page = actions.open_notices(desk, anna, letter_id=letter_id)
    assert (page.due, page.notices, page.by_registry) == ((NoticeKind.RECEIVED,), (), False)
    actions.make_notices(desk, anna, letter_id=letter_id)
    clock_of(desk).forward(hours=1)
    work_all(desk)
    page = actions.open_notices(desk, anna, letter_id=letter_id)
    assert page.due == (NoticeKind.PASSED_ON,)
    actions.make_notices(desk, anna, letter_id=letter_id)
    actions.make_notices(desk, anna, letter_id=letter_id)
    first, second = kept(desk, anna, letter_id)
    assert first.made_by == "Anna Proof"
    actions.give_notice_out(desk, anna, letter_id=letter_id, notice_id=first.notice_id)
    given = {one.notice_id: one.given_out_at for one in kept(desk, anna, letter_id)}
    assert given == {first.notice_id: desk.now(), second.notice_id: None}
    with pytest.raises(NotFound):
        actions.give_notice_out(desk, anna, letter_id=letter_id, notice_id="0" * 32)


@pytest.mark.parametrize(
    ("stage", "code", "kind"),
    [
        (Stage.EXCHANGE, "before_donation", NoticeKind.RETURNED_BEFORE_DONATION),
        (Stage.EXCHANGE, "no_letters", NoticeKind.RETURNED_NOT_ALLOWED),
        (Stage.EXCHANGE, "too_many_letters", NoticeKind.RETURNED_TOO_MANY),
        (Stage.EXCHANGE, "window_over", NoticeKind.RETURNED_WINDOW_OVER),
        (Stage.EXCHANGE, "recipient_declined", NoticeKind.RETURNED_CONTENT),
        (Stage.INTAKE, "unreadable", NoticeKind.RETURNED_UNREADABLE),
        (Stage.ALLOCATION, "no_number", NoticeKind.RETURNED_NO_NUMBER),
        (Stage.LANGUAGE, "not_admitted", NoticeKind.RETURNED_LANGUAGE),
        (Stage.LANGUAGE, "disguised", NoticeKind.RETURNED_UNREADABLE),
        (Stage.DETECTION, "failed", NoticeKind.RETURNED_CONTENT),
    ],
)
def test_a_hold_suggests_the_reason(stage: Stage, code: str, kind: NoticeKind) -> None:
    """A person may choose another one; a fact about the other side suggests nothing of the kind."""
    assert suggested_kind([Hold(stage=stage, code=code, reason="Because.")]) is kind


def test_the_text_of_a_notice_is_in_no_repr(tmp_path: Path) -> None:
    """It may hold what a person wrote."""
    desk = make_desk(tmp_path)
    anna = add(desk, "Anna Proof")
    letter_id = claimed(desk, anna)
    send_back(desk, anna, letter_id, text="Dear Annegret, sorry.")
    assert "Annegret" not in repr(actions.open_notices(desk, anna, letter_id=letter_id))
    assert "Annegret" not in repr(view(desk, anna, letter_id))
    desk.database.close()
