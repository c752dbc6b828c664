"""
How long which part of a letter is kept, and what stays of a text when its time is over.

Contract: parts are erased in this order and never before the letter has left; a case that is kept
(a legal hold) loses nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from anonymizer.model import TreatmentAction
from service.workflow.records import Proof

#: What the reader of a letter did not get to see in this place.
_TAKEN_OUT = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


class Part(StrEnum):
    """What is erased; each one includes those before it."""

    IDENTITY = "identity"
    """The letter's copy of donor number and known identifiers."""
    FINDINGS = "findings"
    """Drafts and corrections: what the machine and people found in it."""
    ORIGINAL = "original"
    """The file as it came in, pages, former texts, and the text but for what was passed on."""
    EVERYTHING = "everything"
    """All text. What happened to the letter, and when, stays."""


PARTS = tuple(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLetter:
    """A letter of which a part is to be erased now."""

    letter_id: str
    part: Part
    sent_at: datetime


def reaches(erased: str | None, part: Part) -> bool:
    """True when this part, or one after it, was erased already."""
    return erased is not None and PARTS.index(Part(erased)) >= PARTS.index(part)


def passed_on_only(text: str, proof: Proof) -> str:
    """
    A text of the same length that says only what was marked and left readable for its reader.

    That is what the check over time quotes of earlier letters; everything else becomes spaces.
    """
    stays = bytearray(len(text))
    for mark in proof.marks:
        if mark.treatment.action not in _TAKEN_OUT:
            stays[mark.span.start : mark.span.end] = b"\x01" * (mark.span.end - mark.span.start)
    for mark in proof.marks:
        if mark.treatment.action in _TAKEN_OUT:
            stays[mark.span.start : mark.span.end] = bytes(mark.span.end - mark.span.start)
    return "".join(sign if keep else " " for sign, keep in zip(text, stays, strict=True))


def without_originals(proof: Proof) -> Proof:
    """The proof without the words that were taken out."""
    replacements = tuple(replace(one, original="") for one in proof.replacements)
    unsent = tuple(replace(one, original="") for one in proof.unsent)
    return replace(proof, replacements=replacements, unsent=unsent)
