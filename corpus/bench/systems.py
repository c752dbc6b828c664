"""What is compared: a system finds passages in a text; an offer is one that may be missing here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from anonymizer.model import EntityKind

#: Start and end in code points, end exclusive; None where a tool's label says no kind of ours.
Passage = tuple[int, int, EntityKind | None]
Find = Callable[[str], Iterable[Passage]]

INSTALL = "pip install 'letter-anonymizer[bench]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Something that finds what should be masked."""

    name: str
    find: Find


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A system that cannot run here; the reason tells what would change that."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A system before it is loaded: `make` imports `packages`, and may take seconds."""

    name: str
    make: Callable[[], Find]
    packages: tuple[str, ...] = ()
    remedy: str = INSTALL


def loaded(offers: Iterable[Offer]) -> Iterator[System | Missing]:
    """Each offer as a system, or as missing when one of its packages is not there or not usable."""
    for offer in offers:
        if any(find_spec(package) is None for package in offer.packages):
            yield Missing(name=offer.name, reason=f"not installed: {offer.remedy}")
            continue
        try:
            find = offer.make()
        except Exception as error:
            if not offer.packages:
                raise  # ours, and it must work
            reason = f"does not load ({type(error).__name__}): {offer.remedy}"
            yield Missing(name=offer.name, reason=reason)
        else:
            yield System(name=offer.name, find=find)
