"""Donor numbers as findings: whatever their checksum, they may not stay in the text."""

from collections.abc import Iterable

from anonymizer.donor_number import DonorNumberForm
from anonymizer.model import EntityKind, Finding


class DonorNumberRecognizer:
    """Every donor number, right or damaged."""

    recognizer_id = "number:donor"

    def __init__(self, form: DonorNumberForm) -> None:
        self._form = form

    def find(self, text: str) -> Iterable[Finding]:
        """Each GRID, each number of the site's formats, each code that is called a donor number."""
        for found in self._form.find(text):
            yield Finding(
                span=found.span,
                kind=EntityKind.DONOR_NUMBER,
                score=1.0 if found.valid else 0.9,
                recognizer=self.recognizer_id,
            )
