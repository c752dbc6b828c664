"""
Invented letters and cases for runs under fire: each letter can be told from every other one.

Contract: the four words in the middle of letter `number` are in no other letter of a run; they are
everyday words, so they are still there in what leaves.
"""

from dataclasses import dataclass

from anonymizer.donor_number import grid_check_digits

_WORDS = (
    "rain bread music summer winter garden tea snow "
    "river dancing cooking walking sea soup cake mountains"
).split()
#: So many letters can be told apart.
MOST = len(_WORDS) ** 4
_COUNTRIES = ("US", "GB")


@dataclass(frozen=True, kw_only=True)
class ChaosCase:
    """A case of the run: one donor, one patient, one clinic."""

    number: int
    donor_number: str
    clinic_id: str
    country: str


@dataclass(frozen=True, kw_only=True)
class ChaosLetter:
    """A letter of the run, and to whom it must go."""

    number: int
    text: str
    direction: str
    recipient_id: str
    approve: bool
    """False for those that nobody approves: they may never leave."""


def case_of(number: int) -> ChaosCase:
    """Case `number`, with a clinic of its own."""
    first = f"4970{number:013d}"
    return ChaosCase(
        number=number,
        donor_number=first + grid_check_digits(first),
        clinic_id=f"CL-{number}",
        country=_COUNTRIES[number % len(_COUNTRIES)],
    )


def case_list(count: int) -> bytes:
    """The cases as the register takes them."""
    lines = [
        ",".join(
            (
                *("donor_number", "case_id", "donor_country", "patient_country", "clinic_id"),
                *("clinic_name", "known_donor", "known_patient", "transplant_dates"),
            )
        )
    ]
    for number in range(1, count + 1):
        one = case_of(number)
        lines.append(
            f"{one.donor_number},C-{number},DE,{one.country},{one.clinic_id},"
            f"Clinic {number},,,2026-03-01"
        )
    return ("\n".join(lines) + "\n").encode()


def words_of(number: int) -> str:
    """The words that only this letter has."""
    found = []
    for _ in range(4):
        number, index = divmod(number, len(_WORDS))
        found.append(_WORDS[index])
    return ", then ".join(found)


def letter_of(number: int, *, cases: int) -> ChaosLetter:
    """Letter `number`: every second one to a patient, every tenth one approved by nobody."""
    case = case_of(number % cases + 1)
    to_donor = bool(number % 2)
    writer, reader = ("patient", "donor") if to_donor else ("donor", "patient")
    text = (
        f"Dear {reader}, I wanted to thank you for all that you did for me in this hard time.\n"
        f"I like {words_of(number)}, and I think of you often. My name is Anna.\n"
        f"Donor number: {case.donor_number}\n"
    )
    return ChaosLetter(
        number=number,
        text=text,
        direction=f"{writer}_to_{reader}",
        recipient_id="donor-centre-DE" if to_donor else case.clinic_id,
        approve=number % 10 != 0,
    )
