"""
The people of the desk: who there is, what they may do, and links by which they sign in.

Contract: for administrators. A link is shown once, on the answer to the form that made it.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service.actions.access import add_person, all_people, change_access, make_sign_in_link
from service.actions.desk import Desk
from service.actions.purging import last_purge
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import BadRequest, NotFound
from service.workflow.people import ROLE_NAMES, STAFF_ROLES, Role

read = reading()
change = changing()

Roles = Annotated[list[str], Form(default_factory=list)]


@dataclass(frozen=True, kw_only=True)
class Access:
    """What somebody may do from now on."""

    roles: Roles
    active: Annotated[bool, Form()] = False


@read.get("/review/people")
def show_people(request: Request, desk: TheDesk, who: Who) -> Response:
    """Everybody."""
    return _people_page(request, desk, who)


@change.post("/review/people")
def add(
    request: Request,
    desk: TheDesk,
    who: Who,
    roles: Roles,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Add a person and show their link."""
    try:
        person = add_person(desk, who.person, name=name, roles=as_roles(roles))
    except BadRequest as refused:
        return _people_page(request, desk, who, problem=refused.reason)
    link = make_sign_in_link(desk, who.person, name=person.name)
    return _people_page(request, desk, who, link=link, owner=person.name)


@change.post("/review/people/{person_id}")
def save(
    request: Request,
    desk: TheDesk,
    who: Who,
    person_id: str,
    access: Annotated[Access, Depends()],
) -> Response:
    """Change what a person may do."""
    try:
        change_access(
            desk,
            who.person,
            person_id=person_id,
            roles=as_roles(access.roles),
            active=access.active,
        )
    except BadRequest as refused:
        return _people_page(request, desk, who, problem=refused.reason)
    return go("/review/people?said=person-saved")


@change.post("/review/people/{person_id}/link")
def make_link(request: Request, desk: TheDesk, who: Who, person_id: str) -> Response:
    """Show a new link for a person; it recovers an account whose password is lost."""
    everybody = all_people(desk, who.person)
    name = next((one.person.name for one in everybody if one.person.person_id == person_id), None)
    if name is None:
        message = "There is no such person."
        raise NotFound(message)
    link = make_sign_in_link(desk, who.person, name=name)
    return _people_page(request, desk, who, link=link, owner=name)


def as_roles(codes: list[str]) -> frozenset[Role]:
    """Roles from a form."""
    try:
        return frozenset(map(Role, codes))
    except ValueError:
        message = "There is no such role."
        raise BadRequest(message) from None


def _people_page(
    request: Request,
    desk: Desk,
    who: SignedIn,
    *,
    link: str | None = None,
    owner: str = "",
    problem: str | None = None,
) -> Response:
    return page(
        request,
        "people.html",
        who,
        status=422 if problem else 200,
        people=all_people(desk, who.person),
        roles={role: ROLE_NAMES[role] for role in Role if role in STAFF_ROLES},
        link=link,
        owner=owner,
        problem=problem,
        me=who.person.person_id,
        purge=last_purge(desk),
    )
