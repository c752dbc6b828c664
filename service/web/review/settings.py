"""
The settings: what letters are drafted by, the words of the site, and the box to try them.

Contract: for administrators and coordinators, who read no letter here. What is typed into the box
is answered and forgotten; who proposed a word cannot confirm it.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service.actions.desk import Desk
from service.actions.profile import site_profile
from service.actions.site_words import (
    WordsView,
    confirm_word,
    list_words,
    propose_to_take_off,
    propose_word,
    withdraw_word,
)
from service.actions.trying_words import try_words
from service.web.review.pages import Message, attempt, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.tried import TriedView, tried_view
from service.web.review.word_forms import USES, WordForm
from service.web.security import SignedIn
from service.workflow.errors import BadRequest
from service.workflow.site_words import LONGEST_WORDS, WordChange, uses_always_removed

read = reading()
change = changing()

TheForm = Annotated[WordForm, Depends()]
_HERE = "/review/settings"
#: More rows than that nobody reads through: whoever looks for one searches.
MOST_SHOWN = 200


@read.get("/review/settings")
def show_settings(request: Request, desk: TheDesk, who: Who) -> Response:
    """The profile, the words, and an empty box."""
    return _shown(request, desk, who)


@change.post("/review/settings/find")
def find(
    request: Request, desk: TheDesk, who: Who, find: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The words that have these letters in them; a form, so that no name stands in an address."""
    return _shown(request, desk, who, find=find.strip())


@change.post("/review/settings/try")
def try_it(request: Request, desk: TheDesk, who: Who, form: TheForm) -> Response:
    """What changes in a sentence with all that is proposed, and with the word of the form."""
    try:
        languages = _languages(desk, who)
        trial = try_words(
            desk,
            who.person,
            text=form.sentence,
            language=form.known_language(languages),
            word=form.word(languages) if form.words.strip() else None,
        )
    except BadRequest as refused:
        return _shown(request, desk, who, form=form, refused=refused.reason)
    return _shown(request, desk, who, form=form, tried=tried_view(trial))


@change.post("/review/settings/words")
def propose(request: Request, desk: TheDesk, who: Who, form: TheForm) -> Response:
    """The first of two people puts a word on a list."""

    def act() -> None:
        propose_word(desk, who.person, word=form.word(_languages(desk, who)))

    return _attempt(request, desk, who, act, said="proposed", form=form)


@change.post("/review/settings/words/{change_id}/take-off")
def take_off(request: Request, desk: TheDesk, who: Who, change_id: str) -> Response:
    """The first of two people takes a word off its list."""

    def act() -> None:
        propose_to_take_off(desk, who.person, change_id=change_id)

    return _attempt(request, desk, who, act, said="proposed")


@change.post("/review/settings/words/{change_id}/confirm")
def confirm(request: Request, desk: TheDesk, who: Who, change_id: str) -> Response:
    """The second of two people; the word holds from now on."""

    def act() -> None:
        confirm_word(desk, who.person, change_id=change_id)

    return _attempt(request, desk, who, act, said="word-confirmed")


@change.post("/review/settings/words/{change_id}/withdraw")
def withdraw(request: Request, desk: TheDesk, who: Who, change_id: str) -> Response:
    """The proposal is taken back, or a second person says no."""

    def act() -> None:
        withdraw_word(desk, who.person, change_id=change_id)

    return _attempt(request, desk, who, act, said="withdrawn")


def _attempt(
    request: Request,
    desk: Desk,
    who: SignedIn,
    act: Callable[[], None],
    *,
    said: str,
    form: WordForm | None = None,
) -> Response:
    """Act and go back to the page; what was wrong stands on top of it, beside what was typed."""
    return attempt(
        act,
        lambda refused: _shown(request, desk, who, form=form, refused=refused),
        to=f"{_HERE}?said={said}",
    )


def _languages(desk: Desk, who: SignedIn) -> tuple[str, ...]:
    return tuple(one.code for one in site_profile(desk, who.person).languages)


def _shown(
    request: Request,
    desk: Desk,
    who: SignedIn,
    *,
    form: WordForm | None = None,
    find: str = "",
    tried: TriedView | None = None,
    refused: str = "",
) -> Response:
    words = list_words(desk, who.person)
    found = _found(words, find)
    return page(
        request,
        "settings.html",
        who,
        status=422 if refused else 200,
        profile=site_profile(desk, who.person),
        words=words,
        listed=found[:MOST_SHOWN],
        count=len(found),
        find=find,
        uses=USES,
        always=uses_always_removed(),
        longest=LONGEST_WORDS,
        form=form or WordForm(),
        tried=tried,
        message=Message(text=refused, tone="stop") if refused else None,
    )


def _found(words: WordsView, find: str) -> tuple[WordChange, ...]:
    wanted = find.casefold()
    return tuple(one for one in words.listed if wanted in one.word.words.casefold())
