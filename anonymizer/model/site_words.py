"""Words of a site, beside the rules: what is always removed, and what is no identifier."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from anonymizer.model.kinds import EntityKind


class WordUse(StrEnum):
    """
    What a word of a site is for.

    The first four are always removed, as the kind that they name. ORDINARY and TITLE are never
    removed: a word that the machine takes for a name, and one that stands before names.
    """

    PERSON = "person"
    PLACE = "place"
    ORGANIZATION = "organization"
    HOSPITAL = "hospital"
    ORDINARY = "ordinary"
    TITLE = "title"

    @property
    def kind(self) -> EntityKind | None:
        """The kind as which it is always removed; None for a word that is never removed."""
        return None if self in _SPARED else EntityKind(self.value.upper())


_SPARED = frozenset({WordUse.ORDINARY, WordUse.TITLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWord:
    """One word or phrase of a site; `language` is an ISO 639-1 code, empty for every language."""

    words: str = field(repr=False)
    use: WordUse
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """All words of a site as they are at one moment; version 0: there never was one."""

    version: int = 0
    words: tuple[SiteWord, ...] = field(default=(), repr=False)

    def of_language(self, code: str) -> Iterator[SiteWord]:
        """Those that hold in letters of this language."""
        return (one for one in self.words if one.language in {"", code})
