"""
How a registry's outgoing letters look: `templates/letters/REGISTRY.toml` in a folder of rules.

A site's own folder goes before the packaged one, a registry's own file before `default.toml`.
A typo or an unknown key raises `RulesError`; nothing is half loaded.
"""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from anonymizer.errors import RulesError

FOLDER = Path("templates", "letters")
DEFAULT = "default"
_PACKAGED = Path(str(resources.files("rules")))
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterTemplate:
    """Everything in an outgoing document that is not the letter; the same for every letter."""

    title: str
    slip_title: str
    producer: str
    date: date
    #: Points.
    font_size: float
    #: By font size.
    line_height: float
    #: Millimetres.
    margin: float

    def __post_init__(self) -> None:
        within = (
            ("font_size", 8, 24),
            ("line_height", 1, 3),
            ("margin", 5, 60),
        )
        for name, least, most in within:
            if not least <= getattr(self, name) <= most:
                message = f"{name} must be between {least} and {most}"
                raise ValueError(message)


def load_template(registry: str | None = None, *, folder: Path | None = None) -> LetterTemplate:
    """The template of a registry (its id, such as `dkms-de`), or the default one."""
    names = [DEFAULT] if registry is None else [registry, DEFAULT]
    for name in names:
        if not set(name) <= _NAME:
            continue
        for rules in (folder, _PACKAGED):
            path = None if rules is None else rules / FOLDER / f"{name}.toml"
            if path is not None and path.is_file():
                return _read(path)
    message = f"{FOLDER / DEFAULT}.toml is missing from the rules"
    raise RulesError(message)


def _read(path: Path) -> LetterTemplate:
    name = FOLDER / path.name
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        message = f"{name} is not readable TOML in UTF-8"
        raise RulesError(message) from None
    wanted = {field.name: field.type for field in fields(LetterTemplate)}
    if wrong := set(data) ^ set(wanted):
        message = f"{name}: keys that are missing or unknown: {', '.join(sorted(wrong))}"
        raise RulesError(message)
    try:
        return LetterTemplate(**{key: _value(data[key], wanted[key]) for key in wanted})
    except (TypeError, ValueError) as error:
        message = f"{name}: {error}"
        raise RulesError(message) from None


def _value(value: Any, kind: Any) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is str and not value.strip()):
        message = f"a value is not a {kind.__name__}"
        raise TypeError(message)
    return value
