"""
When a worker counts as dead: its beat stands still while its watcher looks several times.

Contract: pure, and no clock: neither the worker's nor the watcher's time can make a living worker
dead or keep a dead one alive. A machine that slept looks once after it wakes, like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Watch:
    """What one watcher saw; `looks` unchanged looks in a row make a worker dead."""

    looks: int
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self, beats: Mapping[str, int]) -> dict[str, int]:
        """The workers that are dead by now, each with the beat that stood still."""
        seen: dict[str, tuple[int, int]] = {}
        for worker_id, beat in beats.items():
            before, still = self._seen.get(worker_id, (-1, 0))
            seen[worker_id] = (beat, still + 1 if before == beat else 0)
        self._seen = seen
        return {worker: beat for worker, (beat, still) in seen.items() if still >= self.looks}
