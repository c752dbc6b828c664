"""
Recognisers made of word lists: countries, nationalities, occupations, hospitals, and towns.

A list alone masks too much ("turkey", "polish", "bath"), so each list comes with the context in
which its words mean what the list says.
"""

from anonymizer.detection.gazetteers.countries import CountryRecognizer, NationalityRecognizer
from anonymizer.detection.gazetteers.hospitals import HospitalRecognizer
from anonymizer.detection.gazetteers.occupations import OccupationRecognizer
from anonymizer.detection.gazetteers.towns import TownRecognizer, town_names

__all__ = [
    "CountryRecognizer",
    "HospitalRecognizer",
    "NationalityRecognizer",
    "OccupationRecognizer",
    "TownRecognizer",
    "town_names",
]
