"""
Names of countries for ISO 3166-1 alpha-2 codes, for the pages only.

Contract: an unknown code is shown as it is; nothing decides by these names.
"""

from service.web.language.choice import ENGLISH, GERMAN, current
from service.web.language.words import gettext

_TABLE = """
AD Andorra; AE United Arab Emirates; AF Afghanistan; AL Albania; AM Armenia; AO Angola;
AR Argentina; AT Austria; AU Australia; AZ Azerbaijan; BA Bosnia and Herzegovina; BB Barbados;
BD Bangladesh; BE Belgium; BF Burkina Faso; BG Bulgaria; BH Bahrain; BJ Benin; BO Bolivia;
BR Brazil; BS Bahamas; BW Botswana; BY Belarus; CA Canada; CD DR Congo; CH Switzerland;
CI Côte d’Ivoire; CL Chile; CM Cameroon; CN China; CO Colombia; CR Costa Rica; CU Cuba; CY Cyprus;
CZ Czechia; DE Germany; DK Denmark; DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia;
EG Egypt; ES Spain; ET Ethiopia; FI Finland; FR France; GB United Kingdom; GE Georgia; GH Ghana;
GR Greece; GT Guatemala; HK Hong Kong; HN Honduras; HR Croatia; HU Hungary; ID Indonesia;
IE Ireland; IL Israel; IN India; IQ Iraq; IR Iran; IS Iceland; IT Italy; JM Jamaica; JO Jordan;
JP Japan; KE Kenya; KG Kyrgyzstan; KH Cambodia; KR South Korea; KW Kuwait; KZ Kazakhstan;
LB Lebanon; LI Liechtenstein; LK Sri Lanka; LT Lithuania; LU Luxembourg; LV Latvia; MA Morocco;
MC Monaco; MD Moldova; ME Montenegro; MG Madagascar; MK North Macedonia; MM Myanmar; MN Mongolia;
MT Malta; MU Mauritius; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia; NG Nigeria;
NI Nicaragua; NL Netherlands; NO Norway; NP Nepal; NZ New Zealand; OM Oman; PA Panama; PE Peru;
PH Philippines; PK Pakistan; PL Poland; PR Puerto Rico; PS Palestine; PT Portugal; PY Paraguay;
QA Qatar; RO Romania; RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia; SE Sweden; SG Singapore;
SI Slovenia; SK Slovakia; SM San Marino; SN Senegal; SV El Salvador; SY Syria; TH Thailand;
TN Tunisia; TR Türkiye; TT Trinidad and Tobago; TW Taiwan; TZ Tanzania; UA Ukraine; UG Uganda;
US United States; UY Uruguay; UZ Uzbekistan; VE Venezuela; VN Vietnam; XK Kosovo; ZA South Africa;
ZM Zambia; ZW Zimbabwe
"""

NAMES: dict[str, str] = {
    entry.strip()[:2]: entry.strip()[3:] for entry in _TABLE.replace("\n", " ").split(";")
}


#: Countries whose names need an article after “in”.
_WITH_ARTICLE = frozenset({"AE", "BS", "CD", "DO", "GB", "NL", "PH", "US"})

#: The same in German, where “in” changes the word or another one is said.
_GERMAN_PLACES = {
    "AE": "in den Vereinigten Arabischen Emiraten",
    "BB": "auf Barbados",
    "BS": "auf den Bahamas",
    "CD": "in der Demokratischen Republik Kongo",
    "CH": "in der Schweiz",
    "CI": "in Côte d’Ivoire",
    "CU": "auf Kuba",
    "CY": "auf Zypern",
    "DO": "in der Dominikanischen Republik",
    "GB": "im Vereinigten Königreich",
    "HK": "in Hongkong",
    "IQ": "im Irak",
    "IR": "im Iran",
    "JM": "auf Jamaika",
    "LB": "im Libanon",
    "MD": "in der Republik Moldau",
    "MG": "auf Madagaskar",
    "MN": "in der Mongolei",
    "MT": "auf Malta",
    "MU": "auf Mauritius",
    "NL": "in den Niederlanden",
    "PH": "auf den Philippinen",
    "SK": "in der Slowakei",
    "TR": "in der Türkei",
    "TT": "auf Trinidad und Tobago",
    "UA": "in der Ukraine",
    "US": "in den Vereinigten Staaten",
}


def in_country(code: str) -> str:
    """`in Germany`, `in the United States`; `in Deutschland`, `in den USA`."""
    if current() is GERMAN:
        return _GERMAN_PLACES.get(code, f"in {country_name(code)}")
    article = "the " if code in _WITH_ARTICLE else ""
    return f"in {article}{country_name(code)}"


def country_name(code: str | None) -> str:
    """The name of a country; a code without a name stays a code."""
    if code is None:
        return gettext("unknown")
    if current() is not ENGLISH and code in NAMES:
        return str(current().locale.territories.get(code, NAMES[code]))
    return NAMES.get(code, code)
