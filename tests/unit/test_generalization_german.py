"""German words for what is made less exact: they fit the sentence and say no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.generalization import GENERALIZERS
from anonymizer.model import EntityKind, Finding, Span


def general(sentence: str, kind: EntityKind) -> str:
    """The sentence with the passage between bars made less exact."""
    before, found, after = sentence.split("|")
    text = before + found + after
    span = Span(start=len(before), end=len(before) + len(found))
    finding = Finding(span=span, kind=kind, score=1.0, recognizer="test")
    words = GENERALIZERS["age_de" if kind is EntityKind.AGE else "date_de"](text, finding)
    return f"{before}{words}{after}"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ich bin |34 Jahre alt|.", "Ich bin [über dreißig]."),
        ("Ich bin |siebenundvierzig|, und", "Ich bin [über vierzig], und"),
        ("mein |7-jähriger| Sohn", "mein [kleiner] Sohn"),
        ("meine |vierjährige| Tochter", "meine [kleine] Tochter"),
        ("meinem |sechzehnjährigen| Bruder", "meinem [jugendlichen] Bruder"),
        ("eine |80-jährige| Frau", "eine [erwachsene] Frau"),
        ("Er ist |fünf Jahre alt|.", "Er ist [noch ein Kind]."),
        ("Sie war |fünfzehn|.", "Sie war [im Teenageralter]."),
        ("Sie ist |acht Monate alt|.", "Sie ist [ein Baby]."),
        ("an meinem |40.| Geburtstag", "an meinem [runden] Geburtstag"),
        ("zum |elften| Geburtstag", "zum [letzten] Geburtstag"),
    ],
)
def test_an_age_becomes_a_decade_that_reads_on(sentence: str, expected: str) -> None:
    """Adjectives keep their endings."""
    assert general(sentence, EntityKind.AGE) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Am |3. Mai 2021| kam der Anruf.", "Am [Frühlingstag] kam der Anruf."),
        ("im |Oktober 2022| lief ich", "im [Herbst] lief ich"),
        ("den |24.12.2020|", "den [Wintertag]"),
        ("|2021-07-05|", "[Sommer]"),
        ("im |Jänner 2019|", "im [Winter]"),
        ("seit |1988|", "seit None"),
    ],
)
def test_a_date_becomes_a_season(sentence: str, expected: str) -> None:
    """A year alone has no season: the plain placeholder stands in."""
    assert general(sentence, EntityKind.DATE) == expected


@given(age=st.integers(min_value=1, max_value=124), form=st.sampled_from(["{}", "{} Jahre alt"]))
def test_no_age_is_told_exactly(age: int, form: str) -> None:
    """Whatever the number, its digits are gone."""
    said = general(f"Ich bin |{form.format(age)}|.", EntityKind.AGE)
    assert str(age) not in said
