"""How long requests took, by kind, and what went wrong."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

_FAILED = 400


@dataclass(slots=True)
class Times:
    """How long each kind of request took, in milliseconds, and what went wrong."""

    by_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, since: float, status: int) -> None:
        """A request that was answered, from when it was due."""
        with self.lock:
            self.by_kind[kind].append((time.monotonic() - since) * 1000)
            if status >= _FAILED:
                self.errors[f"{kind}: HTTP {status}"] += 1

    def timed(
        self, kind: str, ask: Callable[..., httpx.Response], path: str, **more: Any
    ) -> httpx.Response:
        """Ask now, and note how long the whole answer took."""
        since = time.monotonic()
        answer = ask(path, **more)
        self.add(kind, since, answer.status_code)
        return answer

    def failed(self, kind: str, error: Exception) -> None:
        """A request without an answer."""
        with self.lock:
            self.errors[f"{kind}: {type(error).__name__}"] += 1

    def percentile(self, kind: str, share: float) -> float:
        """So many milliseconds or less for this share of the requests."""
        found = sorted(self.by_kind[kind]) or [0.0]
        return found[min(len(found) - 1, int(share * len(found)))]

    def tell(self, limits_ms: Mapping[str, float]) -> bool:
        """Print the figures; True when every p95 is within its limit and nothing went wrong."""
        held = not self.errors
        for kind, found in sorted(self.by_kind.items()):
            p50, p95, p99 = (self.percentile(kind, share) for share in (0.5, 0.95, 0.99))
            limit = limits_ms.get(kind)
            held = held and (limit is None or p95 <= limit)
            told = f" (limit of p95: {limit:.0f})" if limit else ""
            print(
                f"  {kind:14}{len(found):7} requests  p50 {p50:6.0f}  p95 {p95:6.0f}  "
                f"p99 {p99:6.0f}  max {max(found):6.0f} ms{told}"
            )
        print(f"  errors         {dict(self.errors) or 'none'}", flush=True)
        return held
