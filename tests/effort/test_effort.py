"""The replay plans as a good proofreader would, and reaches approval at the real pages."""

from collections import Counter
from pathlib import Path

import pytest

from anonymizer.model import EntityKind, Span
from corpus.gold import Group, Mark, Part
from tests.effort.figures import Effort
from tests.effort.letters import case_list, chosen_letters
from tests.effort.plan import Passage, plan
from tests.effort.reader import Act
from tests.effort.replay import replay

TEXT = "Anna and Ben met in Oldtown, at a mill. Ben is a miller."


def mark(words: str, kind: EntityKind = EntityKind.PERSON) -> Mark:
    """A gold mark on the first place with these words."""
    start = TEXT.index(words)
    return Mark(span=Span(start=start, end=start + len(words)), kind=kind, text=words)


def passage(words: str, *, hidden: bool = False, start: int = 0) -> Passage:
    """A passage that is hidden or to be decided."""
    start = TEXT.index(words, start)
    span = Span(start=start, end=start + len(words))
    return Passage(span=span, kind="PERSON", hidden=hidden, open=not hidden)


def test_what_the_gold_marks_touch_goes_out_and_the_rest_stays() -> None:
    """Half a word is enough: where a name ends is nobody's work."""
    left = plan(TEXT, [passage("Anna and"), passage("mill")], [mark("Anna")])
    assert left.out == (passage("Anna and"),)
    assert left.stay == (passage("mill"),)
    assert (left.unmask, left.misses) == ((), ())


def test_false_masks_with_the_same_words_are_one_piece_of_work() -> None:
    """The page undoes equal ones together."""
    again = passage("Ben", hidden=True, start=20)
    left = plan(TEXT, [passage("Ben", hidden=True), again, passage("mill", hidden=True)], [])
    assert [len(group) for group in left.unmask] == [2, 1]


def test_a_mark_that_is_hidden_in_part_is_missed() -> None:
    """A letter that stays could tell; the same words are marked once."""
    second = Mark(span=Span(start=40, end=43), kind=EntityKind.PERSON, text="Ben")
    left = plan(TEXT, [passage("Old", hidden=True)], [mark("Oldtown"), mark("Ben"), second])
    assert [one.text for one in left.misses] == ["Ben", "Oldtown"]


def test_figures_name_letters_by_number_only() -> None:
    """Median, nine tenths by nearest rank, and shares that add up."""
    letters = {number: Counter({Act.APPROVE: 2, Act.MARK: number}) for number in range(1, 11)}
    effort = Effort(letters=letters, stuck={}, held=1, twice=0)
    assert (effort.median, effort.ninth_tenth) == (7.5, 11)
    told = "\n".join(effort.lines())
    assert "letter   3:   5  (mark a miss 3, approve 2)" in told
    assert "1 more wait for a coordinator" in told


def test_the_ordinary_letters_come_first_and_every_group_has_its_place() -> None:
    """However many groups there are; the letters themselves are not looked at."""
    held_out = chosen_letters(1000)
    groups = [one.gold.group for one in held_out]
    assert set(groups) == set(Group)
    assert groups == sorted(groups, key=groups.index)
    assert groups[0] is Group.ORDINARY


def test_every_letter_gets_a_case_of_its_own() -> None:
    """With its number where the gold names one, and with its countries."""
    letters = chosen_letters(24, part=Part.SAMPLE)
    numbers = {one.donor_number for one in letters}
    assert len(numbers) == len(letters)
    told = {one.gold.donor_number for one in letters} - {None}
    assert told <= numbers
    assert case_list(letters).count("\n") == len(letters) + 1


@pytest.mark.browser
@pytest.mark.slow
def test_sample_letters_reach_approval_at_the_real_pages(tmp_path: Path) -> None:
    """Two readers, every letter twice, nothing stuck, every action counted."""
    letters = chosen_letters(6, part=Part.SAMPLE)
    effort = replay(tmp_path, letters, count=3, LETTERS_SECOND_READER_ALWAYS="true")
    assert effort.stuck == {}
    assert len(effort.letters) == effort.twice == 3
    # two readers approve by two actions each; the first letter of each is claimed
    assert all(acts[Act.APPROVE] == 4 for acts in effort.letters.values())
    assert sum(acts[Act.CLAIM] for acts in effort.letters.values()) == 2
