"""The further checks that a Dutch rule can name with `check`: is it what its shape suggests?"""

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

#: What lasts for years, and is not of that age.
_LASTING = folded(
    """strijd periode tijd kuur reis relatie huwelijk wachttijd pauze duur termijn verblijf
    ervaring garantie afstand voorsprong rust behandeling opleiding vriendschap"""
)
_COUNTED = folded(
    """euro mensen stuks kilometer meter liter stappen cellen gram kilo km uur minuten dagen
    donoren bezoekers inwoners keer"""
)
_NO_PERSON = folded(
    """keer dag dagen week maand jaar nacht uur minuut brief weg wens gedachte reden blik stap
    licht hoop kans ding zaak lied eten koffie"""
)
_NO_JOB = folded(
    """een altijd eerste laatste kind jongen meisje enige gek vanouds dank donor teken vrijwilliger
    gevolg moeder vader geen volgt"""
)
_NO_NAME = folded(
    """god heer heere jezus maria kerst pasen sinterklaas sint dag dank groet groeten liefs jij je
    jullie u uw ik mijn wij ons hij zij ze dat die de het een en of dus maar nederlands engels
    vlaams fries bijbel psalm corona donor ontvanger mama papa oma opa"""
)
_NO_PLACE = _NO_NAME | folded(
    """maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei
    juni juli augustus september oktober november december nederland belgië duitsland frankrijk"""
)
_NO_STREETS = folded("onderweg weg thuisweg halfweg hof pad markt baan tijd")
_NO_POSTCODES = folded("in en of op te de is nu sms km cc eu tv dm")
_BARE_HOUSES = folded("ziekenhuis kliniek gasthuis")
_NUMBERS = folded(
    """nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien
    vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig"""
)


def _is_named_hospital(text: str, start: int, end: int) -> bool:
    return text[start:end].lower().removeprefix("het ") not in _BARE_HOUSES


def _is_postcode(text: str, start: int, end: int) -> bool:
    letters = text[start:end].lstrip("0123456789 ")[:2].lower()
    return letters not in _NO_POSTCODES


DUTCH_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "nl_age_of": not_after(_LASTING),
        "nl_year": not_before(_COUNTED),
        "nl_job": not_beginning_with(_NO_JOB),
        "nl_named_hospital": _is_named_hospital,
        "nl_name": not_beginning_with(_NO_NAME),
        "nl_not_noun": not_beginning_with(_NO_NAME),
        "nl_person_head": without(_NO_PERSON),
        "nl_place": not_beginning_with(_NO_PLACE),
        "nl_postcode": _is_postcode,
        "nl_spoken_phone": spoken_phone(_NUMBERS),
        "nl_street": not_beginning_with(_NO_STREETS),
    }
)
