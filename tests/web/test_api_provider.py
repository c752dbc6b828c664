"""Signing in through an identity provider, against a real one; and everything it must refuse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.provider_visits import link_person
from service.app import create_app
from service.identity.site import BadProvider, provider_of
from service.settings import Settings
from service.store.people import find_named, find_person_by_name
from service.workflow.errors import BadRequest, NotAllowed
from service.workflow.people import Role
from tests.factories import add, clock_of, make_desk
from tests.web import oidc_server
from tests.web.actors import browser
from tests.web.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider

GROUPS = {"letters-read": "proofreader", "letters-lead": "coordinator", "letters-it": "admin"}


@pytest.fixture
def bare_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that knows no provider yet."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def provider(bare_desk: Desk) -> Iterator[Provider]:
    """The provider, by the clock of the desk."""
    with oidc_server.running(lambda: bare_desk.now().timestamp()) as made:
        yield made


@pytest.fixture
def desk(bare_desk: Desk, provider: Provider, tmp_path: Path) -> Desk:
    """A desk with the provider; roles are given by hand."""
    return at(bare_desk, provider, tmp_path)


def at(desk: Desk, provider: Provider, folder: Path, **options: object) -> Desk:
    """The desk with the settings of this provider."""
    secret = folder / "provider.secret"
    secret.write_text(f"{CLIENT_SECRET}\n", "utf-8")
    secret.chmod(0o600)
    settings = desk.settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": secret,
            **options,
        }
    )
    return replace(desk, settings=settings, provider=provider_of(settings))


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    """A browser."""
    with browser(create_app(desk.settings, desk=desk, work=False)) as made:
        yield made


def leave(web: httpx.Client) -> str:
    """Press the button; where the page goes on to."""
    answer = web.post("/sign-in/provider")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    return answer.headers["refresh"].removeprefix("0; url=")


def come_back(web: httpx.Client, address: str) -> httpx.Response:
    """Follow the provider back to us."""
    parts = urlsplit(address)
    return web.get(f"{parts.path}?{parts.query}")


def sign_in(web: httpx.Client, provider: Provider) -> httpx.Response:
    """There and back."""
    return come_back(web, provider.authorize(leave(web)))


def is_signed_in(web: httpx.Client) -> bool:
    """Whether the browser has a session."""
    return web.get("/review/account").status_code == 200


def test_a_person_who_is_linked_signs_in(desk: Desk, web: httpx.Client, provider: Provider) -> None:
    """By issuer and subject; the way there is protected by state, nonce and PKCE."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    answer = sign_in(web, provider)
    assert answer.status_code == 200
    assert answer.headers["refresh"] == "0; url=/review"
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert is_signed_in(web)
    asked = provider.asked[0]
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    assert asked["scope"] == "openid profile"


def test_a_stranger_waits_for_a_role(desk: Desk, web: httpx.Client, provider: Provider) -> None:
    """Known from then on; and never taken for a colleague of the same name."""
    add(desk, "Olga", Role.SENIOR)
    answer = sign_in(web, provider)
    assert answer.status_code == 403
    assert "Ask your administrator for a role" in answer.text
    assert not is_signed_in(web)
    with desk.database.reading() as connection:
        assert find_person_by_name(connection, "Olga").roles == {Role.SENIOR}
    assert sign_in(web, provider).status_code == 403


def test_groups_of_the_provider_give_roles(
    bare_desk: Desk, provider: Provider, tmp_path: Path
) -> None:
    """Anew at every sign-in; groups that do not go together give none."""
    options = {"oidc_roles_claim": "groups", "oidc_roles": GROUPS}
    desk = at(bare_desk, provider, tmp_path, **options)
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        for groups, roles in (
            (["letters-read", "other"], {Role.PROOFREADER}),
            (["letters-read", "letters-lead"], {Role.PROOFREADER, Role.COORDINATOR}),
            ("letters-lead", {Role.COORDINATOR}),
            (["letters-it", "letters-read"], set()),
            ([], set()),
            ({"letters-read": 1}, set()),
        ):
            provider.claims = {"name": "Olga", "groups": groups}
            answer = sign_in(web, provider)
            assert answer.status_code == (200 if roles else 403), groups
            with desk.database.reading() as connection:
                found = find_named(connection, "Olga")
            assert found is not None
            assert found.roles == roles


Tamper = Callable[[dict[str, Any]], dict[str, Any]]

LIES: dict[str, Tamper] = {
    "another nonce": lambda claims: {**claims, "nonce": "x"},
    "no nonce": lambda claims: {k: v for k, v in claims.items() if k != "nonce"},
    "for another client": lambda claims: {**claims, "aud": "another"},
    "for two, by another": lambda claims: {**claims, "aud": [CLIENT_ID, "b"], "azp": "b"},
    "of another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "expired": lambda claims: {**claims, "exp": claims["iat"] - 100},
    "without an end": lambda claims: {k: v for k, v in claims.items() if k != "exp"},
    "from the future": lambda claims: {**claims, "nbf": claims["iat"] + 1000},
    "without a subject": lambda claims: {k: v for k, v in claims.items() if k != "sub"},
    "a subject that is none": lambda claims: {**claims, "sub": ["subject-1"]},
    "for another access token": lambda claims: {**claims, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("tamper", LIES.values(), ids=LIES.keys())
def test_an_id_token_that_does_not_fit_opens_nothing(
    desk: Desk, web: httpx.Client, provider: Provider, tamper: Tamper
) -> None:
    """Whatever is wrong with it."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    provider.tamper = tamper
    assert sign_in(web, provider).status_code == 403
    assert not is_signed_in(web)


@pytest.mark.parametrize(
    "forge",
    [
        oidc_server.unsigned,
        oidc_server.signed_with_the_public_key,
        oidc_server.signed_by_a_stranger,
    ],
)
def test_a_forged_signature_opens_nothing(
    desk: Desk,
    web: httpx.Client,
    provider: Provider,
    forge: Callable[[Provider, dict[str, Any]], str],
) -> None:
    """None, the public key as a secret, a stranger's key."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    provider.forge = forge
    assert sign_in(web, provider).status_code == 403
    assert not is_signed_in(web)


def test_a_visit_belongs_to_one_browser_and_works_once(
    desk: Desk, web: httpx.Client, provider: Provider
) -> None:
    """A code that is replayed, or planted in another browser, opens nothing."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    back = provider.authorize(leave(web))
    visit = web.cookies["visit"]
    web.cookies.clear()
    assert come_back(web, back).status_code == 403
    web.cookies.set("visit", visit)
    assert come_back(web, back).status_code == 403
    back = provider.authorize(leave(web))
    assert come_back(web, back).status_code == 200
    web.cookies.delete("session")
    assert come_back(web, back).status_code == 403
    assert not is_signed_in(web)


@pytest.mark.parametrize("change", ["state=made-up", "code=made-up", "iss=https://evil.example"])
def test_an_answer_that_was_changed_on_the_way_opens_nothing(
    desk: Desk, web: httpx.Client, provider: Provider, change: str
) -> None:
    """State, code and issuer."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    back = httpx.URL(provider.authorize(leave(web)))
    name, _, value = change.partition("=")
    assert come_back(web, str(back.copy_set_param(name, value))).status_code == 403
    assert not is_signed_in(web)


def test_a_visit_lasts_ten_minutes(desk: Desk, web: httpx.Client, provider: Provider) -> None:
    """Then it begins anew."""
    back = provider.authorize(leave(web))
    clock_of(desk).forward(minutes=11)
    assert "too long ago" in come_back(web, back).text


def test_a_second_factor_can_be_asked_for(
    bare_desk: Desk, provider: Provider, tmp_path: Path
) -> None:
    """In `acr` or `amr`."""
    desk = at(bare_desk, provider, tmp_path, oidc_second_factor=("mfa",))
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        for claims, status in (({}, 403), ({"amr": ["pwd"]}, 403), ({"amr": ["mfa"]}, 200)):
            provider.claims = {"name": "Olga", **claims}
            assert sign_in(web, provider).status_code == status
        provider.claims = {"name": "Olga", "acr": "mfa"}
        assert sign_in(web, provider).status_code == 200


def test_a_key_that_was_changed_is_read_anew(
    desk: Desk, web: httpx.Client, provider: Provider
) -> None:
    """At the next try."""
    add(desk, "Olga", Role.SENIOR)
    link_person(desk, OPERATOR, name="Olga", subject="subject-1")
    assert sign_in(web, provider).status_code == 200
    provider.key = oidc_server.signing_key(2)
    assert sign_in(web, provider).status_code == 403
    assert sign_in(web, provider).status_code == 200


def test_a_provider_that_is_away_is_said_so(bare_desk: Desk, tmp_path: Path) -> None:
    """Links still work."""
    with oidc_server.running(lambda: 0.0) as gone:
        pass
    desk = at(bare_desk, gone, tmp_path)
    with browser(create_app(desk.settings, desk=desk, work=False)) as web:
        answer = web.post("/sign-in/provider")
    assert answer.status_code == 403
    assert "cannot be reached" in answer.text


def test_an_identity_belongs_to_one_person(desk: Desk) -> None:
    """And is linked by whoever manages people."""
    anna, olga = add(desk, "Anna"), add(desk, "Olga")
    link_person(desk, OPERATOR, name="Olga", subject="s")
    with pytest.raises(BadRequest, match="already"):
        link_person(desk, OPERATOR, name="Anna", subject="s")
    with pytest.raises(NotAllowed):
        link_person(desk, anna, name=olga.name, subject="t")


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "https://id.example"},
        {"oidc_client_id": "letters"},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "l", "oidc_roles": {"a": "boss"}},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "l", "oidc_roles_claim": "groups"},
        {
            "oidc_issuer": "https://id.example",
            "oidc_client_id": "l",
            "oidc_client_secret_file": Path("no-such-file"),
        },
    ],
)
def test_half_a_configuration_stops_the_start(settings: dict[str, Any]) -> None:
    """With the settings to look at."""
    with pytest.raises(BadProvider):
        provider_of(Settings(**settings))


def test_a_secret_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    """It says what to do."""
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    secret.chmod(0o644)
    options = {"oidc_issuer": "https://id.example", "oidc_client_id": "l"}
    with pytest.raises(BadProvider, match="chmod 600"):
        provider_of(Settings(**options, oidc_client_secret_file=secret))  # type: ignore[arg-type]
