"""
What each key of the pages does, in words, and the keys of the person who looks at a page.

Contract: a key is named once, here; the cheat sheet, the page to change keys and the hints on
buttons all read it. The keys are looked up when a page first asks for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.actions.desk import Desk
from service.actions.shortcuts import keys_of
from service.workflow.people import Person
from service.workflow.shortcuts import DEFAULT_KEYS, Shortcut

#: What the key does, as a list says it.
SHORTCUTS: dict[Shortcut, str] = {
    Shortcut.NEXT: "next passage",
    Shortcut.PREVIOUS: "previous passage",
    Shortcut.NEXT_OPEN: "next passage to decide",
    Shortcut.REMOVE: "remove",
    Shortcut.REMOVE_ALL: "remove all passages with these words",
    Shortcut.GENERALISE: "generalise",
    Shortcut.GENERALISE_ALL: "generalise all passages with these words",
    Shortcut.KEEP: "keep, with a reason",
    Shortcut.KIND: "another kind",
    Shortcut.RESIZE: "move the edges: arrows by word, with Shift by letter",
    Shortcut.OWN_WORDS: "write own words instead",
    Shortcut.MARK: "mark something missed: the selected words, or type them",
    Shortcut.UNDO: "undo the last step",
    Shortcut.REDO: "make the undone step again",
    Shortcut.APPROVE: "read once more and approve (asks)",
    Shortcut.CLAIM_NEXT: (
        "claim the next letter, or the free one on the page; at the final read: approve before"
    ),
}


@dataclass(slots=True)
class PageKeys:
    """The keys of one person, for one page: `keys.of("next")` in a template."""

    desk: Desk | None
    person: Person | None
    _kept: Mapping[Shortcut, str] | None = field(default=None, repr=False)

    def of(self, name: str) -> str:
        """The key of an action; an empty one means none."""
        return self._keys()[Shortcut(name)]

    def listed(self) -> tuple[tuple[Shortcut, str, str], ...]:
        """Every action, its key and what it does, in the order of the list."""
        keys = self._keys()
        return tuple((action, keys[action], words) for action, words in SHORTCUTS.items())

    def _keys(self) -> Mapping[Shortcut, str]:
        if self._kept is None:
            known = self.desk is not None and self.person is not None
            self._kept = keys_of(self.desk, self.person) if known else DEFAULT_KEYS  # type: ignore[arg-type]
        return self._kept
