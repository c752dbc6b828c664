"""
The recognisers of a language, explicit and in order; a test holds a snapshot of their ids.

Nothing is registered by importing a module, so no recogniser can vanish because an import did.
"""

from anonymizer.detection.gazetteers import (
    CountryRecognizer,
    HospitalRecognizer,
    NationalityRecognizer,
    OccupationRecognizer,
    TownRecognizer,
)
from anonymizer.detection.names import (
    CapitalRecognizer,
    InitialsRecognizer,
    IntroductionRecognizer,
    KinNameRecognizer,
    LetterGrammar,
    SalutationRecognizer,
    SignOffRecognizer,
)
from anonymizer.detection.numbers import DonorNumberRecognizer
from anonymizer.detection.patterns import rule_recognizers
from anonymizer.detection.presidio import predefined_recognizers
from anonymizer.detection.spelled import SpelledRecognizer
from anonymizer.donor_number import DonorNumberForm
from anonymizer.model import Recognizer
from anonymizer.rulebook import Rulebook


def build_recognizers(
    rulebook: Rulebook,
    *,
    ner: Recognizer,
    donor_numbers: DonorNumberForm,
) -> tuple[Recognizer, ...]:
    """Every recogniser for the language of `rulebook`."""
    grammar = LetterGrammar(rulebook=rulebook)
    nouns_have_capitals = rulebook.language.nouns_have_capitals
    patterns = [one for one in rulebook.patterns if not (one.capitals and nouns_have_capitals)]
    return (
        ner,
        SalutationRecognizer(grammar),
        IntroductionRecognizer(grammar),
        SignOffRecognizer(grammar),
        KinNameRecognizer(grammar),
        InitialsRecognizer(grammar),
        CapitalRecognizer(grammar),
        SpelledRecognizer(rulebook),
        TownRecognizer(rulebook),
        HospitalRecognizer(rulebook),
        CountryRecognizer(rulebook),
        NationalityRecognizer(rulebook),
        OccupationRecognizer(rulebook),
        DonorNumberRecognizer(donor_numbers),
        *predefined_recognizers(),
        *rule_recognizers(patterns),
    )
