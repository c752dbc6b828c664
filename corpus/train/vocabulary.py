"""
Frequent words of a language as pieces of their own.

The vocabulary of the start weights is English: it cuts German words into three pieces where English
ones are whole, which costs time and meaning. A new piece starts as the mean of those it replaces.
Words are counted outside of names only, so that a name keeps looking like one.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import Tokenizer

from corpus.train.sources import Record

LEAST_COUNT = 3

_WORD = re.compile(r"[^\W\d_]{3,}")


def frequent_words(
    records: Iterable[Record], tokenizer: Tokenizer, most: int, *, names: Iterable[str] = ()
) -> list[str]:
    """
    The most frequent words outside of names that the vocabulary cuts into pieces.

    None of `names` is among them: singers and saints stand unmarked in the texts, and what the
    model knows whole counts as a common word.
    """
    counts: Counter[str] = Counter()
    for record in records:
        position = 0
        for span in record.spans:
            counts.update(_words(record.text[position : span.start], tokenizer))
            position = span.end
        counts.update(_words(record.text[position:], tokenizer))
    known = {*tokenizer.get_vocab(), *(word for name in names for word in _words(name, tokenizer))}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    new = [word for word, count in ranked if count >= LEAST_COUNT and word not in known]
    return new[:most]


def grown_tokenizer(tokenizer: Tokenizer, words: Iterable[str]) -> Tokenizer:
    """The same tokenizer with these words as whole pieces behind its own."""
    told = json.loads(plain(tokenizer).to_str())
    pieces: dict[str, int] = told["model"]["vocab"]
    for word in words:
        pieces[word] = len(pieces)
    return Tokenizer.from_str(json.dumps(told))


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """The same without cutting or filling up."""
    plain = Tokenizer.from_str(tokenizer.to_str())
    plain.no_truncation()
    plain.no_padding()
    return plain


def _words(text: str, tokenizer: Tokenizer) -> list[str]:
    return _WORD.findall(tokenizer.normalizer.normalize_str(text))
