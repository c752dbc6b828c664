"""
Invented letters and cases for trying the service: `serve --sample`.

Contract: every letter has a fixed request key, so a second start adds nothing; cases are imported
into an empty register only.
"""

from pathlib import Path

import corpus
from anonymizer.model import Channel, Circumstances
from corpus.gold import GoldLetter, load_letters
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import OPERATOR
from service.actions.register import import_cases
from service.store.cases import count_cases

_CORPUS = Path(corpus.__file__).parent
_CLIENT = "sample"


def load_sample(desk: Desk) -> int:
    """Load cases and letters; returns how many letters there are in the sample."""
    with desk.database.reading() as connection:
        empty = count_cases(connection) == 0
    if empty:
        content = (_CORPUS / "cases.csv").read_bytes()
        import_cases(desk, OPERATOR, content=content, file_name="cases.csv")
    letters = sample_letters()
    for letter in letters:
        request = ClientRequest(client=_CLIENT, idempotency_key=letter.name)
        receive_client_letter(desk, incoming=_incoming(letter), request=request)
    return len(letters)


def sample_letters() -> tuple[GoldLetter, ...]:
    """The sample letters of the corpus, in a fixed order."""
    folders = sorted((_CORPUS / "gold").glob("*/sample"))
    return tuple(letter for folder in folders for letter in load_letters(folder))


def _incoming(letter: GoldLetter) -> IncomingLetter:
    return IncomingLetter(
        content=letter.text.encode("utf-8"),
        channel=Channel.FILE,
        direction=letter.direction,
        cover_number=letter.donor_number,
        circumstances=Circumstances(
            writer_country=letter.writer_country, reader_country=letter.reader_country
        ),
    )
