"""From trained weights to the files that are shipped."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer

from anonymizer.detection.tagger import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE
from corpus.train.model import NameTagger
from corpus.train.sources import TAGS

OPSET = 17


def export_float(model: NameTagger, path: Path) -> None:
    """Write the network as an ONNX file in single precision, for texts of any length."""
    ids = torch.ones((1, 16), dtype=torch.int64)
    model.eval()
    with torch.no_grad():
        torch.onnx.export(
            model,
            (ids, torch.zeros_like(ids)),
            str(path),
            input_names=["input_ids", "token_type_ids"],
            output_names=["logits"],
            dynamic_axes={
                name: {0: "rows", 1: "pieces"} for name in ("input_ids", "token_type_ids", "logits")
            },
            opset_version=OPSET,
            dynamo=False,
        )


def quantise(source: Path, target: Path, *, per_channel: bool = True) -> None:
    """
    Store matrices and the piece table in eight bits.

    One scale per output channel, because a single scale per matrix costs several times as much
    recall.  The attention scores (products of two activations) and the last layer, which is
    tiny and decides, stay in single precision.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        graph = onnx.load(str(prepared)).graph
        keep = [node.name for node in graph.node if _stays_exact(node, graph)]
        quantize_dynamic(
            str(prepared),
            str(target),
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            nodes_to_exclude=keep,
            per_channel=per_channel,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )


def write_model(
    folder: Path,
    model: Path,
    tokenizer: Tokenizer,
    settings: Mapping[str, float],
    about: Mapping[str, str],
) -> None:
    """Put model, tokenizer and configuration into a folder; each file appears at once or not."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as partial:
        place = Path(partial)
        shutil.copyfile(model, place / MODEL_FILE)
        plain = Tokenizer.from_str(tokenizer.to_str())
        plain.no_truncation()
        plain.no_padding()
        plain.save(str(place / TOKENIZER_FILE), pretty=False)
        sums = {
            name: hashlib.sha256((place / name).read_bytes()).hexdigest()
            for name in (MODEL_FILE, TOKENIZER_FILE)
        }
        (place / CONFIG_FILE).write_text(_config(settings, about, sums), encoding="utf-8")
        for name in (MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE):
            (place / name).chmod(0o644)
            (place / name).replace(folder / name)


def _stays_exact(node: onnx.NodeProto, graph: onnx.GraphProto) -> bool:
    """Say whether a node is the last layer or looks up one of the small tables."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    weights = [shapes[name] for name in node.input if name in shapes]
    if node.op_type == "Gather":
        return not any(len(shape) == 2 and shape[0] > 1_000 for shape in weights)
    return any(shape and shape[-1] == len(TAGS) for shape in weights)


def _config(
    settings: Mapping[str, float], about: Mapping[str, str], sums: Mapping[str, str]
) -> str:
    lines = ["# Written by `python -m corpus.train`; see MODEL_CARD.md.", "", "[about]"]
    lines += [f'{key} = "{value}"' for key, value in about.items()]
    tags = ", ".join(f'"{tag}"' for tag in TAGS)
    lines += ["", "[tagger]", f"tags = [{tags}]"]
    lines += [f"{key} = {value:.4f}" for key, value in settings.items()]
    lines += ["", "[sha256]", *(f'"{name}" = "{value}"' for name, value in sums.items()), ""]
    return "\n".join(lines)
