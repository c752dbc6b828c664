"""The language gate: what goes abroad is English, and what cannot be told is held."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizer.canonical import detection_view
from anonymizer.exchange import load_exchange_rules, rule_of_letter
from anonymizer.language import (
    LanguageGate,
    foreign_passages,
    language_hold,
    required_languages,
    verdict_on_letter,
)
from anonymizer.model import (
    Circumstances,
    ContentFlagKind,
    LanguageVerdict,
    Letter,
    Routing,
    Span,
)
from anonymizer.pipeline import Pipeline
from anonymizer.rulebook import load_words

ENGLISH = (
    "Dear donor, I do not know how to thank you for what you did for me. Two years ago I was very "
    "ill, and now I can play with my children again and I go for a walk every morning."
)
GERMAN = (
    "Liebe Spenderin, ich weiss nicht, wie ich Dir danken soll. Vor zwei Jahren war ich sehr krank "
    "und heute kann ich wieder mit meinen Kindern spielen und jeden Morgen spazieren gehen."
)
SPANISH = (
    "Querido donante, no sé cómo darte las gracias por lo que hiciste por mí. Hace dos años estaba "
    "muy enfermo y ahora puedo jugar otra vez con mis hijos."
)
POLISH = (
    "Drogi dawco, nie wiem, jak mam Ci podziękować za to, co dla mnie zrobiłeś. Dwa lata temu "
    "byłem bardzo chory, a teraz znowu mogę bawić się z dziećmi."
)
FRENCH = (
    "Cher donneur, je ne sais pas comment vous remercier pour ce que vous avez fait. Il y a deux "
    "ans j'étais très malade et maintenant je peux de nouveau jouer avec mes enfants."
)
DUTCH = (
    "Lieve donor, ik weet niet hoe ik je moet bedanken voor wat je voor mij hebt gedaan. Twee jaar "
    "geleden was ik erg ziek en nu kan ik weer met mijn kinderen spelen."
)
ITALIAN = (
    "Caro donatore, non so come ringraziarti per quello che hai fatto per me. Due anni fa ero "
    "molto malato e adesso posso di nuovo giocare con i miei figli."
)
PORTUGUESE = (
    "Querido doador, não sei como agradecer o que fez por mim. Há dois anos eu estava muito doente "
    "e agora posso outra vez brincar com os meus filhos."
)
TURKISH = (
    "Sevgili bağışçım, benim için yaptıkların için sana nasıl teşekkür edeceğimi bilmiyorum. İki "
    "yıl önce çok hastaydım ve şimdi yine çocuklarımla oynayabiliyorum."
)
CZECH = (
    "Milý dárce, nevím, jak ti mám poděkovat za všechno, co jsi pro mě udělal. Před dvěma lety "
    "jsem byl velmi nemocný a dnes si zase můžu hrát se svými dětmi."
)
RUSSIAN = (
    "Дорогой донор, я не знаю, как благодарить тебя за всё, что ты сделал для меня. Два года назад "
    "я был очень болен, а теперь снова играю со своими детьми."
)
MODELS = frozenset({"en"})


_GATE = LanguageGate.load(load_words("function_words"))


@pytest.fixture(scope="module")
def gate(pipeline: Pipeline) -> LanguageGate:
    """The gate as it is shipped."""
    return pipeline.gate


def hold_code(gate: LanguageGate, text: str, *required: str) -> str | None:
    """The code of the hold for a letter, or None when it may go on."""
    hold = language_hold(gate.judge(text, required), MODELS)
    return None if hold is None else hold.code


def _without_places(verdict: LanguageVerdict) -> LanguageVerdict:
    """The verdict with every passage at the same place."""
    passages = (replace(one, span=Span(start=0, end=1)) for one in verdict.passages)
    return replace(verdict, passages=tuple(passages))


@pytest.mark.parametrize(
    ("text", "abroad", "domestic"),
    [
        (ENGLISH, None, None),
        (GERMAN, "wrong_language", "no_model"),
        (SPANISH, "wrong_language", "no_model"),
        (POLISH, "wrong_language", "no_model"),
        (FRENCH, "wrong_language", "no_model"),
        (DUTCH, "wrong_language", "no_model"),
        (ITALIAN, "wrong_language", "no_model"),
        (PORTUGUESE, "wrong_language", "no_model"),
        (TURKISH, "wrong_language", "no_model"),
        (CZECH, "wrong_language", "no_model"),
        (RUSSIAN, "wrong_language", "no_model"),
        (f"{ENGLISH} {GERMAN}", "wrong_language", "no_model"),
        (f"{GERMAN}\n{ENGLISH}", "wrong_language", "no_model"),
        (f"{GERMAN}\n\n{GERMAN}\n\n{ENGLISH}", "wrong_language", "no_model"),
        ("Danke.", "undecided", "undecided"),
        ("Love, Anna", "undecided", "undecided"),
        ("", "undecided", "undecided"),
        ("1 2 3 4 5 6 7 8 9", "undecided", "undecided"),
        ("\U0001f600 \U0001f389 \u2764", "undecided", "undecided"),
    ],
    ids=[
        "English",
        "German",
        "Spanish",
        "Polish",
        "French",
        "Dutch",
        "Italian",
        "Portuguese",
        "Turkish",
        "Czech, without a list of small words",
        "Russian, in another script",
        "half German",
        "half German, which begins",
        "more German than English",
        "one word",
        "closing only",
        "nothing",
        "numbers",
        "emoji",
    ],
)
def test_a_letter_is_admitted_or_held(
    gate: LanguageGate, text: str, abroad: str | None, domestic: str | None
) -> None:
    """Abroad only English goes on; at home only what we have a model for."""
    assert hold_code(gate, text, "en") == abroad
    assert hold_code(gate, text) == domestic


def test_a_letter_half_in_german_shows_its_german_passage(gate: LanguageGate) -> None:
    """The proofreader sees which passage needs a translator."""
    verdict = gate.judge(f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}", ("en",))
    (foreign,) = foreign_passages(verdict)
    assert foreign.code == "de"
    assert (foreign.span.start, foreign.span.end) == (
        len(ENGLISH) + 2,
        len(ENGLISH) + 2 + len(GERMAN),
    )


def test_a_letter_mostly_in_german_is_not_admitted_by_an_english_beginning(
    gate: LanguageGate,
) -> None:
    """More than half of its words stand in passages that are not English."""
    verdict = gate.judge(f"{ENGLISH}\n\n{GERMAN}\n\n{SPANISH}", ("en",))
    assert not verdict.admitted


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        GERMAN,
        SPANISH,
        "Hello my dear friend Giovanni",
        "Grazie mille caro amico mio bello",
    ],
)
def test_the_answer_is_the_same_each_time(gate: LanguageGate, text: str) -> None:
    """Twenty repetitions: langdetect alone would change its mind."""
    verdicts = {repr(gate.judge(text, ("en",))) for _ in range(20)}
    assert len(verdicts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Dear donor, my name is Krzysztof Wawrzyniak from Szczebrzeszyn and I am so grateful.",
        "THANK YOU SO MUCH FOR ALL THAT YOU DID FOR ME AND MY FAMILY",
        "hi there i just want to say thank you for my life and i hope you are well",
        "Dear donor, saludos from the south! I am well and I think of you with all my heart.",
    ],
)
def test_names_and_style_do_not_make_a_letter_foreign(gate: LanguageGate, text: str) -> None:
    """English letters with foreign names, capitals only, or a foreign word."""
    assert hold_code(gate, text, "en") is None


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((ENGLISH, "Liebe Grüße und alles Gute aus dem Norden!", ""), "de"),
        (("", "Liebe Spenderin, lieber Spender,", ENGLISH), "de"),
        ((ENGLISH, "Ich wünsche Dir von Herzen alles Gute und viel Gesundheit.", ENGLISH), "de"),
        ((ENGLISH, "Daß Du mir geholfen hast, werde ich nie vergessen.", ENGLISH), "de"),
        ((ENGLISH, "Życzę Ci dużo zdrowia i dobrych ludzi wokół.", ENGLISH), "pl"),
        ((ENGLISH, "Je vous embrasse de tout mon cœur.", ENGLISH), "fr"),
    ],
    ids=["greeting", "salutation", "sentence", "old spelling", "Polish", "French"],
)
@pytest.mark.parametrize("blank", [" ", "\n", "\n\n"])
def test_a_foreign_greeting_or_sentence_is_pointed_at_to_the_letter(
    gate: LanguageGate, parts: tuple[str, str, str], code: str, blank: str
) -> None:
    """Wherever it stands, also amid a paragraph; the letter goes on, the passage is shown."""
    text = blank.join(one for one in parts if one)
    verdict = gate.judge(text, ("en",))
    (passage,) = foreign_passages(verdict)
    assert text[passage.span.start : passage.span.end] == parts[1]
    assert passage.code == code
    assert language_hold(verdict, MODELS) is None


def test_a_passage_after_a_hidden_character_is_marked_in_the_letter(pipeline: Pipeline) -> None:
    """Spans count the code points of the letter, not of the view that was judged."""
    text = f"Dear\u200b\u200b donor,\n{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}\n\n{ENGLISH}"
    draft = pipeline.draft(Letter.from_text("1", text))
    (flag,) = [one for one in draft.flags if one.kind is ContentFlagKind.FOREIGN_PASSAGE]
    assert flag.span is not None
    assert text[flag.span.start : flag.span.end] == GERMAN
    view = detection_view(text)
    verdict = pipeline.gate.judge(view.text, ("en",))
    assert draft.language == verdict_on_letter(verdict, view)


def test_passages_follow_each_other_and_never_overlap(gate: LanguageGate) -> None:
    """Each names one language."""
    text = f"{ENGLISH} {GERMAN} {SPANISH}\n{POLISH}\n\n{ENGLISH}"
    passages = gate.judge(text, ("en",)).passages
    assert [one.code for one in passages] == ["en", "de", "es", "pl", "en"]
    spans = [one.span for one in passages]
    assert all(one.end <= two.start for one, two in pairwise(spans))


def test_nothing_is_marked_where_everything_is_foreign(gate: LanguageGate) -> None:
    """The hold says it already."""
    assert foreign_passages(gate.judge(GERMAN, ("en",))) == ()


def test_every_admitted_language_goes_on_and_only_those(gate: LanguageGate) -> None:
    """A domestic pair with two languages; a third is pointed at as soon as it is there."""
    both, models = ("en", "de"), frozenset({"en", "de"})
    for text in (ENGLISH, GERMAN, f"{ENGLISH}\n\n{GERMAN}"):
        verdict = gate.judge(text, both)
        assert verdict.admitted
        assert language_hold(verdict, models) is None
        assert foreign_passages(verdict) == ()
    hold = language_hold(gate.judge(POLISH, both), models)
    assert hold is not None
    assert hold.reason == "The letter must be in English or German. It seems to be in Polish."
    mixed = gate.judge(f"{GERMAN} {ENGLISH} {GERMAN} {POLISH}", both)
    assert [one.code for one in foreign_passages(mixed)] == ["pl"]


def test_a_part_that_no_model_can_search_holds_a_domestic_letter(gate: LanguageGate) -> None:
    """Admitted is not searched: half of the letter would go on unread."""
    verdict = gate.judge(f"{ENGLISH}\n\n{GERMAN}", ("en", "de"))
    hold = language_hold(verdict, MODELS)
    assert hold is not None
    assert hold.code == "no_model"
    assert "German" in hold.reason


@pytest.mark.parametrize(
    "names",
    [
        "Małgorzata Wiśniewska, Szczebrzeszyn, Włodzimierz Przybyszewski and Łucja",
        "Jan van der Meer, Willem de Boer, Anneke van den Berg and Joost",
        "Hans-Jürgen von der Heide, Käthe zu Dohna and Friedrich Müller",
        "María de la Cruz, José de los Ríos and Pilar del Olmo",
        "Çağla Yıldırım, Gülşen Öztürk and İbrahim from Eskişehir",
    ],
)
def test_a_list_of_foreign_names_is_not_a_foreign_passage(gate: LanguageGate, names: str) -> None:
    """The letter goes on, and nothing in it is marked."""
    verdict = gate.judge(f"{ENGLISH} With me are {names}. {ENGLISH}", ("en",))
    assert language_hold(verdict, MODELS) is None
    assert foreign_passages(verdict) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Anna Kowalska Jan Nowak Piotr Zieliński Warszawa Kraków Gdańsk",
        "Danke schön für alles",
        "anna.kowalska@poczta.example www.die-und-der.example/ist/nicht/das/ich/und/wir",
    ],
    ids=["names", "few words", "addresses"],
)
def test_what_has_no_sentence_is_undecided(gate: LanguageGate, text: str) -> None:
    """Names, addresses and three words of thanks tell no language: a person looks."""
    assert hold_code(gate, text, "en") == "undecided"


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(st.sampled_from([ENGLISH, GERMAN, SPANISH, POLISH]), min_size=1, max_size=4),
    blanks=st.lists(st.sampled_from(["  ", "\n", "\t ", "\u00a0", " \n "]), min_size=1, max_size=5),
)
def test_white_space_does_not_change_the_verdict(parts: list[str], blanks: list[str]) -> None:
    """Lines broken anywhere, indents and double blanks: only the places of passages move."""
    text = " ".join(parts)
    words = text.split(" ")
    spread = "".join(word + blanks[at % len(blanks)] for at, word in enumerate(words))
    plain, wide = (_GATE.judge(one, ("en",)) for one in (text, spread))
    assert _without_places(plain) == _without_places(wide)
    told = [" ".join(spread[one.span.start : one.span.end].split()) for one in wide.passages]
    assert told == [text[one.span.start : one.span.end] for one in plain.passages]


def test_the_verdict_is_the_same_whatever_the_hash_seed() -> None:
    """Three processes, each with its own order of sets."""
    program = (
        "import sys\n"
        "from anonymizer.language import LanguageGate\n"
        "from anonymizer.rulebook import load_words\n"
        "gate = LanguageGate.load(load_words('function_words'))\n"
        "print([gate.judge(one, ('en',)) for one in sys.argv[1:]])\n"
    )
    texts = [
        ENGLISH,
        f"{ENGLISH} {GERMAN}",
        CZECH,
        "Danke dir, my friend",
        f"{SPANISH} {PORTUGUESE}",
    ]
    told = {
        subprocess.run(
            [sys.executable, "-c", program, *texts],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1
    assert told == {f"{[_GATE.judge(one, ('en',)) for one in texts]}\n"}


@pytest.mark.parametrize(
    ("writer", "reader", "language", "required"),
    [
        ("DE", "US", None, ("en",)),
        ("DE", "DE", None, ("de", "en")),
        ("CA", "CA", None, ("en", "fr")),
        ("XX", "XX", None, ()),
        (None, None, None, ("en",)),
        ("DE", None, None, ("en",)),
        (None, "DE", None, ("en",)),
        ("DE", "US", "de", ("de",)),
        ("DE", "DE", "EN", ("en",)),
    ],
)
def test_english_is_required_unless_both_sides_are_at_home(
    writer: str | None, reader: str | None, language: str | None, required: tuple[str, ...]
) -> None:
    """A country that is not known counts as abroad; the caller may ask for a language."""
    routing = Routing(donor_number=None, writer_country=writer, reader_country=reader)
    rule = rule_of_letter(load_exchange_rules(), routing)
    assert required_languages(routing, Circumstances(language=language), rule) == required


def test_the_reason_names_both_languages(gate: LanguageGate) -> None:
    """In words: the coordinator knows what to ask for, and reads nothing of the letter."""
    hold = language_hold(gate.judge(GERMAN, ("en",)), MODELS)
    assert hold is not None
    assert hold.reason == "The letter must be in English. It seems to be in German."
