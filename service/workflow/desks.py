"""
Which desk a drafted letter goes to: allocation first, then the rules of the exchange, language.

Contract: pure. A hold that no desk can settle is a fault.
"""

from anonymizer.model import Hold, Stage
from service.workflow.states import LetterState

#: The desks in their order: the first that has a hold gets the letter.
_DESKS = (
    (Stage.ALLOCATION, LetterState.HELD_ALLOCATION),
    (Stage.EXCHANGE, LetterState.HELD_EXCHANGE),
    (Stage.LANGUAGE, LetterState.HELD_LANGUAGE),
)


def desk_of(holds: tuple[Hold, ...], *, residuals: bool) -> LetterState:
    """
    Where a letter with these open holds waits; READY without any.

    With `residuals` a hold of the leak check is settled on the proofreading page: approval asks
    about them.
    """
    stages = {hold.stage for hold in holds}
    on_the_page = {Stage.LEAKCHECK} if residuals else set()
    if stages - {stage for stage, _ in _DESKS} - on_the_page:
        return LetterState.HELD_FAULT
    return next((state for stage, state in _DESKS if stage in stages), LetterState.READY)


def without(holds: tuple[Hold, ...], stage: Stage) -> tuple[Hold, ...]:
    """The holds of the other stages."""
    return tuple(hold for hold in holds if hold.stage is not stage)


def without_released(holds: tuple[Hold, ...], released: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """
    The holds that nobody has released.

    A release covers exactly the reasons that were shown: the same code with another sentence (a
    new date, another row) is a new reason.
    """
    return tuple(hold for hold in holds if hold not in released)
