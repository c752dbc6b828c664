"""
A house with something on every page: letters at every step, proposals, refusals, keys, people.

Contract: `busy_house` yields the house and the letters by what they are there for; everybody is
signed in at the time at which the story ends. The pipeline is the real one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from anonymizer.donor_number import grid_check_digits
from anonymizer.exchange import load_exchange_rules
from anonymizer.model import Channel, Direction, Side
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk, IncomingLetter, SeenBeside
from service.actions.access import (
    OPERATOR,
    add_key,
    add_person,
    change_access,
    make_sign_in_link,
    use_sign_in_link,
)
from service.actions.endpoints import (
    confirm_proposed_endpoint,
    propose_endpoint,
    withdraw_proposed_endpoint,
)
from service.actions.keys import all_keys, end_key
from service.actions.subject_access import confirm_proposed_copy, propose_copy
from service.actions.webhooks import PAUSES_MIN, deliver_next_webhook
from service.app import create_app
from service.store.access_tables import sessions
from service.webhooks.listeners import Listener
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.people import STAFF_ROLES, Person, Role
from service.workflow.pictures import PictureSort
from tests.dispatch.certificates import identity
from tests.documents.make_mail import mail
from tests.documents.make_office import docx, paragraph
from tests.documents.test_outgoing_picture import photo, told
from tests.e2e.test_files import poor_scan
from tests.factories import (
    HEADER,
    NUMBER,
    OTHER_NUMBER,
    bring_in,
    clock_of,
    decide_suggestions,
    donor_number,
    make_desk,
    send_back,
    version_of,
    view,
    work_all,
)
from tests.web.actors import CLIENT, Actor, House, letter_of_client
from tests.web.oidc_server import Provider
from tests.web.test_api_provider import at as with_provider

NEAR_NUMBER = f"{NUMBER[:-3]}9" + grid_check_digits(f"{NUMBER[:-3]}9")
RULES_NUMBER = donor_number(77)

#: Of everybody else the house knows that they showed lately who they are.
NOT_PROVED = Role.SENIOR

LETTER = """\
Dear friend,

my name is Hedwig Thalbach, I am 47 years old and I work as a crane operator in Pirna. I was the
first in our town who gave cells twice. I have three daughters. I would love to meet you one day.

Zero\u200bwidth and \u202eturned\u202c words. Write to hedwig@example.org or call +49 351 5550142.
When I heard about your leukaemia on 3 May 2024 I wept.

Hedwig
"""
CALM = "Dear friend, I hope you are better every day. It was a small thing for me to give.\n"
GERMAN = """\
Liebe Empfängerin, lieber Empfänger, ich wünsche Dir von ganzem Herzen, dass es Dir jeden Tag
besser geht. Ich denke sehr oft an Dich und hoffe, dass Du bald wieder ganz gesund bist.
"""
HIDING = mail(
    "Dear friend, thank you for everything that you did for me. I think of you every day.\r\n"
    "\r\nOn Monday Wilhelm wrote:\r\n> Please send your letter to me.\r\n",
    head="X-Writer: Wilhelmina Zzyzx\r\n",
)
PICTURED = docx(
    paragraph("Dear friend, thank you so much. Here is a picture of our house."),
    {"word/media/image1.jpeg": told(photo(), "JPEG")},
)
#: A case in which the identities may be released, and nobody has proposed it.
CASE_TO_RELEASE = "C-4"
READY = {
    "transplant_dates": "2023-03-01",
    "donor_consents": "granted 2023-03-05;counselled 2026-01-10;release 2026-01-31",
    "patient_consents": "granted 2023-03-05;counselled 2026-01-11;release 2026-01-20",
}


@dataclass(frozen=True, kw_only=True)
class BusyHouse:
    """The house, its letters by what they are for, an unused link, a person that nobody plays."""

    house: House
    letters: Mapping[str, str]
    sign_in_token: str
    somebody_id: str


@contextmanager
def busy_house(folder: Path, pipeline: Pipeline, provider: Provider) -> Iterator[BusyHouse]:
    """A house in which everything has happened once."""
    desk = with_provider(_desk(folder, pipeline), provider, folder)
    staff = {role: _person(desk, role) for role in sorted(STAFF_ROLES)}
    _neighbours(desk, staff)
    letters = _letters(desk, staff)
    # only now: sessions end sooner than letters wait too long
    house = House(
        desk=desk,
        app=create_app(desk.settings, desk=desk, work=False),
        staff={role: _signed_in(desk, role, person) for role, person in staff.items()},
        letter_id=letters["claimed"],
        client_letter_id=letters["of a client"],
    )
    somebody = add_person(desk, OPERATOR, name="Somebody", roles=frozenset({Role.AUDITOR}))
    link = make_sign_in_link(desk, OPERATOR, name="Somebody")
    yield BusyHouse(
        house=house,
        letters=letters,
        sign_in_token=link.rpartition("/")[2],
        somebody_id=somebody.person_id,
    )
    desk.database.close()


@contextmanager
def empty_house(folder: Path) -> Iterator[House]:
    """A house in which nothing has happened yet."""
    desk = make_desk(folder)
    staff = {role: _person(desk, role) for role in sorted(STAFF_ROLES)}
    yield House(
        desk=desk,
        app=create_app(desk.settings, desk=desk, work=False),
        staff={role: _signed_in(desk, role, person) for role, person in staff.items()},
        letter_id="",
        client_letter_id="",
    )
    desk.database.close()


def _desk(folder: Path, pipeline: Pipeline) -> Desk:
    rules = folder / "rules"
    (rules / "exchange").mkdir(parents=True)
    row = (
        'photos = "yes"\ngifts = "no"\nsource = "test"\nchecked = 2026-01-01\ncertainty = "firm"\n'
    )
    (rules / "exchange" / "countries.toml").write_text(f"[DE]\n{row}[US]\n{row}", "utf-8")
    own = replace(pipeline, exchange=load_exchange_rules(site_folder=rules))
    desk = make_desk(
        folder,
        pipeline=own,
        claim_lease_s=7 * 86_400,
        session_idle_s=86_400,
        api_rate="9999/minute",
    )
    rows = (
        f"{RULES_NUMBER},C-3,DE,IE,CL-3,Third Clinic,,,2026-03-01\n"
        f"{donor_number(78)},{CASE_TO_RELEASE},DE,US,CL-1,First Clinic,,,2023-03-01\n"
    )
    content = f"{HEADER},transplant_dates\n{rows}".encode()
    actions.import_cases(desk, OPERATOR, content=content, file_name="cases.csv")
    away = Listener(
        client=CLIENT,
        address="https://127.0.0.1:9/letters",
        secrets=("s" * 32,),
        private_network=True,
    )
    return replace(desk, listeners={CLIENT: away})


def _person(desk: Desk, role: Role) -> Person:
    return add_person(desk, OPERATOR, name=f"{role.value} person", roles=frozenset({role}))


def _signed_in(desk: Desk, role: Role, person: Person) -> Actor:
    cookies = []
    for _ in range(2):
        # a second session, so that there is one to end
        link = make_sign_in_link(desk, OPERATOR, name=person.name)
        cookies.append(use_sign_in_link(desk, link.rpartition("/")[2]))
    proved = None if role is NOT_PROVED else desk.now()
    with desk.database.writing() as tx:
        mine = sessions.c.person_id == person.person_id
        tx.connection.execute(sessions.update().where(mine).values(proved_at=proved))
    return Actor(
        name=role.value,
        role=role,
        person=person,
        cookies={"session": cookies[-1].cookie_value},
        csrf=cookies[-1].csrf_token,
    )


def _letters(desk: Desk, staff: Mapping[Role, Person]) -> dict[str, str]:
    anna, sena = staff[Role.PROOFREADER], staff[Role.SENIOR]
    found = {"sent": drafted_letter(desk, LETTER)}
    _approve(desk, anna, found["sent"])
    found["failed"] = _failed(desk, anna)
    found["returned"] = drafted_letter(desk, CALM)
    take_in_hand(desk, anna, found["returned"])
    send_back(desk, anna, found["returned"])
    found["held"] = drafted_letter(desk, CALM)
    version = take_in_hand(desk, anna, found["held"])
    actions.hold_letter(
        desk, anna, letter_id=found["held"], version=version, reason="Ask the registry."
    )
    found |= _undecided(desk, staff)
    clock_of(desk).forward(days=4)
    found["claimed"] = _claimed(desk, anna)
    found["pictured"] = _pictured(desk, anna)
    found["hiding"] = drafted_letter(desk, HIDING)
    take_in_hand(desk, anna, found["hiding"])
    found["scan"] = drafted_letter(desk, poor_scan())
    found["second"] = _second(desk, sena, anna)
    found["of a client"] = letter_of_client(desk, CLIENT, "third")
    found["received"] = bring_in(desk, CALM, cover_number=NUMBER)
    return found


def _undecided(desk: Desk, staff: Mapping[Role, Person]) -> dict[str, str]:
    """Letters that wait for a decision about case, language or rules."""
    uploader = staff[Role.COORDINATOR]
    bare = IncomingLetter(content=CALM.encode(), channel=Channel.UPLOAD, direction=None)
    ids = {
        "no number": actions.receive_letter(desk, uploader, incoming=bare).letter_id,
        "near number": bring_in(desk, CALM, cover_number=NEAR_NUMBER),
        "other number": bring_in(desk, f"{CALM}Donor number {OTHER_NUMBER}\n", cover_number=NUMBER),
        "language": bring_in(desk, GERMAN, cover_number=OTHER_NUMBER),
        "rules": bring_in(desk, CALM, cover_number=RULES_NUMBER),
        "answer": bring_in(desk, CALM, cover_number=NUMBER, direction=Direction.PATIENT_TO_DONOR),
    }
    work_all(desk)
    return ids


def drafted_letter(desk: Desk, content: str | bytes, number: str = NUMBER) -> str:
    """A donor's letter with this number on its cover, or none, as far as the machine goes."""
    letter_id = bring_in(desk, content, cover_number=number or None)
    work_all(desk)
    return letter_id


def take_in_hand(desk: Desk, person: Person, letter_id: str) -> int:
    """Claim the letter; its version afterwards."""
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, person, letter_id=letter_id, version=version)
    return version + 1


def _approve(desk: Desk, person: Person, letter_id: str, *, claim: bool = True) -> None:
    if claim:
        take_in_hand(desk, person, letter_id)
    decide_suggestions(desk, person, letter_id)
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk,
        person,
        letter_id=letter_id,
        version=seen.version,
        digest=seen.digest or "",
        beside=SeenBeside(hidden=True),
    )
    work_all(desk)


def _failed(desk: Desk, anna: Person) -> str:
    """The folder of the recipient cannot be made: a file lies in its place."""
    desk.settings.outbox_folder.mkdir(parents=True, exist_ok=True)
    (desk.settings.outbox_folder / "CL-2").write_text("in the way", "utf-8")
    letter_id = drafted_letter(desk, CALM, OTHER_NUMBER)
    _approve(desk, anna, letter_id)
    return letter_id


def _claimed(desk: Desk, anna: Person) -> str:
    """In hand, with one decision made, a note, and in a hurry."""
    letter_id = drafted_letter(desk, LETTER)
    take_in_hand(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)
    kept = Correction(
        kind=CorrectionKind.REMOVE,
        finding_id=seen.findings[-1].finding_id,
        reason="It says nothing about the person.",
    )
    actions.correct(
        desk, anna, letter_id=letter_id, version=seen.version, corrections=(kept,), asked=True
    )
    actions.write_note(desk, anna, letter_id=letter_id, text="Is the town in the register?")
    version = version_of(desk, letter_id)
    actions.set_urgent(desk, anna, letter_id=letter_id, version=version, urgent=True)
    return letter_id


def _pictured(desk: Desk, anna: Person) -> str:
    letter_id = drafted_letter(desk, PICTURED)
    version = take_in_hand(desk, anna, letter_id)
    actions.make_picture(
        desk,
        anna,
        letter_id=letter_id,
        version=version,
        number=1,
        sort=PictureSort.PHOTO,
        boxes=(),
    )
    return letter_id


def _second(desk: Desk, sena: Person, anna: Person) -> str:
    """Passed to a senior, read by both, and they differ."""
    letter_id = drafted_letter(desk, LETTER)
    version = take_in_hand(desk, anna, letter_id)
    actions.pass_to_senior(
        desk, anna, letter_id=letter_id, version=version, reason="I am not sure."
    )
    take_in_hand(desk, sena, letter_id)
    seen = view(desk, sena, letter_id)
    start = LETTER.index("three daughters")
    missed = Correction(
        kind=CorrectionKind.ADD, start=start, end=start + 15, entity_kind=seen.findings[0].kind
    )
    actions.correct(desk, sena, letter_id=letter_id, version=seen.version, corrections=(missed,))
    _approve(desk, sena, letter_id, claim=False)
    _approve(desk, anna, letter_id)
    return letter_id


def _neighbours(desk: Desk, staff: Mapping[Role, Person]) -> None:
    """Recipients, keys, people and releases."""
    cora, sena = staff[Role.COORDINATOR], staff[Role.SENIOR]
    for country, name in (("DE", "confirmed"), ("GB", "withdrawn"), ("FR", "open")):
        endpoint_id = propose_endpoint(desk, cora, endpoint=_endpoint(name, country))
        if name == "confirmed":
            confirm_proposed_endpoint(desk, sena, endpoint_id=endpoint_id)
        if name == "withdrawn":
            withdraw_proposed_endpoint(desk, cora, endpoint_id=endpoint_id)
    add_key(desk, OPERATOR, client="former registry")
    add_key(desk, OPERATOR, client=CLIENT)
    former = next(one for one in all_keys(desk, OPERATOR) if one.client == "former registry")
    end_key(desk, OPERATOR, key_id=former.key_id)
    gone = add_person(desk, OPERATOR, name="Someone else", roles=frozenset({Role.AUDITOR}))
    change_access(
        desk, OPERATOR, person_id=gone.person_id, roles=frozenset({Role.AUDITOR}), active=False
    )
    _undelivered(desk)
    _release(desk, cora)
    _copies(desk, cora, sena)


def _endpoint(name: str, country: str) -> Endpoint:
    return Endpoint(
        recipient_id=f"donor-centre-{country}",
        version=1,
        kind=ChannelKind.SMTP,
        address=f"{name}@clinic.example",
        pinned=identity("clinic.example").pem,
    )


def _undelivered(desk: Desk) -> None:
    """One status word that was given up, and one that waits for its next try."""
    letter_of_client(desk, CLIENT, "first")
    for _ in PAUSES_MIN:
        deliver_next_webhook(desk)
        clock_of(desk).forward(days=1.01)
    letter_of_client(desk, CLIENT, "second")
    deliver_next_webhook(desk)


def _release(desk: Desk, cora: Person) -> None:
    """Identities may be released in the first case, and somebody proposed it."""
    for case_id in ("C-1", CASE_TO_RELEASE):
        version = actions.open_case(desk, cora, case_id=case_id).version
        actions.change_case_cells(desk, cora, case_id=case_id, version=version, cells=READY)
    version = actions.open_case(desk, cora, case_id="C-1").version
    actions.propose_release(desk, cora, case_id="C-1", version=version, reason="Both asked.")


def _copies(desk: Desk, cora: Person, sena: Person) -> None:
    """Copies of somebody's data: one that is ready, one that waits for a second person."""
    for side, confirm in ((Side.DONOR, True), (Side.PATIENT, False)):
        copy_id = propose_copy(desk, cora, case_id="C-1", side=side)
        if confirm:
            confirm_proposed_copy(desk, sena, case_id="C-1", copy_id=copy_id)
