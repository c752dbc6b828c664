"""
Step 10: the document that an approved letter leaves as.

Contract: built from the approved text and the template of the writer's registry, searched for all
that the register knows of both sides at this moment. Anything amiss raises `DispatchRefused`.
"""

import hashlib
from dataclasses import replace
from functools import partial

from anonymizer.documents import read_in_child
from anonymizer.documents.out import PICTURE_ENDS
from anonymizer.errors import AnonymizerError, Unreadable
from anonymizer.model import Direction, DocumentKind, EntityKind, KnownIdentifier, RegisteredCase
from service.actions.desk import Desk
from service.actions.filing import scan_languages
from service.actions.opened import OpenedLetter
from service.actions.picture_rules import barrier, picture_objections
from service.actions.site_pipeline import rescan_now
from service.dispatch.document import Enclosure, Outgoing
from service.store.pictures import find_picture_content
from service.workflow.errors import DispatchRefused
from service.workflow.records import Approval

#: A shorter number stands in many a file by chance; the text was searched for it before.
_LONG_NUMBER = 8
_OTHER_PICTURE = "A picture is not the one that was approved."
#: What the reader says when OCR could not look at a picture.
_NOT_SEARCHED = frozenset({"ocr_not_installed", "ocr_unfinished"})


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
    outgoing = desk.way_out.press.letter(
        approval,
        _to_be_absent(approval, opened.known),
        registry=registry,
        language=language.code if language else None,
        rescan=partial(rescan_now, desk),
    )
    return replace(outgoing, enclosures=_enclosures(desk, approval, opened))


def _enclosures(desk: Desk, approval: Approval, opened: OpenedLetter) -> tuple[Enclosure, ...]:
    """The pictures of the approval, each checked on its final bytes by the rules of now."""
    found: list[Enclosure] = []
    for place, approved in enumerate(approval.pictures, start=1):
        made = next((one for one in opened.pictures if one.number == approved.number), None)
        if made is None or not made.goes or made.digest != approved.digest:
            raise DispatchRefused(_OTHER_PICTURE)
        if sentence := barrier(desk, opened, made.sort):
            raise DispatchRefused(sentence)
        with desk.database.reading() as connection:
            content = find_picture_content(connection, opened.row.letter_id, made.number)
        if hashlib.sha256(content).hexdigest() != approved.digest:
            raise DispatchRefused(_OTHER_PICTURE)
        words = _words_of(desk, opened, content)
        if objections := picture_objections(desk, content, words, opened.known):
            raise DispatchRefused(" ".join(objections))
        name = f"picture-{place}.{PICTURE_ENDS[made.media_type]}"
        found.append(Enclosure(file_name=name, content=content))
    return tuple(found)


def _words_of(desk: Desk, opened: OpenedLetter, content: bytes) -> str:
    """What OCR reads in the final bytes; nothing else may be found in them."""
    try:
        reading = read_in_child(content, languages=scan_languages(desk, opened.row))
    except Unreadable:
        message = "The picture could not be read again."
        raise DispatchRefused(message) from None
    told = {one.code for one in reading.warnings}
    if reading.passages or reading.kind is not DocumentKind.IMAGE or told & _NOT_SEARCHED:
        message = "The picture could not be searched, or holds more than pixels."
        raise DispatchRefused(message)
    return reading.text


def _check_leaks(desk: Desk, opened: OpenedLetter) -> None:
    """What the register knows by now must not be readable, unless a person kept it."""
    marks = opened.proof.marks if opened.proof else ()
    treatments = tuple(mark.treatment for mark in marks)
    try:
        verdict = opened.draft.language if opened.draft else None
        redrafted = desk.pipeline.redraft(opened.letter, treatments, opened.known, verdict=verdict)
    except AnonymizerError:
        message = "The letter could not be searched for what the register knows."
        raise DispatchRefused(message) from None
    if redrafted.residuals:
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
