"""
How many actions a proofreader needs for a letter, counted at the real pages.

    python -m tests.effort --letters 40

Held-out English letters, the ordinary ones first, go into a real service with the real pipeline. A
scripted proofreader who knows the gold marks works through them in Chromium: takes out what has to
go, keeps the rest, marks what the machine missed, approves. Prints counts and letter numbers only.
Ends with status 1 when the median is above its limit or a letter did not reach approval.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.effort.letters import chosen_letters
from tests.effort.replay import replay

_MOST = 6
#: So many letters more than wanted, for those that a coordinator has to decide first.
_SPARE = 10


def main() -> int:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.effort", description=__doc__)
    parser.add_argument("--letters", type=int, default=40)
    options = parser.parse_args()
    letters = chosen_letters(options.letters + _SPARE)
    with tempfile.TemporaryDirectory(prefix="letters-effort-") as name:
        effort = replay(Path(name), letters, count=options.letters)
    # nothing is drawn by chance: letters come by name, and the reader is a script
    sys.stdout.write("seed: none, letters in the order of their names\n")
    sys.stdout.write("\n".join([*effort.lines(), f"  median at most {_MOST}"]) + "\n")
    return 0 if effort.median <= _MOST and not effort.stuck else 1


if __name__ == "__main__":
    sys.exit(main())
