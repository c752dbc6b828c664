"""
Step 10: the document that an approved letter leaves as.

Contract: built from the approved text and the template of the writer's registry, searched for all
that the register knows of both sides at this moment. Anything amiss raises `DispatchRefused`.
"""

from anonymizer.errors import AnonymizerError
from anonymizer.model import Direction, EntityKind, KnownIdentifier, RegisteredCase
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter
from service.dispatch.document import Outgoing
from service.workflow.errors import DispatchRefused
from service.workflow.records import Approval

#: A shorter number stands in many a file by chance; the text was searched for it before.
_LONG_NUMBER = 8


def outgoing_document(
    desk: Desk, approval: Approval, opened: OpenedLetter, case: RegisteredCase | None
) -> Outgoing:
    """
    The outgoing document, checked for everything that the registry knows of both sides.

    A known word that a person kept in the approved text ("may", when somebody is called May) is
    judged by the leak check, which knows what was kept; the bytes are searched for all others.
    """
    _check_leaks(desk, opened)
    language = opened.draft.language if opened.draft else None
    registry = None
    if case is not None:
        # the letter is in the name of the writer's registry
        from_donor = approval.direction is Direction.DONOR_TO_PATIENT
        registry = case.donor_registry if from_donor else case.patient_registry
    return desk.way_out.prepare(
        approval,
        _to_be_absent(approval, opened.known),
        registry=registry,
        language=language.code if language else None,
        rescan=desk.pipeline.rescan,
    )


def _check_leaks(desk: Desk, opened: OpenedLetter) -> None:
    """What the register knows by now must not be readable, unless a person kept it."""
    marks = opened.proof.marks if opened.proof else ()
    treatments = tuple(mark.treatment for mark in marks)
    try:
        residuals = desk.pipeline.redraft(opened.letter, treatments, opened.known).residuals
    except AnonymizerError:
        message = "The letter could not be searched for what the register knows."
        raise DispatchRefused(message) from None
    if residuals:
        message = (
            "The register knows something by now that can be read in the letter. Open the letter "
            "again and mark what tells who wrote it."
        )
        raise DispatchRefused(message)


def _to_be_absent(
    approval: Approval, known: tuple[KnownIdentifier, ...]
) -> tuple[KnownIdentifier, ...]:
    number = approval.donor_number
    own = KnownIdentifier(kind=EntityKind.DONOR_NUMBER, value=number)
    text = _plain(approval.text)
    searched = (*known, own) if len(number) >= _LONG_NUMBER else known
    return tuple(one for one in searched if one is own or _plain(one.value) not in text)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
