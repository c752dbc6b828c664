"""Content flags: what a proofreader should read with care."""

import pytest

from anonymizer.canonical import detection_view
from anonymizer.flags import content_flags, disguise_flags, passage_flags
from anonymizer.model import ContentFlagKind, LanguagePassage, Span
from anonymizer.rulebook import Rulebook

PHRASE_LISTS = ("wish_to_meet", "distress", "money", "reader_health", "enclosure")


@pytest.mark.parametrize("name", PHRASE_LISTS)
def test_each_phrase_of_a_list_raises_its_flag(rules: Rulebook, name: str) -> None:
    """In any case, and at the place where it stands."""
    kind = ContentFlagKind(name)
    for phrase in sorted(rules.words(f"flag_{name}")):
        for written in (phrase, phrase.upper()):
            text = f"well \u00e9 {written} then"
            flags = [one for one in content_flags(detection_view(text), rules) if one.kind is kind]
            assert [one.span for one in flags] == [Span(start=7, end=7 + len(phrase))], phrase


def test_a_letter_of_thanks_has_no_flag(rules: Rulebook) -> None:
    """Flags are rare enough to be read."""
    text = "Dear donor, thank you for everything. I am well and I think of you every day."
    assert not list(content_flags(detection_view(text), rules))


def test_a_flag_points_at_the_letter_not_at_the_view(rules: Rulebook) -> None:
    """Hidden characters before the phrase do not move it."""
    phrase = min(rules.words("flag_money"))
    text = f"\u200b\u200b\u200bso {phrase} so"
    (flag,) = content_flags(detection_view(text), rules)
    assert flag.span is not None
    assert text[flag.span.start : flag.span.end] == phrase


def test_a_disguise_is_flagged_once_with_its_count() -> None:
    """The first place, and how many there are."""
    (flag,) = disguise_flags(detection_view("My n\u0430me is A\u200bnn\u0430"))
    assert flag.kind is ContentFlagKind.DISGUISE
    assert flag.span == Span(start=4, end=5)
    assert flag.reason.startswith("3 characters")
    assert not list(disguise_flags(detection_view("It\u2019s a caf\u00e9, so to say")))


def test_each_foreign_passage_is_flagged() -> None:
    """With its language and without its words."""
    passage = LanguagePassage(span=Span(start=3, end=9), code="de", confidence=0.9)
    (flag,) = passage_flags([passage])
    assert (flag.kind, flag.span) == (ContentFlagKind.FOREIGN_PASSAGE, passage.span)
    assert flag.reason == "This passage seems to be in German."
