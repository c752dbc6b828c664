"""
Outgoing documents: built afresh from the approved text, checked on their final bytes.

Nothing of the sender's file is edited or copied; nothing of it can be left over.
"""

from anonymizer.documents.out.gate import check_outgoing
from anonymizer.documents.out.letter import (
    MEDIA_TYPES,
    build_letter,
    build_slip,
    why_not_shown,
)
from anonymizer.documents.out.picture import PICTURE_ENDS, check_picture
from anonymizer.documents.out.search import Problem
from anonymizer.documents.out.template import LetterTemplate, load_template

__all__ = [
    "MEDIA_TYPES",
    "PICTURE_ENDS",
    "LetterTemplate",
    "Problem",
    "build_letter",
    "build_slip",
    "check_outgoing",
    "check_picture",
    "load_template",
    "why_not_shown",
]
