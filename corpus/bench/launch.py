"""
`python -m corpus.bench.launch PROGRAM…`: start a program, tell what it took as a line of JSON.

A program inherits the peak memory of the process that starts it, so a small one has to.
"""

import json
import os
import subprocess
import sys
from time import perf_counter


def main() -> None:
    """Run the program of the arguments with its output thrown away."""
    begun = perf_counter()
    process = subprocess.Popen(  # noqa: S603  # started by `corpus.bench.speed` only
        sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    # wait4 tells what this one process took; wait() would leave only the sum of all children.
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts memory in KiB, macOS in bytes.
    unit = 1024 * (1024 if sys.platform == "darwin" else 1)
    told = {
        "wall": wall,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / unit,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
