"""Files with rows: read whole or not at all, with every mistake named and a remedy for it."""

from datetime import date
from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.exchange import BadRows, read_rows
from anonymizer.exchange.fields import FIELDS, Certainty, Limit
from anonymizer.exchange.rows import Row

PROVENANCE = 'source = "https://example.org"\nchecked = 2026-11-15\ncertainty = "firm"\n'
COUNTRIES = "site/exchange/countries.toml"
REGISTRIES = "site/exchange/registries.toml"


def rows(text: str, file_name: str = COUNTRIES) -> tuple[Row, ...]:
    """The rows of a file with this text."""
    return read_rows(text.encode(), file_name)


def test_a_row_is_typed() -> None:
    """What it names is read, what it does not name is absent."""
    (row,) = rows(f'[FR]\nname = "France"\nletters = "yes"\nletters_per_side = 2\n{PROVENANCE}')
    assert (row.row_id, row.name, row.country) == ("FR", "France", None)
    assert dict(row.stated) == {"letters": "yes", "letters_per_side": 2}
    assert row.checked == date(2026, 11, 15)
    assert row.certainty is Certainty.FIRM


def test_a_registry_names_its_country() -> None:
    """The profile says which country's row it completes."""
    (row,) = rows(f'[dkms-x]\ncountry = "FR"\n{PROVENANCE}', REGISTRIES)
    assert (row.row_id, row.country) == ("dkms-x", "FR")


def test_true_and_false_are_yes_and_no() -> None:
    """Whoever knows TOML may write its own words."""
    (row,) = rows(f"[FR]\nletters = true\nconsent_per_letter = false\n{PROVENANCE}")
    assert dict(row.stated) == {"letters": "yes", "consent_per_letter": "no"}


def test_an_empty_file_has_no_rows() -> None:
    """A site may keep a file that says nothing yet."""
    assert rows("# nothing yet\n") == ()


def test_a_limit_may_be_lifted_or_unknown() -> None:
    """Words stand in place of a number."""
    (row,) = rows(f'[FR]\nletters_per_side = "no_limit"\nwindow_months = "unknown"\n{PROVENANCE}')
    assert dict(row.stated) == {"letters_per_side": Limit.NONE, "window_months": Limit.UNKNOWN}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[FR]\nleters = "yes"\n', "[FR] unknown key 'leters'; did you mean 'letters'?"),
        ("[FR]\nqwxz = 1\n", "[FR] unknown key 'qwxz'; known are name, letters"),
        ('[FR]\nletters = "jes"\n', "[FR] letters: 'jes' is not one of yes, no, unknown"),
        ("[FR]\nletters = 1\n", "[FR] letters: 1 is not one of"),
        ('[FR]\nname = ""\n', "[FR] name: '' is not a text in quotes"),
        ("[FR]\nletters_per_side = 0\n", "[FR] letters_per_side: 0 is not a whole number from 1"),
        ("[FR]\nletters_per_side = true\n", "[FR] letters_per_side: True is not a whole number"),
        ("[FR]\nwindow_months = 2.5\n", "[FR] window_months: 2.5 is not a whole number"),
        ("[FR]\nanonymity_months = 601\n", "[FR] anonymity_months: 601 is not a whole number"),
        ('[FR]\nanonymity_months = "no_limit"\n', "[FR] anonymity_months: 'no_limit' is not"),
        ('[FR]\nown_language = "fr"\n', "[FR] own_language: 'fr' is not a list of two-letter"),
        ('[FR]\nown_language = ["french"]\n', "[FR] own_language: ['french'] is not a list"),
        ("[FR]\nown_language = [1]\n", "[FR] own_language: [1] is not a list"),
        (
            '[FR]\ndirect_contact_needs = ["counselling"]\n',
            "[FR] direct_contact_needs: ['counselling'] is not a list with both_consents",
        ),
        ("[XX]\n", "[XX] unknown country code; use ISO 3166-1 alpha-2"),
        ("[fr]\n", "[fr] unknown country code"),
        ('[FR]\ncountry = "FR"\n', "[FR] unknown key 'country'"),
    ],
)
def test_a_mistake_is_named_with_file_row_key_and_remedy(text: str, told: str) -> None:
    """Whoever edits the file finds the place and knows what to write."""
    with pytest.raises(BadRows) as error:
        rows(text + PROVENANCE)
    (problem,) = error.value.problems
    assert problem.startswith(f"{COUNTRIES}: {told}")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('checked = "2026-11-15"', "checked: '2026-11-15' is not a date such as 2026-11-15"),
        ("checked = 2026-11-15T10:00:00", "is not a date such as 2026-11-15, without quotes"),
        ("certainty = 1", "certainty: 1 is not one of firm, good, weak, unknown"),
        ('certainty = "sure"', "certainty: 'sure' is not one of firm"),
        ('source = ""', "source: '' is not a text in quotes"),
    ],
)
def test_where_facts_are_from_is_checked_as_well(wrong: str, told: str) -> None:
    """Source, date and certainty are part of every row."""
    key = wrong.partition(" ")[0]
    kept = "\n".join(line for line in PROVENANCE.splitlines() if not line.startswith(key))
    with pytest.raises(BadRows) as error:
        rows(f"[FR]\n{wrong}\n{kept}\n")
    (problem,) = error.value.problems
    assert told in problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[DKMS DE]\n", "not valid TOML"),
        ('["DKMS DE"]\n', "[DKMS DE] not a registry id"),
        ('[dkms-de]\ncountry = "Germany"\n', "[dkms-de] country: 'Germany' is not a country code"),
    ],
)
def test_a_mistake_in_a_profile_is_named(text: str, told: str) -> None:
    """Registries have ids and countries."""
    with pytest.raises(BadRows) as error:
        rows(text + PROVENANCE, REGISTRIES)
    assert told in str(error.value)


def test_every_problem_of_a_file_is_told_at_once() -> None:
    """Nobody mends a file one run at a time."""
    with pytest.raises(BadRows) as error:
        rows('[XX]\nleters = "yes"\nletters = "jes"\n')
    assert len(error.value.problems) == 6
    assert all(problem.startswith(f"{COUNTRIES}: [XX] ") for problem in error.value.problems)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[FR", "not valid TOML"),
        (b"\xff\xfe", "not UTF-8; save it as UTF-8"),
        (b'letters = "yes"', "letters stands outside a row; begin each row with its name"),
        (b"[FR]\n[FR]\n", "not valid TOML"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, told: str) -> None:
    """With one sentence, as an error of the rules."""
    with pytest.raises(RulesError, match=r"countries\.toml: ") as error:
        read_rows(content, COUNTRIES)
    assert told in str(error.value)


def test_a_very_bad_file_does_not_fill_the_screen() -> None:
    """Fifty problems and a count are enough."""
    with pytest.raises(BadRows) as error:
        rows("".join(f"[X{number}]\n" for number in range(40)))
    assert len(error.value.problems) == 51
    assert error.value.problems[-1] == "and 110 more problems"


def test_every_key_is_explained_on_the_page_about_the_exchange() -> None:
    """A row can be written without reading the code."""
    page = (Path(__file__).parents[3] / "docs/guide/exchange.md").read_text("utf-8")
    keys = [*FIELDS, "name", "country", "source", "checked", "certainty", "note"]
    assert not [key for key in keys if f"`{key}`" not in page]
