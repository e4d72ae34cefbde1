"""create_app(settings): the parts put together."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from app import __version__
from app.accounts.sign_in import Throttle
from app.core.clock import Clock, utc_now
from app.core.config import Settings
from app.core.db import Database
from app.web import desk_visits, errors, field, sign_in, sync
from app.web.rendering import ROOT
from app.web.security import BodyLimit, LoopbackOnly, SameSite, SecurityHeaders


class Assets(StaticFiles):
    """Built and static files: fingerprinted ones never change, all others are asked for anew."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().file_response(*args, **kwargs)
        name = str(args[0]).rsplit("/", 1)[-1]
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if _is_fingerprinted(name) else "no-cache"
        )
        return response


def _is_fingerprinted(name: str) -> bool:
    """`app-0a1b2c3d4e.css`: the build puts ten hexadecimal digits of the content before the ending."""
    return re.search(r"-[0-9a-f]{10}\.\w+$", name) is not None


def health(request: Request) -> JSONResponse:
    """200 when the database answers, else 503."""
    database: Database = request.app.state.database
    try:
        database.read(lambda session: session.execute(text("SELECT 1")))
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable", "version": __version__}, 503)
    return JSONResponse({"status": "ok", "version": __version__})


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    """The application for `settings` (the environment's when none are given)."""
    settings = settings or Settings()
    database = Database(settings.database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    first = [Middleware(SecurityHeaders)] + ([Middleware(LoopbackOnly)] if settings.is_demo else [])
    app = FastAPI(
        title="Từng Nhà",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        middleware=[
            *first,
            Middleware(SameSite),
            Middleware(BodyLimit),
            Middleware(GZipMiddleware, compresslevel=6),
        ],
    )
    app.state.settings, app.state.database, app.state.clock = settings, database, clock
    app.state.throttle = Throttle()
    for router in (sign_in.router, sync.router, desk_visits.router, field.router):
        app.include_router(router)
    app.mount("/static", Assets(directory=ROOT / "static"), name="static")
    app.add_api_route("/healthz", health)
    errors.install(app)
    return app
