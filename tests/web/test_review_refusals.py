"""Forms that were refused: the same page comes back, with the sentence and with what was typed."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from anonymizer.notices import NoticeKind
from service import actions
from service.store.letters import find_letters
from service.workflow.people import Role
from service.workflow.states import LetterState
from tests.factories import NUMBER, drafted, state_of, version_of
from tests.web.actors import Actor, House, browser, house

UNCLEAR = "Dear friend, thank you."
File = tuple[str, bytes] | None
OWN_TEXT = "Dear writer,\n\nthese are our own words for you."


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house; every test has a letter of its own."""
    with house(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture(scope="module")
def web(here: House) -> Iterator[httpx.Client]:
    """The application."""
    with browser(here.app) as made:
        yield made


@pytest.fixture
def cora(here: House) -> Actor:
    """A coordinator."""
    return here.staff[Role.COORDINATOR]


def send(web: httpx.Client, who: Actor, path: str, **fields: str) -> httpx.Response:
    """Send a form as this person; where the answer leads is not followed."""
    return send_file(web, who, path, None, **fields)


def send_file(
    web: httpx.Client, who: Actor, path: str, file: File, *, speaks: str = "en", **fields: str
) -> httpx.Response:
    """The same with a file beside the fields, by somebody who reads the pages in this language."""
    return web.post(
        path,
        data={"csrf_token": who.csrf, **fields},
        files={"file": file} if file else None,
        headers={"Cookie": f"session={who.cookies['session']}; language={speaks}"},
    )


def card_of(page: str, letter_id: str) -> str:
    """The part of the allocation desk that is about one letter."""
    return page.partition(f'id="letter-{letter_id}"')[2].partition("</section>")[0]


def filled(page: str, name: str) -> str:
    """What stands in a text field of a page, as a browser takes it."""
    found = re.search(rf'<textarea [^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1)).removeprefix("\n")


def test_a_typed_case_that_is_not_the_ticked_one_allocates_nothing(
    here: House, web: httpx.Client, cora: Actor
) -> None:
    """A wrong case sends a letter to a stranger: neither of two cases wins silently."""
    letter_id = drafted(here.desk, UNCLEAR, direction=None, cover_number=f"{NUMBER[:-1]}9")
    form = {
        "version": str(version_of(here.desk, letter_id)),
        "case_id": "C-1",
        "other_case": "C-2",
        "own": "By <telephone>",
        "reason": "The registry confirmed the case",
        "direction": "patient_to_donor",
    }
    refused = send(web, cora, f"/review/allocation/{letter_id}", **form)
    assert refused.status_code == 422
    assert state_of(here.desk, letter_id) is LetterState.HELD_ALLOCATION
    card = card_of(refused.text, letter_id)
    assert "two different cases" in card
    assert 'value="C-1" checked' in card
    assert 'name="other_case" value="C-2"' in card
    assert 'value="By &lt;telephone&gt;"' in card
    assert 'value="The registry confirmed the case" selected' in card
    assert 'value="patient_to_donor" selected' in card
    done = send(web, cora, f"/review/allocation/{letter_id}", **{**form, "other_case": " C-1 "})
    assert done.headers["location"] == "/review/allocation?said=allocated"


def test_what_was_typed_stands_in_the_form_of_its_letter_only(
    here: House, web: httpx.Client, cora: Actor
) -> None:
    """A case of one letter must never slip into the form of another."""
    one, other = drafted(here.desk, UNCLEAR), drafted(here.desk, f"{UNCLEAR} Again.")
    form = {"version": str(version_of(here.desk, one)), "other_case": "C-404", "own": "Mine"}
    page = send(web, cora, f"/review/allocation/{one}", **form).text
    assert 'value="Mine"' in card_of(page, one)
    assert 'value="Mine"' not in card_of(page, other)
    assert "No case has the id" not in card_of(page, other)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"other_case": "C-404", "own": "Mine"}, "No case has the id that was given."),
        ({"other_case": "C-2"}, "Give a reason for this case."),
        ({"own": "Mine"}, "Choose a case or type its id."),
    ],
    ids=["unknown", "no reason", "no case"],
)
def test_an_incomplete_allocation_comes_back_with_its_sentence(
    here: House, web: httpx.Client, cora: Actor, fields: dict[str, str], sentence: str
) -> None:
    """No bare page of an error: the form is there to be mended."""
    letter_id = drafted(here.desk, UNCLEAR)
    version = str(version_of(here.desk, letter_id))
    refused = send(web, cora, f"/review/allocation/{letter_id}", version=version, **fields)
    assert refused.status_code == 422
    assert sentence in card_of(refused.text, letter_id)
    assert all(value in card_of(refused.text, letter_id) for value in fields.values())
    assert state_of(here.desk, letter_id) is LetterState.HELD_ALLOCATION


def test_a_case_is_looked_up_without_its_number_in_an_address(
    web: httpx.Client, cora: Actor
) -> None:
    """Addresses end up in histories and logs; an address with a number finds nothing."""
    found = send(web, cora, "/review/allocation/find", find=f" {NUMBER} ")
    assert (found.status_code, found.history) == (200, [])
    assert "<strong>C-1</strong>" in found.text
    assert f'name="find" value="{NUMBER}"' in found.text
    headers = {"Cookie": f"session={cora.cookies['session']}"}
    asked = web.get("/review/allocation", params={"find": NUMBER}, headers=headers)
    assert "<strong>C-1</strong>" not in asked.text
    assert 'method="get"' not in asked.text.partition("<main")[2]


def test_looking_a_case_up_needs_the_token_of_the_session(web: httpx.Client, cora: Actor) -> None:
    """As every form does."""
    assert (
        send(web, cora, "/review/allocation/find", find=NUMBER, csrf_token="x").status_code == 403
    )


@pytest.mark.parametrize("content", [b"Dear donor, from the file.", b""], ids=["full", "empty"])
def test_a_file_and_a_text_are_not_taken_in_together(
    here: House, web: httpx.Client, cora: Actor, content: bytes
) -> None:
    """One of them would be dropped without a word; the text comes back."""
    before = letters_of(here)
    text = "\nDear donor,\n</textarea> from the field."
    refused = send_file(
        web,
        cora,
        "/review/new",
        ("a letter.txt", content),
        text=text,
        cover_number=NUMBER,
        direction="donor_to_patient",
    )
    assert refused.status_code == 422
    assert "There is a file and a text" in refused.text
    assert filled(refused.text, "text") == text
    assert f'value="{NUMBER}"' in refused.text
    assert 'value="donor_to_patient" selected' in refused.text
    assert letters_of(here) == before


@pytest.mark.parametrize("text", ["", "  \n "])
def test_bringing_in_nothing_shows_the_form_again(
    here: House, web: httpx.Client, cora: Actor, text: str
) -> None:
    """With the number and the side that were given."""
    before = letters_of(here)
    refused = send(
        web, cora, "/review/new", text=text, cover_number="P-1", direction="patient_to_donor"
    )
    assert refused.status_code == 422
    assert "Choose a file or paste the text of the letter." in refused.text
    assert 'value="P-1"' in refused.text
    assert 'value="patient_to_donor" selected' in refused.text
    assert letters_of(here) == before


@pytest.mark.parametrize("given", ["file", "text"])
def test_a_file_or_a_text_alone_is_taken_in(
    here: House, web: httpx.Client, cora: Actor, given: str
) -> None:
    """White space in the field is no text, and a field for a file that was left empty no file."""
    before = letters_of(here)
    by_file = given == "file"
    file = ("letter.txt", b"Dear donor, thank you.") if by_file else ("", b"")
    text = " " if by_file else "Dear donor, hello."
    taken = send_file(web, cora, "/review/new", file, text=text)
    assert taken.headers["location"].endswith("said=received")
    assert len(letters_of(here)) == len(before) + 1


TRANSLATED = "\nDear friend,\n</textarea> from the translator."


class Translating:
    """A letter in another language, and the form for its translation."""

    def __init__(self, here: House, web: httpx.Client, who: Actor) -> None:
        self.here, self.web, self.who = here, web, who
        self.letter_id = drafted(here.desk, f"GERMAN: Danke.\nDonor number {NUMBER}")
        self.path = f"/review/letters/{self.letter_id}/translation"

    def send(self, text: str, file: bytes | None = None, /, **more: str) -> httpx.Response:
        """The form, with a file where one is given."""
        form = {"version": str(version_of(self.here.desk, self.letter_id)), "text": text, **more}
        given = None if file is None else ("translation.txt", file)
        return send_file(self.web, self.who, self.path, given, **form)

    def field(self, page: httpx.Response) -> str:
        """What stands in the field of the translation, in a menu that is open."""
        menu, _, form = page.text.partition(f'action="{self.path}"')
        assert menu.rpartition("<details")[2].startswith(' class="menu" open>')
        return filled(form, "text")


@pytest.fixture
def translating(here: House, web: httpx.Client, cora: Actor) -> Translating:
    """A letter that a coordinator brings the translation of."""
    return Translating(here, web, cora)


@pytest.mark.parametrize(
    ("file", "speaks", "sentence"),
    [
        (b"Dear friend, from the file.", "en", "The text stands below: empty it and choose"),
        (b"", "de", "Der Text steht unten: Leeren Sie das Feld"),
    ],
    ids=["full", "empty, in German"],
)
def test_a_translation_beside_a_file_stands_in_its_field_again(
    translating: Translating, file: bytes, speaks: str, sentence: str
) -> None:
    """As the sentence says; taken in alone it is the letter."""
    refused = translating.send(TRANSLATED, file, speaks=speaks)
    assert (refused.status_code, translating.field(refused)) == (422, TRANSLATED)
    assert sentence in refused.text
    taken = translating.send(translating.field(refused))
    assert taken.headers["location"].endswith("said=translated")


@pytest.mark.parametrize(
    ("text", "version", "sentence"),
    [
        ("  \n", "", "Choose a file or paste the text of the translation."),
        (f"GERMAN: Danke.\nDonor number {NUMBER}", "", "This is the letter as it stands already."),
        (TRANSLATED, "0", "Nothing was done: this letter was changed after you opened the page"),
    ],
    ids=["nothing", "the letter itself", "stale"],
)
def test_a_translation_that_is_refused_is_never_lost(
    translating: Translating, text: str, version: str, sentence: str
) -> None:
    """Whatever stands in its way; the letter beside it is the one of now."""
    refused = translating.send(text, **({"version": version} if version else {}))
    assert (refused.status_code, translating.field(refused)) == (422, text)
    assert sentence in refused.text
    desk, letter_id = translating.here.desk, translating.letter_id
    assert state_of(desk, letter_id) is LetterState.HELD_LANGUAGE
    assert f'name="version" value="{version_of(desk, letter_id)}"' in refused.text


def letters_of(here: House) -> set[str]:
    """The ids of all letters there are."""
    with here.desk.database.reading() as connection:
        return {one.letter_id for one in find_letters(connection, states=frozenset(LetterState))}


class Returning:
    """A letter that is about to go back, and the page that it goes back from."""

    def __init__(self, here: House, web: httpx.Client, who: Actor) -> None:
        self.here, self.web, self.who = here, web, who
        self.letter_id = drafted(here.desk, f"{UNCLEAR} Donor number 1")
        self.path = f"/review/letters/{self.letter_id}/return"

    def text(self, kind: NoticeKind, language: str = "en") -> str:
        """The usual text for a reason."""
        assert self.who.person is not None
        return actions.prepare_return(
            self.here.desk, self.who.person, letter_id=self.letter_id, kind=kind, language=language
        ).text

    def send(self, kind: NoticeKind, shown: NoticeKind | None, **fields: str) -> httpx.Response:
        """The form with this reason chosen, over the text for the reason that is shown."""
        form = {
            "version": str(version_of(self.here.desk, self.letter_id)),
            "kind": kind.value,
            "language": "en",
            "of_kind": shown.value if shown else "",
            "of_language": "en",
            **fields,
        }
        return send(self.web, self.who, self.path, **form)

    @property
    def is_returned(self) -> bool:
        """True once it is on its way back."""
        return state_of(self.here.desk, self.letter_id) is LetterState.RETURNED


@pytest.fixture
def returning(here: House, web: httpx.Client, cora: Actor) -> Returning:
    """A letter that a coordinator wants to return."""
    return Returning(here, web, cora)


NO_NUMBER, TOO_MANY = NoticeKind.RETURNED_NO_NUMBER, NoticeKind.RETURNED_TOO_MANY


@pytest.mark.parametrize("shown", [NO_NUMBER, None], ids=["another", "none"])
def test_a_letter_does_not_go_back_with_the_text_of_another_reason(
    returning: Returning, shown: NoticeKind | None
) -> None:
    """The writer would be told something untrue; the right text is shown first."""
    page = returning.send(TOO_MANY, shown, text=returning.text(NO_NUMBER) if shown else "")
    assert (page.status_code, returning.is_returned) == (422, False)
    assert "you chose another reason or language" in page.text
    assert filled(page.text, "text") == returning.text(TOO_MANY)
    assert f'name="of_kind" value="{TOO_MANY.value}"' in page.text
    gone = returning.send(TOO_MANY, TOO_MANY, text=filled(page.text, "text"))
    assert (gone.headers["location"], returning.is_returned) == ("/review?said=returned", True)


def test_a_letter_does_not_go_back_with_the_text_of_another_language(
    returning: Returning,
) -> None:
    """The language belongs to the text as the reason does."""
    page = returning.send(NO_NUMBER, NO_NUMBER, text=returning.text(NO_NUMBER), language="de")
    assert (page.status_code, returning.is_returned) == (422, False)
    assert filled(page.text, "text") == returning.text(NO_NUMBER, "de")


@pytest.mark.parametrize("show", ["", "true"], ids=["return", "show"])
def test_a_text_that_a_person_wrote_is_never_replaced(returning: Returning, show: str) -> None:
    """Whichever button is pressed after another reason was chosen; the note stays as well."""
    fields = {"text": OWN_TEXT.replace("\n", "\r\n"), "own": "For <us>"}
    page = returning.send(TOO_MANY, NO_NUMBER, **fields, **({"show": show} if show else {}))
    assert (page.status_code, returning.is_returned) == (422, False)
    assert "your own text is kept below" in page.text
    assert filled(page.text, "text").splitlines() == OWN_TEXT.splitlines()
    assert filled(page.text, "own") == "For <us>"
    assert f'value="{TOO_MANY.value}" selected' in page.text
    gone = returning.send(TOO_MANY, TOO_MANY, text=OWN_TEXT)
    assert (gone.headers["location"], returning.is_returned) == ("/review?said=returned", True)


@pytest.mark.parametrize("text", ["usual", "emptied"])
def test_showing_the_text_of_another_reason_returns_nothing(
    returning: Returning, text: str
) -> None:
    """It is shown where the former one was left as it was, or was taken away."""
    usual = returning.text(NO_NUMBER).replace("\n", "\r\n")
    typed = usual if text == "usual" else " "
    page = returning.send(TOO_MANY, NO_NUMBER, text=typed, own="Note", show="true")
    assert (page.status_code, returning.is_returned) == (200, False)
    assert filled(page.text, "text") == returning.text(TOO_MANY)
    assert filled(page.text, "own") == "Note"


def test_a_letter_that_changed_meanwhile_is_shown_as_it_is_now(returning: Returning) -> None:
    """Another text is no way around the state that the person saw."""
    page = returning.send(TOO_MANY, NO_NUMBER, version="0", text="x")
    assert page.headers["location"] == f"/review/letters/{returning.letter_id}?said=stale"
    assert not returning.is_returned


def test_a_letter_that_went_back_already_offers_no_other_text(returning: Returning) -> None:
    """It is refused as the return itself would be."""
    returning.send(NO_NUMBER, NO_NUMBER, text=returning.text(NO_NUMBER))
    assert returning.send(TOO_MANY, NO_NUMBER, text="x").status_code == 403


def test_the_return_page_sends_reason_and_text_in_one_form(returning: Returning) -> None:
    """Nothing that is chosen there can be left behind, and its text can go as it stands."""
    headers = {"Cookie": f"session={returning.who.cookies['session']}"}
    page = returning.web.get(returning.path, headers=headers).text.partition("<main")[2]
    form = page.partition(f'action="{returning.path}"')[2].partition("</form>")[0]
    for name in ("kind", "language", "of_kind", "of_language", "text", "own", "version", "show"):
        assert page.count(f'name="{name}"') == form.count(f'name="{name}"') == 1
    chosen = re.findall(r'value="(\w+)" selected', form)
    assert [
        f'name="of_{name}" value="{value}"' in form
        for name, value in zip(("kind", "language"), chosen, strict=True)
    ] == [True, True]
