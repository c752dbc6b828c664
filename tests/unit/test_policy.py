"""Policy: what happens to a finding, the words that stand in, and the numbers of names."""

from dataclasses import replace

import pytest

from anonymizer.generalization import GENERALIZERS
from anonymizer.model import EntityKind, Finding, IdentifierClass, Policy, Span, TreatmentAction
from anonymizer.policy import policy_of_pair, renumbered, ruling_for, treat, treat_as
from anonymizer.rulebook import Rulebook
from tests.unit.exchange.sides import rule as pair
from tests.unit.parts import finding, finding_of


def rewritten(rules: Rulebook, text: str, words: str, kind: EntityKind) -> str:
    """The sentence with the words that the policy puts in place of `words`."""
    found = finding_of(text, words, kind)
    (treated,) = treat(text, [found], rules.policy)
    assert treated.replacement is not None
    return text[: found.span.start] + treated.replacement + text[found.span.end :]


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("I am 57 and well", "57", "I am [in my fifties] and well"),
        ("I'm 20.", "20", "I'm [in my twenties]."),
        ("I am 57 years old.", "57 years old", "I am [in my fifties]."),
        ("I am sixty-one years young", "sixty-one years young", "I am [in my sixties]"),
        ("She is 34.", "34", "She is [in her thirties]."),
        ("my son, who is 34", "34", "my son, who is [in his thirties]"),
        ("we are both 34", "34", "we are both [in our thirties]"),
        ("It's Jo, 22, from here", "22", "It's Jo, [in their twenties], from here"),
        ("My mother was 92", "92", "My mother was [in her nineties]"),
        ("I told her I am 34", "34", "I told her I am [in my thirties]"),
        ("my wife and I. He is 41", "41", "my wife and I. He is [in his forties]"),
        ("I am nearly 70 now", "70", "I am nearly [a certain age] now"),
        ("Age 7. I like it", "7", "Age [under thirteen]. I like it"),
        ("she turned 7 then", "7", "she turned [a few years old] then"),
        ("my 57-year-old dad", "57-year-old", "my [fifty-something] dad"),
        ("he is a 57 year old man", "57 year old", "he is a [fifty-something] man"),
        ("an 80-year-old lady", "80-year-old", "an [eighty-something] lady"),
        ("I am nineteen", "nineteen", "I am [a teenager]"),
        ("I am 13", "13", "I am [a teenager]"),
        ("he is twelve", "twelve", "he is [a child]"),
        ("I am 8.", "8", "I am [a child]."),
        ("Tom (7) and", "7", "Tom ([a child]) and"),
        ("my 40th birthday", "40th", "my [round] birthday"),
        ("my 45th birthday", "45th", "my [recent] birthday"),
        ("our baby is 9 months old", "9 months old", "our baby is [a baby]"),
    ],
)
def test_an_age_becomes_a_decade_that_reads_on(
    rules: Rulebook, text: str, words: str, result: str
) -> None:
    """The sentence stays a sentence."""
    assert rewritten(rules, text, words, EntityKind.AGE) == result


@pytest.mark.parametrize("age", [*range(1, 20), *range(20, 140, 5)])
def test_no_age_survives_its_generalisation(rules: Rulebook, age: int) -> None:
    """No digit of it is left, whatever the age."""
    result = rewritten(rules, f"I am {age} now", str(age), EntityKind.AGE)
    assert not [one for one in result if one.isdigit()]
    assert result.startswith("I am [")
    assert result.endswith("] now")


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("on 14 March 2021 I", "14 March 2021", "on [a day in spring] I"),
        ("in March 2021", "March 2021", "in [spring]"),
        ("on 14.03.2021", "14.03.2021", "on [a day in spring]"),
        ("born 2021-07-09", "2021-07-09", "born [a day in summer]"),
        ("on 03/14/2021", "03/14/2021", "on [a day in spring]"),
        ("on May 14", "May 14", "on [a day in spring]"),
        ("since 03/2021", "03/2021", "since [spring]"),
        ("on 1 December", "1 December", "on [a day in winter]"),
        ("until Sept. 5", "Sept. 5", "until [autumn]"),
        ("born 8 XII 2023", "8 XII 2023", "born [a day in winter]"),
        ("in 2014", "2014", "in [date]"),
        ("at Christmas 2020", "Christmas 2020", "at [date]"),
    ],
)
def test_a_date_becomes_a_season(rules: Rulebook, text: str, words: str, result: str) -> None:
    """Right season or none: a wrong one would be a lie in the writer's name."""
    assert rewritten(rules, text, words, EntityKind.DATE) == result


#: Kept by the policy: it counts when combinations are looked for, and for nothing else.
COUNTED = frozenset({EntityKind.FAMILY})


@pytest.mark.parametrize("kind", [one for one in EntityKind if one not in COUNTED])
@pytest.mark.parametrize("score", [0.0, 0.29, 0.49, 0.5, 1.0])
def test_every_kind_has_an_answer_for_every_score(
    rules: Rulebook, kind: EntityKind, score: float
) -> None:
    """What is sure is taken out, what is doubtful is shown; nothing that was found is kept."""
    ruling = rules.policy.rulings[kind]
    (treated,) = treat("Anna Kowalska", [finding(0, 4, kind, score)], rules.policy)
    assert treated.action is not TreatmentAction.KEEP
    assert treated.reason == ruling.reason
    assert treated.identifier_class is ruling.identifier_class
    assert treated.rule_id == f"strict/{kind}"
    assert treated.replacement
    if score < ruling.mask_from:
        assert treated.action is TreatmentAction.SUGGEST
    else:
        assert treated.action is ruling.action


def test_only_what_counts_for_combinations_is_kept(rules: Rulebook) -> None:
    """Whatever its score, nobody is asked about it and it has no words that would stand in."""
    kept = {
        kind for kind, one in rules.policy.rulings.items() if one.action is TreatmentAction.KEEP
    }
    assert kept == COUNTED
    for score in (0.0, 0.5, 1.0):
        (treated,) = treat("twins", [finding(0, 5, EntityKind.FAMILY, score)], rules.policy)
        assert (treated.action, treated.replacement) == (TreatmentAction.KEEP, None)


def test_a_kind_without_a_ruling_is_replaced() -> None:
    """Unknown means masked, never passed."""
    nothing = Policy(policy_id="none", rulings={})
    assert ruling_for(EntityKind.PET, nothing).identifier_class is IdentifierClass.DIRECT
    (treated,) = treat("Rex", [finding(0, 3, EntityKind.PET, 0.01)], nothing)
    assert (treated.action, treated.replacement) == (TreatmentAction.REPLACE, "[removed]")


def test_what_is_kept_has_no_words(rules: Rulebook) -> None:
    """A person decided that the passage stays."""
    kept = treat_as("Anna", finding(0, 4), TreatmentAction.KEEP, rules.policy)
    assert (kept.action, kept.replacement) == (TreatmentAction.KEEP, None)


@pytest.mark.parametrize(
    ("action", "replacement"),
    [
        (TreatmentAction.REPLACE, "[age]"),
        (TreatmentAction.GENERALIZE, "[in my fifties]"),
        (TreatmentAction.SUGGEST, "[in my fifties]"),
    ],
)
def test_a_person_may_choose_another_action(
    rules: Rulebook, action: TreatmentAction, replacement: str
) -> None:
    """The words come from the same rules."""
    found = finding_of("I am 57", "57", EntityKind.AGE)
    treated = treat_as("I am 57", found, action, rules.policy)
    assert (treated.action, treated.replacement) == (action, replacement)


def entities(*of: tuple[EntityKind, str]) -> list[Finding]:
    """Findings one after the other, each with its entity."""
    return [
        replace(finding(10 * place, 10 * place + 5, kind), entity=entity)
        for place, (kind, entity) in enumerate(of)
    ]


def replacements(rules: Rulebook, findings: list[Finding]) -> list[str | None]:
    """The words for each finding, in a text that says nothing."""
    return [one.replacement for one in treat("." * 200, findings, rules.policy)]


PERSON, PLACE = EntityKind.PERSON, EntityKind.PLACE


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            [(PERSON, "A"), (PERSON, "B"), (PERSON, "A")],
            ["[name 1]", "[name 2]", "[name 1]"],
        ),
        (
            [(PLACE, "Paris"), (PERSON, "Paris"), (PERSON, "Rose"), (PLACE, "Lyon")],
            ["[place 1]", "[name 1]", "[name 2]", "[place 2]"],
        ),
        (
            [(PERSON, "Paris"), (PERSON, "Rose"), (PLACE, "Lyon"), (PLACE, "Paris")],
            ["[name 1]", "[name 2]", "[place 1]", "[place 2]"],
        ),
    ],
    ids=["again", "same text as person and place", "the bug of docdeid"],
)
def test_names_are_numbered_per_kind(
    rules: Rulebook, found: list[tuple[EntityKind, str]], words: list[str]
) -> None:
    """The same entity the same number, two entities never one."""
    assert replacements(rules, entities(*found)) == words


def test_findings_without_an_entity_have_numbers_of_their_own(rules: Rulebook) -> None:
    """Nothing is said about who they are."""
    assert replacements(rules, [finding(0, 4), finding(10, 14)]) == ["[name 1]", "[name 2]"]


def test_findings_are_treated_in_the_order_of_the_letter(rules: Rulebook) -> None:
    """Numbers grow as the reader meets them."""
    later, first = finding(50, 54), finding(3, 8)
    treated = treat("." * 99, [later, first], rules.policy)
    assert [one.finding for one in treated] == [first, later]


@pytest.mark.parametrize(
    "before",
    [
        "I live in ",
        "We live near ",
        "I am from ",
        "I come from ",
        "I grew up in ",
        "Greetings from ",
    ],
)
def test_the_place_of_the_writer_is_his_town(rules: Rulebook, before: str) -> None:
    """It reads better than a number, and stays the same at each mention."""
    text = f"{before}Radom. Ulm is far from Radom."
    found = [
        replace(finding_of(text, "Radom", PLACE), entity="PLACE-1"),
        replace(finding_of(text, "Ulm", PLACE), entity="PLACE-2"),
        replace(finding(len(text) - 6, len(text) - 1, PLACE), entity="PLACE-1"),
    ]
    words = [one.replacement for one in treat(text, found, rules.policy)]
    assert words == ["[my town]", "[place 1]", "[my town]"]


@pytest.mark.parametrize("name", sorted(GENERALIZERS))
@pytest.mark.parametrize("words", ["something", "", "999", "\u00e9\u0301", "-"])
def test_an_unreadable_passage_gets_the_placeholder(rules: Rulebook, name: str, words: str) -> None:
    """A generaliser that cannot read a passage lets nothing of it through."""
    text = f"x {words}y"
    found = Finding(
        span=Span(start=2, end=3 + len(words)), kind=EntityKind.AGE, score=1.0, recognizer="test"
    )
    assert GENERALIZERS[name](text, found) in (None, "[a child]")
    (treated,) = treat(text, [replace(found, kind=EntityKind.DATE)], rules.policy)
    assert treated.replacement == "[date]"


def test_names_marked_by_hand_get_numbers_of_their_own(rules: Rulebook) -> None:
    """Not all of them "[name 1]"; the same words are the same person."""
    text = "Anna, Bea and Cleo. Bea!"
    by_machine = treat(text, [replace(finding(0, 4), entity="PERSON-1")], rules.policy)
    by_hand = tuple(
        treat_as(text, finding(start, end), TreatmentAction.REPLACE, rules.policy)
        for start, end in ((6, 9), (14, 18), (20, 23))
    )
    made = renumbered(text, (*by_machine, *by_hand), rules.policy)
    assert [one.replacement for one in made] == ["[name 1]", "[name 2]", "[name 3]", "[name 2]"]


def test_a_passage_that_stays_gets_no_number(rules: Rulebook) -> None:
    """Keeping a passage uses up no placeholder."""
    text = "Anna and Bea"
    kept = treat_as(text, finding(0, 4), TreatmentAction.KEEP, rules.policy)
    hidden = treat_as(text, finding(9, 12), TreatmentAction.REPLACE, rules.policy)
    made = renumbered(text, (kept, hidden), rules.policy)
    assert [one.replacement for one in made] == [None, "[name 1]"]


def test_own_words_use_up_no_number(rules: Rulebook) -> None:
    """Only placeholders that are printed are counted; who is the same keeps the same number."""
    text = "Anna, Bea and Cleo. Bea! Anna!"
    hidden = tuple(
        treat_as(text, finding(start, end), TreatmentAction.REPLACE, rules.policy)
        for start, end in ((0, 4), (6, 9), (14, 18), (20, 23), (25, 29))
    )
    made = renumbered(text, hidden, rules.policy, own={hidden[0].finding.span})
    assert [one.replacement for one in made][1:] == [
        "[name 1]",
        "[name 2]",
        "[name 1]",
        "[name 3]",
    ]
    assert renumbered(text, made, rules.policy, own={hidden[0].finding.span}) == made


def test_suggestions_are_numbered_after_what_is_printed(rules: Rulebook) -> None:
    """The text of a suggestion still stands, so its number would be missed in the letter."""
    text = "Anna and Bea and Bea"
    least = rules.policy.rulings[EntityKind.PERSON]
    made = treat(
        text,
        [
            replace(finding(0, 4), score=(least.suggest_from + least.mask_from) / 2),
            replace(finding(9, 12), entity="PERSON-2"),
            replace(finding(17, 20), entity="PERSON-2"),
        ],
        rules.policy,
    )
    assert made[0].action is TreatmentAction.SUGGEST
    assert [one.replacement for one in made] == ["[name 2]", "[name 1]", "[name 1]"]


def test_numbering_by_hand_tells_no_words(rules: Rulebook) -> None:
    """What a treatment shows of itself holds no word of the letter."""
    text = "Anna and Bea"
    hidden = treat_as(text, finding(9, 12), TreatmentAction.REPLACE, rules.policy)
    (made,) = renumbered(text, (hidden,), rules.policy)
    assert "bea" not in repr(made).lower()


class TestPolicyOfAPair:
    """What the rule of the pair changes, and what it must not."""

    @pytest.mark.parametrize(
        ("field", "value", "kind", "action"),
        [
            ("country_may_be_named", "yes", EntityKind.COUNTRY, TreatmentAction.KEEP),
            ("country_may_be_named", "no", EntityKind.COUNTRY, TreatmentAction.REPLACE),
            ("country_may_be_named", "no", EntityKind.NATIONALITY, TreatmentAction.REPLACE),
            ("age_precision", "exact", EntityKind.AGE, TreatmentAction.KEEP),
            ("age_precision", "decade", EntityKind.AGE, TreatmentAction.GENERALIZE),
            ("age_precision", "none", EntityKind.AGE, TreatmentAction.REPLACE),
            ("exact_dates", "keep", EntityKind.DATE, TreatmentAction.KEEP),
            ("exact_dates", "remove", EntityKind.DATE, TreatmentAction.REPLACE),
        ],
    )
    def test_the_rule_decides_and_is_named(
        self,
        rules: Rulebook,
        field: str,
        value: str,
        kind: EntityKind,
        action: TreatmentAction,
    ) -> None:
        """A proofreader who wonders reads in the reason which row says so."""
        ruling = policy_of_pair(rules.policy, pair(**{field: value})).rulings[kind]
        assert ruling.action is action
        assert f"Rule of this exchange: {value} (" in ruling.reason

    @pytest.mark.parametrize("field", ["country_may_be_named", "age_precision", "exact_dates"])
    def test_what_nobody_has_told_loosens_nothing(self, rules: Rulebook, field: str) -> None:
        """The policy's own word stands."""
        changed = policy_of_pair(rules.policy, pair(**{field: "unknown"}))
        kinds = {
            "country_may_be_named": (EntityKind.COUNTRY, EntityKind.NATIONALITY),
            "age_precision": (EntityKind.AGE,),
            "exact_dates": (EntityKind.DATE,),
        }
        for kind in kinds[field]:
            looser = (TreatmentAction.KEEP, TreatmentAction.SUGGEST)
            before, after = rules.policy.rulings[kind].action, changed.rulings[kind].action
            assert after is before or after not in looser

    def test_direct_identifiers_are_no_matter_of_the_pair(self, rules: Rulebook) -> None:
        """No rule of any pair lets a name through."""
        loosest = pair(country_may_be_named="yes", age_precision="exact", exact_dates="keep")
        changed = policy_of_pair(rules.policy, loosest)
        for kind, ruling in rules.policy.rulings.items():
            if ruling.identifier_class is IdentifierClass.DIRECT:
                assert changed.rulings[kind] == ruling
