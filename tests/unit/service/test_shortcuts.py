"""Keys of one's own: what can be a key, what clashes, and that they hold for the account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.actions import Desk
from service.actions.shortcuts import change_keys, keys_of, reset_keys
from service.store.shortcuts import save_keys
from service.web.review.shortcut_words import SHORTCUTS
from service.workflow.errors import BadRequest
from service.workflow.people import Person
from service.workflow.shortcuts import DEFAULT_KEYS, HELP_KEY, Shortcut, checked_keys


def test_every_key_has_a_word_and_a_usual_sign() -> None:
    """The list leaves none out, and the usual keys can be kept as they are."""
    assert set(SHORTCUTS) == set(DEFAULT_KEYS) == set(Shortcut)
    assert checked_keys(DEFAULT_KEYS) == DEFAULT_KEYS


@pytest.mark.parametrize("key", ["?", "ab", "\u200b", "\x00", "Enter", "\u0301", "\ud83d"])
def test_what_is_no_key_is_refused(key: str) -> None:
    """More than one sign, one that nobody sees, and the key of the list."""
    with pytest.raises(BadRequest):
        checked_keys({Shortcut.KEEP: key})


@pytest.mark.parametrize("key", ["", " "])
def test_a_key_can_be_left_out(key: str) -> None:
    """Whoever works by voice or with one hand wants fewer."""
    assert checked_keys({Shortcut.KEEP: key})[Shortcut.KEEP] == ""


def test_two_actions_never_share_a_key() -> None:
    """Not even one that is typed in two ways; upper case is another key."""
    with pytest.raises(BadRequest, match="stands twice"):
        checked_keys({Shortcut.KEEP: "r"})
    with pytest.raises(BadRequest, match="stands twice"):
        checked_keys({Shortcut.KEEP: "é", Shortcut.MARK: "e\u0301"})
    assert checked_keys({Shortcut.KEEP: "E"})[Shortcut.KEEP] == "E"


@given(wanted=st.dictionaries(st.sampled_from(Shortcut), st.text(max_size=2)))
def test_kept_keys_are_single_and_never_shared(wanted: dict[Shortcut, str]) -> None:
    """Whatever somebody types: it is refused, or every key means one thing."""
    try:
        kept = checked_keys(wanted)
    except BadRequest:
        return
    keys = [key for key in kept.values() if key]
    assert len(keys) == len(set(keys))
    assert all(len(key) == 1 and key != HELP_KEY for key in keys)


def test_keys_belong_to_the_person(desk: Desk, anna: Person, ben: Person) -> None:
    """Kept on the server, for one account, until they are reset."""
    change_keys(desk, anna, {**DEFAULT_KEYS, Shortcut.REMOVE: "x", Shortcut.GENERALISE: ""})
    kept = keys_of(desk, anna)
    assert (kept[Shortcut.REMOVE], kept[Shortcut.GENERALISE]) == ("x", "")
    assert keys_of(desk, ben) == DEFAULT_KEYS
    with pytest.raises(BadRequest):
        change_keys(desk, anna, {**DEFAULT_KEYS, Shortcut.REMOVE: "j"})
    assert keys_of(desk, anna) == kept
    reset_keys(desk, anna)
    assert keys_of(desk, anna) == DEFAULT_KEYS


def test_a_newer_action_takes_no_key_that_is_in_use(desk: Desk, anna: Person) -> None:
    """An update of the program changes nothing that a person has got used to."""
    older = {action: DEFAULT_KEYS[action] for action in (Shortcut.NEXT, Shortcut.REMOVE)}
    with desk.database.writing() as tx:
        save_keys(tx, anna.person_id, {**older, Shortcut.NEXT: DEFAULT_KEYS[Shortcut.RESIZE]})
    kept = keys_of(desk, anna)
    assert kept[Shortcut.NEXT] == DEFAULT_KEYS[Shortcut.RESIZE]
    assert kept[Shortcut.RESIZE] == ""
    assert kept[Shortcut.UNDO] == DEFAULT_KEYS[Shortcut.UNDO]
