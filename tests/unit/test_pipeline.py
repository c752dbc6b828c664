"""The whole path on the shipped parts: what comes out for letters of every sort."""

from dataclasses import replace

import pytest

from anonymizer.canonical import detection_view
from anonymizer.detection.detector import Detector
from anonymizer.model import (
    MAX_CHARACTERS,
    Circumstances,
    ContentFlagKind,
    DraftStatus,
    EntityKind,
    IdentifierClass,
    Stage,
    TreatmentAction,
)
from anonymizer.pipeline import Pipeline
from anonymizer.redaction import undo
from tests.unit.parts import GRID, PROSE, drafted, finding_of, known, letter, outgoing
from tests.unit.test_canonical import DISGUISES, bold

EMAIL = "anna.mueller@web.de"
EMAILS = {
    "plain": EMAIL,
    "cyrillic": "\u0430nna.mueller@web.de",
    "combining": "a\u0336nna.mueller@web.de",
    "soft hyphen": "anna.mue\u00adller@web.de",
    "zero-width": "anna.mue\u200bller@web.de",
    "word joiner": "anna\u2060.mueller@web.de",
    "tag": "anna.mu\U000e0065eller@web.de",
    "right-to-left": "anna.\u202emueller@web.de",
    "line break": "anna.mueller@\nweb.de",
    "(at)": "anna.mueller (at) web.de",
    "spaced": "anna.mueller @ web . de",
    "brackets": "anna.mueller[at]web[dot]de",
    "full-width": "".join(chr(ord(one) + 0xFEE0) for one in EMAIL),
    "mathematical": bold(EMAIL),
    "variation selector": "anna\ufe01.mueller@web.de",
    "no-break space": "anna.mueller\u00a0@\u00a0web.de",
    "hyphenated": "anna.muel-\nler@web.de",
    "in words": "anna dot mueller at web dot de",
}

CHINESE = "亲爱的捐赠者，非常感谢您。" * 5
RUSSIAN = "Дорогой донор, большое тебе спасибо за всё, что ты сделал для меня и моей семьи"
HOSTILE = [
    "Liebe Spenderin ich danke Dir von ganzem Herzen fuer alles heute !",
    "Dear friend I thank you from the bottom of my heart for all today !",
    "12 Nice Old Big Red Blue Green Little Small Long Short Wide Deep !",
    "Calle de la del de la y de i e Los Las Rue du La Via di x",
    "call me call me call me on on on at at is is : : - - ( ( 1 2 3",
    "donor number donor number is is : : # # ( ( GRID GRID 6939 XYZ",
]


@pytest.mark.parametrize("written", EMAILS.values(), ids=EMAILS.keys())
def test_a_disguised_email_address_is_taken_out_whole(pipeline: Pipeline, written: str) -> None:
    """No piece of it is left behind."""
    draft = drafted(pipeline, f"{PROSE}Please write to {written} whenever you like.")
    assert outgoing(draft).endswith("Please write to [e-mail address] whenever you like.")


@pytest.mark.parametrize("written", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_disguised_name_is_taken_out_whole(pipeline: Pipeline, written: str) -> None:
    """Whatever hides in it."""
    draft = drafted(pipeline, f"{PROSE}My name is {written} and I am well.")
    seen = detection_view(outgoing(draft)).text
    assert seen.endswith("My name is [name 1] and I am well.")


def test_hiding_something_is_told_to_the_proofreader(pipeline: Pipeline) -> None:
    """A flag, not a hold."""
    draft = drafted(pipeline, f"{PROSE}My name is An\u200bna.")
    assert [one.kind for one in draft.flags] == [ContentFlagKind.DISGUISE]
    assert draft.holds == ()


def test_a_letter_full_of_disguises_is_held_with_its_draft(pipeline: Pipeline) -> None:
    """For a person, who sees what was found; the limit is a line of the policy."""
    most = pipeline.policy.most_disguises
    full = drafted(pipeline, PROSE + "An\u200bna. " * most)
    assert full.holds == ()
    held = drafted(pipeline, PROSE + "An\u200bna. " * (most + 1))
    assert held.status is DraftStatus.HELD
    assert [(one.stage, one.code) for one in held.holds] == [(Stage.LANGUAGE, "disguised")]
    assert "Anna" not in outgoing(held)


def test_a_german_letter_is_held_for_its_disguises_too(pipeline: Pipeline) -> None:
    """In whatever language it is read; two reasons stand beside each other."""
    held = drafted(pipeline, HOSTILE[0] + "\u200b" * 30)
    assert [one.code for one in held.holds] == ["wrong_language", "disguised"]


def test_a_draft_can_be_undone(pipeline: Pipeline) -> None:
    """The replacements lead back to the letter, whatever was found."""
    text = f"{PROSE}I am Zo\u00eb, 57, from Ulm. \U0001f600 Call 0171 234 5678.\nLove,\nZo\u00eb M."
    draft = drafted(pipeline, text)
    assert draft.redaction is not None
    assert len(draft.redaction.replacements) >= 4
    assert undo(draft.redaction) == draft.letter.text


def test_no_direct_original_survives(pipeline: Pipeline) -> None:
    """Except where a person is asked."""
    names = ("Bartholomew", "Rosamund", "Szczebrzeszyn", "0171 234 5678", EMAIL, GRID)
    text = (
        f"{PROSE}My name is Bartholomew. My wife Rosamund and I live in Szczebrzeszyn. Bartholomew "
        f"and Rosamund are happy. BARTHOLOMEW'S phone is 0171 234 5678, or write to {EMAIL}. "
        f"My donor number is {GRID}.\nYours,\nBartholomew"
    )
    draft = drafted(pipeline, text)
    left = outgoing(draft).lower()
    assert not [one for one in names if one.lower() in left]
    assert draft.residuals == ()
    for treated in draft.treatments:
        if treated.identifier_class is IdentifierClass.DIRECT:
            assert treated.action is not TreatmentAction.KEEP


@pytest.mark.parametrize(
    ("text", "stage", "code"),
    [
        ("", Stage.INTAKE, "empty"),
        (" \n\t\n", Stage.INTAKE, "empty"),
        ("a" * (MAX_CHARACTERS + 1), Stage.INTAKE, "too_long"),
        ("\u200b\u200b", Stage.LANGUAGE, "undecided"),
        ("\U0001f600\u2764\ufe0f" * 30, Stage.LANGUAGE, "undecided"),
        (CHINESE, Stage.LANGUAGE, None),
        (RUSSIAN, Stage.LANGUAGE, "wrong_language"),
        ("Anna Kowalska", Stage.LANGUAGE, "undecided"),
        ("Yours,\nAnna", Stage.LANGUAGE, "undecided"),
        (HOSTILE[0], Stage.LANGUAGE, "wrong_language"),
    ],
    ids=[
        "empty",
        "blank",
        "too long",
        "invisible",
        "emoji",
        "Chinese",
        "Russian",
        "a name",
        "a signature",
        "German",
    ],
)  # fmt: skip
def test_an_unusual_letter_is_held(
    pipeline: Pipeline, text: str, stage: Stage, code: str | None
) -> None:
    """At the stage that cannot go on, with a reason and without an exception."""
    draft = drafted(pipeline, text)
    assert draft.status is DraftStatus.HELD
    assert [one.stage for one in draft.holds] == [stage]
    assert code in (None, draft.holds[0].code)


@pytest.mark.parametrize("text", ["Anna Kowalska", "Yours,\nAnna", "Anna"])
def test_a_held_letter_that_is_only_a_signature_shows_no_name(
    pipeline: Pipeline, text: str
) -> None:
    """What helps the person who decides is redacted as well."""
    assert "Anna" not in outgoing(drafted(pipeline, text))


@pytest.mark.parametrize("sentence", HOSTILE)
def test_no_sentence_hangs_a_pattern(pipeline: Pipeline, sentence: str) -> None:
    """Twelve words hang a backtracking engine for seconds; here the answer always comes."""
    draft = drafted(pipeline, f"{PROSE}{(sentence + ' ') * 40}")
    assert not [one for one in draft.holds if one.stage is Stage.DETECTION]


def test_one_name_five_thousand_times(pipeline: Pipeline) -> None:
    """Every mention is taken out, under one number."""
    draft = drafted(pipeline, PROSE + "Greta sings. " * 5000)
    assert "Greta" not in outgoing(draft)
    assert outgoing(draft).count("[name 1]") == 5000
    assert "[name 2]" not in outgoing(draft)


def test_a_name_is_found_wherever_it_stands_in_the_longest_letter(pipeline: Pipeline) -> None:
    """Nothing is cut off at the limits of the model: ten names, evenly spread."""
    names = "Anna Bruno Clara Dieter Elena Fabian Gerda Henrik Ingrid Johann".split()
    share = MAX_CHARACTERS // len(names)
    pieces = []
    for name in names:
        sentence = f"My good friend is called {name} Wawrzyniak. "
        filler = "We walk in the garden and we think of you every day. "
        pieces.append((sentence + filler * (share // len(filler)))[:share])
    text = "".join(pieces)
    assert len(text) == MAX_CHARACTERS
    draft = drafted(pipeline, text)
    assert not [one for one in draft.holds if one.stage is Stage.DETECTION]
    assert not [name for name in names if name in outgoing(draft)]


@pytest.mark.parametrize(
    "words", ["Wilhelmina", "WILHELMINA", "anomialliw", "W i l h e l m i n a", "Wilhelmine"]
)
def test_what_the_registry_knows_is_taken_out(pipeline: Pipeline, words: str) -> None:
    """In an ordinary sentence in which no recogniser would look for a name."""
    text = f"{PROSE}The word for the day is {words.replace('anomialliw', 'animlehliW')} here."
    draft = drafted(pipeline, text, known(EntityKind.PERSON, "Wilhelmina"))
    assert outgoing(draft).endswith("The word for the day is [name 1] here.")


def test_a_redraft_follows_the_person(pipeline: Pipeline) -> None:
    """Corrections make a new outgoing text; what a person marks is taken out."""
    sent = letter(PROSE + "The lighthouse keeper says hello.")
    found = finding_of(sent.text, "lighthouse keeper", EntityKind.OCCUPATION)
    treated = pipeline.replacement_for(sent, found, TreatmentAction.REPLACE)
    redrafted = pipeline.redraft(sent, (treated,))
    assert redrafted.redaction.text.endswith("The [occupation] says hello.")
    assert redrafted.residuals == ()


def test_a_rescan_of_the_outgoing_text_finds_nothing_to_take_out(pipeline: Pipeline) -> None:
    """Placeholders are no names."""
    text = f"{PROSE}I am Zo\u00eb, 57, from Ulm. Call 0171 234 5678 on 3 May 2021.\nLove,\nZo\u00eb"
    draft = drafted(pipeline, text)
    again = pipeline.rescan(outgoing(draft))
    changed = {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
    assert not [one for one in again if one.action in changed]


def test_a_letter_at_home_may_be_in_any_language_with_a_model(pipeline: Pipeline) -> None:
    """And one that goes abroad is held; both are still redacted for the person who decides."""
    home = Circumstances(writer_country="DE", reader_country="DE")
    text = "Liebe Spenderin, ich danke Dir von Herzen. Ich hei\u00dfe Wilhelmina und bin gesund."
    assert pipeline.draft(letter(text), home).status is DraftStatus.DRAFTED
    italian = "Cara donatrice, ti ringrazio di tutto cuore. Mi chiamo Wilhelmina e sono guarita."
    held = pipeline.draft(letter(italian), replace(home, writer_country="IT", reader_country="IT"))
    assert [one.code for one in held.holds] == ["no_model"]
    assert held.redaction is not None
    assert "Wilhelmina" not in held.redaction.text
    abroad = pipeline.draft(letter(PROSE), Circumstances(writer_country="DE", reader_country="US"))
    assert abroad.status is DraftStatus.DRAFTED


def test_a_draft_tells_what_it_was_made_with(pipeline: Pipeline) -> None:
    """The audit trail needs the versions of code, rules, policy and model."""
    versions = drafted(pipeline, PROSE).versions
    assert {"letter-anonymizer", "rules", "policy", "ner"} <= set(versions)
    assert all(versions.values())


@pytest.mark.parametrize(
    ("cover", "code"), [(None, "number_missing"), (GRID[:-1] + "2", "number_invalid")]
)
def test_a_letter_that_belongs_nowhere_is_held_and_redacted(
    pipeline: Pipeline, cover: str | None, code: str
) -> None:
    """The person who allocates it reads no names either."""
    draft = pipeline.draft(letter(f"{PROSE}My name is Wilhelmina.", cover=cover))
    assert [(one.stage, one.code) for one in draft.holds] == [(Stage.ALLOCATION, code)]
    assert draft.status is DraftStatus.HELD
    assert outgoing(draft).endswith("My name is [name 1].")


def test_several_reasons_are_all_told(pipeline: Pipeline) -> None:
    """In the wrong language and without a number: held for both, in the order of the path."""
    draft = pipeline.draft(letter(HOSTILE[0], cover=None))
    assert [one.stage for one in draft.holds] == [Stage.ALLOCATION, Stage.LANGUAGE]


def test_what_is_still_readable_holds_the_letter(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leak check looks with its own eyes: detection may have seen nothing."""
    monkeypatch.setattr(Detector, "detect", lambda *_args, **_more: ())
    text = f"{PROSE}My name is Wilhelmina."
    draft = drafted(pipeline, text, known(EntityKind.PERSON, "Wilhelmina"))
    assert [one.stage for one in draft.holds] == [Stage.LEAKCHECK]
    (residual,) = draft.residuals
    assert text[residual.span.start : residual.span.end] == "Wilhelmina"


def test_a_reader_can_tell_who_is_who(pipeline: Pipeline) -> None:
    """Two people have two numbers, and each keeps his own to the end."""
    text = f"{PROSE}My name is Anna. My husband Piotr is well. Piotr and Anna say hello."
    end = "My name is [name 1]. My husband [name 2] is well. [name 2] and [name 1] say hello."
    assert outgoing(drafted(pipeline, text)).endswith(end)


def test_a_person_and_a_place_of_one_name_share_no_placeholder(pipeline: Pipeline) -> None:
    """Paris is somewhere, and somebody."""
    text = f"{PROSE}My daughter is called Paris. We live in Paris near Lyon."
    used = {one.replacement for one in drafted(pipeline, text).treatments}
    assert {"[name 1]", "[my town]"} <= used
    assert len(used) == 3


@pytest.mark.parametrize(
    ("sentence", "nationality"),
    [
        ("I am a German nurse.", "German"),
        ("I work as a Turkish teacher.", "Turkish"),
        ("I was the only German astronaut in the crew.", "German"),
        ("We are a Polish family of farmers.", "Polish"),
    ],
)
def test_what_the_pair_takes_out_is_not_left_to_a_suggestion(
    pipeline: Pipeline, sentence: str, nationality: str
) -> None:
    """Inside an occupation that a person may keep, a nationality is gone where the pair says so."""
    pair = Circumstances(writer_country="DE", reader_country="US")
    strict = pipeline.draft(letter(PROSE + sentence), pair)
    assert nationality not in outgoing(strict)
    found = [one for one in strict.treatments if one.finding.kind is EntityKind.NATIONALITY]
    assert [one.action for one in found] == [TreatmentAction.REPLACE]
    assert "Rule of this exchange: no (US)." in found[0].reason
    assert any(one.action is TreatmentAction.SUGGEST for one in strict.treatments)
    assert nationality in outgoing(drafted(pipeline, PROSE + sentence))


def test_a_language_that_is_read_badly_asks_for_a_second_reader(pipeline: Pipeline) -> None:
    """With the reason in a sentence; one that is read well asks for nobody."""
    text = PROSE + "My name is Anna."
    assert drafted(pipeline, text).second_reading == ()
    spoken = replace(pipeline.rulebook.language, name="Danish", second_reader=True)
    rulebook = replace(pipeline.rulebook, language=spoken)
    twice = pipeline.having(replace(pipeline.detector, rulebook=rulebook))
    (reason,) = drafted(twice, text).second_reading
    assert reason.code == "language"
    assert reason.reason == "Danish letters are read twice: the program misses too many names."


def test_a_language_that_nobody_taught_the_program_asks_for_a_second_reader(
    pipeline: Pipeline,
) -> None:
    """Should somebody let it pass, two people find what the program cannot."""
    (reason,) = drafted(pipeline, RUSSIAN).second_reading
    assert reason.reason.startswith("The program cannot read Russian")
