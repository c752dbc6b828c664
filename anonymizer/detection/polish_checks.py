"""The further checks that a Polish rule can name with `check`: is it what its shape suggests?"""

from collections.abc import Mapping
from types import MappingProxyType

from anonymizer.detection.word_checks import (
    Check,
    folded,
    not_after,
    not_before,
    not_beginning_with,
    spoken_phone,
    without,
)

#: Words before a number of years that lasted; the first are prepositions of time.
_LASTING = folded("przez po przed za od około ponad na co śląsku")
_COUNTED = folded(
    """złotych zł euro osób ludzi sztuk kilometrów metrów litrów kroków komórek gramów kilo km
    godzin minut dni dawców mieszkańców razy"""
)
_NO_PERSON = folded(
    """raz razy dzień dni tydzień miesiąc rok noc godzina minuta list droga życzenie myśl powód
    krok światło nadzieja szansa rzecz piosenka obiad kawa śnieg"""
)
_NO_JOB = folded("tako dawca dawczyni wolontariusz dziecko pierwszy pierwsza jedyny jedyna osoba")
#: Polish writes to its reader with capitals.
_READER = folded(
    """ty ci cię ciebie tobie tobą twój twoja twoje twojego twojej twojemu twoją twoim twoich
    wy was wam wami wasz wasza wasze waszego waszej pan pana panu panem panie pani panią państwo
    państwa państwu państwem"""
)
_HOLY = folded(
    """bóg boga bogu bogiem boże boży boża bożej bożą boskiej boska jezus jezusa chrystus chrystusa
    maryja maryi maryję duch święty święta święte świętego anioł"""
)
_FEASTS = folded(
    """wigilia wigilię wigilii wielkanoc wielkanocy sylwester sylwestra adwent mikołajki
    poniedziałek wtorek środę czwartek piątek sobotę niedzielę"""
)
_NO_NAME = (
    _READER
    | _HOLY
    | _FEASTS
    | folded("dawca dawcy dawcę dawcą drogi droga szanowny szanowna szanowni doktor że i a ale ma")
)
_NO_PLACE = _NO_NAME | folded(
    """polsce polski polska niemczech niemiec ukrainy ukrainie rosji anglii stanach internecie
    dawcą dawcę facebooku instagramie tatrami bałtykiem domu"""
)
_NUMBERS = folded(
    """zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć sto dwieście trzysta
    czterysta pięćset sześćset siedemset osiemset dziewięćset dwadzieścia trzydzieści czterdzieści
    pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt"""
)

POLISH_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "pl_after_name": not_after(_LASTING | folded("ma mam minęły minęło temu już")),
        "pl_job": not_beginning_with(_NO_JOB),
        "pl_name": not_beginning_with(_NO_NAME),
        "pl_not_duration": not_after(_LASTING - {"na"}),
        "pl_not_noun": not_beginning_with(_NO_NAME),
        "pl_person_head": without(_NO_PERSON),
        "pl_place": not_beginning_with(_NO_PLACE),
        "pl_spoken_phone": spoken_phone(_NUMBERS),
        "pl_year": not_before(_COUNTED),
    }
)
