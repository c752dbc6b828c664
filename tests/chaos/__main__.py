"""
Kills processes of the service while letters go through it, and says what was kept of its promises.

    python -m tests.chaos --letters 20000 --kills 1000        on SQLite and PostgreSQL

Ends with status 0 when nothing was lost, sent twice under two ids, altered, unapproved or sent to
a wrong recipient, and everything drained within a minute of the last kill; else with 1.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from tests.chaos.run import Outcome, Plan, run
from tests.integration import postgresql


def main() -> int:
    """Run on each database and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--cases", type=int, help="by default one for ten letters")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    engines = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    kept = True
    for engine in engines:
        print(f"{engine}: seed {options.seed}, {options.letters} letters, {options.kills} kills")
        with (
            tempfile.TemporaryDirectory(prefix="letters-chaos-") as name,
            database(engine, name) as url,
        ):
            plan = Plan(
                url=url,
                letters=options.letters,
                kills=options.kills,
                seed=options.seed,
                workers=options.workers,
                # a case of hundreds of letters is none of the field
                cases=options.cases or max(20, options.letters // 10),
            )
            outcome = run(plan, Path(name))
        _tell(outcome)
        kept = kept and outcome.holds
    return 0 if kept else 1


@contextmanager
def database(engine: str, folder: str) -> Iterator[str]:
    """The URL of an empty database of this kind."""
    if engine == "sqlite":
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        yield f"sqlite:///{data / 'letters.db'}"
        return
    with postgresql.server() as server, postgresql.database(server) as url:
        yield url


def _tell(outcome: Outcome) -> None:
    for one in fields(outcome.verdict):
        print(f"  {one.name.replace('_', ' '):28}{getattr(outcome.verdict, one.name)}")
    points = sum(outcome.at_points.values())
    print(f"  {'processes killed':28}{outcome.kills}")
    print(f"  {'of them at named points':28}{points} at {len(outcome.at_points)} points")
    print(f"  {'points that were not reached':28} {', '.join(outcome.missed_points) or 'none'}")
    left = f"{outcome.drained.under_way} under way, {outcome.drained.unread} to be approved"
    print(f"  {'left at the last kill':28}{left}")
    print(f"  {'drained after the last kill':28}{outcome.drained.seconds:.1f} s")
    print(f"  {'errors answered or raised':28}{len(outcome.errors)} {sorted(set(outcome.errors))}")
    print(f"  {'ended without being killed':28}{outcome.ended_by_themselves}")
    print(f"  {'refusals to proofreaders':28}{outcome.refused}")
    print(f"  {'whole run':28}{outcome.took_s:.0f} s")
    print(f"  {'every promise kept':28}{'yes' if outcome.holds else 'NO'}")


if __name__ == "__main__":
    sys.exit(main())
