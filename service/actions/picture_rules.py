"""
Whether a picture may leave: by the rules of the exchange, by its bytes, by the words in it.

Contract: decides nothing for a person; every answer is a sentence why not, or none.
"""

from anonymizer.documents.out import check_picture
from anonymizer.errors import AnonymizerError
from anonymizer.model import IdentifierClass, KnownIdentifier, TreatmentAction
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter
from service.actions.site_pipeline import rescan_now
from service.workflow.pictures import PictureSort, picture_barrier

#: What the machine takes out by itself must not be readable in a picture.
_TAKEN_OUT = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})


def barrier(desk: Desk, opened: OpenedLetter, sort: PictureSort) -> str | None:
    """Why the rule of the letter's exchange, as it is now, lets no such picture go."""
    exchange = opened.exchange(desk)
    rule = None if exchange is None else desk.exchange_rules.rule_for(exchange)
    return picture_barrier(rule, sort)


def picture_objections(
    desk: Desk, content: bytes, words: str, known: tuple[KnownIdentifier, ...]
) -> tuple[str, ...]:
    """
    Why these bytes may not leave; empty when they may.

    `words` is what OCR reads in them: the detectors search it as they search a letter.
    """
    objections = [one.sentence for one in check_picture(content, words, known)]
    try:
        treatments = rescan_now(desk, words, known) if words.strip() else ()
    except AnonymizerError:
        return (*objections, "The words in the picture could not be searched.")
    found = sum(
        one.action in _TAKEN_OUT or one.identifier_class is IdentifierClass.DIRECT
        for one in treatments
    )
    if found:
        passages = "a passage that tells" if found == 1 else f"{found} passages that tell"
        objections.append(f"The picture shows {passages} who somebody is. Cover it with boxes.")
    return tuple(objections)
