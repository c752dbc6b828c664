"""One identifier planted in each hidden place of mails and office files: none is lost."""

import pytest

from anonymizer.documents import read_document
from anonymizer.model import Reading
from tests.documents.hidden_places import DOCX_HIDDEN, MAIL_HIDDEN, NAME, ODT_HIDDEN, SEEN

HIDDEN = {
    **{f"docx {name}": data for name, data in DOCX_HIDDEN.items()},
    **{f"odt {name}": data for name, data in ODT_HIDDEN.items()},
    **{f"mail {name}": data for name, data in MAIL_HIDDEN.items()},
}


def _told(reading: Reading) -> str:
    return "\n".join(passage.text for passage in reading.passages)


@pytest.mark.parametrize("place", sorted(HIDDEN))
def test_what_is_hidden_is_reported_and_not_forwarded(place: str) -> None:
    """It stands in a passage, and not in the text that goes on."""
    reading = read_document(HIDDEN[place])
    assert NAME in _told(reading)
    assert NAME not in reading.text
    assert "onor" in reading.text


@pytest.mark.parametrize("place", sorted(SEEN))
def test_what_a_reader_sees_is_in_the_letter(place: str) -> None:
    """Where proofreader and recognisers look for it."""
    assert NAME in read_document(SEEN[place]).text


@pytest.mark.parametrize("place", sorted(HIDDEN))
def test_places_are_named_without_words_of_the_sender(place: str) -> None:
    """`where` and the sentences of warnings go to reports and logs."""
    reading = read_document(HIDDEN[place])
    shown = [passage.where for passage in reading.passages]
    shown += [picture.where for picture in reading.pictures]
    shown += [f"{warning.code} {warning.sentence}" for warning in reading.warnings]
    assert not [one for one in shown if "Wilhelmina" in one or "Zzyzx" in one]


def test_there_are_enough_places() -> None:
    """The number that the documentation states."""
    assert len(HIDDEN) >= 40
