"""What each process of a server sets for itself: its memory, its threads, its share of costly work."""

import ctypes
import gc
from contextlib import suppress

from anyio import to_thread
from uvicorn.supervisors.multiprocess import Process

from app.commune.accounts import hashing
from app.core.config import Settings

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # of malloc.h


def bound_memory() -> None:
    """Have glibc, where it is used, return memory to the system after a burst of requests.

    Freed memory stays in arenas, of which glibc makes eight for each core: after 400 concurrent sign-ins
    117 MB stayed allocated, with two arenas 41 MB. A fixed threshold keeps large buffers outside the arenas;
    by default glibc raises it after the first one is freed, and then the bodies of uploads stay in them.
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, 128 * 1024)


def replace_only_the_dead() -> None:
    """Have uvicorn replace a process that has died, at once, and no other.

    By itself it also asks each process every half second whether it answers, and kills one that is silent for
    some seconds. That delays the replacement of one that died while it was asked, kills one that is still
    importing the program on a busy machine, and says nothing of requests, because a thread of its own
    answers.
    """

    def is_alive(worker: Process, timeout: float = 0) -> bool:  # noqa: ARG001 - uvicorn's signature
        return worker.process.is_alive()

    Process.is_alive = is_alive  # type: ignore[method-assign, assignment]


def begin(settings: Settings) -> None:
    """Set the process up, in the event loop that will serve: as many threads as it has connections."""
    # Objects that exist now stay: scanning them for garbage took a seventh of a push's CPU time.
    gc.collect()
    gc.freeze()
    to_thread.current_default_thread_limiter().total_tokens = settings.threads
    if settings.workers > 1:
        hashing.share(settings.workers)
