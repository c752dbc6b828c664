"""A capital and a suspicion together take a word out; alone each only asks a person."""

from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.detection.corroboration import CAPITALS, corroborate
from anonymizer.model import EntityKind, Finding, Span


def found(recognizer: str, start: int, end: int, score: float, kind: str = "PERSON") -> Finding:
    """A finding of a recogniser."""
    return Finding(
        span=Span(start=start, end=end),
        kind=EntityKind(kind),
        score=score,
        recognizer=recognizer,
    )


CAPITAL = found(CAPITALS, 10, 18, 0.2)


@pytest.mark.parametrize("score", [0.10, 0.2, 0.39, 0.98])
@pytest.mark.parametrize("span", [(10, 18), (10, 14), (12, 30), (0, 11)])
def test_both_signs_together_are_sure(score: float, span: tuple[int, int]) -> None:
    """Wherever they overlap, with the kind of the model."""
    model = found("ner:letter-en", *span, score, "PLACE")
    (made,) = [one for one in corroborate([CAPITAL, model], least=0.1) if one.evidence]
    assert made.span == CAPITAL.span
    assert made.score >= 0.5
    assert made.kind is EntityKind.PLACE
    assert {made.recognizer, *made.evidence} == {CAPITALS, "ner:letter-en"}


@pytest.mark.parametrize(
    "other",
    [
        found("ner:letter-en", 10, 18, 0.05),
        found("ner:letter-en", 18, 25, 0.9),
        found("ner:letter-en", 0, 10, 0.9),
        found("list:towns", 10, 18, 0.9),
    ],
)
def test_one_sign_alone_asks_a_person(other: Finding) -> None:
    """A model that thinks nothing, or of another word, and lists do not count."""
    assert CAPITAL in list(corroborate([CAPITAL, other], least=0.1))


FINDINGS = st.lists(
    st.builds(
        lambda recognizer, start, length, score: found(recognizer, start, start + length, score),
        st.sampled_from([CAPITALS, "ner:letter-en", "list:towns"]),
        st.integers(0, 60),
        st.integers(1, 9),
        st.floats(0, 1),
    ),
    max_size=12,
)


@given(FINDINGS)
def test_nothing_is_lost_and_no_score_falls(findings: list[Finding]) -> None:
    """Every finding comes out again where it was, at least as sure."""
    made = list(corroborate(findings, least=0.1))
    assert sorted(one.span for one in made) == sorted(one.span for one in findings)
    assert fsum(one.score for one in made) >= fsum(one.score for one in findings)


@given(FINDINGS, st.randoms())
def test_the_order_of_recognisers_does_not_matter(findings: list[Finding], rng: object) -> None:
    """The result depends on the letter alone."""
    shuffled = findings.copy()
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    keys = [
        sorted(repr(replace(one, evidence=())) for one in corroborate(order, least=0.1))
        for order in (findings, shuffled)
    ]
    assert keys[0] == keys[1]
