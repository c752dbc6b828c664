"""
Templates and what every page needs: the person, the places of the desk, the notice on top.

Contract: autoescape is on for everything and no template may switch it off (a test greps for it);
a notice comes from the table below by its code, so an address can never put words on a page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import re2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.actions.access import SignedIn
from service.actions.desk import Desk
from service.actions.queueing import count_passed_on
from service.actions.sending import sending_pause
from service.actions.waiting import count_waiting_too_long
from service.web.language.choice import LANGUAGES, current
from service.web.language.words import gettext, ngettext
from service.web.review.filters import FILTERS
from service.web.review.shortcut_words import PageKeys
from service.workflow import people
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed
from service.workflow.people import Permission
from service.workflow.switches import PAUSE_SENTENCES

_TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC_FOLDER = Path(__file__).parent.parent / "static"


#: What an address may say about the place of a reader, and how it looks.
_PLACE_KEYS = frozenset(
    {
        *("tab", "direction", "writer", "reader", "language", "hold", "days", "page", "at"),
        *("donor", "patient", "missing", "clinic", "case"),
        *("action", "who", "letter", "since", "until"),
    }
)
_CODE = re2.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notice on top of a page; the tone is a class of parts.css."""

    text: str
    tone: str = "done"

    @property
    def sign(self) -> str:
        """The sign before the words, so that the tone does not depend on colour."""
        return {"done": "✓", "care": "!", "stop": "✕"}[self.tone]


MESSAGES: dict[str, Message] = {
    "claimed": Message(text="The letter is yours. Colleagues see that you work on it."),
    "released": Message(text="The letter is free again. What you decided is kept."),
    "removed": Message(text="Removed. Undo takes it back."),
    "generalised": Message(text="Generalised. Undo takes it back."),
    "kept": Message(text="Kept readable, with your reason. Undo takes it back."),
    "reclassified": Message(text="The kind is changed. Undo takes it back."),
    "resized": Message(text="The edges are moved. Undo takes it back."),
    "rewritten": Message(text="Your words stand there now. Undo takes it back."),
    "marked": Message(text="Marked and removed from the outgoing text. Undo takes it back."),
    "reset": Message(text="Back to what the machine proposed."),
    "undone": Message(text="The last step is undone."),
    "redone": Message(text="The undone step is made again."),
    "approved": Message(text="Approved. The letter goes on its way now."),
    "approved-next": Message(text="Approved. This is the next letter; it is yours."),
    "read-first-next": Message(
        text="Your reading is kept for a second reader. This is the next letter; it is yours."
    ),
    "decided": Message(text="The ticked ones are out, the others stay. Undo takes it back."),
    "returned": Message(text="The letter goes back to the writer with your text."),
    "noticed": Message(text="The notice is written and kept with the letter."),
    "given-out": Message(text="Noted: the notice has left the house."),
    "receipt": Message(text="Noted: the letter is with its recipient."),
    "proposed": Message(text="Proposed. A second person has to confirm it."),
    "identities": Message(text="Confirmed and recorded. Nothing was sent: that is for people."),
    "endpoint-confirmed": Message(text="Confirmed. The address holds after the pause named below."),
    "copy-confirmed": Message(text="Confirmed. It can be fetched for a week."),
    "endpoint-answered": Message(text="The code is right. The address holds after its pause."),
    "endpoint-asked": Message(text="The code is sent to the address once more."),
    "sending-stopped": Message(text="Stopped. No letter leaves until sending is resumed."),
    "sending-resumed": Message(text="Letters are sent again."),
    "word-confirmed": Message(text="Confirmed. It holds for every draft from now on."),
    "drafting-again": Message(text="The letter is drafted again with the words of now."),
    "withdrawn": Message(text="The proposal is withdrawn. It stays on record."),
    "release-stale": Message(
        text="Nothing was recorded: a colleague changed this case after you opened the page. Below "
        "is the case as it is now. Please look again before you decide.",
        tone="stop",
    ),
    "held": Message(text="The letter is on hold. You find it under On hold."),
    "reopened": Message(text="The letter is on its way again."),
    "allocated": Message(text="Allocated. The letter is drafted again for this case."),
    "checked": Message(text="The letter is drafted again with the case and the rules of today."),
    "rules-released": Message(text="Released from these reasons. New ones hold the letter again."),
    "rules-held": Message(text="The letter waits for a coordinator. You find it under Rules."),
    "rules-stale": Message(
        text="Nothing was done: the letter or the reasons changed after you opened the page. "
        "Please look at them again before you decide.",
        tone="stop",
    ),
    "translated": Message(text="The translation is taken in and is being drafted."),
    "transcribed": Message(text="The transcription is saved. The letter is being drafted."),
    "stale-typing": Message(
        text="Nothing was saved: this letter was changed after you opened the page. What you typed "
        "stands below. Please look at the letter again before you save it.",
        tone="stop",
    ),
    "picture-made": Message(text="The boxes are burnt in. Look at the result beside the picture."),
    "picture-goes": Message(text="The picture goes with the letter, once the letter is approved."),
    "picture-stays": Message(text="The picture is not forwarded."),
    "language": Message(text="The letter may go on as it is written."),
    "saved": Message(text="The case is saved."),
    "imported": Message(text="All cases of the file are imported."),
    "case-stale": Message(
        text="Nothing was saved: a colleague changed this case after you opened the page. Below is "
        "the case as it is now. Please enter your change again.",
        tone="stop",
    ),
    "received": Message(text="The letter is taken in and is being drafted."),
    "account-saved": Message(text="Saved. From now on you sign in with password and code."),
    "sessions-ended": Message(text="Ended."),
    "shortcuts-saved": Message(text="Saved. The keys hold from now on, in every browser."),
    "shortcuts-reset": Message(text="The usual keys are back."),
    "person-saved": Message(text="Saved. It holds from now on, in open pages too."),
    "key-revoked": Message(text="Revoked. The key opens nothing any more."),
    "webhook-retried": Message(text="It is sent again in a moment."),
    "nothing-found": Message(
        text="No letter was found: the number or case id must be exactly as in the register.",
        tone="care",
    ),
    "no-case-found": Message(
        text="No case was found. A case id or number must be whole. Of a clinic, part of its name "
        "is enough, unless more than 50 clinics have it.",
        tone="care",
    ),
    "not-in-trail": Message(
        text="The trail names no such letter or case. Of a letter, the first eight signs of its id "
        "are enough; a case id must be whole.",
        tone="care",
    ),
    "several-letters": Message(
        text="The ids of several letters begin like this. Type more of it.", tone="care"
    ),
    "read-first": Message(text="Your reading is kept. The letter waits for a second reader now."),
    "differs": Message(
        text="Both readings are done, and they differ. Settle each difference below.", tone="care"
    ),
    "settled": Message(text="Settled. Read it once more as it goes out, then approve."),
    "read-again": Message(text="Your reading is open again."),
    "passed-on": Message(text="The letter waits for a senior proofreader."),
    "noted": Message(text="The note is kept with the letter."),
    "noted-typing": Message(
        text="The note is kept with the letter. What you typed stands below; it is not saved yet."
    ),
    "urgent": Message(text="The letter goes before older ones now."),
    "not-urgent": Message(text="The letter waits its turn again."),
    "nothing-free": Message(
        text="No letter is free at the moment. A colleague was quicker, or all are done.",
        tone="care",
    ),
    "stale": Message(
        text="Nothing was done: this letter was changed after you opened the page, perhaps in "
        "another tab. Below is the letter as it is now. Please look again before you decide.",
        tone="stop",
    ),
}

#: What a step says that took in several passages.
_SEVERAL: dict[str, Callable[[int], str]] = {
    "removed": lambda count: f"{count} passages removed. Undo takes it back.",
    "generalised": lambda count: f"{count} passages generalised. Undo takes it back.",
    "kept": lambda count: f"{count} passages kept readable, with your reason. Undo takes it back.",
    "reclassified": lambda count: f"The kind of {count} passages is changed. Undo takes it back.",
    "resized": lambda count: f"The edges of {count} passages are moved. Undo takes it back.",
    "rewritten": lambda count: f"Your words stand at {count} places now. Undo takes it back.",
    "marked": lambda count: (
        f"{count} passages marked and removed from the outgoing text. Undo takes it back."
    ),
    "reset": lambda count: f"{count} passages are back to what the machine proposed.",
    "decided": lambda count: (
        f"{count} passages decided: the ticked ones are out, the others stay. Undo takes it back."
    ),
}
_SOME = re2.compile(r"[1-9][0-9]{0,3}")


def _message(request: Request) -> Message | None:
    """The notice that the address asks for, with how many passages a step took in."""
    said, count = request.query_params.get("said", ""), request.query_params.get("n", "")
    if said in _SEVERAL and _SOME.fullmatch(count) and count != "1":
        return Message(text=_SEVERAL[said](int(count)))
    return MESSAGES.get(said)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    name: str
    href: str
    count: int = 0
    """How much waits there, shown beside the name."""
    waits: str = ""
    """What it is that waits there, said to those who do not see where the number stands."""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # the language is that of the request: the callables ask for it each time
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(FILTERS)
    return environment


ENVIRONMENT = _environment()


def compile_pages() -> None:
    """Compile every template: else the first visitors of a fresh service would wait for it."""
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)


def places_for(person: people.Person, *, late: int = 0, passed_on: int = 0) -> tuple[Place, ...]:
    """The parts of the desk that the person may enter; `late` and `passed_on` letters wait."""
    every = (
        (
            people.may_read_letters,
            Place("Letters", "/review", passed_on, "passed to a senior proofreader"),
        ),
        (people.may_upload, Place("Bring in", "/review/new")),
        (people.may_allocate, Place("Allocation", "/review/allocation")),
        (people.may_allocate, Place("Cases", "/review/cases")),
        (people.may_read_letters, Place("Dispatch", "/review/dispatch")),
        (
            lambda one: people.may(one, Permission.KEEP_ENDPOINTS),
            Place("Recipients", "/review/endpoints"),
        ),
        (people.may_see_waiting, Place("Waiting", "/review/waiting", late, "waiting too long")),
        (lambda one: people.may(one, Permission.SEE_INSIGHT), Place("Insight", "/review/insight")),
        (people.may_see_audit, Place("Audit", "/review/audit")),
        (people.may_manage_people, Place("People", "/review/people")),
        (people.may_manage_keys, Place("API keys", "/review/keys")),
        (
            lambda one: people.may(one, Permission.KEEP_SETTINGS),
            Place("Settings", "/review/settings"),
        ),
    )
    return tuple(place for may, place in every if may(person))


def start_of(person: people.Person) -> str:
    """The first place of a person; who has none is told why by the queue."""
    return next((place.href for place in places_for(person)), "/review")


def attempt(act: Callable[[], None], again: Callable[[str], Response], *, to: str) -> Response:
    """Act and go on; what was wrong is told to `again`, which shows the page it was asked on."""
    try:
        act()
    except (BadRequest, IllegalTransition, NotAllowed) as refused:
        return again(refused.reason)
    return go(to)


def page(
    request: Request,
    name: str,
    signed_in: SignedIn | None = None,
    *,
    status: int = 200,
    **context: object,
) -> HTMLResponse:
    """One page, with everything that base.html needs."""
    person = signed_in.person if signed_in else None
    token = signed_in.csrf_token if signed_in else ""
    field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)
    places = _places(request, person) if person else ()
    html = ENVIRONMENT.get_template(name).render(
        person=person,
        secret=lambda: field,
        language=current(),
        languages_of_pages=tuple(LANGUAGES.values()),
        back=_back(request, status),
        places=places,
        own_keys=_keys(request, person),
        stopped=_stopped(request) if person else None,
        here=_current(places, request.url.path),
        message=context.pop("message", None) or _message(request),
        **context,
    )
    return HTMLResponse(html, status_code=status)


def _back(request: Request, status: int) -> str:
    """Where a page comes back to when its language is changed; what was wrong is not repeated."""
    if request.method != "GET" or status >= 400:
        return "/"
    codes = [
        (key, value)
        for key, value in request.query_params.multi_items()
        if key in _PLACE_KEYS and _CODE.fullmatch(value)
    ]
    return request.url.path + (f"?{urlencode(codes)}" if codes else "")


def _places(request: Request, person: people.Person) -> tuple[Place, ...]:
    """The places of the person, with how many letters wait too long and how many for a senior."""
    app = request.scope.get("app")
    if app is None:
        return places_for(person)
    desk = app.state.desk
    late, passed_on = count_waiting_too_long(desk, person), passed_on_count(request, desk, person)
    return places_for(person, late=late, passed_on=passed_on)


def passed_on_count(request: Request, desk: Desk, person: people.Person) -> int:
    """How many letters wait for a senior, for seniors; within a request it is counted once."""
    known = getattr(request.state, "passed_on", None)
    count = known if isinstance(known, int) else count_passed_on(desk, person)
    request.state.passed_on = count
    return count


def _stopped(request: Request) -> str | None:
    """Why no letter leaves at the moment; None while letters do."""
    app = request.scope.get("app")
    pause = sending_pause(app.state.desk) if app else None
    return PAUSE_SENTENCES[pause.reason] if pause else None


def _keys(request: Request, person: people.Person | None) -> PageKeys:
    """The keys of the person, which are looked up when the page names one."""
    app = request.scope.get("app")
    return PageKeys(app.state.desk if app else None, person)


def go(path: str) -> RedirectResponse:
    """After a form was sent: get the next page, so that reloading repeats nothing."""
    return RedirectResponse(path, status_code=303)


def letter_path(letter_id: str, tail: str = "", **query: str | int | None) -> str:
    """The address of a letter's page; ids and numbers only."""
    given = "&".join(f"{key}={value}" for key, value in query.items() if value is not None)
    return f"/review/letters/{letter_id}{tail}" + (f"?{given}" if given else "")


def _current(places: tuple[Place, ...], path: str) -> str:
    """The place that the page belongs to: the longest address that starts the path."""
    fitting = [place.href for place in places if path.startswith(place.href)]
    return max(fitting, key=len, default="")
