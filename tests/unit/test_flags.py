"""Content flags: what a proofreader should read with care."""

import pytest

from anonymizer.canonical import detection_view
from anonymizer.exchange import load_exchange_rules, pair_rule
from anonymizer.flags import content_flags, disguise_flags, passage_flags, placeholder_flags
from anonymizer.model import ContentFlagKind, LanguagePassage, Span
from anonymizer.pipeline import Pipeline
from anonymizer.rulebook import Rulebook, load_rulebook
from tests.unit.parts import drafted

PHRASE_LISTS = (
    "wish_to_meet",
    "distress",
    "money",
    "reader_health",
    "anger",
    "enclosure",
    "gift",
    "photo",
)


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


@pytest.mark.parametrize(
    ("countries", "gift", "photo"),
    [
        (("GB", "GB"), "does not allow gifts", "does not allow photos"),
        (("IT", "IT"), "allows gifts only when they are small", "nobody has recorded"),
        (("DE", "US"), "nobody has recorded", "nobody has recorded"),
        (("ZZ", "ZZ"), "nobody has recorded", "nobody has recorded"),
    ],
)
def test_gifts_and_photos_are_flagged_with_the_rule_of_the_pair(
    rules: Rulebook, countries: tuple[str, str], gift: str, photo: str
) -> None:
    """The reason says what the rule allows and, where it does not, which row says so."""
    book = load_exchange_rules()
    rule = pair_rule(*(book.side(country) for country in countries))
    view = detection_view("A little gift and a photo of us are in the envelope.")
    reasons = {one.kind: one.reason for one in content_flags(view, rules, rule)}
    assert set(reasons) == {ContentFlagKind.GIFT, ContentFlagKind.PHOTO}
    assert gift in reasons[ContentFlagKind.GIFT]
    assert photo in reasons[ContentFlagKind.PHOTO]
    for row in rule.photos.origins:
        assert f"row {row.row} of" in reasons[ContentFlagKind.PHOTO]


def test_without_a_rule_a_gift_is_flagged_all_the_same(rules: Rulebook) -> None:
    """Then the reason says no more than what it is."""
    (flag,) = content_flags(detection_view("I knitted it for you."), rules)
    assert (flag.kind, flag.reason) == (ContentFlagKind.GIFT, "Speaks of a gift.")


@pytest.mark.parametrize(
    "text",
    ["I am so grateful, never angry at fate.", "She is not to blame, nor are you."],
)
def test_kind_words_near_anger_are_no_anger(rules: Rulebook, text: str) -> None:
    """The phrases are reproaches, not single words."""
    assert not list(content_flags(detection_view(text), rules))


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("en", "Would you like to meet?", {"wish_to_meet"}),
        ("en", "I would so love to meet and say it.", {"wish_to_meet"}),
        ("en", "I want to send you a gift.", {"gift"}),
        ("en", "Send me 5,000 dollars or I will go to the Boston Globe.", {"money", "anger"}),
        ("en", "It is worth $ 300, or 20 euros, to me.", {"money"}),
        ("en", "If you stay silent, I\u2019ll sue you.", {"anger"}),
        ("de", "Hätten Sie Lust auf ein Treffen?", {"wish_to_meet"}),
        ("de", "Ich würde Sie so gerne kennenlernen.", {"wish_to_meet"}),
        ("de", "Ich möchte Ihnen ein Geschenk schicken.", {"gift"}),
        ("de", "Zahlen Sie mir 5.000 Euro, sonst gehe ich zur Zeitung.", {"money", "anger"}),
    ],
)
def test_plain_sentences_are_flagged(language: str, text: str, kinds: set[str]) -> None:
    """As anybody writes them, sums of money and threats among them."""
    rules = load_rulebook(language)
    assert {one.kind.value for one in content_flags(detection_view(text), rules)} == kinds


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please do not feel that you owe me anything."),
        ("en", "I don\u2019t blame you."),
        ("en", "You owe me nothing."),
        ("en", "It was never your fault."),
        ("en", "He weighed seven pounds, now it is 20 pounds."),
        ("de", "Es ist nicht deine Schuld."),
        ("de", "Das ist doch keine Frechheit."),
        ("de", "Sie schulden mir nichts."),
    ],
)
def test_a_reproach_that_is_denied_is_none(language: str, text: str) -> None:
    """Nor is a weight in pounds a sum of money."""
    assert not list(content_flags(detection_view(text), load_rulebook(language)))


@pytest.mark.parametrize(
    "text",
    [
        "You did not write. It is your fault.",
        "Why not? You owe me!",
        "I did not expect you to be so ungrateful.",
        "No, you owe me.",
        "I thought of the piano your fault broke.",
    ],
)
def test_a_reproach_after_another_denial_is_flagged(rules: Rulebook, text: str) -> None:
    """Only what denies the reproach itself counts: close to it, in the same clause."""
    assert [one.kind for one in content_flags(detection_view(text), rules)] == [
        ContentFlagKind.ANGER
    ]


def test_a_reproach_behind_one_that_is_denied_is_flagged(rules: Rulebook) -> None:
    """The first that counts."""
    text = "It is not your fault. How dare you."
    (flag,) = content_flags(detection_view(text), rules)
    assert flag.span == Span(start=22, end=34)


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


@pytest.mark.parametrize(
    "written",
    [
        "[name 1]",
        "[Name 12]",
        "[name]",
        "[ place 2 ]",
        "[hospital]",
        "[my country]",
        "[NAME\u200b 1]",
    ],
)
def test_what_looks_like_a_placeholder_is_flagged(rules: Rulebook, written: str) -> None:
    """The reader could take the writer's own words for a removed passage."""
    text = f"So {written} it is"
    (flag,) = placeholder_flags(detection_view(text), (rules.policy,))
    assert flag.kind is ContentFlagKind.PLACEHOLDER
    assert flag.span == Span(start=3, end=3 + len(written))


@pytest.mark.parametrize("written", ["[smiles]", "name 1", "(name 1)", "[nameless]", "[1]", "[]"])
def test_other_brackets_are_no_placeholders(rules: Rulebook, written: str) -> None:
    """Only the forms that the rules put in."""
    assert not list(placeholder_flags(detection_view(f"So {written} it is"), (rules.policy,)))


@pytest.mark.parametrize("written", ["[Name 1]", "[Krankenhauses]", "[name 1]"])
def test_a_german_letter_is_flagged_for_both_languages(pipeline: Pipeline, written: str) -> None:
    """The reader of a German letter may know the English placeholders too."""
    text = (
        f"Liebe Spenderin, danke f\u00fcr alles, es geht mir wieder gut. {written} sagt das auch."
    )
    assert ContentFlagKind.PLACEHOLDER in [one.kind for one in drafted(pipeline, text).flags]
