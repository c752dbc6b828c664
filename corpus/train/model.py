"""The network: a six-layer MiniLM encoder with case shapes and one linear layer on top."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from anonymizer.detection.tagger import SHAPES, START_VOCABULARY
from corpus.train.documents import IGNORED, NAMELESS, NAMELESS_OR_ORGANIZATION
from corpus.train.sources import ORGANIZATION, TAGS, TOLD_LABELS
from corpus.train.vocabulary import plain

START_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Checksum of the weights that training starts from: all-MiniLM-L6-v2, Apache-2.0."""


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of the encoder."""

    vocabulary: int = START_VOCABULARY
    positions: int = 512
    width: int = 384
    inner: int = 1_536
    heads: int = 12
    layers: int = 6
    dropout: float = 0.1


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads, self.dropout = size.heads, size.dropout
        self.query_key_value = nn.Linear(size.width, 3 * size.width)
        self.attended = nn.Linear(size.width, size.width)
        self.attended_norm = nn.LayerNorm(size.width, eps=1e-12)
        self.inner = nn.Linear(size.width, size.inner)
        self.outer = nn.Linear(size.inner, size.width)
        self.outer_norm = nn.LayerNorm(size.width, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """Return the states after attention and the feed-forward part."""
        rows, length, width = states.shape
        mixed = self.query_key_value(states).view(rows, length, 3, self.heads, -1)
        query, key, value = mixed.permute(2, 0, 3, 1, 4).unbind(0)
        # No dropout within attention: it would rule out the fast kernel and triple the time.
        context = functional.scaled_dot_product_attention(query, key, value, mask)
        rate = self.dropout if self.training else 0.0
        context = self.attended(context.transpose(1, 2).reshape(rows, length, width))
        states = self.attended_norm(states + functional.dropout(context, rate))
        changed = self.outer(functional.gelu(self.inner(states)))
        result: Tensor = self.outer_norm(states + functional.dropout(changed, rate))
        return result


class NameTagger(nn.Module):
    """Scores of every tag for every piece."""

    def __init__(self, size: Size | None = None) -> None:
        super().__init__()
        size = size or Size()
        self.dropout = size.dropout
        self.pieces = nn.Embedding(size.vocabulary, size.width)
        self.positions = nn.Embedding(size.positions, size.width)
        self.shapes = nn.Embedding(SHAPES, size.width)
        self.norm = nn.LayerNorm(size.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.head = nn.Linear(size.width, len(TAGS))

    def forward(self, ids: Tensor, types: Tensor, real: Tensor | None = None) -> Tensor:
        """Return logits of shape (rows, pieces, tags); `real` marks what is no padding."""
        order = torch.arange(ids.shape[1], device=ids.device)
        rate = self.dropout if self.training else 0.0
        states = self.pieces(ids) + self.positions(order) + self.shapes(types)
        states = functional.dropout(self.norm(states), rate)
        mask = None if real is None else real[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        result: Tensor = self.head(functional.dropout(states, rate))
        return result


def start_weights(path: Path) -> NameTagger:
    """Return a tagger whose encoder is the published one; only shapes and head are new."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != START_SHA256:
        message = f"{path.name} is not the file that training starts from"
        raise ValueError(message)
    raw = load_file(path)
    model = NameTagger()
    state = {
        "pieces.weight": raw["embeddings.word_embeddings.weight"],
        "positions.weight": raw["embeddings.position_embeddings.weight"],
        "norm.weight": raw["embeddings.LayerNorm.weight"],
        "norm.bias": raw["embeddings.LayerNorm.bias"],
        # Every shape starts as the type that all pieces had; training moves them apart.
        "shapes.weight": raw["embeddings.token_type_embeddings.weight"][:1].repeat(SHAPES, 1),
    }
    for number in range(len(model.layers)):
        state |= _layer_state(raw, number)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or set(missing) != {"head.weight", "head.bias"}:
        message = "the start weights do not fit the network"
        raise ValueError(message)
    return model


def grow(model: NameTagger, tokenizer: Tokenizer, words: Iterable[str]) -> None:
    """Give the model a row for each new word: the mean of the pieces of `tokenizer` for it."""
    old, new = model.pieces.weight.data, list(words)
    encodings = plain(tokenizer).encode_batch(new, add_special_tokens=False) if new else []
    rows = [old[torch.tensor(encoding.ids)].mean(0, keepdim=True) for encoding in encodings]
    model.pieces = nn.Embedding.from_pretrained(torch.cat([old, *rows]), freeze=False)


def loss_of(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy; all that a half-known word may be is one target."""
    kept = targets != IGNORED
    logits, targets = logits[kept].float(), targets[kept]
    return -(logits.log_softmax(-1) + _allowed()[targets]).logsumexp(-1).mean()


def _allowed() -> Tensor:
    table = torch.full((NAMELESS_OR_ORGANIZATION + 1, len(TAGS)), float("-inf"))
    for index, tag in enumerate(TAGS):
        table[index, index] = 0.0
        if tag == "O" or tag.endswith(TOLD_LABELS):
            table[NAMELESS:, index] = 0.0
        if tag.endswith(ORGANIZATION):
            table[NAMELESS_OR_ORGANIZATION, index] = 0.0
    return table


def _layer_state(raw: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    old, new = f"encoder.layer.{number}", f"layers.{number}"
    state: dict[str, Tensor] = {}
    names = {
        "attention.output.dense": "attended",
        "attention.output.LayerNorm": "attended_norm",
        "intermediate.dense": "inner",
        "output.dense": "outer",
        "output.LayerNorm": "outer_norm",
    }
    for kind in ("weight", "bias"):
        parts = [raw[f"{old}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        state[f"{new}.query_key_value.{kind}"] = torch.cat(parts)
        for published, own in names.items():
            state[f"{new}.{own}.{kind}"] = raw[f"{old}.{published}.{kind}"]
    return state
