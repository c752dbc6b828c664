"""Overlapping findings: a union for what is masked, and a rest for what is suggested."""

from dataclasses import replace

import pytest

from anonymizer.detection.overlaps import resolve, with_kept
from anonymizer.model import EntityKind, Finding
from tests.unit.parts import finding

TEXT = "Anna Maria Kowalska lives in Lindenweg 4a in Ulm."
PERSON, PLACE, ADDRESS = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ADDRESS


def is_masked(one: Finding) -> bool:
    """From the middle upwards."""
    return one.score >= 0.5


def resolved(*findings: Finding, text: str = TEXT) -> list[tuple[int, int, EntityKind, float]]:
    """The result in a line each."""
    return [
        (one.span.start, one.span.end, one.kind, one.score)
        for one in resolve(text, findings, is_masked=is_masked)
    ]


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ([(0, 4, PERSON, 0.9), (5, 9, PLACE, 0.9)], [(0, 4, PERSON, 0.9), (5, 9, PLACE, 0.9)]),
        ([(0, 4, PERSON, 0.9), (4, 9, PLACE, 0.9)], [(0, 4, PERSON, 0.9), (4, 9, PLACE, 0.9)]),
        ([(0, 10, PERSON, 0.6), (5, 19, PERSON, 0.9)], [(0, 19, PERSON, 0.9)]),
        ([(0, 10, PERSON, 0.9), (0, 10, PLACE, 0.6)], [(0, 10, PERSON, 0.9)]),
        ([(0, 10, PERSON, 0.6), (0, 10, PLACE, 0.9)], [(0, 10, PLACE, 0.9)]),
        ([(29, 41, ADDRESS, 0.6), (29, 38, PERSON, 0.99)], [(29, 41, ADDRESS, 0.6)]),
        (
            [(0, 6, PERSON, 0.9), (5, 12, PERSON, 0.9), (11, 19, PERSON, 0.9)],
            [(0, 19, PERSON, 0.9)],
        ),
    ],
    ids=["apart", "neighbours", "widened", "stronger kind", "other order", "container", "chain"],
)
def test_masked_findings_are_united(
    found: list[tuple[int, int, EntityKind, float]],
    result: list[tuple[int, int, EntityKind, float]],
) -> None:
    """Everything any recogniser masks stays masked."""
    assert resolved(*(finding(*one) for one in found)) == result


@pytest.mark.parametrize(
    ("suggested", "masked", "rest"),
    [
        ((0, 19), (5, 10), [(0, 4), (11, 19)]),
        ((0, 10), (0, 10), []),
        ((5, 10), (0, 19), []),
        ((0, 19), (0, 10), [(11, 19)]),
        ((0, 19), (17, 25), [(0, 17)]),
        ((0, 6), (4, 19), [(0, 4)]),
        ((0, 7), (0, 5), []),
    ],
    ids=["split", "same", "inside", "front", "back", "edge", "two letters are no rest"],
)
def test_a_suggestion_gives_way_and_keeps_the_rest(
    suggested: tuple[int, int], masked: tuple[int, int], rest: list[tuple[int, int]]
) -> None:
    """What is masked needs no decision; what is left over still does."""
    result = resolved(finding(*suggested, score=0.3), finding(*masked, score=0.9))
    assert (*masked, PERSON, 0.9) in result
    assert [one[:2] for one in result if one[3] < 0.5] == rest


def test_a_suggestion_alone_stays_as_it_is() -> None:
    """Also one of a single letter."""
    assert resolved(finding(0, 1, PERSON, 0.3)) == [(0, 1, PERSON, 0.3)]


def test_evidence_of_all_is_kept() -> None:
    """The proofreader sees every rule that spoke."""
    first = replace(finding(0, 4), evidence=("a", "b"))
    second = replace(finding(0, 9), evidence=("b", "c"))
    (one,) = resolve(TEXT, [first, second], is_masked=is_masked)
    assert set(one.evidence) == {"a", "b", "c"}


def test_nothing_gives_nothing() -> None:
    """An empty letter."""
    assert resolved() == []


@pytest.mark.parametrize(
    ("found", "kept", "result"),
    [
        ([], [(0, 4)], [(0, 4, PLACE)]),
        ([(0, 4, PERSON)], [(5, 10)], [(0, 4, PERSON), (5, 10, PLACE)]),
        ([(0, 19, PERSON)], [(5, 10)], [(0, 19, PERSON)]),
        ([(5, 10, PERSON)], [(0, 19)], [(0, 4, PLACE), (5, 10, PERSON), (11, 19, PLACE)]),
        ([(0, 10, PERSON)], [(5, 12)], [(0, 10, PERSON)]),
        ([], [(0, 10), (5, 19)], [(0, 19, PLACE)]),
    ],
)
def test_what_is_kept_gives_way_to_everything_else(
    found: list[tuple[int, int, EntityKind]],
    kept: list[tuple[int, int]],
    result: list[tuple[int, int, EntityKind]],
) -> None:
    """Only a rest that still says something stays beside what somebody acts on."""
    stronger = tuple(finding(start, end, kind, 0.3) for start, end, kind in found)
    made = with_kept(TEXT, stronger, [finding(start, end, PLACE, 0.9) for start, end in kept])
    assert [(one.span.start, one.span.end, one.kind) for one in made] == result
    assert [one for one in made if one.kind is PERSON] == list(stronger)
