"""What differs between the models: languages, sources, and where names come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.train.sources import ENGLISH_SOURCES, GERMAN_SOURCES, OTHER_SOURCES, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    How one model is trained.

    `rounds` tells how often every whole letter of a language is drawn in an epoch, `synthetic` in
    which languages letters are composed from sentences. `home` maps regions of people to the
    countries of their places; so many in hundred names and places come from there.
    """

    name: str
    title: str
    sources: tuple[Source, ...]
    rounds: Mapping[str, int]
    synthetic: tuple[str, ...] = ()
    home: Mapping[str, tuple[str, ...]] | None = None
    home_share: float = 0.0
    swap_nouns: bool = False
    """German: the nouns around the names are exchanged for others."""

    new_words: int = 0
    """So many frequent words of the sources become pieces of their own."""


_GERMAN_HOME = {"german": ("DE", "DE", "DE", "AT", "CH")}
_OTHER_HOME = {
    "dutch-nordic": ("NL", "BE"),
    "french": ("FR", "BE"),
    "polish": ("PL",),
    "spanish": ("ES", "MX"),
    "chilean": ("CL", "AR"),
}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="en",
            title="letter name tagger, English",
            sources=ENGLISH_SOURCES,
            rounds={"en": 6},
            synthetic=("en",),
        ),
        Profile(
            name="de",
            title="letter name tagger, German",
            sources=GERMAN_SOURCES,
            rounds={"de": 9, "en": 1},
            synthetic=("de",),
            home=_GERMAN_HOME,
            home_share=0.6,
            swap_nouns=True,
            new_words=20_000,
        ),
        Profile(
            name="europe",
            title="letter name tagger, Dutch, French, Polish and Spanish",
            sources=OTHER_SOURCES,
            rounds={"nl": 16, "fr": 16, "pl": 16, "es": 16, "en": 1, "de": 1},
            home=_OTHER_HOME,
            home_share=0.6,
            new_words=12_000,
        ),
    )
}
