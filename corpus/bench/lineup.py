"""Who takes part in the comparison, in the order of the table."""

from collections.abc import Iterator

from anonymizer.pipeline import Pipeline
from corpus.bench import ours, presidio_engine, tools
from corpus.bench.systems import Missing, Offer, System, loaded

OURS = "letter-anonymizer"
BARE_MODEL = "its model alone"


def lineup(pipeline: Pipeline, language: str) -> Iterator[System | Missing]:
    """Every system that is installed, and those that are not; ours and Presidio in a language."""
    return loaded(
        (
            Offer(name=OURS, make=lambda: ours.whole_pipeline(pipeline)),
            Offer(
                name="  with suggestions",
                make=lambda: ours.whole_pipeline(pipeline, ours.POINTED_AT),
            ),
            Offer(name=BARE_MODEL, make=lambda: ours.bare_model(language)),
            Offer(
                name="Presidio on our model", make=lambda: presidio_engine.on_our_model(language)
            ),
            Offer(name="Presidio, patterns", make=lambda: presidio_engine.patterns_alone(language)),
            Offer(
                name="scrubadub + TextBlob",
                make=tools.scrubadub_with_names,
                packages=("scrubadub", "textblob"),
            ),
            Offer(name="scrubadub", make=tools.scrubadub, packages=("scrubadub",)),
            Offer(name="DataFog, regex", make=tools.datafog, packages=("datafog",)),
        )
    )
