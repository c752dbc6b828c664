"""Dutch, French, Polish and Spanish words for what is made less exact: they fit their sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.generalization import GENERALIZERS
from anonymizer.model import EntityKind, Finding, Span

LANGUAGES = ("nl", "fr", "pl", "es")
AGES = {"nl": "{} jaar", "fr": "{} ans", "pl": "{} lat", "es": "{} años"}


def general(language: str, name: str, sentence: str) -> str:
    """The sentence with the passage between bars made less exact."""
    before, found, after = sentence.split("|")
    text = before + found + after
    span = Span(start=len(before), end=len(before) + len(found))
    kind = EntityKind.AGE if name == "age" else EntityKind.DATE
    finding = Finding(span=span, kind=kind, score=1.0, recognizer="test")
    return f"{before}{GENERALIZERS[f'{name}_{language}'](text, finding)}{after}"


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("nl", "Ik ben |68 jaar|.", "Ik ben [in de zestig]."),
        ("nl", "een bomma van |zevenenveertig jaar|", "een bomma van [in de veertig]"),
        ("nl", "mijn |zesjarige| zoon", "mijn [jonge] zoon"),
        ("nl", "een |80-jarige| vrouw", "een [volwassen] vrouw"),
        ("nl", "Ze is |4 jaar| en", "Ze is [nog een kind] en"),
        ("nl", "een meisje van |4 jaar|", "een meisje van [jonge leeftijd]"),
        ("nl", "toen ik |vijftien| was", "toen ik [een tiener] was"),
        ("nl", "mijn |40e| verjaardag", "mijn [ronde] verjaardag"),
        ("nl", "ze is |80| geworden", "ze is [een jaar ouder] geworden"),
        ("nl", "een baby van |acht maanden|", "een baby van [enkele maanden]"),
        ("fr", "J'ai |soixante-douze ans| et", "J'ai [soixante-dix ans passés] et"),
        ("fr", "à |34 ans|", "à [trente ans passés]"),
        ("fr", "âgé de |quatre-vingt-dix-huit ans|", "âgé de [quatre-vingt-dix ans passés]"),
        ("fr", "à |dix-neuf ans|", "à [moins de vingt ans]"),
        ("fr", "Léa a |six ans|.", "Léa a [moins de treize ans]."),
        ("fr", "j'ai |septante-deux ans|", "j'ai [soixante-dix ans passés]"),
        ("fr", "Il a eu |quinze mois|", "Il a eu [quelques mois]"),
        ("fr", "mon |40e| anniversaire", "mon [grand] anniversaire"),
        ("pl", "mam |69 lat| i", "mam [sześćdziesiąt kilka lat] i"),
        ("pl", "w wieku |34 lat|", "w wieku [trzydziestu kilku lat]"),
        ("pl", "mam |czterdzieści dwa lata|", "mam [czterdzieści kilka lat]"),
        ("pl", "Zosia ma |6 lat|", "Zosia ma [kilka lat]"),
        ("pl", "w wieku |siedmiu lat|", "w wieku [kilku lat]"),
        ("pl", "ma |piętnaście lat|", "ma [kilkanaście lat]"),
        ("pl", "mojego |7-letniego| syna", "mojego [kilkuletniego] syna"),
        ("pl", "moja |sześcioletnia| córka", "moja [kilkuletnia] córka"),
        ("pl", "z |szesnastoletnią| córką", "z [kilkunastoletnią] córką"),
        ("pl", "|80-letnia| kobieta", "[dorosła] kobieta"),
        ("pl", "|80-letni| pan", "[dorosły] pan"),
        ("pl", "na |40.| urodziny", "na [okrągłe] urodziny"),
        ("pl", "ma |osiem miesięcy|", "ma [kilka miesięcy]"),
        ("es", "Tengo |setenta y un años|", "Tengo [setenta y tantos años]"),
        ("es", "a los |26 años|", "a los [veintitantos años]"),
        ("es", "tiene |8 años|", "tiene [pocos años]"),
        ("es", "a los |dieciséis años|", "a los [pocos años]"),
        ("es", "tiene |dieciséis años|", "tiene [menos de veinte años]"),
        ("es", "mi |40| cumpleaños", "mi [último] cumpleaños"),
        ("es", "un bebé de |nueve meses|", "un bebé de [pocos meses]"),
    ],
)
def test_an_age_becomes_a_decade_that_reads_on(language: str, sentence: str, expected: str) -> None:
    """Case, ending and preposition are those of the sentence."""
    assert general(language, "age", sentence) == expected


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("nl", "Op |14 februari 2023| kreeg", "Op [een winterdag] kreeg"),
        ("nl", "op |maandag 7 juli|", "op [een zomerdag]"),
        ("nl", "in |oktober 2022|", "in [de herfst]"),
        ("nl", "de |3e mei|", "de [lentedag]"),
        ("fr", "le |9 mai 2024|", "le [jour de printemps]"),
        ("fr", "le |mardi 12 janvier 2021|", "le [jour d'hiver]"),
        ("fr", "en |mai 2019|", "en [période de printemps]"),
        ("fr", "depuis |août 2020|", "depuis [l'été]"),
        ("fr", "Lyon, |3 octobre 2021|", "Lyon, [un jour d'automne]"),
        ("pl", "zmarła |2 lutego 2023 roku|", "zmarła [pewnego zimowego dnia]"),
        ("pl", "odbył się |17.04.2024|", "odbył się [pewnego wiosennego dnia]"),
        ("pl", "w |maju 2019|", "w [porze wiosennej]"),
        ("pl", "od |lipca 2020|", "od [lata]"),
        ("pl", "|17 IV 2024|", "[pewnego wiosennego dnia]"),
        ("es", "el |21 de junio de 2023|", "el [día de verano]"),
        ("es", "falleció el |11/12/2022|", "falleció el [día de invierno]"),
        ("es", "|martes 14 de septiembre|", "[un día de otoño]"),
        ("es", "en |mayo de 2020|", "en [primavera]"),
        ("es", "desde |octubre de 2020|", "desde [el otoño]"),
        ("nl", "|2021-07-05|", "[een zomerdag]"),
        ("es", "en |1988|", "en None"),
        ("pl", "w |1988 roku|", "w None"),
        ("fr", "en |1988|", "en None"),
        ("nl", "in |1988|", "in None"),
    ],
)
def test_a_date_becomes_a_season(language: str, sentence: str, expected: str) -> None:
    """A year alone has no season: the plain placeholder stands in."""
    assert general(language, "date", sentence) == expected


@given(age=st.integers(min_value=1, max_value=125), language=st.sampled_from(LANGUAGES))
def test_no_age_is_told_exactly(age: int, language: str) -> None:
    """Whatever the number, its digits are gone and something stands for it."""
    said = general(language, "age", f"|{AGES[language].format(age)}|.")
    assert str(age) not in said
    assert said != "None."


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "jaren"), ("fr", "des ans"), ("pl", "lata"), ("es", "unos años")]
)
def test_without_a_number_the_plain_placeholder_stands(language: str, word: str) -> None:
    """Nothing is guessed."""
    assert general(language, "age", f"|{word}|") == "None"
