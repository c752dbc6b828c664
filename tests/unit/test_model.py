"""The nouns: what may be built, one form of text, and no letter text in any `repr`."""

import dataclasses
import unicodedata

import pytest

from anonymizer import errors
from anonymizer.allocation import Allocation
from anonymizer.canonical import detection_view
from anonymizer.donor_number import DonorNumberForm
from anonymizer.model import (
    Circumstances,
    EntityKind,
    LanguageVerdict,
    Letter,
    Routing,
    Span,
    normalize_text,
    text_digest,
)
from anonymizer.pipeline import Pipeline
from tests.unit.parts import GRID, PROSE, case, drafted, known, letter

SECRET = "Wilhelmina"


@pytest.mark.parametrize(
    ("code", "required", "taken_for"),
    [
        ("de", ("en",), "de"),
        (None, ("de",), "de"),
        (None, ("de", "en"), None),
        (None, (), None),
    ],
)
def test_a_letter_too_short_to_tell_is_taken_for_the_only_language_it_may_be_in(
    code: str | None, required: tuple[str, ...], taken_for: str | None
) -> None:
    """What it says of itself goes before."""
    verdict = LanguageVerdict(code=code, confidence=1.0, required=required, admitted=False)
    assert verdict.taken_for == taken_for


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2), (-3, -1)])
def test_an_empty_or_backward_span_is_refused(start: int, end: int) -> None:
    """A span always has at least one character."""
    with pytest.raises(ValueError, match="not a span"):
        Span(start=start, end=end)


@pytest.mark.parametrize(
    ("one", "other", "overlaps", "contains"),
    [
        ((0, 4), (4, 8), False, False),
        ((0, 5), (4, 8), True, False),
        ((0, 8), (2, 4), True, True),
        ((2, 4), (0, 8), True, False),
        ((2, 4), (2, 4), True, True),
    ],
)
def test_spans_compare_by_their_characters(
    one: tuple[int, int],
    other: tuple[int, int],
    overlaps: bool,
    contains: bool,
) -> None:
    """The end is exclusive: neighbours do not overlap."""
    first, second = Span(start=one[0], end=one[1]), Span(start=other[0], end=other[1])
    assert first.overlaps(second) is second.overlaps(first) is overlaps
    assert first.contains(second) is contains
    assert len(first) == one[1] - one[0]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\r\n\r\n", "\n\n"),
        ("plain", "plain"),
    ],
)
def test_text_has_one_form(raw: str, text: str) -> None:
    """Line ends and accents are written in one way, so that offsets mean one thing."""
    assert Letter.from_text("x", raw).text == text
    assert normalize_text(text) == text
    assert unicodedata.is_normalized("NFC", text)


def test_the_digest_is_of_the_text() -> None:
    """The same text has the same digest; any other text another."""
    first, second = Letter.from_text("a", "one"), Letter.from_text("b", "one")
    assert first.digest == second.digest == text_digest("one")
    assert first.digest != Letter.from_text("a", "two").digest


def test_records_cannot_be_changed() -> None:
    """Nothing that a stage was given can be altered behind its back."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        letter("x").text = "y"  # type: ignore[misc]


def test_no_repr_shows_the_letter(pipeline: Pipeline) -> None:
    """A repr ends in logs and tracebacks: neither text nor number may be in it."""
    draft = drafted(
        pipeline,
        PROSE + f"My name is {SECRET}. My donor number is {GRID}.",
        known(EntityKind.PERSON, SECRET),
    )
    shown = repr((draft, draft.letter, draft.redaction, draft.routing, draft.treatments))
    assert draft.redaction is not None
    assert draft.redaction.replacements
    assert SECRET not in shown
    assert GRID not in shown
    assert "grateful" not in shown


@pytest.mark.parametrize(
    "record",
    [
        letter(SECRET),
        known(EntityKind.PERSON, SECRET),
        case(),
        Circumstances(known_identifiers=(known(EntityKind.PERSON, SECRET),)),
        Routing(donor_number=GRID, known_identifiers=(known(EntityKind.PERSON, SECRET),)),
        Allocation(routing=Routing(donor_number=GRID), hold=None),
        detection_view(SECRET + "\u200b"),
        DonorNumberForm().find(f"donor number {GRID}"),
    ],
    ids=lambda record: type(record).__name__,
)
def test_no_repr_of_a_record_shows_what_it_protects(record: object) -> None:
    """Names and numbers stay out of the repr of each noun that carries them."""
    assert SECRET not in repr(record)
    assert GRID not in repr(record)


@pytest.mark.parametrize(
    "error",
    [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and not issubclass(one, errors.Unreadable)
    ],
    ids=lambda error: error.__name__,
)
def test_an_error_explains_itself(error: type[errors.AnonymizerError]) -> None:
    """The class docstring is the default message, and each class has an exit code."""
    assert issubclass(error, errors.AnonymizerError)
    assert str(error()) == (error.__doc__ or "").strip()
    assert str(error("another")) == "another"
    assert error.exit_code in {10, 11, 12, 70}


@pytest.mark.parametrize("error", [errors.Unreadable, errors.OverLimit])
def test_an_unreadable_document_says_why(error: type[errors.Unreadable]) -> None:
    """A code for reports, a sentence for the proofreader, and the exit code of bad input."""
    made = error("damaged", "The file is damaged.")
    assert (made.code, made.sentence, str(made)) == ("damaged",) + ("The file is damaged.",) * 2
    assert made.exit_code == errors.UnreadableInput.exit_code
