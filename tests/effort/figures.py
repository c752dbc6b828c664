"""What the replay tells: counts by letter number, never a word of a letter. Pure."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from tests.effort.reader import Act, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The actions of every letter that was decided, by its number; of both readers where two."""

    letters: Mapping[int, Counter[Act]]
    stuck: Mapping[int, Where]
    """Letters that did not reach approval, and why."""
    held: int
    """Letters that wait for a coordinator and were left out."""
    twice: int
    """Letters that two people read."""

    @property
    def actions(self) -> list[int]:
        """How many for each letter, the fewest first."""
        return sorted(acts.total() for acts in self.letters.values())

    @property
    def median(self) -> float:
        """Half of the letters need no more."""
        return median(self.actions)

    @property
    def ninth_tenth(self) -> int:
        """Nine of ten letters need no more (nearest rank)."""
        return self.actions[math.ceil(0.9 * len(self.actions)) - 1]

    def lines(self) -> Iterator[str]:
        """The report."""
        for number, acts in sorted(self.letters.items()):
            parts = ", ".join(f"{act} {acts[act]}" for act in Act if acts[act])
            yield f"  letter {number:3}: {acts.total():3}  ({parts})"
        total = sum(self.letters.values(), Counter[Act]())
        yield f"{len(self.letters)} letters, {self.twice} of them read by two people"
        yield f"  actions for each letter: median {self.median:g}, 90 % {self.ninth_tenth}"
        for act in Act:
            share = total[act] / total.total()
            yield f"  {act:20}{share:6.1%}  {total[act] / len(self.letters):5.2f} for each letter"
        if self.held:
            yield f"  {self.held} more wait for a coordinator and are not counted"
        for number, where in sorted(self.stuck.items()):
            yield f"  letter {number:3}: not approved ({where})"
