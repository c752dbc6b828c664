"""The pages about correspondence: words for every code, and the count in the navigation."""

import pytest

from anonymizer.notices import NoticeKind
from service.web.review.desk_forms import Return, as_kind_of_return
from service.web.review.pages import places_for
from service.web.review.words import EVENTS, NOTICES, WRITER_STATUSES
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest
from service.workflow.people import Person, Role
from service.workflow.writer_status import WriterStatus


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
