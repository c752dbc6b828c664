"""
English names of languages, for sentences that people read; data keeps the ISO 639-1 codes.

Contract: every language that the gate can tell has a name; another code is named by itself.
"""

from collections.abc import Iterable

_TABLE = """
af Afrikaans; ar Arabic; bg Bulgarian; bn Bengali; bs Bosnian; ca Catalan; cs Czech; cy Welsh;
da Danish; de German; el Greek; en English; es Spanish; et Estonian; eu Basque; fa Persian;
fi Finnish; fr French; ga Irish; gl Galician; gu Gujarati; he Hebrew; hi Hindi; hr Croatian;
hu Hungarian; hy Armenian; id Indonesian; is Icelandic; it Italian; ja Japanese; ka Georgian;
kn Kannada; ko Korean; lb Luxembourgish; lt Lithuanian; lv Latvian; mk Macedonian; ml Malayalam;
mr Marathi; ms Malay; mt Maltese; ne Nepali; nl Dutch; no Norwegian; pa Punjabi; pl Polish;
pt Portuguese; ro Romanian; ru Russian; sk Slovak; sl Slovenian; so Somali; sq Albanian;
sr Serbian; sv Swedish; sw Swahili; ta Tamil; te Telugu; th Thai; tl Tagalog; tr Turkish;
uk Ukrainian; ur Urdu; vi Vietnamese; zh-cn Chinese; zh-tw Chinese
"""

_NAMES: dict[str, str] = {
    code: name
    for code, _, name in (
        entry.strip().partition(" ") for entry in _TABLE.replace("\n", " ").split(";")
    )
}


def language_name(code: str) -> str:
    """The English name of a language, or its code where there is none."""
    return _NAMES.get(code.lower(), code)


def language_list(codes: Iterable[str], *, last: str) -> str:
    """The names, each once, as a sentence has them: `German, Spanish and French`."""
    names = list(dict.fromkeys(language_name(code) for code in codes))
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
