"""Models that are there and no good, and a small pipeline of another maker."""

import hashlib
import shutil
from pathlib import Path

import spacy

from anonymizer.canary import CANARY_NAME, CANARY_TOWN
from anonymizer.pipeline import MODELS

_MANY_BYTES = 1000
#: Where ONNX keeps its weights: the graph of the model, its initializers, their raw data.
_WEIGHTS = (7, 5, 9)


def useless_models(folder: Path) -> Path:
    """A folder of models like ours, valid in every checksum, whose weights are all zero."""
    shutil.copytree(MODELS / "en", folder / "en")
    model = folder / "en" / "model.onnx"
    content = bytearray(model.read_bytes())
    before = hashlib.sha256(content).hexdigest()
    _blank(content, 0, len(content), _WEIGHTS)
    model.write_bytes(content)
    config = folder / "en" / "model.toml"
    after = hashlib.sha256(content).hexdigest()
    config.write_text(config.read_text("utf-8").replace(before, after), "utf-8")
    assert before != after
    return folder


def altered_models(folder: Path) -> Path:
    """A folder of models like ours in which one bit is another."""
    shutil.copytree(MODELS / "en", folder / "en")
    model = folder / "en" / "model.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    return folder


def their_pipeline(folder: Path, *names: str) -> Path:
    """A spaCy pipeline on disk that knows these names of people, and two towns."""
    nlp = spacy.blank("en")
    people = [{"label": "PERSON", "pattern": name} for name in names]
    towns = [{"label": "GPE", "pattern": name} for name in ("Ravensburg", CANARY_TOWN)]
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([*people, *towns])  # type: ignore[attr-defined]
    nlp.to_disk(folder)
    return folder


def their_good_pipeline(folder: Path, *names: str) -> Path:
    """One that also knows the name of the canary."""
    return their_pipeline(folder, CANARY_NAME, *names)


def _blank(content: bytearray, start: int, end: int, path: tuple[int, ...]) -> None:
    """Zero the large fields below `path` of a protobuf message; its length stays."""
    while start < end:
        key, start = _varint(content, start)
        field, wire = key >> 3, key & 7
        if wire == 0:
            _, start = _varint(content, start)
        elif wire == 2:
            size, start = _varint(content, start)
            if field == path[0] and len(path) > 1:
                _blank(content, start, start + size, path[1:])
            elif field == path[0] and size > _MANY_BYTES:
                content[start : start + size] = bytes(size)
            start += size
        else:
            start += {1: 8, 5: 4}[wire]


def _varint(content: bytearray, start: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[start]
        start += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, start
