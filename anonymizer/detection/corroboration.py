"""
Two weak signs make one that counts: a capital inside a sentence, and a model that half suspects it.

Alone the model says too little of a rare name ("Lefteris", the village Broch), and alone a capital
says too little of a word ("Gatorade"). Where both point at the same word it is taken out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from anonymizer.model import Finding

CAPITALS = "names:capital"
_MODEL = "ner:"
#: A score above every threshold for names.
_TOGETHER = 0.8


def corroborate(findings: Iterable[Finding], *, least: float) -> Iterator[Finding]:
    """
    The findings; one by capital that the model supports takes its kind and is sure.

    `least` is what the model must think of such a word; of most it thinks nothing.
    """
    everything = sorted(findings, key=lambda one: one.span)
    suspected = [
        one for one in everything if one.recognizer.startswith(_MODEL) and one.score >= least
    ]
    position = 0
    for finding in everything:
        if finding.recognizer != CAPITALS:
            yield finding
            continue
        while position < len(suspected) and suspected[position].span.end <= finding.span.start:
            position += 1
        support = suspected[position] if position < len(suspected) else None
        if support is None or support.span.start >= finding.span.end:
            yield finding
            continue
        certain = support.score >= _TOGETHER
        yield replace(
            finding,
            kind=support.kind,
            score=max(_TOGETHER, support.score, finding.score),
            recognizer=support.recognizer if certain else CAPITALS,
            evidence=(CAPITALS if certain else support.recognizer,),
        )
