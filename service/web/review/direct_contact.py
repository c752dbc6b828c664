"""
After the anonymity period: proposing and confirming that both sides learn who the other is.

Contract: every form names the version of the case that was on the screen; of a case that was
changed meanwhile nothing is recorded.
"""

from collections.abc import Callable

from fastapi.responses import Response

from service import actions
from service.web.review.desk_forms import Text, Version
from service.web.review.pages import go
from service.web.review.routing import TheDesk, Who, changing
from service.workflow.errors import StaleVersion

change = changing()


@change.post("/review/cases/{case_id}/release/propose")
def propose(desk: TheDesk, who: Who, case_id: str, version: Version, reason: Text = "") -> Response:
    """The first of two people."""
    return _attempt(
        case_id,
        lambda: actions.propose_release(
            desk, who.person, case_id=case_id, version=version, reason=reason
        ),
        said="proposed",
    )


@change.post("/review/cases/{case_id}/release/confirm")
def confirm(desk: TheDesk, who: Who, case_id: str, version: Version) -> Response:
    """The second of two people."""
    return _attempt(
        case_id,
        lambda: actions.confirm_proposed_release(
            desk, who.person, case_id=case_id, version=version
        ),
        said="identities",
    )


@change.post("/review/cases/{case_id}/release/withdraw")
def withdraw(desk: TheDesk, who: Who, case_id: str) -> Response:
    """The proposal is taken back."""
    return _attempt(
        case_id,
        lambda: actions.withdraw_proposed_release(desk, who.person, case_id=case_id),
        said="withdrawn",
    )


def _attempt(case_id: str, act: Callable[[], object], *, said: str) -> Response:
    """Act and go back to the case; when the page was out of date, say so."""
    try:
        act()
    except StaleVersion:
        said = "release-stale"
    return go(f"/review/cases/{case_id}?said={said}#contact-title")
