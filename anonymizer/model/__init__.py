"""
The nouns of the pipeline: frozen records that every stage takes and gives.

Offsets are code points of `Letter.text` (not bytes, not UTF-16 units), the end is
exclusive. Every field that can hold letter text is kept out of `repr`, because a
`repr` ends up in logs and tracebacks.
"""

from anonymizer.model.case import (
    Case,
    CaseRegister,
    Circumstances,
    KnownIdentifier,
    RegisteredCase,
    Routing,
)
from anonymizer.model.draft import ContentFlag, Draft, Hold, Redaction, Replacement, Residual
from anonymizer.model.finding import Finding, LanguagePassage, LanguageVerdict, Recognizer
from anonymizer.model.kinds import (
    Channel,
    ContentFlagKind,
    Direction,
    DraftStatus,
    EntityKind,
    IdentifierClass,
    Stage,
    TreatmentAction,
)
from anonymizer.model.letter import MAX_CHARACTERS, Letter, Span, normalize_text, text_digest
from anonymizer.model.policy import Policy, Ruling, Treatment

__all__ = [
    "MAX_CHARACTERS",
    "Case",
    "CaseRegister",
    "Channel",
    "Circumstances",
    "ContentFlag",
    "ContentFlagKind",
    "Direction",
    "Draft",
    "DraftStatus",
    "EntityKind",
    "Finding",
    "Hold",
    "IdentifierClass",
    "KnownIdentifier",
    "LanguagePassage",
    "LanguageVerdict",
    "Letter",
    "Policy",
    "Recognizer",
    "Redaction",
    "RegisteredCase",
    "Replacement",
    "Residual",
    "Routing",
    "Ruling",
    "Span",
    "Stage",
    "Treatment",
    "TreatmentAction",
    "normalize_text",
    "text_digest",
]
