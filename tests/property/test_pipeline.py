"""The whole path, for any text: a draft or a hold, never an exception, and always a way back."""

import json
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymizer.answer import answer
from anonymizer.model import DraftStatus, EntityKind, TreatmentAction
from anonymizer.redaction import undo
from tests.unit.parts import PROSE, drafted, known, shipped_pipeline

_PIECES = (
    "Dear Anna,\n|My name is |Yours,\n|K. V.|I am 57 |in Radom |anna@web.de |+49 151 2345678 |"
    "6939XYZ000123456731 |donor number |3 May 2021 |Mill Lane 4a |Hope |hope |A-n-n-a |\u200b|"
    "\u202e|"
    "-\n|\n\n|'s |www.a.de |#|@|(|\u0410nn\u0430 |\uff21nna |12/|Dr. |my wife |\U0001f600|\u0301"
).split("|")
pieces = st.one_of(st.sampled_from(_PIECES), st.text(max_size=6))
letters = st.lists(pieces, max_size=14).map("".join)
KNOWN = (known(EntityKind.PERSON, "Anna Kowalska"), known(EntityKind.PLACE, "Radom"))


@settings(max_examples=60)
@given(letters)
@example("")
@example("\u200b")
def test_any_letter_becomes_a_draft_or_is_held(text: str) -> None:
    """The answer is JSON, findings lie in the letter in order, and the draft can be undone."""
    draft = drafted(shipped_pipeline(), PROSE + text, *KNOWN)
    json.dumps(answer(draft), allow_nan=False).encode()
    assert (draft.status is DraftStatus.HELD) is bool(draft.holds)
    spans = [one.finding.span for one in draft.treatments]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(one.end <= len(draft.letter.text) for one in spans)
    assert draft.redaction is not None
    assert undo(draft.redaction) == draft.letter.text


@settings(max_examples=60)
@given(letters)
def test_what_the_registry_knows_never_goes_through_unseen(text: str) -> None:
    """It is taken out, or the letter is held."""
    draft = drafted(shipped_pipeline(), f"{PROSE}{text} Kowalska and Radom.", *KNOWN)
    assert draft.redaction is not None
    left = draft.redaction.text
    assert draft.status is DraftStatus.HELD or ("Kowalska" not in left and "Radom" not in left)


@settings(max_examples=60)
@given(letters)
def test_two_entities_of_one_kind_never_share_a_placeholder(text: str) -> None:
    """And one entity never has two."""
    draft = drafted(shipped_pipeline(), PROSE + text)
    words: dict[tuple[EntityKind, str | None], set[str | None]] = {}
    for one in draft.treatments:
        if one.action is TreatmentAction.REPLACE and one.finding.kind in {
            EntityKind.PERSON,
            EntityKind.PLACE,
        }:
            key = (one.finding.kind, one.finding.entity)
            words.setdefault(key, set()).add(one.replacement)
    used = [replacement for each in words.values() for replacement in each]
    assert len(used) == len(set(used)) == len(words)
