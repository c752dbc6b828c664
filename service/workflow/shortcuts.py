"""
The keys of the pages: what each does, and what a person may bind.

Contract: pure. A key is one visible sign as the keyboard types it, so `R` is Shift and `r`. No
two actions share one, and `?` always opens the list. Keys of the browser and of editing (arrows,
Enter, Esc, Ctrl with Z) stay what they are. An action without a key is left to the mouse.
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from service.workflow.errors import BadRequest

#: Opens the list of keys, always.
HELP_KEY = "?"


class Shortcut(StrEnum):
    """What a key can do."""

    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_OPEN = "next_open"
    REMOVE = "remove"
    REMOVE_ALL = "remove_all"
    GENERALISE = "generalise"
    GENERALISE_ALL = "generalise_all"
    KEEP = "keep"
    KIND = "kind"
    RESIZE = "resize"
    OWN_WORDS = "own_words"
    MARK = "mark"
    UNDO = "undo"
    REDO = "redo"
    APPROVE = "approve"
    CLAIM_NEXT = "claim_next"


DEFAULT_KEYS: Mapping[Shortcut, str] = {
    Shortcut.NEXT: "j",
    Shortcut.PREVIOUS: "k",
    Shortcut.NEXT_OPEN: "n",
    Shortcut.REMOVE: "r",
    Shortcut.REMOVE_ALL: "R",
    Shortcut.GENERALISE: "g",
    Shortcut.GENERALISE_ALL: "G",
    Shortcut.KEEP: "e",
    Shortcut.KIND: "t",
    Shortcut.RESIZE: "s",
    Shortcut.OWN_WORDS: "o",
    Shortcut.MARK: "m",
    Shortcut.UNDO: "u",
    Shortcut.REDO: "U",
    Shortcut.APPROVE: "a",
    Shortcut.CLAIM_NEXT: "c",
}


def checked_keys(wanted: Mapping[Shortcut, str]) -> Mapping[Shortcut, str]:
    """
    The keys as they may be kept; what is not named keeps its usual key, an empty one is no key.

    Raises `BadRequest` for what is no key and for a key that two actions would share.
    """
    keys: dict[Shortcut, str] = {}
    taken: set[str] = set()
    for action in Shortcut:
        key = unicodedata.normalize("NFC", wanted.get(action, DEFAULT_KEYS[action])).strip()
        if key:
            _check_key(key)
            if key in taken:
                message = (
                    f"The key {key} stands twice. Give every action a key of its own, or none."
                )
                raise BadRequest(message)
            taken.add(key)
        keys[action] = key
    return keys


def _check_key(key: str) -> None:
    if key == HELP_KEY:
        message = "The key ? always opens the list of keys. Choose another one."
        raise BadRequest(message)
    # letters, digits, punctuation, symbols: whatever a keyboard types as one visible sign
    if len(key) != 1 or unicodedata.category(key)[0] not in "LNPS":
        message = "A key is one sign that you can type: a letter, a digit or a punctuation mark."
        raise BadRequest(message)
