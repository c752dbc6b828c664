"""The pages about correspondence: words for every code, and the count in the navigation."""

import pytest

from anonymizer.model import Direction
from anonymizer.notices import NoticeKind
from service.actions.correspondence_views import LateItem
from service.web.review.desk_forms import Return, as_kind_of_return
from service.web.review.event_words import EVENTS
from service.web.review.pages import page, places_for
from service.web.review.words import NOTICES, WRITER_STATUSES
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from service.workflow.writer_status import WriterStatus
from tests.factories import START
from tests.web import review_samples as sample


def someone(*roles: Role) -> Person:
    """A person with these roles."""
    return Person(person_id="p", name="P", roles=frozenset(roles))


def test_every_code_has_words() -> None:
    """Notices, words for writers, and what the trail says about both."""
    assert set(NOTICES) == set(NoticeKind)
    assert set(WRITER_STATUSES) == set(WriterStatus)
    ours = ("release.", "notice.", "dispatch.receipt")
    assert not [one for one in AuditAction if one.startswith(ours) and one not in EVENTS]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SENIOR])
def test_who_looks_after_letters_sees_how_many_wait(role: Role) -> None:
    """Beside the entry and nowhere else."""
    places = places_for(someone(role), late=3)
    assert [(one.name, one.count) for one in places if one.count] == [("Waiting", 3)]


@pytest.mark.parametrize("role", [Role.PROOFREADER, Role.AUDITOR, Role.ADMIN])
def test_others_have_no_such_entry(role: Role) -> None:
    """They are not asked to do anything about it."""
    assert "Waiting" not in [one.name for one in places_for(someone(role), late=3)]


@pytest.mark.parametrize("code", ["", "received", "passed_on", "returned", "nonsense"])
def test_a_letter_goes_back_for_a_reason_of_the_list_only(code: str) -> None:
    """What is no reason to return a letter is refused."""
    assert as_kind_of_return(code) is None
    with pytest.raises(BadRequest, match="Choose why"):
        assert Return(version=1, kind=code).returned


def waiting_page(*, rows: int = 0, kept: int = 0) -> str:
    """The page with so many letters on each list."""
    items = [
        LateItem(
            letter_id=f"{number:032x}",
            state=LetterState.HELD_EXCHANGE,
            changed_at=START,
            direction=Direction.DONOR_TO_PATIENT,
            case_id="C-1",
        )
        for number in range(rows + kept)
    ]
    made = page(
        sample.request("/review/waiting"),
        "waiting.html",
        sample.someone(),
        rows=items[:rows],
        kept=items[rows:],
    )
    return bytes(made.body).decode()


def test_letters_that_are_kept_stand_apart_from_those_that_wait() -> None:
    """Under a heading of their own, below, and they are not counted above."""
    html = waiting_page(rows=1, kept=2)
    above, heading, below = html.partition("Kept, because the recipient wants no letters")
    assert heading
    assert "1 letter<" in above
    assert [above.count("/review/letters/"), below.count("/review/letters/")] == [1, 2]
    assert "<form" not in below.partition("</main>")[0]


def test_without_kept_letters_there_is_no_such_heading() -> None:
    """And with them alone nothing waits too long."""
    assert "Kept, because" not in waiting_page(rows=1)
    html = waiting_page(kept=1)
    assert "Nothing waits too long" in html
    assert "Kept, because" in html
