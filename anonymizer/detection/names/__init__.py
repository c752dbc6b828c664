"""
Names and initials by the grammar of letters: who is greeted, who introduces himself, who signs.

A language model sees "K. V." at the end of a letter without any sentence around it; the form of a
letter says that it is the writer. The same holds for nicknames ("Yours, Spud") and for names
written in lower case after "my name is".
"""

from anonymizer.detection.names.capitals import CapitalRecognizer
from anonymizer.detection.names.grammar import LetterGrammar
from anonymizer.detection.names.initials import InitialsRecognizer
from anonymizer.detection.names.introductions import IntroductionRecognizer
from anonymizer.detection.names.kin import KinNameRecognizer
from anonymizer.detection.names.salutations import SalutationRecognizer
from anonymizer.detection.names.sign_offs import SignOffRecognizer

__all__ = [
    "CapitalRecognizer",
    "InitialsRecognizer",
    "IntroductionRecognizer",
    "KinNameRecognizer",
    "LetterGrammar",
    "SalutationRecognizer",
    "SignOffRecognizer",
]
