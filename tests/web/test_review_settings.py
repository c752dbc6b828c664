"""The settings in the pages: words by two people, and a box that forgets what is typed into it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect
from sqlalchemy import text as sql

from anonymizer.model import SiteWord, WordUse
from service.actions import Desk
from service.actions.site_words import confirm_word, propose_word
from service.app import create_app
from service.workflow.people import Role
from tests.factories import NUMBER, claimed, make_desk
from tests.integration.server import served
from tests.web.actors import Actor, key_actor, signed_in_actor

HERE = "/review/settings"
HOUSE = {"words": "Lindenhof", "use": "hospital", "language": ""}
SENTENCE = "Anna Quincampoix is in the Lindenhof."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the small pipeline."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def house(desk: Desk) -> Iterator[tuple[str, dict[Role, Actor]]]:
    """The pages over HTTP, with everybody of the staff."""
    roles = (Role.COORDINATOR, Role.ADMIN, Role.PROOFREADER)
    actors = {role: signed_in_actor(desk, role) for role in roles}
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        yield url, actors


def press(url: str, who: Actor, path: str, **fields: str) -> httpx.Response:
    """Send a form as this person."""
    return httpx.post(
        f"{url}{path}",
        data={"csrf_token": who.csrf, **fields},
        cookies=dict(who.cookies),
        headers={"Origin": url},
        follow_redirects=True,
        timeout=30,
    )


def look(url: str, who: Actor, path: str = HERE) -> httpx.Response:
    """Open a page as this person."""
    return httpx.get(f"{url}{path}", cookies=dict(who.cookies), timeout=30)


def path_of(page: httpx.Response, step: str) -> str:
    """Where the first button of this step leads."""
    before = page.text.partition(f'/{step}"')[0]
    return f"{HERE}/words/{before.rpartition('/words/')[2]}/{step}"


def test_a_word_goes_from_proposal_to_force(house: tuple[str, dict[Role, Actor]]) -> None:
    """One proposes, another confirms, both see by whom and since when."""
    url, actors = house
    cora, ada = actors[Role.COORDINATOR], actors[Role.ADMIN]
    assert "The lists are empty" in look(url, cora).text
    page = press(url, cora, f"{HERE}/words", **HOUSE)
    assert "A second person has to confirm it" in page.text
    assert "Another person has to confirm it." in page.text
    refused = press(url, cora, path_of(look(url, ada), "confirm"))
    assert (refused.status_code, "Another person" in refused.text) == (422, True)
    page = press(url, ada, path_of(look(url, ada), "confirm"))
    assert "It holds for every draft from now on" in page.text
    assert "coordinator person and admin person" in page.text
    assert "words of the site, version 1" in page.text
    page = press(url, ada, path_of(page, "take-off"))
    assert "take off" in page.text
    page = press(url, cora, path_of(page, "withdraw"))
    assert "Nothing is proposed at the moment." in page.text


def test_the_box_shows_both_sides_and_keeps_nothing(
    house: tuple[str, dict[Role, Actor]], desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the database nor in the log nor in an address; the form keeps what was typed."""
    url, actors = house
    with caplog.at_level(logging.DEBUG):
        page = press(url, actors[Role.ADMIN], f"{HERE}/try", sentence=SENTENCE, **HOUSE)
    assert page.status_code == 200
    assert "The sentence changes" in page.text
    assert "[person] Quincampoix is in the Lindenhof." in page.text
    assert "[person] Quincampoix is in the [hospital]." in page.text
    assert 'value="Lindenhof"' in page.text
    assert "Quincampoix" not in str(page.url)
    assert "Quincampoix" not in caplog.text
    assert "Lindenhof" not in caplog.text
    with desk.database.reading() as connection:
        for table in inspect(connection).get_table_names():
            rows = str(connection.execute(sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - our names
            assert "Quincampoix" not in rows
    assert SENTENCE not in look(url, actors[Role.ADMIN]).text


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("try", {"sentence": ""}, "Type a sentence"),
        ("try", {"sentence": SENTENCE, "words": "x", "use": "person"}, "at least two letters"),
        ("try", {"sentence": SENTENCE, "language": "xx"}, "not drafted in this language"),
        ("words", {"words": "Lindenhof"}, "Say what the word is"),
        ("words", {"words": "a@b.example", "use": "title"}, "numbers, addresses and accounts"),
        ("words/unknown/confirm", {}, "There is nothing under this id"),
    ],
)
def test_what_is_wrong_is_said(
    house: tuple[str, dict[Role, Actor]], path: str, form: dict[str, str], said: str
) -> None:
    """On the same page, with what was typed still there."""
    url, actors = house
    page = press(url, actors[Role.COORDINATOR], f"{HERE}/{path}", **form)
    assert page.status_code in {404, 422}
    assert said in page.text
    assert form.get("words", "") in page.text


def test_what_is_typed_is_never_markup(house: tuple[str, dict[Role, Actor]]) -> None:
    """Neither in the box nor in a list."""
    url, actors = house
    form = {**HOUSE, "words": "<b>Lindenhof</b>", "sentence": "<script>Anna</script>"}
    page = press(url, actors[Role.ADMIN], f"{HERE}/try", **form)
    assert "<script>Anna" not in page.text
    page = press(url, actors[Role.ADMIN], f"{HERE}/words", **form)
    assert "&lt;b&gt;Lindenhof" in page.text
    assert "<b>Lindenhof" not in page.text


def test_words_are_found_by_their_letters(house: tuple[str, dict[Role, Actor]], desk: Desk) -> None:
    """By a form: a name stands in no address. Nothing found is said."""
    url, actors = house
    cora, ada = actors[Role.COORDINATOR], actors[Role.ADMIN]
    assert cora.person is not None
    assert ada.person is not None
    for words in ("Lindenhof", "Göranklinik"):
        word = SiteWord(words=words, use=WordUse.HOSPITAL)
        confirm_word(desk, ada.person, change_id=propose_word(desk, cora.person, word=word))
    page = press(url, cora, f"{HERE}/find", find="GÖRAN")
    assert "Göranklinik" in page.text
    assert "Lindenhof" not in page.text
    assert "göran" not in str(page.url).lower()
    assert "No such word" in press(url, cora, f"{HERE}/find", find="nowhere").text


def test_the_profile_is_shown(house: tuple[str, dict[Role, Actor]]) -> None:
    """Every kind with what happens to it and why, and the rows of the exchange."""
    url, actors = house
    page = look(url, actors[Role.ADMIN]).text
    assert page.count("It tells who somebody is.") > 10
    assert "countries, " in page


def test_proofreaders_neither_see_nor_change_it(house: tuple[str, dict[Role, Actor]]) -> None:
    """The page is in no navigation of theirs."""
    url, actors = house
    anna = actors[Role.PROOFREADER]
    assert look(url, anna).status_code == 403
    assert press(url, anna, f"{HERE}/words", **HOUSE).status_code == 403
    assert HERE not in look(url, anna, "/review").text


def test_the_interface_answers_with_the_words_or_not_at_all(
    house: tuple[str, dict[Role, Actor]], desk: Desk
) -> None:
    """A program gets the version of the words; words that cannot be loaded answer 503."""
    url, actors = house
    cora, ada = actors[Role.COORDINATOR].person, actors[Role.ADMIN].person
    assert cora is not None
    assert ada is not None
    key = key_actor(desk, "registry")
    letter = {"id": "1", "text": "I was in the Lindenhof.", "donor_number": NUMBER}

    def ask() -> httpx.Response:
        return httpx.post(f"{url}/v1/redactions", json=letter, headers=key.headers, timeout=30)

    assert "Lindenhof" in ask().json()["text"]
    word = SiteWord(words="Lindenhof", use=WordUse.HOSPITAL)
    confirm_word(desk, ada, change_id=propose_word(desk, cora, word=word))
    told = ask().json()
    assert (told["text"], told["versions"]["words"]) == ("I was in the [hospital].", "1")
    with desk.database.writing() as tx:
        # the version as if another process had made one, with words that nobody can open
        tx.connection.execute(sql("UPDATE site_word_changes SET words = 'c3BvaWx0', version = 2"))
    answer = ask()
    assert answer.status_code == 503
    assert "words of this site cannot be loaded" in answer.json()["detail"]
    assert "Lindenhof" not in answer.text
    page = look(url, actors[Role.ADMIN])
    assert (page.status_code, "Until then no letter is drafted" in page.text) == (200, True)


def test_an_open_draft_offers_to_be_drafted_again(
    house: tuple[str, dict[Role, Actor]], desk: Desk
) -> None:
    """The notice stands above the texts, and one button does it."""
    url, actors = house
    cora, ada, anna = (actors[one].person for one in actors)
    assert cora is not None
    assert ada is not None
    assert anna is not None
    letter = f"/review/letters/{claimed(desk, anna)}"
    assert "The words of the site changed" not in look(url, actors[Role.PROOFREADER], letter).text
    word = SiteWord(words="friend", use=WordUse.PLACE)
    confirm_word(desk, ada, change_id=propose_word(desk, cora, word=word))
    page = look(url, actors[Role.PROOFREADER], letter)
    assert "The words of the site changed" in page.text
    version = page.text.partition('data-version="')[2].partition('"')[0]
    page = press(url, actors[Role.PROOFREADER], f"{letter}/draft", version=version)
    assert "The draft is being made" in page.text
