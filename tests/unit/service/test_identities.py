"""Who donor and patient are: masked, and shown once to whom the table lets, with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.erasing import erase_case
from service.actions.identities import list_looks, show_identities
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotAllowed, NotFound
from service.workflow.identities import ViewReason, Words, as_view_reason, may_be_kept
from service.workflow.people import STAFF_ROLES, TABLE, Permission, Person, Role
from tests.factories import CASES, NUMBER

AUDITOR = Person(person_id="a", name="A", roles=frozenset({Role.AUDITOR}))
KNOWN = ("Anna Schmidt", "Bob Miller", NUMBER, "US4711082", "12 Hill Road", "")


def test_no_view_of_a_case_tells_who_it_is_about(desk: Desk, cora: Person) -> None:
    """Neither the page, nor the list, nor what is looked up; only what kind of thing is known."""
    views = (
        actions.open_case(desk, cora, case_id="C-1"),
        actions.open_case_page(desk, cora, case_id="C-1").case,
        *actions.find_cases(desk, cora, query=NUMBER),
        *actions.cases_page(desk, cora).rows,
    )
    for view in views:
        told = [str(getattr(view, name)) for name in type(view).__slots__]
        assert not any("Anna" in one or "Miller" in one for one in told)
    assert views[0].donor_kinds == views[0].patient_kinds == ("PERSON",)


def test_whoever_says_why_sees_it_once_and_that_is_on_record(desk: Desk, cora: Person) -> None:
    """The event has the reason and no word; the row of the case has the words."""
    shown = show_identities(
        desk, cora, case_id="C-1", reason=ViewReason.OTHER, words="  a call  from the clinic "
    )
    assert shown.page.case.known_donor == "PERSON=Anna Schmidt"
    assert shown.words is Words.KEPT
    event = actions.list_audit(desk, AUDITOR)[0]
    assert (event.action, event.actor_id) == (AuditAction.CASE_IDENTITIES_SHOWN, cora.person_id)
    assert event.details == {"case": "C-1", "reason": "other", "own_words": "kept"}
    (look,) = list_looks(desk, cora, case_id="C-1")
    assert (look.who, look.words) == (cora.name, "a call from the clinic")
    assert actions.open_case_page(desk, cora, case_id="C-1").case.known_donor is None


def test_words_that_name_somebody_are_left_out_without_a_refusal(desk: Desk, cora: Person) -> None:
    """A refusal would tell, without an event, what the register knows."""
    for words in ("Mrs SCHMIDT asked", f"for {NUMBER}", "call 030 123 456"):
        shown = show_identities(desk, cora, case_id="C-1", reason=ViewReason.COMPARE, words=words)
        assert shown.words is Words.LEFT_OUT
    assert {one.words for one in list_looks(desk, cora, case_id="C-1")} == {None}
    assert actions.list_audit(desk, AUDITOR)[0].details["own_words"] == "left_out"


def test_without_a_reason_nothing_is_shown_or_written(desk: Desk, cora: Person) -> None:
    """No reason, no words for another one, too many words, no such case."""
    before = actions.verify_audit(desk)
    for reason, words in (
        (None, "x"),
        (ViewReason.OTHER, "  "),
        (ViewReason.COMPARE, "x" * 201),
    ):
        with pytest.raises(BadRequest):
            show_identities(desk, cora, case_id="C-1", reason=reason, words=words)
    with pytest.raises(NotFound):
        show_identities(desk, cora, case_id="C-9", reason=ViewReason.COMPARE)
    assert actions.verify_audit(desk) == before


def test_it_is_a_permission_of_its_own(desk: Desk) -> None:
    """Saving cases is not enough: the command line may, and sees nobody."""
    assert TABLE[Permission.SHOW_IDENTITIES] != TABLE[Permission.SAVE_CASES]
    for role in (*STAFF_ROLES, Role.OPERATOR):
        person = Person(person_id="p", name="P", roles=frozenset({role}))
        if role not in {Role.COORDINATOR, Role.SENIOR}:
            with pytest.raises(NotAllowed):
                show_identities(desk, person, case_id="C-1", reason=ViewReason.COMPARE)
            assert list_looks(desk, person, case_id="C-1") == ()


def test_the_words_go_with_the_case_and_the_same_id_may_come_again(
    desk: Desk, cora: Person
) -> None:
    """Under another key; that somebody looked stays."""
    show_identities(desk, cora, case_id="C-1", reason=ViewReason.OTHER, words="a call")
    erase_case(desk, OPERATOR, case_id="C-1")
    actions.import_cases(desk, OPERATOR, content=CASES, file_name="cases.csv")
    (look,) = list_looks(desk, cora, case_id="C-1")
    assert (look.reason, look.words) == (ViewReason.OTHER, None)


@pytest.mark.parametrize(
    "words",
    [
        "anna called",
        "the Hill house",
        "asked for us-4711 082",
        "write to x@clinic.example",
        "born 1.2.1980",
        "tel 0 3 0 1 2",
        f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}",
    ],
)
def test_words_with_a_part_of_somebody_are_not_kept(words: str) -> None:
    """In other capitals, with other signs between."""
    assert not may_be_kept(words, KNOWN)


@pytest.mark.parametrize("words", ["", "a call from the clinic", "the audit of 2026", "at 10:30"])
def test_ordinary_words_are_kept(words: str) -> None:
    """A year or a time is no number of anybody."""
    assert may_be_kept(words, KNOWN)


def test_a_short_number_is_known_however_it_is_spaced() -> None:
    """Also where what is known can be read once only, as the register gives it."""
    assert not may_be_kept("about p 4 1 7", iter(("Anna Schmidt", "P-417")))


@given(some.sampled_from([one for one in KNOWN if one]), some.text(), some.text())
def test_what_is_known_is_kept_in_no_words(known: str, before: str, after: str) -> None:
    """Whatever stands around it."""
    assert not may_be_kept(f"{before} {known} {after}", KNOWN)


def test_what_is_no_reason_is_none() -> None:
    """From a form come codes of the list and nothing else."""
    assert as_view_reason("compare") is ViewReason.COMPARE
    assert as_view_reason("Compare") is None
