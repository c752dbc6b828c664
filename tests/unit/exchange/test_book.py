"""The rows that come with the package, and what a site puts in their place."""

from datetime import date
from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.exchange import (
    BadRows,
    ExchangeRules,
    direct_contact,
    judge,
    load_exchange_rules,
    pair_rule,
)
from anonymizer.exchange.fields import LETTER_FIELDS, Certainty
from anonymizer.model import Consents, Direction, Exchange, LetterConsent

RULES = load_exchange_rules()
PROVENANCE = 'source = "our agreement"\nchecked = 2026-11-20\ncertainty = "firm"\n'
ASK = "CA SE DK ZA CL BR HK SG KR HU".split()
NEVER_ONLY = "IE NZ PT CZ CY MX RO RU TW TH TR UY AM".split()
NEVER = [*"PL IT FR JP BE NL NO ES CH SI FI CN".split(), *NEVER_ONLY]


def site(folder: Path, countries: str = "", registries: str = "") -> ExchangeRules:
    """The rules with these files of a site."""
    (folder / "exchange").mkdir()
    (folder / "exchange/countries.toml").write_text(countries, "utf-8")
    (folder / "exchange/registries.toml").write_text(registries, "utf-8")
    return load_exchange_rules(site_folder=folder)


def value(rules: ExchangeRules, key: str, country: str, registry: str | None = None) -> object:
    """What one side says about a field."""
    return rules.side(country, registry).stated[key].value


@pytest.mark.parametrize("country", NEVER)
def test_countries_without_direct_contact(country: str) -> None:
    """As their registries or lists of other registries say."""
    assert value(RULES, "direct_contact", country) == "never"


@pytest.mark.parametrize(
    ("country", "registry", "months", "start", "needs"),
    [
        ("DE", None, 24, "first_transplant", {"both_consents", "counselling"}),
        ("GB", None, 24, "last_transplant_or_dli", {"both_consents", "recipient_starts"}),
        ("US", None, 12, "last_transplant_or_dli", {"both_consents"}),
        ("AU", None, 24, "last_transplant_or_dli", {"both_consents", "counselling"}),
        ("PL", "dkms-pl", 24, "last_transplant_or_dli", {"both_consents"}),
        ("IN", "dkms-bmst", 24, "last_transplant_or_dli", {"both_consents"}),
    ],
)
def test_sides_with_direct_contact(
    country: str, registry: str | None, months: int, start: str, needs: set[str]
) -> None:
    """With period, start and what it needs."""
    stated = RULES.side(country, registry).stated
    assert stated["direct_contact"].value == "after_period"
    assert stated["anonymity_months"].value == months
    assert stated["clock_start"].value == start
    assert stated["direct_contact_needs"].value == needs


@pytest.mark.parametrize(
    ("key", "country", "registry", "wanted"),
    [
        ("letters", "FI", None, "no"),
        ("letters", "CN", None, "no"),
        ("letters", "IN", None, "unknown"),
        ("letters", "IL", None, "unknown"),
        ("letters", "IN", "dkms-bmst", "yes"),
        ("letters_per_side", "JP", None, 2),
        ("letters_per_side", "NL", None, "unknown"),
        ("window_months", "JP", None, 24),
        ("consent_per_letter", "IT", None, "yes"),
        ("earliest", "DE", "dkms-de", "donation_day"),
        ("earliest", "US", "dkms-us", "transplant_day"),
        ("photos", "GB", None, "no"),
        ("gifts", "IT", None, "small"),
        ("gifts", "JP", None, "no"),
        ("cord_blood_direct_contact", "US", "nmdp", "never"),
        ("direct_contact", "IL", None, "unknown"),
    ],
)
def test_what_single_rows_say(key: str, country: str, registry: str | None, wanted: object) -> None:
    """Facts with a source of their own."""
    assert value(RULES, key, country, registry) == wanted


@pytest.mark.parametrize("country", [*ASK, *NEVER_ONLY, "CH", "SI", "IN", "IL"])
def test_countries_about_whose_letters_nothing_is_told(country: str) -> None:
    """Every letter waits for a coordinator, and so it is for a country without a row."""
    assert value(RULES, "letters", country) == "unknown"


def test_every_row_has_addresses_or_says_that_none_was_found() -> None:
    """A fact without a source cannot be checked."""
    for row in RULES.rows():
        found = all(one.startswith("http") for one in row.source.split())
        unsourced = row.source == "none found" and row.certainty is Certainty.UNKNOWN
        assert found or unsourced, row.row_id


def test_no_uncertain_country_permits_a_letter() -> None:
    """Weak and unknown rows hold: something that a letter depends on is unknown in each."""
    uncertain = [
        row_id
        for row_id, versions in RULES.countries.items()
        if versions.packaged and versions.packaged.certainty in {"weak", "unknown"}
    ]
    assert len(uncertain) == 30
    for country in uncertain:
        rule = pair_rule(RULES.side(country), RULES.side(country))
        assert rule.letters.value == "no" or rule.unknowns(LETTER_FIELDS)


@pytest.mark.parametrize("country", ["AD", "XX"])
def test_a_country_without_a_row_is_unknown_in_everything(country: str) -> None:
    """Also in the fields that otherwise need not be named."""
    rule = pair_rule(RULES.side("DE"), RULES.side(country))
    unknown = rule.unknowns(LETTER_FIELDS)
    assert [one.field for one in unknown] == list(LETTER_FIELDS)
    assert {(one.row, one.file_name) for one in unknown} == {(country, "countries.toml")}


@pytest.mark.parametrize(
    ("country", "registry"), [("DE", "no-such"), ("DE", "dkms-pl"), ("AD", "dkms-de")]
)
def test_a_registry_without_a_row_or_of_another_country_is_unknown(
    country: str, registry: str
) -> None:
    """One of both is wrong, and nobody guesses which."""
    rule = pair_rule(RULES.side(country, registry), RULES.side("DE"))
    unknown = rule.unknowns(LETTER_FIELDS)
    assert [one.field for one in unknown] == list(LETTER_FIELDS)
    assert {one.row for one in unknown} == {f"{registry} ({country})"}


def test_a_registry_differs_from_its_country_in_what_it_names() -> None:
    """The rest is the country's, and each value knows its row."""
    stated = RULES.side("DE", "dkms-de").stated
    assert stated["earliest"].origin.row == "dkms-de"
    assert stated["letters"].origin.row == "DE"


def test_a_site_changes_one_field_and_keeps_the_rest(tmp_path: Path) -> None:
    """The value is the site's, with the site's source."""
    rules = site(tmp_path, f'[SE]\nletters = "no"\n{PROVENANCE}')
    stated = rules.side("SE").stated
    assert stated["letters"].value == "no"
    assert stated["letters"].origin.source == "our agreement"
    assert stated["letters"].origin.file_name == f"{tmp_path.name}/exchange/countries.toml"
    assert value(rules, "own_language", "SE") == ("sv",)
    assert value(rules, "letters", "DE") == "yes"


def test_each_book_answers_from_its_own_rows(tmp_path: Path) -> None:
    """What was asked of one is never the answer of another; asked again, it is the same."""
    pair = Exchange(donor_country="DE", patient_country="DE")
    own = site(tmp_path, f"[DE]\nletters_per_side = 1\n{PROVENANCE}")
    ours = RULES.rule_for(pair)
    assert own.rule_for(pair).letters_per_side.value == 1
    assert ours.letters_per_side.value != 1
    assert RULES.rule_for(pair) is ours


def test_a_site_lifts_a_limit(tmp_path: Path) -> None:
    """With the word for no limit."""
    rules = site(tmp_path, f'[JP]\nletters_per_side = "no_limit"\n{PROVENANCE}')
    assert value(rules, "letters_per_side", "JP") == "no_limit"
    assert value(rules, "window_months", "JP") == 24


def test_a_site_adds_a_country_and_a_registry(tmp_path: Path) -> None:
    """New rows need a name, and a registry a country."""
    rules = site(
        tmp_path,
        f'[EE]\nname = "Estonia"\nletters = "yes"\n{PROVENANCE}',
        f'[ours]\nname = "Ours"\ncountry = "EE"\nearliest = "donation_day"\n{PROVENANCE}',
    )
    assert value(rules, "letters", "EE", "ours") == "yes"
    assert value(rules, "earliest", "EE", "ours") == "donation_day"


def test_a_country_row_of_a_site_is_not_loosened_by_our_registry_row(tmp_path: Path) -> None:
    """Where both name a field, the stricter counts, in either direction."""
    rules = site(
        tmp_path, f'[DE]\nearliest = "transplant_day"\nconsent_per_letter = "no"\n{PROVENANCE}'
    )
    assert value(rules, "earliest", "DE", "dkms-de") == "transplant_day"
    assert rules.side("DE", "dkms-de").stated["earliest"].origin.row == "DE"
    assert value(rules, "consent_per_letter", "DE", "akb") == "yes"
    assert rules.side("DE", "akb").stated["consent_per_letter"].origin.row == "akb"


def test_a_registry_row_of_a_site_counts_before_all_others(tmp_path: Path) -> None:
    """Whoever writes it means this registry."""
    rules = site(
        tmp_path,
        f'[PL]\ndirect_contact = "never"\n{PROVENANCE}',
        f'[dkms-pl]\ndirect_contact = "after_period"\n{PROVENANCE}',
    )
    assert value(rules, "direct_contact", "PL", "dkms-pl") == "after_period"


@pytest.mark.parametrize(
    ("countries", "registries", "told"),
    [
        ("[EE]\n", "", "exchange/countries.toml: [EE] name is missing; add it to a new row"),
        ("", '[ours]\ncountry = "DE"\n', "[ours] name is missing"),
        ("", '[ours]\nname = "O"\n', "exchange/registries.toml: [ours] country is missing"),
        ("", '[ours]\nname = "O"\ncountry = "AD"\n', "[ours] country AD has no row"),
    ],
)
def test_an_incomplete_new_row_is_named(
    tmp_path: Path, countries: str, registries: str, told: str
) -> None:
    """With file, row and remedy."""
    with pytest.raises(BadRows) as error:
        site(
            tmp_path,
            countries + (PROVENANCE if countries else ""),
            registries + (PROVENANCE if registries else ""),
        )
    (problem,) = error.value.problems
    assert told in problem


def test_problems_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends one file to learn of the other."""
    with pytest.raises(BadRows) as error:
        site(tmp_path, f"[XX]\n{PROVENANCE}", f"[O]\n{PROVENANCE}")
    assert len(error.value.problems) == 2


def test_a_site_without_such_files_has_our_rows(tmp_path: Path) -> None:
    """The digest says that nothing of the site was read."""
    assert load_exchange_rules(site_folder=tmp_path).countries == RULES.countries


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """A misspelt folder must not look like an empty one."""
    with pytest.raises(RulesError, match="the rules folder does not exist"):
        load_exchange_rules(site_folder=tmp_path / "none")


def test_the_digest_follows_the_rules(tmp_path: Path) -> None:
    """Whoever notes it knows later under which rules a verdict was given."""
    assert RULES.digest == load_exchange_rules().digest
    assert RULES.digest != site(tmp_path, f'[SE]\nletters = "no"\n{PROVENANCE}').digest


def test_a_row_is_to_be_checked_again_after_a_year(tmp_path: Path) -> None:
    """On the day a year later not yet; a date to come is a misprint."""
    rules = site(tmp_path, f'[SE]\nletters = "no"\n{PROVENANCE}')
    assert rules.to_check_again(date(2026, 11, 21)) == ()
    old = rules.to_check_again(date(2027, 11, 16))
    assert len(old) == len(list(RULES.rows()))
    assert old[0] == (
        "rules/exchange/countries.toml: [DE] checked 2026-11-15 is more than a year ago; "
        "ask the registry again"
    )
    assert len(rules.to_check_again(date(2027, 11, 15))) == 0
    (early,) = rules.to_check_again(date(2026, 11, 19))
    assert early.startswith(f"{tmp_path.name}/exchange/countries.toml: [SE] checked 2026-11-20 ")
    assert early.endswith("is in the future; correct the date")


def test_a_german_donor_writes_to_poland_and_meets_nobody_there() -> None:
    """The rule of an exchange is found from its countries and registries."""
    signed = Consents(release_signed_on=date(2026, 3, 1), counselled_on=date(2026, 3, 1))
    exchange = Exchange(
        donor_country="DE",
        patient_country="PL",
        donor_registry="dkms-de",
        donation_dates=(date(2024, 3, 1),),
        transplant_dates=(date(2024, 3, 1),),
        donor_consents=signed,
        patient_consents=signed,
    )
    rule = RULES.rule_for(exchange)
    assert judge(exchange, Direction.DONOR_TO_PATIENT, date(2024, 3, 1), rule).permitted
    assert not direct_contact(exchange, date(2030, 1, 1), rule).permitted


def test_a_pair_in_the_united_states_may_meet_after_a_year() -> None:
    """Thirteen months after the transplant, when both have signed."""
    signed = Consents(letters=LetterConsent.GRANTED, release_signed_on=date(2025, 3, 1))
    exchange = Exchange(
        donor_country="US",
        patient_country="US",
        donor_registry="nmdp",
        patient_registry="nmdp",
        transplant_dates=(date(2024, 3, 1),),
        donor_consents=signed,
        patient_consents=signed,
    )
    rule = RULES.rule_for(exchange)
    assert direct_contact(exchange, date(2025, 4, 1), rule).permitted
    assert not direct_contact(exchange, date(2025, 2, 28), rule).permitted
