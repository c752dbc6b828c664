"""
Seven letters on the whole way: HTTP in, the rules of the exchange, people, the folder out.

The service is asked over HTTP and works with the real pipeline, on both engines.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from anonymizer.model import Direction, TreatmentAction
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.actions.views import LetterView
from service.app import create_app
from service.workflow.audit import AuditAction
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import NotReady
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    HEADER,
    SetClock,
    add,
    clock_of,
    decide_suggestions,
    donor_number,
    make_desk,
    state_of,
    view,
    work_all,
)
from tests.integration.server import served

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLAND, HOME, STATES, UNKNOWN, EARLY, JAPAN, GERMANY = map(donor_number, range(11, 18))
REFERENCE = "PL4711082"
CASES = f"""\
{HEADER},patient_reference,donation_dates,transplant_dates
{POLAND},W-1,DE,PL,CL-PL,Clinic in Poland,,,{REFERENCE},2026-03-10,2026-03-11
{HOME},W-2,GB,GB,CL-GB,Clinic in Britain,,,,2026-03-10,2026-03-11
{STATES},W-3,US,US,CL-US,Clinic in the States,,,,2025-10-20,2025-10-21
{UNKNOWN},W-4,DE,IE,CL-IE,Clinic in Ireland,,,,2026-03-10,2026-03-11
{EARLY},W-5,DE,US,CL-US,Clinic in the States,,,,2026-12-01,2026-12-01
{JAPAN},W-6,DE,JP,CL-JP,Clinic in Japan,,,,2026-03-10,2026-03-11
{GERMANY},W-7,DE,DE,CL-DE,Clinic in Germany,,,,2026-03-10,2026-03-11
"""
ENGLISH = (
    "Dear recipient,\n\nI often think of you and hope that you are getting better every day. It "
    "was a small thing for me to give, and I would do it again at any time. My name is Thomas.\n\n"
    "With all my best wishes\n"
)
GERMAN = (
    "Liebe Empfängerin, lieber Empfänger,\n\nich denke oft an dich und hoffe sehr, dass es dir "
    "jeden Tag etwas besser geht. Für mich war es nur eine kleine Sache, und ich würde es "
    "jederzeit wieder tun.\n\nHerzliche Grüße\n"
)
_keys = itertools.count()


@pytest.fixture
def desk(pipeline: Pipeline, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The real pipeline, a register of seven pairs, and a clock that stands on one day."""
    made = make_desk(tmp_path, url=database_url, pipeline=pipeline, clock=SetClock(NOW))
    actions.import_cases(made, OPERATOR, content=CASES.encode(), file_name="cases.csv")
    yield made
    made.database.close()


@pytest.fixture
def client(desk: Desk) -> Iterator[httpx.Client]:
    """A registry client; the worker runs when a test lets it."""
    key = add_key(desk, OPERATOR, client="registry")
    app = create_app(desk.settings, desk=desk, work=False)
    headers = {"Authorization": f"Bearer {key}"}
    with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as made:
        yield made


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna Proof")


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora Coordinator", Role.COORDINATOR)


def post(
    client: httpx.Client,
    desk: Desk,
    number: str,
    text: str = ENGLISH,
    direction: Direction = Direction.DONOR_TO_PATIENT,
) -> str:
    """Send a letter in and let the worker do what there is to do; its id."""
    letter = {
        "id": "letter",
        "text": text,
        "direction": direction.value,
        "donor_number": number,
    }
    headers = {"Idempotency-Key": f"walk-{next(_keys)}"}
    answer = client.post("/v1/letters", json=letter, headers=headers)
    assert answer.status_code == 202, answer.text
    work_all(desk)
    return str(answer.json()["id"])


def claim(desk: Desk, person: Person, letter_id: str) -> LetterView:
    """Claim a letter and decide every suggestion; the letter as it stands then."""
    version = view(desk, person, letter_id).version
    actions.claim_letter(desk, person, letter_id=letter_id, version=version)
    decide_suggestions(desk, person, letter_id)
    return view(desk, person, letter_id)


def approve(desk: Desk, person: Person, letter_id: str) -> None:
    """Read and approve a free letter."""
    seen = claim(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )


def sent(desk: Desk, recipient: str) -> list[str]:
    """The texts in the folder of a recipient."""
    folder = desk.settings.outbox_folder / recipient
    return [path.read_text("utf-8") for path in sorted(folder.glob("*/letter.txt"))]


def reasons(seen: LetterView) -> list[tuple[str, bool]]:
    """What holds a letter, and whether it is a refusal."""
    assert seen.exchange is not None
    return [(one.sentence, one.refused) for one in seen.exchange.reasons]


def change_case(desk: Desk, person: Person, case_id: str, **cells: str) -> None:
    """Change some columns of a case."""
    version = actions.open_case(desk, person, case_id=case_id).version
    actions.change_case_cells(desk, person, case_id=case_id, version=version, cells=cells)


def test_a_german_donors_letter_to_poland(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """In German it waits for a translation; the translation goes to the clinic, in English."""
    letter_id = post(client, desk, POLAND, GERMAN)
    assert state_of(desk, letter_id) is LetterState.HELD_LANGUAGE
    version = view(desk, cora, letter_id).version
    actions.translate_letter(
        desk, cora, letter_id=letter_id, version=version, content=ENGLISH.encode()
    )
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY
    approve(desk, anna, letter_id)
    work_all(desk)
    (text,) = sent(desk, "CL-PL")
    assert "small thing" in text
    assert "Thomas" not in text
    seen = view(desk, anna, letter_id)
    assert [(one.number, one.text, one.replaced_by) for one in seen.earlier] == [
        (1, GERMAN, "Cora Coordinator")
    ]
    told = {event.action: event.details for event in seen.history}
    assert told[AuditAction.LETTER_TRANSLATED.value]["text_version"] == 2
    assert told[AuditAction.LETTER_APPROVED.value]["rules"] == desk.exchange_rules.digest


def test_a_british_letter_at_home(client: httpx.Client, desk: Desk, anna: Person) -> None:
    """Nothing speaks against it; the page counts it without a limit."""
    letter_id = post(client, desk, HOME)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.READY
    assert seen.exchange is not None
    assert (seen.exchange.reasons, seen.exchange.number, seen.exchange.most) == ((), 1, None)
    approve(desk, anna, letter_id)
    work_all(desk)
    assert len(sent(desk, "CL-GB")) == 1


def test_an_american_pair_after_thirteen_months(
    client: httpx.Client, desk: Desk, anna: Person
) -> None:
    """Their anonymity of twelve months is over; letters go on."""
    letter_id = post(client, desk, STATES)
    seen = view(desk, anna, letter_id)
    assert seen.exchange is not None
    assert seen.exchange.clock.over
    assert "2026-10-21" in seen.exchange.clock.sentence
    approve(desk, anna, letter_id)
    work_all(desk)
    assert len(sent(desk, "CL-US")) == 1


def test_a_pair_of_which_one_country_is_unknown(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """Every unknown field names its row; a coordinator releases these, and two people read it."""
    letter_id = post(client, desk, UNKNOWN)
    seen = view(desk, cora, letter_id)
    assert seen.state is LetterState.HELD_EXCHANGE
    assert seen.exchange is not None
    row_name = "row IE of rules/exchange/countries.toml"
    assert all(row_name in hold.reason for hold in seen.holds)
    assert {row.name for one in seen.exchange.reasons for row in one.rows} == {row_name}
    assert {one.missing and one.missing.asked for one in seen.exchange.reasons} == {"IE"}
    assert not any(".toml" in sentence or refused for sentence, refused in reasons(seen))
    (row,) = seen.exchange.reasons[0].rows
    assert (str(row.checked), row.certainty) == ("2026-11-15", "weak")
    assert row.pages
    assert not view(desk, anna, letter_id).may.release_exchange
    actions.release_exchange(
        desk,
        cora,
        letter_id=letter_id,
        version=seen.version,
        seal=seen.exchange.seal,
        reason="The registry answered: letters are passed on.",
    )
    approve(desk, anna, letter_id)
    assert state_of(desk, letter_id) is LetterState.SECOND_READING
    approve(desk, add(desk, "A second reader"), letter_id)
    work_all(desk)
    assert len(sent(desk, "CL-IE")) == 1


def test_a_letter_before_the_day_of_donation(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """It waits with that reason, nobody can release it, and it goes on by itself on that day."""
    letter_id = post(client, desk, EARLY)
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE
    seen = view(desk, cora, letter_id)
    assert "no letter goes before that day" in reasons(seen)[0][0]
    assert seen.exchange is not None
    with pytest.raises(NotReady, match="correct the dates of the case"):
        actions.release_exchange(
            desk,
            cora,
            letter_id=letter_id,
            version=seen.version,
            seal=seen.exchange.seal,
            reason="They would like it.",
        )
    clock_of(desk).now = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE
    # midnight in Berlin
    clock_of(desk).now = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY
    approve(desk, anna, letter_id)
    work_all(desk)
    assert len(sent(desk, "CL-US")) == 1


def test_a_third_letter_where_two_are_allowed(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """Two go to Japan; the third is refused, and nobody can release it."""
    for number in range(1, 3):
        letter_id = post(client, desk, JAPAN, f"{ENGLISH}\nThis is letter {number}.\n")
        seen = view(desk, anna, letter_id)
        assert seen.exchange is not None
        assert (seen.exchange.number, seen.exchange.most) == (number, 2)
        approve(desk, anna, letter_id)
        work_all(desk)
    assert len(sent(desk, "CL-JP")) == 2
    third = post(client, desk, JAPAN)
    seen = view(desk, cora, third)
    assert seen.state is LetterState.HELD_EXCHANGE
    assert seen.exchange is not None
    assert [refused for _, refused in reasons(seen)] == [True]
    assert not seen.may.release_exchange
    with pytest.raises(NotReady, match="2 letters may go this way"):
        actions.release_exchange(
            desk,
            cora,
            letter_id=third,
            version=seen.version,
            seal=seen.exchange.seal,
            reason="They would like it.",
        )
    assert len(sent(desk, "CL-JP")) == 2


def test_a_reply_from_the_patient(client: httpx.Client, desk: Desk, anna: Person) -> None:
    """Found by the patient's own number, it goes to the donor centre in Germany."""
    text = ENGLISH.replace("Dear recipient", "Dear donor")
    letter_id = post(client, desk, REFERENCE, text, Direction.PATIENT_TO_DONOR)
    seen = view(desk, anna, letter_id)
    assert seen.state is LetterState.READY, seen.holds
    assert seen.routing.case_id == "W-1"
    approve(desk, anna, letter_id)
    work_all(desk)
    assert len(sent(desk, "donor-centre-DE")) == 1
    assert sent(desk, "CL-PL") == []


def test_a_changed_case_stops_an_approval_and_a_dispatch(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """Judged again at both moments; the letter waits at the desk of the rules and comes back."""
    letter_id = post(client, desk, HOME)
    seen = claim(desk, anna, letter_id)
    change_case(desk, cora, "W-2", patient_deliverable="no")
    assert view(desk, anna, letter_id).may.approve.reason == (
        "A letter cannot reach the patient at present."
    )
    with pytest.raises(NotReady, match="cannot reach the patient"):
        actions.approve_letter(
            desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
        )
    change_case(desk, cora, "W-2", patient_deliverable="yes")
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    change_case(desk, cora, "W-2", patient_deliverable="no")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.HELD_EXCHANGE
    assert sent(desk, "CL-GB") == []
    change_case(desk, cora, "W-2", patient_deliverable="yes")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY
    approve(desk, anna, letter_id)
    work_all(desk)
    assert len(sent(desk, "CL-GB")) == 1


def test_a_letter_allocated_by_hand_is_treated_alike(
    client: httpx.Client, desk: Desk, cora: Person
) -> None:
    """The same rules and the same languages as for one that its number led there."""
    letter_id = post(client, desk, donor_number(99), GERMAN)
    assert state_of(desk, letter_id) is LetterState.HELD_ALLOCATION
    actions.allocate_letter(
        desk,
        cora,
        letter_id=letter_id,
        version=view(desk, cora, letter_id).version,
        case_id="W-4",
        reason="The registry confirmed the case.",
    )
    work_all(desk)
    by_hand = view(desk, cora, letter_id)
    by_number = view(desk, cora, post(client, desk, UNKNOWN, GERMAN))
    assert by_hand.state is LetterState.HELD_EXCHANGE
    assert [one.code for one in by_hand.holds] == [one.code for one in by_number.holds]
    assert by_hand.language == by_number.language


def test_a_stricter_rule_than_that_of_the_draft_counts_at_approval(
    client: httpx.Client, desk: Desk, anna: Person, cora: Person
) -> None:
    """The draft kept the country, as Germany lets; the case turns out to be an American one."""
    letter_id = post(client, desk, GERMANY, f"{ENGLISH}\nI live in Germany.\n")
    seen = claim(desk, anna, letter_id)
    (country,) = (one for one in seen.findings if one.text == "Germany")
    assert country.action is TreatmentAction.KEEP
    change_case(desk, cora, "W-7", patient_country="US")
    approval = {"letter_id": letter_id, "version": seen.version, "digest": seen.digest or ""}
    with pytest.raises(NotReady, match=r"no \(US\).*newer than the draft"):
        actions.approve_letter(desk, anna, **approval)  # type: ignore[arg-type]
    hide = Correction(kind=CorrectionKind.MASK, finding_id=country.finding_id)
    actions.correct(desk, anna, letter_id=letter_id, version=seen.version, corrections=(hide,))
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
