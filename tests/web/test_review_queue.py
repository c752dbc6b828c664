"""The queue: what waits has a waiting time and an owner, what is over has a day."""

import pytest

from service.actions.views import QueueItem
from service.web.review.pages import page
from service.web.review.queue import TABS, Tab
from service.workflow.states import LetterState
from tests.web import review_samples as sample

TAB_OF = {tab.key: tab for tab in TABS}


def queue_page(tab: Tab, *, count: int = 1) -> str:
    """The tab with one letter out of so many."""
    row = QueueItem(
        letter_id=sample.LETTER_ID,
        state=min(tab.states or {LetterState.READY}),
        version=1,
        received_at=sample.NOON,
        changed_at=sample.NOON,
        direction=None,
        writer_country="DE",
        reader_country="US",
        language="en",
        words=10,
        findings=0,
        open_suggestions=0,
        residuals=0,
        flags=(),
        hold_reasons=(),
        claimed_by=None,
        claimed_by_me=False,
        lease_until=None,
        donor_number_masked=None,
        duplicate_of=None,
    )
    shown = page(
        sample.request(),
        "queue.html",
        None,
        tab=tab,
        tabs=[],
        rows=(row,),
        count=count,
        free=0,
        oldest=None,
        may_review=False,
    )
    return bytes(shown.body).decode()


@pytest.mark.parametrize("key", ["sent", "returned"])
def test_what_is_over_waits_for_nobody(key: str) -> None:
    """A letter that left has no owner to be named."""
    html = queue_page(TAB_OF[key])
    assert ">Received<" in html
    assert "nobody" not in html
    assert "latest first" in html


@pytest.mark.parametrize("key", sorted(TAB_OF.keys() - {"sent", "returned"}))
def test_what_is_under_way_has_a_waiting_time(key: str) -> None:
    """Whoever looks for the next letter sees how long it has been there."""
    html = queue_page(TAB_OF[key])
    assert ">Waiting<" in html
    assert "oldest first" in html


def test_a_list_that_is_cut_says_so() -> None:
    """The count on the tab and the rows below never contradict each other silently."""
    assert "Shown are the oldest 1 of 300 letters." in queue_page(TAB_OF["all"], count=300)
    assert "Shown are the latest 1 of 300 letters." in queue_page(TAB_OF["sent"], count=300)
    assert "Shown are" not in queue_page(TAB_OF["all"])
