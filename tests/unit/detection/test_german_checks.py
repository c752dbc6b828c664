"""The checks of German rules: the same shape, once an identifier and once not."""

import pytest

from anonymizer.detection.checks import CHECKS


@pytest.mark.parametrize(
    ("check", "sentence", "holds"),
    [
        ("de_age_after_word", "Uwe, |54|, und", True),
        ("de_age_after_word", "auf Station |7|, und", False),
        ("de_age_after_word", "Zimmer (|12|) war", False),
        ("de_year", "kam |1971| auf die Hütte", True),
        ("de_year", "in |2000| Stufen", False),
        ("de_person_head", "|die einzige Hufschmiedin im Tal|", True),
        ("de_person_head", "|der einzige Tag im Jahr|", False),
        ("de_title_head", "|Deutsche Meisterin im Rudern|", True),
        ("de_title_head", "|Hausmeister in der Schule|", False),
        ("de_not_noun", "der Hund |Bello| bellt", True),
        ("de_not_noun", "dem Hund |Futter| geben", False),
        ("de_named_hospital", "ins |Inselspital|", True),
        ("de_named_hospital", "in der |Erlanger Uniklinik|", True),
        ("de_named_hospital", "im |Krankenhaus|", False),
        ("de_named_hospital", "|Unser Krankenhaus|", False),
        ("de_surname", "Frau |Holle| schüttelt", False),
        ("de_sign_off", "Gruß |Wolle|", True),
        ("de_sign_off", "Gruß |Spender|", False),
        ("de_lake", "um den |Schaalsee|", True),
        ("de_lake", "am |Steinhuder Meer|", True),
        ("de_lake", "am |Badesee|", False),
        ("de_lake", "Ufer des |Stausees|", False),
        ("de_lake", "am |Kalter See|", False),
    ],
)
def test_the_words_around_tell(check: str, sentence: str, holds: bool) -> None:
    """A shape alone is not enough."""
    before, found, after = sentence.split("|")
    text = before + found + after
    assert CHECKS[check](text, len(before), len(before) + len(found)) is holds
