"""
The composition root: settings in, the whole service out.

Contract: everything is made here and handed down; no module keeps a global of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from anonymizer.notices import load_notice_templates
from anonymizer.pipeline import Pipeline, PipelineSettings
from service.actions.desk import Desk, Drafter
from service.dispatch.document import Press
from service.dispatch.folder import FolderDispatch
from service.settings import Settings
from service.store.database import Database
from service.store.migrate import migrate
from service.web.api.routes import router as api_router
from service.web.middleware import BodyLimit, LastResort, OwnOrigin, RequestLog, SecurityHeaders
from service.web.problems import add_error_handlers
from service.web.review.errors import error_page
from service.web.review.routes import router as review_router
from service.worker import Worker

_STATIC = Path(__file__).parent / "web" / "static"


def open_site_desk(settings: Settings) -> Desk:
    """The desk with the site's own pipeline; with a fault when that fails its canary."""
    pipeline = load_pipeline(settings)
    return open_desk(settings, pipeline=pipeline, fault=pipeline.canary_fault())


def open_desk(settings: Settings, *, pipeline: Drafter, fault: str | None = None) -> Desk:
    """The desk on a database that is brought to the current schema."""
    database = Database(settings.database_url)
    migrate(database)
    return Desk(
        database=database,
        pipeline=pipeline,
        way_out=FolderDispatch(
            outbox=settings.outbox_folder,
            press=Press(form=settings.outgoing_format, rules=settings.rules_folder),
        ),
        settings=settings,
        fault=fault,
        notices=load_notice_templates(site_folder=settings.rules_folder),
    )


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
    app.state.desk = desk
    app.state.worker = worker
    app.state.error_page = error_page
    add_error_handlers(app)
    app.include_router(api_router)
    if _STATIC.is_dir():
        app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.include_router(review_router)
    # added from inside to outside
    app.add_middleware(BodyLimit, desk=desk)
    app.add_middleware(OwnOrigin, desk=desk)
    app.add_middleware(LastResort)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, desk=desk)
    return app
