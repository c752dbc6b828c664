"""What writers are told: texts as data, filled in with kinds and counts, checked before use."""

from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.model import ContentFlagKind, EntityKind, Replacement, Span
from anonymizer.notices import (
    RETURN_KINDS,
    BadNotices,
    NoticeFacts,
    NoticeKind,
    NoticeTemplates,
    changed_kinds,
    load_notice_templates,
    write_notice,
)
from anonymizer.rulecheck import check_rulebook
from tests.factories import START

NO_FACTS = NoticeFacts()


@pytest.fixture(scope="module")
def templates() -> NoticeTemplates:
    """The packaged ones."""
    return load_notice_templates()


def site(folder: Path, content: str, *, language: str = "en") -> Path:
    """A site's rules folder with texts of its own."""
    notices = folder / "templates" / "notices"
    notices.mkdir(parents=True)
    (notices / f"{language}.toml").write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_is_there_in_both_languages(
    templates: NoticeTemplates, kind: NoticeKind, language: str
) -> None:
    """Greeting, reason and good wishes, with no placeholder left."""
    text = write_notice(templates, kind, language, NO_FACTS)
    assert len(text) > 150
    assert "$" not in text
    assert text == text.strip() + "\n"
    assert text.startswith("Dear writer," if language == "en" else "Guten Tag,")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_no_notice_speaks_of_the_other_sides_health_or_wish(
    templates: NoticeTemplates, kind: NoticeKind, language: str
) -> None:
    """Nobody learns from a notice that the other side refused, is ill or has died."""
    text = write_notice(templates, kind, language, NO_FACTS).casefold()
    telling = "declined refused died death dead ill sick verstorben gestorben abgelehnt krank tot"
    assert not set(telling.split()) & set("".join(c if c.isalpha() else " " for c in text).split())


def test_what_was_changed_is_told_in_kind_and_number(templates: NoticeTemplates) -> None:
    """Kinds that people call the same are one; the order is fixed."""
    changed = {EntityKind.PLACE: 1, EntityKind.PERSON: 1, EntityKind.INITIALS: 1}
    facts = NoticeFacts(changed=changed)
    english = write_notice(templates, NoticeKind.PASSED_ON, "en", facts)
    assert "these were taken out or said less exactly: two names and a place." in english
    german = write_notice(templates, NoticeKind.PASSED_ON, "de", facts)
    assert "zwei Namen und ein Ort." in german


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Nothing in it had to be changed."),
        ({EntityKind.DATE: 0}, "Nothing in it had to be changed."),
        ({EntityKind.DATE: 1}, "this was taken out or said less exactly: a date."),
        ({EntityKind.DATE: 10}, "these were taken out or said less exactly: ten dates."),
        ({EntityKind.DATE: 11}, "these were taken out or said less exactly: 11 dates."),
        (
            {EntityKind.DATE: 1, EntityKind.AGE: 2, EntityKind.PLACE: 1},
            "a place, a date and two ages.",
        ),
    ],
)
def test_counts_are_put_into_a_sentence(
    templates: NoticeTemplates, changed: dict[EntityKind, int], words: str
) -> None:
    """None, one, many, more than there are words for, several kinds."""
    text = write_notice(templates, NoticeKind.PASSED_ON, "en", NoticeFacts(changed=changed))
    assert words in text


def test_a_name_that_stands_twice_is_one_name() -> None:
    """In whatever case it is written; another name is another."""
    span = Span(start=0, end=4)
    replacements = [
        Replacement(source=span, target=span, original=name, replacement="x", kind=kind)
        for name, kind in [
            ("Anna", EntityKind.PERSON),
            ("ANNA", EntityKind.PERSON),
            ("Ben", EntityKind.PERSON),
            ("Ulm", EntityKind.PLACE),
        ]
    ]
    assert changed_kinds(replacements) == {EntityKind.PERSON: 2, EntityKind.PLACE: 1}


def test_the_reason_for_the_content_names_kinds_only(templates: NoticeTemplates) -> None:
    """What was pointed out and may be told; distress is not told to the person who writes of it."""
    facts = NoticeFacts(
        flags=(ContentFlagKind.MONEY, ContentFlagKind.DISTRESS, ContentFlagKind.WISH_TO_MEET)
    )
    text = write_notice(templates, NoticeKind.RETURNED_CONTENT, "en", facts)
    assert "it speaks of money; it asks for a meeting" in text
    assert "distress" not in text
    other = NoticeFacts(flags=(ContentFlagKind.DISTRESS,))
    assert "something that we may not pass on" in write_notice(
        templates, NoticeKind.RETURNED_CONTENT, "en", other
    )


def test_the_language_asked_for_is_named_in_the_writers_language(
    templates: NoticeTemplates,
) -> None:
    """One that the texts have no word for keeps its English name."""
    facts = NoticeFacts(languages=("en", "sv"))
    german = write_notice(templates, NoticeKind.RETURNED_LANGUAGE, "de", facts)
    assert "Englisch, Swedish" in german


@pytest.mark.parametrize(
    ("codes", "language"),
    [(("de", "en"), "de"), ((None, "de"), "de"), (("pl", "de"), "de"), (("pl",), "en"), ((), "en")],
)
def test_a_writer_is_told_in_a_language_that_there_is(
    templates: NoticeTemplates, codes: tuple[str | None, ...], language: str
) -> None:
    """The first of the writer's, else English."""
    assert templates.language_for(*codes) == language


def test_a_site_replaces_single_texts(templates: NoticeTemplates, tmp_path: Path) -> None:
    """The other texts stay ours, and the digest tells both apart."""
    own = (
        '[texts]\npassed_on = "It left. $changes 5 $$."\n'
        '[changes.kinds]\nDATE = ["a day", "$count days"]\n'
    )
    changed = load_notice_templates(site_folder=site(tmp_path, own))
    facts = NoticeFacts(changed={EntityKind.DATE: 2, EntityKind.PERSON: 1})
    assert "a name and two days. 5 $." in write_notice(changed, NoticeKind.PASSED_ON, "en", facts)
    for kind in RETURN_KINDS:
        ours = write_notice(templates, kind, "en", facts)
        assert write_notice(changed, kind, "en", facts) == ours
    assert changed.digest != templates.digest


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('[texts]\npassed_on = "$chnages"', r"\[texts\] passed_on: unknown placeholder \$chnages"),
        ('[texts]\nreceived = "$changes"', "here may stand no placeholder"),
        ('[texts]\nreceived = "costs 5 $"', r"for a dollar sign write \$\$"),
        ('[texts]\nrecieved = "x"', "unknown key 'recieved'"),
        ('[texts]\nreceived = ""', "received is not a text in quotes"),
        ("[texts]\nreceived = 5", "received is not a text in quotes"),
        ('[text]\nreceived = "x"', r"unknown entry 'text'; known are \[texts\]"),
        ('texts = "x"', "unknown entry 'texts'"),
        ('[changes]\nnumbers = "two"', "numbers is not a list of words"),
        ('[changes]\nsome = "x"', "unknown key 'some'"),
        ('[changes]\nkinds = "x"', r"\[changes.kinds\] is not a table"),
        ('[changes.kinds]\nPERSONS = ["a", "b"]', "unknown kind 'PERSONS'"),
        ('[changes.kinds]\nDATE = ["a"]', "DATE is not a pair"),
        ('[changes.kinds]\nDATE = ["a", "$number dates"]', r"unknown placeholder \$number"),
        ('[content]\nmony = "x"', "unknown key 'mony'"),
        ('[languages]\nxx = "X"', "unknown key 'xx'"),
        ("[texts", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, content: str, problem: str) -> None:
    """And nothing of the file is used."""
    with pytest.raises(BadNotices, match=problem) as refused:
        load_notice_templates(site_folder=site(tmp_path, content))
    assert all("templates/notices/en.toml" in one for one in refused.value.problems)
    assert isinstance(refused.value, RulesError)


def test_a_file_of_a_new_language_has_to_be_complete(tmp_path: Path) -> None:
    """Half a language would leave a writer without an answer."""
    with pytest.raises(BadNotices) as refused:
        load_notice_templates(site_folder=site(tmp_path, "[texts]\n", language="fr"))
    assert any("[texts] received is missing" in one for one in refused.value.problems)
    assert any("no words for PERSON" in one for one in refused.value.problems)


def test_a_file_that_is_no_language_or_no_text_is_refused(tmp_path: Path) -> None:
    """The name of the file is the code of the language."""
    folder = site(tmp_path, "", language="deutsch")
    with pytest.raises(BadNotices, match="'deutsch' is no language"):
        load_notice_templates(site_folder=folder)
    (folder / "templates/notices/deutsch.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadNotices, match="save it as UTF-8"):
        load_notice_templates(site_folder=folder)


def test_the_check_of_rules_covers_the_texts(tmp_path: Path) -> None:
    """It counts them when they are right and names each mistake when they are not."""
    assert "texts for writers in de, en" in check_rulebook(None, today=START.date()).sentence
    folder = site(tmp_path, '[texts]\nreceived = "$changes"')
    found = check_rulebook(folder, today=START.date())
    assert any("received" in problem for problem in found.problems)
