"""What a writer is told is made of kinds and counts: no letter can show through."""

import itertools
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from string import Template

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import corpus
from anonymizer.exchange.codes import LANGUAGE_CODES
from anonymizer.model import ContentFlagKind, EntityKind, IdentifierClass, Replacement, Span
from anonymizer.notices import (
    RETURN_KINDS,
    BadNotices,
    NoticeFacts,
    NoticeKind,
    changed_kinds,
    load_notice_templates,
    write_notice,
)
from anonymizer.rulebook import load_rulebook
from corpus.gold import GoldLetter, load_letters

TEMPLATES = load_notice_templates()
LANGUAGES = sorted(TEMPLATES.by_language)
#: So many words in a row are no chance.
RUN = 7
WORD = r"[^\W_]+"
#: What may stand where; everywhere else no placeholder may.
PLACEHOLDERS = {
    NoticeKind.PASSED_ON: {"changes"},
    NoticeKind.RETURNED_LANGUAGE: {"language"},
    NoticeKind.RETURNED_CONTENT: {"content"},
}

kinds = st.sampled_from(NoticeKind)
languages = st.sampled_from(LANGUAGES)
facts = st.builds(
    NoticeFacts,
    changed=st.dictionaries(st.sampled_from(EntityKind), st.integers(0, 40)),
    flags=st.lists(st.sampled_from(ContentFlagKind), max_size=6).map(tuple),
    languages=st.lists(st.sampled_from(sorted(LANGUAGE_CODES)), min_size=1, max_size=3).map(tuple),
)
#: Kinds in the order of a letter; each with two different things that were taken out.
taken_out = st.lists(
    st.tuples(
        st.sampled_from(EntityKind),
        st.text(alphabet="abcXYZ äß", min_size=1, max_size=12),
        st.text(alphabet="mnoPQR éø", min_size=1, max_size=12),
    ),
    max_size=8,
)


def replacement(kind: EntityKind, original: str) -> Replacement:
    """Something that was taken out of a letter."""
    span = Span(start=0, end=1)
    return Replacement(source=span, target=span, original=original, replacement="x", kind=kind)


def words_of(text: str) -> list[str]:
    """The words, in small letters."""
    return re.findall(WORD, text.casefold())


def spaced(text: str) -> str:
    """The words as they are written, with one blank around each."""
    return f" {' '.join(re.findall(WORD, text))} "


def runs(words: list[str]) -> set[tuple[str, ...]]:
    """Every run of `RUN` words."""
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def every_notice(told: NoticeFacts) -> Iterable[str]:
    """Each kind in each language."""
    for kind, language in itertools.product(NoticeKind, LANGUAGES):
        yield write_notice(TEMPLATES, kind, language, told)


def gold_letters() -> list[GoldLetter]:
    """The marked letters of the corpus that anybody may look at."""
    gold = Path(corpus.__file__).parent / "gold"
    folders = [*sorted(gold.glob("*/dev")), *sorted(gold.glob("*/sample"))]
    return [letter for folder in folders for letter in load_letters(folder)]


@given(kind=kinds, language=languages, told=facts)
def test_no_notice_has_a_hole(kind: NoticeKind, language: str, told: NoticeFacts) -> None:
    """Whatever is told: no placeholder, no empty place, no word of the program."""
    text = write_notice(TEMPLATES, kind, language, told)
    assert not re.search(r"[${}\[\]<>_\\]", text)
    assert not re.search(r"  |\s[.,;:]|[,;:]\s*[.]|\(\s*\)|\bNone\b", text)
    assert text == text.strip() + "\n"
    assert text.count("\n\n") >= 2
    assert not any(code.value in text for code in (*NoticeKind, *EntityKind) if "_" in code)


@given(kind=kinds, language=languages, told=facts)
def test_a_notice_is_made_of_the_words_of_the_templates(
    kind: NoticeKind, language: str, told: NoticeFacts
) -> None:
    """And of numbers and names of languages; nothing else can come in."""
    texts = TEMPLATES.by_language[language]
    pairs = [word for pair in texts.kinds.values() for word in pair]
    rest = [*texts.changes.values(), *texts.numbers, *pairs, *texts.content.values()]
    allowed = set(words_of(" ".join([texts.texts[kind], *rest])))
    text = write_notice(TEMPLATES, kind, language, told)
    strange = {word for word in words_of(text) if word not in allowed and not word.isdigit()}
    named = write_notice(TEMPLATES, NoticeKind.RETURNED_LANGUAGE, language, told)
    assert strange <= (set(words_of(named)) if kind is NoticeKind.RETURNED_LANGUAGE else set())


@given(taken_out, languages)
def test_two_letters_with_the_same_kinds_get_the_same_notice(
    taken: list[tuple[EntityKind, str, str]], language: str
) -> None:
    """What stood in the letter makes no difference, only how many things of which kind."""
    one = {(kind, first.casefold()) for kind, first, _ in taken}
    other = {(kind, second.casefold()) for kind, _, second in taken}
    assume(len(one) == len(other) == len(taken))
    told = [
        NoticeFacts(changed=changed_kinds(replacement(kind, words[side]) for kind, *words in taken))
        for side in (0, 1)
    ]
    written = [write_notice(TEMPLATES, NoticeKind.PASSED_ON, language, each) for each in told]
    assert written[0] == written[1]
    counted = sum(told[0].changed.values())
    assert counted == len(taken)


@pytest.mark.parametrize("letter", gold_letters(), ids=lambda letter: letter.name)
def test_no_notice_repeats_a_letter_or_what_is_known(letter: GoldLetter) -> None:
    """No name, place or number of any letter of the corpus, and no run of its words."""
    rulings = load_rulebook().policy.rulings
    direct = {
        letter.text[mark.span.start : mark.span.end]
        for mark in letter.marks
        if rulings[mark.kind].identifier_class is IdentifierClass.DIRECT
    }
    secret = {*direct, *(known.value for known in letter.known)} | {letter.donor_number or "0" * 9}
    replaced = [
        replacement(mark.kind, letter.text[mark.span.start : mark.span.end])
        for mark in letter.marks
    ]
    told = NoticeFacts(changed=changed_kinds(replaced), flags=tuple(ContentFlagKind))
    written = words_of(letter.text)
    for text in every_notice(told):
        assert not [words for words in secret if spaced(words) in spaced(text)], letter.name
        assert not runs(words_of(text)) & runs(written), letter.name


@given(kind=kinds, language=languages, name=st.from_regex(r"[a-z][a-z_]{2,11}", fullmatch=True))
def test_an_unknown_placeholder_names_file_entry_and_what_may_stand_there(
    tmp_path_factory: pytest.TempPathFactory, kind: NoticeKind, language: str, name: str
) -> None:
    """In every text of every language; nothing of the file is used."""
    allowed = PLACEHOLDERS.get(kind, set())
    assume(name not in allowed)
    folder = tmp_path_factory.mktemp("rules")
    notices = folder / "templates" / "notices"
    notices.mkdir(parents=True)
    (notices / f"{language}.toml").write_text(f'[texts]\n{kind} = "Dear ${name}"\n', "utf-8")
    with pytest.raises(BadNotices) as refused:
        load_notice_templates(site_folder=folder)
    (problem,) = refused.value.problems
    may = f"${min(allowed)}" if allowed else "no placeholder"
    assert problem == (
        f"{folder.name}/templates/notices/{language}.toml: [texts] {kind}: "
        f"unknown placeholder ${name}; here may stand {may}"
    )
    assert load_notice_templates().digest == TEMPLATES.digest


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_stand_in_a_text_stands_in_ours(language: str) -> None:
    """A placeholder that a text leaves out would leave its writer without the reason."""
    for kind, text in TEMPLATES.by_language[language].texts.items():
        assert set(Template(text).get_identifiers()) == PLACEHOLDERS.get(kind, set()), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_can_be_left_out_by_a_site(language: str, tmp_path: Path) -> None:
    """A site's file with one text of its own keeps all the others."""
    notices = tmp_path / "templates" / "notices"
    notices.mkdir(parents=True)
    for kind in NoticeKind:
        (notices / f"{language}.toml").write_text(f'[texts]\n{kind} = "Only this."\n', "utf-8")
        changed = load_notice_templates(site_folder=tmp_path)
        differ = {
            other
            for other in NoticeKind
            if changed.by_language[language].texts[other]
            != TEMPLATES.by_language[language].texts[other]
        }
        assert differ == {kind}


def test_languages_have_the_same_entries() -> None:
    """What is told in one language can be told in each."""
    tables = [
        tomllib.loads(path.read_text("utf-8"))
        for path in sorted((Path(corpus.__file__).parents[1] / "rules/templates/notices").iterdir())
        if path.suffix == ".toml"
    ]
    assert len(tables) == len(LANGUAGES)
    for section in ("texts", "changes", "content"):
        assert len({frozenset(table[section]) for table in tables}) == 1, section
    assert set(RETURN_KINDS) == {kind for kind in NoticeKind if kind.startswith("returned")}
