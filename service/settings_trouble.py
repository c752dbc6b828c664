"""
What is said when settings cannot be used: which ones and why, never their values.

Contract: `error` is what making `Settings` raised; a value may be a password and is not repeated.
"""

import os

from pydantic import ValidationError
from pydantic_settings import SettingsError

from service.settings import PREFIX, Settings

#: What the tests alone read begins with this.
_FOR_TESTS = "LETTERS_TEST_"


def what_is_wrong(error: ValueError) -> str:
    """
    Which settings are not valid and why, without their values: one may be a password.

    `error` is what making `Settings` raised.
    """
    told = []
    if isinstance(error, ValidationError):
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            name = "_".join(map(str, one["loc"][:1])).upper()
            says = one["msg"].removeprefix("Value error, ")
            told.append(f"{PREFIX}{name}: {says}" if name else says)
    elif isinstance(error, SettingsError):
        # its own words name the field, and never the value
        told.append(str(error).partition(" from source")[0])
    listed = "; ".join(told) or "A setting is not valid"
    return f"{listed}. See docs/reference/settings.md; nothing was started."


def unknown_variables() -> tuple[str, ...]:
    """Variables that look like settings and are none: what they were meant to set is not set."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return tuple(
        name
        for name in sorted(os.environ)
        if name.upper().startswith(PREFIX)
        and name.upper() not in known
        and not name.upper().startswith(_FOR_TESTS)
    )
