"""The last step of training: quantise, calibrate on held-back texts, put the files in place."""

import logging
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from anonymizer.detection.tagger import Tagger
from corpus.train.calibrate import fit_temperature
from corpus.train.export import export_float, quantise, write_model
from corpus.train.model import NameTagger
from corpus.train.sources import Record

log = logging.getLogger(__name__)

ABOUT = {"start": "all-MiniLM-L6-v2, Apache-2.0", "licence": "CC-BY-SA-4.0"}
# A missed name harms a person, a false find costs a glance: the curve on the development letters
# still rises steeply down to here.
THRESHOLD = 0.25


def release(
    model: NameTagger,
    title: str,
    tokenizer: Tokenizer,
    held_back: Sequence[Record],
    *,
    out: Path,
    work: Path,
) -> None:
    """Write the finished model; its scores are calibrated on texts it was not trained on."""
    exact, small, trial = work / "float.onnx", work / "int8.onnx", work / "trial"
    about = {"name": title, **ABOUT}
    export_float(model, exact)
    quantise(exact, small)
    write_model(trial, small, tokenizer, {"temperature": 1.0, "threshold": THRESHOLD}, about)
    temperature = fit_temperature(Tagger.load(trial), held_back)
    log.info("temperature %.2f", temperature)
    write_model(out, small, tokenizer, {"temperature": temperature, "threshold": THRESHOLD}, about)
