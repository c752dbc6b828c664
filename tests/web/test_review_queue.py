"""The queue: what waits has a waiting time and an owner, what is over has a day."""

import pytest

from service.actions import QueuePage
from service.actions.views import QueueItem
from service.web.review.pages import page
from service.web.review.queue import AGES, TABS, Asked, Tab
from service.workflow.states import LetterState
from tests.web import review_samples as sample

TAB_OF = {tab.key: tab for tab in TABS}


def queue_page(tab: Tab, *, count: int = 1, number: int = 1, language: str = "") -> str:
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
        shown=QueuePage(
            rows=(row,),
            count=count,
            number=number,
            codes={
                "writer_country": ("DE",),
                "reader_country": (),
                "language": ("en",),
                "hold": ("too_early",),
            },
        ),
        asked=Asked(tab=tab.key, language=language),
        ages=AGES,
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


def test_a_list_that_has_more_pages_says_so() -> None:
    """The count on the tab and the rows below never contradict each other silently."""
    first = queue_page(TAB_OF["all"], count=300)
    assert "Page 1 of 6 · 300 letters, urgent and oldest first" in first
    assert "page=2" in first
    assert ">Previous<" not in first
    last = queue_page(TAB_OF["sent"], count=300, number=6)
    assert "Page 6 of 6 · 300 letters, latest first" in last
    assert ">Next<" not in last
    assert "Page 1" not in queue_page(TAB_OF["all"])


def test_another_page_keeps_the_filter() -> None:
    """In its address stand codes and nothing else."""
    html = queue_page(TAB_OF["all"], count=300, language="en")
    assert 'href="/review?tab=all&amp;language=en&amp;page=2"' in html
    assert '<option value="en" selected>English</option>' in html


@pytest.mark.parametrize("written", ["a b", "Anna Müller", "<b>", "9" * 50, "DKM-1234567"])
def test_what_is_no_code_is_no_filter(written: str) -> None:
    """An address with more than codes asks for nothing."""
    asked = Asked(writer=written, language=written, hold=written, days=written, page=written)
    assert not asked.wanted.is_set
    assert "Anna" not in asked.path(2)
