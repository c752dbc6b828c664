"""
Which gold letters are replayed, and the register and rules of the house that gets them.

Contract: a letter keeps its number, its countries, its direction and what its register knows, as
the gold says; one without a number gets one that nobody else has, on its cover. The rules of the
house let every letter go: what a coordinator decides is no effort of a proofreader.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anonymizer.cases import write_rows
from anonymizer.model import Direction
from corpus.gold import GoldLetter, Group, Part, gold_folders, load_letters
from tests.chaos.letters import case_of

#: Everything that could hold a letter back, answered; what our row says besides stays.
_ROW = """\
[{country}]
name = "{country}"
letters = "yes"
earliest = "donation_day"
letters_per_side = "no_limit"
window_months = "no_limit"
first_writer = "either"
consent_per_letter = "no"
own_language = ["en"]
source = "The house of the replay"
checked = 2026-11-20
certainty = "firm"

"""
_ORDER = (Group.ORDINARY, Group.EVERYDAY, Group.ADVERSARIAL, Group.CLEAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A letter of the replay, known by its place in it only."""

    number: int
    gold: GoldLetter = field(repr=False)
    donor_number: str = field(repr=False)

    @property
    def countries(self) -> tuple[str, str]:
        """Of the donor, and of the patient."""
        here = (self.gold.writer_country, self.gold.reader_country)
        return here if self.gold.direction is Direction.DONOR_TO_PATIENT else here[::-1]


def chosen_letters(count: int, *, part: Part = Part.HELDOUT) -> tuple[Replayed, ...]:
    """English letters of this part, the ordinary ones first, in the order of their names."""
    found = [letter for folder in gold_folders("en", part) for letter in load_letters(folder)]
    found.sort(key=lambda letter: (_ORDER.index(letter.group), letter.name))
    taken: set[str] = set()
    return tuple(_replayed(number, gold, taken) for number, gold in enumerate(found[:count], 1))


def case_list(letters: Iterable[Replayed]) -> str:
    """A register with one case for each letter."""
    return write_rows([_case(one) for one in letters])


def write_rules(folder: Path, letters: Iterable[Replayed]) -> None:
    """A folder with rules of the site that let these letters go."""
    (folder / "exchange").mkdir(parents=True)
    rows = sorted({country for one in letters for country in one.countries})
    text = "".join(_ROW.format(country=country) for country in rows)
    (folder / "exchange" / "countries.toml").write_text(text, "utf-8")


def _case(one: Replayed) -> dict[str, str]:
    donor, patient = one.countries
    writer = "donor" if one.gold.direction is Direction.DONOR_TO_PATIENT else "patient"
    known = ";".join(f"{item.kind}={item.value}" for item in one.gold.known)
    return {
        "donor_number": one.donor_number,
        "case_id": f"C-{one.number}",
        "donor_country": donor,
        "patient_country": patient,
        "clinic_id": f"CL-{one.number}",
        "clinic_name": f"Clinic {one.number} (invented)",
        f"known_{writer}": known,
        "donation_dates": "2023-03-01",
        "transplant_dates": "2023-03-02",
    }


def _replayed(number: int, gold: GoldLetter, taken: set[str]) -> Replayed:
    free = (one for one in _numbers(gold, number) if one not in taken)
    donor_number = next(free)
    taken.add(donor_number)
    return Replayed(number=number, gold=gold, donor_number=donor_number)


def _numbers(gold: GoldLetter, number: int) -> Iterator[str]:
    if gold.donor_number:
        yield gold.donor_number
    # far above the numbers of other invented cases
    yield case_of(9_000_000 + number).donor_number
