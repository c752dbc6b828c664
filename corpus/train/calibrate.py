"""Fit the one number that makes scores mean what they say."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from anonymizer.detection.tagger import Tagger, split_words
from corpus.train.documents import tag_words
from corpus.train.sources import Record

TEMPERATURES = tuple(round(0.7 + 0.05 * step, 2) for step in range(40))


def fit_temperature(tagger: Tagger, records: Iterable[Record]) -> float:
    """
    Return the temperature under which "name or no name" is least surprising.

    `tagger` must be loaded with a temperature of one.  Only completely marked texts count.
    """
    logs, named = [], []
    for record in records:
        words = split_words(record.text)
        if not record.complete or not words:
            continue
        logs.append(np.log(tagger.word_probabilities(record.text, words) + 1e-12))
        named += [target in tagger.name_columns for target in tag_words(words, record.spans, 0)]
    scores, truth = np.concatenate(logs), np.array(named)
    columns = list(tagger.name_columns)
    return min(TEMPERATURES, key=lambda value: _surprise(scores / value, columns, truth))


def _surprise(
    scores: npt.NDArray[np.float64], columns: list[int], truth: npt.NDArray[np.bool_]
) -> float:
    total = np.logaddexp.reduce(scores, axis=1)
    inside = np.logaddexp.reduce(scores[:, columns], axis=1) - total
    others = [column for column in range(scores.shape[1]) if column not in columns]
    outside = np.logaddexp.reduce(scores[:, others], axis=1) - total
    return float(-np.where(truth, inside, outside).mean())
