"""What one person may do with one letter at one moment; filled by `actions.letterview`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """Whether the person may do something now; `reason` says why not, for a disabled button."""

    allowed: bool
    reason: str | None = None

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class MayDo:
    """Every action on a letter, asked for one person, one letter and one moment."""

    claim: May
    release: May
    correct: May
    undo: May
    redo: May
    approve: May
    return_to_writer: May
    hold: May
    reopen: May
    allocate: May
    release_exchange: May
    recheck_exchange: May
    give_to_exchange_desk: May
    translate: May
    transcribe: May
    choose_picture: May
    resolve_language: May
    pass_to_senior: May = May(allowed=False)
    settle: May = May(allowed=False)
    note: May = May(allowed=False)
    set_urgent: May = May(allowed=False)
    draft_again: May = May(allowed=False)
