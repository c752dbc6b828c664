"""Which desk a letter goes to, and what a release covers."""

from itertools import permutations

import pytest

from anonymizer.exchange import Outcome, Reason, ReasonCode, Verdict
from anonymizer.exchange.fields import FIELDS
from anonymizer.model import Hold, Stage
from service.web.review.rule_words import RULE_FIELDS
from service.workflow.desks import desk_of
from service.workflow.exchange import Judged, hold_of
from service.workflow.states import LetterState

_S = LetterState
HELD = Reason(
    code=ReasonCode.BEFORE_DONATION, outcome=Outcome.HELD, sentence="The donation is tomorrow."
)
LATER = Reason(
    code=ReasonCode.BEFORE_DONATION, outcome=Outcome.HELD, sentence="The donation is next week."
)
REFUSED = Reason(
    code=ReasonCode.TOO_MANY_LETTERS, outcome=Outcome.REFUSED, sentence="Two have been passed on."
)


def hold(stage: Stage) -> Hold:
    """A hold of a stage."""
    return Hold(stage=stage, code="x", reason="So.")


@pytest.mark.parametrize(
    ("stages", "residuals", "desk"),
    [
        ((), False, _S.READY),
        ((Stage.LANGUAGE,), False, _S.HELD_LANGUAGE),
        ((Stage.EXCHANGE,), False, _S.HELD_EXCHANGE),
        ((Stage.EXCHANGE, Stage.LANGUAGE), False, _S.HELD_EXCHANGE),
        ((Stage.ALLOCATION, Stage.EXCHANGE, Stage.LANGUAGE), False, _S.HELD_ALLOCATION),
        ((Stage.LEAKCHECK,), True, _S.READY),
        ((Stage.LEAKCHECK, Stage.EXCHANGE), True, _S.HELD_EXCHANGE),
        ((Stage.LEAKCHECK,), False, _S.HELD_FAULT),
        ((Stage.ALLOCATION, Stage.DETECTION), False, _S.HELD_FAULT),
    ],
)
def test_the_first_desk_with_a_hold_gets_the_letter(
    stages: tuple[Stage, ...],
    residuals: bool,
    desk: LetterState,
) -> None:
    """Allocation, rules, language, in whatever order the holds come."""
    for order in permutations(stages):
        assert desk_of(tuple(map(hold, order)), residuals=residuals) is desk


def test_a_release_is_bound_to_the_very_sentence() -> None:
    """Another date is another reason."""
    released = (hold_of(HELD),)
    assert Judged(verdict=Verdict(reasons=(HELD,)), released=released).barrier is None
    assert Judged(verdict=Verdict(reasons=(LATER,)), released=released).open == (hold_of(LATER),)
    both = Judged(verdict=Verdict(reasons=(HELD, LATER)), released=released)
    assert both.barrier == LATER.sentence


def test_no_release_covers_a_refusal() -> None:
    """Even one that names its very sentence."""
    judged = Judged(verdict=Verdict(reasons=(REFUSED,)), released=(hold_of(REFUSED),))
    assert judged.open == (hold_of(REFUSED),)
    assert judged.refusal == judged.barrier == REFUSED.sentence


def test_the_seal_tells_reasons_apart() -> None:
    """By code and sentence, not by their order."""
    one, other = Verdict(reasons=(HELD, LATER)), Verdict(reasons=(LATER, HELD))
    assert Judged(verdict=one).seal == Judged(verdict=other).seal
    assert len({Judged(verdict=Verdict(reasons=(each,))).seal for each in (HELD, LATER)}) == 2


def test_every_field_of_a_rule_has_a_word() -> None:
    """In the order in which a rule is shown."""
    assert list(RULE_FIELDS) == list(FIELDS)
