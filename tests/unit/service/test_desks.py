"""Which desk a letter goes to, and what a release covers."""

from itertools import permutations

import pytest

from anonymizer.exchange import Outcome, Reason, ReasonCode, Verdict
from anonymizer.exchange.fields import FIELDS
from anonymizer.model import Hold, Stage
from service.web.review.rule_words import RULE_FIELDS
from service.workflow.desks import desk_of
from service.workflow.exchange import ENDED_BY_THE_CASE, Judged, hold_of, releasable
from service.workflow.states import LetterState

_S = LetterState
HELD = Reason(code=ReasonCode.UNKNOWN_RULE, outcome=Outcome.HELD, sentence="Row one is unknown.")
LATER = Reason(code=ReasonCode.UNKNOWN_RULE, outcome=Outcome.HELD, sentence="Row two is unknown.")
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
    """Another row is another reason."""
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


@pytest.mark.parametrize("code", sorted(ENDED_BY_THE_CASE))
def test_no_release_covers_a_letter_before_its_day(code: ReasonCode) -> None:
    """The case is corrected instead, and the sentence says so."""
    early = Reason(code=code, outcome=Outcome.HELD, sentence="No letter goes before that day.")
    judged = Judged(
        verdict=Verdict(reasons=(HELD, early)), released=(hold_of(HELD), hold_of(early))
    )
    assert judged.open == (hold_of(early),)
    assert judged.refusal is not None
    assert judged.refusal.startswith(early.sentence)
    assert "correct the dates of the case" in judged.refusal
    assert HELD.sentence not in judged.refusal


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.REFUSED])
@pytest.mark.parametrize("code", ReasonCode)
def test_a_person_releases_what_is_held_and_not_of_the_days(
    code: ReasonCode, outcome: Outcome
) -> None:
    """For every reason there is, also one that is added later."""
    reason = Reason(code=code, outcome=outcome, sentence="So.")
    days = {
        ReasonCode.BEFORE_DONATION,
        ReasonCode.BEFORE_TRANSPLANT,
        ReasonCode.DATES_CONTRADICT,
        ReasonCode.DATES_MISSING,
    }
    assert releasable(reason) is (outcome is Outcome.HELD and code not in days)
    released = Judged(verdict=Verdict(reasons=(reason,)), released=(hold_of(reason),))
    assert (released.refusal is None) is releasable(reason) is (released.open == ())


def test_a_reason_about_the_reader_is_known_as_such() -> None:
    """Until it is released: then nothing keeps the letter because of the other side."""
    declined = Reason(
        code=ReasonCode.RECIPIENT_DECLINED, outcome=Outcome.HELD, sentence="No letters wanted."
    )
    verdict = Verdict(reasons=(HELD, declined))
    assert Judged(verdict=verdict).about_the_other_side
    assert not Judged(verdict=verdict, released=(hold_of(declined),)).about_the_other_side
    assert not Judged(verdict=Verdict(reasons=(HELD,))).about_the_other_side


def test_the_seal_tells_reasons_apart() -> None:
    """By code and sentence, not by their order."""
    one, other = Verdict(reasons=(HELD, LATER)), Verdict(reasons=(LATER, HELD))
    assert Judged(verdict=one).seal == Judged(verdict=other).seal
    assert len({Judged(verdict=Verdict(reasons=(each,))).seal for each in (HELD, LATER)}) == 2


def test_every_field_of_a_rule_has_a_word() -> None:
    """In the order in which a rule is shown."""
    assert list(RULE_FIELDS) == list(FIELDS)
