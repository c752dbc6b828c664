"""Checks made of words: what stands beside a passage tells whether it means what it looks like."""

import pytest

from anonymizer.detection.checks import CHECKS


def holds(check: str, sentence: str) -> bool:
    """Whether the passage between bars passes the check."""
    before, found, after = sentence.split("|")
    return CHECKS[check](before + found + after, len(before), len(before) + len(found))


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ("nl_age_of", "een bomma van |68 jaar|"),
        ("nl_year", "in |2000|, toen"),
        ("nl_name", "ons |Godelieve|"),
        ("nl_spoken_phone", "|nul vier zeven drie, 55 90|"),
        ("fr_age_of", "un garçon de |sept ans|"),
        ("fr_postcode", "|93100 Montreuil|"),
        ("fr_name", "Mon |Fernand|"),
        ("pl_name", "Córka |Jadzia|"),
        ("pl_not_duration", "mając |19 lat|"),
        ("es_age_of", "una mujer de |62 años|"),
        ("es_place", "vivo en |La Paz|"),
    ],
)
def test_what_is_meant_passes(check: str, sentence: str) -> None:
    """Ages, years, names, numbers and places."""
    assert holds(check, sentence)


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ("nl_age_of", "een strijd van |5 jaar|"),
        ("nl_year", "in |2000| euro"),
        ("nl_name", "onze |Heer|"),
        ("nl_spoken_phone", "|12 13 14 15 16|"),
        ("fr_age_of", "plus de |trois ans|"),
        ("fr_postcode", "|20000 Merci|"),
        ("fr_name", "Mon |Dieu|"),
        ("pl_name", "mama |Ci|"),
        ("pl_not_duration", "przez |5 lat|"),
        ("es_age_of", "una espera de |cinco años|"),
        ("es_place", "en |Navidad|"),
    ],
)
def test_what_only_looks_like_it_does_not(check: str, sentence: str) -> None:
    """Durations, prices, God, lists of figures, thanks and feasts."""
    assert not holds(check, sentence)
