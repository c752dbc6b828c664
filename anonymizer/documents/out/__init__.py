"""
Outgoing documents: built afresh from the approved text, checked on their final bytes.

Nothing of the sender's file is edited or copied; nothing of it can be left over.
"""

from anonymizer.documents.out.gate import Problem, check_outgoing
from anonymizer.documents.out.letter import MEDIA_TYPES, build_letter, build_slip
from anonymizer.documents.out.template import LetterTemplate, load_template

__all__ = [
    "MEDIA_TYPES",
    "LetterTemplate",
    "Problem",
    "build_letter",
    "build_slip",
    "check_outgoing",
    "load_template",
]
