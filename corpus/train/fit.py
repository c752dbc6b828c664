"""The training loop: seeded, logged, and resumable from its last checkpoint."""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor

from corpus.train.documents import Batch
from corpus.train.model import NameTagger, loss_of

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
CHECKPOINT_SECONDS = 180.0
LOG_STEPS = 50


RATE, NEW_RATE = 2e-4, 1e-3


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides its data."""

    seed: int = 7
    epochs: int = 4
    rate: float = RATE
    new_rate: float = NEW_RATE
    """For the head, which starts from nothing, and the shapes, which start alike."""

    warmup: float = 0.05
    decay: float = 0.01
    threads: int = 3


EpochBatches = Callable[[int], Sequence[Batch]]


def fit(model: NameTagger, epoch_batches: EpochBatches, settings: Settings, work: Path) -> None:
    """Train in place.  `epoch_batches` must give the same batches when asked again."""
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    optimizer = _optimizer(model, settings)
    first_epoch, first_step = _resume(model, optimizer, work)
    saved = time.monotonic()
    model.train()
    for epoch in range(first_epoch, settings.epochs):
        batches = epoch_batches(epoch)
        log.info("epoch %d: %d batches", epoch, len(batches))
        losses: list[float] = []
        for step in range(first_step, len(batches)):
            done = (epoch + step / len(batches)) / settings.epochs
            _set_rate(optimizer, done, settings)
            losses.append(_step(model, optimizer, batches[step]))
            if step % LOG_STEPS == LOG_STEPS - 1:
                log.info(
                    "epoch %d step %d loss %.4f",
                    epoch,
                    step + 1,
                    sum(losses[-LOG_STEPS:]) / len(losses[-LOG_STEPS:]),
                )
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                _save(model, optimizer, (epoch, step + 1), work)
                saved = time.monotonic()
        first_step = 0
        _save(model, optimizer, (epoch + 1, 0), work)
    model.eval()


def load_checkpoint(model: NameTagger, work: Path) -> None:
    """
    Put the weights of the last checkpoint into a model.

    The checkpoint may know fewer tags than the model; those it lacks keep their fresh weights.
    """
    state: dict[str, Any] = torch.load(work / CHECKPOINT, weights_only=True)
    weights: dict[str, Tensor] = state["model"]
    fresh = model.state_dict()
    for name in ("head.weight", "head.bias"):
        known = weights[name]
        weights[name] = torch.cat([known, fresh[name][len(known) :]])
    model.load_state_dict(weights)
    model.eval()


def average_checkpoints(runs: Sequence[Path], work: Path) -> None:
    """
    Write the mean of the weights of several runs as a checkpoint into `work`.

    The runs must have one start: the mean of strangers means nothing (Wortsman et al. 2022, "Model
    soups"). Words that only later runs know keep their weights. A run named twice counts twice.
    """
    states = [torch.load(run / CHECKPOINT, weights_only=True)["model"] for run in runs]
    mean = {name: _mean([state[name] for state in states]) for name in states[0]}
    torch.save({"model": mean}, work / CHECKPOINT)


def _mean(parts: Sequence[Tensor]) -> Tensor:
    """The mean of each row over the parts that have it."""
    longest = max(parts, key=len)
    total, count = torch.zeros_like(longest), torch.zeros(len(longest))
    for part in parts:
        total[: len(part)] += part
        count[: len(part)] += 1
    return total / count.reshape(-1, *[1] * (longest.ndim - 1))


def _step(model: NameTagger, optimizer: torch.optim.Optimizer, batch: Batch) -> float:
    # bfloat16 multiplies many times faster on recent processors and costs no accuracy here;
    # the weights themselves and the loss stay in float32.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(_tensor(batch.ids), _tensor(batch.types), _tensor(batch.real))
    loss = loss_of(logits, _tensor(batch.targets))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _optimizer(model: NameTagger, settings: Settings) -> torch.optim.Optimizer:
    new = [
        parameter
        for name, parameter in model.named_parameters()
        if name.startswith(("head", "shapes"))
    ]
    flat = [
        parameter
        for name, parameter in model.named_parameters()
        if parameter.ndim == 1 and not name.startswith("head")
    ]
    known = {id(parameter) for parameter in new + flat}
    matrices = [parameter for parameter in model.parameters() if id(parameter) not in known]
    groups = [
        {"params": new, "base": settings.new_rate, "weight_decay": 0.0},
        {"params": flat, "base": settings.rate, "weight_decay": 0.0},
        {"params": matrices, "base": settings.rate, "weight_decay": settings.decay},
    ]
    return torch.optim.AdamW(groups, lr=settings.rate, fused=True)


def _set_rate(optimizer: torch.optim.Optimizer, done: float, settings: Settings) -> None:
    """Rise during the warm-up, then fall in a straight line to nothing."""
    share = min(done / settings.warmup, (1.0 - done) / (1.0 - settings.warmup))
    for group in optimizer.param_groups:
        group["lr"] = group["base"] * share


def _save(
    model: NameTagger, optimizer: torch.optim.Optimizer, place: tuple[int, int], work: Path
) -> None:
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "place": place}
    partial = work / f"{CHECKPOINT}.part"
    torch.save(state, partial)
    partial.replace(work / CHECKPOINT)


def _resume(model: NameTagger, optimizer: torch.optim.Optimizer, work: Path) -> tuple[int, int]:
    if not (work / CHECKPOINT).exists():
        return 0, 0
    state: dict[str, Any] = torch.load(work / CHECKPOINT, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    epoch, step = state["place"]
    log.info("resumed in epoch %d at step %d", epoch, step)
    # The order of dropout differs after an interruption; the data do not.
    torch.manual_seed(random.Random(f"{epoch}/{step}").getrandbits(32))
    return int(epoch), int(step)


def _tensor(array: npt.NDArray[Any]) -> Tensor:
    return torch.from_numpy(array)
