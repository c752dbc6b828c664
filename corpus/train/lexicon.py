"""The words that fill the slots of synthetic letters, and what each of them is."""

import random
import re
from collections.abc import Callable

from corpus.train.gazetteers import Gazetteers
from corpus.train.grammar import Rules, expand
from corpus.train.sources import LOCATION, OCCUPATION, ORGANIZATION, PERSON

Piece = tuple[str, str | None]
"""Some text and its label, if it is a name."""

LABEL_OF: dict[str, str] = {
    slot: label
    for label, slots in {
        PERSON: "given surname full self selffull you initial initials nick pet spelled"
        " familyfirst byname wordname lowword",
        LOCATION: "town country region river mountain island lake street address"
        " wordtown village district hill stream building house",
        ORGANIZATION: "hospital org shop club school university church band charity airline paper"
        " odd_shop odd_church odd_hospital odd_school odd_team",
        OCCUPATION: "job",
    }.items()
    for slot in slots.split()
}

# How often a name is drawn that is an ordinary word as well.
NAME_AND_WORD, TOWN_AND_WORD = 0.08, 0.15
FAMILY_FIRST = 0.05

_ENDINGS = "y ie i o a ers s z zo ito inha ulla ek ka chen li ster -Bear -O an bo ush".split()

_SLOT = re.compile(r"\{(\w+)\}")


class Lexicon:
    """Draws names for slots; a letter keeps one of these for all its sentences."""

    def __init__(self, names: Gazetteers, rules: Rules, rng: random.Random) -> None:
        self._names, self._rules, self._rng = names, rules, rng
        self._region, self._other = names.region(rng), names.region(rng)
        self._given, self._family = self.given(), self.family()
        self._you = self.given(foreign=0.6)
        self._slots: dict[str, Callable[[], str]] = {
            "given": self.given,
            "surname": self.family,
            "full": self.full,
            "self": lambda: self._given,
            "selffull": lambda: f"{self._given} {self._family}",
            "you": lambda: self._you,
            "familyfirst": lambda: f"{self.family()} {self.given()}",
            "wordname": lambda: rng.choice(rules["name_and_word"]),
            "lowword": lambda: rng.choice(rules["name_and_word"]).lower(),
            "wordtown": lambda: rng.choice(rules["town_and_word"]),
            "nick": self.nick,
            "initial": self.initial,
            "initials": self.initials,
            "pet": self.pet,
            "spelled": self.spelled,
            "town": self.town,
            "odd": self.odd_word,
            "postcode": self.postcode,
            "n": lambda: str(rng.randint(2, 40)),
            "age": lambda: str(rng.randint(3, 70)),
            "day": lambda: str(rng.randint(1, 28)),
            "monthnumber": lambda: str(rng.randint(1, 12)),
            "year": lambda: str(rng.randint(1990, 2025)),
            "hospitals": lambda: rng.choice(names.hospitals),
            "companies": lambda: rng.choice(names.companies),
            "clubs": lambda: rng.choice(names.clubs),
            "universities": lambda: rng.choice(names.universities),
        }

    def pieces(self, slot: str) -> list[Piece]:
        """Fill a slot; a list of people or a person with a title is more than one piece."""
        if slot == "doctor":
            return self._doctor()
        if slot == "kids":
            return self._people()
        return [(self.word(slot), LABEL_OF.get(slot))]

    def word(self, slot: str) -> str:
        """Draw a word or name, composing it by the grammar where that says how."""
        if slot in self._slots:
            return self._slots[slot]()
        pattern = expand(self._rules, slot, self._rng).replace(";", ",")
        return _SLOT.sub(lambda inner: self.word(inner[1]), pattern)

    def given(self, foreign: float = 0.2) -> str:
        """Draw a given name, sometimes one that is an ordinary word, sometimes a double one."""
        rng = self._rng
        draw = rng.random()
        if draw < NAME_AND_WORD:
            return rng.choice(self._rules["name_and_word"])
        region = self._other if rng.random() < foreign else self._region
        name = self._names.given_name(rng, region)
        if draw > 0.97:
            return f"{name}{rng.choice('- ')}{self._names.given_name(rng, region)}"
        return name

    def family(self) -> str:
        """Draw a family name of the writer's region, now and then with a particle."""
        particle = self._rng.choice(("van ", "von ", "de ", "al-", "O'", "Mc", "Mac"))
        name = self._names.family_name(self._rng, self._region)
        return f"{particle}{name}" if self._rng.random() < 0.03 else name

    def full(self) -> str:
        """Draw a given and a family name, now and then with a middle initial."""
        draw = self._rng.random()
        if draw < FAMILY_FIRST:
            return f"{self.family()} {self.given()}"
        middle = f"{self._letter()}. " if draw > 0.92 else ""
        return f"{self.given()} {middle}{self.family()}"

    def nick(self) -> str:
        """Draw a nickname: a known one, a clipped given name, or a word that became one."""
        draw = self._rng.random()
        if draw < 0.45:
            return self._rng.choice(self._rules["nick"])
        if draw < 0.65:
            return self._rng.choice(self._rules["nick_word"])
        stem = self.given()[: self._rng.choice((3, 3, 4))].rstrip("aeiouy -'")
        return stem + self._rng.choice(_ENDINGS) if len(stem) > 1 else self.given()

    def initial(self) -> str:
        """Draw one initial, often the writer's."""
        own = self._rng.random() < 0.4
        return (self._given[0].upper() if own else self._letter()) + self._rng.choice(("", "."))

    def initials(self) -> str:
        """Draw two or three initials in one of the ways people write them."""
        letters = [self._given[0].upper(), self._family.lstrip("'")[0].upper()]
        if self._rng.random() < 0.1:
            letters.insert(1, self._letter())
        joint = self._rng.choice((". ", ".", ".", "", " "))
        end = "." if "." in joint and self._rng.random() < 0.85 else ""
        return joint.join(letters) + end

    def pet(self) -> str:
        """Draw the name of an animal; people give them human ones, too."""
        if self._rng.random() < 0.6:
            return self._rng.choice(self._rules["pet_name"])
        return self.given()

    def spelled(self) -> str:
        """Spell the writer's name letter by letter."""
        return self._rng.choice((" ", "-", ".", " - ", ". ")).join(self._given[:8].upper())

    def town(self) -> str:
        """Draw a town or village, sometimes one that is an ordinary word."""
        if self._rng.random() < TOWN_AND_WORD:
            return self._rng.choice(self._rules["town_and_word"])
        return self._names.place(self._rng)

    def odd_word(self) -> str:
        """Draw something that no dictionary has; written small after an article it is no name."""
        lists = (
            self._names.family["nigerian"],
            self._names.family["dutch-nordic"],
            self._names.family["slavic"],
            self._names.family["indian"],
        )
        return self._rng.choice(self._rng.choice(lists)).lower()

    def postcode(self) -> str:
        """Draw a postal code in the form of one country or another."""
        form = self._rng.choice(
            (
                "#####",
                "#####",
                "####",
                "##-###",
                "AA# #AA",
                "A## #AA",
                "#### AA",
                "A#A #A#",
                "######",
            )
        )
        return "".join(
            self._letter() if sign == "A" else str(self._rng.randint(0, 9)) if sign == "#" else sign
            for sign in form
        )

    def _people(self) -> list[Piece]:
        names = [self.given() for _ in range(self._rng.choice((2, 2, 3, 3, 4)))]
        joint = self._rng.choice((" and ", " and ", " & ", ", ", " + ", " und "))
        pieces: list[Piece] = []
        for position, name in enumerate(names):
            if position:
                pieces.append((joint if position == len(names) - 1 else ", ", None))
            pieces.append((name, PERSON))
        return pieces

    def _doctor(self) -> list[Piece]:
        # The title stays outside the name.
        title = self._rng.choice(("Dr. ", "Dr ", "Prof. ", "Professor ", "Doctor ", "Prof. Dr. "))
        draw = self._rng.random()
        name = (
            self.full() if draw < 0.25 else f"{self._letter()}." if draw > 0.92 else self.family()
        )
        return [(title, None), (name, PERSON)]

    def _letter(self) -> str:
        return chr(self._rng.randint(ord("A"), ord("Z")))
