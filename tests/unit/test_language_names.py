"""Languages in sentences are words, not codes."""

from pathlib import Path

import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY

from anonymizer.language_names import language_list, language_name


@pytest.mark.parametrize("code", sorted(one.name for one in Path(PROFILES_DIRECTORY).iterdir()))
def test_every_language_that_can_be_told_has_a_name(code: str) -> None:
    """Whatever langdetect says, a person can read it."""
    assert language_name(code)[0].isupper()


def test_a_code_without_a_name_names_itself() -> None:
    """A caller may ask for a language that nobody here has heard of."""
    assert language_name("xx") == "xx"


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (["en"], "English"),
        (["en", "de", "en"], "English or German"),
        (["en", "de", "zh-cn", "zh-tw"], "English, German or Chinese"),
        ([], ""),
    ],
)
def test_languages_stand_in_a_sentence(codes: list[str], told: str) -> None:
    """Each once."""
    assert language_list(codes, last="or") == told
