"""The app with a profile of every thread's CPU time, written for `pstats` when the server stops."""

import cProfile
import os
import pstats
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import main


class _Profile(cProfile.Profile):
    def create_stats(self) -> None:
        self.snapshot_stats()  # without cProfile's disable(), which would act on the calling thread


_profiles: list[_Profile] = []


def create_app() -> FastAPI:
    """The app; from here on the event loop's thread and each new thread are profiled, waiting not counted."""
    app = main.create_app()
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with inner(app):
            yield
        _write()

    app.router.lifespan_context = lifespan
    threading.setprofile(lambda *_event: _begin())  # a thread's first event puts the real profiler in place
    _begin()
    return app


def _begin() -> None:
    profile = _Profile(time.thread_time)
    _profiles.append(profile)
    profile.enable()


def _write() -> None:
    _profiles[0].disable()
    stats = pstats.Stats(_profiles[0])
    for profile in _profiles[1:]:
        stats.add(profile)
    stats.dump_stats(f"{os.environ['PROFILE']}.{os.getpid()}")
