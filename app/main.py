"""`create_app(settings)` builds the application."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from app import __version__
from app.commune.catalog.refresh import refresh_services
from app.commune.guides.library import refresh_guides
from app.core import logs
from app.core.clock import Clock, utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.errors import Unavailable
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.intake.household_import.runs import files
from app.province.status import count_due
from app.sync.export import keys
from app.upkeep.audit.views import ViewRecorder
from app.upkeep.maintenance import desk_log
from app.upkeep.promotion import Promotions
from app.upkeep.replica import Replica
from app.upkeep.retention import daily
from app.web import (
    assets,
    delivery,
    desk,
    errors,
    operator,
    process,
    province,
    public,
    second_factor,
    sign_in,
)
from app.web.delivery.limits import DeliveryLimits
from app.web.desk.records.export_files import FILES_AT_ONCE
from app.web.desk.visits.download import DOWNLOADS_AT_ONCE
from app.web.middleware.failures import LogFailures
from app.web.middleware.language import Language
from app.web.middleware.requests import LogRequests
from app.web.middleware.security import AllowedHosts, BodyLimit, SameSite, SecurityHeaders, headers_for
from app.web.middleware.written import RememberChanges
from app.web.monitoring import counters, health
from app.web.monitoring import routes as monitoring
from app.web.monitoring.health import Health
from app.web.phone import card, devices, field, sync
from app.web.phone.callers import KnownCallers
from app.web.routing import routes_of
from app.web.sign_in.guard import SignInLimit

HOUR, FOLLOW, COUNT, LOOK, EVALUATE = 3_600, 60, 10, 1, 0.4  # seconds
_log = logging.getLogger(__name__)


async def _purge_daily(database: Database, clock: Clock, data_dir: Path) -> None:
    """The work of each day: of the database by one process of all, of the files by each."""
    await asyncio.to_thread(_refresh, database, clock)
    while True:
        await asyncio.to_thread(files.purge, data_dir)
        try:
            await asyncio.to_thread(daily.purge_daily, database, clock())
            await _purge_communes(database, clock())
        except Unavailable:
            _log.warning("Expired records could not be purged: the database is unavailable.")
        await asyncio.sleep(HOUR)


async def _purge_communes(database: Database, now: datetime) -> None:
    """Purge the data of communes whose time is over. It takes a quarter of one processor at most."""
    pieces, end = daily.purge_communes(database, now), object()
    piece: object = None
    while piece is not end:
        began = time.monotonic()
        piece = await asyncio.to_thread(next, pieces, end)
        await asyncio.sleep(3 * (time.monotonic() - began))


async def _evaluate_flags(database: Database) -> None:
    """Compute the flags of what phones send: from the start on, a moment after each push. It takes a tenth of
    one processor at most, whatever arrives."""
    while True:
        began, pause = time.monotonic(), EVALUATE
        try:
            await asyncio.to_thread(evaluate_all, database, EVALUATE / 4)
        except Unavailable:
            _log.warning("Flags could not be computed: the database is unavailable.")
            pause = FOLLOW
        except Exception as error:  # the next change of these days may be one that can be computed
            logs.event("flags.failed", logs.ERROR, error=type(error).__name__)
            pause = FOLLOW
        await asyncio.sleep(max(pause, 9 * (time.monotonic() - began)))


async def _count_signs(database: Database, clock: Clock) -> None:
    """Count the signs of communes for the pages of their province. It takes a tenth of one processor at
    most."""
    while True:
        began, pause = time.monotonic(), COUNT
        try:
            await asyncio.to_thread(count_due, database, clock, EVALUATE / 4)
        except Unavailable:
            _log.warning("Signs of communes could not be counted: the database is unavailable.")
            pause = FOLLOW
        except Exception as error:  # one commune's trouble must not end the counting of the others
            logs.event("signs.failed", logs.ERROR, error=type(error).__name__)
            pause = FOLLOW
        await asyncio.sleep(max(pause, 9 * (time.monotonic() - began)))


async def _follow_other_machines(database: Database) -> None:
    """Have the desk log's file get what was decided on other machines, as of the look before."""
    head = 0
    while True:
        try:
            head = (await asyncio.to_thread(desk_log.catch_up, database, up_to=head)).head
        except (Unavailable, OSError):
            _log.warning("The desk log could not be compared with the database.")
        await asyncio.sleep(FOLLOW)


async def _record_views(recorder: ViewRecorder) -> None:
    """Write into the desk log, each minute, what supervisors have looked at."""
    work = recorder.begin
    while True:
        try:
            await asyncio.to_thread(work)
            work = recorder.write
        except (Unavailable, OSError):
            _log.warning("What was looked at could not be written into the desk log.")
        await asyncio.sleep(FOLLOW)


@asynccontextmanager
async def _views_recorded(recorder: ViewRecorder) -> AsyncIterator[None]:
    """Record views meanwhile, and the last ones at the end."""
    recording = asyncio.create_task(_record_views(recorder))
    yield
    recording.cancel()
    with suppress(OSError):  # the next start says that some may be missing
        await asyncio.to_thread(recorder.finish)


async def _watch(look: Callable[[], None]) -> None:
    """Look every second where a database stands. What cannot be asked counts as away."""
    while True:
        pause = LOOK
        try:
            await asyncio.to_thread(look)
        except Exception as error:  # a PostgreSQL that does not say where it stands must not end the server
            logs.event("replica.unknown", logs.ERROR, error=type(error).__name__)
            pause = FOLLOW
        await asyncio.sleep(pause)


async def _watch_promotions(promotions: Promotions) -> None:
    """Notice within a second that a standby has taken the database's place."""
    while True:
        pause = LOOK
        try:
            await asyncio.to_thread(promotions.look)
        except Unavailable:
            pass  # until it has been promoted, or is back
        except Exception as error:  # a PostgreSQL that does not say where it is must not end the server
            logs.event("promotion.unknown", logs.ERROR, error=type(error).__name__)
            pause = FOLLOW
        await asyncio.sleep(pause)


def _refresh(database: Database, clock: Clock) -> None:
    """Give the communes what a new version has changed in catalog and guides, and derived keys."""
    try:
        refresh_services(database)
        refresh_guides(database)
        keys.ensure_all(database, clock())
    except Unavailable:
        _log.warning("Services, guides and keys could not be refreshed: the database is unavailable.")


def _regular_work(
    database: Database, replica: Replica | None, settings: Settings, clock: Clock
) -> Iterator[Coroutine[object, object, None]]:
    """What a process does beside answering, from its start to its end."""
    yield _purge_daily(database, clock, settings.data_dir)
    yield _evaluate_flags(database)
    yield _count_signs(database, clock)
    if not database.is_sqlite:
        yield _follow_other_machines(database)
        log = DeskLog(settings.desk_log_file)
        yield _watch_promotions(Promotions(database, log, settings.after_promotion, clock))
    if replica:
        yield _watch(replica.look_at_primary)
        yield _watch(replica.look_at_replica)


def _routes() -> list[BaseRoute]:
    """The routes of every application of this process: the JSON API, whose document has its routes only, and
    the screens, the last ones without an account."""
    api = routes_of(sync, devices, card, delivery.api, health, monitoring, public.api).routes
    screens = routes_of(
        sign_in, second_factor, desk, operator, province, field, assets, delivery.pages, public.pages
    ).routes
    for screen in screens:
        if isinstance(screen, APIRoute):
            screen.include_in_schema = False
    return [*api, *screens]


def _middleware(settings: Settings) -> list[Middleware]:
    """What runs around every route, the outermost first."""
    return [
        Middleware(LogRequests),
        Middleware(SecurityHeaders, headers=headers_for(settings)),
        Middleware(Language, settings=settings),
        Middleware(LogFailures),
        Middleware(AllowedHosts, settings=settings),
        Middleware(SameSite),
        Middleware(BodyLimit),
        Middleware(SignInLimit, workers=settings.workers),
        *([Middleware(RememberChanges, settings=settings)] if settings.read_url else []),
        Middleware(GZipMiddleware, compresslevel=6),
    ]


def create_worker() -> FastAPI:
    """The application of a process that `serve` starts."""
    logs.configure()
    process.bound_memory()
    return create_app()


def _replica_of(settings: Settings, clock: Clock) -> Replica | None:
    if not settings.read_url:
        return None
    return Replica(settings.database, settings.read_url, settings.threads, clock)


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    """The application with `settings`, by default those of the environment."""
    settings = settings or Settings.from_environment()
    log = DeskLog(settings.desk_log_file)
    database = Database(settings.database, log, settings.threads, settings.key_file)
    database.observe_waits(counters.WRITE_WAIT.observe)
    replica = _replica_of(settings, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        process.begin(settings)
        regular = [asyncio.create_task(work) for work in _regular_work(database, replica, settings, clock)]
        async with _views_recorded(ViewRecorder(database, settings.data_dir, clock)):
            yield
        for task in regular:
            task.cancel()
        database.close()
        if replica:
            replica.close()

    app = FastAPI(
        title="Từng Nhà",
        version=__version__,
        routes=_routes(),
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,  # a redirect would go to the host that the request names
        middleware=_middleware(settings),
    )
    app.state.settings, app.state.database, app.state.clock = settings, database, clock
    app.state.replica = replica
    app.state.health = Health(database)
    app.state.figures = monitoring.Figures(database, settings)
    app.state.known_callers = KnownCallers()
    app.state.delivery_limits = DeliveryLimits()
    app.state.file_slots = BoundedSemaphore(max(1, FILES_AT_ONCE // settings.workers))
    app.state.download_slots = BoundedSemaphore(max(1, DOWNLOADS_AT_ONCE // settings.workers))
    errors.install(app)
    return app
