"""What every test would do again, done once for the process of the tests."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from starlette import testclient

from app.core import db
from app.core.sql.engine import POOL_SIZE, create
from tests.tenancy import watch

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
        watch.watch(engine)
        return engine

    db.create = create_shared  # type: ignore[attr-defined]


@contextmanager
def one_event_loop() -> Iterator[None]:
    """Let all clients send to the app in one event loop, as a server has one, and each request go there once.

    Else each request starts a thread with a loop, and changes between the threads seven times: as much as a
    short answer costs.
    """
    before = TestClient.portal
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        with patch.object(testclient, "_TestClientTransport", partial(_Transport, portal)):
            yield
        TestClient.portal = before


class _Transport(httpx2.BaseTransport):
    """Starlette's transport without what arrives before the answer is whole, which no test looks at.

    `options` are of Starlette's transport: errors of the app, and the address of its client.
    """

    def __init__(self, portal: BlockingPortal, app: Any, **options: Any) -> None:
        self.app = app
        self._portal = portal
        self._raises, self._address = options["raise_server_exceptions"], options["client"]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        return self._portal.call(self._answer, request)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        transport = httpx2.ASGITransport(self.app, self._raises, client=self._address)
        answer = await transport.handle_async_request(request)
        body = b"".join([part async for part in answer.aiter_raw()])
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body))


def spare_garbage() -> None:
    """Leave what is imported out of the search for garbage, a tenth of the CPU of the tests of the domain."""
    gc.collect()
    gc.freeze()
    gc.enable()
