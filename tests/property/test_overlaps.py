"""Overlaps, for any findings: nothing masked is lost, nothing overlaps, order does not matter."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anonymizer.detection.overlaps import resolve, with_kept
from anonymizer.model import EntityKind, Finding, Span

TEXT = "Anna Maria met K. V. in Ulm, on 3 May; so she said: call 0171!"

spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 14)).map(
    lambda one: Span(start=one[0], end=min(one[0] + one[1], len(TEXT)))
)
found = st.builds(
    Finding,
    span=spans,
    kind=st.sampled_from(list(EntityKind)),
    score=st.sampled_from([0.2, 0.4, 0.5, 0.7, 0.9, 1.0]),
    recognizer=st.sampled_from(["a", "b", "c"]),
    evidence=st.sampled_from([(), ("r1",), ("r2",)]),
)
several = st.lists(found, max_size=12)


def is_masked(one: Finding) -> bool:
    """From the middle upwards."""
    return one.score >= 0.5


def places(findings: list[Finding] | tuple[Finding, ...]) -> set[int]:
    """Every character that findings cover."""
    return {place for one in findings for place in range(one.span.start, one.span.end)}


@given(several)
def test_no_masked_character_is_lost(findings: list[Finding]) -> None:
    """The union of what went in is the union of what comes out."""
    result = resolve(TEXT, findings, is_masked=is_masked)
    assert places([one for one in findings if is_masked(one)]) == places(
        [one for one in result if is_masked(one)]
    )


@given(several)
def test_the_result_does_not_overlap_and_is_in_order(findings: list[Finding]) -> None:
    """Redaction relies on it."""
    result = resolve(TEXT, findings, is_masked=is_masked)
    for one, following in pairwise(result):
        assert one.span.end <= following.span.start


@given(several.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_the_order_of_recognisers_changes_nothing(
    both: tuple[list[Finding], list[Finding]],
) -> None:
    """Shuffled input, same findings."""
    given_order, shuffled = both
    assert resolve(TEXT, given_order, is_masked=is_masked) == resolve(
        TEXT, shuffled, is_masked=is_masked
    )


@given(several, found)
def test_another_finding_never_shrinks_what_is_masked(
    findings: list[Finding], more: Finding
) -> None:
    """A further recogniser can add, and never un-mark what another saw."""
    before = resolve(TEXT, findings, is_masked=is_masked)
    after = resolve(TEXT, [*findings, more], is_masked=is_masked)
    assert places([one for one in before if is_masked(one)]) <= places(
        [one for one in after if is_masked(one)]
    )


@given(several)
def test_a_suggestion_is_lost_only_to_a_mask(findings: list[Finding]) -> None:
    """Up to signs and a rest of fewer than three letters."""
    result = places(resolve(TEXT, findings, is_masked=is_masked))
    masked = places([one for one in findings if is_masked(one)])
    for one in findings:
        own = set(range(one.span.start, one.span.end))
        if not own & masked:
            assert {place for place in own if TEXT[place].isalnum()} <= result


@given(several)
def test_a_second_resolution_changes_nothing(findings: list[Finding]) -> None:
    """What is resolved is resolved."""
    once = resolve(TEXT, findings, is_masked=is_masked)
    assert resolve(TEXT, once, is_masked=is_masked) == once


@given(several, several)
def test_what_is_kept_changes_no_other_finding(
    findings: list[Finding], kept: list[Finding]
) -> None:
    """It stands beside them, in order, and overlaps nothing."""
    resolved = resolve(TEXT, findings, is_masked=is_masked)
    made = with_kept(TEXT, resolved, kept)
    assert set(resolved) <= set(made)
    assert all(one.span.end <= following.span.start for one, following in pairwise(made))
    assert with_kept(TEXT, resolved, kept[::-1]) == made
