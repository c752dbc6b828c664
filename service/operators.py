"""
Who works on the command line: the operator, by the name of their account.

Contract: the name goes into the trail with everything that they do, so it is an account's name of
at most 20 letters, digits, dots, dashes or underscores. `LETTERS_OPERATOR` names it where commands
run under the service's own account; without it it is the account that was signed in to.
"""

import os
import pwd
from dataclasses import replace
from pathlib import Path

import re2

from service.actions.access import OPERATOR
from service.settings import OPERATOR_NAME, Settings
from service.workflow.people import Person

_NAME = re2.compile(OPERATOR_NAME)
#: What Linux says of a process that nobody signed in for.
_NOBODY = (1 << 32) - 1


def operator(settings: Settings, *, login: Path = Path("/proc/self/loginuid")) -> Person:
    """The operator who runs this command."""
    name = settings.operator or _account(login)
    return replace(OPERATOR, person_id=f"{OPERATOR.person_id}:{name}", name=f"operator {name}")


def _account(login: Path) -> str:
    """The account that was signed in to: `su` and `sudo` do not change it."""
    try:
        number = int(login.read_text("ascii"))
    except (OSError, ValueError):
        number = _NOBODY
    number = os.getuid() if number == _NOBODY else number
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = ""
    return name if _NAME.match(name) else f"uid-{number}"
