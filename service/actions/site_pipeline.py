"""
The pipeline with the words of the site as they are now.

Contract: the version of the words is looked at each time, which is one small query; when it went
up, the detectors are put together anew, once in each process, without loading a model. Words that
cannot be loaded raise `RulesError`: nothing is drafted by other rules, the letter waits.
"""

from anonymizer.errors import RulesError
from anonymizer.model import KnownIdentifier, SiteWords, Treatment
from service.actions.desk import Assembled, Desk, Drafter
from service.store.database import Connection
from service.store.site_words import all_changes, words_version
from service.workflow.errors import BadRequest, KeyTrouble, NotFound
from service.workflow.site_words import checked_word, words_in_force


def site_pipeline(desk: Desk) -> Drafter:
    """The pipeline that drafts letters at this moment. Raises `RulesError`."""
    with desk.database.reading() as connection:
        version = words_version(connection)
        if version == 0:
            return desk.pipeline
        held = desk.assembled
        with held.lock:
            if not _holds(held, desk, version):
                words = _loaded(connection)
                held.pipeline = desk.pipeline.with_words(words)
                held.base, held.database, held.version = desk.pipeline, desk.database, words.version
            return held.pipeline or desk.pipeline


def rescan_now(
    desk: Desk, text: str, known: tuple[KnownIdentifier, ...] = ()
) -> tuple[Treatment, ...]:
    """Detection and policy on any text, with the words of now. Raises `AnonymizerError`."""
    return site_pipeline(desk).rescan(text, known)


def _holds(held: Assembled, desk: Desk, version: int) -> bool:
    """True when what was put together last is for this desk, and not older than the words."""
    same = held.base is desk.pipeline and held.database is desk.database
    return same and held.pipeline is not None and held.version >= version


def _loaded(connection: Connection) -> SiteWords:
    """The words in force, each checked as it was when somebody proposed it."""
    try:
        words = words_in_force(all_changes(connection))
        for one in words.words:
            checked_word(one)
    except (KeyTrouble, BadRequest, NotFound):
        # "from None": what is wrong with a word may quote it
        message = "The words of this site cannot be loaded."
        raise RulesError(message) from None
    return words
