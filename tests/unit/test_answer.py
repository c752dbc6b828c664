"""The public JSON: what is read, what is refused without an echo, and what is answered."""

import json

import pytest

from anonymizer.answer import FIELDS, answer, holds_answer, parse_request
from anonymizer.errors import UnreadableInput
from anonymizer.model import MAX_CHARACTERS, Channel, Direction, EntityKind, Hold, Stage
from anonymizer.pipeline import Pipeline
from tests.unit.parts import GRID, PROSE, drafted, known

SECRET = "Wilhelmina"
ONE = {"id": "1", "text": "Dear donor"}


def entry(**fields: object) -> dict[str, object]:
    """A request with one entry of `known`."""
    return {**ONE, "known": [fields]}


BAD = {
    "no id": {"text": SECRET},
    "no text": {"id": "1"},
    "text is None": {"id": "1", "text": None},
    "text is a number": {"id": "1", "text": 7},
    "text is bytes": {"id": "1", "text": SECRET.encode()},
    "text is a list": {"id": "1", "text": [SECRET]},
    "text is true": {"id": "1", "text": True},
    "id is a number": {"id": 1, "text": SECRET},
    "id too long": {"id": SECRET * 100, "text": "x"},
    "text too long": {"id": "1", "text": SECRET * 20_001},
    "NUL in the text": {"id": "1", "text": f"{SECRET}\x00"},
    "lone surrogate": {"id": "1", "text": f"{SECRET}\ud800"},
    "lone low surrogate": {"id": "1", "text": f"\udc00{SECRET}"},
    "surrogate in the id": {"id": f"{SECRET}\ud83d", "text": "x"},
    "NUL in the number": {**ONE, "donor_number": f"{SECRET}\x00"},
    "number too long": {**ONE, "donor_number": SECRET * 10},
    "number is a number": {**ONE, "donor_number": 4711},
    "country of three letters": {**ONE, "writer_country": "Wil"},
    "country of one letter": {**ONE, "reader_country": "W"},
    "country empty": {**ONE, "reader_country": ""},
    "country of digits": {**ONE, "writer_country": "49"},
    "country in another script": {**ONE, "writer_country": "\u0434\u0435"},
    "country in full-width": {**ONE, "writer_country": "\uff24\uff25"},
    "country is a list": {**ONE, "writer_country": ["DE"]},
    "language too long": {**ONE, "language": SECRET},
    "direction unknown": {**ONE, "direction": SECRET},
    "direction is true": {**ONE, "direction": True},
    "unknown field": {**ONE, SECRET: "x"},
    "field in capitals": {**ONE, "Text": SECRET},
    "known is a text": {**ONE, "known": SECRET},
    "known is a dict": {**ONE, "known": {"kind": "PERSON", "value": SECRET}},
    "known has a text": {**ONE, "known": [SECRET]},
    "known too long": {**ONE, "known": [{"kind": "PERSON", "value": SECRET}] * 201},
    "known without kind": entry(value=SECRET),
    "known without value": entry(kind="PERSON"),
    "known with more": entry(kind="PERSON", value="x", note=SECRET),
    "known of another kind": entry(kind=SECRET, value="x"),
    "known kind is a list": entry(kind=[SECRET], value="x"),
    "known value too long": entry(kind="PERSON", value=SECRET * 51),
    "known value is None": entry(kind="PERSON", value=None),
    "known value with NUL": entry(kind="PERSON", value=f"{SECRET}\x00"),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_without_an_echo(data: dict[str, object]) -> None:
    """The message names the field; it never repeats a value, nor an unknown field's name."""
    with pytest.raises(UnreadableInput) as refused:
        parse_request(data)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("length", [MAX_CHARACTERS, MAX_CHARACTERS + 1])
def test_the_limit_is_exact(length: int) -> None:
    """The longest letter is read, one character more is not."""
    data = {"id": "1", "text": "a" * length}
    if length > MAX_CHARACTERS:
        with pytest.raises(UnreadableInput, match="200,000 characters"):
            parse_request(data)
    else:
        assert len(parse_request(data)[0].text) == length


def test_every_field_arrives() -> None:
    """Codes get their usual case, the text its one form."""
    data = {
        "id": "7",
        "text": "Zoe\u0308\r\nx",
        "donor_number": GRID,
        "writer_country": "de",
        "reader_country": "Us",
        "language": "EN",
        "direction": "patient_to_donor",
        "known": [{"kind": "PERSON", "value": SECRET}],
    }
    assert set(data) == FIELDS
    sent, circumstances = parse_request(data, channel=Channel.UPLOAD)
    assert (sent.letter_id, sent.text, sent.cover_number) == ("7", "Zo\u00eb\nx", GRID)
    assert (sent.direction, sent.channel) == (Direction.PATIENT_TO_DONOR, Channel.UPLOAD)
    assert (circumstances.writer_country, circumstances.reader_country) == ("DE", "US")
    assert circumstances.language == "en"
    assert circumstances.known_identifiers == (known(EntityKind.PERSON, SECRET),)


def test_what_is_not_given_is_not_guessed() -> None:
    """Optional fields may be missing or null."""
    for data in (ONE, {**ONE, **dict.fromkeys(FIELDS - {"id", "text"})}):
        sent, circumstances = parse_request(data)
        assert sent.cover_number is None
        assert circumstances.writer_country is None
        assert circumstances.known_identifiers == ()


def test_an_answer_is_plain_json(pipeline: Pipeline) -> None:
    """Every field of the public interface, ready to be written."""
    draft = drafted(pipeline, PROSE + f"My name is {SECRET}.")
    made = json.loads(json.dumps(answer(draft), allow_nan=False))
    assert set(made) == {
        "id", "status", "holds", "language", "text", "routing", "findings", "flags",
        "combinations", "second_reading", "versions",
    }  # fmt: skip
    assert (made["id"], made["status"], made["holds"]) == ("letter-1", "drafted", [])
    assert made["routing"]["donor_number"] == GRID
    assert made["language"]["code"] == "en"


def test_the_answer_quotes_no_original(pipeline: Pipeline) -> None:
    """Findings are offsets and kinds; the caller has the letter."""
    draft = drafted(pipeline, PROSE + f"My name is {SECRET}.")
    assert SECRET not in json.dumps(answer(draft))


def test_offsets_are_code_points_of_the_letter(pipeline: Pipeline) -> None:
    """An emoji counts one, a decomposed accent none."""
    text = PROSE + f"\U0001f600\U0001f600 Zoe\u0308 says hello. My name is {SECRET} and I am well."
    draft = drafted(pipeline, text)
    spans = [draft.letter.text[one["start"] : one["end"]] for one in answer(draft)["findings"]]
    assert SECRET in spans


def test_a_combination_names_its_rule_and_its_passages(pipeline: Pipeline) -> None:
    """Places in the letter, kinds, and whether the words stay as they are."""
    text = PROSE + "I am a carpenter and I am 47. I live in Norway."
    (combination,) = answer(drafted(pipeline, text))["combinations"]
    assert combination["rule"] == "job-age-home"
    assert combination["reason"].endswith(".")
    passages = [
        (text[one["start"] : one["end"]], one["kind"], one["as_written"])
        for one in combination["passages"]
    ]
    assert passages == [
        ("carpenter", "OCCUPATION", True),
        ("47", "AGE", False),
        ("Norway", "COUNTRY", True),
    ]


def test_a_held_letter_has_reasons_and_no_text(pipeline: Pipeline) -> None:
    """`text` is null when there is no redaction to show."""
    made = answer(drafted(pipeline, ""))
    assert (made["status"], made["text"], made["routing"]) == ("held", None, None)
    assert made["holds"] == [
        {"stage": "intake", "code": "empty", "reason": "The letter has no text."}
    ]


def test_a_hold_is_stage_code_and_reason() -> None:
    """In the order of the path."""
    hold = Hold(stage=Stage.LANGUAGE, code="undecided", reason="Too short.")
    assert holds_answer([hold]) == [
        {"stage": "language", "code": "undecided", "reason": "Too short."}
    ]
