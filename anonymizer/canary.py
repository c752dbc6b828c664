"""
The canary: an invented letter that a pipeline must redact before it may work on a real one.

A model can be whole and still find nothing: the wrong one was named, or its training went wrong.
No recogniser but the NER knows the name in this letter, so without the NER it stays readable.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from anonymizer.model import Draft, EntityKind, Letter, Policy, Span, TreatmentAction

#: Nothing around it tells that it is a name: no salutation, no sign-off, no "my friend".
CANARY_NAME = "Margaret Whitfield"
CANARY_TOWN = "Rotterdam"
#: What the letter says that must not be readable.
_TOLD: Mapping[EntityKind, str] = MappingProxyType(
    {
        EntityKind.PERSON: CANARY_NAME,
        EntityKind.PLACE: CANARY_TOWN,
        EntityKind.PHONE: "+44 20 7946 0958",
        EntityKind.EMAIL: "canary.letter@example.org",
        EntityKind.DONOR_NUMBER: "4970537838306400308",
    }
)
_TEXT = f"""Dear donor,

thank you with all my heart for what you gave me. Last week {CANARY_NAME} drove us to
{CANARY_TOWN} in the rain, and we sang every song that we knew.

If it is ever allowed, write to {_TOLD[EntityKind.EMAIL]} or call {_TOLD[EntityKind.PHONE]}, please.
The number on my papers is {_TOLD[EntityKind.DONOR_NUMBER]}.

With all my thanks
your patient
"""
CANARY = Letter.from_text("canary", _TEXT)


def _place_of(words: str) -> Span:
    start = _TEXT.index(words)
    return Span(start=start, end=start + len(words))


_PLACES = tuple(_place_of(words) for words in _TOLD.values())
_NAME = _place_of(CANARY_NAME)
#: So many mistakes beside what it should find are forgiven to the NER, asked about or taken out.
_MOST_ORDINARY = 3


def canary_fault(draft: Draft, policy: Policy) -> str | None:
    """
    Why a pipeline with this draft of the canary must not work, in a sentence; None when it may.

    What the policy does not take out by itself may stay.
    """
    if draft.redaction is None:
        reasons = "; ".join(hold.reason.rstrip(".") for hold in draft.holds)
        return f"the canary letter could not be drafted: {reasons}"
    readable = list(_readable(draft.redaction.text, policy))
    found_by_ner = _found_by_ner(draft)
    if EntityKind.PERSON in readable and not any(_overlap(one, _NAME) for one in found_by_ner):
        return (
            "the NER found nothing where the canary letter has a name; the model is broken, "
            "or not one for English letters"
        )
    if readable:
        return f"the canary letter would stay readable in part: {', '.join(readable)}"
    ordinary = [one for one in found_by_ner if not any(_overlap(one, told) for told in _PLACES)]
    if len(ordinary) > _MOST_ORDINARY:
        return "the NER took ordinary words of the canary letter for names; the model is broken"
    return None


def _readable(outgoing: str, policy: Policy) -> Iterator[EntityKind]:
    for kind, told in _TOLD.items():
        taken_out = policy.rulings[kind].action in (
            TreatmentAction.REPLACE,
            TreatmentAction.GENERALIZE,
        )
        if taken_out and _any_in(told.split(), outgoing):
            yield kind


def _any_in(words: Iterable[str], text: str) -> bool:
    return any(word.casefold() in text.casefold() for word in words)


def _found_by_ner(draft: Draft) -> list[Span]:
    findings = (one.finding for one in draft.treatments)
    return [one.span for one in findings if one.recognizer.startswith("ner:")]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
