"""Why the rules of the exchange hold a letter: its page says it for people, without files."""

import re
from collections.abc import Iterator

import pytest

from anonymizer.exchange import load_exchange_rules
from anonymizer.exchange.verdict import judge
from anonymizer.model import Direction, Exchange
from service.actions.exchange_view import _missing
from service.actions.rule_views import MissingView
from service.web.language.choice import ENGLISH, GERMAN, choose
from service.web.review.filters import FILTERS
from service.web.review.rule_words import missing_words
from tests.unit.exchange.sides import TRANSPLANT, WITHIN

#: Words that stand in files only.
_OF_FILES = re.compile(r"[a-z]_[a-z]|\.toml|\brow\b|\bZeile\b")


@pytest.fixture(params=[ENGLISH, GERMAN], ids=lambda one: one.code)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """The pages are in this language."""
    choose(request.param)
    yield request.param.code
    choose(ENGLISH)


def missing_between(
    donor: str, patient: str, *, donor_registry: str | None = None
) -> tuple[MissingView, ...]:
    """What nobody has told about letters from a donor here to a patient there."""
    exchange = Exchange(
        donor_country=donor,
        patient_country=patient,
        donor_registry=donor_registry,
        donation_dates=(TRANSPLANT,),
        transplant_dates=(TRANSPLANT,),
    )
    rule = load_exchange_rules().rule_for(exchange)
    reasons = judge(exchange, Direction.DONOR_TO_PATIENT, WITHIN, rule).reasons
    return tuple(found for one in reasons if (found := _missing(one, exchange)))


def test_it_names_the_fact_and_the_registry_and_no_file(language: str) -> None:
    """A coordinator has never seen the files."""
    told = [missing_words(one) for one in missing_between("DE", "IE")]
    asked = {"en": "Ask the registry in Ireland.", "de": "Fragen Sie das Register in Irland."}
    assert told
    assert all(one.endswith(asked[language]) for one in told)
    assert not [one for one in told if _OF_FILES.search(one)]
    assert len(set(told)) == len(told), "each says which fact it is"


@pytest.mark.parametrize(("donor", "patient"), [("IE", "DE"), ("DE", "IE"), ("IE", "IE")])
def test_the_registry_to_ask_is_that_of_the_row(donor: str, patient: str) -> None:
    """Whichever side it is on."""
    found = missing_between(donor, patient)
    assert {(one.asked, one.donor_country, one.patient_country) for one in found} == {
        ("IE", donor, patient)
    }


def test_of_a_registry_without_a_row_its_country_is_asked() -> None:
    """The row that there is not is named with its country in brackets."""
    found = missing_between("DE", "PL", donor_registry="no-such-registry")
    assert {one.asked for one in found} >= {"DE"}


def test_the_filter_of_the_page_says_the_same() -> None:
    """The template has no words of its own."""
    (one, *_) = missing_between("DE", "IE")
    assert FILTERS["missing_words"](one) == missing_words(one)
