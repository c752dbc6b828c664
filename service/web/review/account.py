"""
One's own account: a password with codes, and where one is signed in.

Contract: everything here is about the person who asks; somebody else's session is as good as none.
The key of the codes is on this page only, as letters and as a square to scan; no log has it.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service.actions.access import end_own_sessions, own_sessions
from service.actions.accounts import NewAccount, prepare_account, save_account
from service.actions.desk import Desk
from service.web.review.pages import go, page
from service.web.review.qr_square import square_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import BadRequest, NotAllowed

read = reading()
change = changing()

_Word = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, kw_only=True)
class AccountForm:
    """The form as it was typed."""

    seed: Annotated[str, Form(max_length=64)] = field(default="", repr=False)
    code: Annotated[str, Form(max_length=20)] = field(default="", repr=False)
    password: _Word = field(default="", repr=False)
    again: _Word = field(default="", repr=False)
    former_password: _Word = field(default="", repr=False)
    former_code: Annotated[str, Form(max_length=20)] = field(default="", repr=False)


@read.get("/review/account")
def show_account(request: Request, desk: TheDesk, who: Who) -> Response:
    """What one may set, and one's sessions."""
    return _account_page(request, desk, who)


@change.post("/review/account")
def set_account(
    request: Request, desk: TheDesk, who: Who, form: Annotated[AccountForm, Depends()]
) -> Response:
    """Set password and codes."""
    new = NewAccount(
        seed=form.seed,
        code=form.code,
        password=form.password,
        again=form.again,
        former_password=form.former_password,
        former_code=form.former_code,
    )
    try:
        save_account(desk, who, new)
    except (BadRequest, NotAllowed) as refused:
        return _account_page(request, desk, who, seed=form.seed, problem=refused.reason)
    return go("/review/account?said=account-saved")


@change.post("/review/account/sessions")
def end_sessions(
    desk: TheDesk, who: Who, session: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """End one session, or all but this one."""
    end_own_sessions(desk, who, session_hash=session or None)
    return go("/review/account?said=sessions-ended")


def _account_page(
    request: Request, desk: Desk, who: SignedIn, *, seed: str = "", problem: str | None = None
) -> Response:
    enrolment = prepare_account(desk, who, seed=seed)
    return page(
        request,
        "account.html",
        who,
        status=422 if problem else 200,
        enrolment=enrolment,
        square=square_of(enrolment.address) if enrolment.may_set else None,
        sessions=own_sessions(desk, who),
        problem=problem,
    )
