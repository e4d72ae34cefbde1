"""What every test would do again, done once for the process of the tests."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from app.core import db
from app.core.sql.engine import POOL_SIZE, create

STATEMENTS = 5_000  # that SQLAlchemy holds compiled; the tests' own are among them


def share_statements() -> None:
    """Let the engines of a driver share its dialect and their compiled statements.

    Each test has a database of its own, hence an engine, for which SQLAlchemy compiles every statement: a
    tenth of the CPU of the tests of the domain.
    """
    first: dict[str, Engine] = {}

    def create_shared(url: str, pool_size: int = POOL_SIZE) -> Engine:
        engine = create(url, pool_size)
        known = first.get(engine.dialect.name)  # not yet of use if it never got a connection
        if known is None or not hasattr(known.dialect, "default_isolation_level"):
            engine._compiled_cache = LRUCache(STATEMENTS)
            first[engine.dialect.name] = engine
        else:
            engine.dialect = engine.pool._dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        return engine

    db.create = create_shared  # type: ignore[attr-defined]


@contextmanager
def one_event_loop() -> Iterator[None]:
    """Let all clients send to the app in one event loop, as a server has one. Else each request of a client
    starts a thread with a loop, which costs as much as a short answer."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


def spare_garbage() -> None:
    """Leave what is imported out of the search for garbage, a tenth of the CPU of the tests of the domain."""
    gc.collect()
    gc.freeze()
