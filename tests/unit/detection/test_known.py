"""What the registry knows is found in every disguise, and ordinary words are left alone."""

import pytest

from anonymizer.canonical import detection_view
from anonymizer.detection.known import KnownRecognizer
from anonymizer.model import EntityKind
from anonymizer.rulebook import Rulebook, load_rulebook
from tests.unit.parts import found_in, known

PERSON, PLACE = EntityKind.PERSON, EntityKind.PLACE

NAME = "J\u00fcrgen M\u00fcller"
NAME_DISGUISES = {
    "exact": NAME,
    "lower case": "j\u00fcrgen m\u00fcller",
    "capitals": "J\u00dcRGEN M\u00dcLLER",
    "first name": "J\u00fcrgen",
    "last name": "M\u00fcller",
    "plural": "M\u00fcllers",
    "ue for umlaut": "Mueller",
    "u for umlaut": "Muller",
    "letter missing": "M\u00fcler",
    "letter doubled": "M\u00fclller",
    "letters swapped": "J\u00fcrgne",
    "digits for letters": "M3ull3r".replace("M3", "M"),
    "digit one for l": "Mu11er",
    "spaced": "M \u00fc l l e r",
    "spelled with hyphens": "J-\u00fc-r-g-e-n",
    "spelled with dots": "M.\u00fc.l.l.e.r",
    "mirrored": "rell\u00fcM",
    "zero-width inside": "M\u00fcl\u200bler",
    "soft hyphen inside": "M\u00fcl\u00adler",
    "broken at a line end": "M\u00fcl-\nler",
    "full-width letter": "\uff2d\u00fcller",
    "cyrillic letter": "\u041c\u00fcller",
    "glued": "J\u00fcrgenM\u00fcller",
    "with a hyphen": "J\u00fcrgen-M\u00fcller",
}
TOWN = "T\u00fcbingen"
TOWN_DISGUISES = {
    "exact": TOWN,
    "lower case": "t\u00fcbingen",
    "capitals": "T\u00dcBINGEN",
    "ue for umlaut": "Tuebingen",
    "u for umlaut": "Tubingen",
    "letter missing": "T\u00fcbigen",
    "letters swapped": "T\u00fcbignen",
    "digit for i": "Tub1ngen",
    "digit for e": "T\u00fcbing3n",
    "spaced": "T \u00fc b i n g e n",
    "spelled with hyphens": "T-\u00fc-b-i-n-g-e-n",
    "mirrored": "negnib\u00fcT",
    "zero-width inside": "T\u00fc\u200bbingen",
    "broken at a line end": "T\u00fcbin-\ngen",
    "cyrillic letter": "\u0422\u00fcbingen",
}


def covered(rules: Rulebook, kind: EntityKind, value: str, text: str) -> str:
    """`text` with `#` for each character of the letter that is found."""
    view = detection_view(text)
    shown = list(text)
    for one in KnownRecognizer([known(kind, value)], rules).find(view.text):
        span = view.to_letter(one.span)
        shown[span.start : span.end] = "#" * len(span)
    return "".join(shown)


@pytest.mark.parametrize("written", NAME_DISGUISES.values(), ids=NAME_DISGUISES.keys())
def test_a_known_name_is_found(rules: Rulebook, written: str) -> None:
    """All of it, and nothing around it."""
    text = f"So says {written} today."
    assert covered(rules, PERSON, NAME, text) == f"So says {'#' * len(written)} today."


@pytest.mark.parametrize("written", TOWN_DISGUISES.values(), ids=TOWN_DISGUISES.keys())
def test_a_known_town_is_found(rules: Rulebook, written: str) -> None:
    """All of it, and nothing around it."""
    text = f"So it goes in {written} today."
    assert covered(rules, PLACE, TOWN, text) == f"So it goes in {'#' * len(written)} today."


@pytest.mark.parametrize(("value", "written"), [(NAME, "M\u00fcller"), ("O'Brien", "O'Brien")])
@pytest.mark.parametrize("mark", ["'s", "\u2019s"])
def test_a_possessive_is_no_hiding_place(
    rules: Rulebook, value: str, written: str, mark: str
) -> None:
    """The name is found, with or without its ending."""
    shown = covered(rules, PERSON, value, f"at {written}{mark} house")
    assert shown.startswith("at " + "#" * len(written))
    assert shown.endswith(" house")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Katherine Miller", "Kate"),
        ("Kate Miller", "Katherine"),
        ("Robert Smith", "Bob"),
        ("\u0141ukasz \u017b\u00f3\u0142\u0107", "Lukasz"),
        ("\u0141ukasz \u017b\u00f3\u0142\u0107", "zolc"),
        ("Y\u0131lmaz", "Yilmaz"),
        ("\u0130brahim", "Ibrahim"),
        ("Gro\u00df", "Gross"),
        ("S\u00f8ren", "Soren"),
        ("Anne-Marie L\u00e9vy", "Annemarie"),
        ("Anne-Marie L\u00e9vy", "Levy"),
        ("O'Brien", "OBrien"),
        ("O'Brien", "O Brien"),
        ("Li Na", "Li"),
        ("Bo", "Bo"),
        (
            "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432",
            "\u0418\u0432\u0430\u043d",
        ),
    ],
)
def test_other_forms_of_a_name_are_found(rules: Rulebook, value: str, written: str) -> None:
    """Short forms both ways, without diacritics, without signs, short names, other scripts."""
    shown = covered(rules, PERSON, value, f"then {written} came")
    assert shown == f"then {'#' * len(written)} came"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Hope", "I hope you are well."),
        ("Will", "You will be well."),
        ("Grace Miller", "by the grace of God"),
        ("Mark Young", "a mark for the young"),
        ("Rose", "the sun rose"),
        ("Tom", "tomorrow and a tomato"),
        ("Anna", "savanna and banana"),
        ("Jan van der Berg", "a van of the der kind"),
        ("Ed", "we walked and talked"),
        ("Nadia", "the nad iamb"),
    ],
)
def test_an_ordinary_word_is_no_known_name(rules: Rulebook, value: str, text: str) -> None:
    """In small letters, inside other words, or a particle alone."""
    assert covered(rules, PERSON, value, text) == text


def test_a_name_that_is_a_word_is_found_with_its_capital(rules: Rulebook) -> None:
    """The daughter, not the verb."""
    assert covered(rules, PERSON, "Hope", "I hope Hope comes") == "I hope #### comes"


DATES = [
    "1987-03-14", "14.03.1987", "14.3.87", "14/03/1987", "14-03-1987", "03/14/1987", "1987/03/14",
    "14 March 1987", "14th of March 1987", "14. March 1987", "March 14, 1987", "March the 14th",
    "14 MARCH 1987", "14th March", "14 . 3 . 1987", "14. M\u00e4rz 1987",
]  # fmt: skip


@pytest.mark.parametrize("value", ["1987-03-14", "14.03.1987"])
@pytest.mark.parametrize("written", DATES)
def test_a_known_date_is_found_in_its_usual_forms(
    rules: Rulebook, value: str, written: str
) -> None:
    """However the registry writes it, and however the letter does."""
    shown = covered(rules, EntityKind.DATE, value, f"born on {written} in spring")
    assert shown == f"born on {'#' * len(written)} in spring"


@pytest.mark.parametrize("text", ["born on 15 March 1987", "on 4.3.1987", "14 of us", "in March"])
def test_another_date_is_not_the_known_one(rules: Rulebook, text: str) -> None:
    """Nor is a part of one."""
    assert covered(rules, EntityKind.DATE, "1987-03-14", text) == text


@pytest.mark.parametrize("value", ["", "14 March", "1987", "31.31.1987", "soon"])
def test_a_date_that_cannot_be_read_finds_nothing(rules: Rulebook, value: str) -> None:
    """The patterns find every exact date anyway."""
    assert covered(rules, EntityKind.DATE, value, "14 March 1987") == "14 March 1987"


@pytest.mark.parametrize(
    "written",
    [
        "+49 151 2345678",
        "0151/2345678",
        "0151 23 45 678",
        "0151-234-5678",
        "(0151) 2345678",
        "00491512345678",
        "0151.234.5678",
        "0 1 5 1 2 3 4 5 6 7 8",
        "0151\u200b2345678",
    ],
)
def test_a_known_phone_number_is_found_with_other_signs(rules: Rulebook, written: str) -> None:
    """At least the digits that make it this number; the patterns take the rest."""
    shown = covered(rules, EntityKind.PHONE, "+49 151 2345678", f"call {written} now")
    assert "5678" not in shown
    assert shown.endswith("# now")
    assert shown.startswith("call ")


@pytest.mark.parametrize(
    "written",
    [
        "anna.mueller@web.de",
        "Anna.Mueller@Web.DE",
        "anna.mueller @ web.de",
        "anna mueller web de",
        "anna\u200b.mueller@web.de",
    ],
)
def test_a_known_email_address_is_found(rules: Rulebook, written: str) -> None:
    """Without its signs and in any case; the pattern for e-mail knows "(at)"."""
    shown = covered(rules, EntityKind.EMAIL, "anna.mueller@web.de", f"write {written} now")
    assert shown == f"write {'#' * len(written)} now"


@pytest.mark.parametrize(
    ("kind", "value", "text", "found"),
    [
        (EntityKind.OTHER_ID, "AB-12345", "id AB12345 or ab 12345", ["AB12345", "ab 12345"]),
        (EntityKind.HOSPITAL, "Charit\u00e9 Berlin", "the Charite", ["Charite"]),
        (EntityKind.ADDRESS, "Gartenstra\u00dfe 12", "Gartenstrasse 12", ["Gartenstrasse 12"]),
        (EntityKind.HANDLE, "@anna_runs", "on insta Anna_Runs", ["Anna_Runs"]),
    ],
)
def test_other_kinds_are_found(
    rules: Rulebook, kind: EntityKind, value: str, text: str, found: list[str]
) -> None:
    """Each with its own kind and full score."""
    recognizer = KnownRecognizer([known(kind, value)], rules)
    assert set(found) <= set(found_in(recognizer, text))
    assert {(one.kind, one.score) for one in recognizer.find(text)} == {(kind, 1.0)}


def test_many_identifiers_are_each_found(rules: Rulebook) -> None:
    """Of both sides together."""
    names = ["Bartholomew", "Rosamund", "Szczepan", "Yildiz"]
    recognizer = KnownRecognizer([known(PERSON, one) for one in names], rules)
    assert found_in(recognizer, "Yildiz and Bartholomew met rosamund; SZCZEPAN slept.") != []
    assert {one.lower() for one in names} == {
        one.lower()
        for one in found_in(recognizer, "Yildiz and Bartholomew met rosamund; SZCZEPAN slept.")
    }


def test_nothing_known_finds_nothing(rules: Rulebook) -> None:
    """And so does an empty letter."""
    assert found_in(KnownRecognizer([], rules), "Anna") == []
    assert found_in(KnownRecognizer([known(PERSON, "Anna")], rules), "") == []


@pytest.mark.parametrize("value", ["1" * 10_000, "1.1." + "9" * 5_000, "12 3", "0.0.0", "--"])
def test_a_date_that_is_none_finds_nothing_and_breaks_nothing(rules: Rulebook, value: str) -> None:
    """A slip in the register does not stop every letter of the case."""
    recognizer = KnownRecognizer([known(EntityKind.DATE, value)], rules)
    assert found_in(recognizer, "We met on 12 March 1985.") == []


def test_a_small_word_is_no_slip_of_the_pen() -> None:
    """Nobody means Heiner by "seit meiner Zeit"."""
    recognizer = KnownRecognizer([known(PERSON, "Heiner Kosiol")], load_rulebook("de"))
    assert found_in(recognizer, "seit meiner Zeit bei Heinre und Kosoil") == ["Heinre", "Kosoil"]
