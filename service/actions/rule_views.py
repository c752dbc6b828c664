"""What the pages see of the rules of the exchange: reasons, rows, clock; no letter text."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """The anonymity period of a case, as the rules of both sides have it; `unknown` what to ask."""

    sentence: str
    end: date | None
    started: bool
    over: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row of the rules: where it stands, where it is from, when that was looked up."""

    name: str
    """`row PL of countries.toml`."""
    pages: tuple[str, ...]
    """Addresses of pages that it is from."""
    words: str
    """What it is from when it is no page, such as a letter of the registry."""
    checked: date | None
    certainty: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingView:
    """
    What nobody has told about the rules, and between which countries the letter goes.

    `question` is what to ask (`how many letters each side may write`), `asked` the country whose
    registry is asked.
    """

    question: str
    asked: str
    donor_country: str
    patient_country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """
    Why a letter may not go; a refused one nobody can release, a released one holds no more.

    `sentence` names no file: that is for `rows`, and `field`, the name of what they say there.
    `until_the_day` holds until a day comes or the dates of the case are corrected; no person
    releases a letter from it.
    """

    sentence: str
    refused: bool
    released: bool
    until_the_day: bool
    rows: tuple[RowView, ...]
    field: str | None = None
    missing: MissingView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One field of the rule of the pair: its value, whose side decided, and the rows behind it."""

    field: str
    value: object
    side: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """
    What the rules of the exchange say about a letter today.

    `number` is the place of the letter among those of its side that are passed on, `most` how many
    there may be: None without a limit or when nobody has told. `seal` goes back with a release.
    `kept`: a reason that holds it is about its reader, so that it cannot be returned.
    """

    reasons: tuple[ReasonView, ...]
    rule: tuple[RuleView, ...]
    clock: ClockView
    number: int
    most: int | None
    seal: str
    kept: bool
