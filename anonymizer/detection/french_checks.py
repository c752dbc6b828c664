"""The further checks that a French rule can name with `check`: is it what its shape suggests?"""

from collections.abc import Mapping
from types import MappingProxyType

from anonymizer.detection.word_checks import (
    Check,
    all_of,
    folded,
    not_after,
    not_before,
    not_beginning_with,
    spoken_phone,
    without,
)

#: What lasts for years, and is not of that age.
_LASTING = folded(
    """plus moins attente période durée recul expérience mariage vie traitement lutte combat
    silence bonheur garantie retard contrat bout près écart amitié peu depuis dans pendant après"""
)
_COUNTED = folded(
    """euros personnes gens pas mètres kilomètres litres cellules grammes kilos km heures minutes
    jours donneurs habitants fois marches"""
)
_NO_PERSON = folded(
    """fois jour jours semaine mois an année nuit heure minute lettre chemin souhait pensée raison
    regard pas lumière espoir chance chose chanson repas café neige"""
)
_NO_JOB = folded(
    """un une toujours jamais avant tout tous prévu il elle je on ça cela si bénévole donneur fou
    folle dingue"""
)
_NO_NAME = folded(
    """dieu seigneur jésus marie vierge noël pâques bonjour salut merci madame monsieur toi moi vous
    je tu il elle nous on le la les un une mon ma mes et ou mais donc si que qui bible psaume
    docteur père mère maman papa mamie papi dame lundi mardi mercredi jeudi vendredi samedi
    dimanche amour ange"""
)
_NO_PLACE = _NO_NAME | folded(
    """janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    france belgique suisse l'hôpital l'école"""
)
#: No name, though a number of years follows.
_NO_BEARER = folded("depuis pendant après dans avant pour six sept environ voilà")
_NO_TOWNS = folded(
    "merci bravo français personnes euros fois bisous donneurs gens pas mercis kilomètres"
)
_SMALL_ORDINALS = folded("premier deuxième second seconde troisième quatrième prochain énième")
_NUMBERS = folded(
    """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
    seize vingt trente quarante cinquante soixante septante quatre-vingt nonante"""
)


def _is_birthday(text: str, start: int, end: int) -> bool:
    return text[start:end].lower() not in _SMALL_ORDINALS


def _names_a_town(text: str, start: int, end: int) -> bool:
    words = text[start:end].lower().split()
    return words[-1] not in _NO_TOWNS


FRENCH_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "fr_age": not_before(folded("d'attente retard expérience attente mariage")),
        "fr_age_at": all_of(
            not_before(folded("près plus intervalle peine")), not_after(_NO_BEARER | {"jusque"})
        ),
        "fr_age_of": not_after(_LASTING),
        "fr_job": not_beginning_with(_NO_JOB),
        "fr_name": not_beginning_with(_NO_NAME),
        "fr_not_noun": not_beginning_with(_NO_NAME),
        "fr_ordinal": _is_birthday,
        "fr_person_head": without(_NO_PERSON),
        "fr_place": not_beginning_with(_NO_PLACE),
        "fr_postcode": _names_a_town,
        "fr_spoken_phone": spoken_phone(_NUMBERS),
        "fr_year": not_before(_COUNTED),
    }
)
