"""Four eyes: who reads a letter second, what they see, and what the two readings differ in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from anonymizer.model import Draft, EntityKind, Letter, SecondReading
from service import actions
from service.actions import Desk
from service.actions.comparing import compare_readings
from service.actions.queueing import count_passed_on
from service.store.releases import find_dispatch
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import BadRequest, NotAllowed, NotReady, StaleVersion
from service.workflow.people import Person, Role
from service.workflow.readings import Phase, Reader
from service.workflow.states import LetterState
from tests.factories import (
    LETTER,
    NUMBER,
    PLAIN_LETTER,
    add,
    claimed,
    decide_suggestions,
    drafted,
    make_desk,
    send_back,
    state_of,
    version_of,
    view,
    work_all,
)
from tests.small_pipeline import SmallPipeline

TOWN = f"Dear friend, Anna from Ebeltoft says thank you.\nDonor number {NUMBER}"
WHY = "Danish letters are read twice: the program misses too many names."


class TwicePipeline(SmallPipeline):
    """A pipeline whose language asks for a second reader."""

    __slots__ = ()

    def draft(self, letter: Letter, *more: object, **named: object) -> Draft:
        """The draft of the small one, with a reason."""
        made = super().draft(letter, *more, **named)  # type: ignore[arg-type]
        return replace(made, second_reading=(SecondReading(code="language", reason=WHY),))


@pytest.fixture
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on which every letter is read twice because of its language."""
    desk = make_desk(tmp_path_factory.mktemp("twice"), pipeline=TwicePipeline())
    yield desk
    desk.database.close()


@pytest.fixture
def ann(twice: Desk) -> Person:
    """The first reader."""
    return add(twice, "Ann")


@pytest.fixture
def ben(twice: Desk) -> Person:
    """The second reader."""
    return add(twice, "Ben")


def approve(desk: Desk, person: Person, letter_id: str) -> int:
    """Approve what is on the screen."""
    seen = view(desk, person, letter_id)
    return actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )


def take(desk: Desk, person: Person, letter_id: str) -> None:
    """Claim the letter."""
    actions.claim_letter(desk, person, letter_id=letter_id, version=version_of(desk, letter_id))


def mark(desk: Desk, person: Person, letter_id: str, words: str, kind: EntityKind) -> None:
    """Mark words that the machine missed."""
    seen = view(desk, person, letter_id)
    start = (seen.text or "").index(words)
    one = Correction(kind=CorrectionKind.ADD, start=start, end=start + len(words), entity_kind=kind)
    actions.correct(desk, person, letter_id=letter_id, version=seen.version, corrections=(one,))


def read_first(desk: Desk, ann: Person, text: str = TOWN, *, town: bool = True) -> str:
    """A letter that Ann has read and handed on."""
    letter_id = claimed(desk, ann, text)
    decide_suggestions(desk, ann, letter_id)
    if town:
        mark(desk, ann, letter_id, "Ebeltoft", EntityKind.PLACE)
    approve(desk, ann, letter_id)
    return letter_id


def test_the_first_approval_sends_nothing(twice: Desk, ann: Person) -> None:
    """It hands the letter to somebody else, and says why."""
    letter_id = read_first(twice, ann)
    work_all(twice)
    seen = view(twice, ann, letter_id)
    assert seen.state is LetterState.SECOND_READING
    assert seen.readings is not None
    assert seen.readings.reasons == (WHY,)
    assert not list(twice.settings.outbox_folder.rglob("*.txt"))


def test_the_reason_stands_on_the_page_before_anybody_has_read(twice: Desk, ann: Person) -> None:
    """Nobody is surprised by it at the end."""
    seen = view(twice, ann, claimed(twice, ann))
    assert seen.readings is not None
    assert (seen.readings.reasons, seen.readings.phase) == ((WHY,), Phase.FIRST)


def test_nobody_reads_a_letter_twice(twice: Desk, ann: Person) -> None:
    """Whatever their role, and when their claim has long lapsed."""
    letter_id = read_first(twice, ann)
    senior = replace(ann, roles=frozenset({Role.SENIOR, Role.PROOFREADER}))
    for person in (ann, senior):
        with pytest.raises(NotAllowed, match="first reader"):
            take(twice, person, letter_id)
        assert not view(twice, person, letter_id).may.claim
    assert actions.next_for(twice, ann) == ()


def test_the_second_reader_sees_nothing_of_the_first(twice: Desk, ann: Person, ben: Person) -> None:
    """No mark, no decision, no note, no line of the history that tells of one."""
    letter_id = claimed(twice, ann, TOWN)
    actions.write_note(twice, ann, letter_id=letter_id, text="I took Ebeltoft out.")
    mark(twice, ann, letter_id, "Ebeltoft", EntityKind.PLACE)
    approve(twice, ann, letter_id)
    take(twice, ben, letter_id)
    seen = view(twice, ben, letter_id)
    assert "Ebeltoft" in (seen.outgoing or "")
    assert EntityKind.PLACE not in {one.kind for one in seen.findings}
    assert (seen.corrections, seen.notes) == (0, ())
    assert seen.readings is not None
    assert seen.readings.hidden_notes == 1
    told = {(one.actor, one.action) for one in seen.history}
    assert ("Ann", "letter.corrected") not in told
    assert not seen.may.undo


def test_the_trail_tells_a_second_reader_no_decisions(twice: Desk, ann: Person) -> None:
    """While they read; afterwards it does."""
    senior = add(twice, "Sena", Role.SENIOR)
    letter_id = read_first(twice, ann)

    def told() -> list[object]:
        trail = actions.list_audit(twice, senior, letter_id=letter_id)
        return [one.details for one in trail if one.action == "letter.corrected"]

    assert all(told())
    take(twice, senior, letter_id)
    assert told()
    assert not any(told())
    approve(twice, senior, letter_id)
    assert all(told())


def test_two_readings_that_agree_approve_with_both_names(
    twice: Desk, ann: Person, ben: Person
) -> None:
    """And exactly the text that both left goes out."""
    letter_id = read_first(twice, ann)
    take(twice, ben, letter_id)
    mark(twice, ben, letter_id, "Ebeltoft", EntityKind.PLACE)
    approve(twice, ben, letter_id)
    with twice.database.reading() as connection:
        approval = find_dispatch(connection, letter_id).approval
    assert (approval.first_reader_id, approval.second_reader_id) == (ann.person_id, ben.person_id)
    assert "Ebeltoft" not in approval.text
    work_all(twice)
    assert state_of(twice, letter_id) is LetterState.DISPATCHED


def differing(twice: Desk, ann: Person, ben: Person) -> str:
    """A letter in which Ann took the town out and Ben left it."""
    letter_id = read_first(twice, ann)
    take(twice, ben, letter_id)
    approve(twice, ben, letter_id)
    return letter_id


def test_readings_that_differ_are_not_approved(twice: Desk, ann: Person, ben: Person) -> None:
    """Nor corrected: first the differences are settled."""
    letter_id = differing(twice, ann, ben)
    seen = view(twice, ben, letter_id)
    assert seen.state is LetterState.IN_REVIEW
    assert seen.readings is not None
    assert seen.readings.phase is Phase.DIFFERING
    with pytest.raises(NotReady, match="Settle every difference"):
        approve(twice, ben, letter_id)
    assert not seen.may.correct
    assert not seen.may.undo


def test_both_readings_stand_side_by_side(twice: Desk, ann: Person, ben: Person) -> None:
    """With what each lets out; the one that tells more says so."""
    letter_id = differing(twice, ann, ben)
    shown = compare_readings(twice, ben, letter_id=letter_id)
    (one,) = shown.differences
    assert (shown.first, shown.second) == ("Ann", "Ben")
    assert one.text == "Ebeltoft"
    assert (one.first.becomes, one.second.becomes) == ("[place]", "Ebeltoft")
    assert (one.first.readable, one.second.readable) == (False, True)
    with pytest.raises(NotReady, match="first reader"):
        compare_readings(twice, ann, letter_id=letter_id)


@pytest.mark.parametrize(("reader", "goes_out"), [(Reader.FIRST, False), (Reader.SECOND, True)])
def test_what_is_chosen_is_what_goes_out(
    twice: Desk, ann: Person, ben: Person, reader: Reader, goes_out: bool
) -> None:
    """After one more look at exactly that text."""
    letter_id = differing(twice, ann, ben)
    actions.settle_readings(
        twice,
        ben,
        letter_id=letter_id,
        version=version_of(twice, letter_id),
        choices={1: reader},
    )
    assert ("Ebeltoft" in (view(twice, ben, letter_id).outgoing or "")) is goes_out
    approve(twice, ben, letter_id)
    work_all(twice)
    with twice.database.reading() as connection:
        approval = find_dispatch(connection, letter_id).approval
    assert ("Ebeltoft" in approval.text) is goes_out
    assert approval.first_reader_id == ann.person_id


def test_every_difference_has_to_be_settled(twice: Desk, ann: Person, ben: Person) -> None:
    """None is left out, none is invented, and an old page settles nothing."""
    letter_id = differing(twice, ann, ben)
    version = version_of(twice, letter_id)
    for choices in ({}, {2: Reader.FIRST}, {1: Reader.FIRST, 2: Reader.FIRST}):
        with pytest.raises(BadRequest, match="Settle every difference"):
            actions.settle_readings(
                twice, ben, letter_id=letter_id, version=version, choices=choices
            )
    with pytest.raises(StaleVersion):
        actions.settle_readings(
            twice, ben, letter_id=letter_id, version=version - 1, choices={1: Reader.FIRST}
        )
    with pytest.raises(NotAllowed):
        actions.settle_readings(
            twice, ann, letter_id=letter_id, version=version, choices={1: Reader.FIRST}
        )


def test_the_second_reading_can_be_taken_up_again(twice: Desk, ann: Person, ben: Person) -> None:
    """Where neither was right; it is compared once more."""
    letter_id = differing(twice, ann, ben)
    actions.read_again(twice, ben, letter_id=letter_id, version=version_of(twice, letter_id))
    mark(twice, ben, letter_id, "Ebeltoft", EntityKind.PLACE)
    approve(twice, ben, letter_id)
    assert state_of(twice, letter_id) is LetterState.APPROVED


def test_a_letter_given_back_waits_for_another_second_reader(
    twice: Desk, ann: Person, ben: Person
) -> None:
    """By the queue, after a hold too; never for the first one."""
    letter_id = read_first(twice, ann)
    take(twice, ben, letter_id)
    actions.release_claim(twice, ben, letter_id=letter_id, version=version_of(twice, letter_id))
    assert state_of(twice, letter_id) is LetterState.SECOND_READING
    take(twice, ben, letter_id)
    for act in (actions.hold_letter, actions.reopen_letter):
        act(twice, ben, letter_id=letter_id, version=version_of(twice, letter_id), reason="Ask.")
    assert state_of(twice, letter_id) is LetterState.SECOND_READING
    assert actions.next_for(twice, ann) == ()
    assert [one.letter_id for one in actions.next_for(twice, ben)] == [letter_id]


def test_a_new_draft_is_read_from_the_start(twice: Desk, ann: Person, ben: Person) -> None:
    """The reading of another draft counts for nothing: its first reader may read this one."""
    letter_id = read_first(twice, ann)
    take(twice, ben, letter_id)
    send_back(twice, ben, letter_id)
    actions.reopen_letter(
        twice, ben, letter_id=letter_id, version=version_of(twice, letter_id), reason="Better."
    )
    work_all(twice)
    assert state_of(twice, letter_id) is LetterState.READY
    take(twice, ann, letter_id)
    assert view(twice, ann, letter_id).corrections == 0


# The reasons of the site and of people


def test_an_ordinary_letter_is_read_once(desk: Desk, anna: Person) -> None:
    """Four eyes are for the letters that need them."""
    letter_id = claimed(desk, anna, PLAIN_LETTER)
    assert view(desk, anna, letter_id).readings is None
    approve(desk, anna, letter_id)
    assert state_of(desk, letter_id) is LetterState.APPROVED


@pytest.mark.parametrize(
    ("options", "text", "sentence"),
    [
        ({"second_reader_always": True}, PLAIN_LETTER, "Every letter is read twice here."),
        ({"second_reader_words": 5}, PLAIN_LETTER, "long letters are read twice"),
        ({"second_reader_suggestions": 0}, LETTER, "The program left 1 of its findings to people"),
    ],
)
def test_a_site_says_what_is_read_twice(
    tmp_path_factory: pytest.TempPathFactory,
    options: dict[str, object],
    text: str,
    sentence: str,
) -> None:
    """By its settings."""
    desk = make_desk(tmp_path_factory.mktemp("site"), **options)  # type: ignore[arg-type]  # settings
    seen = view(desk, add(desk, "Ann"), drafted(desk, text))
    assert seen.readings is not None
    assert sentence in " ".join(seen.readings.reasons)
    desk.database.close()


def test_a_letter_released_from_a_hold_is_read_twice(desk: Desk, anna: Person) -> None:
    """Whoever overrides the machine is not the only one to answer for it."""
    letter_id = drafted(desk, f"GERMAN {PLAIN_LETTER}")
    actions.resolve_language_hold(
        desk, anna, letter_id=letter_id, version=version_of(desk, letter_id), reason="Readable."
    )
    seen = view(desk, anna, letter_id)
    assert seen.readings is not None
    assert "its language was not the one asked for" in seen.readings.reasons[0]


def test_a_letter_passed_to_a_senior_is_theirs_to_take(desk: Desk, anna: Person) -> None:
    """With what was decided, with the reason, and it is read twice."""
    senior = add(desk, "Sena Senior", Role.SENIOR)
    other = add(desk, "Other")
    letter_id = claimed(desk, anna, LETTER)
    decide_suggestions(desk, anna, letter_id)
    actions.pass_to_senior(
        desk, anna, letter_id=letter_id, version=version_of(desk, letter_id), reason="Hard."
    )
    with pytest.raises(NotAllowed, match="senior"):
        take(desk, other, letter_id)
    assert actions.next_for(desk, other) == ()
    (item,) = actions.next_for(desk, senior)
    assert item.for_senior
    assert (count_passed_on(desk, senior), count_passed_on(desk, other)) == (1, 0)
    take(desk, senior, letter_id)
    assert count_passed_on(desk, senior) == 0
    seen = view(desk, senior, letter_id)
    assert (seen.state_reason, seen.open_suggestions) == ("Hard.", 0)
    approve(desk, senior, letter_id)
    assert state_of(desk, letter_id) is LetterState.SECOND_READING
    take(desk, other, letter_id)


def test_a_senior_passes_nothing_to_a_senior(desk: Desk) -> None:
    """They are the one who is asked."""
    senior = add(desk, "Sena Senior", Role.SENIOR)
    letter_id = claimed(desk, senior, LETTER)
    with pytest.raises(NotReady, match="senior proofreader yourself"):
        actions.pass_to_senior(
            desk, senior, letter_id=letter_id, version=version_of(desk, letter_id), reason="Hard."
        )
