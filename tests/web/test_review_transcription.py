"""Typing a letter off its scan, over HTTP: notes beside it, and nothing typed is ever lost."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from service import actions
from service.actions import SeenBeside
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    add,
    bring_in,
    decide_suggestions,
    drafted,
    make_desk,
    state_of,
    version_of,
    view,
    work_all,
)
from tests.integration.file_samples import FORMS, poor_scan
from tests.web.actors import Actor, House, browser, house

TYPED = "\nDear donor,\n</textarea> I am well & glad.\n"
NOTE = "Page 2 is <missing>, ask the centre."


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house; every test has a scan of its own."""
    with house(tmp_path_factory.mktemp("typing")) as made:
        yield made


@pytest.fixture(scope="module")
def web(here: House) -> Iterator[httpx.Client]:
    """The application."""
    with browser(here.app) as made:
        yield made


class Typing:
    """A scan that somebody types off."""

    def __init__(self, here: House, web: httpx.Client, letter_id: str) -> None:
        self.here, self.web, self.letter_id = here, web, letter_id
        self.who: Actor = here.staff[Role.PROOFREADER]
        self.path = f"/review/letters/{letter_id}/transcription"

    @property
    def person(self) -> Person:
        """Who types."""
        assert self.who.person is not None
        return self.who.person

    def get(self) -> str:
        """The page as it opens."""
        return self.web.get(self.path, headers=self._headers).text

    def send(self, tail: str = "", **fields: str) -> httpx.Response:
        """Press a button of the page."""
        version = str(version_of(self.here.desk, self.letter_id))
        form = {"csrf_token": self.who.csrf, "version": version, "text": TYPED, **fields}
        return self.web.post(self.path + tail, data=form, headers=self._headers)

    @property
    def notes(self) -> list[str]:
        """The notes that are kept with the letter."""
        return [one.text for one in view(self.here.desk, self.person, self.letter_id).notes]

    @property
    def waits(self) -> bool:
        """True while nobody has typed it."""
        return state_of(self.here.desk, self.letter_id) is LetterState.HELD_TRANSCRIPTION

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"session={self.who.cookies['session']}"}


@pytest.fixture
def typing(here: House, web: httpx.Client) -> Typing:
    """A poor scan that waits."""
    letter_id = bring_in(here.desk, poor_scan(), cover_number=NUMBER)
    work_all(here.desk)
    return Typing(here, web, letter_id)


def field(page: str, name: str) -> str:
    """What stands in a text field, as a browser takes it."""
    found = re.search(rf'<textarea [^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1)).removeprefix("\n")


def test_a_note_is_kept_and_what_was_typed_stays(typing: Typing) -> None:
    """The note is seen by colleagues; the text is not saved yet, and the page says so."""
    assert field(typing.get(), "note") == ""
    shown = typing.send("/note", note=NOTE)
    assert (shown.status_code, typing.notes, typing.waits) == (200, [NOTE], True)
    assert "What you typed stands below; it is not saved yet." in shown.text
    assert (field(shown.text, "text"), field(shown.text, "note")) == (TYPED, "")
    assert "Page 2 is &lt;missing&gt;, ask the centre." in shown.text
    saved = typing.send(text=field(shown.text, "text"))
    assert saved.headers["location"].endswith("said=transcribed")
    assert (
        "Page 2 is &lt;missing&gt;"
        in typing.web.get(typing.path.removesuffix("/transcription"), headers=typing._headers).text
    )


@pytest.mark.parametrize("note", ["", "  \n", "x" * 2001], ids=["none", "blank", "long"])
def test_a_note_that_is_refused_takes_nothing_away(typing: Typing, note: str) -> None:
    """Neither the text nor the note."""
    refused = typing.send("/note", note=note)
    assert (refused.status_code, typing.notes, typing.waits) == (422, [], True)
    assert field(refused.text, "text") == TYPED
    assert field(refused.text, "note").strip() == note.strip()


def test_a_note_that_was_begun_is_saved_with_the_transcription(typing: Typing) -> None:
    """Whoever presses the other button meant both."""
    saved = typing.send(note=NOTE)
    assert saved.headers["location"].endswith("said=transcribed")
    assert (typing.notes, typing.waits) == ([NOTE], False)


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b"], ids=["none", "blank", "no character"])
def test_a_transcription_that_is_refused_keeps_its_note(typing: Typing, text: str) -> None:
    """The note is with the letter then, and is not sent twice."""
    refused = typing.send(text=text, note=NOTE)
    assert (refused.status_code, typing.notes, typing.waits) == (422, [NOTE], True)
    assert field(refused.text, "note") == ""


def test_a_note_makes_no_old_page_a_new_one(typing: Typing) -> None:
    """What a colleague changed meanwhile is still noticed when the text is saved."""
    shown = typing.send("/note", version="0", note=NOTE)
    assert 'name="version" value="0"' in shown.text
    stale = typing.send(version="0", text=field(shown.text, "text"))
    assert (stale.status_code, typing.waits) == (422, True)
    assert "Nothing was saved: this letter was changed" in stale.text
    assert field(stale.text, "text") == TYPED
    now = version_of(typing.here.desk, typing.letter_id)
    assert f'name="version" value="{now}"' in stale.text


def test_where_nobody_may_type_no_note_is_kept(here: House, web: httpx.Client) -> None:
    """The answer says that nothing was done, and that is so."""
    typing = Typing(here, web, drafted(here.desk, "Dear friend, thank you."))
    assert typing.send("/note", note=NOTE).status_code == 409
    assert typing.notes == []


def test_the_notes_need_the_token_of_the_session(typing: Typing) -> None:
    """And what was typed is given back, as on every form about a letter."""
    kept = typing.send("/note", note=NOTE, csrf_token="x")
    assert (kept.status_code, typing.notes) == (403, [])
    assert "Keeps the note with the letter, and shows the transcription again" in kept.text
    assert field(kept.text, "text") == TYPED


def test_a_letter_that_nobody_has_typed_has_its_notes_on_its_page(typing: Typing) -> None:
    """A colleague who opens it first sees why it waits."""
    page = typing.path.removesuffix("/transcription")
    assert 'id="note-text"' in typing.web.get(page, headers=typing._headers).text


def test_a_second_reader_sees_no_note_of_the_first_beside_the_scan(tmp_path: Path) -> None:
    """As on the page of the letter: two people read on their own."""
    desk = make_desk(tmp_path, second_reader_always=True)
    anna, ben, cora = add(desk, "Anna"), add(desk, "Ben"), add(desk, "Cora", Role.COORDINATOR)
    letter_id = bring_in(desk, FORMS["scan"], cover_number=NUMBER)
    work_all(desk)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version)
    for one in (anna, cora):
        actions.write_note(desk, one, letter_id=letter_id, text=f"A note of {one.name}")
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk,
        anna,
        letter_id=letter_id,
        version=seen.version,
        digest=seen.digest or "",
        beside=SeenBeside(hidden=True),
    )
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, ben, letter_id=letter_id, version=version)
    found = actions.open_transcription(desk, ben, letter_id=letter_id)
    assert [one.text for one in found.notes] == ["A note of Cora"]
    desk.database.close()
