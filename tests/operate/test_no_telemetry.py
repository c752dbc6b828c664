"""The library that runs the models tells its maker nothing, whatever it does unasked."""

import os
import subprocess
import sys
from pathlib import Path

import anonymizer
from tests.contract.source import ROOT

MODEL = Path(anonymizer.__file__).parent / "models/en"
PROGRAM = """
import sys
from pathlib import Path
from anonymizer.detection.tagger import Tagger
assert Tagger.load(Path(sys.argv[1])).tag("Dear donor, my name is Agnieszka.")
"""
#: With one of these ONNX Runtime keeps still by itself: nothing would be shown.
QUIET = {"ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED", "CI", "GITHUB_ACTIONS"}


def test_a_model_that_is_loaded_leaves_no_number_of_this_machine(tmp_path: Path) -> None:
    """Telemetry begins with such a number and a file of events to send, in the home folder."""
    environment = {name: value for name, value in os.environ.items() if name not in QUIET}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(MODEL)],
        env=environment | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.rglob("*"))
