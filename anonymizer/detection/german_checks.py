"""
The further checks that a German rule can name with `check`: is it what its shape suggests?

Each takes the text and the span of the match.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from anonymizer.expression import expression

_WORD_AFTER = expression(r"^[ ](\pL+)")
_WORD_BEFORE = expression(r"(\pL+)[ ,(]*$")
_REACH = 30
#: Words before a number that is no age.
_NUMBERED = frozenset(
    """station zimmer seite kapitel raum haus tag woche platz nummer nr uhr etage stock bett gruppe
    stärke windstärke grad klasse runde teil psalm lied bus linie gleis
    tor januar jänner februar märz april mai juni juli
    august september oktober november dezember""".split()
)
#: Words after a number that is no year.
_COUNTED = frozenset(
    """euro leute menschen stück kilometer meter liter seiten stufen mal zellen kalorien gramm
    kilo km m stunden minuten tage franken mark spender spenderinnen besucher einwohner""".split()
)
#: Of these there is often an only one, and it tells of nobody.
_NO_PERSON = frozenset(
    """mal tag tage woche monat jahr nacht stunde minute brief weg trost wunsch gedanke grund
    blick schritt schnee licht hoffnung chance ding sache lied essen kaffee""".split()
)
_NO_SURNAMES = frozenset(
    """doktor professor professorin doktorin gott herr frau direktor direktorin pfarrer pastor
    kollege kollegin nachbar nachbarin lehrer lehrerin oberarzt oberärztin chefarzt station primar
    primarius primaria
    stationsschwester spender spenderin patient patientin minister bürgermeister präsident dr prof
    med hr fr dipl ing mag holle jesus heiland gesangsverein gesangverein unbekannt""".split()
)
#: Nouns with a number behind them that are no street: "am Tag 26".
_NO_STREETS = frozenset(
    """tag tage abend morgen mittag zimmer saal raum station bett woche monat jahr minute stunde
    seite
    kapitel klasse gruppe runde stock etage spiel level kilometer gleis linie bus zug reihe stufe
    grad stadium block zyklus versuch nummer nr kanal programm""".split()
)
_NO_TITLES = frozenset({"hausmeister", "bürgermeister", "großmeister", "baumeister"})
_NO_PETS = frozenset(
    """futter leine haus garten hof wald tag morgen abend zeit freude liebe familie kinder mann frau
    korb schule hütte stall wiese und oder""".split()
)
_BARE_HOSPITALS = frozenset(
    """uniklinik uni-klinik universitätsklinik universitätsklinikum uniklinikum klinikum krankenhaus
    kreiskrankenhaus stadtkrankenhaus spital kantonsspital landesklinikum kinderklinik rehaklinik
    reha-klinik hospiz herzzentrum entnahmezentrum kinderspital universitätsspital""".split()
)
#: Words behind a greeting at the end that are no name: "Gruß Spender".
_NO_SIGN_OFFS = frozenset(
    """spender spenderin empfänger empfängerin patient patientin zwilling freund freundin retter
    retterin lebensretter lebensretterin unbekannt dein deine ihr ihre euer eure und von aus an gott
    danke mama papa oma opa mutti vati du sie ich wir bis auf""".split()
)
#: Words with the ending of a town's adjective that name no town.
_NO_ADJECTIVES = frozenset(
    """unser dieser jener meiner deiner seiner ihrer einer keiner jeder der immer hier über unter
    hinter großer kleiner neuer alter""".split()
)

#: What is called a lake, and any lake: "am Stausee"; what leads up to another word in "-er".
_NO_LAKES = frozenset(
    """stausee badesee baggersee bergsee waldsee dorfsee stadtsee parksee gartensee salzsee
    kratersee karsee weihersee fischsee angelsee natursee eissee ostsee nordsee südsee hochsee
    tiefsee übersee kalter großer kleiner tiefer stiller blauer grüner schwarzer weißer roter
    toter""".split()
)


def _is_age_after_word(text: str, start: int, _end: int) -> bool:
    return _word_before(text, start) not in _NUMBERED


def _is_year(text: str, _start: int, end: int) -> bool:
    return _word_after(text, end) not in _COUNTED


def _is_about_a_person(text: str, start: int, end: int) -> bool:
    return not _NO_PERSON.intersection(text[start:end].lower().split())


def _is_street(text: str, start: int, end: int) -> bool:
    return text[start:end].lower().split()[-2] not in _NO_STREETS


def _is_title(text: str, start: int, end: int) -> bool:
    return not _NO_TITLES.intersection(text[start:end].lower().split())


def _is_name_of_pet(text: str, start: int, end: int) -> bool:
    return text[start:end].split(maxsplit=1)[0].lower() not in _NO_PETS


def _is_surname(text: str, start: int, end: int) -> bool:
    return text[start:end].lower() not in _NO_SURNAMES


def _is_name_not_noun(text: str, start: int, end: int) -> bool:
    return text[start:end].lower() not in _NO_PETS


def _is_sign_off(text: str, start: int, end: int) -> bool:
    return text[start:end].lower() not in _NO_SIGN_OFFS


def _is_named_hospital(text: str, start: int, end: int) -> bool:
    words = [word for word in text[start:end].lower().split() if word not in _NO_ADJECTIVES]
    return len(words) > 1 or words[0] not in _BARE_HOSPITALS


def _is_named_water(text: str, start: int, end: int) -> bool:
    first = text[start:end].split(maxsplit=1)[0].lower()
    return first.removesuffix("s") not in _NO_LAKES and first not in _NO_LAKES | _NO_ADJECTIVES


def _word_after(text: str, end: int) -> str:
    found = _WORD_AFTER.match(text[end : end + _REACH])
    return found.group(1).lower() if found is not None else ""


def _word_before(text: str, start: int) -> str:
    found = _WORD_BEFORE.search(text[max(0, start - _REACH) : start])
    return found.group(1).lower() if found is not None else ""


GERMAN_CHECKS: Mapping[str, Callable[[str, int, int], bool]] = MappingProxyType(
    {
        "de_age_after_word": _is_age_after_word,
        "de_year": _is_year,
        "de_person_head": _is_about_a_person,
        "de_street": _is_street,
        "de_title_head": _is_title,
        "de_not_noun": _is_name_of_pet,
        "de_surname": _is_surname,
        "de_name_not_noun": _is_name_not_noun,
        "de_sign_off": _is_sign_off,
        "de_named_hospital": _is_named_hospital,
        "de_lake": _is_named_water,
    }
)
