"""Spec cases are read with care, because a case that is never run promises nothing."""

from pathlib import Path

import pytest

from anonymizer.model import EntityKind
from corpus.errors import CorpusError
from corpus.score import FalseMask, Mention, Outcome, TextScore
from corpus.spec import Tier, broken_promises, load_known_failures, load_spec, render_known_failures

_CASE = '[[case]]\nid = "one"\nsays = "s"\ntext = "I am [[PERSON:Anna]]"\n'


def _write(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def test_spec_case_is_masked_unless_it_says_suggested(tmp_path: Path) -> None:
    """The stricter tier is the one you get by saying nothing."""
    _write(tmp_path, "a.toml", _CASE)
    _write(tmp_path, "b.toml", _CASE.replace('"one"', '"two"') + 'tier = "suggested"\n')
    assert [case.tier for case in load_spec(tmp_path)] == [Tier.MASKED, Tier.SUGGESTED]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_CASE + _CASE, "a.toml: the id one is used twice"),
        (_CASE.replace("says", "sais"), "case one: unknown keys: sais"),
        (_CASE.replace("]]", "", 2), "Expected|Invalid|line"),
        (_CASE.replace("Anna]]", "Anna"), "case one: line 1: a mark is never closed"),
        (_CASE.replace('says = "s"\n', ""), "the key 'says' is missing"),
        (_CASE + 'tier = "maybe"\n', "not a valid Tier"),
    ],
)
def test_spec_file_that_breaks_a_rule_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    """The complaint names file and case."""
    _write(tmp_path, "a.toml", content)
    with pytest.raises(CorpusError, match=reason):
        load_spec(tmp_path)


def test_spec_known_failure_of_no_case_is_refused(tmp_path: Path) -> None:
    """A list of failures must not outlive its cases."""
    _write(tmp_path, "a.toml", _CASE)
    _write(tmp_path, "known_failures.toml", 'ids = ["one"]\n')
    assert load_known_failures(tmp_path) == {"one"}
    _write(tmp_path, "known_failures.toml", 'ids = ["three"]\n')
    with pytest.raises(CorpusError, match="no such case: three"):
        load_known_failures(tmp_path)


def test_spec_known_failures_are_read_as_they_were_written(tmp_path: Path) -> None:
    """`python -m corpus spec --accept` writes what the test reads."""
    _write(tmp_path, "a.toml", _CASE)
    _write(tmp_path, "known_failures.toml", render_known_failures({"one"}))
    assert load_known_failures(tmp_path) == {"one"}


@pytest.mark.parametrize(
    ("outcome", "tier", "kept"),
    [
        (Outcome.MASKED, Tier.MASKED, True),
        (Outcome.SUGGESTED, Tier.MASKED, False),
        (Outcome.SUGGESTED, Tier.SUGGESTED, True),
        (Outcome.MASKED, Tier.SUGGESTED, True),
        (Outcome.MISSED, Tier.SUGGESTED, False),
    ],
)
def test_spec_promise_is_kept_at_its_tier_or_above(
    tmp_path: Path, outcome: Outcome, tier: Tier, *, kept: bool
) -> None:
    """To mask what only had to be pointed at keeps the promise."""
    _write(tmp_path, "a.toml", _CASE + f'tier = "{tier}"\n')
    (case,) = load_spec(tmp_path)
    mention = Mention(mark=case.marks[0], outcome=outcome)
    score = TextScore(mentions=(mention,), false_masks=(), plain=3, plain_masked=0)
    assert (broken_promises(case, score) == ()) is kept


def test_spec_mask_beside_the_marks_breaks_every_promise(tmp_path: Path) -> None:
    """Whatever a case is about, nothing else may be taken out of it."""
    _write(tmp_path, "a.toml", _CASE)
    (case,) = load_spec(tmp_path)
    score = TextScore(
        mentions=(Mention(mark=case.marks[0], outcome=Outcome.MASKED),),
        false_masks=(FalseMask(span=case.marks[0].span, kind=EntityKind.PLACE),),
        plain=3,
        plain_masked=1,
    )
    assert broken_promises(case, score) == ("PLACE at 5 is masked for nothing",)
