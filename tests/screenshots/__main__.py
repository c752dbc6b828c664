"""
Makes the pictures of the documentation anew.

    python -m tests.screenshots [--folder FOLDER]

Look at them before they are committed: that is what they are for as well.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.screenshots.shoot import FOLDER, names, shoot


def main() -> int:
    """Make them and say how large they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="letters-screenshots-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        shoot(folder, data)
    for picture in names():
        sys.stdout.write(f"{(folder / picture).stat().st_size:8} {picture}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
