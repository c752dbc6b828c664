"""
Those the service speaks to: mail server, SFTP servers of recipients, identity provider, webhooks.

Contract: each is connected to exactly as in earnest (TLS and name, pinned key, sign-in), and
nothing is sent, written or asked of it that leaves a trace but the connection.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

from service.dispatch.mail import MailServer
from service.dispatch.mail import try_connection as try_mail
from service.dispatch.sealing import load_certificate
from service.dispatch.sftp import SftpAccess
from service.dispatch.sftp import try_connection as try_sftp
from service.doctor.report import Finding, fail, ok, warn
from service.doctor.site import Site, owner_trouble
from service.identity.site import provider_of
from service.store.database import Database
from service.store.endpoints import all_endpoints, endpoint_now
from service.store.migrate import is_current
from service.webhooks.listeners import Listener, read_listeners
from service.webhooks.sending import NotDelivered
from service.webhooks.sending import try_connection as try_webhook
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import BadRequest, ServiceError

_AT_ONCE = 8
_ENDS_SOON = timedelta(days=30)


def look_at_mail_server(site: Site) -> Iterator[Finding]:
    """The site's own."""
    settings = site.settings
    if not (settings.smtp_host and settings.smtp_sender):
        if settings.smtp_host or settings.smtp_sender:
            yield fail(
                "mail server",
                "LETTERS_SMTP_HOST and LETTERS_SMTP_SENDER are set together or not at all",
                "set both, or none",
            )
            return
        yield ok("mail server", "none is set: no letter leaves by mail")
        return
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        implicit_tls=settings.smtp_implicit_tls,
        user=settings.smtp_user,
        password_file=settings.smtp_password_file,
        ca_file=settings.smtp_ca_file,
    )
    where = f"{server.host}:{server.port}"
    try:
        try_mail(server)
    except ServiceError as error:
        yield fail("mail server", f"{where}: {error.reason}", "letters by mail wait until then")
    else:
        yield ok("mail server", f"{where}: reached over TLS, its certificate is valid for its name")


def look_at_recipients(site: Site) -> Iterator[Finding]:
    """Every endpoint that holds now."""
    endpoints = _endpoints(site)
    if not endpoints:
        yield ok("recipients", "none is reached by mail or SFTP: letters go into folders")
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda one: _look_at(site, one), endpoints)


def _endpoints(site: Site) -> tuple[Endpoint, ...]:
    file = site.sqlite_file
    if file is not None and (not file.exists() or owner_trouble(file)):
        return ()
    with closing(Database(site.settings.database_url)) as database:
        if not is_current(database):
            return ()
        with database.reading() as connection:
            ids = dict.fromkeys(one.endpoint.recipient_id for one in all_endpoints(connection))
            found = (endpoint_now(connection, one, now=site.now()) for one in ids)
            return tuple(one for one in found if one.kind is not ChannelKind.FOLDER)


def _look_at(site: Site, endpoint: Endpoint) -> Finding:
    name = f"recipient {endpoint.recipient_id}"
    if endpoint.kind is ChannelKind.SMTP:
        return _look_at_certificate(site, name, endpoint)
    if site.settings.sftp_key_file is None:
        return fail(name, "is reached by SFTP, and we have no key", "set LETTERS_SFTP_KEY_FILE")
    try:
        try_sftp(endpoint, SftpAccess(key_file=site.settings.sftp_key_file))
    except ServiceError as error:
        return fail(name, f"SFTP: {error.reason}", "letters to it wait until then")
    return ok(name, "SFTP: reached, shows the key of the directory, and its folder is there")


def _look_at_certificate(site: Site, name: str, endpoint: Endpoint) -> Finding:
    if not site.settings.smtp_host:
        return fail(name, "is reached by mail, and no mail server is set", "set LETTERS_SMTP_HOST")
    try:
        load_certificate(endpoint.pinned, now=site.now())
    except BadRequest as error:
        return fail(name, f"mail: {error.reason}", "ask for a new certificate; two people enter it")
    try:
        load_certificate(endpoint.pinned, now=site.now() + _ENDS_SOON)
    except BadRequest:
        return warn(name, "mail: its certificate ends within 30 days", "ask for a new one")
    return ok(name, "mail: letters are encrypted for its certificate")


def look_at_provider(site: Site) -> Iterator[Finding]:
    """What the identity provider publishes, its keys, and that it is the one of the settings."""
    try:
        provider = provider_of(site.settings)
        if provider is None:
            yield ok("identity provider", "none is set: people have accounts of this site")
            return
        provider.begin(now=site.now())
    except ServiceError as error:
        yield fail("identity provider", error.reason, "LETTERS_OIDC_… (docs/operate/access.md)")
    else:
        yield ok("identity provider", f"{site.settings.oidc_issuer} publishes what we need")


def look_at_webhooks(site: Site) -> Iterator[Finding]:
    """Every registry client that wants to be told."""
    try:
        listeners = tuple(read_listeners(site.settings.webhooks).values())
    except ServiceError as error:
        yield fail("webhooks", error.reason, "the service does not start before that")
        return
    if not listeners:
        yield ok("webhooks", "nobody is told")
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_look_at_listener, listeners)


def _look_at_listener(listener: Listener) -> Finding:
    name = f"webhook {listener.client}"
    try:
        try_webhook(listener)
    except NotDelivered as error:
        return fail(
            name,
            f"its address cannot be reached ({error.code})",
            "look at name, certificate and firewall; words to it wait and are tried again",
        )
    if not listener.address.startswith("https://"):
        return warn(name, "reached inside the house over plain HTTP", "give it an https address")
    return ok(name, "reached over TLS, its certificate is valid for its name")
