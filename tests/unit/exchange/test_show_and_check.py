"""The commands that show and check the rules of the exchange."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from anonymizer.exchange import load_exchange_rules, pair_rule
from anonymizer.exchange.table import rule_notes, rule_table
from anonymizer.rulecheck import check_rulebook
from tests.conftest import RunCli

PROVENANCE = 'source = "our agreement"\nchecked = 2026-11-20\ncertainty = "firm"\n'


def shown(donor: str, patient: str) -> str:
    """What a terminal shows of a pair."""
    rules = load_exchange_rules()
    sides = rules.side(donor), rules.side(patient)
    rule = pair_rule(*sides)
    terminal = StringIO()
    console = Console(width=160, file=terminal)
    console.print(rule_table(rule, donor=sides[0], patient=sides[1]))
    for note in rule_notes(rule):
        console.print(note, soft_wrap=True)
    return terminal.getvalue()


def line(text: str, field: str) -> list[str]:
    """The cells of a field's line."""
    (found,) = [one for one in text.splitlines() if one.startswith(f"│ {field} ")]
    return [cell.strip() for cell in found.strip("│").split("│")]


def test_the_table_tells_value_side_row_date_and_certainty() -> None:
    """One line for each field."""
    text = shown("DE", "PL")
    assert line(text, "direct_contact") == [
        "direct_contact",
        "never",
        "patient side",
        "PL",
        "2026-11-15",
        "firm",
    ]
    assert line(text, "letters")[2:4] == ["both sides", "DE, PL"]
    assert "own_language" not in text
    assert "Language: English." in text
    assert "https://www.dkms.pl/" in text


def test_the_notes_tell_what_holds_letters() -> None:
    """Field and row of everything that is unknown."""
    text = shown("GB", "SE")
    assert "Letters are held: unknown in row SE of rules/exchange/countries.toml: letters, " in text
    assert "No direct contact: unknown in row SE" in text
    assert line(text, "letters")[-1] == "unknown"


def test_what_is_refused_is_not_called_unknown() -> None:
    """Finland takes no letters and never names anybody; the rest does not matter."""
    text = shown("FI", "SE")
    assert "Letters are held" not in text
    assert "No direct contact" not in text


def test_a_pair_at_home_shows_its_languages() -> None:
    """And a row without a source says so."""
    assert line(shown("DE", "DE"), "own_language")[1] == "de"
    assert "there is no such row" in shown("AD", "AD")


def test_the_command_shows_a_pair(run_cli: RunCli) -> None:
    """Small letters are as good as large ones."""
    done = run_cli("rules", "show", "de", "pl", "--donor-registry", "dkms-de")
    assert done.returncode == 0, done.stderr
    assert "donor DE (dkms-de), patient PL" in done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("XX", "DE"), b"XX is no country code"),
        (("DE", "DE", "--donor-registry", "dkms"), b"no row for this registry; there are dkms-de,"),
        (("Germany", "DE"), b"a country is two letters"),
    ],
)
def test_a_pair_that_cannot_be_looked_up_is_a_wrong_command_line(
    run_cli: RunCli, arguments: tuple[str, ...], told: bytes
) -> None:
    """And says what would be right."""
    done = run_cli("rules", "show", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_the_check_lists_every_mistake_of_a_site(run_cli: RunCli, tmp_path: Path) -> None:
    """One line each, and the exit code of bad rules; `show` refuses in one line."""
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange/countries.toml").write_text('[XX]\nleters = "yes"\n', "utf-8")
    done = run_cli("rules", "check", "--rules", tmp_path)
    assert done.returncode == 11
    assert done.stdout.count(b"/exchange/countries.toml: [XX] ") == 5
    assert done.stdout.rstrip().endswith(b"5 problems.")
    done = run_cli("rules", "show", "DE", "PL", "--rules", tmp_path)
    assert done.returncode == 11
    assert done.stderr.count(b"\n") == 1


def test_the_check_warns_of_rows_that_were_not_looked_at_for_a_year(tmp_path: Path) -> None:
    """They hold all the same."""
    fresh = check_rulebook(None, today=date(2027, 11, 15))
    assert (fresh.problems, fresh.warnings) == ((), ())
    assert "42 countries, 31 registries, " in fresh.sentence
    assert fresh.sentence.endswith(", 0 problems.")
    (tmp_path / "exchange").mkdir()
    row = f'[SE]\nletters = "yes"\n{PROVENANCE.replace("2026", "2025")}'
    (tmp_path / "exchange/countries.toml").write_text(row, "utf-8")
    old = check_rulebook(tmp_path, today=date(2026, 11, 22))
    assert old.problems == ()
    (warning,) = old.warnings
    assert "[SE] checked 2025-11-20 is more than a year ago" in warning


def test_a_warning_does_not_fail_the_check(run_cli: RunCli, tmp_path: Path) -> None:
    """The exit code is that of rules in order."""
    (tmp_path / "exchange").mkdir()
    row = f'[SE]\nletters = "yes"\n{PROVENANCE.replace("2026", "2020")}'
    (tmp_path / "exchange/countries.toml").write_text(row, "utf-8")
    done = run_cli("rules", "check", "--rules", tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"warning: ")
    assert done.stdout.rstrip().endswith(b"0 problems.")
