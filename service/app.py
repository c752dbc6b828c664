"""
The composition root: settings in, the whole service out.

Contract: everything is made here and handed down; no module keeps a global of its own.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.formparsers import MultiPartParser

from anonymizer.notices import load_notice_templates
from anonymizer.pipeline import Pipeline, PipelineSettings
from service.actions.desk import Desk, Drafter, utc_now
from service.canary import Canary
from service.dispatch.channels import Channels
from service.dispatch.document import Press
from service.dispatch.folder import FolderDispatch
from service.dispatch.mail import MailServer
from service.dispatch.sftp import SftpAccess
from service.identity.site import provider_of
from service.settings import Settings
from service.store.opening import open_database
from service.web.api.metrics import Meter, RequestTimes
from service.web.api.routes import router as api_router
from service.web.middleware import (
    BodyLimit,
    InLanguage,
    LastResort,
    OwnOrigin,
    OwnPort,
    RequestLog,
    SecurityHeaders,
)
from service.web.permissions import check_every_route_is_declared
from service.web.problems import add_error_handlers
from service.web.review.errors import error_page, proof_page
from service.web.review.kept import kept_page
from service.web.review.pages import compile_pages
from service.web.review.routes import router as review_router
from service.webhooks.listeners import read_listeners
from service.worker import Worker
from service.workflow.errors import BadSetting

_STATIC = Path(__file__).parent / "web" / "static"


def open_site_desk(settings: Settings) -> Desk:
    """The desk with the site's own pipeline; with a fault when that fails its canary."""
    pipeline = load_pipeline(settings)
    return open_desk(settings, pipeline=pipeline, fault=pipeline.canary_fault())


def open_desk(settings: Settings, *, pipeline: Drafter, fault: str | None = None) -> Desk:
    """The desk on a database that is brought to the current schema."""
    database = open_database(settings)
    return Desk(
        database=database,
        pipeline=pipeline,
        way_out=site_channels(settings),
        settings=settings,
        fault=fault,
        notices=load_notice_templates(site_folder=settings.rules_folder),
        provider=provider_of(settings),
        listeners=read_listeners(settings.webhooks),
    )


def site_channels(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Channels:
    """Every way out that the settings name; `BadSetting` when a file of one cannot be used."""
    _check_files(settings)
    mail, sftp = None, None
    if settings.smtp_host and settings.smtp_sender:
        mail = MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_sender,
            implicit_tls=settings.smtp_implicit_tls,
            user=settings.smtp_user,
            password_file=settings.smtp_password_file,
            ca_file=settings.smtp_ca_file,
        )
    if settings.sftp_key_file:
        sftp = SftpAccess(key_file=settings.sftp_key_file)
    press = Press(form=settings.outgoing_format, rules=settings.rules_folder)
    folder = FolderDispatch(outbox=settings.outbox_folder)
    return Channels(folder=folder, press=press, clock=clock, mail=mail, sftp=sftp)


def _check_files(settings: Settings) -> None:
    secrets = (settings.smtp_password_file, settings.sftp_key_file)
    for path in (*secrets, settings.smtp_ca_file):
        if path is not None and not os.access(path, os.R_OK):
            message = f"{path}: the file is not there, or the service's own user cannot read it."
            raise BadSetting(message)
        if path in secrets and path is not None and path.stat().st_mode & 0o077:
            message = f"{path}: others than its owner can read the secret; run `chmod 600` on it."
            raise BadSetting(message)


def load_pipeline(settings: Settings) -> Pipeline:
    """The site's pipeline, which may fail its canary. Raises `ModelError` or `RulesError`."""
    return Pipeline.assemble(
        PipelineSettings(
            rules_folder=settings.rules_folder,
            models_folder=settings.models_folder,
            spacy_pipeline=settings.spacy_pipeline or None,
            donor_number_formats=settings.donor_number_formats,
        )
    )


def create_app(settings: Settings, *, desk: Desk | None = None, work: bool = True) -> FastAPI:
    """The application; `desk` and `work` are for tests that bring their own or draft by hand."""
    desk = desk or open_site_desk(settings)
    worker = Worker(desk) if work else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if worker:
            worker.start()
        yield
        if worker:
            worker.stop()

    app = FastAPI(
        title="letter-anonymizer",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    # an upload stays in memory, however large it may be: a temporary file would be a plain copy
    MultiPartParser.spool_max_size = settings.max_body_bytes + 1
    app.state.desk = desk
    app.state.worker = worker
    app.state.canary = Canary(desk)
    app.state.meter = Meter(desk, app.state.canary)
    app.state.error_page = error_page
    app.state.kept_page = kept_page
    app.state.proof_page = proof_page
    compile_pages()
    add_error_handlers(app)
    app.include_router(api_router)
    if _STATIC.is_dir():
        app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.include_router(review_router)
    check_every_route_is_declared(app.routes)
    _add_layers(app, desk)
    return app


def _add_layers(app: FastAPI, desk: Desk) -> None:
    """What every request goes through; added from inside to outside."""
    app.add_middleware(BodyLimit, desk=desk)
    app.add_middleware(OwnOrigin, desk=desk)
    app.add_middleware(OwnPort, desk=desk)
    app.add_middleware(LastResort)
    app.add_middleware(RequestLog)
    app.add_middleware(RequestTimes, meter=app.state.meter)
    app.add_middleware(SecurityHeaders, desk=desk)
    app.add_middleware(InLanguage, desk=desk)
