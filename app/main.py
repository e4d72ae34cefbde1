"""create_app(settings): the parts put together."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import BoundedSemaphore

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from app import __version__
from app.core.clock import Clock, utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.errors import Unavailable
from app.keeping import ageing
from app.web import assets, desk, errors, field, sign_in, sync
from app.web.desk_backup import FILES_AT_ONCE
from app.web.failures import LogFailures
from app.web.health import Health, health
from app.web.security import AllowedHosts, BodyLimit, SameSite, SecurityHeaders, headers_for
from app.web.sign_in_guard import SignInLimit

DAY = 86_400  # seconds
_log = logging.getLogger(__name__)


async def _let_go_daily(database: Database, clock: Clock) -> None:
    while True:
        try:
            await asyncio.to_thread(database.write, lambda session: ageing.let_go(session, clock()))
        except Unavailable:
            _log.warning("What is too old to be kept could not be let go: the database is unavailable.")
        await asyncio.sleep(DAY)


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    """The application for `settings` (the environment's when none are given)."""
    settings = settings or Settings.from_environment()
    database = Database(settings.database, DeskLog(settings.desk_log_file))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # What is loaded now stays: looking through it again and again took a seventh of a push's CPU.
        gc.collect()
        gc.freeze()
        daily = asyncio.create_task(_let_go_daily(database, clock))
        yield
        daily.cancel()
        database.close()

    app = FastAPI(
        title="Từng Nhà",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,  # it would send people to the host that the request names
        middleware=[
            Middleware(SecurityHeaders, headers=headers_for(settings)),
            Middleware(LogFailures),
            Middleware(AllowedHosts, settings=settings),
            Middleware(SameSite),
            Middleware(BodyLimit),
            Middleware(SignInLimit),
            Middleware(GZipMiddleware, compresslevel=6),
        ],
    )
    app.state.settings, app.state.database, app.state.clock = settings, database, clock
    app.state.health = Health(database)
    app.state.file_places = BoundedSemaphore(FILES_AT_ONCE)
    for router in (sign_in.router, sync.router, desk.router, field.router, assets.router):
        app.include_router(router)
    app.add_api_route("/healthz", health)
    errors.install(app)
    return app
