"""The further checks that a Spanish rule can name with `check`: is it what its shape suggests?"""

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
    """más menos espera periodo plazo experiencia matrimonio vida tratamiento lucha silencio
    felicidad garantía retraso contrato cerca antigüedad amistad casados alrededor hace durante
    tras"""
)
_COUNTED = folded(
    """euros pesos personas pasos metros kilómetros litros células gramos kilos km horas minutos
    días donantes habitantes veces"""
)
_NO_PERSON = folded(
    """vez veces día días semana mes año noche hora minuto carta camino deseo razón mirada paso luz
    esperanza suerte cosa canción comida café nieve"""
)
_NO_NAME = folded(
    """dios señor señora jesús cristo virgen maría santo santa san navidad reyes pascua hola gracias
    tú ti usted yo él ella ellos mi mis el la los las un una y o pero si que quien biblia salmo
    lunes martes miércoles jueves viernes sábado domingo doctor doctora padre madre mamá papá
    donante covid navidades"""
)
_NO_PLACE = (_NO_NAME - folded("san santa santo el la los las o")) | folded(
    """enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    españa portugal francia alemania semana nochebuena nochevieja"""
)
_NO_TOWNS = folded("gracias besos abrazos euros pesos personas veces pasos donantes saludos")
_NUMBERS = folded(
    """cero un uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"""
)


def _names_a_town(text: str, start: int, end: int) -> bool:
    return _NO_TOWNS.isdisjoint(text[start:end].lower().split())


#: The registry of Spain bears the name of a person.
_REGISTRY = folded("carreras")

SPANISH_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "es_after_name": not_after(_LASTING | folded("con a los cumplí")),
        "es_age_of": not_after(_LASTING),
        "es_age_with": all_of(
            not_before(folded("espera experiencia garantía retraso matrimonio antelación más")),
            not_after(folded("todos durante entre")),
        ),
        "es_no_registry": without(_REGISTRY),
        "es_name": not_beginning_with(_NO_NAME),
        "es_not_noun": not_beginning_with(_NO_NAME),
        "es_person_head": without(_NO_PERSON),
        "es_place": not_beginning_with(_NO_PLACE),
        "es_postcode": _names_a_town,
        "es_spoken_phone": spoken_phone(_NUMBERS),
        "es_year": not_before(_COUNTED),
    }
)
