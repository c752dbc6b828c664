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
    PathwayDays,
    RegisteredCase,
    Routing,
)
from anonymizer.model.combination import Combination, CombinationRule, Told
from anonymizer.model.draft import (
    ContentFlag,
    Draft,
    Hold,
    Redaction,
    Replacement,
    Residual,
    SecondReading,
    Unsent,
)
from anonymizer.model.exchange import (
    Consents,
    Deliverability,
    Exchange,
    LetterConsent,
    Side,
)
from anonymizer.model.finding import Finding, LanguagePassage, LanguageVerdict, Recognizer
from anonymizer.model.kinds import (
    Channel,
    ContentFlagKind,
    Direction,
    DraftStatus,
    EntityKind,
    IdentifierClass,
    OutgoingFormat,
    Stage,
    TreatmentAction,
)
from anonymizer.model.letter import MAX_CHARACTERS, Letter, Span, normalize_text, text_digest
from anonymizer.model.policy import MOST_DISGUISES, Form, Policy, Ruling, Treatment
from anonymizer.model.reading import (
    Box,
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    UnsureWord,
)
from anonymizer.model.site_words import SiteWord, SiteWords, WordUse

__all__ = [
    "MAX_CHARACTERS",
    "MOST_DISGUISES",
    "Box",
    "Case",
    "CaseRegister",
    "Channel",
    "Circumstances",
    "Combination",
    "CombinationRule",
    "Consents",
    "ContentFlag",
    "ContentFlagKind",
    "Deliverability",
    "Direction",
    "DocumentKind",
    "Draft",
    "DraftStatus",
    "EntityKind",
    "Exchange",
    "Finding",
    "Form",
    "Hold",
    "IdentifierClass",
    "KnownIdentifier",
    "LanguagePassage",
    "LanguageVerdict",
    "Letter",
    "LetterConsent",
    "Origin",
    "OutgoingFormat",
    "Passage",
    "PathwayDays",
    "Picture",
    "Policy",
    "Reading",
    "ReadingWarning",
    "Recognizer",
    "Redaction",
    "RegisteredCase",
    "Replacement",
    "Residual",
    "Routing",
    "Ruling",
    "SecondReading",
    "Side",
    "SiteWord",
    "SiteWords",
    "Span",
    "Stage",
    "Told",
    "Treatment",
    "TreatmentAction",
    "Unsent",
    "UnsureWord",
    "WordUse",
    "normalize_text",
    "text_digest",
]
