"""
Less exact words for a passage: an age by its decade, a date by its season.

One module per language. A generaliser takes the letter and the finding, and gives None where it
cannot read the passage: the plain placeholder then stands in.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from anonymizer.generalization import dutch, english, french, german, polish, spanish
from anonymizer.model import Finding

Generalizer = Callable[[str, Finding], str | None]
#: How a kind is made less exact, by the name the rules give it.
GENERALIZERS: Mapping[str, Generalizer] = MappingProxyType(
    {
        "age": english.generalized_age,
        "date": english.generalized_date,
        "age_de": german.generalized_age,
        "date_de": german.generalized_date,
        "age_nl": dutch.generalized_age,
        "date_nl": dutch.generalized_date,
        "age_fr": french.generalized_age,
        "date_fr": french.generalized_date,
        "age_pl": polish.generalized_age,
        "date_pl": polish.generalized_date,
        "age_es": spanish.generalized_age,
        "date_es": spanish.generalized_date,
    }
)
