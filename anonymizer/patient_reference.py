"""
Patient references: the numbers that clinics and registries give to patients, in letters.

Contract: unlike a donor number such a number has no form of its own, so in a text it counts only
behind words that call it one ("patient number", "patient reference"). It is never guessed and
never mended: only an exact match in the register, after `canonical_patient_reference`, leads to a
case.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from anonymizer.donor_number import canonical_donor_number
from anonymizer.expression import expression
from anonymizer.model import Span

#: Shorter ones would be found in every year and house number once they are known.
SHORTEST = 5
LONGEST = 64
_FORM = expression(rf"^[A-Z0-9]{{{SHORTEST},{LONGEST}}}$")
_WITH_DIGIT = expression(r"[0-9]")
#: "patient number", "my patient ref.", "recipient id" and the like, and the code that follows:
#: groups that each have a digit, but for the first.
_AFTER_CUE = expression(
    r"(?i)\b(?:patient|recipient|patienten|empfänger)(?:['’]s)?[ -]?"
    r"(?:number|nummer|no|nr|identification|id|code|ref(?:erence)?(?:[ -]?(?:number|no))?)\b"
    r"[ \t]*(?:is|was|ist|lautet)?[ \t]*[:.#=\-]*[ \t]*[(\[\"']?[ \t]*"
    r"((?:[A-Z]{1,6}[ .\-/]?)?\d[0-9A-Z]*(?:[ .\-/][A-Z]{0,4}\d[0-9A-Z]*){0,8})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceInText:
    """What a text calls a patient's number: where it stands, and its canonical form."""

    span: Span
    number: str = field(repr=False)


def canonical_patient_reference(text: str) -> str:
    """The one written form: upper case, without spaces and separators."""
    return canonical_donor_number(unicodedata.normalize("NFKC", text))


def is_patient_reference(number: str) -> bool:
    """True when a canonical number can be one: letters and digits, with at least one digit."""
    return bool(_FORM.match(number)) and bool(_WITH_DIGIT.search(number))


def find_patient_references(text: str) -> Iterator[ReferenceInText]:
    """Every number that the text calls the patient's, in order; offsets are code points."""
    for match in _AFTER_CUE.finditer(text):
        number = canonical_patient_reference(match.group(1))
        if is_patient_reference(number):
            yield ReferenceInText(span=Span(start=match.start(1), end=match.end(1)), number=number)
